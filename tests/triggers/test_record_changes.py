"""Changes of contacts are logged once and without gaps, and published on the bus."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.event_bus import EventBus
from shared.domain.accounts import Attribution, Caller
from shared.domain.changes import (
    ActivityEntry,
    Event,
    EventType,
    LargeValue,
    PageWrite,
    VariableChange,
)
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.errors import Unavailable
from shared.domain.sources import Source
from shared.domain.values import STRICT, Assignment, SourcedValue, Subject
from shared.services.variables.assignments import make_assignment
from shared.services.variables.values import set_contact_variables
from shared.table import keys
from shared.table.activity import ActivityTable
from shared.table.lean.client import LeanClient
from shared.table.operations import delete
from shared.validation.bus_events import MAX_DETAIL_BYTES, encode_event
from tests.api import ROOT, Api
from tests.aws_calls import around_calls
from tests.fixtures import LONG_AGO, NEVER, Fixtures
from tests.triggers.listener import BUS, Listener
from tests.triggers.queue import trigger
from tests.triggers.stream import Stream

NEWEST = 10**19
_NAMES = count()


def schema(event_type: str) -> jsonschema_rs.Draft202012Validator:
    path = Path(ROOT / "docs" / "events" / f"{event_type}.json")
    return jsonschema_rs.Draft202012Validator(json.loads(path.read_text()), validate_formats=True)


class Changes:
    """The stream of the table, the trigger that processes it, and a subscriber of the bus."""

    def __init__(self, fixtures: Fixtures, engine_url: str, services_url: str) -> None:
        self.fixtures = fixtures
        self.stream = Stream(engine_url, fixtures.table_name)
        self.listener = Listener(services_url, f"listener-{next(_NAMES)}")
        self.stream.new_records()

    def process(self, records: list[dict[str, Any]] | None = None) -> list[str]:
        """Process records, or those since the last call. Return the ids of the failed ones."""
        given = self.stream.new_records() if records is None else records
        answer = trigger("TriggerRecordChanges", {"Records": given})
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def published(self) -> list[dict[str, Any]]:
        """Return the details of the events since the last call, which match their schemas."""
        events = self.listener.received()
        for event in events:
            assert event["source"] == "contact-context"
            assert event["detail-type"] == event["detail"]["type"]
            schema(event["detail-type"]).validate(event["detail"])
        return [event["detail"] for event in events]

    def log(self, contact_id: int = 123) -> list[tuple[int, str, Any, Any]]:
        """Return the log of a contact, oldest first: sequence, variable, old and new value."""
        entries = self.fixtures.activity.list("acme", contact_id, NEWEST, LONG_AGO)
        told = [(e.sequence, e.change.variable, e.change.old, e.change.new) for e in entries]
        return told[::-1]


@pytest.fixture
def changes(
    api: Api,
    fixtures: Fixtures,
    engine_url: str,
    services_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Changes:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", services_url)
    monkeypatch.setenv("EVENT_BUS_NAME", BUS)
    return Changes(fixtures, engine_url, services_url)


def set_values(api: Api, **values: Any) -> None:
    answer = api.call("POST", "/api/v1/contacts/123/context", {"variables": values})
    assert answer.status == 200, answer.document


def calls_noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every later call of AWS adds its name to."""
    called: list[str] = []

    def note(name: str, call: Callable[[], Any]) -> Any:
        called.append(name)
        return call()

    around_calls(monkeypatch, note)
    return called


class TestLog:
    def test_it_has_what_changed_from_what_to_what(self, changes: Changes, api: Api):
        set_values(api, membership_level="Silver")
        set_values(api, membership_level="Gold", last_payment_date="2023-12-01")
        assert changes.process() == []
        assert changes.log() == [
            (1, "membership_level", None, "Silver"),
            (2, "last_payment_date", None, "2023-12-01"),
            (3, "membership_level", "Silver", "Gold"),
        ]

    def test_it_has_who_changed_it(self, changes: Changes, api: Api, fixtures: Fixtures):
        headers = {"x-origin-id": "crm-7"}
        document = {"variables": {"membership_level": "Gold"}}
        api.call("POST", "/api/v1/contacts/123/context", document, headers=headers)
        changes.process()
        (entry,) = fixtures.activity.list("acme", 123, NEWEST, LONG_AGO)
        key_id = fixtures.key("another-key").key_id
        assert (entry.by.channel, entry.by.request_id) == ("klen", "a-request")
        assert entry.by.origin_id == "crm-7"
        assert entry.by.key_id != key_id
        assert len(entry.by.key_id) == len(key_id)

    def test_an_unchanged_value_is_no_change_although_its_variable_was_renamed(
        self, changes: Changes, fixtures: Fixtures
    ):
        """A value is stored with the name of its variable at that time."""
        before = fixtures.definition("level")
        fixtures.value(before, "Gold")
        after = replace(before, name="grade", version=before.version + 1)
        fixtures.definitions.rename("acme", before, after, None)
        fixtures.value(after, "Gold")
        changes.process()
        assert changes.log() == [(1, "grade", None, "Gold")]
        assert [len(event["changes"]) for event in changes.published()] == [1]

    def test_its_events_have_the_ids_that_others_know_the_contact_by(
        self, changes: Changes, fixtures: Fixtures
    ):
        contact = fixtures.contact(7)
        fixtures.value(fixtures.definition("plan"), "Gold", 7)
        changes.process()
        fixtures.contacts.delete("acme", contact)
        changes.process()
        told = {
            event["type"]: (event["contact_external_id"], event["contact_uuid"])
            for event in changes.published()
        }
        kinds = ("contact.created", "contact.context.updated", "contact.deleted")
        assert told == dict.fromkeys(kinds, (contact.external_id, contact.uuid))

    @pytest.mark.usefixtures("api")
    def test_it_has_the_source_of_each_value(self, changes: Changes, fixtures: Fixtures):
        fixtures.definition("plan")
        fixtures.definition("mood")
        mood = SourcedValue("glad", Source.AI)
        ann = Caller("acme", "key-of-ann", LONG_AGO, value_source=Source.HUMAN)
        for values in ({"plan": "Gold", "mood": mood}, {"plan": None}):
            set_contact_variables(
                *(fixtures.variables, fixtures.definitions, ann, 123, values, STRICT)
            )
        changes.process()
        entries = fixtures.activity.list("acme", 123, NEWEST, LONG_AGO)
        assert [(each.change.variable, each.value_source) for each in entries] == [
            ("plan", Source.HUMAN),
            ("mood", Source.AI),
            ("plan", Source.HUMAN),
        ]
        told = [change for event in changes.published() for change in event["changes"]]
        assert [each["value_source"] for each in told] == ["human", "ai", "human"]

    def test_a_write_that_changes_nothing_is_none(self, changes: Changes, api: Api):
        set_values(api, membership_level="Gold")
        set_values(api, membership_level="Gold")
        changes.process()
        assert changes.log() == [(1, "membership_level", None, "Gold")]
        assert [len(event["changes"]) for event in changes.published()] == [1]

    def test_a_variable_that_is_removed(self, changes: Changes, api: Api):
        set_values(api, membership_level="Gold")
        set_values(api, membership_level=None)
        set_values(api, membership_level=None)
        changes.process()
        assert changes.log() == [
            (1, "membership_level", None, "Gold"),
            (2, "membership_level", "Gold", None),
        ]

    def test_true_and_one_are_not_the_same(self, changes: Changes, fixtures: Fixtures):
        flag = fixtures.definition("flag", "boolean")
        for value in (True, 1, 1.5, "1.5"):
            fixtures.value(flag, value)
        changes.process()
        assert [new for _, _, _, new in changes.log()] == [True, 1, 1.5, "1.5"]

    def test_a_large_value_is_told_by_its_size_and_digest(
        self, changes: Changes, fixtures: Fixtures
    ):
        story = fixtures.definition("story")
        for value in ("x" * 9000, "x" * 9000, "y" * 9000, "short"):
            fixtures.value(story, value)
        changes.process()
        (_, _, _, first), (_, _, old, second), (_, _, last, short) = changes.log()
        assert isinstance(first, LargeValue)
        assert first.size == 9000
        assert (old, last, short) == (first, second, "short")
        assert first.sha256 != second.sha256

    def test_everything_that_is_cleared(self, changes: Changes, fixtures: Fixtures):
        for slot in range(40):
            fixtures.value(fixtures.definition(f"variable_{slot}"), slot)
        changes.process()
        fixtures.variables.clear(
            "acme", Subject.contact(123), Attribution(LONG_AGO, "chatcaptain"), lambda _: True
        )
        changes.process()
        log = changes.log()
        assert [sequence for sequence, *_ in log] == list(range(1, 81))
        assert all(new is None for _, _, _, new in log[40:])
        (event,) = [each for each in changes.published() if each["source"] == "chatcaptain"]
        assert len(event["changes"]) == 40

    def test_a_variable_is_called_as_it_is_called_today(self, changes: Changes, fixtures: Fixtures):
        before = fixtures.definition("level")
        fixtures.value(before, "Gold")
        changes.process()
        after = replace(before, name="grade", version=before.version + 1)
        fixtures.definitions.rename("acme", before, after, None)
        assert changes.log() == [(1, "grade", None, "Gold")]

    def test_another_accounts_contact_of_the_number_is_not_touched(
        self, changes: Changes, api: Api, fixtures: Fixtures
    ):
        fixtures.account("globex")
        fixtures.contact(123, account="globex")
        set_values(api, membership_level="Gold")
        changes.process()
        assert list(fixtures.activity.list("globex", 123, NEWEST, LONG_AGO)) == []

    def test_businesses_and_conversations_have_none(self, changes: Changes, api: Api):
        body = {"variables": {"support_hours": "9-5"}}
        assert api.call("POST", "/api/v1/business/context", body).status == 200
        before = changes.fixtures.items()
        assert changes.process() == []
        assert changes.fixtures.items() == before
        assert changes.published() == []


LOGGED = [
    (1, "membership_level", None, "Bronze"),
    (2, "membership_level", "Bronze", "Silver"),
    (3, "membership_level", "Silver", "Gold"),
    (4, "membership_level", "Gold", "Platinum"),
]


class TestDelivery:
    def write(self, api: Api) -> None:
        for level in ("Bronze", "Silver", "Gold", "Gold", "Platinum"):
            set_values(api, membership_level=level)

    def test_what_comes_again_is_logged_once_and_told_under_the_same_id(
        self, changes: Changes, api: Api
    ):
        self.write(api)
        records = changes.stream.new_records()
        assert changes.process(records) == []
        first = changes.published()
        assert changes.process(records) == []
        assert changes.log() == LOGGED
        assert changes.published() == first

    @pytest.mark.parametrize("has_older_entry", [True, False])
    def test_what_comes_again_after_its_entry_expired_is_not_told_again(
        self, has_older_entry: bool, changes: Changes, api: Api, fixtures: Fixtures
    ):
        if has_older_entry:
            fixtures.log(0, VariableChange(0, "level", VariableType.TEXT, None, "of long ago"))
        before = changes.log()
        set_values(api, membership_level="Gold")
        records = changes.stream.new_records()
        assert changes.process(records) == []
        assert len(changes.published()) == 1
        newest = keys.activity_entry("acme", 123, len(before) + 1)
        fixtures.table.write([delete(newest)])
        assert changes.process(records) == []
        assert changes.published() == []
        assert changes.log() == before

    def test_one_record_at_a_time_is_the_same_as_all(self, changes: Changes, api: Api):
        self.write(api)
        for record in changes.stream.new_records():
            assert changes.process([record]) == []
        assert changes.log() == LOGGED

    @pytest.mark.parametrize("seed", range(10))
    def test_in_any_order_and_twice_all_is_logged_once(self, changes: Changes, api: Api, seed: int):
        self.write(api)
        records = changes.stream.new_records()
        random = Random(seed)
        late = [*records, *random.choices(records, k=3)]
        random.shuffle(late)
        for record in late:
            assert changes.process([record]) == []
        log = changes.log()
        assert [sequence for sequence, *_ in log] == [1, 2, 3, 4]
        assert {told[1:] for told in log} == {told[1:] for told in LOGGED}

    def test_a_bus_that_takes_nothing_makes_the_records_come_again(
        self, changes: Changes, api: Api, monkeypatch: pytest.MonkeyPatch
    ):
        self.write(api)
        records = changes.stream.new_records()
        process_without_bus(changes, records, monkeypatch)
        assert changes.log() == LOGGED
        assert changes.published() == []
        assert changes.process(records) == []
        told = [change for event in changes.published() for change in event["changes"]]
        assert [change["sequence"] for change in told] == [1, 2, 3, 4]
        assert changes.log() == LOGGED

    def test_a_bus_that_takes_nothing_keeps_no_change_of_a_deleted_contact_back(
        self, changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        fixtures.contact(7)
        fixtures.value(fixtures.definition("level"), "Gold", 7)
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
        records = changes.stream.new_records()
        process_without_bus(changes, records, monkeypatch)
        assert changes.process(records) == []
        assert [event["type"] for event in changes.published()] == [
            "contact.created",
            "contact.context.updated",
            "contact.deleted",
        ]
        assert changes.log(7) == []

    def test_events_of_a_contact_are_published_in_the_order_of_their_times(
        self, changes: Changes, fixtures: Fixtures
    ):
        level = fixtures.definition("level")
        contact = fixtures.contact(7)
        for minute, value in ((1, "a"), (3, "b")):
            assignment = Assignment(level.slot, level.name, level.variable_type, value)
            by = Attribution(LONG_AGO + timedelta(minutes=minute))
            fixtures.variables.save("acme", Subject.contact(7), [assignment], [], by)
        by = Attribution(LONG_AGO + timedelta(minutes=2))
        after = replace(contact, stage="Won", version=contact.version + 1)
        fixtures.contacts.replace("acme", contact, after, by)
        fixtures.contacts.delete("acme", after)
        assert changes.process() == []
        assert [event["type"] for event in changes.published()] == [
            "contact.created",
            "contact.context.updated",
            "contact.updated",
            "contact.context.updated",
            "contact.deleted",
        ]

    def test_a_log_of_long_values_is_deleted_in_transactions_that_dynamodb_accepts(
        self, changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        """A transaction may have 4 MB of items, including deleted ones."""
        longest = "x" * 8000
        text = VariableType.TEXT
        for number in range(1, 21):
            logged = [VariableChange(n, f"v{n}", text, longest, longest) for n in range(16)]
            fixtures.log(number, *logged)
        call = LeanClient._call
        sizes: list[int] = []

        def note(self: LeanClient, name: str, request: dict[str, Any]) -> Any:
            if name == "TransactWriteItems":
                sizes.append(len(request["TransactItems"]) * 16 * 2 * len(longest))
            return call(self, name, request)

        monkeypatch.setattr(LeanClient, "_call", note)
        fixtures.activity.delete_log("acme", 123, NEVER)
        assert changes.log() == []
        assert len(sizes) == 2
        assert max(sizes) < 4_194_304

    def test_a_contact_that_fails_takes_no_other_with_it(
        self, changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        fixtures.contact(7)
        level = fixtures.definition("level")
        changes.process()
        changes.published()
        fixtures.value(level, "a", 7)
        fixtures.value(level, "b", 123)
        records = changes.stream.new_records()
        record = ActivityTable.record

        def fail_for_seven(self: ActivityTable, account_id: str, contact_id: int, *rest: Any):
            if contact_id == 7:
                raise ValueError("secret")
            return record(self, account_id, contact_id, *rest)

        def fail_with_seven(_: ActivityTable, logs: list[tuple[list[PageWrite], Any]]):
            assert 7 in {writes[0].contact_id for writes, _ in logs}
            raise ValueError("secret")

        with monkeypatch.context() as patched:
            patched.setattr(ActivityTable, "record", fail_for_seven)
            patched.setattr(ActivityTable, "record_together", fail_with_seven)
            failed = changes.process(records)
        of_seven = [
            each for each in records if each["dynamodb"]["Keys"]["pk"]["S"].endswith("#CONTACT#7")
        ]
        assert failed == [of_seven[0]["dynamodb"]["SequenceNumber"]]
        assert [new for *_, new in changes.log()] == ["b"]
        assert changes.process(records) == []
        assert [new for *_, new in changes.log(7)] == ["a"]

    def test_a_record_that_cannot_be_read_fails_alone(
        self, changes: Changes, api: Api, caplog: pytest.LogCaptureFixture
    ):
        self.write(api)
        records = changes.stream.new_records()
        broken = json.loads(json.dumps(records[0], default=str))
        broken["dynamodb"]["NewImage"]["s0"] = {"S": "a secret"}
        broken["dynamodb"]["NewImage"]["s1"] = {"S": "a secret"}
        broken["dynamodb"]["SequenceNumber"] = "7"
        assert changes.process([broken, *records]) == ["7"]
        assert changes.log() == LOGGED
        assert "secret" not in repr([vars(each) for each in caplog.records])


def records_of_two_pages(changes: Changes, api: Api) -> list[dict[str, Any]]:
    """Return the records of a request that wrote two pages. All others are processed."""
    for place in range(40):
        changes.fixtures.definition(f"variable_{place}")
    changes.process()
    changes.published()
    set_values(api, **{f"variable_{place}": "x" for place in range(40)})
    return changes.stream.new_records()


def test_pages_that_are_retried_separately_republish_the_same_event(changes: Changes, api: Api):
    """A request wrote two pages, and another record was between them when it failed."""
    first, second = records_of_two_pages(changes, api)
    changes.process([first, second])
    (told,) = changes.published()
    assert len(told["changes"]) == 40
    changes.process([second])
    assert changes.published() == [told]
    changes.process([first])
    assert changes.published() == [told]


def test_pages_that_come_apart_stay_apart(changes: Changes, api: Api):
    first, second = records_of_two_pages(changes, api)
    for record in (first, second):
        changes.process([record])
    apart = changes.published()
    assert len(apart) == 2
    changes.process([first, second])
    assert changes.published() == apart


def test_what_comes_again_after_its_log_has_expired_is_told_no_more(changes: Changes, api: Api):
    level = changes.fixtures.definition("level")
    old = Attribution(LONG_AGO)
    assignment = make_assignment(level, "Silver")
    changes.fixtures.variables.save("acme", Subject.contact(123), [assignment], [], old)
    changes.process()
    set_values(api, level="Gold")
    records = changes.stream.new_records()
    changes.process(records)
    assert changes.published()
    _, expired = [
        item for item in changes.fixtures.items() if item["entity"]["S"] == "activity_entry"
    ]
    key = {name: expired[name] for name in ("pk", "sk")}
    changes.fixtures.client.delete_item(TableName=changes.fixtures.table_name, Key=key)
    assert changes.process(records) == []
    assert changes.published() == []


def process_without_bus(
    changes: Changes, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Process records of one contact while the bus fails. Asserts that all of them fail."""

    def refuse(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(EventBus, "publish", refuse)
        assert changes.process(records) == [records[0]["dynamodb"]["SequenceNumber"]]


class Killed(BaseException):
    """Kills the function."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_is_killed_between_any_two_steps_loses_and_doubles_nothing(
    changes: Changes, api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, when: str
):
    """The function is killed at each call of AWS in turn. Lambda then retries all records."""
    for contact_id, killed_at in enumerate(range(1, 9), 1000):
        fixtures.contact(contact_id)
        level = fixtures.definition(f"level_{contact_id}")
        for value in ("a", "b"):
            fixtures.value(level, value, contact_id)
        records = changes.stream.new_records()
        calls = process_killed(changes, records, killed_at, when, monkeypatch)
        assert changes.process(records) == []
        assert topics_published(changes) == ["contact.context.updated", "contact.created"]
        assert [change[1:] for change in changes.log(contact_id)] == [
            (level.name, None, "a"),
            (level.name, "a", "b"),
        ]
    assert calls < killed_at


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_contact_was_set_before_it_was_deleted_is_told_though_the_worker_is_killed(
    changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, when: str
):
    level = fixtures.definition("level")
    for contact_id, killed_at in enumerate(range(1, 9), 1000):
        fixtures.contact(contact_id)
        fixtures.value(level, "a", contact_id)
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", contact_id))
        records = changes.stream.new_records()
        calls = process_killed(changes, records, killed_at, when, monkeypatch)
        assert changes.process(records) == []
        told = ["contact.context.updated", "contact.created", "contact.deleted"]
        assert topics_published(changes) == told
        assert changes.log(contact_id) == []
    assert calls < killed_at


def topics_published(changes: Changes) -> list[str]:
    """Return the published topics, each event once. Asserts that repeated events are equal."""
    told = changes.published()
    by_id = {event["id"]: event for event in told}
    assert all(by_id[event["id"]] == event for event in told)
    return sorted(event["type"] for event in by_id.values())


def process_killed(
    changes: Changes,
    records: list[dict[str, Any]],
    killed_at: int,
    when: str,
    monkeypatch: pytest.MonkeyPatch,
) -> int:
    """Process records, and kill the function before or after a call. Return its call count."""
    calls = 0

    def kill(_: str, call: Callable[[], Any]) -> Any:
        nonlocal calls
        calls += 1
        is_now = calls == killed_at
        if is_now and when == "before":
            raise Killed
        answer = call()
        if is_now:
            raise Killed
        return answer

    with monkeypatch.context() as patched, suppress(Killed):
        around_calls(patched, kill)
        changes.process(records)
    return calls


def test_what_the_changes_of_a_contact_cost(
    changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """One read, one transaction and one request to the bus, for any number of writes."""
    level = fixtures.definition("level")
    changes.process()
    for value in range(7):
        fixtures.value(level, value)
    records = changes.stream.new_records()
    called = calls_noted(monkeypatch)
    assert trigger("TriggerRecordChanges", {"Records": records}) == {"batchItemFailures": []}
    assert called == ["BatchGetItem", "TransactWriteItems", "PutEvents"]


class TestContacts:
    def test_a_contact_is_created_changed_and_deleted(
        self, changes: Changes, api: Api, fixtures: Fixtures
    ):
        made = fixtures.contact(7, email="jo@example.com")
        fixtures.value(fixtures.definition("level"), "Gold", 7)
        changes.process()
        assert [event["type"] for event in changes.published()] == [
            "contact.created",
            "contact.context.updated",
        ]
        body = {"email": "new@example.com"}
        assert api.call("PATCH", "/api/v1/contacts/7/update", body).status == 200
        changes.process()
        (changed,) = changes.published()
        assert (changed["type"], changed["fields"]) == ("contact.updated", ["email"])
        assert changed["source"] == "klen"
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
        changes.process()
        (gone,) = changes.published()
        assert (gone["type"], gone["contact_id"]) == ("contact.deleted", "contact_7")
        assert gone["visible_to"] == {"owner": None, "team": None}
        assert made.contact_id == 7

    def test_the_deletion_of_a_contact_says_who_saw_it(self, changes: Changes, fixtures: Fixtures):
        fixtures.contact(7, owner="u1", team=101)
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
        changes.process()
        (gone,) = [each for each in changes.published() if each["type"] == "contact.deleted"]
        assert gone["visible_to"] == {"owner": "u1", "team": 101}

    def test_a_deleted_contact_leaves_no_log_even_if_a_change_arrives_late(
        self, changes: Changes, fixtures: Fixtures
    ):
        fixtures.contact(7)
        level = fixtures.definition("level")
        for value in range(120):
            fixtures.value(level, value, 7)
        records = changes.stream.new_records()
        changes.process(records)
        assert len(changes.log(7)) == 120
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
        changes.process()
        assert changes.log(7) == []
        changes.process(records)
        assert changes.log(7) == []
        left = [
            item for item in fixtures.items() if item["pk"]["S"].endswith("#CONTACT#7#ACTIVITY")
        ]
        assert [item["sk"]["S"] for item in left] == ["HEAD"]
        assert "expires_at" in left[0]


class TestEvents:
    def test_an_event_fits_the_bus_however_long_its_names_are(self):
        changed = VariableChange(0, "変" * 200, VariableType.TEXT, None, "x")
        by = Attribution(LONG_AGO)
        entries = tuple(ActivityEntry(each, changed, by, (1, 1000)) for each in range(1, 1001))
        event = Event("evt_1", EventType.CONTEXT_UPDATED, "acme", 7, by, entries)
        detail = encode_event(event)
        assert len(detail.encode()) <= MAX_DETAIL_BYTES
        told = json.loads(detail)
        assert told["truncated"] is True
        assert told["changes"][0]["sequence"] == 1

    def test_a_request_over_several_pages_is_one_event(self, changes: Changes, api: Api):
        for place in range(40):
            changes.fixtures.definition(f"variable_{place}")
        set_values(api, **{f"variable_{place}": "x" for place in range(40)})
        changes.process()
        (event,) = changes.published()
        assert len(event["changes"]) == 40
        assert event["activity_url"] == "/v1/contacts/contact_123/activity?after=0"

    def test_a_large_event_tells_what_changed_but_not_from_or_to_what(
        self, changes: Changes, api: Api
    ):
        for place in range(40):
            changes.fixtures.definition(f"variable_{place}")
        set_values(api, **{f"variable_{place}": "x" * 8000 for place in range(40)})
        changes.process()
        (event,) = changes.published()
        assert event["truncated"] is True
        assert len(event["changes"]) == 40
        assert event["changes"][0].keys() == {"sequence", "variable", "type"}


PROGRAMS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", "é" * 5000]),
    ),
    max_size=12,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(PROGRAMS, st.integers(0, 24))
def test_what_a_contact_has_can_be_built_from_its_log(
    changes: Changes, program: list[tuple[int, Any]], cut: int
):
    fixtures = changes.fixtures
    contact_id = 1000 + next(_NAMES)
    fixtures.contact(contact_id)
    changes.stream.new_records()
    for slot, value in program:
        fixtures.value(numbered(fixtures, slot), value, contact_id)
    records = changes.stream.new_records()
    changes.process(records[:cut])
    changes.process(records[max(0, cut - 2) :])
    built: dict[str, Any] = {}
    for _, name, old, new in changes.log(contact_id):
        assert built.get(name) == old
        built[name] = new
    held = fixtures.contacts.find_with_values("acme", contact_id).values
    kept = {name: told(value) for name, value in built.items() if value is not None}
    assert kept == {each.name: told(each.value) for each in held}


def numbered(fixtures: Fixtures, number: int) -> Definition:
    """Return the definition of the variable with a number in its name."""
    name = f"variable_{number}"
    found = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, [name])
    return found.get(name) or fixtures.definition(name)


def told(value: Any) -> Any:
    """Return a comparable value: large ones are represented by their size."""
    if isinstance(value, LargeValue):
        return ("large", value.size)
    if isinstance(value, str) and len(value.encode()) > 8192:
        return ("large", len(value.encode()))
    return (type(value), value)


class TestTogether:
    def test_contacts_share_requests(
        self, changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        """Three contacts are created with a value each."""
        level = fixtures.definition("level")
        changes.process()
        for contact_id in range(1000, 1003):
            fixtures.contact(contact_id)
            fixtures.value(level, "a", contact_id)
        records = changes.stream.new_records()
        called = calls_noted(monkeypatch)
        changes.process(records)
        assert called == ["BatchGetItem", "TransactWriteItems", "PutEvents"]
        for contact_id in range(1000, 1003):
            assert changes.log(contact_id) == [(1, "level", None, "a")]

    def test_what_comes_again_together_is_logged_once_and_told_under_the_same_id(
        self, changes: Changes, fixtures: Fixtures
    ):
        level = fixtures.definition("level")
        for contact_id in (1000, 1001, 1002):
            fixtures.contact(contact_id)
            for value in ("a", "a", "b"):
                fixtures.value(level, value, contact_id)
        records = changes.stream.new_records()
        assert changes.process(records) == []
        first = by_id(changes)
        assert changes.process(records) == []
        assert by_id(changes) == first
        for contact_id in (1000, 1001, 1002):
            assert changes.log(contact_id) == [(1, "level", None, "a"), (2, "level", "a", "b")]

    def test_a_log_with_many_writes_among_others_has_no_gap(
        self, changes: Changes, fixtures: Fixtures
    ):
        level = fixtures.definition("level")
        fixtures.contact(1000)
        fixtures.contact(1001)
        changes.process()
        for value in range(9):
            fixtures.value(level, value, 1000)
        fixtures.value(level, "a", 1001)
        assert changes.process() == []
        assert [entry[0] for entry in changes.log(1000)] == list(range(1, 10))
        assert changes.log(1001) == [(1, "level", None, "a")]

    def test_a_write_that_changes_nothing_costs_no_transaction(
        self, changes: Changes, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        level = fixtures.definition("level")
        for contact_id in (1000, 1001):
            fixtures.contact(contact_id)
            fixtures.value(level, "a", contact_id)
        changes.process()
        for contact_id in (1000, 1001):
            fixtures.value(level, "a", contact_id)
        records = changes.stream.new_records()
        called = calls_noted(monkeypatch)
        changes.process(records)
        assert called == ["BatchGetItem", "PutItem", "PutItem"]

    def test_deleted_contacts_are_told_before_their_logs_are_closed(
        self, changes: Changes, fixtures: Fixtures
    ):
        level = fixtures.definition("level")
        for contact_id in (1000, 1001):
            fixtures.contact(contact_id)
            fixtures.value(level, "a", contact_id)
            fixtures.contacts.delete("acme", fixtures.contacts.find("acme", contact_id))
        assert changes.process() == []
        told = sorted(event["type"] for event in changes.published())
        kinds = ("contact.context.updated", "contact.created", "contact.deleted")
        assert told == [kind for kind in kinds for _ in range(2)]
        assert changes.log(1000) == changes.log(1001) == []


def by_id(changes: Changes) -> dict[str, Any]:
    """Return the events since the last call, by id."""
    return {event["id"]: event for event in changes.published()}
