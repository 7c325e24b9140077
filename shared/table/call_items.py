"""Convert answers of calls to items and back.

The answer is compressed JSON. An answer over 64 KB, or of over 2,000,000 characters, keeps digests
in place of its values.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from shared.domain.agents import Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.definitions import ContextType
from shared.domain.disclosure import Assurance
from shared.domain.json_values import JsonValue
from shared.domain.resolutions import CallerMatch, ResolvedCall, UnknownReason, ValueOrigin
from shared.domain.sources import Source
from shared.table import codec, keys
from shared.table.operations import Item

MAX_ANSWER_BYTES = 65_536
"""The largest compressed answer that is kept with its values."""

MAX_TEXT_SIZE = 2_000_000
"""The most characters of the texts of an answer that is kept with its values."""

ENDS_AT = "ends_at"

_ANSWER = "answer"
_DIGESTS = "digests"
_RAISED = "assurance"
"""The assurance raised during the call. The answer keeps the initial one."""


def call_item(account_id: str, call: ResolvedCall, ends_at: datetime) -> Item:
    """Build the item of an answer. TTL deletes it after `ends_at`."""
    document = _document(call)
    # A value under many names is compressed well, but slowly.
    is_large = call.resolution.text_size > MAX_TEXT_SIZE
    compressed = b"" if is_large else _compress(document)
    if is_large or len(compressed) > MAX_ANSWER_BYTES:
        is_large = True
        # Once for all names of a value. Typed, as 1 and true have different digests.
        digest_of = lru_cache(None, typed=True)(_digest)
        document["v"] = [
            [name, digest_of(value), *others] for name, value, *others in document["v"]
        ]
        document["m"] = None
        compressed = _compress(document)
    item = codec.entity_item(
        keys.call(account_id, str(call.resolution.call)),
        "call",
        {_ANSWER: compressed, _DIGESTS: True if is_large else None, ENDS_AT: ends_at},
    )
    return {**item, "expires_at": codec.ttl(ends_at)}


def to_call(item: Item, call_id: str) -> ResolvedCall:
    """Build an answer from its item."""
    document = json.loads(zlib.decompress(codec.decode(item[_ANSWER])))
    contact_id, known, reason, language, time_zone = document["c"]
    key_id, request_id, at = document["q"]
    # Earlier versions stored no questions.
    advice = document.get("k", {})
    return ResolvedCall(
        agent_id=document["a"],
        caller=CallerMatch(
            contact_id, known, UnknownReason(reason) if reason else None, language, time_zone
        ),
        resolution=Resolution(
            call=call_id,
            contact_id=None if contact_id is None else f"contact_{contact_id}",
            variables=tuple(_to_variable(each, advice) for each in document["v"]),
            first_message=document["m"],
            voice=document["o"],
            language=document["l"],
            settings=document["g"],
            may_ask=document.get("x", False),
        ),
        origins={
            each[0]: _to_origin(each, slot)
            for each, slot in zip_longest(document["v"], document.get("d", ()))
        },
        assurance=Assurance(codec.decode(item[_RAISED]) if _RAISED in item else document["s"]),
        as_of=codec.to_datetime(at),
        key_id=key_id,
        request_id=request_id,
        is_pinned=True,
        has_values=_DIGESTS not in item,
    )


def _document(call: ResolvedCall) -> dict[str, Any]:
    """Build the document of an answer, with letters for names, as each call has one."""
    found, resolution = call.caller, call.resolution
    at = None if call.as_of is None else codec.to_milliseconds(call.as_of)
    return {
        "a": call.agent_id,
        "c": [found.contact_id, found.known, found.reason, found.language, found.time_zone],
        "q": [call.key_id, call.request_id, at],
        "s": call.assurance,
        "m": resolution.first_message,
        "o": resolution.voice,
        "l": resolution.language,
        "g": resolution.settings,
        "v": [_variable(each, call.origins) for each in resolution.variables],
        # Apart from the variables, so that a release from before there were slots reads them.
        "d": [call.origins[each.name].slot for each in resolution.variables],
        "k": _advice(resolution),
        "x": resolution.may_ask,
    }


def _advice(resolution: Resolution) -> dict[str, list[str | None]]:
    """Return question and handling of a stale value by name, of variables that have any."""
    return {
        each.name: [each.question, each.when_stale]
        for each in resolution.variables
        if each.question is not None or each.when_stale is not None
    }


def _variable(each: ResolvedVariable, origins: Mapping[str, ValueOrigin]) -> list[Any]:
    origin = origins[each.name]
    at = None if origin.updated_at is None else codec.to_milliseconds(origin.updated_at)
    where = (*origin.origin, origin.source, at, origin.set_by)
    return [each.name, each.value, each.state, each.reason, *where]


def _digest(value: JsonValue) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _to_variable(plain: list[Any], advice: Mapping[str, Sequence[str | None]]) -> ResolvedVariable:
    name, value, state, reason, *_ = plain
    return ResolvedVariable(name, value, VariableState(state), reason, *advice.get(name, ()))


def _to_origin(plain: list[Any], slot: int | None) -> ValueOrigin:
    context_type, variable, source, at, set_by = plain[4:]
    return ValueOrigin(
        Origin(ContextType(context_type), variable),
        Source(source) if source else None,
        None if at is None else codec.to_datetime(at),
        set_by,
        slot,
    )


def _compress(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 9)
