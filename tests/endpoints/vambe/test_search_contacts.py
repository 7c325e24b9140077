"""GET /api/public/contacts/search, as Vambe documents it."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/contacts/search"


def found(api: Api, **query: str) -> list[int]:
    """Return the ids of the contacts that a search finds."""
    answer = api.call("GET", PATH, query=query)
    assert answer.status == 200, answer.document
    return sorted(int(contact["id"][-12:]) for contact in answer.document)


@pytest.fixture(autouse=True)
def others(vambe: Api, fixtures: Fixtures):
    fixtures.contact(
        7, email="Jane.Doe@Example.com", phone_numbers=(PhoneNumber(1, "+1 (555) 019-9000"),)
    )
    fixtures.contact(8)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_found_contact_is_as_in_a_list(path: str, vambe: Api):
    answer = vambe.call("GET", path, query={"phone": "12345678"})
    listed = vambe.call("GET", "/api/public/contacts", query={"created_after": "2020-01-01"})
    assert answer.status == 200
    assert len(answer.document) == 1
    assert answer.document[0] in listed.document


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"phone": "+56912345678"}, [123]),
        ({"phone": "56912345678"}, [123]),
        ({"phone": "12345678"}, [123]),
        ({"phone": "+569 1234-5678"}, [123]),
        ({"phone": "5550199000"}, [7]),
        ({"phone": "5"}, [7, 123]),
        ({"phone": "99999"}, []),
        ({"email": "john@example.com"}, [123]),
        ({"email": "JOHN@"}, [123]),
        ({"email": "jane.doe@example"}, [7]),
        ({"email": "@example.com"}, [7, 123]),
        ({"email": "nobody"}, []),
        ({"phone": "99999", "email": "john"}, [123]),
        ({"phone": "", "email": "john"}, [123]),
    ],
    ids=str,
)
def test_a_part_of_a_number_or_of_an_address_finds(query: dict, numbers: list, vambe: Api):
    assert found(vambe, **query) == numbers


def test_at_most_fifty_are_found(vambe: Api, fixtures: Fixtures):
    for number in range(1000, 1055):
        fixtures.contact(number, email=f"c{number}@example.org")
    assert len(found(vambe, email="@example.org")) == 50


@pytest.mark.parametrize("query", [{}, {"phone": ""}, {"phone": "", "email": ""}, {"phone": "+"}])
def test_400_without_anything_to_search_for(query: dict, vambe: Api):
    answer = vambe.call("GET", PATH, query=query)
    assert (answer.status, answer.document["error"]) == (400, "Bad Request")


def test_contacts_of_other_accounts_and_teams_are_not_found(vambe: Api, fixtures: Fixtures):
    fixtures.contact(9, team=42, email="hidden@example.net")
    fixtures.contact(10, account="globex", email="other@example.net")
    assert found(vambe, email="@example.net") == []


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, query={"phone": "1"}, key=None).status == 401
