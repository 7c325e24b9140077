"""A signature is verified over the bytes as they were sent, within a window of time."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.platforms.platform import HookRequest
from shared.platforms.registry import NAMES, find
from shared.platforms.signature_scheme import (
    BEARER,
    STANDARD_WEBHOOKS,
    Algorithm,
    Encoding,
    SignatureScheme,
)
from shared.platforms.signatures import SignatureStatus, verify
from tests.platforms.cases import NOW, URL, hook_request

FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


@dataclass(frozen=True)
class Vector:
    """A signed request, as a platform documents or its SDK computes it."""

    scheme: SignatureScheme
    secret: str
    request: HookRequest
    signature: str
    timestamp: str | None = None
    call_id: str | None = None

    def status(self, request: HookRequest | None = None, now: float = NOW) -> SignatureStatus:
        """Verify a request with the secret of the vector."""
        checked = request or self.request
        return verify(self.scheme, checked, [self.secret], now, self.call_id).status

    def with_headers(self, **headers: str) -> HookRequest:
        """Return the request with other headers. Underscores stand for hyphens."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self.request, headers={**self.request.headers, **changed})

    def without(self, name: str) -> HookRequest:
        """Return the request without a header."""
        kept = {each: value for each, value in self.request.headers.items() if each != name}
        return replace(self.request, headers=kept)


def scheme_of(name: str) -> SignatureScheme:
    scheme = find(name).signature
    assert scheme is not None
    return scheme


RETELL_BODY = (
    b'{"event":"call_inbound","event_timestamp":1780012672105,"call_inbound":'
    b'{"from_number":"+12137771234","to_number":"+12137771235"}}'
)
RETELL_DIGEST = "1859ae1413a88208a568f5bd935c4068a4af57f6f08ed5df07ad5edaf8aa8706"
FISH_DIGEST = "34659a6a4eec51f9bd9718b46d04d1203e3bdb6cd3e1c970a2578d7cb0218f09"
TELNYX_BODY = (
    b'{"data":{"event_type":"assistant.initialization","payload":'
    b'{"telnyx_end_user_target":"+12137771234"}}}'
)
TELNYX_SIGNATURE = (
    "VcKy/ZK8O+GQUI35GroSe80/MonTl7kGE78Kb8QREnv2J/b9D4j0QljBlqtCZZxaef7S5ePM6bq6wtuZCIY5Bg=="
)
OPENAI_SIGNATURE = "v1,t7bB3FBBsL+Him9TJt0xV2m+KuSG3ywm1mUvfUt+rEE="

VECTORS = {
    "retell": Vector(
        scheme_of("retell"),
        "key_test_0123456789",
        hook_request(RETELL_BODY, {"x-retell-signature": f"v=1780012672105,d={RETELL_DIGEST}"}),
        "x-retell-signature",
    ),
    "fish_audio": Vector(
        scheme_of("fish_audio"),
        "fish_secret",
        hook_request(
            b'{"event":"call.inbound","call":{"caller_number":"+15551234567"}}',
            {"x-fish-webhook-signature": f"t={NOW},v1={FISH_DIGEST}"},
        ),
        "x-fish-webhook-signature",
    ),
    "telnyx": Vector(
        scheme_of("telnyx"),
        "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        hook_request(
            TELNYX_BODY,
            {"telnyx-signature-ed25519": TELNYX_SIGNATURE, "telnyx-timestamp": str(NOW)},
        ),
        "telnyx-signature-ed25519",
        "telnyx-timestamp",
    ),
    "openai": Vector(
        scheme_of("openai"),
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
        hook_request(
            b'{"object":"event","id":"evt_1","type":"realtime.call.incoming"}',
            {
                "webhook-id": "msg_1",
                "webhook-timestamp": str(NOW),
                "webhook-signature": OPENAI_SIGNATURE,
            },
        ),
        "webhook-signature",
        "webhook-timestamp",
    ),
    "twilio": Vector(
        scheme_of("twilio"),
        "twilio_token",
        hook_request(
            b"To=%2B12137771235&CallSid=CA1&From=%2B12137771234",
            {"x-twilio-signature": "vtEXyd3mrnAlbfftSMEivcMxEXE=", **FORM},
            url="https://example.com/hook?x=1",
        ),
        "x-twilio-signature",
    ),
    "synthflow": Vector(
        scheme_of("synthflow"),
        "0" * 32,
        hook_request(
            b"{}", {"synthflow-signature": "j6lq1+Eh+7umNr03bViei7agVOr8D7dbg9Z3BeCoauU="}
        ),
        "synthflow-signature",
        call_id="call-123",
    ),
}
COVERING = [name for name in VECTORS if name != "synthflow"]
"""Platforms whose signature covers the body. That of Synthflow covers the id of the call alone."""

TIMED = ["retell", "fish_audio", "telnyx", "openai"]
"""Platforms whose signature covers a timestamp."""


@pytest.mark.parametrize("name", VECTORS)
def test_the_vector_is_verified(name: str):
    assert VECTORS[name].status() is SignatureStatus.VERIFIED


@pytest.mark.parametrize("name", COVERING)
def test_a_changed_body_is_wrong(name: str):
    vector = VECTORS[name]
    changed = replace(vector.request, body=vector.request.body.replace(b"i", b"1"))

    assert changed != vector.request
    assert vector.status(changed) is SignatureStatus.WRONG


@pytest.mark.parametrize("name", COVERING)
def test_the_same_json_in_other_bytes_is_wrong(name: str):
    vector = VECTORS[name]
    changed = replace(vector.request, body=vector.request.body + b" ")

    assert vector.status(changed) is SignatureStatus.WRONG


@pytest.mark.parametrize("name", VECTORS)
def test_another_key_is_wrong(name: str):
    vector = VECTORS[name]
    others = {
        "telnyx": base64.b64encode(
            Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
        ).decode(),
        "openai": "whsec_" + base64.b64encode(bytes(24)).decode(),
    }
    verdict = verify(
        vector.scheme, vector.request, [others.get(name, "another")], NOW, vector.call_id
    )

    assert verdict.status is SignatureStatus.WRONG
    assert verdict.reason == "of other bytes, or of another key"


@pytest.mark.parametrize("name", VECTORS)
def test_a_key_that_is_none_is_wrong_and_not_an_error(name: str):
    vector = VECTORS[name]
    for secret in ("ü", "whsec_", "not base64!", "🔑", "A" * 10_000):
        verdict = verify(vector.scheme, vector.request, [secret], NOW, vector.call_id)
        assert verdict.status is SignatureStatus.WRONG


@pytest.mark.parametrize("name", VECTORS)
def test_one_of_two_keys_is_enough_during_a_rotation(name: str):
    vector = VECTORS[name]
    secrets = ["b3RoZXI=", vector.secret]

    verdict = verify(vector.scheme, vector.request, secrets, NOW, vector.call_id)
    assert verdict.status is SignatureStatus.VERIFIED


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_a_request_is_unsigned(name: str, secrets: list[str]):
    """An empty secret is none, or everybody could sign with it."""
    vector = VECTORS[name]

    verdict = verify(vector.scheme, vector.request, secrets, NOW, vector.call_id)
    assert verdict.status is SignatureStatus.UNSIGNED


@pytest.mark.parametrize("name", VECTORS)
def test_without_the_header_a_request_is_unsigned(name: str):
    vector = VECTORS[name]

    assert vector.status(vector.without(vector.signature)) is SignatureStatus.UNSIGNED


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize(
    "value", ["", ",", "=", "v=,d=", "v1,", "t=1,v1=", "x", "é", "日本", "\x00", "=" * 5000, "00"]
)
def test_a_malformed_header_is_wrong(name: str, value: str):
    vector = VECTORS[name]
    headers = {**vector.request.headers, vector.signature: value}

    assert vector.status(replace(vector.request, headers=headers)) is SignatureStatus.WRONG


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("separator", [",", ", ", " "])
def test_a_header_that_was_sent_twice_is_never_mistaken(name: str, separator: str):
    """API Gateway joins them by commas. Only Standard Webhooks allows several signatures."""
    vector = VECTORS[name]
    value = vector.request.headers[vector.signature]
    headers = {**vector.request.headers, vector.signature: f"{value}{separator}{value}"}

    found = vector.status(replace(vector.request, headers=headers))
    allowed = SignatureStatus.VERIFIED if (name, separator) == ("openai", " ") else None
    assert found is (allowed or SignatureStatus.WRONG)


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(
    ("later", "status"),
    [
        (299, SignatureStatus.VERIFIED),
        (302, SignatureStatus.REPLAYED),
        (86_400, SignatureStatus.REPLAYED),
        (-299, SignatureStatus.VERIFIED),
        (-302, SignatureStatus.REPLAYED),
    ],
)
def test_a_genuine_signature_of_another_time_is_replayed(name: str, later: int, status):
    assert VECTORS[name].status(now=NOW + later) is status


def test_the_reason_says_on_which_side_of_now_a_timestamp_is():
    vector = VECTORS["retell"]

    old = verify(vector.scheme, vector.request, [vector.secret], NOW + 1000)
    future = verify(vector.scheme, vector.request, [vector.secret], NOW - 1000)
    assert (old.reason, future.reason) == (
        "its timestamp is too old",
        "its timestamp is in the future",
    )


@pytest.mark.parametrize("name", TIMED)
def test_a_changed_timestamp_is_wrong(name: str):
    vector = VECTORS[name]
    header = vector.timestamp or vector.signature
    value = vector.request.headers[header].replace("1780012672", "1780012673")
    headers = {**vector.request.headers, header: value}

    assert vector.status(replace(vector.request, headers=headers)) is SignatureStatus.WRONG


@pytest.mark.parametrize("name", ["telnyx", "openai"])
@pytest.mark.parametrize("value", ["", "soon", "-1", "1e9", "1" * 17, "١٧٨٠٠١٢٦٧٢", "1,1"])
def test_a_malformed_timestamp_is_wrong(name: str, value: str):
    vector = VECTORS[name]
    headers = {**vector.request.headers, str(vector.timestamp): value}

    assert vector.status(replace(vector.request, headers=headers)) is SignatureStatus.WRONG


@pytest.mark.parametrize("name", ["telnyx", "openai"])
def test_a_missing_timestamp_is_wrong(name: str):
    vector = VECTORS[name]

    assert vector.status(vector.without(str(vector.timestamp))) is SignatureStatus.WRONG


def test_a_second_timestamp_in_the_header_is_wrong():
    vector = VECTORS["fish_audio"]
    value = f"t=1,t={NOW},v1={FISH_DIGEST}"

    request = vector.with_headers(x_fish_webhook_signature=value)
    assert vector.status(request) is SignatureStatus.WRONG


def test_unknown_fields_of_a_header_are_ignored():
    vector = VECTORS["fish_audio"]
    value = f"t={NOW}, v0=00, v1={FISH_DIGEST}"

    request = vector.with_headers(x_fish_webhook_signature=value)
    assert vector.status(request) is SignatureStatus.VERIFIED


def test_a_signature_of_standard_webhooks_needs_the_id_of_its_message():
    vector = VECTORS["openai"]

    assert vector.status(vector.without("webhook-id")) is SignatureStatus.WRONG
    assert vector.status(vector.with_headers(webhook_id="msg_2")) is SignatureStatus.WRONG


def test_one_of_several_signatures_of_standard_webhooks_is_enough():
    vector = VECTORS["openai"]
    value = f"v1,AAAA v1a,BBBB {OPENAI_SIGNATURE}"

    request = vector.with_headers(webhook_signature=value)
    assert vector.status(request) is SignatureStatus.VERIFIED


def test_no_more_signatures_are_tried_than_the_limit():
    vector = VECTORS["openai"]
    value = " ".join(["v1,AAAA"] * 8 + [OPENAI_SIGNATURE])

    assert vector.status(vector.with_headers(webhook_signature=value)) is SignatureStatus.WRONG


class TestTwilio:
    """The signature covers the public URL with its query, and the sorted form."""

    vector = VECTORS["twilio"]

    @staticmethod
    def signed(url: str, text: str, body: bytes, headers=FORM, query=None) -> HookRequest:
        digest = hmac.digest(b"twilio_token", (url + text).encode(), "sha1")
        signature = {"x-twilio-signature": base64.b64encode(digest).decode()}
        return hook_request(body, {**headers, **signature}, url=url, query=query)

    @pytest.mark.parametrize("url", ["https://example.com/hook", "https://example.com/hook?x=2"])
    def test_another_url_is_wrong(self, url: str):
        request = replace(self.vector.request, url=url)
        assert self.vector.status(request) is SignatureStatus.WRONG

    def test_the_default_port_may_be_in_the_signed_url_or_not(self):
        request = replace(self.vector.request, url="https://example.com:443/hook?x=1")
        assert self.vector.status(request) is SignatureStatus.VERIFIED

        request = self.signed("https://example.com:443/hook", "", b"")
        request = replace(request, url="https://example.com/hook")
        assert self.vector.status(request) is SignatureStatus.VERIFIED

    @pytest.mark.parametrize("url", ["https://example.com:99999/x", "https://[::1/x", "/x", ""])
    def test_a_url_that_is_none_is_no_error(self, url: str):
        request = replace(self.vector.request, url=url)
        assert self.vector.status(request) is SignatureStatus.WRONG

    def test_empty_repeated_and_foreign_fields_are_signed_too(self):
        fields = [("B", ""), ("A", "2"), ("A", "1"), ("A", "1"), ("É", "né & co")]
        request = self.signed(URL, "A1A2BÉné & co", urlencode(fields).encode())

        assert self.vector.status(request) is SignatureStatus.VERIFIED

    def test_a_json_body_is_covered_by_the_hash_in_the_url(self):
        body = json.dumps({"phone": "+12137771234"}).encode()
        digest = hashlib.sha256(body).hexdigest()
        headers = {"content-type": "application/json"}
        query = {"bodySHA256": digest}
        request = self.signed(f"{URL}?bodySHA256={digest}", "", body, headers, query)

        assert self.vector.status(request) is SignatureStatus.VERIFIED
        changed = replace(request, body=b"{}")
        assert self.vector.status(changed) is SignatureStatus.WRONG

    def test_a_json_body_without_a_hash_is_wrong(self):
        """Otherwise anybody could put another body under a signed URL."""
        request = self.signed(URL, "", b"{}", {"content-type": "application/json"})

        assert self.vector.status(request) is SignatureStatus.WRONG

    def test_too_many_fields_and_too_large_forms_are_wrong(self):
        many = replace(self.vector.request, body=b"&".join([b"a=1"] * 300))
        large = replace(self.vector.request, body=b"a=" + b"x" * 1_000_001)

        assert self.vector.status(many) is SignatureStatus.WRONG
        assert self.vector.status(large) is SignatureStatus.WRONG

    def test_sha256_is_another_row(self):
        scheme = replace(self.vector.scheme, algorithm=Algorithm.HMAC_SHA256)
        digest = base64.b64encode(hmac.digest(b"k", URL.encode(), "sha256")).decode()
        request = hook_request(b"", {"x-twilio-signature": digest, **FORM})

        assert verify(scheme, request, ["k"], NOW).status is SignatureStatus.VERIFIED


class TestSecrets:
    """A platform without signatures sends a secret of its user."""

    @pytest.mark.parametrize("name", ["elevenlabs", "bland", "dialogflow_cx", "flat"])
    @pytest.mark.parametrize("value", ["Bearer s3cret", "bearer s3cret", "Bearer  s3cret "])
    def test_the_bearer_token_is_verified(self, name: str, value: str):
        request = hook_request(b"{}", {"authorization": value})

        verdict = verify(scheme_of(name), request, ["old", "s3cret"], NOW)
        assert verdict.status is SignatureStatus.VERIFIED

    @pytest.mark.parametrize("value", ["s3cret", "Basic s3cret", "Bearer s3cre", "Bearer ", "é"])
    def test_another_header_is_wrong(self, value: str):
        request = hook_request(b"{}", {"authorization": value})

        assert verify(BEARER, request, ["s3cret"], NOW).status is SignatureStatus.WRONG

    def test_two_headers_joined_are_wrong(self):
        request = hook_request(b"{}", {"authorization": "Bearer s3cret,Bearer s3cret"})

        assert verify(BEARER, request, ["s3cret"], NOW).status is SignatureStatus.WRONG

    def test_a_secret_may_have_letters_of_any_script(self):
        request = hook_request(b"{}", {"x-vapi-secret": "schlüssel"})

        verdict = verify(scheme_of("vapi"), request, ["schlüssel"], NOW)
        assert verdict.status is SignatureStatus.VERIFIED


def test_the_header_of_synthflow_is_found_under_the_name_that_its_docs_print():
    vector = VECTORS["synthflow"]
    value = vector.request.headers["synthflow-signature"]
    request = replace(vector.request, headers={"http_synthflow_signature": value})

    assert vector.status(request) is SignatureStatus.VERIFIED


def test_a_signature_of_the_call_is_wrong_for_a_message_without_a_call():
    vector = replace(VECTORS["synthflow"], call_id=None)

    assert vector.status() is SignatureStatus.WRONG
    assert replace(vector, call_id="call-124").status() is SignatureStatus.WRONG


def test_a_new_platform_is_a_row():
    """Every member of a scheme in one that no platform has."""
    scheme = SignatureScheme(
        algorithm=Algorithm.HMAC_SHA512,
        headers=("x-signature",),
        prefix="sha512=",
        signed_text="{method}:{url}:{id}:{timestamp}:{body}",
        key_encoding=Encoding.HEX,
        timestamp_header="x-time",
        id_header="x-id",
        timestamp_units=1000,
        tolerance_seconds=10,
    )
    text = f"POST:{URL}:m1:{NOW}000:{{}}".encode()
    headers = {
        "x-signature": "sha512=" + hmac.digest(b"\x01\x02", text, "sha512").hex(),
        "x-time": f"{NOW}000",
        "x-id": "m1",
    }
    request = hook_request(b"{}", headers)

    assert verify(scheme, request, ["0102"], NOW + 9).status is SignatureStatus.VERIFIED
    assert verify(scheme, request, ["0102"], NOW + 11).status is SignatureStatus.REPLAYED
    assert verify(scheme, request, ["0103"], NOW).status is SignatureStatus.WRONG


@given(
    name=st.sampled_from(NAMES),
    values=st.lists(st.text(max_size=60), min_size=3, max_size=3),
    body=st.binary(max_size=200),
    secret=st.text(max_size=40),
)
def test_whatever_a_request_has_is_no_error(name, values, body, secret):
    scheme = find(name).signature or STANDARD_WEBHOOKS
    names = (scheme.headers[0], scheme.timestamp_header or "x", scheme.id_header or "y")
    request = hook_request(body, dict(zip(names, values, strict=True)))

    verdict = verify(scheme, request, [secret], NOW, values[2])
    assert verdict.status is not SignatureStatus.VERIFIED or values[0]
