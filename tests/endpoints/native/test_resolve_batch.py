"""POST /v1/resolve/batch: the variables of several callers, for outbound lists."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import PhoneNumber
from shared.domain.errors import Unavailable
from shared.domain.values import BUSINESS
from shared.services.variables.assignments import make_assignment
from shared.table.caller_reads import CallerTable
from tests.api import Answer, Api
from tests.aws_calls import around_calls
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/resolve/batch"


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with 20 callers and an agent."""
    level = fixtures.definition("level")
    for number in range(1, 21):
        fixtures.contact(number, phone_numbers=(PhoneNumber(1, f"+1555010{number}"),))
        fixtures.value(level, f"Level {number}", number)
    fixtures.agent("agent_1", "level", deadline_ms=10_000)
    return native


def resolve(api: Api, contacts: list[dict[str, str]], **members: Any) -> Answer:
    return api.call("POST", PATH, {"agent": "agent_1", "contacts": contacts, **members})


def test_each_caller_is_answered_in_order(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    wanted = [{"phone": f"+1555010{number}"} for number in range(20, 0, -1)]
    wanted += [{"phone": "+15550999"}, {"id": "contact_3"}, {"phone": "anonymous"}]
    answer = resolve(api, wanted)
    assert answer.status == 200
    found = answer.document["data"]
    levels = [each["variables"]["level"] for each in found]
    assert levels[:20] == [f"Level {number}" for number in range(20, 0, -1)]
    assert levels[20:] == [None, "Level 3", None]
    reasons = [each["contact"].get("reason") for each in found[20:]]
    assert reasons == ["no_match", None, "withheld"]
    assert fixtures.items() == before


def test_a_list_has_one_to_a_hundred_callers(api: Api):
    assert resolve(api, []).status == 400
    assert resolve(api, [{"id": "contact_1"}] * 101).status == 400
    assert len(resolve(api, [{"id": "contact_1"}] * 100).document["data"]) == 100


def test_every_fault_is_told(api: Api):
    answer = resolve(api, [{}, {"id": "contact_1"}, {"id": "a", "phone": "1"}])
    told = [each["pointer"] for each in answer.document["errors"]]
    assert (answer.status, told) == (400, ["/contacts/0", "/contacts/2"])


def test_there_is_no_such_agent(api: Api):
    assert resolve(api, [{"id": "contact_1"}], agent="agent_2").status == 404


def test_values_that_exceed_a_response_are_replaced_by_fallbacks_or_an_error(
    api: Api, fixtures: Fixtures
):
    """A function that has not read the agent before does not know its fallbacks."""
    fixtures.value(fixtures.definition("story"), "x" * 100_000, 1)
    fixtures.agent("agent_2", "story", deadline_ms=10_000)
    callers = [{"id": "contact_1"}] * 61
    first = resolve(api, callers, agent="agent_2")
    assert (first.status, first.document["code"]) == (500, "answer_too_large")
    later = resolve(api, callers, agent="agent_2")
    assert later.status == 200
    assert [each["complete"] for each in later.document["data"]] == [False] * 61
    assert {each["variables"]["story"] for each in later.document["data"]} == {None}


def test_the_business_is_read_once_for_all_callers(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    fixtures.definition("support_hours", context_type="business")
    fixtures.agent("agent_2", "level", "business.support_hours", deadline_ms=10_000)
    calls: list[str] = []

    def counted(name: str, call: Callable[[], Any]) -> Any:
        calls.append(name)
        return call()

    around_calls(monkeypatch, counted)
    wanted = [{"id": f"contact_{number}"} for number in range(1, 21)]
    assert resolve(api, wanted, agent="agent_2").status == 200
    assert calls.count("Query") == 1 + len(wanted)


def test_a_failed_read_of_the_business_costs_nobody_a_value(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    hours = fixtures.definition("support_hours", context_type="business")
    assignment = make_assignment(hours, "9 to 5")
    fixtures.variables.save("acme", BUSINESS, [assignment], [], Attribution(LONG_AGO))
    fixtures.agent("agent_2", "business.support_hours", deadline_ms=10_000)
    read, reads = CallerTable.business, count()

    def fails_once(table: CallerTable, account_id: str) -> Any:
        if next(reads) == 0:
            raise Unavailable
        return read(table, account_id)

    monkeypatch.setattr(CallerTable, "business", fails_once)
    found = resolve(api, [{"id": "contact_1"}, {"id": "contact_2"}], agent="agent_2").document
    assert [each["variables"] for each in found["data"]] == [{"support_hours": "9 to 5"}] * 2
