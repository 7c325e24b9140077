"""Convert Python values to DynamoDB attribute values and back.

Every item has the attributes `entity`, its type, and `v`, the schema version. An attribute that
would have its default value is left out.
"""

from base64 import b64decode
from collections.abc import Hashable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from shared.domain.accounts import Attribution
from shared.domain.sources import Source
from shared.table.keys import Key
from shared.table.operations import Item, as_item
from shared.table.source_letters import LETTERS, SOURCES

SCHEMA_VERSION = 1

ATTRIBUTION = "written_by"
"""The attribute with the last write's time, channel, API key id, request id and origin id, and
its source if it has one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entity_item(key: Key, entity: str, attributes: Mapping[str, Any]) -> Item:
    """Build an item.

    Args:
        key: The primary key.
        entity: The type of the item.
        attributes: Plain Python values. Those that are None are left out.
    """
    present = {name: encode(value) for name, value in attributes.items() if value is not None}
    return {**as_item(key), **entity_attributes(entity), **present}


def entity_attributes(entity: str) -> Item:
    """Build the attributes that every item has."""
    return {"entity": {"S": entity}, "v": {"N": str(SCHEMA_VERSION)}}


def encode(value: Any) -> dict[str, Any]:
    """Convert a string, number, boolean, bytes, None, sequence, mapping or datetime."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {name: encode(member) for name, member in value.items()}}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, datetime):
        return {"N": str(to_milliseconds(value))}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    return {"L": [encode(element) for element in value]}


def decode(attribute: Mapping[str, Any]) -> Any:
    """Convert an attribute value to a plain value. A whole number becomes an int."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return _to_number(value)
        case "B":
            # Records of the stream have bytes as Base64.
            return b64decode(value) if isinstance(value, str) else value
        case "L":
            return [decode(element) for element in value]
        case "M":
            return {name: decode(member) for name, member in value.items()}
    return None


def decode_item(item: Item) -> dict[str, Any]:
    """Decode all attributes of an item."""
    return {name: decode(value) for name, value in item.items()}


def decode_fields(item: Item, record_type: type[Any]) -> dict[str, Any]:
    """Decode the attributes that are fields of a dataclass.

    Other attributes are ignored: a later version of the code may have added them.
    """
    names = _field_names(cast("Hashable", record_type))
    return {name: decode(value) for name, value in item.items() if name in names}


def field_values(record: Any) -> dict[str, Any]:
    """Return the fields of a dataclass by name, without the deep copy of `asdict`."""
    return {spec.name: getattr(record, spec.name) for spec in fields(record)}


def to_milliseconds(at: datetime) -> int:
    """Convert a datetime to milliseconds since the epoch, the stored format."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def to_datetime(milliseconds: int) -> datetime:
    """Convert milliseconds since the epoch to a datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def ttl(at: datetime) -> dict[str, str]:
    """Build the value of the TTL attribute: seconds since the epoch."""
    return {"N": str(int(at.timestamp()))}


def encode_attribution(by: Attribution) -> dict[str, Any]:
    """Build the value of the attribute `written_by`.

    It is a list, because DynamoDB stores the names of a map's members with every item.
    """
    return encode(attribution_members(by))


def attribution_members(by: Attribution) -> list[Any]:
    """Return the members of an attribution, as `decode_attribution` takes them."""
    letter = [] if by.value_source is Source.API else [LETTERS[by.value_source]]
    return [by.at, by.channel, by.key_id, by.request_id, by.origin_id, *letter]


def to_attribution(item: Item) -> Attribution:
    """Return who wrote an item last."""
    return decode_attribution(decode(item[ATTRIBUTION]))


def decode_attribution(plain: list[Any]) -> Attribution:
    """Build an attribution from the decoded list of `written_by`.

    The letter of the values' source is left out if it is that of `api`.
    """
    at, channel, key_id, request_id, origin_id, *letter = plain
    value_source = SOURCES[letter[0]] if letter else Source.API
    return Attribution(to_datetime(at), channel, key_id, request_id, origin_id, value_source)


def numbered_attributes(item: Item, prefix: str) -> list[int]:
    """Return the numbers of the attributes named `<prefix><number>`, in ascending order."""
    return sorted(
        int(name[len(prefix) :])
        for name in item
        if name.startswith(prefix) and name[len(prefix) :].isdigit()
    )


@cache
def _field_names(record_type: Any) -> frozenset[str]:
    return frozenset(spec.name for spec in fields(record_type))


def _to_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
