"""What an account may look like."""

import re

from shared.domain.accounts import Account
from shared.domain.errors import InvalidField

MAX_ACCOUNT_NAME_CHARS = 200

ACCOUNT_ID_RULE = "an id has 1 to 64 lowercase letters, digits, - and _"
"""The rule of account ids, in words for the one who broke it."""

LOCALE_RULE = "a locale is a language, alone or with a country, such as es or es-CL"
"""The rule of locales, in words for the one who broke it."""

_ACCOUNT_ID = re.compile(r"[a-z0-9_-]{1,64}")
_LOCALE = re.compile(r"([a-z]{2,3}(-[A-Z]{2})?)?")


def check_account(account: Account) -> None:
    """Hold an account against the rules of its id, name and locale.

    Raises InvalidField naming the field.
    """
    if not _ACCOUNT_ID.fullmatch(account.account_id):
        raise InvalidField("id", ACCOUNT_ID_RULE)
    if len(account.name) > MAX_ACCOUNT_NAME_CHARS:
        raise InvalidField("name", f"it has at most {MAX_ACCOUNT_NAME_CHARS} characters")
    if not _LOCALE.fullmatch(account.locale):
        raise InvalidField("locale", LOCALE_RULE)
