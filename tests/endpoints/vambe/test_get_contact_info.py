"""GET /api/public/contact/{aiContactId}/info, as Vambe documents it."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

CONTACT = "df980fc8-b6db-4820-bf22-000000000123"
PATH = f"/api/public/contact/{CONTACT}/info"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", PATH.replace("df980fc8", "DF980FC8")])
def test_a_contact_has_all_documented_members(path: str, vambe: Api):
    answer = vambe.call("GET", path)
    assert answer.status == 200
    client_id, customer_id = answer.document.pop("client_id"), answer.document.pop("ai_customer_id")
    assert client_id != customer_id
    assert answer.document == {
        "id": CONTACT,
        "name": "John Smith",
        "email": "john@example.com",
        "phone": "+56912345678",
        "platform": "whatsapp",
        "created_at": "2024-01-01T10:00:00.000Z",
        "updated_at": "2024-01-01T10:00:00.000Z",
        "last_message_at": "2024-01-01T10:00:00.000Z",
        "last_message_content": None,
        "chat_status": "UNATTENDED",
        "is_chat_read": False,
        "blocked": False,
        "default_stage_id": None,
        "active_ticket_v2": None,
        "last_closed_ticket": None,
        "metadata": {},
    }


def test_metadata_is_text_by_field_whatever_its_type(vambe: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("account_balance", "number"), 250.5)
    fixtures.value(fixtures.definition("is_active", "boolean"), True)
    fixtures.value(fixtures.definition("since", "date"), "2023-12-01")
    assert vambe.call("GET", PATH).document["metadata"] == {
        "account_balance": "250.5",
        "is_active": "true",
        "since": "2023-12-01",
    }


def test_the_active_ticket_is_the_latest_conversation(vambe: Api, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    ticket = vambe.call("GET", PATH).document["active_ticket_v2"]
    assert ticket == {"id": "conv_1", "current_stage_id": None}


def test_what_is_not_known_is_null_or_empty(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, full_name="", first_name="", last_name="")
    document = vambe.call("GET", PATH.replace("123/", "007/")).document
    assert [document[name] for name in ("name", "email", "phone", "platform")] == [
        *("", None, None, None),
    ]


def test_ids_of_an_account_are_its_own_and_stay(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7)
    fixtures.contact(8, account="globex")
    fixtures.key("vambe_of_globex", account="globex", permissions=())
    first = vambe.call("GET", PATH).document
    again = vambe.call("GET", PATH).document
    second = vambe.call("GET", PATH.replace("123/", "007/")).document
    other = vambe.call("GET", PATH.replace("123/", "008/"), key="vambe_of_globex").document
    assert first == again
    assert first["client_id"] == second["client_id"] != other["client_id"]
    assert len({each["ai_customer_id"] for each in (first, second, other)}) == 3


@pytest.mark.parametrize(
    ("contact", "status"),
    [("123", 400), ("df980fc8", 400), ("df980fc8-b6db-4820-bf22-000000000999", 404)],
)
def test_a_contact_that_is_not_there(contact: str, status: int, vambe: Api):
    answer = vambe.call("GET", PATH.replace(CONTACT, contact))
    assert (answer.status, answer.document["statusCode"]) == (status, status)


def test_contacts_of_other_accounts_and_teams_are_not_there(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, account="globex")
    for number in (7, 8):
        assert vambe.call("GET", PATH.replace("123/", f"{number:03d}/")).status == 404


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
