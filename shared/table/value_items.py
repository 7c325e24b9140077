"""Convert the values of variables to pages and part items, and back.

A page is one item with 32 value slots, `s<slot>`. A value over 8,192 bytes is stored as separate
part items. Its slot then has a reference instead of the text.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.json_values import Value
from shared.domain.values import Assignment, StoredValue
from shared.table import codec
from shared.table.keys import Key
from shared.table.operations import Item, as_item
from shared.table.value_records import Record, decode_record, encode_record

GENERATION = "large_values"
"""The generation of a page: a token that each write of a large value on the page replaces.

A page without large values does not have the attribute.
"""

WRITES = "writes"
"""The number of writes to a page. Readers of the table's stream find missing records by it."""

MAX_BYTES_ON_PAGE = 8192
"""The largest text on a page, in bytes of UTF-8: 32 of them and their names fit an item."""

_PART_BYTES = 300_000
"""The size of a part: with its other attributes it fits an item of 400 KB."""

_VALUE_PREFIX = "s"


class InconsistentRead(Exception):
    """The page and the parts of a large value are of different generations."""


def value_attribute(slot: int) -> str:
    """Return the attribute of a page with the value of a slot."""
    return f"{_VALUE_PREFIX}{slot}"


def is_large(value: Value | None) -> bool:
    """Return whether a value is too large for a page."""
    # A character has at most four bytes in UTF-8, so a short text need not be encoded.
    if not isinstance(value, str) or len(value) * 4 <= MAX_BYTES_ON_PAGE:
        return False
    return len(value.encode()) > MAX_BYTES_ON_PAGE


def split(value: Value | None) -> list[bytes]:
    """Split a large value into parts."""
    text = str(value).encode()
    return [text[start : start + _PART_BYTES] for start in range(0, len(text), _PART_BYTES)]


def encode_value(assignment: Assignment, by: Attribution, generation: str) -> dict[str, Any]:
    """Build the attribute of a slot, the record of a value.

    Args:
        assignment: The value to set.
        by: Who sets it, and when.
        generation: The generation of the parts, if the value is large. The record then has an
            object in place of the value: the number of parts, the generation, the size in bytes
            and the SHA-256.
    """
    value: Any = assignment.value
    if is_large(value):
        text = str(value).encode()
        # As bytes it takes half of its hexadecimal form, which earlier records have.
        digest = sha256(text).digest()
        value = {
            "parts": len(split(value)),
            "stamp": generation,
            "bytes": len(text),
            "sha256": digest,
        }
    return encode_record(assignment, value, by)


def as_stored(assignment: Assignment, by: Attribution) -> StoredValue:
    """Return the value that a write of an assignment stores."""
    record = decode_record(encode_record(assignment, assignment.value, by))
    return _stored_value(assignment.slot, record, record.value)


def value_part_item(key: Key, generation: str, text: bytes) -> Item:
    """Build the item of one part of a large value."""
    return {
        **as_item(key),
        **codec.entity_attributes("value_part"),
        "stamp": {"S": generation},
        "text": {"B": text},
    }


def part_size(part: Item) -> int:
    """Return the number of bytes of text in a part."""
    return len(part["text"]["B"])


def value_slots(page: Item) -> list[int]:
    """Return the slots of a page that have values, in ascending order."""
    return codec.numbered_attributes(page, _VALUE_PREFIX)


def large_slots(page: Item) -> dict[int, int]:
    """Return the number of parts of each large value of a page, by slot."""
    if GENERATION not in page:
        return {}
    stored = {slot: record.value for slot, record in stored_records(page).items()}
    return {slot: value["parts"] for slot, value in stored.items() if isinstance(value, dict)}


def to_values(page: Item, parts: Mapping[int, Mapping[int, Item]]) -> list[StoredValue]:
    """Build the values of a page, in order of slot.

    Args:
        page: The page item.
        parts: The part items of large values by slot and part number.

    Raises:
        InconsistentRead: A part of a large value is missing or has another generation.
    """
    return [
        _to_value(slot, record, parts.get(slot, {}))
        for slot, record in stored_records(page).items()
    ]


def without_slots(page: Item, slots: Collection[int]) -> Item:
    """Return a page without the values of some slots."""
    dropped = {value_attribute(slot) for slot in slots}
    return {name: value for name, value in page.items() if name not in dropped}


def stored_record(page: Item, slot: int) -> Record | None:
    """Return the record of a slot, or None if the slot has no value."""
    attribute = page.get(value_attribute(slot))
    return decode_record(attribute) if attribute else None


def stored_records(page: Item) -> dict[int, Record]:
    """Return the records of a page by slot. The value of a large one is its reference, a dict."""
    return {slot: decode_record(page[value_attribute(slot)]) for slot in value_slots(page)}


def _to_value(slot: int, record: Record, parts: Mapping[int, Item]) -> StoredValue:
    value = _join(record.value, parts) if isinstance(record.value, dict) else record.value
    return _stored_value(slot, record, value)


def _stored_value(slot: int, record: Record, value: Value) -> StoredValue:
    return StoredValue(
        slot,
        record.name,
        value,
        record.variable_type,
        record.updated_at,
        version=record.version,
        source=record.source,
        set_by=record.set_by,
        confidence=record.confidence,
        has_evidence=record.has_evidence,
    )


def _join(reference: Mapping[str, Any], parts: Mapping[int, Item]) -> str:
    found = [parts.get(number) for number in range(reference["parts"])]
    generation = reference["stamp"]
    texts = [part["text"]["B"] for part in found if part and part["stamp"]["S"] == generation]
    if len(texts) < reference["parts"]:
        raise InconsistentRead
    return b"".join(texts).decode()
