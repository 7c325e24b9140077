"""POST /v1/webhooks: subscribe to events."""

import base64

import pytest

from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/webhooks"
URL = "https://example.com/hooks"
WEBHOOK = {
    "url": URL,
    "topics": ["contact.created", "contact.context.updated"],
    "variables": ["membership_level"],
    "description": "Tells the CRM of levels",
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_webhook_is_created_active_and_tells_its_secret(path: str, native: Api):
    answer = native.call("POST", path, WEBHOOK)
    assert answer.status == 201
    secret = answer.document.pop("secret")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    made = answer.document
    assert made["id"].startswith("wh_")
    assert made["created_at"] == made["updated_at"]
    assert made["created_at"].endswith("Z")
    assert (
        made.items()
        >= {
            **WEBHOOK,
            "form": "native",
            "status": "active",
            "disabled_reason": None,
            "disabled_at": None,
            "failing_since": None,
        }.items()
    )
    assert native.call("GET", f"{PATH}/{made['id']}").document == made


def test_variables_and_description_may_be_left_out(native: Api):
    answer = native.call("POST", PATH, {"url": URL, "topics": ["*"]})
    assert answer.status == 201
    assert (answer.document["variables"], answer.document["description"]) == (None, "")


def test_two_webhooks_have_two_secrets(native: Api):
    secrets = {native.call("POST", PATH, WEBHOOK).document["secret"] for _ in range(2)}
    assert len(secrets) == 2


FAULTS = {
    "url is missing": ({"topics": ["*"]}, {("/url", "required")}),
    "url is a number": ({"url": 1, "topics": ["*"]}, {("/url", "invalid_value")}),
    "url is no URL": ({"url": "hooks", "topics": ["*"]}, {("/url", "invalid_value")}),
    "url is broken": ({"url": "https://[", "topics": ["*"]}, {("/url", "invalid_value")}),
    "url is plain HTTP": (
        {"url": "http://a.example", "topics": ["*"]},
        {("/url", "invalid_value")},
    ),
    "url has a password": (
        {"url": "https://a:b@c.example", "topics": ["*"]},
        {("/url", "invalid_value")},
    ),
    "url has a fragment": ({"url": f"{URL}#a", "topics": ["*"]}, {("/url", "invalid_value")}),
    "url has a space": ({"url": f"{URL} a", "topics": ["*"]}, {("/url", "invalid_value")}),
    "url has a line break": ({"url": f"{URL}\n", "topics": ["*"]}, {("/url", "invalid_value")}),
    "url is not ASCII": (
        {"url": "https://é.example", "topics": ["*"]},
        {("/url", "invalid_value")},
    ),
    "url is too long": ({"url": URL + "a" * 2000, "topics": ["*"]}, {("/url", "invalid_value")}),
    "topics are missing": ({"url": URL}, {("/topics", "required")}),
    "topics are none": ({"url": URL, "topics": []}, {("/topics", "invalid_value")}),
    "a topic is unknown": ({"url": URL, "topics": ["a"]}, {("/topics", "invalid_value")}),
    "a topic is no text": ({"url": URL, "topics": ["*", 1]}, {("/topics/1", "invalid_value")}),
    "a topic is given twice": ({"url": URL, "topics": ["*", "*"]}, {("/topics", "invalid_value")}),
    "variables are none": (
        {"url": URL, "topics": ["*"], "variables": []},
        {("/variables", "invalid_value")},
    ),
    "a variable has no name": (
        {"url": URL, "topics": ["*"], "variables": [""]},
        {("/variables", "invalid_value")},
    ),
    "description is too long": (
        {"url": URL, "topics": ["*"], "description": "a" * 1001},
        {("/description", "invalid_value")},
    ),
    "status cannot be given": (
        {"url": URL, "topics": ["*"], "status": "disabled"},
        {("/status", "unknown_member")},
    ),
    "all of it is wrong": (
        {"url": "http://a.example", "topics": ["a"], "variables": [], "a/b~c": 1},
        {
            ("/url", "invalid_value"),
            ("/topics", "invalid_value"),
            ("/variables", "invalid_value"),
            ("/a~1b~0c", "unknown_member"),
        },
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_is_told_at_once(case: str, native: Api, fixtures: Fixtures):
    document, faults = FAULTS[case]
    before = fixtures.items()
    answer = native.call("POST", PATH, document)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.document
    assert (problem["code"], problem["status"]) == ("invalid_request", 400)
    assert problem["request_id"] == "a-request"
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == faults
    assert all(each["detail"] for each in problem["errors"])
    assert fixtures.items() == before


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "[::ffff:10.0.0.1]"),
        *("[64:ff9b::a00:1]", "[2002:a00:1::]", "[2001::1]", "[2001:db8::1]", "[::7f00:1]"),
    ],
)
def test_an_address_that_is_not_public_is_refused(host: str, native: Api):
    answer = native.call("POST", PATH, {"url": f"https://{host}/", "topics": ["*"]})
    assert answer.status == 400
    (fault,) = answer.document["errors"]
    assert fault["pointer"] == "/url"
    assert "not public" in fault["detail"]


@pytest.mark.parametrize("host", ["93.184.215.14", "[2606:4700::1111]", "a.example:8443"])
def test_a_public_address_is_taken(host: str, native: Api):
    answer = native.call("POST", PATH, {"url": f"https://{host}/", "topics": ["*"]})
    assert answer.status == 201


def test_an_account_has_so_many_webhooks_and_no_more(native: Api, fixtures: Fixtures):
    for number in range(MAX_WEBHOOKS):
        fixtures.webhook(f"wh_{number}")
    answer = native.call("POST", PATH, WEBHOOK)
    assert (answer.status, answer.document["code"]) == (409, "limit_reached")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"url": 1, "url": 2}'])
def test_a_body_that_is_no_object_is_refused(body: bytes, native: Api):
    answer = native.call("POST", PATH, body=body)
    assert (answer.status, answer.document["code"]) == (400, "malformed_body")
    assert answer.document["errors"] == []
