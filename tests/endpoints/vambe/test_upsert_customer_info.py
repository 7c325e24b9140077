"""POST /api/public/customer/upsert/info, as Vambe documents it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/customer/upsert/info"
WHATSAPP = {
    "channel": "whatsapp",
    "channel_phone_number": "+56900000000",
    "contact_phone_number": "+56911112222",
}
WEBCHAT = {
    "channel": "webchat",
    "channel_id": "123e4567-e89b-12d3-a456-426614174000",
    "external_user_id": "user-777",
}


def upserted(vambe: Api, document: dict) -> dict:
    answer = vambe.call("POST", PATH, document)
    assert answer.status == 201, answer.document
    return answer.document


def info(vambe: Api, contact: dict) -> dict:
    return vambe.call("GET", f"/api/public/contact/{contact['id']}/info").document


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_customer_is_created_with_all_that_is_told(path: str, vambe: Api):
    document = {
        **WHATSAPP,
        "contact_name": "Maria Rosa García",
        "contact_email": "maria@example.com",
        "stageId": "123e4567-e89b-12d3-a456-426614174000",
        "agentId": "123e4567-e89b-12d3-a456-426614174000",
        "meta_data": {"source": "landing-page", "leadScore": 85, "plan": "free"},
        "custom_field_values": [
            {"key": "plan", "value": "pro"},
            {"key": "storeHandle", "value": "m-rosa"},
        ],
    }
    answer = vambe.call("POST", path, document)
    assert answer.status == 201
    made = info(vambe, answer.document)
    assert made["metadata"] == {
        "source": "landing-page",
        "lead_score": "85",
        "plan": "pro",
        "store_handle": "m-rosa",
    }
    assert answer.document.items() <= made.items()
    assert {name: made[name] for name in ("name", "email", "phone", "platform")} == {
        "name": "Maria Rosa García",
        "email": "maria@example.com",
        "phone": "+56911112222",
        "platform": "whatsapp",
    }


def test_a_customer_is_found_again_and_only_what_is_sent_changes(vambe: Api):
    made = upserted(vambe, {**WHATSAPP, "contact_name": "Maria", "meta_data": {"a": 1, "b": 2}})
    again = upserted(
        vambe, {**WHATSAPP, "contact_email": "maria@example.com", "meta_data": {"b": 3, "a": None}}
    )
    assert again["id"] == made["id"]
    assert (again["name"], again["email"]) == ("Maria", "maria@example.com")
    assert info(vambe, made)["metadata"] == {"a": "1", "b": "3"}


@pytest.mark.parametrize("channel", ["whatsapp", "web-whatsapp"])
@pytest.mark.parametrize("number", ["+56912345678", "56912345678", "+56 9 1234 5678"])
def test_a_contact_is_found_by_its_number_however_it_is_written(channel, number, vambe: Api):
    contact = upserted(vambe, {"channel": channel, "contact_phone_number": number})
    assert contact["id"] == "df980fc8-b6db-4820-bf22-000000000123"
    assert (contact["name"], contact["phone"]) == ("John Smith", "+56912345678")


def test_a_contact_is_found_by_its_whatsapp_id(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, wa_id="15550199")
    contact = upserted(vambe, {"channel": "whatsapp", "contact_phone_number": "+15550199"})
    assert contact["id"].endswith("007")


def test_a_number_is_kept_with_a_plus_and_as_the_whatsapp_id(vambe: Api, fixtures: Fixtures):
    made = upserted(vambe, {"channel": "whatsapp", "contact_phone_number": "52 55 1122-3344"})
    assert made["phone"] == "+525511223344"
    (number,) = fixtures.ids_with(Identifier(IdentifierKind.PHONE, "+525511223344"))
    assert fixtures.contacts.find("acme", number).wa_id == "525511223344"


def test_a_webchat_customer_is_found_by_its_user_id(vambe: Api):
    made = upserted(vambe, {**WEBCHAT, "contact_name": "Jo"})
    assert (made["platform"], made["phone"]) == ("webchat", None)
    assert upserted(vambe, WEBCHAT)["id"] == made["id"]
    metadata = {"externalUserId": "user-777", "metadata": {"a": 1}}
    answer = vambe.call("POST", "/api/public/webchat/contact/add-metadata", metadata)
    assert answer.document[0]["ai_contact_id"] == made["id"]


def test_a_name_is_parted_for_the_apis_that_know_two(vambe: Api, fixtures: Fixtures):
    upserted(vambe, {**WHATSAPP, "contact_phone_number": "+56912345678", "contact_name": "Ana B C"})
    contact = fixtures.contacts.find("acme", 123)
    assert (contact.first_name, contact.last_name, contact.full_name) == ("Ana", "B C", "Ana B C")


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_details_change_nothing(empty, vambe: Api):
    details = {"contact_name": empty, "contact_email": empty}
    number = {"channel": "whatsapp", "contact_phone_number": "+56912345678"}
    contact = upserted(vambe, {**number, **details, "meta_data": None, "custom_field_values": None})
    assert (contact["name"], contact["email"]) == ("John Smith", "john@example.com")


def test_a_field_is_formatted_by_its_definition(vambe: Api, fixtures: Fixtures):
    fixtures.definition("balance", "number")
    values = [{"key": "balance", "value": "250.50"}]
    contact = upserted(vambe, {**WHATSAPP, "custom_field_values": values})
    assert info(vambe, contact)["metadata"] == {"balance": "250.5"}


ERRORS = {
    "no body": b"",
    "no channel": {"contact_phone_number": "+56911112222"},
    "another channel": {**WHATSAPP, "channel": "instagram"},
    "whatsapp without a number": {"channel": "whatsapp", "external_user_id": "user-777"},
    "whatsapp with an empty number": {**WHATSAPP, "contact_phone_number": ""},
    "a number without a digit": {**WHATSAPP, "contact_phone_number": "call me"},
    "a number as a number": {**WHATSAPP, "contact_phone_number": 56911112222},
    "webchat without a user": {"channel": "webchat", "contact_phone_number": "+56911112222"},
    "meta_data is an array": {**WHATSAPP, "meta_data": []},
    "meta_data with a bad key": {**WHATSAPP, "meta_data": {"!!!": 1}},
    "a field without a key": {**WHATSAPP, "custom_field_values": [{"value": "x"}]},
    "a field without a value": {**WHATSAPP, "custom_field_values": [{"key": "x"}]},
    "fields as an object": {**WHATSAPP, "custom_field_values": {"a": 1}},
    "a long name": {**WHATSAPP, "contact_name": "x" * 501},
    "a long e-mail address": {**WHATSAPP, "contact_email": "é" * 300},
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    sent = ERRORS[case]
    before = fixtures.items()
    bare = {"body": sent} if isinstance(sent, bytes) else {"document": sent}
    answer = vambe.call("POST", PATH, **bare)
    assert (answer.status, answer.document["error"]) == (400, "Bad Request")
    assert fixtures.items() == before


def test_409_when_several_contacts_have_the_number(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=fixtures.contacts.find("acme", 123).phone_numbers)
    before = fixtures.items()
    number = {"channel": "whatsapp", "contact_phone_number": "+56912345678"}
    assert vambe.call("POST", PATH, number).status == 409
    assert fixtures.items() == before


def test_contacts_of_another_account_are_not_found(vambe: Api, fixtures: Fixtures):
    fixtures.contact(8, account="globex", webchat_user_id="user-777")
    made = upserted(vambe, WEBCHAT)
    assert made["id"] != fixtures.contacts.find("globex", 8).uuid


def test_writers_at_once_make_one_contact(engine_vambe: Api, engine_world: Fixtures):
    forms = ["+56911112222", "56911112222", "+56 9 1111 2222", "(569) 1111-2222"]

    def write(number: int) -> str:
        document = {
            "channel": "whatsapp",
            "contact_phone_number": forms[number % len(forms)],
            "meta_data": {f"field_{number}": number},
        }
        return upserted(engine_vambe, document)["id"]

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(write, range(16)))
    assert len(ids) == 1
    assert len(engine_world.ids_with(Identifier(IdentifierKind.PHONE, "+56911112222"))) == 1
    kept = info(engine_vambe, {"id": ids.pop()})["metadata"]
    assert kept == {f"field_{number}": str(number) for number in range(16)}


def test_401_also_before_a_broken_body(vambe: Api):
    assert vambe.call("POST", PATH, body=b"{", key=None).status == 401
