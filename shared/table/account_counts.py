"""Count what an account has."""

from shared.domain.account_usage import AccountCounts
from shared.domain.accounts import Account
from shared.table import account_items, codec, keys
from shared.table.account_head import to_account_head
from shared.table.contact_allocation import CONTACT_ID, to_missing_ids
from shared.table.dynamo import Table
from shared.table.imports import to_backlog
from shared.table.operations import Item


class AccountCountTable:
    """The adapter of the port `AccountCounter`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self, account_id: str) -> AccountCounts:
        """Return what an account has now: one batch, and a query of each list."""
        wanted = [
            keys.account(account_id),
            keys.account_head(account_id),
            keys.import_backlog(account_id),
            keys.counters(account_id),
            keys.missing_ids(account_id),
        ]
        items = {item["sk"]["S"]: item for item in self._table.get_many(wanted)}
        account, head, backlog, counters, missing = (items.get(key.sk) for key in wanted)
        webhooks = self._table.query(keys.webhooks_partition(account_id), keys.WEBHOOKS)
        return AccountCounts(
            # Data can be stored before its account.
            Account(account_id) if account is None else account_items.to_account(account),
            to_account_head(head).definition_count,
            _contacts(counters, missing),
            sum(1 for _ in webhooks),
            sum(1 for _ in self._table.query(keys.agents_partition(account_id), keys.AGENTS)),
            sum(1 for _ in self._table.query(keys.hooks_partition(account_id), keys.HOOKS)),
            to_backlog(backlog).imports,
        )


def _contacts(counters: Item | None, missing: Item | None) -> int:
    if counters is None or CONTACT_ID not in counters:
        return 0
    return int(codec.decode(counters[CONTACT_ID])) - to_missing_ids(missing).count
