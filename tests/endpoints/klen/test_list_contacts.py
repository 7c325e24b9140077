"""GET /api/v1/contacts, as Klen AI documents it."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import KEY, Fixtures

PATH = "/api/v1/contacts"

JOHN = {
    "id": 123,
    "first_name": "John",
    "last_name": "Doe",
    "full_name": "John Doe",
    "email": "john@example.com",
    "company": "Acme Corp",
    "stage": "qualified_lead",
    "status": "contacted",
    "phone": "+15551234567",
    "created_date": "2024-01-01T10:00:00Z",
    "last_call_date": None,
    "tags": ["VIP", "Interested", "Follow-up"],
}


@pytest.fixture
def listed(fixtures: Fixtures) -> Api:
    fixtures.key()
    fixtures.contact(
        123,
        last_name="Doe",
        full_name="John Doe",
        email="john@example.com",
        company="Acme Corp",
        stage="qualified_lead",
        status="contacted",
        phone_numbers=(
            PhoneNumber(1, "+15550000000"),
            PhoneNumber(2, "+15551234567", primary=True),
        ),
        tags=("VIP", "Interested", "Follow-up"),
    )
    fixtures.contact(124, first_name="Jane", stage="customer", status="active", tags=("Customer",))
    fixtures.contact(9, first_name="Zoé", last_name="Ärmel", email="zoe@vip.example.com")
    return Api(KEY)


def ids(api: Api, **query: str) -> list[int]:
    return [each["id"] for each in api.call("GET", PATH, query=query).document["contacts"]]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_it_answers_as_documented(path: str, listed: Api):
    query = {"stage": "qualified_lead", "tag": "VIP", "page": "1", "limit": "25"}
    answer = listed.call("GET", path, query=query)
    assert (answer.status, answer.document) == (
        200,
        {"count": 1, "page": 1, "limit": 25, "pages": 1, "contacts": [JOHN]},
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [9, 123, 124]),
        ({"stage": "customer"}, [124]),
        ({"stage": "cust"}, []),
        ({"status": "active"}, [124]),
        ({"tag": "VIP"}, [123]),
        ({"tag": "vip"}, []),
        ({"search": "DOE"}, [123]),
        ({"search": "john d"}, [123]),
        ({"search": "example.com"}, [9, 123]),
        ({"search": "zoé ä"}, []),
        ({"search": "ärm"}, [9]),
        ({"search": "+1555"}, []),
        ({"search": "smith", "stage": "customer"}, [124]),
        ({"stage": "", "status": "", "tag": "", "search": ""}, [9, 123, 124]),
    ],
)
def test_filters(query, found, listed: Api):
    assert ids(listed, **query) == found


@pytest.mark.parametrize(
    ("query", "page", "limit", "pages", "found"),
    [
        ({}, 1, 25, 1, [9, 123, 124]),
        ({"limit": "2"}, 1, 2, 2, [9, 123]),
        ({"limit": "2", "page": "2"}, 2, 2, 2, [124]),
        ({"limit": "2", "page": "3"}, 3, 2, 2, []),
        ({"limit": "1000"}, 1, 100, 1, [9, 123, 124]),
        ({"limit": "0", "page": "0"}, 1, 25, 1, [9, 123, 124]),
        ({"limit": "-1", "page": "-1"}, 1, 25, 1, [9, 123, 124]),
        ({"limit": "many", "page": "last"}, 1, 25, 1, [9, 123, 124]),
        ({"limit": "²", "page": "٢"}, 1, 25, 1, [9, 123, 124]),
        ({"page": "9" * 5000}, 1_000_000, 25, 1, []),
    ],
)
def test_pages(query, page, limit, pages, found, listed: Api):
    document = listed.call("GET", PATH, query=query).document
    assert (document["page"], document["limit"], document["pages"]) == (page, limit, pages)
    assert document["count"] == 3
    assert [each["id"] for each in document["contacts"]] == found


def test_an_account_without_contacts_has_no_pages(fixtures: Fixtures):
    fixtures.key()
    document = Api(KEY).call("GET", PATH).document
    assert document == {"count": 0, "page": 1, "limit": 25, "pages": 0, "contacts": []}


def test_it_lists_and_counts_what_the_key_can_see(listed: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, owner="ann")
    fixtures.key("klen_ann_of_team", user="ann", teams=frozenset({42}))
    assert ids(Api("klen_ann_of_team")) == [7, 8, 9, 123, 124]
    assert listed.call("GET", PATH).document["count"] == 3


def test_another_account_sees_none_of_it(listed: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert ids(Api("klen_globex0000")) == []


def test_contacts_of_more_than_a_megabyte_are_all_listed(fixtures: Fixtures):
    fixtures.key()
    for contact_id in range(1, 41):
        fixtures.contact(contact_id, company="x" * 27_000)
    assert ids(Api(KEY), limit="100") == list(range(1, 41))
