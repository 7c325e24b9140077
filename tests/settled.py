"""Assert the invariants of a table while no request is in progress."""

from collections.abc import Iterable
from typing import Any

from shared.domain.contacts import Contact
from shared.domain.definitions import Definition
from shared.domain.values import Subject
from shared.table import keys
from shared.table.contact_items import to_contact
from shared.table.definition_items import to_definition
from shared.table.operations import key_of
from tests.fixtures import Fixtures


def assert_settled(fixtures: Fixtures, account: str = "acme") -> None:
    """Assert that no identifier, definition or page of values is missing or orphaned."""
    found = fixtures.items()
    contacts = [to_contact(item) for item in _of(found, "contact")]
    assert _keys(found, "identifier") == identifiers_of(contacts, account)
    assert _keys(found, "definition_pointer") == _pointers(found, account)
    homes = {keys.subject(account, Subject.contact(each.contact_id)).pk for each in contacts}
    # Pages of conversations and of the business have no contact in their keys.
    pages = {key.pk for key in _keys(found, "values") if "#CONTACT#" in key.pk}
    assert pages == homes


def identifiers_of(contacts: Iterable[Contact], account: str = "acme") -> set[keys.Key]:
    """Return the keys of the identifier items that contacts must have."""
    return {
        keys.identifier(account, each, contact.contact_id)
        for contact in contacts
        for each in contact.identifiers
    }


def _pointers(found: Iterable[dict[str, Any]], account: str) -> set[keys.Key]:
    definitions = map(to_definition, _of(found, "definition"))
    return {
        key
        for each in definitions
        if isinstance(each, Definition)
        for key in (
            keys.definition_id(account, each.definition_id),
            keys.definition_external_id(account, each.external_id),
        )
    }


def _of(found: Iterable[dict[str, Any]], entity: str) -> list[dict[str, Any]]:
    return [item for item in found if item["entity"]["S"] == entity]


def _keys(found: Iterable[dict[str, Any]], entity: str) -> set[keys.Key]:
    return {key_of(item) for item in _of(found, entity)}
