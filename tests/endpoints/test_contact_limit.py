"""The limit of contacts of an account, for every way to create them."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.contact_index import IndexChange
from shared.domain.contacts import PhoneNumber
from shared.domain.errors import TooManyContacts
from shared.table import keys, missing_contacts
from shared.table.codec import entity_item
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Answer, Api
from tests.fixtures import HOOK_TOKEN, LONG_AGO, Fixtures
from tests.triggers.queue import failures, record

LIMIT = 3
"""One more than acme has."""

MASTER = "everything"
CHATBOT = "CCSB-a1b2c3d4-e5f6g7h8i9j0"
MAIL = {"email": "new@example.com"}


@pytest.fixture
def nearly_full(api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Fixtures:
    """Create an account with room for one contact."""
    monkeypatch.setenv("MAX_CONTACTS", str(LIMIT))
    fixtures.account("full", chatbots=("bot_1",))
    fixtures.key(MASTER, "full", permissions=("*",))
    fixtures.key(CHATBOT, "full", permissions=("*",), resource="chatbots/bot_1")
    fixtures.contact(1, "full")
    fixtures.contact(2, "full", phone_numbers=(PhoneNumber(1, "+15550100"),))
    return fixtures


def klen(api: Api) -> Answer:
    return api.call("POST", "/api/v1/contacts/create", {"first_name": "Ada"}, key=MASTER)


def chatcaptain(api: Api) -> Answer:
    headers = {"x-chatcaptain-key": CHATBOT}
    document = {"contact": {"language": "en"}, "language": "en"}
    return api.call("POST", "/v1/chatbots/bot_1/contacts", document, headers=headers)


def vambe(api: Api) -> Answer:
    document = {"channel": "whatsapp", "contact_phone_number": "+56912345678"}
    return api.call("POST", "/api/public/customer/upsert/info", document, key=MASTER)


def setter(api: Api) -> Answer:
    path = "/api/v1/bot-integrations/456/messages/send"
    return api.call("POST", path, {"phoneNumber": "+12125550199"}, key=MASTER)


def native_create(api: Api) -> Answer:
    return api.call("POST", "/v1/contacts", {"first_name": "Ada"}, key=MASTER)


def native_upsert(api: Api) -> Answer:
    return api.call("POST", "/v1/contacts/upsert", {"identifiers": MAIL}, key=MASTER)


WAYS = {
    klen: 400,
    chatcaptain: 400,
    vambe: 400,
    setter: 400,
    native_create: 409,
    native_upsert: 409,
}
"""The ways to create a contact, and the status of the error."""


@pytest.mark.parametrize(("way", "status"), WAYS.items())
def test_a_full_account_gets_no_contact_more_and_nothing_is_written(
    way: Callable[[Api], Answer], status: int, nearly_full: Fixtures, api: Api
):
    assert native_create(api).status == 201
    before = nearly_full.items()
    answer = way(api)
    assert answer.status == status
    assert f"at most {LIMIT} contacts" in str(answer.document)
    assert nearly_full.items() == before


def test_a_batch_changes_contacts_and_refuses_those_that_are_new(nearly_full: Fixtures, api: Api):
    items = [
        {"identifiers": {"email": "a@example.com"}},
        {"identifiers": {"email": "b@example.com"}},
        {"identifiers": {"phone": "+15550100"}, "contact": {"company": "Initech"}},
    ]
    results = api.call("POST", "/v1/contacts/batch", {"items": items}, key=MASTER).document
    assert [each["status"] for each in results["results"]] == [201, 409, 200]


def test_more_ids_than_an_account_may_have_are_not_allocated(nearly_full: Fixtures):
    before = nearly_full.items()
    with pytest.raises(TooManyContacts):
        wiring.contacts().allocate_ids("empty", LIMIT + 1)
    assert nearly_full.items() == before
    assert wiring.contacts().allocate_ids("empty", LIMIT) == 1


def test_a_message_about_a_new_contact_fails_and_stays_in_the_queue(
    nearly_full: Fixtures, api: Api
):
    native_create(api)
    before = nearly_full.items()
    identifier = {"kind": "email", "value": "new@example.com"}
    message = {"account_id": "full", "identifier": identifier}
    assert failures("TriggerUpsertContacts", record(message, "m0")) == ["m0"]
    assert nearly_full.items() == before


def index(contact_id: int) -> None:
    updates = IndexUpdates(wiring.table(), LIMIT)
    updates.apply([IndexChange("full", contact_id, LONG_AGO)])


def test_a_contact_that_is_deleted_makes_room_for_one(nearly_full: Fixtures, api: Api):
    made = native_create(api).document["id"]
    index(3)
    assert native_create(api).status == 409
    assert api.call("DELETE", f"/v1/contacts/{made}", key=MASTER).status == 200
    index(3)
    assert used(api) == {"used": 2, "limit": LIMIT}
    assert native_create(api).status == 201
    assert used(api) == {"used": 3, "limit": LIMIT}
    assert native_create(api).status == 409


def used(api: Api) -> Any:
    return api.call("GET", "/v1/account", key=MASTER).document["limits"]["contacts"]


def test_ids_are_counted_in_steps_until_there_is_room(
    nearly_full: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """Contacts 1, 2, 5, 6 and 9 of a limit of 7; two are counted at a time."""
    monkeypatch.setattr(missing_contacts, "_CONTACTS_AT_ONCE", 2)
    for contact_id in (5, 6, 9):
        nearly_full.contact(contact_id, "full")
    counter = missing_contacts.MissingIdCounter(wiring.table(), 7)
    found = []
    for _ in range(4):
        counter.advance("full")
        item = wiring.table().get(keys.missing_ids("full"))
        found.append({name: int(item[name]["N"]) for name in ("missing", "counted_to")})
    assert found == [
        {"missing": 0, "counted_to": 2},
        {"missing": 2, "counted_to": 6},
        # Seven of nine ids may have a contact, which is the limit.
        {"missing": 4, "counted_to": 0},
        # It has room now, and counting ends.
        {"missing": 4, "counted_to": 0},
    ]


def test_a_new_count_takes_back_ids_whose_contacts_were_late(nearly_full: Fixtures):
    """A count that ran before contacts 1 and 2 were written."""
    nearly_full.contact(3, "full")
    attributes = {"missing": 0, "counted_to": 2, "so_far": 2}
    item = entity_item(keys.missing_ids("full"), "missing_ids", attributes)
    nearly_full.client.put_item(TableName=nearly_full.table_name, Item=item)
    counter = missing_contacts.MissingIdCounter(wiring.table(), 1)
    counter.advance("full")
    assert wiring.contacts().allocate_ids("full") == 4
    counter.advance("full")
    with pytest.raises(TooManyContacts):
        wiring.contacts().allocate_ids("full")


def test_a_hook_answers_an_unknown_caller_in_a_full_account(nearly_full: Fixtures, api: Api):
    nearly_full.contact(LIMIT)
    nearly_full.definition("city", default_value="Lima")
    nearly_full.agent("agent_1", "city", deadline_ms=10_000)
    nearly_full.hook()
    body = {"event": "call_inbound", "call_inbound": {"from_number": "+15550199", "call_id": "c1"}}
    before = [each["entity"]["S"] for each in nearly_full.items()].count("contact")
    with pytest.raises(TooManyContacts):
        wiring.contacts().allocate_ids("acme")
    answer = Api(None).call("POST", f"/h/{HOOK_TOKEN}", body)
    assert answer.status == 200
    assert answer.document["call_inbound"]["dynamic_variables"]["city"] == "Lima"
    assert [each["entity"]["S"] for each in nearly_full.items()].count("contact") == before
