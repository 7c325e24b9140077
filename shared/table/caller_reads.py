"""Read what is known about a caller in as few requests as possible."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar

from shared.domain.contacts import Identifier
from shared.domain.deadlines import Pending
from shared.domain.resolutions import CallerRecord
from shared.domain.values import BUSINESS, StoredValue, Subject
from shared.table import codec, contact_items, keys, value_items
from shared.table.dynamo import Table
from shared.table.merged_contacts import survivor_of
from shared.table.pages import read_values
from shared.table.variables import VariableTable

_CONTACT_ID = "contact_id"
_Lookup = tuple[str, Identifier]

_BEGUN: ContextVar[tuple[_Lookup, Pending[Sequence[int]]] | None] = ContextVar(
    "begun_lookup", default=None
)


class CallerTable:
    """The adapter of the port `CallerReads`."""

    def __init__(self, table: Table, variables: VariableTable) -> None:
        self._table = table
        self._variables = variables

    def begin(self, account_id: str, identifier: Identifier) -> None:
        """Begin to look up an identifier in a thread of its own, for `contact_ids`."""
        pending = Pending(lambda: self._look_up(account_id, identifier))
        _BEGUN.set(((account_id, identifier), pending))

    def contact_ids(self, account_id: str, identifier: Identifier) -> Sequence[int]:
        """Return the ids of the contacts with an identifier.

        Takes the result of `begin` once, if that was for the same identifier.
        """
        begun = _BEGUN.get()
        if begun is not None and begun[0] == (account_id, identifier):
            _BEGUN.set(None)
            return begun[1].result()
        return self._look_up(account_id, identifier)

    def contact(self, account_id: str, contact_id: int) -> CallerRecord | None:
        """Return a contact with its values in one Query, without parts of large values.

        Returns the survivor of a merged contact, with two more requests.
        """
        found = self._read(account_id, contact_id)
        if found is not None:
            return found
        survivor = survivor_of(self._table, account_id, contact_id)
        return None if survivor is None else self._read(account_id, survivor)

    def _read(self, account_id: str, contact_id: int) -> CallerRecord | None:
        first = keys.subject(account_id, Subject.contact(contact_id))
        last = keys.Key(first.pk, keys.AFTER_PAGES)
        found = list(self._table.query_between(first, last))
        profiles = [item for item in found if item["entity"]["S"] == "contact"]
        if not profiles:
            return None
        values: dict[int, StoredValue] = {}
        large: set[int] = set()
        for page in (item for item in found if item["entity"]["S"] == "values"):
            small, others = value_items.small_values(page)
            values |= {each.slot: each for each in small}
            large.update(others)
        return CallerRecord(contact_items.to_contact(profiles[0]), values, frozenset(large))

    def business(self, account_id: str) -> Mapping[int, StoredValue]:
        """Return the values of the business by slot, large ones included."""
        partition = keys.subject(account_id, BUSINESS).pk
        found = read_values(self._table, self._table.query(partition, keys.VALUES))
        return {each.slot: each for each in found}

    def contact_values(self, account_id: str, contact_id: int) -> Mapping[int, StoredValue]:
        """Return the values of a contact by slot, large ones included."""
        found = self._variables.list(account_id, Subject.contact(contact_id))
        return {each.slot: each for each in found}

    def _look_up(self, account_id: str, identifier: Identifier) -> Sequence[int]:
        partition = keys.identifier_partition(account_id, identifier)
        claim = keys.claim(account_id, identifier).sk
        entries = self._table.query(partition)
        return [codec.decode(each[_CONTACT_ID]) for each in entries if each["sk"]["S"] != claim]
