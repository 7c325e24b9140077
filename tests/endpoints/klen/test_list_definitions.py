"""GET /api/v1/context-variables, as Klen AI documents it."""

import pytest

from tests.api import Api
from tests.fixtures import KEY, Fixtures

PATH = "/api/v1/context-variables"


@pytest.fixture
def documented(fixtures: Fixtures) -> Api:
    """Create the definitions of Klen's documentation."""
    fixtures.key()
    fixtures.definition("last_payment_date", "date", description="Date of customer's last payment")
    fixtures.definition(
        "membership_level",
        "select",
        description="Customer's current membership tier",
        select_options=("Bronze", "Silver", "Gold", "Platinum"),
    )
    fixtures.definition(
        "support_hours",
        context_type="business",
        description="Business support hours",
        is_default=True,
    )
    return Api(KEY)


LAST_PAYMENT_DATE = {
    "id": 1,
    "name": "last_payment_date",
    "display_name": "Last Payment Date",
    "description": "Date of customer's last payment",
    "variable_type": "date",
    "context_type": "contact",
    "is_default": False,
    "select_options": None,
}
MEMBERSHIP_LEVEL = {
    "id": 2,
    "name": "membership_level",
    "display_name": "Membership Level",
    "description": "Customer's current membership tier",
    "variable_type": "select",
    "context_type": "contact",
    "is_default": False,
    "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
}
SUPPORT_HOURS = {
    "id": 3,
    "name": "support_hours",
    "display_name": "Support Hours",
    "description": "Business support hours",
    "variable_type": "text",
    "context_type": "business",
    "is_default": True,
    "select_options": None,
}


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({}, [LAST_PAYMENT_DATE, MEMBERSHIP_LEVEL, SUPPORT_HOURS]),
        ({"context_type": "contact"}, [LAST_PAYMENT_DATE, MEMBERSHIP_LEVEL]),
        ({"context_type": "business"}, [SUPPORT_HOURS]),
        ({"context_type": "conversation"}, []),
        ({"context_type": "Contact"}, []),
        ({"context_type": ""}, []),
        ({"context_type": "#"}, []),
    ],
)
@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_it_lists_as_documented(path, query, listed, documented: Api):
    answer = documented.call("GET", path, query=query)
    assert answer.status == 200
    assert answer.document == {"count": len(listed), "variables": listed}


def test_an_account_without_definitions_has_an_empty_list(fixtures: Fixtures):
    fixtures.key()
    assert Api(KEY).call("GET", PATH).document == {"count": 0, "variables": []}


def test_conversation_variables_are_not_this_apis(documented: Api, fixtures: Fixtures):
    fixtures.definition("topic", context_type="conversation")
    assert documented.call("GET", PATH).document["count"] == 3


def test_it_lists_what_the_key_can_see(documented: Api, fixtures: Fixtures):
    fixtures.definition("of_ann", owner="ann")
    fixtures.definition("of_team", team=42)
    fixtures.key("klen_ann_of_team", user="ann", teams=frozenset({42}))
    fixtures.key("klen_bob_of_none", user="bob")
    mine = Api("klen_ann_of_team").call("GET", PATH).document["variables"]
    assert [each["name"] for each in mine][3:] == ["of_ann", "of_team"]
    assert Api("klen_bob_of_none").call("GET", PATH).document["count"] == 3


def test_another_account_sees_none_of_it(documented: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert Api("klen_globex0000").call("GET", PATH).document["count"] == 0
