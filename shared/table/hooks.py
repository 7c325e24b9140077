"""Store hooks."""

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.hooks import Hook, HookPage
from shared.table import codec, keys
from shared.table.account_head import to_account_head
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Item, delete, put, update
from shared.table.seen_heads import see_head

MAX_REMEMBERED = 500
"""The most hooks that a function remembers."""

_TIMES = ("created_at", "updated_at", "old_token_until")


class HookTable:
    """The adapter of the port `Hooks`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook, or None. The read is strongly consistent."""
        found = self._table.get_many([keys.hook(account_id, hook_id)])
        return _to_hook(found[0]) if found else None

    def find_with_head(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook, or None. Reads the head of the account in the same request."""
        wanted = [keys.hook(account_id, hook_id), keys.account_head(account_id)]
        items = {item["entity"]["S"]: item for item in self._table.get_many(wanted)}
        if "hook" not in items:
            return None
        see_head(account_id, to_account_head(items.get("account_head")))
        return _to_hook(items["hook"])

    def list(self, account_id: str) -> list[Hook]:
        """Return all hooks of an account, oldest first."""
        found = self._table.query(keys.hooks_partition(account_id), keys.HOOKS)
        return [_to_hook(item) for item in found]

    def page(self, account_id: str, after: str | None, limit: int) -> HookPage:
        """Return a page of hooks, oldest first.

        Args:
            account_id: The account.
            after: The id of the last hook of the previous page. None starts at the first.
            limit: The maximum number of hooks.
        """
        start = None if after is None else keys.hook(account_id, after)
        partition = keys.hooks_partition(account_id)
        found, is_more = self._table.query_page(partition, keys.HOOKS, start, limit)
        hooks = [_to_hook(item) for item in found]
        return HookPage(hooks, hooks[-1].hook_id if is_more else None)

    def count(self, account_id: str) -> int:
        """Return how many hooks an account has. The read is strongly consistent."""
        return sum(1 for _ in self._table.query(keys.hooks_partition(account_id), keys.HOOKS))

    def add(self, account_id: str, hook: Hook) -> None:
        """Store a new hook, and note it on its agent.

        The note keeps an agent from being deleted by a request that has not seen the hook.

        Raises:
            WriteConflict: A hook with this id exists, its agent does not, or another request
                writes the agent.
        """
        noted = update(
            keys.agent(account_id, hook.agent_id),
            {"newest_hook": codec.encode(hook.hook_id)},
            condition="attribute_exists(pk)",
        )
        self._table.write([put(hook_item(account_id, hook), IS_NEW), noted])

    def replace(self, account_id: str, hook: Hook) -> None:
        """Store a changed hook.

        Raises:
            WriteConflict: The stored version is not the one before.
        """
        before = {":before": codec.encode(hook.version - 1)}
        self._table.write([put(hook_item(account_id, hook), "version = :before", before)])

    def delete(self, account_id: str, hook_id: str) -> None:
        """Delete a hook, if it exists."""
        self._table.write([delete(keys.hook(account_id, hook_id))])


class RememberingHookTable(HookTable):
    """Hooks that a function has read before, for answers without storage. Threads share it."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._known: OrderedDict[tuple[str, str], Hook] = OrderedDict()
        self._lock = Lock()

    def find_with_head(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook, or None, and remember it."""
        found = super().find_with_head(account_id, hook_id)
        with self._lock:
            self._known.pop((account_id, hook_id), None)
            if found is not None:
                self._known[account_id, hook_id] = found
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return found

    def remembered(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook as it was read last, or None."""
        with self._lock:
            return self._known.get((account_id, hook_id))


def hook_item(account_id: str, hook: Hook) -> Item:
    """Build the item of a hook."""
    plain = codec.field_values(hook)
    plain["signature"] = json.dumps(hook.signature) if hook.signature else None
    return codec.entity_item(keys.hook(account_id, hook.hook_id), "hook", plain)


def _to_hook(item: Item) -> Hook:
    plain: dict[str, Any] = codec.decode_fields(item, Hook)
    for name in _TIMES:
        if name in plain:
            plain[name] = codec.to_datetime(plain[name])
    if "signature" in plain:
        plain["signature"] = json.loads(plain["signature"])
    plain["teams"] = tuple(plain.get("teams", ()))
    plain["purpose"] = Purpose(plain["purpose"]) if "purpose" in plain else None
    plain["sensitivity"] = Sensitivity(plain["sensitivity"])
    return Hook(**plain)
