"""Read messages of voice platforms without ever failing, and write their responses.

A call is waiting for the response, so whatever a message lacks is None, and a message that cannot
be read is an empty document.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from shared.domain.calls import MessageKind, PlatformMessage, Resolution
from shared.domain.disclosure import Assurance
from shared.domain.json_values import JsonObject, JsonValue
from shared.platforms.platform import HookRequest, HookResponse
from shared.platforms.values import single_line

MAX_BODY_BYTES = 1_000_000
"""The largest message that is read. A larger one counts as unreadable."""

MAX_ID_CHARS = 256
"""The longest id or phone number that is read from a message."""

MAX_FORM_FIELDS = 200

MAX_ECHO_DEPTH = 16
"""The most levels of what a response repeats of its request."""

_WITHHELD = frozenset(
    {
        *("anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"),
        *("none", "null", "undefined"),
    }
)
# Twilio, "Why am I getting calls from these strange numbers?": the words on a telephone keypad.
_SPELLED_ON_A_KEYPAD = frozenset(
    {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
)
_SIP_ADDRESS = re.compile(r"sips?:(?:([^@;>\s]*)@)?([^@;>\s]*)", re.IGNORECASE)
_PHONE_NUMBER = re.compile(r"\+?[0-9]{3,20}")


def json_document(body: bytes) -> JsonObject:
    """Parse a JSON object. Returns an empty one if the body is too large or is none."""
    if len(body) > MAX_BODY_BYTES:
        return {}
    return parse_object(body.decode("utf-8", "replace"))


def parse_object(text: str) -> JsonObject:
    """Parse a JSON object. Returns an empty one if the text is none."""
    try:
        document = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def form_document(request: HookRequest) -> dict[str, str]:
    """Return the fields of a form, or the query of a request without a body."""
    if not request.body:
        return dict(request.query)
    if len(request.body) > MAX_BODY_BYTES:
        return {}
    try:
        return dict(form_fields(request.body))
    except ValueError:
        return {}


def form_fields(body: bytes) -> list[tuple[str, str]]:
    """Parse a form.

    Raises:
        ValueError: It has more than `MAX_FORM_FIELDS` fields.
    """
    text = body.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)


def value_at(document: Any, *path: str) -> JsonValue:
    """Return the member at a path of names, None if there is none."""
    for name in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(name)
    return document  # type: ignore[no-any-return]


def object_at(document: Any, *path: str) -> JsonObject:
    """Return the object at a path of names, an empty one if there is none."""
    found = value_at(document, *path)
    return found if isinstance(found, dict) else {}


def list_at(document: Any, *path: str) -> list[JsonValue]:
    """Return the array at a path of names, an empty one if there is none."""
    found = value_at(document, *path)
    return found if isinstance(found, list) else []


def text_at(document: Any, *path: str) -> str | None:
    """Return the text or whole number at a path of names, as one line. None if there is none."""
    found = value_at(document, *path)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**30:
        return str(found)
    if not isinstance(found, str) or len(found) > MAX_ID_CHARS:
        return None
    return single_line(found, MAX_ID_CHARS) or None


def caller_number(text: str | None) -> str | None:
    """Return a caller's phone number or SIP address. None if it is withheld.

    A SIP address whose user is a phone number is that number. A placeholder that a platform did
    not fill in is none.
    """
    number = (text or "").removeprefix("tel:")
    if not number or "{" in number or number in _SPELLED_ON_A_KEYPAD:
        return None
    address = _SIP_ADDRESS.search(number)
    if not address:
        return None if number.lower() in _WITHHELD else number
    user, host = (address[1] or "").lower(), address[2].lower()
    if user in _WITHHELD or host == "anonymous.invalid":
        return None
    return user if _PHONE_NUMBER.fullmatch(user) else address[0]


def call_message(
    *,
    call_id: str | None,
    caller: str | None,
    called: str | None = None,
    assurance: Assurance = Assurance.NUMBER_MATCH,
    echo: JsonObject | None = None,
) -> PlatformMessage:
    """Return the message of a call that begins. A withheld caller has no assurance."""
    number = caller_number(caller)
    return PlatformMessage(
        MessageKind.RESOLVE,
        call_id=call_id,
        caller=number,
        called=called,
        assurance=assurance if number else Assurance.NONE,
        echo=echo or {},
    )


def notice(call_id: str | None = None) -> PlatformMessage:
    """Return a message that only wants an acknowledgement."""
    return PlatformMessage(MessageKind.NOTICE, call_id=call_id, assurance=Assurance.NONE)


def json_response(document: JsonObject) -> HookResponse:
    """Return a response of JSON."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HookResponse("application/json", text.encode("utf-8", "replace"))


def setting(resolution: Resolution, name: str) -> str | None:
    """Return an agent's setting, None if it is not given."""
    value = resolution.settings.get(name)
    return value if isinstance(value, str) and value.strip() else None


def without_depth(value: Any, levels: int = MAX_ECHO_DEPTH) -> JsonValue:
    """Return a JSON value with null for what is nested deeper than the levels."""
    match value:
        case dict() if levels:
            return {name: without_depth(each, levels - 1) for name, each in value.items()}
        case list() if levels:
            return [without_depth(each, levels - 1) for each in value]
        case dict() | list():
            return None
    return value  # type: ignore[no-any-return]


def present(members: Mapping[str, JsonValue]) -> JsonObject:
    """Return the members that are neither None nor empty objects."""
    return {name: value for name, value in members.items() if value is not None and value != {}}


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
