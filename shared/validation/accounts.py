"""Validation of accounts."""

import re

from shared.domain.accounts import Account
from shared.domain.errors import InvalidField

MAX_ACCOUNT_NAME_CHARS = 200

ACCOUNT_ID_RULE = "an id has 1 to 64 lowercase letters, digits, - and _"
"""The rule of account ids, for error messages."""

LOCALE_RULE = "a locale is a language, alone or with a country, such as es or es-CL"
"""The rule of locales, for error messages."""

_ACCOUNT_ID = re.compile(r"[a-z0-9_-]{1,64}")
_LOCALE = re.compile(r"([a-z]{2,3}(-[A-Z]{2})?)?")


def check_account(account: Account) -> None:
    """Check id, name and locale of an account.

    Raises:
        InvalidField: A field is invalid.
    """
    if not _ACCOUNT_ID.fullmatch(account.account_id):
        raise InvalidField("id", ACCOUNT_ID_RULE)
    if len(account.name) > MAX_ACCOUNT_NAME_CHARS:
        raise InvalidField("name", f"it has at most {MAX_ACCOUNT_NAME_CHARS} characters")
    if not _LOCALE.fullmatch(account.locale):
        raise InvalidField("locale", LOCALE_RULE)
