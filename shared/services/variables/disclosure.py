"""Change who gets the values of a variable, as the operator of an account."""

from collections.abc import Collection
from dataclasses import replace

from shared.domain.accounts import Accounts
from shared.domain.definitions import ContextType, Definition, Definitions
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.errors import DefinitionNotFound
from shared.services.accounts.administration import get_account
from shared.services.conflicts import retry_on_conflict


def list_disclosures(
    accounts: Accounts, definitions: Definitions, account_id: str
) -> list[Definition]:
    """List all definitions of an account; raises AccountNotFound."""
    get_account(accounts, account_id)
    return list(definitions.list(account_id))


def change_disclosure(
    accounts: Accounts,
    definitions: Definitions,
    account_id: str,
    context_type: ContextType,
    name: str,
    sensitivity: Sensitivity | None,
    purposes: Collection[Purpose] | None,
) -> Definition:
    """Change the sensitivity and the purposes of a variable; None leaves them as they are.

    Raises:
        AccountNotFound: There is no such account.
        DefinitionNotFound: The account has no such definition.

    """
    get_account(accounts, account_id)

    def attempt() -> Definition:
        before = definitions.find_by_names(account_id, context_type, [name]).get(name)
        if not isinstance(before, Definition):
            raise DefinitionNotFound(name)
        after = replace(
            before,
            sensitivity=before.sensitivity if sensitivity is None else sensitivity,
            purposes=before.purposes if purposes is None else frozenset(purposes),
        )
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        definitions.replace(account_id, before, after)
        return after

    return retry_on_conflict(attempt)
