"""What an account uses of its limits, and the port that counts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.domain.accounts import Account
from shared.domain.imports import OpenImport


class Usage(NamedTuple):
    """How much of a limit is used. `used` is None where it is not counted yet."""

    used: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class RetentionDays:
    """How many days data is kept."""

    activity: int
    deliveries: int
    imports: int
    suggestions: int


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """An account with its limits and what it uses of them.

    Attributes:
        keys: The API keys that are neither revoked nor expired.
        open_imports: The imports that have not ended.
        running_imports: Those that run, while others wait for their turn.
    """

    account: Account
    definitions: Usage
    contacts: Usage
    webhooks: Usage
    keys: Usage
    open_imports: Usage
    running_imports: Usage
    agents: Usage
    hooks: Usage
    retention_days: RetentionDays


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """What is stored about an account.

    Attributes:
        definitions: The live definitions, None in an account whose head has no count yet.
        contacts: An upper bound of the contacts: the ids that are not known to have none.
    """

    account: Account
    definitions: int | None
    contacts: int
    webhooks: int
    agents: int
    hooks: int
    imports: Sequence[OpenImport]


class AccountCounter(Protocol):
    """Counts what an account has."""

    def count(self, account_id: str) -> AccountCounts:
        """Return what the account has now. Strongly consistent."""
