"""Arguments that use cases reject, although an API may accept them."""

import pytest

from shared.domain.accounts import Caller
from shared.domain.contacts import ContactDraft, Identifier, IdentifierKind
from shared.domain.errors import InvalidField
from shared.domain.values import STRICT
from shared.services.contacts.tags import create_tags
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.validation.contacts import MAX_IDENTIFIER_BYTES, MAX_TAGS
from tests.fixtures import LONG_AGO, Fixtures

CALLER = Caller("acme", "a-key", LONG_AGO)
LETTER = "\u0390"
"""Case folding makes three letters of two bytes each of this one."""


@pytest.mark.parametrize("is_possible", [True, False])
def test_an_identifier_is_short_enough_for_a_key_after_case_folding(
    fixtures: Fixtures, *, is_possible: bool
):
    letters = MAX_IDENTIFIER_BYTES // len(LETTER.casefold().encode()) + (not is_possible)
    identifier = Identifier(IdentifierKind.EMAIL, LETTER * letters)
    upsert = ContactUpsert(identifier, ContactDraft(), lambda contact: contact)
    ports = (fixtures.contacts, fixtures.definitions)
    if is_possible:
        assert upsert_contact(*ports, CALLER, upsert, {}, STRICT)[1]
        return
    with pytest.raises(InvalidField) as refused:
        upsert_contact(*ports, CALLER, upsert, {}, STRICT)
    assert refused.value.field == "email"
    assert fixtures.items() == []


def test_so_many_tags_are_created_at_once_and_no_more(fixtures: Fixtures):
    values = [f"tag {number}" for number in range(MAX_TAGS + 1)]
    with pytest.raises(InvalidField, match=str(MAX_TAGS)):
        create_tags(fixtures.tags, CALLER, values)
    assert fixtures.tags.list("acme") == []
    assert len(create_tags(fixtures.tags, CALLER, values[1:])) == MAX_TAGS
