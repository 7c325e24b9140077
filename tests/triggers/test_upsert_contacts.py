"""contact.upsert messages, sent to the queue and as events of the bus."""

from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from shared.table.codec import ATTRIBUTION, to_attribution
from shared.validation.contact_fields import CONTACT_FIELDS
from tests.api import TEMPLATE
from tests.fixtures import Fixtures
from tests.permissions import Recorder, allowed_actions
from tests.triggers.queue import failures, record

JOHN = {"kind": "email", "value": "john@example.com"}


@pytest.fixture
def account(fixtures: Fixtures) -> Fixtures:
    """Create an account with contact 123 and three definitions."""
    fixtures.account()
    fixtures.contact(email="john@example.com")
    fixtures.definition("age", "number")
    fixtures.definition("member_since", "date", display_name="Customer since")
    fixtures.definition("tier", "select", select_options=("Silver", "Gold"))
    return fixtures


def message(**members: Any) -> dict[str, Any]:
    return {"account_id": "acme", "identifier": JOHN, **members}


def event(detail: Any, event_id: str = "an-event") -> dict[str, Any]:
    return {
        "version": "0",
        "id": event_id,
        "detail-type": "contact.upsert",
        "source": "crm",
        "account": "123456789012",
        "time": "2026-11-22T05:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def process(*bodies: Any) -> list[int]:
    """Process messages, and return the positions of the failed ones."""
    records = [record(body, f"m{place}") for place, body in enumerate(bodies)]
    return [int(each[1:]) for each in failures("TriggerUpsertContacts", *records)]


def values(fixtures: Fixtures, contact_id: int = 123) -> dict[str, Any]:
    found = fixtures.contacts.find_with_values("acme", contact_id)
    return {each.name: each.value for each in found.values}


def found(fixtures: Fixtures, kind: str, value: str) -> list[Any]:
    named = Identifier(IdentifierKind(kind), value)
    return fixtures.contacts.find_by_identifier("acme", named).contacts


def test_a_contact_that_is_known_gets_fields_and_variables(account: Fixtures):
    body = message(contact={"company": "Initech", "last_name": "Doe"}, variables={"age": 42})
    assert process(body) == []
    (john,) = found(account, "email", "john@example.com")
    assert (john.contact_id, john.company, john.full_name) == (123, "Initech", "John Doe")
    assert values(account) == {"age": 42}


@pytest.mark.parametrize(
    ("kind", "value", "field", "kept"),
    [
        ("email", "Ada@Example.com", "email", "Ada@Example.com"),
        ("phone", "+1 (212) 555-0100", "phone_number", "+1 (212) 555-0100"),
        ("wa_id", "12125550100", "wa_id", "12125550100"),
        ("sms_phone_number", "+12125550100", "sms_phone_number", "+12125550100"),
        ("webchat_user_id", "visitor 7", "webchat_user_id", "visitor 7"),
        ("external_id", "crm-7", "external_id", "crm-7"),
        ("uuid", "0d0ac1b0-7a1f-4a36-9a0e-6f6c3e4ab001", "uuid", None),
    ],
)
def test_a_contact_that_is_not_known_is_made(
    account: Fixtures, kind: str, value: str, field: str, kept: str | None
):
    body = message(identifier={"kind": kind, "value": value}, variables={"age": 1})
    assert process(body) == []
    (made,) = found(account, kind, value)
    assert getattr(made, field) == (kept or value)
    assert values(account, made.contact_id) == {"age": 1}


def test_what_a_contact_is_found_by_may_be_said_twice(account: Fixtures):
    body = message(contact={"email": "John@Example.com", "company": "Initech"})
    assert process(body) == []
    (john,) = found(account, "email", "john@example.com")
    assert (john.email, john.company) == ("john@example.com", "Initech")


def test_an_event_of_the_bus_is_the_same(account: Fixtures):
    assert process(event(message(variables={"age": 7}))) == []
    assert values(account) == {"age": 7}


@pytest.mark.parametrize(
    ("mode", "sent", "kept"),
    [
        ("strict", {"tier": "Gold"}, {"tier": "Gold"}),
        ("strict", {"tier": "gold"}, None),
        ("strict", {"Tier": "Gold"}, None),
        ("coerce", {"Tier": "gold"}, {"tier": "Gold"}),
        ("coerce", {"Customer since": "12 March 2024"}, {"member_since": "2024-03-12"}),
        ("coerce", {"tier": "platinum"}, None),
        ("coerce", {"shoe_size": 9}, None),
        ("auto_create", {"shoeSize": 9, "tier": "gold"}, {"shoe_size": 9, "tier": "Gold"}),
        ("auto_create", {"tier": "platinum"}, None),
        ("auto_create", {"!": 1}, None),
    ],
)
def test_a_mode_says_what_is_taken(
    account: Fixtures, mode: str, sent: dict[str, Any], kept: dict[str, Any] | None
):
    assert process(message(variables=sent, mode=mode)) == ([] if kept else [0])
    assert values(account) == (kept or {})


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        '{"account_id": "acme", "account_id": "acme"}',
        '{"account_id": "acme", "identifier": {"kind": "uuid", "value": "\\ud800"}}',
        {},
        message(account_id="initech"),
        message(account_id=7),
        message(identifier={"kind": "email"}),
        message(identifier={"kind": "name", "value": "John"}),
        message(identifier={"kind": "email", "value": ""}),
        message(identifier={"kind": "email", "value": "no address"}),
        message(identifier={"kind": "phone", "value": "call me"}),
        message(identifier={"kind": "webchat_user_id", "value": "ü" * 300}),
        message(contact={"nickname": "J"}),
        message(contact={"email": "no address"}),
        message(contact={"email": "jane@example.com"}),
        message(contact={"email": None}),
        message(contact={"email": ""}),
        message(identifier={"kind": "email", "value": "x@example.com"}, contact={"email": None}),
        message(
            identifier={"kind": "wa_id", "value": "12125550100"}, contact={"wa_id": "12125550101"}
        ),
        message(id=""),
        message(id=0),
        message(schema_version=True),
        event(message(id="")),
        message(contact={"time_zone": "Mars"}),
        message(contact={"first_name": 7}),
        message(contact={"external_id": None}),
        message(contact={"first_name": "x" * 501}),
        message(contact={f"field_{number}": "x" for number in range(len(CONTACT_FIELDS) + 1)}),
        message(variables={"age": {"in": "years"}}),
        message(mode="lenient"),
        message(surprise=True),
        message(schema_version=2),
        event("no object"),
        event({}),
    ],
)
def test_a_message_that_cannot_be_taken_fails_alone_and_changes_nothing(
    account: Fixtures, body: Any
):
    before = account.items()
    assert process(body) == [0]
    assert account.items() == before
    assert process(
        message(variables={"age": 1}, id="one"), body, message(variables={"age": 2})
    ) == [1]
    assert values(account) == {"age": 2}


def test_several_contacts_of_an_identifier_are_nobody(account: Fixtures):
    account.contact(7, email="john@example.com")
    assert process(message(variables={"age": 1})) == [0]


def test_a_change_is_put_down_to_its_message(account: Fixtures):
    assert process(message(variables={"age": 1}, origin_id="crm-sync", id="m-1")) == []
    written = [each for each in account.items() if ATTRIBUTION in each]
    by = [to_attribution(each) for each in written if each["pk"]["S"].endswith("#CONTACT#123")]
    assert {(each.channel, each.request_id, each.origin_id) for each in by} == {
        ("inbound", "m-1", "crm-sync")
    }


def test_a_message_is_taken_once(account: Fixtures):
    old, new = record(message(variables={"age": 1}), "old"), record(message(variables={"age": 2}))
    assert failures("TriggerUpsertContacts", old) == []
    assert failures("TriggerUpsertContacts", new) == []
    before = account.items()
    assert failures("TriggerUpsertContacts", old) == []
    assert account.items() == before
    assert values(account) == {"age": 2}


def test_an_id_of_the_sender_is_what_a_message_is_taken_once_by(account: Fixtures):
    assert (
        process(message(variables={"age": 1}, id="a"), message(variables={"age": 2}, id="a")) == []
    )
    assert values(account) == {"age": 1}


def test_an_event_that_comes_in_two_messages_is_taken_once(account: Fixtures):
    one, other = (event(message(variables={"age": age})) for age in (1, 2))
    assert process(one, other) == []
    assert values(account) == {"age": 1}


def test_another_account_is_not_touched(account: Fixtures):
    account.account("initech")
    account.contact(9, account="initech", email="john@example.com")
    before = account.contacts.find("initech", 9)
    assert process(message(contact={"company": "Acme"})) == []
    assert account.contacts.find("initech", 9) == before


def test_the_function_uses_all_that_its_policy_allows(account: Fixtures):
    account.contact(9, email="old@example.com")
    body = message(
        identifier={"kind": "external_id", "value": "external9"},
        contact={"email": "new@example.com"},
        variables={"a_new_one": 1},
        mode="auto_create",
    )
    with Recorder() as recorder:
        assert process(body, message(identifier={"kind": "email", "value": "x@example.com"})) == []
    allowed = allowed_actions(TEMPLATE.read_text(), "TriggerUpsertContacts")
    assert recorder.actions == allowed


def test_the_log_tells_ids_and_no_values(account: Fixtures, caplog: pytest.LogCaptureFixture):
    process(
        message(variables={"tier": "a secret tier"}), message(contact={"company": "Secret Inc"})
    )
    records = [vars(each) for each in caplog.records if each.name == "contact-context"]
    rejected, processed = (each["facts"] for each in records)
    assert (rejected["message_id"], rejected["error"]) == ("m0", "InvalidValue")
    assert (rejected["about"], processed["account_id"]) == ("tier", "acme")
    told = repr(records)
    assert "ecret" not in told
    assert "example.com" not in told
