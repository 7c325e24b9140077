"""GET /api/public/contacts, as Vambe documents it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/contacts"
KEY = "vambe_0123456789"
NOW = datetime.now(UTC)
A_STAGE = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def crowd(fixtures: Fixtures) -> Api:
    """Return a client whose account has contacts made, and changed, some days ago."""
    fixtures.key(KEY, permissions=())
    for contact_id, made, changed in ((1, 400, 400), (2, 40, 40), (3, 40, 5), (4, 2, 2)):
        fixtures.contact(
            contact_id,
            created_at=NOW - timedelta(days=made, minutes=1),
            updated_at=NOW - timedelta(days=changed, minutes=1),
            phone_numbers=(PhoneNumber(1, f"+5691234567{contact_id}", primary=True),),
            email=f"c{contact_id}@example.com",
            platform="whatsapp",
        )
    return Api(KEY)


def found(api: Api, **query: str) -> list[int]:
    """Return the ids of the contacts that a query lists."""
    answer = api.call("GET", PATH, query=query)
    assert answer.status == 200, answer.document
    return [int(contact["id"][-12:]) for contact in answer.document]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_contact_has_all_documented_members(path: str, crowd: Api):
    answer = crowd.call("GET", path, query={"days": "3"})
    assert answer.status == 200
    (contact,) = answer.document
    client_id, customer_id = contact.pop("client_id"), contact.pop("ai_customer_id")
    assert client_id != customer_id
    changed = (NOW - timedelta(days=2, minutes=1)).isoformat(timespec="milliseconds")
    at = changed.replace("+00:00", "Z")
    assert contact == {
        "id": "df980fc8-b6db-4820-bf22-000000000004",
        "name": "John Smith",
        "email": "c4@example.com",
        "phone": "+56912345674",
        "platform": "whatsapp",
        "created_at": at,
        "updated_at": at,
        "last_message_at": at,
        "chat_status": "UNATTENDED",
        "is_chat_read": False,
        "blocked": False,
        "default_stage_id": None,
        "active_ticket_v2": None,
    }


@pytest.mark.parametrize(
    ("days", "numbers"),
    [("1", []), ("3", [4]), ("6", [4, 3]), ("60", [4, 3, 2]), ("365", [4, 3, 2])],
)
def test_days_finds_whoever_changed_since_the_last_first(days, numbers, crowd: Api):
    assert found(crowd, days=days) == numbers


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"created_after": ago(60)}, [2, 3, 4]),
        ({"created_after": ago(30)}, [4]),
        ({"updated_after": ago(60)}, [2, 3, 4]),
        ({"updated_after": ago(6)}, [3, 4]),
        ({"updated_after": ago(6), "created_after": ago(30)}, [4]),
        ({"updated_after": ago(60), "days": "6"}, [3, 4]),
        ({"created_after": "2020-01-01"}, [1, 2, 3, 4]),
        ({"days": "60", "limit": "2"}, [4, 3]),
        ({"days": "60", "limit": "2", "offset": "2"}, [2]),
        ({"days": "60", "offset": "1"}, [3, 2]),
        ({"days": "60", "offset": "99"}, []),
    ],
)
def test_times_and_pages(query: dict, numbers: list, crowd: Api):
    assert found(crowd, **query) == numbers


def test_after_is_strictly_after(crowd: Api, fixtures: Fixtures):
    (last,) = crowd.call("GET", PATH, query={"days": "3"}).document
    assert found(crowd, updated_after=last["updated_at"]) == []
    assert found(crowd, created_after=last["created_at"]) == []


def test_changes_and_contacts_of_another_api_count(crowd: Api, fixtures: Fixtures):
    fixtures.key()
    klen = Api("klen_abcdef123456789")
    assert found(crowd, days="1") == []
    klen.call("PATCH", "/api/v1/contacts/1/update", {"website": "https://example.com"})
    assert found(crowd, days="1") == [1]
    klen.call("POST", "/api/v1/contacts/create", {"first_name": "Jo"})
    listed = crowd.call("GET", PATH, query={"days": "1"}).document
    assert [contact["name"] for contact in listed] == ["Jo", "John Smith"]


def test_a_custom_field_is_matched_by_its_text(crowd: Api, fixtures: Fixtures):
    number, text = fixtures.definition("score", "number"), fixtures.definition("plan_name")
    for contact_id, score in ((2, 95), (3, 95.5), (4, 95)):
        fixtures.value(number, score, contact_id)
    fixtures.value(text, "Pro", 3)
    query = {"days": "60", "custom_field_key": "score"}
    assert found(crowd, **query, custom_field_value="95") == [4, 2]
    assert found(crowd, **query, custom_field_value="95.5") == [3]
    assert found(crowd, **query, custom_field_value="95.0") == []
    assert found(crowd, **query, custom_field_value="95", entity="customer") == [4, 2]
    assert found(crowd, **query, custom_field_value="95", entity="ticket") == []
    for key in ("plan_name", "planName", "Plan Name"):
        assert found(crowd, days="60", custom_field_key=key, custom_field_value="Pro") == [3]
    assert found(crowd, days="60", custom_field_key="none", custom_field_value="Pro") == []
    assert found(crowd, days="60", custom_field_key="!!!", custom_field_value="Pro") == []
    assert found(crowd, days="60", custom_field_key="x" * 500, custom_field_value="Pro") == []


@pytest.mark.parametrize("name", ["stage_id", "pipeline_id"])
def test_no_contact_is_in_a_stage_or_pipeline(name: str, crowd: Api):
    assert found(crowd, days="60", **{name: A_STAGE}) == []


BAD = [
    {},
    {"days": ""},
    {"days": "0"},
    {"days": "366"},
    {"days": "-1"},
    {"days": "1.5"},
    {"days": "ten"},
    {"days": "9" * 30},
    {"days": "٣"},
    {"days": "3,4"},
    {"created_after": "yesterday"},
    {"updated_after": "2024-13-01"},
    {"updated_after": "0001-01-01T00:00:00+23:59"},
    {"days": "3", "limit": "0"},
    {"days": "3", "limit": "1001"},
    {"days": "3", "offset": "-1"},
    {"days": "3", "stage_id": "new"},
    {"days": "3", "pipeline_id": "new"},
    {"days": "3", "custom_field_key": "score"},
    {"days": "3", "custom_field_value": "95"},
    {"days": "3", "custom_field_key": "score", "custom_field_value": ""},
    {"days": "3", "custom_field_key": "a", "custom_field_value": "b", "entity": "deal"},
]


@pytest.mark.parametrize("query", BAD, ids=str)
def test_400(query: dict, crowd: Api):
    answer = crowd.call("GET", PATH, query=query)
    assert (answer.status, answer.document["error"]) == (400, "Bad Request")


def test_contacts_of_other_accounts_and_teams_are_not_there(crowd: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42, updated_at=NOW)
    fixtures.contact(8, account="globex", updated_at=NOW)
    assert found(crowd, days="3") == [4]


def test_401(crowd: Api):
    assert crowd.call("GET", PATH, query={"days": "3"}, key=None).status == 401
