"""Compare storage designs for values by the capacity units of reads and writes.

It builds the items of each design and computes their units, without an engine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.capacity import Item, item_size, query_units, transaction_units, write_units
from benchmarks.stage import LONG_AGO, TYPICAL, VALUE, names, typical_contact
from shared.domain.definitions import VariableType
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys, value_items
from shared.table.contact_items import contact_item
from shared.table.operations import MAX_WRITES, as_item

_ACCOUNT = "account-000"
_CONTACT = contact_item(_ACCOUNT, typical_contact(), TYPICAL)
_SUBJECT = Subject.contact(typical_contact().contact_id)


@dataclass(frozen=True)
class Workload:
    """A number of variables to set, adjacent or spread, of all variables of a contact."""

    count: int
    variables: int
    spread: bool = False

    @property
    def slots(self) -> Sequence[int]:
        """Return the slots to set."""
        step = self.variables // self.count if self.spread else 1
        return range(0, self.count * step, step)


@dataclass(frozen=True)
class Design:
    """A storage design.

    `set_units` returns the write units of one atomic update of values, or None if it exceeds a
    transaction. `read_units` returns the read units of a contact with all values.
    """

    name: str
    set_units: Callable[[Workload], int | None]
    read_units: Callable[[int], float]


SETS = (
    Workload(1, 32),
    Workload(4, 32),
    Workload(4, 32, spread=True),
    Workload(32, 32),
    Workload(4, 100, spread=True),
    Workload(32, 400, spread=True),
    Workload(99, 400),
    Workload(100, 400),
)

READS = (10, 32, 100, 200, 400)
"""Numbers of variables of the contacts that are read."""


def _item_per_value(slot: int) -> Item:
    assignment = _assignment(slot)
    facts = {
        "name": assignment.name,
        "value": assignment.value,
        "variable_type": assignment.variable_type,
        "updated_at": LONG_AGO,
    }
    partition = keys.subject(_ACCOUNT, _SUBJECT).pk
    return codec.entity_item(keys.Key(partition, f"VALUE#{slot:06d}"), "value", facts)


def _set_items(workload: Workload) -> int | None:
    written = [_item_per_value(slot) for slot in workload.slots]
    # A single write needs no check, because a value implies that its contact exists.
    return _write(written, checked=_CONTACT if len(written) > 1 else None)


def _read_items(variables: int) -> float:
    return _query([_CONTACT, *map(_item_per_value, range(variables))])


def _page(per_page: int, page: int, variables: int) -> Item:
    slots = range(page * per_page, min((page + 1) * per_page, variables))
    key = keys.values_page(_ACCOUNT, _SUBJECT, page)
    kept = {
        value_items.value_attribute(slot): value_items.encode_value(
            _assignment(slot), TYPICAL, generation=""
        )
        for slot in slots
    }
    written = {
        codec.ATTRIBUTION: codec.encode_attribution(TYPICAL),
        value_items.WRITES: codec.encode(1),
    }
    return {**as_item(key), **codec.entity_attributes("values"), **written, **kept}


def _set_pages(per_page: int, workload: Workload) -> int | None:
    touched = sorted({slot // per_page for slot in workload.slots})
    written = [_page(per_page, page, workload.variables) for page in touched]
    return _write(written, checked=_CONTACT if len(written) > 1 else None)


def _read_pages(per_page: int, variables: int) -> float:
    pages = range(-(-variables // per_page))
    return _query([_CONTACT, *(_page(per_page, page, variables) for page in pages)])


def _contact_with_page(variables: int) -> Item:
    return {**_page(keys.VALUES_PER_PAGE, 0, variables), **_CONTACT}


def _set_pages_from_contact(workload: Workload) -> int | None:
    per_page = keys.VALUES_PER_PAGE
    contact = _contact_with_page(workload.variables)
    touched = sorted({slot // per_page for slot in workload.slots})
    later = [_page(per_page, page, workload.variables) for page in touched if page]
    if 0 in touched:
        return _write([contact, *later], checked=None)
    return _write(later, checked=contact if len(later) > 1 else None)


def _read_pages_from_contact(variables: int) -> float:
    per_page = keys.VALUES_PER_PAGE
    later = range(1, -(-variables // per_page))
    pages = [_page(per_page, page, variables) for page in later]
    return _query([_contact_with_page(variables), *pages])


def _write(written: Sequence[Item], checked: Item | None) -> int | None:
    if checked is None and len(written) == 1:
        return write_units(written[0], written[0])
    in_transaction = [*written, *([checked] if checked else [])]
    if len(in_transaction) > MAX_WRITES:
        return None
    return sum(transaction_units(item, item) for item in in_transaction)


def _query(found: Sequence[Item]) -> float:
    return query_units(found, consistent=True)


def _assignment(slot: int) -> Assignment:
    return Assignment(slot, _NAMES[slot], VariableType.TEXT, VALUE)


_NAMES = names(max(workload.variables for workload in SETS))

PAGE_BYTES = item_size(_page(keys.VALUES_PER_PAGE, 0, keys.VALUES_PER_PAGE))
"""The size of a full page with typical values."""


def _pages_of(per_page: int, note: str = "") -> Design:
    return Design(
        f"pages of {per_page}{note}",
        partial(_set_pages, per_page),
        partial(_read_pages, per_page),
    )


DESIGNS = (
    Design("an item per value", _set_items, _read_items),
    _pages_of(16),
    _pages_of(keys.VALUES_PER_PAGE, " (built)"),
    _pages_of(64),
    Design(
        "pages of 32, the first on the contact", _set_pages_from_contact, _read_pages_from_contact
    ),
)
