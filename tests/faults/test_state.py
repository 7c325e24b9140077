"""Test the checks of `state`: they accept consistent items and report inconsistent ones."""

from typing import Any

import pytest

from shared.domain.contacts import Conversation
from shared.domain.tags import Tag
from shared.table.operations import key_of
from tests.api import Api
from tests.faults.proxy import Proxy
from tests.faults.state import Start, comparable, flaws, forgotten_parts, told
from tests.fixtures import Fixtures


@pytest.fixture
def found(fixtures: Fixtures) -> list[dict[str, Any]]:
    """Return the items of an account with one item of each kind."""
    fixtures.contact(email="john@example.com")
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    fixtures.value(fixtures.definition("notes"), "x" * 9000)
    fixtures.definition("topic", context_type="conversation")
    fixtures.tags.add("acme", Tag(1, "VIP"))
    return fixtures.items()


def test_an_account_holds_as_it_is_made(found: list[dict[str, Any]]):
    assert flaws(found) == []


@pytest.mark.parametrize(
    "entity",
    [
        *("contact", "conversation", "definition", "definition_pointer", "identifier", "tag"),
        "part",
    ],
)
def test_what_is_missing_is_seen(entity: str, found: list[dict[str, Any]]):
    gone = next(item for item in found if item["entity"]["S"] == entity)
    found.remove(gone)
    assert flaws(found) != []


def test_a_slot_that_is_given_twice_is_seen(found: list[dict[str, Any]]):
    first = next(item for item in found if item["entity"]["S"] == "definition")
    found.append({**first, "sk": {"S": first["sk"]["S"] + "_2"}})
    assert any("twice" in flaw for flaw in flaws(found))


def test_parts_of_no_value_are_seen(found: list[dict[str, Any]]):
    page = next(item for item in found if item["entity"]["S"] == "values")
    sk = {"S": "VALUES#LARGE#00000009#0"}
    found.append({"pk": page["pk"], "sk": sk, "entity": {"S": "value_part"}})
    assert any("no value" in flaw for flaw in flaws(found))


def test_parts_that_nothing_would_delete_are_seen(found: list[dict[str, Any]]):
    assert not forgotten_parts(found)
    assert forgotten_parts([item for item in found if item["entity"]["S"] == "part"])
    without_page = [item for item in found if item["entity"]["S"] != "values"]
    assert not forgotten_parts(without_page)
    without_lease = [item for item in without_page if item["entity"]["S"] != "part_lease"]
    assert forgotten_parts(without_lease)


def test_a_table_is_put_back_to_its_start(api: Api, fixtures: Fixtures, wire: Proxy):
    start = Start(fixtures, wire)
    before = fixtures.items()
    document = {"custom_context": {"membership_level": "Gold"}, "first_name": "Jo"}
    made = api.call("POST", "/api/v1/contacts/create", document).document
    large = {"variables": {"story": "x" * 9000}, "auto_create_variables": True}
    for contact_id in (123, made["id"]):
        assert api.call("POST", f"/api/v1/contacts/{contact_id}/context", large).status == 200
    assert api.call("DELETE", "/api/v1/context-variables/2/delete").status == 200
    assert len(fixtures.items()) > len(before)
    assert sorted(start.items().values(), key=key_of) == fixtures.items()
    start.rewind()
    assert sorted(start.items().values(), key=key_of) == fixtures.items() == before


def test_what_is_set_is_compared_and_what_is_drawn_is_not(fixtures: Fixtures):
    tier = fixtures.definition("tier")
    fixtures.contact()
    fixtures.value(tier, "Gold")
    gold = told(fixtures.items())
    fixtures.value(tier, "Gold")
    assert told(fixtures.items()) == gold
    fixtures.value(tier, "Silver")
    assert told(fixtures.items()) != gold
    assert comparable("CONTACT#1000001 is CONTACT#123") == "CONTACT#~ is CONTACT#123"
