"""Merges with concurrent writes, and merges that are killed.

A merge is one transaction: it happens as a whole or not at all. The merge includes all writes
before it. Writes after it change the survivor.
"""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.contacts import Conversation
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import Unavailable
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.services import conflicts
from shared.table.keys import VALUES_PER_PAGE
from tests.api import Api
from tests.aws_calls import around_calls
from tests.contact_pairs import OLD, SURVIVOR, TODAY, merge, save, suggested, values
from tests.fixtures import Fixtures

KEY = "native_0123456789"
REQUESTS = 7
"""The number of requests of a merge, one more if the contacts have the same variables.

The last one is its transaction.
"""

each_request = pytest.mark.parametrize("number", range(REQUESTS))
each_request_of_a_conflict = pytest.mark.parametrize("number", range(REQUESTS + 1))


@pytest.fixture
def native(fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Return a client of an account with the contacts 123 and 456."""
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 12)
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact()
    fixtures.contact(456)
    return Api(KEY)


class Interruption:
    """Runs a function before the n-th request to DynamoDB."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        self.left = number
        self.act = act
        self.happened = False

    def __call__(self, _: str, call: Callable[[], Any]) -> Any:
        if self.left == 0 and not self.happened:
            self.happened = True
            self.act()
        self.left -= not self.happened
        return call()


def interrupted(
    monkeypatch: pytest.MonkeyPatch, native: Api, number: int, act: Callable[[], object]
) -> int:
    """Merge, and run `act` before the n-th request. Return the status of the merge."""
    interruption = Interruption(number, act)
    with monkeypatch.context() as patched:
        around_calls(patched, interruption)
        answer = merge(native)
    assert interruption.happened, "a merge makes fewer requests"
    return answer.status


def defined_on_next_page(fixtures: Fixtures, name: str) -> Definition:
    """Add a definition whose slot is on a new page."""
    fixtures.definitions.allocate_slots("acme", ContextType.CONTACT, VALUES_PER_PAGE)
    return fixtures.definition(name)


def set_value(fixtures: Fixtures, made: list[Definition]) -> None:
    save(fixtures, 456, made[0], "new", days=9)


def set_on_survivor(fixtures: Fixtures, made: list[Definition]) -> None:
    save(fixtures, 123, made[0], "new", days=9)


def create_page(fixtures: Fixtures, made: list[Definition]) -> None:
    save(fixtures, 456, made[-1], "new", days=9)


def define_and_create_page(fixtures: Fixtures, _: list[Definition]) -> None:
    save(fixtures, 456, defined_on_next_page(fixtures, "more"), "new", days=9)


def suggest(fixtures: Fixtures, made: list[Definition]) -> None:
    save(fixtures, 456, made[0], "new", Source.AI, TODAY)


@each_request_of_a_conflict
@pytest.mark.parametrize(
    "write", [set_value, set_on_survivor, create_page, define_and_create_page, suggest]
)
def test_no_concurrent_value_is_lost(
    native: Api,
    fixtures: Fixtures,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Fixtures, list[Definition]], None],
    number: int,
) -> None:
    made = [
        fixtures.definition("plan", precedence=DEFAULT_PRECEDENCE),
        defined_on_next_page(fixtures, "city"),
    ]
    save(fixtures, 123, made[0], "first")
    save(fixtures, 456, made[0], "second", days=1)
    assert interrupted(monkeypatch, native, number, lambda: write(fixtures, made)) == 200
    assert "new" in [*values(native).values(), *suggested(native).values()]


@each_request
def test_no_concurrent_conversation_or_change_of_a_field_is_lost(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def write() -> None:
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 456))
        before = fixtures.contacts.find("acme", 456)
        assert before is not None
        assert native.call("PATCH", OLD, {"company": "New"}).status == 200

    assert interrupted(monkeypatch, native, number, write) == 200
    assert native.call("GET", "/v1/conversations/conv_1").status == 200
    assert native.call("GET", SURVIVOR).document["company"] == "New"


@each_request_of_a_conflict
def test_of_two_crossing_merges_one_happens(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    plan = fixtures.definition("plan")
    save(fixtures, 123, plan, "Gold")
    save(fixtures, 456, plan, "Silver", days=1)
    statuses: list[int] = []

    def cross() -> None:
        statuses.append(native.call("POST", f"{OLD}/merge", {"from": "contact_123"}).status)

    statuses.append(interrupted(monkeypatch, native, number, cross))
    assert statuses == [200, 409]
    for path in (SURVIVOR, OLD):
        assert native.call("GET", path).document["id"] == "contact_456"
        assert values(native, path) == {"plan": "Silver"}


@each_request
@pytest.mark.parametrize("deleted", [SURVIVOR, OLD])
def test_a_contact_that_is_deleted_meanwhile_is_not_merged(
    native: Api,
    fixtures: Fixtures,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    deleted: str,
) -> None:
    act = lambda: native.call("DELETE", deleted)  # noqa: E731
    assert interrupted(monkeypatch, native, number, act) == 404
    kept = OLD if deleted == SURVIVOR else SURVIVOR
    assert native.call("GET", kept).document["merged_from"] == []


@pytest.mark.parametrize("number", range(REQUESTS + 4))
def test_a_merge_that_is_killed_has_happened_or_not(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    plan, story = fixtures.definition("plan"), fixtures.definition("story")
    save(fixtures, 123, plan, "Gold")
    save(fixtures, 456, plan, "Silver", days=1)
    save(fixtures, 456, story, "x" * 9000)

    def die() -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        around_calls(patched, Interruption(number, die))
        killed = merge(native)
    happened = killed.status == 200
    assert values(native, OLD) == {"plan": "Silver", "story": "x" * 9000}
    assert values(native) == (
        {"plan": "Silver", "story": "x" * 9000} if happened else {"plan": "Gold"}
    )
    assert merge(native).status == (409 if happened else 200)
    assert values(native) == {"plan": "Silver", "story": "x" * 9000}
    assert suggested(native) == {"plan": "Gold"}
