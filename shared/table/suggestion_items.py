"""Convert suggestions and the evidence of values to items and back."""

import json
import zlib
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType, VariableType
from shared.domain.errors import ContextTooLarge
from shared.domain.json_values import Value
from shared.domain.sources import Source
from shared.domain.suggestions import Suggestion, SuggestionState
from shared.domain.values import BUSINESS, Assignment, Evidence, Subject
from shared.table import codec, keys, value_items
from shared.table.keys import Key
from shared.table.operations import Item, Write, as_item, put
from shared.table.value_records import Record, decode_record

_MAX_COMPRESSED_BYTES = 350_000
"""The largest compressed value: with the other attributes it fits an item of 400 KB."""

_HASH_CHARS = 20
_PREFIX = "sug"


def new_suggestion(
    subject: Subject,
    assignment: Assignment,
    standing: Record,
    by: Attribution,
    kept_for: timedelta,
) -> Suggestion:
    """Return the suggestion that a refused assignment becomes.

    Its id is made of what is suggested, by whom, and the version of what stands, so that a
    repeated write is the same suggestion.
    """
    suggested = (
        *(assignment.slot, assignment.variable_type, assignment.value),
        *(by.key_id, by.channel, standing.version),
    )
    digest = sha256(json.dumps(suggested).encode()).hexdigest()[:_HASH_CHARS]
    return Suggestion(
        suggestion_id="_".join((_PREFIX, digest, *_reference(subject))),
        subject=subject,
        slot=assignment.slot,
        name=assignment.name,
        variable_type=assignment.variable_type,
        value=assignment.value,
        source=assignment.source_of(by),
        suggested_by=by,
        standing_version=standing.version,
        expires_at=by.at + kept_for,
        confidence=assignment.confidence,
        evidence=assignment.evidence,
    )


def key_of_suggestion(account_id: str, suggestion_id: str) -> Key | None:
    """Return the key of a suggestion by its id, or None if no suggestion can have the id."""
    prefix, digest, kind, *rest = [*suggestion_id.split("_", 3), "", "", ""][:4]
    if prefix != _PREFIX or kind not in [*ContextType]:
        return None
    context_type = ContextType(kind)
    subject = BUSINESS if context_type is ContextType.BUSINESS else Subject(context_type, rest[0])
    return keys.suggestion(account_id, subject, digest)


def stored_key(account_id: str, suggestion: Suggestion) -> Key:
    """Return the key of a stored suggestion.

    Its id has the subject that it was made for. That contact may be merged into another by now.
    """
    _, digest, kind, *rest = suggestion.suggestion_id.split("_", 3)
    subject = Subject(ContextType(kind), "".join(rest))
    return keys.suggestion(account_id, subject, digest)


def suggestion_write(account_id: str, suggestion: Suggestion) -> Write:
    """Build the write that stores a suggestion, or prolongs the same one if it is stored.

    It keeps the state of a stored one. Raises ContextTooLarge if the value does not fit an item.
    """
    digest = suggestion.suggestion_id.split("_")[1]
    at = codec.to_milliseconds(suggestion.suggested_by.at)
    listed = keys.listed_suggestion(account_id, at, digest)
    attributes = {
        **codec.entity_attributes("suggestion"),
        "gsi1pk": {"S": listed.pk},
        "gsi1sk": {"S": listed.sk},
        **{
            name: codec.encode(value)
            for name, value in _attributes(suggestion).items()
            if value is not None
        },
        codec.ATTRIBUTION: codec.encode_attribution(suggestion.suggested_by),
    }
    kept = [f"#{name} = if_not_exists(#{name}, :{name})" for name in attributes]
    attributes["expires_at"] = codec.ttl(suggestion.expires_at)
    return {
        "Update": {
            "Key": as_item(keys.suggestion(account_id, suggestion.subject, digest)),
            "UpdateExpression": f"SET {', '.join(kept)}, #expires_at = :expires_at",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": {f":{n}": value for n, value in attributes.items()},
        }
    }


def to_suggestion(item: Item) -> Suggestion:
    """Build a suggestion from its item."""
    plain = codec.decode_item(item)
    decided_at = plain.get("decided_at")
    return Suggestion(
        suggestion_id=plain["suggestion_id"],
        subject=Subject(ContextType(plain["context_type"]), plain.get("subject_id", "")),
        slot=plain["slot"],
        name=plain["name"],
        variable_type=VariableType(plain["variable_type"]),
        value=_value(plain),
        source=Source(plain["source"]),
        suggested_by=codec.to_attribution(item),
        standing_version=plain["standing_version"],
        expires_at=codec.to_datetime(plain["expires_at"] * 1000),
        confidence=plain.get("confidence"),
        evidence=Evidence(*plain["evidence"]) if "evidence" in plain else None,
        state=SuggestionState(plain["state"]),
        decided_at=codec.to_datetime(decided_at) if decided_at else None,
        decided_by=plain.get("decided_by", ""),
    )


def decision_attributes(state: SuggestionState, by: Attribution) -> Item:
    """Build the attributes that a decision about a suggestion sets."""
    decision = {"state": state, "decided_at": by.at, "decided_by": by.key_id}
    return {name: codec.encode(value) for name, value in decision.items()}


def evidence_write(key: Key, evidence: Evidence, record: Item) -> Write:
    """Build the write of the evidence of a value, which names the version of the value."""
    attributes = {
        "version": decode_record(record).version,
        "evidence": (evidence.call_id, evidence.turn, evidence.quote),
    }
    return put(codec.entity_item(key, "evidence", attributes))


def to_evidence(item: Item, version: str) -> Evidence | None:
    """Build the evidence of a value. None if the value was set again since."""
    plain = codec.decode_item(item)
    return Evidence(*plain["evidence"]) if plain["version"] == version else None


def _attributes(suggestion: Suggestion) -> dict[str, Any]:
    evidence = suggestion.evidence
    value, packed = suggestion.value, None
    if value_items.is_large(value):
        value, packed = None, _packed(str(value))
    return {
        "suggestion_id": suggestion.suggestion_id,
        "context_type": suggestion.subject.context_type,
        "subject_id": suggestion.subject.subject_id or None,
        "slot": suggestion.slot,
        "name": suggestion.name,
        "variable_type": suggestion.variable_type,
        "value": value,
        "packed": packed,
        "source": suggestion.source,
        "standing_version": suggestion.standing_version,
        "confidence": suggestion.confidence,
        "evidence": (evidence.call_id, evidence.turn, evidence.quote) if evidence else None,
        "state": suggestion.state,
    }


def _packed(text: str) -> bytes:
    compressed = zlib.compress(text.encode())
    if len(compressed) > _MAX_COMPRESSED_BYTES:
        raise ContextTooLarge
    return compressed


def _value(plain: dict[str, Any]) -> Value | None:
    if "packed" in plain:
        return zlib.decompress(plain["packed"]).decode()
    value: Value | None = plain.get("value")
    return value


def _reference(subject: Subject) -> Sequence[str]:
    kind = str(subject.context_type)
    return (kind, subject.subject_id) if subject.subject_id else (kind,)
