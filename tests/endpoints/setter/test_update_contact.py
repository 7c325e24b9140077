"""PUT /api/v1/contacts, as Setter AI documents it."""

import json
from dataclasses import replace

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts"
KEY = "setter_0123456789"


@pytest.fixture
def setter(fixtures: Fixtures) -> Api:
    """Return a client of Setter's API with the documented contact. Its key has no permissions."""
    fixtures.key(KEY, permissions=())
    fixtures.contact(
        email="john.smith@example.com",
        phone_numbers=(PhoneNumber(1, "1234567890", primary=True),),
        wa_id="1234567890",
        sms_phone_number="1234567890",
        time_zone="America/New_York",
    )
    return Api(KEY)


def data_of(api: Api, document: dict) -> dict:
    answer = api.call("PUT", PATH, document)
    assert answer.status == 200, answer.document
    return answer.document["data"]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_gets_the_documented_answer(path: str, setter: Api):
    document = {
        "id": 123,
        "firstName": "John",
        "lastName": "Smith",
        "email": "john.smith@example.com",
        "metadata": {"source": "website", "last_interaction": "2024-01-15"},
    }
    answer = setter.call("PUT", path, document)
    assert (answer.status, answer.document["message"]) == (200, "Contact updated successfully")
    data = answer.document["data"]
    assert data.pop("updatedAt") > "2024-01-01T10:00:00Z"
    assert data == {
        "id": 123,
        "createdAt": "2024-01-01T10:00:00Z",
        "firstName": "John",
        "lastName": "Smith",
        "fullName": "John Smith",
        "phoneNumber": "1234567890",
        "waId": "1234567890",
        "smsPhoneNumber": "1234567890",
        "email": "john.smith@example.com",
        "defaultTimeZone": "America/New_York",
        "metadata": {"source": "website", "last_interaction": "2024-01-15"},
    }


@pytest.mark.parametrize(
    "identifier",
    [
        {"id": 123},
        {"waId": "1234567890"},
        {"smsPhoneNumber": "1234567890"},
        {"id": 123, "waId": "none", "smsPhoneNumber": "none"},
        {"id": None, "waId": "1234567890", "smsPhoneNumber": "none"},
    ],
    ids=str,
)
def test_a_contact_is_found_by_each_identifier_and_the_others_are_no_updates(identifier, setter):
    data = data_of(setter, {**identifier, "firstName": "Jo"})
    assert (data["firstName"], data["waId"], data["smsPhoneNumber"]) == (
        "Jo",
        "1234567890",
        "1234567890",
    )


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"firstName": "Jo"}, {"firstName": "Jo", "fullName": "Jo Smith"}),
        ({"lastName": "Roe"}, {"lastName": "Roe", "fullName": "John Roe"}),
        ({"fullName": "J. Smith"}, {"fullName": "J. Smith"}),
        ({"firstName": "Jo", "fullName": "J."}, {"firstName": "Jo", "fullName": "J."}),
        ({"phoneNumber": "+15551234567"}, {"phoneNumber": "+15551234567"}),
        ({"phoneNumber": None}, {"phoneNumber": None}),
        ({"email": "jo@example.com"}, {"email": "jo@example.com"}),
        ({"email": None}, {"email": None}),
        ({"defaultTimeZone": "Europe/Rome"}, {"defaultTimeZone": "Europe/Rome"}),
        ({"metadata": {}}, {}),
        ({"metadata": None}, {}),
        ({"id": 123, "unknownField": 1}, {}),
    ],
)
def test_only_provided_fields_change(sent: dict, changed: dict, setter: Api):
    before = data_of(setter, {"id": 123})
    after = data_of(setter, {"id": 123, **sent})
    assert {**after, "updatedAt": ""} == {**before, **changed, "updatedAt": ""}


def test_a_full_name_stays_while_first_and_last_name_stay(setter: Api):
    data_of(setter, {"id": 123, "fullName": "Johnny S."})
    assert data_of(setter, {"id": 123, "firstName": "John"})["fullName"] == "Johnny S."


def test_a_refusal_names_the_field_as_it_was_sent(setter: Api):
    answer = setter.call("PUT", PATH, {"id": 999, "firstName": "x" * 501})
    assert (answer.status, "firstName" in answer.document["message"]) == (400, True)


PHONES = (
    PhoneNumber(1, "2125550100", primary=True, do_not_call=True, dnc_reason="asked"),
    PhoneNumber(2, "2125550199", "work"),
)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (
            "2125550199",
            (replace(PHONES[0], primary=False), replace(PHONES[1], primary=True)),
        ),
        ("2125550100", PHONES),
        ("2125550111", (PhoneNumber(1, "2125550111", primary=True), PHONES[1])),
        (None, (replace(PHONES[1], primary=True),)),
    ],
)
def test_a_phone_number_keeps_who_may_be_called_on_it(
    number, kept, setter: Api, fixtures: Fixtures
):
    fixtures.contact(7, phone_numbers=PHONES)
    assert data_of(setter, {"id": 7, "phoneNumber": number})["phoneNumber"] == (
        number or "2125550199"
    )
    assert fixtures.contacts.find("acme", 7).phone_numbers == kept


def test_metadata_is_merged_by_key_and_null_removes_one(setter: Api):
    data_of(setter, {"id": 123, "metadata": {"source": "website", "campaign": "winter2024"}})
    sent = {"campaign": None, "score": 95, "vip": True, "since": "2024-01-15"}
    assert data_of(setter, {"id": 123, "metadata": sent})["metadata"] == {
        "source": "website",
        "score": 95,
        "vip": True,
        "since": "2024-01-15",
    }


def test_metadata_of_any_kind_is_kept(setter: Api, fixtures: Fixtures):
    fixtures.definition("age", "number")
    sent = {
        "age": "unknown",
        "Last Visit": 1,
        "tags": ["a", "b"],
        "deep": {"a": [1]},
        "huge": 1e300,
    }
    assert data_of(setter, {"id": 123, "metadata": sent})["metadata"] == {
        "age": "unknown",
        "last_visit": 1,
        "tags": "a, b",
        "deep": '{"a":[1]}',
        "huge": "1e+300",
    }
    assert data_of(setter, {"id": 123, "metadata": {"age": "42"}})["metadata"]["age"] == 42


def test_what_another_api_wrote_is_read_and_kept(setter: Api, fixtures: Fixtures):
    fixtures.key()
    klen = Api("klen_abcdef123456789")
    variables = {"variables": {"membership_level": "Gold"}, "auto_create_variables": True}
    klen.call("POST", "/api/v1/contacts/123/context", variables)
    metadata = data_of(setter, {"id": 123, "metadata": {"source": "website"}})["metadata"]
    assert metadata == {"membership_level": "Gold", "source": "website"}
    found = klen.call("GET", "/api/v1/contacts/123").document
    assert found["custom_context"] == metadata


ERRORS = {
    "400: no body": (400, b""),
    "400: no object": (400, b"[]"),
    "400: missing identifier": (400, b'{"firstName": "Jo"}'),
    "400: empty identifier": (400, b'{"waId": "", "firstName": "Jo"}'),
    "400: id as a string": (400, b'{"id": "123"}'),
    "400: id as a fraction": (400, b'{"id": 123.5}'),
    "400: id as a boolean": (400, b'{"id": true}'),
    "400: waId as a number": (400, b'{"waId": 1234567890}'),
    "400: invalid email": (400, b'{"id": 123, "email": "john"}'),
    "400: email with a space": (400, b'{"id": 123, "email": "john smith@example.com"}'),
    "400: invalid time zone": (400, b'{"id": 123, "defaultTimeZone": "Mars/Base"}'),
    "400: time zone as a path": (400, b'{"id": 123, "defaultTimeZone": "../../etc/passwd"}'),
    "400: time zone as a folder": (400, b'{"id": 123, "defaultTimeZone": "America"}'),
    "400: invalid phone number": (400, b'{"id": 123, "phoneNumber": "call me"}'),
    "400: short phone number": (400, b'{"id": 123, "phoneNumber": "12"}'),
    "400: metadata is an array": (400, b'{"id": 123, "metadata": []}'),
    "400: two keys of one name": (
        400,
        b'{"id": 123, "metadata": {"Last Visit": 1, "last_visit": null}}',
    ),
    "400: time zone of this machine": (400, b'{"id": 123, "defaultTimeZone": "localtime"}'),
    "400: a number in a sentence": (400, b'{"id": 123, "phoneNumber": "call me 2125550100"}'),
    "400: a number of another script": (
        400,
        '{"id": 123, "phoneNumber": "٢١٢٥٥٥٠١٠٠"}'.encode(),
    ),
    "404: a waId longer than any key": (404, b'{"waId": "' + b"#" * 3000 + b'"}'),
    "404: id of 3000 digits": (404, b'{"id": ' + b"9" * 3000 + b"}"),
    "400: a key without a letter": (400, b'{"id": 123, "metadata": {"--": 1}}'),
    "400: more metadata than one request can set": (
        400,
        json.dumps({"id": 123, "metadata": {f"k{each}": each for each in range(5001)}}).encode(),
    ),
    "400: a long name": (400, b'{"id": 123, "firstName": "' + b"x" * 501 + b'"}'),
    "404: no such id": (404, b'{"id": 999}'),
    "404: id beyond all numbers": (404, b'{"id": 99999999999999999999999}'),
    "404: negative id": (404, b'{"id": -123}'),
    "404: no such waId": (404, b'{"waId": "999"}'),
    "404: no such smsPhoneNumber": (404, b'{"smsPhoneNumber": "#"}'),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, setter: Api, fixtures: Fixtures):
    status, body = ERRORS[case]
    before = fixtures.items()
    answer = setter.call("PUT", PATH, body=body)
    assert (answer.status, answer.document.keys()) == (status, {"error", "message"})
    assert fixtures.items() == before


def test_409_when_several_contacts_match(setter: Api, fixtures: Fixtures):
    fixtures.contact(7, wa_id="1234567890")
    before = fixtures.items()
    answer = setter.call("PUT", PATH, {"waId": "1234567890", "firstName": "Jo"})
    assert (answer.status, answer.document["error"]) == (409, "Conflict")
    assert fixtures.items() == before
    assert setter.call("PUT", PATH, {"smsPhoneNumber": "1234567890"}).status == 200


def test_contacts_that_the_key_cannot_see_neither_match_nor_conflict(
    setter: Api, fixtures: Fixtures
):
    fixtures.contact(7, wa_id="1234567890", team=42)
    fixtures.contact(8, wa_id="1234567890", account="globex")
    fixtures.contact(9, wa_id="999", team=42)
    assert data_of(setter, {"waId": "1234567890"})["id"] == 123
    assert setter.call("PUT", PATH, {"waId": "999"}).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer unknown_key"}, 401),
        ({"authorization": f"Basic {KEY}"}, 401),
        ({"x-api-key": KEY}, 401),
    ],
)
def test_401_also_before_a_broken_body(headers: dict, status: int, setter: Api):
    assert setter.call("PUT", PATH, body=b"{", headers=headers, key=None).status == status


@pytest.mark.parametrize(
    ("permissions", "status"),
    [((), 200), (("*",), 200), (("can_read_contacts",), 403), (("can_write_contacts",), 403)],
)
def test_403_for_a_key_that_is_held_to_another_apis_permissions(
    permissions, status, setter, fixtures
):
    fixtures.key("setter_with_words", permissions=permissions)
    answer = setter.call("PUT", PATH, {"id": 123}, key="setter_with_words")
    assert answer.status == status
    if status == 403:
        message = "This API needs an API key without permissions, or with the permission '*'"
        assert answer.document == {"error": "Forbidden", "message": message}
