"""Adapters of the function that shows an account and its limits. Each is created once."""

from functools import cache

from shared.runtime.config import Settings
from shared.services.accounts.usage import DeploymentLimits
from shared.table.account_counts import AccountCountTable
from shared.wiring.endpoints import table


@cache
def account_counter() -> AccountCountTable:
    """Return what counts the data of an account."""
    return AccountCountTable(table())


@cache
def deployment_limits() -> DeploymentLimits:
    """Return the limits that are parameters of the deployment."""
    settings = Settings.from_env()
    return DeploymentLimits(
        definitions=settings.max_definitions,
        contacts=settings.max_contacts,
        running_imports=settings.imports_per_account,
        activity_days=settings.activity_days,
        suggestion_days=settings.suggestion_days,
    )
