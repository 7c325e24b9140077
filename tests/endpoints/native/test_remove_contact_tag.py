"""DELETE /v1/contacts/{contact_id}/tags/{tag}: remove a tag from a contact."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/tags"


def test_a_tag_is_removed_and_stays_a_tag_of_the_account(native: Api):
    for tag in ("VIP", "new"):
        native.call("PUT", f"{PATH}/{tag}")
    answer = native.call("DELETE", f"{PATH}/VIP")
    assert (answer.status, answer.document["tags"]) == (200, ["new"])
    assert [each["value"] for each in native.call("GET", "/v1/tags").document["data"]] == [
        "VIP",
        "new",
    ]


def test_a_second_time_changes_nothing(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    assert native.call("DELETE", f"{PATH}/VIP").document["tags"] == []
    assert fixtures.items() == before


def test_a_tag_that_is_too_long_is_a_fault(native: Api):
    assert native.call("DELETE", f"{PATH}/{'x' * 101}").status == 400


@pytest.mark.parametrize("reference", ["contact_9", "contact_10", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    assert native.call("DELETE", f"/v1/contacts/{reference}/tags/VIP").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("DELETE", f"{PATH}/VIP").status == 403
