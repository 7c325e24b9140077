"""Validation of e-mail addresses, phone numbers and time zones.

The libraries for these are slow to import, so each is imported by the first request that needs it.
"""

import re
from functools import cache
from importlib.resources import files

from shared.domain.contacts import digits_in
from shared.domain.errors import InvalidField

_WRITTEN_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]*([x#][0-9]+)?|\+?\([0-9 ().\-/]+")
_EXTENSION = re.compile(r"[x#]")

_PLAIN_ADDRESS = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:com|net|org|[a-z]{2})",
    re.ASCII | re.IGNORECASE,
)
_MAX_PLAIN_CHARS = 63
"""Addresses of up to this length have no part that is longer than RFC 5321 allows."""

_MAX_CHARS = 500
"""The longest text that is checked: the longest contact field."""

_ASSUMED_REGION = "US"
"""The region of numbers without a country code."""


def check_email(field: str, address: str) -> None:
    """Check an e-mail address by the syntax of RFC 5322, without DNS lookups.

    Raises:
        InvalidField: The address is invalid.
    """
    # The library accepts all of these, and importing it takes a twelfth of a cold start.
    if len(address) <= _MAX_PLAIN_CHARS and _PLAIN_ADDRESS.fullmatch(address):
        return
    if len(address) > _MAX_CHARS:
        raise InvalidField(field, f"it has at most {_MAX_CHARS} characters")
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidField(field, str(error)) from None


def check_phone_number(field: str, number: str) -> None:
    """Check that a phone number has a possible length for its country.

    A number without a country code is checked as one of the United States, too. The leading plus is
    optional, because people also write it before national numbers and omit it before international
    ones.

    Raises:
        InvalidField: The number is not possible.
    """
    # The parser would also accept a number within other text.
    written = len(number) <= _MAX_CHARS and _WRITTEN_NUMBER.fullmatch(number) is not None
    digits = number.removeprefix("+")
    if not written or not any(_is_possible(form) for form in (digits, f"+{digits}")):
        raise InvalidField(field, "it is no possible phone number")


def dialed_digits(field: str, number: str) -> str:
    """Return a phone number in E.164 format, without the plus.

    A number without a plus is read as an international one. If that is not possible, its own
    digits are returned.

    Raises:
        InvalidField: The number is not possible, or has an extension.
    """
    import phonenumbers  # noqa: PLC0415

    check_phone_number(field, number)
    if _EXTENSION.search(number):
        raise InvalidField(field, "no message reaches an extension")
    international = f"+{number.removeprefix('+')}"
    if not _is_possible(international):
        return digits_in(number)
    parsed = phonenumbers.parse(international, _ASSUMED_REGION)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def check_time_zone(field: str, name: str) -> None:
    """Check that a time zone is in the IANA database.

    Uses the packaged database, because the Lambda environment may have none.

    Raises:
        InvalidField: The time zone is unknown.
    """
    if name not in _time_zones():
        raise InvalidField(field, "it is no time zone of the IANA database")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def _is_possible(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, _ASSUMED_REGION))
    except phonenumbers.NumberParseException:
        return False
