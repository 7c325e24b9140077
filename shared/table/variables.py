"""Values in the table: 32 slots share an item, a set within one of them is one request.

The table of costs that decided for pages is in `docs/adr/0001-pages-of-values.md`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.model import (
    Assignment,
    Contact,
    ContextType,
    Definition,
    StoredValue,
    Subject,
    Tombstone,
)
from shared.domain.ports import Found
from shared.table import items, keys
from shared.table.definitions import WRITES_PER_DEFINITION, creation
from shared.table.dynamo import MAX_WRITES, Item, Table, Write, check, update

_VALUES = "VALUES#"
_EXISTS = "attribute_exists(pk)"
_CREATION_WRITES = MAX_WRITES - MAX_WRITES % WRITES_PER_DEFINITION
"""The writes of as many whole definitions as a transaction holds."""


class VariableTable:
    """The adapter of the port `Variables`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> Found:
        """The contact (for a contact subject) and what the names stand for, in one read."""
        wanted = [keys.definition(account_id, subject.context_type, name) for name in names]
        if subject.context_type is ContextType.CONTACT:
            wanted.insert(0, keys.subject(account_id, subject))
        contact: Contact | None = None
        definitions: dict[str, Definition | Tombstone] = {}
        for item in self._table.get_many(wanted):
            if item["entity"]["S"] == "contact":
                contact = items.to_contact(item)
                continue
            definition = items.to_definition(item)
            definitions[definition.name] = definition
        return Found(contact, definitions)

    def save(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        at: datetime,
    ) -> None:
        """Write values and the definitions made for them, all or none.

        Definitions that do not fit into one transaction with the values are made before them.
        WriteConflict if the subject is gone or a name was defined meanwhile; ContextTooLarge
        beyond what one transaction can hold.
        """
        pages = list(_pages(assignments))
        if len(pages) == 1 and not created and self._save_page(account_id, subject, *pages[0], at):
            return
        writes = [_page_update(account_id, subject, page, values, at) for page, values in pages]
        if subject.context_type is not ContextType.BUSINESS:
            writes.insert(0, check(keys.subject(account_id, subject), _EXISTS))
        write_with_definitions(self._table, account_id, writes, created)

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Every value stored on a subject, in order of slot."""
        partition = keys.subject(account_id, subject).pk
        pages = self._table.query(partition, _VALUES)
        return tuple(value for page in pages for value in items.to_values(page))

    def _save_page(
        self,
        account_id: str,
        subject: Subject,
        page: int,
        values: Sequence[Assignment],
        at: datetime,
    ) -> bool:
        # A page exists only on a subject that exists, so finding it spares the check of both.
        if subject.context_type is ContextType.BUSINESS:
            self._table.write([_page_update(account_id, subject, page, values, at)])
            return True
        try:
            self._table.write([_page_update(account_id, subject, page, values, at, _EXISTS)])
        except WriteConflict:
            return False
        return True


def write_with_definitions(
    table: Table, account_id: str, writes: Sequence[Write], created: Sequence[Definition]
) -> None:
    """Write all of it in one transaction, or the definitions first where that is too much.

    Definitions that are made and then not used harm nobody; values without definitions would.
    """
    if len(writes) > MAX_WRITES:
        raise ContextTooLarge
    creations = [write for each in created for write in creation(account_id, each)]
    if len(writes) + len(creations) <= MAX_WRITES:
        table.write([*writes, *creations])
        return
    for start in range(0, len(creations), _CREATION_WRITES):
        table.write(creations[start : start + _CREATION_WRITES])
    table.write(writes)


def new_pages(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], at: datetime
) -> list[Item]:
    """The pages of a subject that is new; the first one always, so that a set finds it."""
    values = {0: [], **dict(_pages([each for each in assignments if each.value is not None]))}
    return [
        items.values_page_item(keys.values_page(account_id, subject, page), each, at)
        for page, each in values.items()
    ]


def page_updates(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], at: datetime
) -> list[Write]:
    """What sets and removes values on a subject whose existence another write checks."""
    return [
        _page_update(account_id, subject, page, values, at) for page, values in _pages(assignments)
    ]


def _pages(assignments: Sequence[Assignment]) -> Iterator[tuple[int, list[Assignment]]]:
    in_order = sorted(assignments, key=lambda each: each.slot)
    for page, values in groupby(in_order, key=lambda each: keys.page_of(each.slot)):
        yield page, list(values)


def _page_update(
    account_id: str,
    subject: Subject,
    page: int,
    values: Sequence[Assignment],
    at: datetime,
    condition: str | None = None,
) -> Write:
    sets = {
        items.value_attribute(each.slot): items.stored_value(each, at)
        for each in values
        if each.value is not None
    }
    removes = [items.value_attribute(each.slot) for each in values if each.value is None]
    key = keys.values_page(account_id, subject, page)
    return update(key, {**items.entity_mark("values"), **sets}, removes, condition)
