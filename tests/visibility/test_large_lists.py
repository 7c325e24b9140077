"""Lists of a large account show no hidden contact, even if the contact index is outdated."""

from dataclasses import replace

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import KEY, LONG_AGO, Fixtures

HIDDEN, SHOWN = CONTACTS_PER_CHUNK, CONTACTS_PER_CHUNK + 1
NATIVE_KEY = "native_of_ann"


@pytest.fixture
def late_index(fixtures: Fixtures) -> None:
    """Create an index from before a contact moved to another user."""
    fixtures.key(KEY, user="ann", teams=(1,))
    fixtures.key(NATIVE_KEY, user="ann", teams=(1,), permissions=("contacts:read",))
    contact = fixtures.contact(HIDDEN, full_name="Secret Smith", tags=("VIP",))
    fixtures.contact(SHOWN, owner="ann", team=1, tags=("VIP",))
    IndexUpdates(wiring.table()).apply([IndexChange("acme", HIDDEN, LONG_AGO)])
    given = replace(contact, owner="bob", version=contact.version + 1)
    fixtures.contacts.replace("acme", contact, given, Attribution(LONG_AGO))


@pytest.mark.usefixtures("late_index")
@pytest.mark.parametrize("query", [{}, {"tag": "VIP"}, {"stage": "lead"}, {"search": "smith"}])
@pytest.mark.parametrize(
    ("key", "path", "member"),
    [(KEY, "/api/v1/contacts", "contacts"), (NATIVE_KEY, "/v1/contacts", "data")],
)
def test_a_contact_that_was_hidden_a_moment_ago_is_not_shown(
    key: str, path: str, member: str, query: dict[str, str]
):
    document = Api(key).call("GET", path, query=query).document
    assert [each["id"] for each in document[member]] in ([SHOWN], [f"contact_{SHOWN}"])


@pytest.mark.parametrize("query", [{}, {"tag": "VIP"}])
def test_the_size_of_a_list_counts_no_hidden_contact_once_the_index_knows(
    query: dict[str, str], late_index: None, fixtures: Fixtures
):
    IndexUpdates(wiring.table()).apply([IndexChange("acme", HIDDEN, LONG_AGO)])
    assert Api(KEY).call("GET", "/api/v1/contacts", query=query).document["count"] == 1
