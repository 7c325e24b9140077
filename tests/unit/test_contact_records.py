"""Which records of the table's stream are changes of a contact, and which concern its index."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Contact
from shared.domain.values import Subject
from shared.table import codec, keys
from shared.table.contact_items import contact_item
from shared.table.index_updates import to_index_change
from shared.table.operations import Item, as_item
from shared.table.stream import to_change
from tests.fixtures import LONG_AGO, john_smith

JOHN = john_smith(123)
LATER = LONG_AGO + timedelta(hours=1)


def item(contact: Contact) -> Item:
    return contact_item("acme", contact, Attribution(contact.updated_at))


def page(subject: Subject) -> Item:
    key = as_item(keys.values_page("acme", subject, 0))
    return {**key, **codec.entity_attributes("values")}


def record(old: Item, new: Item) -> dict[str, Any]:
    found = new or old
    images = {
        "Keys": {name: found[name] for name in ("pk", "sk")},
        "ApproximateCreationDateTime": LATER.timestamp(),
        **({"OldImage": old} if old else {}),
        **({"NewImage": new} if new else {}),
    }
    kind = "MODIFY" if old and new else "INSERT" if new else "REMOVE"
    return {"eventName": kind, "dynamodb": images}


@pytest.mark.parametrize(
    ("old", "new", "changed", "is_indexed"),
    [
        ({}, item(JOHN), True, True),
        (item(JOHN), {}, True, True),
        (item(JOHN), item(replace(JOHN, stage="customer", version=2)), True, True),
        (item(JOHN), item(replace(JOHN, company="Initech", version=2)), True, False),
        # Written again with the fields that it had.
        (item(JOHN), item(replace(JOHN, updated_at=LATER, version=2)), False, False),
        (item(JOHN), item(replace(JOHN, merged_from=(7,), version=2)), True, False),
        (page(Subject.contact(123)), page(Subject.contact(123)), False, False),
        ({}, page(Subject.conversation("conv_1")), False, False),
        (page(Subject.contact(123)), {}, False, False),
    ],
)
def test_a_record(old: Item, new: Item, changed: bool, is_indexed: bool):
    change = to_change(record(old, new))
    assert (change is not None) == changed
    indexed = to_index_change(record(old, new))
    assert (indexed is not None) == is_indexed
    if indexed is not None:
        assert (indexed.account_id, indexed.contact_id) == ("acme", 123)
        assert indexed.written_at == LATER
