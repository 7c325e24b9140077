"""The signature of a hook, where the platform lets its users choose how it signs."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.errors import Fault
from shared.domain.json_values import JsonValue
from shared.platforms.platform import Platform
from shared.platforms.signature_scheme import Algorithm, Encoding, SignatureScheme

MAX_SIGNED_TEXT_CHARS = 200
MAX_PREFIX_CHARS = 50
MAX_TOLERANCE_SECONDS = 3600

ALGORITHMS = [Algorithm.HMAC_SHA1, Algorithm.HMAC_SHA256, Algorithm.HMAC_SHA512, Algorithm.SECRET]
"""The algorithms that a hook may choose."""

_HEADER = re.compile("[A-Za-z0-9-]{1,100}")
_PLACEHOLDERS = re.compile(r"\{[^{}]*\}")
_KNOWN = frozenset({"{body}", "{timestamp}", "{id}", "{url}", "{method}"})
# Vapi's name for the id of a message.
_ALIASES = {"{svix-id}": "{id}"}


def signature_faults(platform: Platform, settings: Mapping[str, JsonValue]) -> list[Fault]:
    """Return what is wrong with the settings of a hook's signature."""
    faults = []
    for name, value in settings.items():
        reason = _fault(name, value) if name in platform.signature_settings else _unknown(platform)
        if reason:
            faults.append(Fault("invalid_value", reason, ("signature", name)))
    scheme = None if faults else signature_scheme(platform, settings)
    for placeholder, member in (("timestamp", "timestamp_header"), ("id", "id_header")):
        if scheme and f"{{{placeholder}}}" in scheme.signed_text and not _has(scheme, member):
            reason = f"it is needed, because {{{placeholder}}} is signed"
            faults.append(Fault("missing_field", reason, ("signature", member)))
    return faults


def signature_scheme(
    platform: Platform, settings: Mapping[str, JsonValue]
) -> SignatureScheme | None:
    """Return how a hook's requests are signed: as the platform does, with the hook's settings.

    Expects settings without faults.
    """
    if platform.signature is None:
        return None
    changes: dict[str, Any] = dict(settings)
    if "header" in changes:
        changes["headers"] = (str(changes.pop("header")).lower(),)
    for name in ("timestamp_header", "id_header"):
        if name in changes:
            changes[name] = str(changes[name]).lower()
    for name, kind in (
        ("algorithm", Algorithm),
        ("encoding", Encoding),
        ("key_encoding", Encoding),
    ):
        if name in changes:
            changes[name] = kind(changes[name])
    if "signed_text" in changes:
        changes["signed_text"] = _with_known_placeholders(str(changes["signed_text"]))
    return replace(platform.signature, **changes)


def _unknown(platform: Platform) -> str:
    known = ", ".join(sorted(platform.signature_settings))
    return f"it cannot be set; {known or 'nothing'} can"


def _has(scheme: SignatureScheme, member: str) -> bool:
    in_fields = scheme.fields and scheme.fields.timestamp and member == "timestamp_header"
    return bool(in_fields or getattr(scheme, member))


def _with_known_placeholders(text: str) -> str:
    for alias, name in _ALIASES.items():
        text = text.replace(alias, name)
    return text


def _fault(name: str, value: JsonValue) -> str | None:
    match name:
        case "algorithm":
            return _choice_fault(value, ALGORITHMS)
        case "encoding":
            return _choice_fault(value, [Encoding.HEX, Encoding.BASE64])
        case "key_encoding":
            return _choice_fault(value, [*Encoding])
        case "timestamp_units":
            return None if value in (1, 1000) else "it must be 1 or 1000"
        case "tolerance_seconds":
            return _tolerance_fault(value)
        case "signed_text":
            return _signed_text_fault(value)
        case "prefix":
            is_valid = isinstance(value, str) and len(value) <= MAX_PREFIX_CHARS
            return None if is_valid else f"it must be a text of at most {MAX_PREFIX_CHARS} letters"
    is_header = isinstance(value, str) and _HEADER.fullmatch(value)
    return None if is_header else "it must be the name of a header"


def _choice_fault(value: JsonValue, options: list[Any]) -> str | None:
    return None if value in options else f"it must be one of {', '.join(options)}"


def _tolerance_fault(value: JsonValue) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and 1 <= value <= MAX_TOLERANCE_SECONDS:  # type: ignore[operator]
        return None
    return f"it must be a whole number from 1 to {MAX_TOLERANCE_SECONDS}"


def _signed_text_fault(value: JsonValue) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_SIGNED_TEXT_CHARS:
        return f"it must be a text of at most {MAX_SIGNED_TEXT_CHARS} characters"
    used = {*_PLACEHOLDERS.findall(_with_known_placeholders(value))}
    if "{body}" not in used:
        return "it must contain {body}, or others could send any body with a signature"
    if used - _KNOWN:
        return f"it can contain {', '.join(sorted(_KNOWN))}"
    return None
