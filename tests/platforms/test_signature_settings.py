"""A hook sets how its requests are signed, where the platform lets its users choose."""

import base64
import hmac

import pytest

from shared.platforms.registry import NAMES, find
from shared.platforms.signature_settings import signature_faults, signature_scheme
from shared.platforms.signatures import SignatureStatus, verify
from tests.platforms.cases import NOW, hook_request

VAPI = find("vapi")
HMAC = {
    "algorithm": "hmac-sha256",
    "header": "X-Signature",
    "timestamp_header": "X-Timestamp",
    "signed_text": "{timestamp}.{body}",
}
"""The defaults of Vapi's HMAC credential."""


def status(settings: dict, headers: dict, secret: str = "s3cret") -> SignatureStatus:
    assert signature_faults(VAPI, settings) == []
    scheme = signature_scheme(VAPI, settings)
    assert scheme is not None
    return verify(scheme, hook_request(b"{}", headers), [secret], NOW).status


@pytest.mark.parametrize("name", NAMES)
def test_without_settings_the_platform_signs_as_it_does(name: str):
    platform = find(name)

    assert signature_faults(platform, {}) == []
    assert signature_scheme(platform, {}) == platform.signature


def test_the_legacy_secret_of_vapi():
    assert status({}, {"x-vapi-secret": "s3cret"}) is SignatureStatus.VERIFIED


def test_a_bearer_token_in_any_header():
    settings = {"header": "X-Hook-Auth", "prefix": "Bearer "}

    assert status(settings, {"x-hook-auth": "Bearer s3cret"}) is SignatureStatus.VERIFIED
    assert status(settings, {"x-vapi-secret": "s3cret"}) is SignatureStatus.UNSIGNED


def test_an_hmac_of_body_and_timestamp():
    digest = hmac.digest(b"s3cret", f"{NOW}.{{}}".encode(), "sha256").hex()
    headers = {"x-signature": digest, "x-timestamp": str(NOW)}

    assert status(HMAC, headers) is SignatureStatus.VERIFIED
    assert status({**HMAC, "tolerance_seconds": 1}, headers) is SignatureStatus.VERIFIED
    headers["x-timestamp"] = str(NOW - 1)
    assert status(HMAC, headers) is SignatureStatus.WRONG


def test_an_hmac_with_every_setting():
    settings = {
        **HMAC,
        "algorithm": "hmac-sha512",
        "prefix": "v1=",
        "encoding": "base64",
        "key_encoding": "base64",
        "id_header": "Webhook-Id",
        "signed_text": "{svix-id}.{timestamp}.{body}",
        "timestamp_units": 1000,
        "tolerance_seconds": 60,
    }
    digest = hmac.digest(b"s3cret", f"m1.{NOW}000.{{}}".encode(), "sha512")
    headers = {
        "x-timestamp": f"{NOW}000",
        "webhook-id": "m1",
        "x-signature": f"v1={base64.b64encode(digest).decode()}",
    }

    assert status(settings, headers, "czNjcmV0") is SignatureStatus.VERIFIED
    assert status(settings, headers, "s3cret") is SignatureStatus.WRONG


def test_an_hmac_of_the_body_alone_as_github_signs():
    settings = {
        "algorithm": "hmac-sha256",
        "header": "X-Hub-Signature-256",
        "prefix": "sha256=",
        "signed_text": "{body}",
    }
    digest = hmac.digest(b"s3cret", b"{}", "sha256").hex()

    headers = {"x-hub-signature-256": f"sha256={digest}"}
    assert status(settings, headers) is SignatureStatus.VERIFIED


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"algorithm": "md5"}, "algorithm"),
        ({"algorithm": ["hmac-sha256"]}, "algorithm"),
        ({"encoding": "text"}, "encoding"),
        ({"key_encoding": "utf-8"}, "key_encoding"),
        ({"header": ""}, "header"),
        ({"header": "X-A: b"}, "header"),
        ({"header": "é"}, "header"),
        ({"timestamp_header": 1}, "timestamp_header"),
        ({"prefix": "x" * 51}, "prefix"),
        ({"timestamp_units": 60}, "timestamp_units"),
        ({"tolerance_seconds": 0}, "tolerance_seconds"),
        ({"tolerance_seconds": 3601}, "tolerance_seconds"),
        ({"tolerance_seconds": True}, "tolerance_seconds"),
        ({"tolerance_seconds": "5"}, "tolerance_seconds"),
        ({"signed_text": "{timestamp}"}, "signed_text"),
        ({"signed_text": "{body}{secret}"}, "signed_text"),
        ({"signed_text": "{body}" + "x" * 200}, "signed_text"),
        ({"signed_text": None}, "signed_text"),
        ({"key_prefix": "x"}, "key_prefix"),
        ({"odd": "x"}, "odd"),
        ({"signed_text": "{timestamp}.{body}"}, "timestamp_header"),
        ({"signed_text": "{id}.{body}"}, "id_header"),
    ],
)
def test_a_setting_that_cannot_work_is_a_fault(settings: dict, name: str):
    (fault,) = signature_faults(VAPI, settings)

    assert fault.path == ("signature", name)
    assert fault.reason


@pytest.mark.parametrize("name", ["retell", "telnyx", "vogent"])
def test_a_signature_that_the_platform_fixes_cannot_be_set(name: str):
    (fault,) = signature_faults(find(name), {"header": "X-Other"})

    assert fault.path == ("signature", "header")
