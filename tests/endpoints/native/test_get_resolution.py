"""GET /v1/resolve: the same for platforms that can only fetch."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/resolve"


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with a known caller and an agent."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.agent("agent_1", "level", deadline_ms=10_000)
    return native


def test_the_caller_is_named_by_the_query(api: Api):
    query = {"agent": "agent_1", "phone": "+15550100"}
    found = api.call("GET", PATH, query=query).document
    assert (found["contact"]["id"], found["variables"]) == ("contact_7", {"level": "Gold"})
    by_id = {"agent": "agent_1", "id": "contact_7", "assurance": "otp", "deadline_ms": "9000"}
    assert api.call("GET", PATH, query=by_id).document["variables"] == {"level": "Gold"}


def test_nothing_is_created(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    query = {"agent": "agent_1", "phone": "+15550199", "call_id": "CA1"}
    found = api.call("GET", PATH, query=query).document
    assert (found["contact"]["reason"], found["call"]) == ("no_match", None)
    assert fixtures.items() == before


def test_every_fault_of_the_query_is_told(api: Api):
    query = {"deadline_ms": "soon", "assurance": "certain", "id": "a" * 300, "phone": "1"}
    answer = api.call("GET", PATH, query=query)
    assert answer.status == 400
    told = [each["parameter"] for each in answer.document["errors"]]
    assert told == ["agent", "phone", "id", "assurance", "deadline_ms"]
