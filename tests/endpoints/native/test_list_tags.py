"""GET /v1/tags: the tags of the account, in order of id."""

from shared.domain.tags import Tag
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/tags"


def test_tags_are_listed_by_page(native: Api, fixtures: Fixtures):
    for tag in (Tag(1, "VIP"), Tag(5, "Newsletter"), Tag(7, "Refund", "TICKET")):
        fixtures.tags.add("acme", tag)
    first = native.call("GET", PATH, query={"limit": "2"}).document
    second = native.call("GET", PATH, query={"cursor": first["next_cursor"]}).document
    assert first["data"] == [
        {"id": "tag_1", "value": "VIP", "entity_type": "contact"},
        {"id": "tag_5", "value": "Newsletter", "entity_type": "contact"},
    ]
    assert second == {
        "data": [{"id": "tag_7", "value": "Refund", "entity_type": "ticket"}],
        "next_cursor": None,
    }


def test_an_account_without_tags(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


def test_a_cursor_of_another_list_is_a_fault(native: Api):
    answer = native.call("GET", PATH, query={"cursor": "MTp3aF8x"})
    assert [each["parameter"] for each in answer.document["errors"]] == ["cursor"]


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
