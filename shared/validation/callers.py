"""Numbers of callers as telephone networks and platforms send them."""

import re

from shared.domain.contacts import digits_in

MAX_CALLER_CHARS = 200
"""The longest caller that is looked at."""

_MIN_DIGITS = 3
_MAX_DIGITS = 15
"""Source: ITU-T E.164, section 6."""

_SIP = re.compile(r"sips?:([^@;>]*)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9 ().\-/]+")


def phone_number_of(caller: str) -> str | None:
    """Return the phone number of a caller, or None if it is withheld or is no phone number.

    Takes the user of a SIP address. A word in place of a number, such as `anonymous`, stands for
    a withheld number.
    """
    text = caller.strip()
    if len(text) > MAX_CALLER_CHARS:
        return None
    address = _SIP.search(text)
    number = (address[1] if address else text).strip()
    if not _NUMBER.fullmatch(number):
        return None
    if not _MIN_DIGITS <= len(digits_in(number)) <= _MAX_DIGITS:
        return None
    return number
