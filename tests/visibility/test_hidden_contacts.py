"""Contacts of other users: an upsert by their identifier fails."""

from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind, PhoneNumber
from tests.api import Api
from tests.fixtures import KEY, Fixtures
from tests.triggers.importing import Importer
from tests.triggers.queue import failures, record

CANARY = "canary-of-ann"
DIGITS = "12125550100"
HIDDEN: dict[str, Any] = {
    "first_name": CANARY,
    "full_name": CANARY,
    "email": "ann@example.com",
    "wa_id": DIGITS,
    "phone_numbers": (PhoneNumber(1, f"+{DIGITS}", primary=True),),
    "webchat_user_id": "user-of-ann",
}
OWNED: list[dict[str, Any]] = [{"owner": "ann"}, {"team": 7}]
MESSAGES = "/api/v1/bot-integrations/456/messages/send"
UPSERTS = "/api/public/customer/upsert/info"
METADATA = "/api/public/webchat/contact/add-metadata"
REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "setter's message": ("POST", MESSAGES, {"phoneNumber": f"+{DIGITS}"}, 403),
    "vambe's upsert by number": (
        "POST",
        UPSERTS,
        {"channel": "whatsapp", "contact_phone_number": f"+{DIGITS}"},
        403,
    ),
    "vambe's upsert by user id": (
        "POST",
        UPSERTS,
        {"channel": "webchat", "external_user_id": "user-of-ann"},
        403,
    ),
    "vambe's webchat metadata": (
        "POST",
        METADATA,
        {"externalUserId": "user-of-ann", "metadata": {"a": 1}},
        404,
    ),
}


@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team"])
@pytest.mark.parametrize("request_name", REQUESTS)
def test_an_upsert_by_an_identifier_of_a_hidden_contact_changes_nothing(
    request_name: str, owned: dict[str, Any], fixtures: Fixtures
):
    fixtures.key(KEY, permissions=("*",), user="bob", teams=frozenset({8}))
    fixtures.contact(7, **HIDDEN, **owned)
    before = fixtures.items()
    method, path, body, status = REQUESTS[request_name]
    answer = Api(KEY).call(method, path, body)
    assert answer.status == status, answer.document
    assert CANARY not in str(answer.document)
    assert "ann@example.com" not in str(answer.document)
    assert fixtures.items() == before


@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team"])
def test_its_owner_and_its_team_change_it(owned: dict[str, Any], fixtures: Fixtures):
    fixtures.key(KEY, permissions=("*",), user="ann", teams=frozenset({7}))
    fixtures.contact(7, **HIDDEN, **owned)
    body = {"phoneNumber": f"+{DIGITS}", "lastName": "Smith"}
    assert Api(KEY).call("POST", MESSAGES, body).status == 201
    assert fixtures.ids_with(Identifier(IdentifierKind.WHATSAPP, DIGITS)) == [7]
    assert fixtures.contacts.find("acme", 7).last_name == "Smith"


def test_a_contact_that_is_seen_is_changed_beside_a_hidden_one(fixtures: Fixtures):
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact(7, **HIDDEN, owner="ann")
    fixtures.contact(8, phone_numbers=(PhoneNumber(1, f"+{DIGITS}", primary=True),))
    hidden = fixtures.contacts.find("acme", 7)
    assert Api(KEY).call("POST", MESSAGES, {"phoneNumber": DIGITS, "lastName": "S"}).status == 201
    assert fixtures.contacts.find("acme", 8).last_name == "S"
    assert fixtures.contacts.find("acme", 7) == hidden


def test_chatcaptains_creation_makes_a_contact_of_its_own(fixtures: Fixtures):
    # It is not an upsert: two contacts can have the same fields, whether one is hidden or not.
    fixtures.account()
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact(7, **HIDDEN, owner="ann")
    hidden = fixtures.contacts.find("acme", 7)
    path = "/v1/chatbots/bot_1/contacts"
    sent = {"name": "Jo", "email": "ann@example.com", "language": "EN"}
    answer = Api(None).call("POST", path, sent, headers={"x-chatcaptain-key": KEY})
    assert answer.status == 201, answer.document
    assert CANARY not in str(answer.document)
    assert fixtures.contacts.find("acme", 7) == hidden


@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team"])
def test_a_message_about_a_hidden_contact_changes_nothing(
    owned: dict[str, Any], fixtures: Fixtures
):
    fixtures.account()
    fixtures.contact(7, **HIDDEN, **owned)
    before = fixtures.items()
    message = {
        "account_id": "acme",
        "identifier": {"kind": "email", "value": "ann@example.com"},
        "fields": {"company": "Acme"},
    }
    assert failures("TriggerUpsertContacts", record(message, "m0")) == ["m0"]
    assert fixtures.items() == before


@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team"])
def test_a_row_about_a_hidden_contact_fails_alone(
    owned: dict[str, Any], importer: Importer, fixtures: Fixtures
):
    fixtures.contact(7, **HIDDEN, **owned)
    hidden = fixtures.contacts.find("acme", 7)
    job = importer.done("email,company\nann@example.com,Acme\njo@example.com,Acme\n", user="bob")
    assert (job.progress.imported, job.progress.failed) == (1, 1)
    told = importer.errors(job)
    assert "2,,permission_denied,the key lacks: access to the contact that has this email" in told
    assert CANARY not in told
    assert fixtures.contacts.find("acme", 7) == hidden
    assert fixtures.ids_with(Identifier(IdentifierKind.EMAIL, "ann@example.com")) == [7]


def test_a_row_of_the_owner_changes_the_contact(importer: Importer, fixtures: Fixtures):
    fixtures.contact(7, **HIDDEN, owner="ann")
    job = importer.done("email,company\nann@example.com,Acme\n", user="ann")
    assert job.progress.imported == 1
    assert fixtures.contacts.find("acme", 7).company == "Acme"
