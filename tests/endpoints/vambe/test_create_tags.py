"""POST /api/public/channels/{channelType}/{platformIdentifier}/tags, as Vambe documents it."""

import json

import pytest

from shared.domain.contacts import Conversation
from shared.domain.tags import Tag
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/channels/whatsapp/+56912345678/tags"
SUCCESS = {
    "status": "success",
    "createdCount": 0,
    "assignedCount": 0,
    "notAssignedCount": 0,
    "notAssignedTags": [],
    "details": "",
}


def tags_of(fixtures: Fixtures) -> tuple[str, ...]:
    return fixtures.contacts.find("acme", 123).tags


def catalogue(fixtures: Fixtures) -> list[str]:
    return [tag.value for tag in fixtures.tags.list("acme")]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_tags_are_created_once_and_given_to_the_contact(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.tags.add("acme", Tag(1, "customer"))
    answer = vambe.call("POST", path, {"tags": ["customer", "new-tag-2024", "new-tag-2024"]})
    assert answer.status == 201
    assert answer.document == {**SUCCESS, "createdCount": 1, "assignedCount": 2}
    assert tags_of(fixtures) == ("customer", "new-tag-2024")
    assert catalogue(fixtures) == ["customer", "new-tag-2024"]


def test_tags_are_added_to_those_that_the_contact_has(vambe: Api, fixtures: Fixtures):
    vambe.call("POST", PATH, {"tags": ["a", "b"]})
    answer = vambe.call("POST", PATH, {"tags": ["b", "c"]})
    assert answer.document == {**SUCCESS, "createdCount": 1, "assignedCount": 2}
    assert tags_of(fixtures) == ("a", "b", "c")


@pytest.mark.parametrize(
    "channel",
    [
        "whatsapp/+56912345678",
        "whatsapp/%2B56912345678",
        "whatsapp/56912345678",
        "whatsapp/+569%201234%205678",
        "web-whatsapp/+56912345678",
        "playground/+56912345678",
    ],
)
def test_a_contact_is_found_by_its_number_however_it_is_written(
    channel, vambe: Api, fixtures: Fixtures
):
    answer = vambe.call("POST", f"/api/public/channels/{channel}/tags", {"tags": ["a"]})
    assert (answer.status, tags_of(fixtures)) == (201, ("a",))


def test_a_contact_is_found_by_its_whatsapp_id(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, wa_id="15550199")
    path = "/api/public/channels/whatsapp/+1%205550199/tags"
    assert vambe.call("POST", path, {"tags": ["a"]}).status == 201
    assert fixtures.contacts.find("acme", 7).tags == ("a",)


def test_tags_of_tickets_are_given_only_to_a_contact_with_a_ticket(vambe: Api, fixtures: Fixtures):
    fixtures.tags.add("acme", Tag(1, "vip-ticket", "TICKET"))
    answer = vambe.call("POST", PATH, {"tags": ["customer", "vip-ticket"]})
    details = answer.document.pop("details")
    assert "TICKET" in details
    assert answer.document == {
        "status": "success",
        "createdCount": 1,
        "assignedCount": 1,
        "notAssignedCount": 1,
        "notAssignedTags": ["vip-ticket"],
    }
    assert tags_of(fixtures) == ("customer",)
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    answer = vambe.call("POST", PATH, {"tags": ["vip-ticket"]})
    assert answer.document == {**SUCCESS, "assignedCount": 1}
    assert tags_of(fixtures) == ("customer", "vip-ticket")


def of(channel: str) -> str:
    return f"/api/public/channels/{channel}/tags"


ERRORS = {
    "400: no body": (PATH, 400, b""),
    "400: no tags": (PATH, 400, b"{}"),
    "400: an empty list": (PATH, 400, b'{"tags": []}'),
    "400: tags that are no list": (PATH, 400, b'{"tags": "a"}'),
    "400: a number": (PATH, 400, b'{"tags": [1]}'),
    "400: an empty tag": (PATH, 400, b'{"tags": ["a", ""]}'),
    "400: a blank tag": (PATH, 400, b'{"tags": ["a", "  "]}'),
    "400: a long tag": (PATH, 400, b'{"tags": ["a", "' + b"x" * 101 + b'"]}'),
    "400: 51 tags": (PATH, 400, json.dumps({"tags": [str(i) for i in range(51)]}).encode()),
    "400: an unknown channel": (of("telegram/+56912345678"), 400, b'{"tags": ["a"]}'),
    "400: webchat": (of("webchat/user-12345"), 400, b'{"tags": ["a"]}'),
    "400: a number without a digit": (of("whatsapp/nobody"), 400, b'{"tags": ["a"]}'),
    "404: no such number": (of("whatsapp/+1999"), 404, b'{"tags": ["a"]}'),
    "404: no such name": (of("instagram/nobody"), 404, b'{"tags": ["a"]}'),
    "404: a number longer than any key": (of("whatsapp/" + "9" * 3000), 404, b'{"tags": ["a"]}'),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    path, status, body = ERRORS[case]
    before = fixtures.items()
    answer = vambe.call("POST", path, body=body)
    assert (answer.status, answer.document["statusCode"]) == (status, status)
    assert fixtures.items() == before


def test_a_contact_with_too_many_tags_is_400_and_no_tag_is_made(vambe: Api, fixtures: Fixtures):
    assert vambe.call("POST", PATH, {"tags": [f"tag {i}" for i in range(50)]}).status == 201
    before = fixtures.items()
    answer = vambe.call("POST", PATH, {"tags": ["one more"]})
    message = "tags is not valid: the contact has 50 tags and can have 50"
    assert (answer.status, answer.document["message"]) == (400, message)
    assert fixtures.items() == before


def test_a_contact_without_room_for_all_of_the_tags_is_400(vambe: Api, fixtures: Fixtures):
    assert vambe.call("POST", PATH, {"tags": [f"tag {i}" for i in range(47)]}).status == 201
    before = fixtures.items()
    answer = vambe.call("POST", PATH, {"tags": [f"more {i}" for i in range(5)]})
    message = "tags is not valid: the contact has 47 tags and can have 50"
    assert (answer.status, answer.document["message"]) == (400, message)
    assert fixtures.items() == before


def test_409_when_several_contacts_have_the_number(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=fixtures.contacts.find("acme", 123).phone_numbers)
    before = fixtures.items()
    assert vambe.call("POST", PATH, {"tags": ["a"]}).status == 409
    assert fixtures.items() == before


def test_401_also_before_a_broken_body(vambe: Api):
    assert vambe.call("POST", PATH, body=b"{", key=None).status == 401
