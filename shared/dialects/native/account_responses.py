"""The response to a request for the account."""

from dataclasses import asdict

from shared.domain.account_usage import AccountUsage
from shared.gateway.response import Response

_LIMITS = (
    "definitions",
    "contacts",
    "webhooks",
    "keys",
    "open_imports",
    "running_imports",
    "agents",
    "hooks",
)


def account_shown(usage: AccountUsage) -> Response:
    """Build the response to a request for the account, its limits and what it uses of them."""
    account = usage.account
    document = {
        "id": account.account_id,
        "name": account.name,
        "locale": account.locale or None,
        "requests_per_second": account.requests_per_second,
        "limits": {name: getattr(usage, name)._asdict() for name in _LIMITS},
        "retention_days": asdict(usage.retention_days),
    }
    return Response(200, document)
