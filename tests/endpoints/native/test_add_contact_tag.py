"""PUT /v1/contacts/{contact_id}/tags/{tag}: add a tag to a contact."""

import pytest

from shared.domain.contacts import Conversation
from shared.domain.tags import Tag
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/tags"


def test_a_new_tag_is_created_and_added(native: Api):
    answer = native.call("PUT", f"{PATH}/big%20spender%2Fgold")
    assert (answer.status, answer.document["tags"]) == (200, ["big spender/gold"])
    assert native.call("GET", "/v1/contacts/contact_123").headers["etag"] == answer.headers["etag"]
    (tag,) = native.call("GET", "/v1/tags").document["data"]
    assert tag["value"] == "big spender/gold"


def test_a_second_time_changes_nothing(native: Api, fixtures: Fixtures):
    native.call("PUT", f"{PATH}/VIP")
    before = fixtures.items()
    assert native.call("PUT", f"{PATH}/VIP").document["tags"] == ["VIP"]
    assert fixtures.items() == before


def test_tags_stay_in_the_order_in_which_they_were_added(native: Api):
    for tag in ("b", "a"):
        answer = native.call("PUT", f"{PATH}/{tag}")
    assert answer.document["tags"] == ["b", "a"]


def test_a_tag_of_tickets_needs_a_conversation(native: Api, fixtures: Fixtures):
    fixtures.tags.add("acme", Tag(7, "Refund", "TICKET"))
    assert native.call("PUT", f"{PATH}/Refund").status == 400
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    assert native.call("PUT", f"{PATH}/Refund").document["tags"] == ["Refund"]


def test_too_many_tags_create_none(native: Api, fixtures: Fixtures):
    fixtures.contact(7, tags=tuple(map(str, range(50))))
    before = fixtures.items()
    assert native.call("PUT", "/v1/contacts/contact_7/tags/new").status == 400
    assert fixtures.items() == before


def test_a_tag_that_is_too_long_is_a_fault(native: Api):
    assert native.call("PUT", f"{PATH}/{'x' * 101}").status == 400


@pytest.mark.parametrize("reference", ["contact_9", "contact_10", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    assert native.call("PUT", f"/v1/contacts/{reference}/tags/VIP").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PUT", f"{PATH}/VIP").status == 403
