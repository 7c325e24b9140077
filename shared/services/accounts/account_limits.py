"""Limit the requests of an account as an operator."""

from shared.domain.accounts import Accounts, Credentials
from shared.services.accounts.administration import get_account


def limit_account(
    accounts: Accounts, credentials: Credentials, account_id: str, requests_per_second: int | None
) -> int:
    """Set the most requests a second of an account, or remove the limit.

    Every key has a copy of the limit, so that a request reads it with its key.

    Returns:
        How many keys have the limit now.

    Raises:
        AccountNotFound: There is no such account.

    """
    get_account(accounts, account_id)
    accounts.limit(account_id, requests_per_second)
    # A key that is created from now on has the new limit: its creation checks that of the account.
    found = credentials.list(account_id)
    for key in found:
        credentials.limit(key, requests_per_second)
    return len(found)
