"""Concurrent writers of several sources, with lost requests and responses and repeated writes.

In any order: no value is replaced by one of a weaker source, and a value that was not stored is a
suggestion, or its writer got an error.
"""

import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.accounts import Caller
from shared.domain.errors import Unavailable
from shared.domain.sources import DEFAULT_PRECEDENCE, Source, stronger_sources
from shared.domain.suggestions import Suggestion
from shared.domain.values import STRICT, Subject
from shared.services import conflicts
from shared.services.variables.values import set_contact_variables
from shared.table import keys, value_items
from shared.table.value_records import Record
from shared.wiring import endpoints as wiring
from tests.concurrency.scheduler import Scheduler
from tests.fixtures import LONG_AGO, Fixtures

NAMES = ("plan", "city", "far")
"""Two variables of the first page and one of another."""

MOST_TRIES = 3
KINDS = ("done", "done", "done", "lost", "unheard")
"""What happens to a request to DynamoDB: two of three succeed; others are lost, or their response
is lost."""


@dataclass
class Outcome:
    """The result of a call, which the scheduler requires."""

    failure: Unavailable | None = None


@dataclass
class Write:
    """The write of a client, which it repeats after a failure."""

    source: Source
    values: dict[str, str | None]
    contact_id: int
    seen: dict[str, list[Any]] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def caller(self) -> Caller:
        key_id = f"key-of-{self.source}"
        return Caller("acme", key_id, LONG_AGO, value_source=self.source)

    def send(self) -> Outcome:
        ports = (wiring.variables(), wiring.definitions())
        self.outcome = Outcome()
        for _ in range(MOST_TRIES):
            try:
                set_contact_variables(*ports, self.caller, self.contact_id, self.values, STRICT)
            except Unavailable as unavailable:
                self.outcome = Outcome(unavailable)
                continue
            self.outcome = Outcome()
            break
        return self.outcome


class World:
    """A contact, the writers of its values, and the values observed in each slot."""

    def __init__(self, fixtures: Fixtures, contact_id: int) -> None:
        self._fixtures = fixtures
        self.kind = "done"
        self.by_thread: dict[str, Write] = {}
        self._slots = {
            each.name: each.slot for each in fixtures.definitions.list("acme") if each.name in NAMES
        }
        self._subject = Subject.contact(contact_id)
        self.writes: list[Write] = []
        self._standing = self._read()

    def lose(self, **_: Any) -> None:
        """Lose a request of a writer at random. Called before each request."""
        write = self._writer()
        if write is None:
            return
        for name, record in self._standing.items():
            write.seen.setdefault(name, []).append(record.value if record else None)
        if self.kind == "lost":
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    def look(self, model: Any, **_: Any) -> None:
        """Assert that no stronger value was replaced. Called after each request."""
        write = self._writer()
        if write is None:
            return
        if model.name in ("UpdateItem", "TransactWriteItems"):
            self._compare(write)
        if self.kind == "unheard":
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    def _compare(self, write: Write) -> None:
        before, self._standing = self._standing, self._read()
        for name, record in self._standing.items():
            write.seen.setdefault(name, []).append(record.value if record else None)
            old = before[name]
            if old and (record is None or record.version != old.version):
                stronger = stronger_sources(DEFAULT_PRECEDENCE, write.source)
                assert old.source not in stronger, f"{write.source} replaced {old}"

    def assert_nothing_is_lost(self) -> None:
        """Assert that each value was stored or suggested, or its writer got an error."""
        page = wiring.suggestions().page_of("acme", self._subject, None, 1000, LONG_AGO)
        for write in self.writes:
            assert write.outcome is not None
            if write.outcome.failure:
                continue
            for name, value in write.values.items():
                is_suggested = any(_is_of(write, name, each) for each in page.suggestions)
                assert value in write.seen[name] or is_suggested, (write, name)
        ids = [each.suggestion_id for each in page.suggestions]
        assert len({*ids}) == len(ids)

    def _writer(self) -> Write | None:
        name = threading.current_thread().name
        return self.by_thread.get(name)

    def _read(self) -> dict[str, Record | None]:
        pages = {}
        for page in {keys.page_of(slot) for slot in self._slots.values()}:
            key = keys.values_page("acme", self._subject, page)
            found = self._fixtures.client.get_item(
                TableName=self._fixtures.table_name,
                Key={"pk": {"S": key.pk}, "sk": {"S": key.sk}},
                ConsistentRead=True,
            )
            pages[page] = found.get("Item", {})
        return {
            name: value_items.stored_record(pages[keys.page_of(slot)], slot)
            for name, slot in self._slots.items()
        }


def _is_of(write: Write, name: str, suggestion: Suggestion) -> bool:
    return (
        suggestion.name == name
        and suggestion.value == write.values[name]
        and suggestion.source is write.source
    )


@pytest.fixture
def fixtures(engine_world: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Fixtures:
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 7)
    engine_world.account()
    for number in range(40):
        name = {0: "plan", 1: "city", 39: "far"}.get(number, f"name_{number}")
        engine_world.definition(name, precedence=DEFAULT_PRECEDENCE)
    return engine_world


CONTACT_IDS = count(1000)
VALUES = st.dictionaries(st.sampled_from(NAMES), st.booleans(), min_size=1)
WRITES = st.lists(st.tuples(st.sampled_from([*Source]), VALUES), min_size=2, max_size=4)


@pytest.mark.timeout(0)  # shrinking takes minutes; each step has a timeout
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(planned=WRITES, data=st.data())
def test_no_value_is_lost_to_a_weaker_source(fixtures: Fixtures, planned: Any, data: Any):
    contact_id = next(CONTACT_IDS)
    fixtures.contact(contact_id)
    world = World(fixtures, contact_id)
    for number, (source, kept) in enumerate(planned):
        values = {
            name: f"{source}-{number}-{name}" if is_set else None for name, is_set in kept.items()
        }
        world.writes.append(Write(source, values, contact_id))
    events = wiring.table()._client.meta.events
    with Scheduler() as scheduler:
        events.register("before-call.dynamodb", world.lose, unique_id="lose")
        events.register("after-call.dynamodb", world.look, unique_id="look")
        try:
            for number, write in enumerate(world.writes, 1):
                world.by_thread[f"call {number}"] = write
                scheduler.begin(write)
            while scheduler.running:
                world.kind = data.draw(st.sampled_from(KINDS))
                scheduler.step(data.draw(st.sampled_from(scheduler.running)))
        finally:
            world.kind = "done"
            for stepped in list(scheduler.running):
                scheduler.finish(stepped)
            events.unregister("before-call.dynamodb", unique_id="lose")
            events.unregister("after-call.dynamodb", unique_id="look")
    world.assert_nothing_is_lost()
