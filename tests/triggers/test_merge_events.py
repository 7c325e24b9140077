"""Merges of contacts in the stream: one event says so, and no history is lost."""

import pytest

from shared.domain.changes import Event, EventReference, EventType
from shared.domain.deliveries import Delivery
from shared.validation.bus_events import as_published
from tests.api import Api
from tests.contact_pairs import OLD, SURVIVOR, TODAY, merge, save
from tests.documented import why_undocumented_event
from tests.fixtures import LONG_AGO, NEVER, Fixtures
from tests.triggers.test_record_changes import BUS, Changes

KEY = "native_0123456789"


@pytest.fixture
def native(fixtures: Fixtures) -> Api:
    """A client whose account has the contacts 123 and 456."""
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact()
    fixtures.contact(456)
    return Api(KEY)


@pytest.fixture
def changes(
    native: Api,
    fixtures: Fixtures,
    engine_url: str,
    services_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Changes:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", services_url)
    monkeypatch.setenv("EVENT_BUS_NAME", BUS)
    return Changes(fixtures, engine_url, services_url)


def test_a_merge_is_told_and_both_logs_stay(changes: Changes, native: Api, fixtures: Fixtures):
    save(fixtures, 456, fixtures.definition("plan"), "Gold", days=TODAY)
    assert changes.process() == []
    changes.published()
    assert merge(native, headers={"x-origin-id": "crm-7"}).status == 200
    assert changes.process() == []
    told = {event["type"]: event for event in changes.published()}
    assert {*told} == {"contact.merged", "contact.updated", "contact.context.updated"}
    assert {event["contact_id"] for event in told.values()} == {"contact_123"}
    merged = told["contact.merged"]
    assert merged["merged_contact_ids"] == ["contact_456"]
    assert (merged["origin_id"], merged["source"]) == ("crm-7", "native")
    assert told["contact.updated"]["fields"] == ["other_identifiers"]
    assert changes.log() == changes.log(456) == [(1, "plan", None, "Gold")]
    for path in (SURVIVOR, OLD):
        page = native.call("GET", f"{path}/activity").document
        assert [each["new"] for each in page["data"]] == ["Gold"]


def test_the_deletion_of_a_survivor_deletes_both_logs(
    changes: Changes, native: Api, fixtures: Fixtures
):
    save(fixtures, 456, fixtures.definition("plan"), "Gold")
    changes.process()
    merge(native)
    changes.process()
    changes.published()
    native.call("DELETE", SURVIVOR)
    assert changes.process() == []
    assert [event["type"] for event in changes.published()] == ["contact.deleted"]
    assert changes.log() == changes.log(456) == []
    assert native.call("GET", f"{OLD}/activity").status == 404


def test_a_delivery_of_a_merge_can_be_built_again(fixtures: Fixtures):
    """The record of a delivery keeps the ids of the merged contacts."""
    by = fixtures.caller(fixtures.key(KEY)).attribution
    reference = EventReference(contact_id=123, by=by, merged_ids=(7, 456))
    delivery = Delivery(
        webhook_id="wh_1",
        event_id="evt_1",
        topic=EventType.CONTACT_MERGED,
        occurred_at=LONG_AGO,
        created_at=LONG_AGO,
        expires_at=NEVER,
        event=reference,
    )
    fixtures.deliveries.add("acme", delivery)
    found = fixtures.deliveries.find_by_id("acme", "wh_1", delivery.delivery_id)
    assert found is not None
    assert found.event is not None
    assert found.event.merged_ids == (7, 456)
    event = Event("evt_1", EventType.CONTACT_MERGED, "acme", 123, by, merged_ids=(7, 456))
    document = as_published(event).document
    data = {name: document[name] for name in document if name not in ("id", "type", "occurred_at")}
    payload = {"type": "contact.merged", "timestamp": document["occurred_at"], "data": data}
    assert why_undocumented_event("native", payload) is None
