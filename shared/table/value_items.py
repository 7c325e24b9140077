"""Convert pages to the values of variables.

A page is one item with 32 value slots, `s<slot>`. The slot of a value over 8,192 bytes has a
reference to parts instead of the text, see `part_references`. An earlier release stored such a
value in legacy parts: items of the same partition, written in one transaction with the page.
"""

from collections.abc import Container, Mapping
from typing import Any

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution
from shared.domain.json_values import Value
from shared.domain.values import Assignment, StoredValue
from shared.table import codec
from shared.table.operations import Item
from shared.table.part_references import InconsistentRead, PageReference, Reference
from shared.table.value_records import Record, decode_record, encode_record, refers_to_parts

LEGACY_PARTS_TOKEN = "large_values"  # noqa: S105 - the name of an attribute
"""The attribute of a page with a token that changes with its values in legacy parts.

A page without such values does not have the attribute. No new legacy parts are written.
"""

WRITES = "writes"
"""The number of writes to a page. Readers of the table's stream find missing records by it."""

HAS_PARTS: Item = {"has_parts": {"BOOL": True}}
"""The attribute of a page that refers, or has referred, to parts.

The trigger that deletes parts receives the stream records of such pages alone.
"""

MAX_BYTES_ON_PAGE = 8192
"""The largest text on a page, in bytes of UTF-8: 32 of them and their names fit an item."""

_VALUE_PREFIX = "s"


def value_attribute(slot: int) -> str:
    """Return the attribute of a page with the value of a slot."""
    return f"{_VALUE_PREFIX}{slot}"


def is_large(value: Value | None) -> bool:
    """Return whether a value is too large for a page."""
    # A character has at most four bytes in UTF-8, so a short text need not be encoded.
    if not isinstance(value, str) or len(value) * 4 <= MAX_BYTES_ON_PAGE:
        return False
    return len(value.encode()) > MAX_BYTES_ON_PAGE


def as_stored(assignment: Assignment, by: Attribution) -> StoredValue:
    """Return the value that a write of an assignment stores."""
    record = decode_record(encode_record(assignment, assignment.value, by))
    return _stored_value(assignment.slot, record, record.value)


def part_size(part: Item) -> int:
    """Return the number of bytes of text in a legacy part."""
    return len(part["text"]["B"])


def value_slots(page: Item) -> list[int]:
    """Return the slots of a page that have values, in ascending order."""
    return codec.numbered_attributes(page, _VALUE_PREFIX)


def legacy_part_counts(page: Item) -> dict[int, int]:
    """Return the number of parts of each value in legacy parts, by slot."""
    if LEGACY_PARTS_TOKEN not in page:
        return {}
    stored = {slot: record.value for slot, record in stored_records(page).items()}
    return {slot: value["parts"] for slot, value in stored.items() if _is_in_legacy_parts(value)}


def page_references(page: Item) -> dict[int, PageReference]:
    """Return the references of a page to parts, by slot."""
    # Hardly any page has a reference, and sorting the slots of a page takes much longer than this.
    if not any(map(_may_refer_to_parts, page.values())):
        return {}
    found = {
        slot: Reference.of(decode_record(page[value_attribute(slot)]).value)
        for slot in value_slots(page)
        if refers_to_parts(page[value_attribute(slot)])
    }
    pk = page["pk"]["S"] if found else ""
    return {slot: PageReference(pk, slot, each) for slot, each in found.items() if each}


def to_values(
    page: Item,
    parts: Mapping[int, Mapping[int, Item]],
    texts: Mapping[PageReference, str],
    slots: Container[int] | None = None,
) -> list[StoredValue]:
    """Build the values of a page, in order of slot.

    Args:
        page: The page item.
        parts: The legacy part items, by slot and part number.
        texts: The texts that the page refers to.
        slots: The slots of the values. None for all.

    Raises:
        InconsistentRead: A part of a large value is missing, or a legacy part has another token.
    """
    return [
        _stored_value(
            slot,
            record,
            _large_value(page, slot, record, parts.get(slot, {}), texts)
            if isinstance(record.value, dict)
            else record.value,
        )
        for slot, record in stored_records(page, slots).items()
    ]


def small_values(page: Item) -> tuple[list[StoredValue], list[int]]:
    """Return the values of a page that are not large, and the slots of those that are."""
    records = stored_records(page)
    large = [slot for slot, record in records.items() if isinstance(record.value, dict)]
    for slot in large:
        del records[slot]
    return [_stored_value(slot, record, record.value) for slot, record in records.items()], large


def stored_record(page: Item, slot: int) -> Record | None:
    """Return the record of a slot, or None if the slot has no value."""
    attribute = page.get(value_attribute(slot))
    return decode_record(attribute) if attribute else None


def stored_records(page: Item, slots: Container[int] | None = None) -> dict[int, Record]:
    """Return the records of a page by slot. The value of a large one is its reference, a dict.

    Args:
        page: The page item.
        slots: The slots to return. None for all.
    """
    return {
        slot: decode_record(page[value_attribute(slot)])
        for slot in value_slots(page)
        if slots is None or slot in slots
    }


def _may_refer_to_parts(attribute: Mapping[str, Any]) -> bool:
    members = attribute.get("L")
    return members is not None and len(members) > 1 and refers_to_parts(attribute)


def _large_value(
    page: Item,
    slot: int,
    record: Record,
    parts: Mapping[int, Item],
    texts: Mapping[PageReference, str],
) -> Value:
    reference = Reference.of(record.value)
    if reference:
        return texts[PageReference(page["pk"]["S"], slot, reference)]
    return _join(record.value, parts)


def _is_in_legacy_parts(value: Any) -> bool:
    return isinstance(value, dict) and "parts" in value


def _stored_value(slot: int, record: Record, value: Value) -> StoredValue:
    return StoredValue(
        slot,
        record.name,
        value,
        record.variable_type,
        record.updated_at,
        WHOLE_ACCOUNT,
        record.version,
        record.source,
        record.set_by,
        record.confidence,
        record.has_evidence,
    )


def _join(reference: Mapping[str, Any], parts: Mapping[int, Item]) -> str:
    found = [parts.get(number) for number in range(reference["parts"])]
    token = reference["stamp"]
    texts = [part["text"]["B"] for part in found if part and part["stamp"]["S"] == token]
    if len(texts) < reference["parts"]:
        raise InconsistentRead
    return b"".join(texts).decode()
