"""Build and read the record of a value, the list that a slot of a page has.

A record is `[name, value, kind, facts]`. `kind` is the letter of the source and the letter of the
type, followed by `e` if the value has evidence. `facts` are bytes: when the value was set, a nonce,
the fingerprint of the key, and the confidence if it is known.

Records from before sources have the word of the type as their kind, and the time in milliseconds
as their facts. Their source is `api`.

`docs/adr/0034-value-records-and-precedence.md` compares the forms.
"""

from binascii import b2a_base64
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.definitions import VariableType
from shared.domain.records import dataclass
from shared.domain.sources import Source, key_fingerprint
from shared.domain.values import NONCE_BYTES, Assignment
from shared.table import codec
from shared.table.source_letters import LETTERS, SOURCES

_TYPES = {
    "t": VariableType.TEXT,
    "n": VariableType.NUMBER,
    "d": VariableType.DATE,
    "b": VariableType.BOOLEAN,
    "s": VariableType.SELECT,
    "m": VariableType.MULTI_SELECT,
    "i": VariableType.DATETIME,
    "u": VariableType.URL,
    "a": VariableType.EMAIL,
    "p": VariableType.PHONE,
    "c": VariableType.CURRENCY,
    "l": VariableType.LIST,
    "j": VariableType.JSON,
}

_TYPE_LETTERS = {variable_type: letter for letter, variable_type in _TYPES.items()}

_EVIDENCE = "e"

_KINDS = {
    f"{source_letter}{type_letter}": (source, variable_type)
    for source_letter, source in SOURCES.items()
    for type_letter, variable_type in _TYPES.items()
}
"""Sources and types by the letters that a kind begins with."""

_TIME_BYTES = 6
_FINGERPRINT_BYTES = 4
_EPOCH_TIME = 1 << (8 * _TIME_BYTES - 1)
"""The stored time of the epoch. Earlier times sort before it."""

_CONFIDENCE_STEPS = 200

_FINGERPRINT_AT = _TIME_BYTES + NONCE_BYTES
_CONFIDENCE_AT = _FINGERPRINT_AT + _FINGERPRINT_BYTES

_CACHED_TIMES = 256
"""Values that were set together have the same time."""

_NO_FINGERPRINT = bytes(_FINGERPRINT_BYTES)

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Record:
    """A decoded record. `value` is an object if the value is large, see `value_items`."""

    name: str
    value: Any
    variable_type: VariableType
    updated_at: datetime
    version: str
    source: Source = Source.API
    set_by: str = ""
    confidence: float | None = None
    has_evidence: bool = False


def encode_record(assignment: Assignment, value: Any, by: Attribution) -> dict[str, Any]:
    """Build the attribute of a slot.

    It is a list, because DynamoDB stores the names of a map's members with every value.

    Args:
        assignment: The value to set.
        value: What is stored as the value: the value itself, or a reference to a large one.
        by: Who sets it, and when.
    """
    if assignment.facts is not None:
        return codec.encode((assignment.name, value, *assignment.facts))
    source = LETTERS[assignment.source_of(by)]
    mark = _EVIDENCE if assignment.evidence else ""
    kind = f"{source}{_TYPE_LETTERS[assignment.variable_type]}{mark}"
    fingerprint = bytes.fromhex(key_fingerprint(by.key_id)) if by.key_id else _NO_FINGERPRINT
    facts = encode_time(by.at) + assignment.nonce + fingerprint
    if assignment.confidence is not None:
        facts += bytes([round(assignment.confidence * _CONFIDENCE_STEPS)])
    return codec.encode((assignment.name, value, kind, facts))


def encode_time(at: datetime) -> bytes:
    """Return the bytes that the facts of a value start with that was set at a time."""
    return (codec.to_milliseconds(at) + _EPOCH_TIME).to_bytes(_TIME_BYTES)


def facts_of(attribute: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the kind and the facts of a slot, to copy its record to another page."""
    _, _, kind, facts, *_ = codec.decode(attribute)
    return kind, facts


def decode_record(attribute: Mapping[str, Any]) -> Record:
    """Build a record from the attribute of a slot, in either form.

    The SHA-256 of a large value is in hexadecimal.
    """
    # A contact can have thousands of values, so this decodes the members without a loop.
    members = attribute["L"]
    name, kind = members[0]["S"], members[2]["S"]
    value = members[1].get("S")
    if value is None:
        value = codec.decode(members[1])
        if isinstance(value, dict) and isinstance(value["sha256"], bytes):
            value["sha256"] = value["sha256"].hex()
    facts = members[3].get("B")
    if not isinstance(facts, bytes):
        facts = codec.decode(members[3])
    if not isinstance(facts, bytes):
        return Record(name, value, VariableType(kind), codec.to_datetime(facts), str(facts))
    source, variable_type = _KINDS[kind[:2]]
    fingerprint, confidence = facts[_FINGERPRINT_AT:_CONFIDENCE_AT], facts[_CONFIDENCE_AT:]
    return Record(
        name,
        value,
        variable_type,
        _time_of(facts[:_TIME_BYTES]),
        b2a_base64(facts, newline=False).translate(_URL_SAFE).decode().rstrip("="),
        source,
        "" if fingerprint == _NO_FINGERPRINT else fingerprint.hex(),
        confidence[0] / _CONFIDENCE_STEPS if confidence else None,
        _EVIDENCE in kind[2:],
    )


def refers_to_parts(attribute: Mapping[str, Any]) -> bool:
    """Return whether the value of a slot is large, so that its record has a reference."""
    return "M" in attribute["L"][1]


@lru_cache(_CACHED_TIMES)
def _time_of(stored: bytes) -> datetime:
    return codec.to_datetime(int.from_bytes(stored) - _EPOCH_TIME)
