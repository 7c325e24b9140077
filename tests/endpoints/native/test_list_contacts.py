"""GET /v1/contacts: the contacts of the account, the newest first."""

from itertools import chain

import pytest

from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange
from shared.domain.contacts import PhoneNumber
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/contacts"


def pages(api: Api, limit: int, **query: str) -> list[list[str]]:
    """The ids of every page."""
    found, query = [], {**query, "limit": str(limit)}
    while True:
        document = api.call("GET", PATH, query=query).document
        found.append([each["id"] for each in document["data"]])
        if document["next_cursor"] is None:
            return found
        query["cursor"] = document["next_cursor"]


def test_a_summary_of_each_contact_is_shown(native: Api, fixtures: Fixtures):
    fixtures.contact(
        124,
        email="jane@example.com",
        phone_numbers=(PhoneNumber(1, "+15550100", primary=True),),
        tags=("VIP",),
    )
    newest, oldest = native.call("GET", PATH).document["data"]
    assert (newest["id"], oldest["id"]) == ("contact_124", "contact_123")
    assert (newest["email"], newest["phone_number"]) == ("jane@example.com", "+15550100")
    assert (newest["tags"], newest["stage"], newest["owner"]) == (["VIP"], "lead", None)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_have_every_contact_once(native: Api, fixtures: Fixtures, limit: int):
    fixtures.crowd(range(124, 128))
    listed = pages(native, limit)
    assert [*chain(*listed)] == [f"contact_{each}" for each in range(127, 122, -1)]
    assert all(len(page) == limit for page in listed[:-1])


def test_a_contact_that_comes_meanwhile_moves_no_page(native: Api, fixtures: Fixtures):
    fixtures.crowd(range(124, 127))
    first = native.call("GET", PATH, query={"limit": "2"}).document
    fixtures.crowd([127])
    second = native.call("GET", PATH, query={"cursor": first["next_cursor"]}).document
    assert [each["id"] for each in second["data"]] == ["contact_124", "contact_123"]


def test_a_contact_that_is_deleted_meanwhile_moves_no_page(native: Api, fixtures: Fixtures):
    fixtures.contact(124)
    fixtures.contact(125)
    first = native.call("GET", PATH, query={"limit": "1"}).document
    native.call("DELETE", f"{PATH}/contact_125")
    second = native.call("GET", PATH, query={"cursor": first["next_cursor"]}).document
    assert [each["id"] for each in second["data"]] == ["contact_124", "contact_123"]


def test_hidden_contacts_are_passed_over(native: Api, fixtures: Fixtures):
    for contact_id in range(124, 134):
        fixtures.contact(contact_id, team=7 if contact_id % 2 else None)
    listed = [f"contact_{each}" for each in (132, 130, 128, 126, 124, 123)]
    assert pages(native, 3) == [listed[:3], listed[3:]]


def test_a_page_ends_after_many_hidden_contacts(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.services.contacts.contact_changes._MAX_HIDDEN", 3)
    for contact_id in range(124, 134):
        fixtures.contact(contact_id, team=7)
    listed = pages(native, 2)
    assert [*chain(*listed)] == ["contact_123"]
    assert len(listed) > 1


def test_an_account_without_contacts(native: Api):
    native.call("DELETE", f"{PATH}/contact_123")
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "MTp3aF8x"}, "cursor"),
    ],
)
def test_a_fault_is_told_with_its_parameter(native: Api, query, parameter: str):
    answer = native.call("GET", PATH, query=query)
    assert answer.status == 400
    assert [each["parameter"] for each in answer.document["errors"]] == [parameter]


def test_contacts_of_another_account_are_not_listed(native: Api, fixtures: Fixtures):
    fixtures.key("native_globex", account="globex", permissions=("*",))
    answer = native.call("GET", PATH, key="native_globex")
    assert answer.document == {"data": [], "next_cursor": None}


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:write",))
    assert Api("another-key").call("GET", PATH).status == 403


SMALL, LARGE = 1000, CONTACTS_PER_CHUNK + 1000
"""The first id of contacts in an account without and with an index."""

PEOPLE = (
    {"full_name": "Zoë Ångström", "stage": "won", "tags": ("VIP",)},
    {"full_name": "Smith Smithson", "email": "smith.o@example.com", "status": "called"},
    {"full_name": "Ann Smith", "phone_numbers": (PhoneNumber(1, "+1 (212) 555-0100"),)},
    {"full_name": "Ana SMITH", "stage": "won", "owner": "somebody_else"},
    {"full_name": "Jo O'Neil", "stage": "won", "status": "called", "tags": ("VIP", "new")},
)


@pytest.fixture(params=[SMALL, LARGE], ids=["small", "large"])
def first(request: pytest.FixtureRequest, fixtures: Fixtures) -> int:
    """Return the id of the first contact, in an account without and with an index."""
    nameless = {"first_name": "", "last_name": ""}
    for number, person in enumerate(PEOPLE):
        fixtures.contact(request.param + number, **{**nameless, **person})
    if request.param == LARGE:
        updates = IndexUpdates(wiring.table())
        updates.apply([IndexChange("acme", request.param, LONG_AGO)])
    return request.param


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stage": "won"}, [4, 0]),
        ({"stage": "wo"}, []),
        ({"stage": "won", "status": "called"}, [4]),
        ({"tag": "VIP"}, [4, 0]),
        ({"tag": "vip"}, []),
        ({"tag": "VIP", "status": "not_contacted"}, [0]),
        ({"search": "smi"}, [1, 2]),
        ({"search": "SMITH AN"}, [2]),
        ({"search": "smithson"}, [1]),
        ({"search": "mith"}, []),
        ({"search": "zoe ang"}, [0]),
        ({"search": "Å", "stage": "won"}, []),
        ({"search": "smith.o@"}, [1]),
        ({"search": "+1 212-555"}, [2]),
        ({"search": "212"}, []),
        ({"search": "o'neil"}, [4]),
        ({"search": "smi", "status": "called"}, [1]),
        ({"search": "sm"}, []),
        ({"search": "!"}, []),
    ],
)
@pytest.mark.parametrize("limit", ["50", "1"])
def test_filters_and_words_select_the_same_at_any_size(
    native: Api, first: int, query: dict[str, str], found: list[int], limit: str
):
    shown = [*chain(*pages(native, int(limit), **query))]
    of_others = "contact_123"
    assert [each for each in shown if each != of_others] == [
        f"contact_{first + each}" for each in found
    ]


@pytest.mark.parametrize("text", ["J.R. Ewing", "j.r", "jean.luc", "jean ewing"])
@pytest.mark.parametrize("contact_id", [SMALL, LARGE])
def test_a_name_with_dots_is_found_at_any_size(
    native: Api, fixtures: Fixtures, contact_id: int, text: str
):
    name = {"first_name": "J.R.", "last_name": "Ewing", "full_name": "J.R. Ewing Jean.Luc"}
    fixtures.contact(contact_id, **name)
    IndexUpdates(wiring.table()).apply([IndexChange("acme", contact_id, LONG_AGO)])
    assert [*chain(*pages(native, 1, search=text))] == [f"contact_{contact_id}"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"stage": ""}, "stage"),
        ({"tag": "x" * 501}, "tag"),
        ({"search": ""}, "search"),
        ({"search": "smith", "cursor": "MTpqb2huIzE"}, "cursor"),
    ],
)
def test_a_query_that_is_not_valid_is_refused(native: Api, query: dict[str, str], parameter: str):
    answer = native.call("GET", PATH, query=query)
    assert answer.status == 400
    assert [each["parameter"] for each in answer.document["errors"]] == [parameter]


@pytest.mark.parametrize("query", [{"stage": "won"}, {"search": "smi"}])
def test_a_list_that_reads_the_index_says_how_far_it_is(
    native: Api, first: int, query: dict[str, str]
):
    said = native.call("GET", PATH, query=query).headers.get("index-as-of")
    assert said == ("2024-01-01T10:00:00.000Z" if first == LARGE else None)
