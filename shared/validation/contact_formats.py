"""Whether an e-mail address, a phone number or a time zone can be one.

The libraries that know are slow to load, so that each waits for the first request that needs it.
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
"""Of such an address, no part is longer than it may be."""

_MAX_CHARS = 500
"""Of what is held against a form at all: the longest field of a contact."""

_ASSUMED_REGION = "US"
"""Where a number is taken to be from that names no country."""


def check_email(field: str, address: str) -> None:
    """Hold an e-mail address against the syntax of RFC 5322; nothing is sent or looked up.

    Raises InvalidField naming the field.
    """
    # The library takes all of these, and loading it a twelfth of a start.
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
    """Hold a phone number against the lengths of its country, or else of the United States.

    A plus may be there or not: people write it before national numbers, and leave it out before
    international ones.
    Raises InvalidField naming the field.
    """
    # The parser would find a number in any text around it; here the number is the text.
    written = len(number) <= _MAX_CHARS and _WRITTEN_NUMBER.fullmatch(number) is not None
    digits = number.removeprefix("+")
    if not written or not any(_is_possible(form) for form in (digits, f"+{digits}")):
        raise InvalidField(field, "it is no possible phone number")


def dialed_digits(field: str, number: str) -> str:
    """The digits that reach a phone from anywhere: E.164 without its plus.

    A number without a plus is taken to have one; where none such is possible, its own digits.
    Raises InvalidField for what is no possible number, and for one with an extension.
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
    """Hold a time zone against the IANA database; raises InvalidField naming the field.

    The database is the one that comes with this code: a function's machine may have none.
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
