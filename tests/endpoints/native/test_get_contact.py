"""GET /v1/contacts/{contact_id}: the fields of a contact."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123"


def test_a_contact_is_shown_with_its_identifiers(native: Api):
    answer = native.call("GET", PATH)
    assert answer.status == 200
    shown = {name: answer.document[name] for name in ("id", "external_id", "full_name", "tags")}
    assert shown == {
        "id": "contact_123",
        "external_id": "external123",
        "full_name": "John Smith",
        "tags": [],
    }
    assert answer.headers["etag"].startswith('"1.')


def test_phone_numbers_are_shown(native: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100", primary=True),))
    assert native.call("GET", "/v1/contacts/contact_7").document["phone_numbers"] == [
        {"number": "+15550100", "type": "mobile", "is_primary": True, "do_not_call": False}
    ]


@pytest.mark.parametrize("reference", ["contact_9", "123", "contact_x"])
def test_there_is_no_such_contact(native: Api, reference: str):
    answer = native.call("GET", f"/v1/contacts/{reference}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_contact_of_another_team_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.contact(9, team=7)
    assert native.call("GET", "/v1/contacts/contact_9").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
