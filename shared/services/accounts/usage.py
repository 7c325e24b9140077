"""Tell an account its limits and what it uses of them."""

from dataclasses import dataclass

from shared.domain.account_usage import AccountCounter, AccountUsage, RetentionDays, Usage
from shared.domain.accounts import Caller
from shared.domain.agents import MAX_AGENTS
from shared.domain.api_keys import ApiKeys
from shared.domain.hooks import MAX_HOOKS
from shared.services.accounts.api_keys import MAX_VALID_KEYS
from shared.services.imports.jobs import RETENTION as IMPORT_RETENTION
from shared.services.imports.turns import MAX_OPEN_IMPORTS
from shared.services.webhooks.delivery_records import RETENTION as DELIVERY_RETENTION
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS


@dataclass(frozen=True, slots=True)
class DeploymentLimits:
    """The limits that are parameters of the deployment."""

    definitions: int
    contacts: int
    running_imports: int
    activity_days: int
    suggestion_days: int


def get_usage(
    counter: AccountCounter, api_keys: ApiKeys, deployment: DeploymentLimits, caller: Caller
) -> AccountUsage:
    """Return the account of the caller with its limits and what it uses of them."""
    now = caller.requested_at
    counts = counter.count(caller.account_id)
    valid = sum(each.is_valid(now) for each in api_keys.list(caller.account_id))
    unended = [each for each in counts.imports if each.expires_at > now]
    running = min(sum(each.has_file for each in unended), deployment.running_imports)
    return AccountUsage(
        account=counts.account,
        definitions=Usage(counts.definitions, deployment.definitions),
        contacts=Usage(counts.contacts, deployment.contacts),
        webhooks=Usage(counts.webhooks, MAX_WEBHOOKS),
        keys=Usage(valid, MAX_VALID_KEYS),
        open_imports=Usage(len(unended), MAX_OPEN_IMPORTS),
        running_imports=Usage(running, deployment.running_imports),
        agents=Usage(counts.agents, MAX_AGENTS),
        hooks=Usage(counts.hooks, MAX_HOOKS),
        retention_days=RetentionDays(
            activity=deployment.activity_days,
            deliveries=DELIVERY_RETENTION.days,
            imports=IMPORT_RETENTION.days,
            suggestions=deployment.suggestion_days,
        ),
    )
