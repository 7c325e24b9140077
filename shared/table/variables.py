"""Store the values of variables."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from shared.domain.accounts import Attribution, Audience
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.values import Assignment, StoredValue, Subject, VariableLookup
from shared.table import contact_items, keys, value_items
from shared.table.definition_memory import DefinitionMemory
from shared.table.definition_reads import DefinitionReads, read_slot_index
from shared.table.dynamo import Table
from shared.table.head_writes import raise_business
from shared.table.operations import EXISTS, Item, check, key_of
from shared.table.page_removal import clear_pages
from shared.table.page_writes import ValuesWrite, single_page_update
from shared.table.pages import read_values
from shared.table.transactions import write_in_parts

_MAX_READS = 5
"""How often to read values that are changed during the read."""


class VariableTable:
    """The adapter of the port `Variables`."""

    def __init__(self, table: Table, memory: DefinitionMemory | None = None) -> None:
        self._table = table
        self._reads = DefinitionReads(table, memory)

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> VariableLookup:
        """Find the definitions of names and, for a contact subject, the contact.

        Sends one request for each 100 names.
        """
        is_contact = subject.context_type is ContextType.CONTACT
        beside = [keys.subject(account_id, subject)] if is_contact else []
        definitions, items = self._reads.by_names(account_id, subject.context_type, names, beside)
        contact = contact_items.to_contact(items[0]) if items else None
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
        """Write all values or none, and the new definitions that they need.

        Definitions that do not fit into the transaction are created before the values.

        Args:
            account_id: The account.
            subject: The contact, conversation or business.
            assignments: The values to set. None removes a value.
            created: New definitions.
            by: Who sets the values.
            in_parts: Use several transactions if one is too small. A failure can then leave some
                of the values written.

        Raises:
            WriteConflict: The subject does not exist, or another request wrote a page or
                created a definition.
            ContextTooLarge: The writes do not fit into a transaction, and `in_parts` is false.
        """
        is_business = _is_business(subject)
        if not (created or is_business) and self._save_page(account_id, subject, assignments, by):
            return
        subject_exists = check(keys.subject(account_id, subject), EXISTS)
        ValuesWrite(
            account_id=account_id,
            subject=subject,
            assignments=assignments,
            by=by,
            others=[raise_business(account_id) if is_business else subject_exists],
            created=created,
            in_parts=in_parts,
        ).apply(self._table)

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Return all values of a subject in order of slot, with their current names.

        Raises:
            Unavailable: Large values were changed during each of several reads.
        """
        partition = keys.subject(account_id, subject).pk
        for _ in range(_MAX_READS):
            try:
                values = read_values(self._table.query(partition, keys.VALUES))
            except value_items.InconsistentRead:
                continue
            return self._reads.index_values(account_id, subject.context_type, values)
        raise Unavailable

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition
    ) -> StoredValue | None:
        """Return the value of one variable on a subject, or None."""
        page = keys.page_of(definition.slot)
        item = self._table.get(keys.values_page(account_id, subject, page))
        values = self._values_on(item, account_id, subject) if item else ()
        found = [value for value in values if value.slot == definition.slot]
        return replace(found[0], name=definition.name) if found else None

    def values_of_many(
        self, account_id: str, contact_ids: Sequence[int], definition: Definition
    ) -> dict[int, StoredValue]:
        """Return the values of one variable by contact id. Contacts without a value are absent."""
        page = keys.page_of(definition.slot)
        contacts = {
            keys.values_page(account_id, Subject.contact(each), page): each for each in contact_ids
        }
        found = {contacts[key_of(item)]: item for item in self._table.get_many(list(contacts))}
        return {
            contact_id: replace(value, name=definition.name)
            for contact_id, item in found.items()
            for value in self._values_on(item, account_id, Subject.contact(contact_id))
            if value.slot == definition.slot
        }

    def clear(
        self,
        account_id: str,
        subject: Subject,
        by: Attribution,
        sees: Callable[[Audience], bool],
    ) -> None:
        """Remove the values of a subject that the caller can see.

        Uses one transaction, or one for each group of pages that fits. Only values that were read
        are removed: a concurrent set keeps all of its values on a page or none.

        Args:
            account_id: The account.
            subject: The contact, conversation or business.
            by: Who removes the values.
            sees: Returns whether the caller can see values of an audience.

        Raises:
            WriteConflict: Another request wrote a page. Pages before it may have been cleared.
        """
        found = list(self._table.query(keys.subject(account_id, subject).pk, keys.VALUES))
        if not found:
            return
        # Read the index after the values, so that it has the audience of each of them.
        index = read_slot_index(self._table, account_id, subject.context_type)
        hidden = {slot for slot, audience in index.audiences.items() if not sees(audience)}
        write_in_parts(self._table, clear_pages(found, by, hidden), ())

    def _values_on(self, page: Item, account_id: str, subject: Subject) -> Sequence[StoredValue]:
        if value_items.GENERATION in page:
            return self.list(account_id, subject)
        return value_items.to_values(page, {})

    def _save_page(
        self, account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
    ) -> bool:
        """Set values on an existing page with one update; return whether that was possible."""
        write = single_page_update(account_id, subject, assignments, by)
        if write is None:
            return False
        # A page exists only if its subject does, so the subject need not be checked.
        write["Update"]["ConditionExpression"] += f" AND {EXISTS}"
        try:
            self._table.write([write])
        except WriteConflict:
            return False
        return True


def _is_business(subject: Subject) -> bool:
    return subject.context_type is ContextType.BUSINESS
