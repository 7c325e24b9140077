"""Validation of values of the types `datetime`, `url`, `email` and `phone`.

Apart from the other types, so that a request without such a value does not load it.
Source of the accepted forms: the type table in `docs/variables.md`.
"""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from shared.domain.definitions import VariableType
from shared.domain.errors import InvalidField
from shared.domain.json_values import JsonValue
from shared.validation.contact_formats import check_email, check_phone_number, dialed_digits

MAX_URL_CHARS = 2048

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


def text_of_type(variable_type: VariableType, value: JsonValue) -> tuple[str | None, str]:
    """Return the text to store for a value, and the rule of its type.

    Args:
        variable_type: The type of the variable, one of this module.
        value: The value as sent.

    Returns:
        The text, None if the value does not match the type, and what such a value must be.
    """
    parse, rule = _TYPES[variable_type]
    return (parse(value) if isinstance(value, str) else None), rule


def _datetime(text: str) -> str | None:
    if not _INSTANT.fullmatch(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def _url(text: str) -> str | None:
    if len(text) > MAX_URL_CHARS or not _URL.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        # Reading the port parses it.
        is_valid = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return text if is_valid else None


def _email(text: str) -> str | None:
    try:
        check_email("", text)
    except InvalidField:
        return None
    return text


def _phone(text: str) -> str | None:
    if not text.startswith("+"):
        return None
    try:
        check_phone_number("", text)
        return f"+{dialed_digits('', text)}"
    except InvalidField:
        return None


_TYPES: dict[VariableType, tuple[Callable[[str], str | None], str]] = {
    VariableType.DATETIME: (
        _datetime,
        "it must be a date and a time with an offset, such as 2023-01-15T14:30:00Z",
    ),
    VariableType.URL: (
        _url,
        f"it must be an http or https URL of at most {MAX_URL_CHARS} characters",
    ),
    VariableType.EMAIL: (_email, "it must be an e-mail address"),
    VariableType.PHONE: (_phone, "it must be a phone number with its country, such as +15550100"),
}
