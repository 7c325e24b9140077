"""Values in the table: 32 slots share an item, a set within one of them is one request."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.contacts import Contact
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.variables import (
    Assignment,
    ContextType,
    Definition,
    SlotIndex,
    StoredValue,
    Subject,
    Tombstone,
    VariableLookup,
)
from shared.table import items, keys
from shared.table.definitions import read_slot_index
from shared.table.dynamo import Item, Table, check, key_of
from shared.table.pages import (
    EXISTS,
    ValuesWrite,
    read_values,
    removals,
    small_update,
    write_in_parts,
)

VALUES = "VALUES#"
"""What the sort keys of all pages and parts of values start with."""

_READS = 5
"""How often values are read that change while they are read."""


class VariableTable:
    """The adapter of the port `Variables`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> VariableLookup:
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
        return VariableLookup(contact, definitions)

    def save(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        *,
        in_parts: bool = False,
    ) -> None:
        """Write values and the definitions made for them, all or none.

        Definitions that do not fit into one transaction with the values are made before them.
        WriteConflict if the subject is gone or a name was defined meanwhile; ContextTooLarge
        beyond what one transaction can hold, which in parts is written in several.
        """
        if not created and self._save_page(account_id, subject, assignments, by):
            return
        ValuesWrite(
            account_id=account_id,
            subject=subject,
            assignments=assignments,
            by=by,
            others=()
            if _is_business(subject)
            else [check(keys.subject(account_id, subject), EXISTS)],
            created=created,
            in_parts=in_parts,
        ).apply(self._table)

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Every value stored on a subject, in order of slot, by the names of today."""
        partition = keys.subject(account_id, subject).pk
        for _ in range(_READS):
            try:
                values = read_values(self._table.query(partition, VALUES))
            except items.InconsistentRead:
                continue
            return with_slot_index(self._table, account_id, subject.context_type, values)
        raise Unavailable

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition
    ) -> StoredValue | None:
        """The value of one variable on a subject, or None."""
        page = keys.page_of(definition.slot)
        item = self._table.get(keys.values_page(account_id, subject, page))
        values = self._on_page(account_id, subject, item) if item else ()
        found = [value for value in values if value.slot == definition.slot]
        return replace(found[0], name=definition.name) if found else None

    def values_of_many(
        self, account_id: str, contact_ids: Sequence[int], definition: Definition
    ) -> dict[int, StoredValue]:
        """The values of one variable on those contacts that have one, by contact."""
        page = keys.page_of(definition.slot)
        contacts = {
            keys.values_page(account_id, Subject.contact(each), page): each for each in contact_ids
        }
        found = {contacts[key_of(item)]: item for item in self._table.get_many(list(contacts))}
        return {
            contact_id: replace(value, name=definition.name)
            for contact_id, item in found.items()
            for value in self._on_page(account_id, Subject.contact(contact_id), item)
            if value.slot == definition.slot
        }

    def clear(
        self,
        account_id: str,
        subject: Subject,
        by: Attribution,
        sees: Callable[[Audience], bool],
    ) -> None:
        """Remove the values of a subject whose audience the caller is in, else WriteConflict.

        They are removed at once, or page by page beyond one write. Nothing is removed that was not
        read: of a set that comes between, all stays or none.
        """
        found = list(self._table.query(keys.subject(account_id, subject).pk, VALUES))
        if not found:
            return
        # Read after the values, so that it has the audience of each of them.
        index = read_slot_index(self._table, account_id, subject.context_type)
        hidden = {slot for slot, audience in index.audiences.items() if not sees(audience)}
        write_in_parts(self._table, removals(found, by, hidden), ())

    def _on_page(self, account_id: str, subject: Subject, page: Item) -> Sequence[StoredValue]:
        if items.LARGE_VALUES in page:
            return self.list(account_id, subject)
        return items.to_values(page, {})

    def _save_page(
        self, account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
    ) -> bool:
        # A page exists only on a subject that exists, so finding it spares the check of both.
        change = small_update(account_id, subject, assignments, by)
        if change is None:
            return False
        if not _is_business(subject):
            change["Update"]["ConditionExpression"] += f" AND {EXISTS}"
        try:
            self._table.write([change])
        except WriteConflict:
            return False
        return True


def with_slot_index(
    table: Table, account_id: str, context_type: ContextType, values: Sequence[StoredValue]
) -> tuple[StoredValue, ...]:
    """Give values their current names and their audiences; leave out those of displaced ones.

    The index is read after the values, so that it has the audience of each of them.
    """
    if not values:
        return ()
    index = read_slot_index(table, account_id, context_type)
    return tuple(_indexed(value, index) for value in values if index.names.get(value.slot) != "")


def _indexed(value: StoredValue, index: SlotIndex) -> StoredValue:
    name = index.names.get(value.slot, value.name)
    audience = index.audience_of(value.slot)
    if name == value.name and audience == WHOLE_ACCOUNT:
        return value
    return replace(value, name=name, audience=audience)


def _is_business(subject: Subject) -> bool:
    return subject.context_type is ContextType.BUSINESS
