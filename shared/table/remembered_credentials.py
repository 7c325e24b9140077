"""API keys that a function has read before, for answers without storage."""

from collections import OrderedDict

from shared.domain.accounts import ApiKey
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.dynamo import Table

MAX_KEYS = 1000
"""The most API keys that a function remembers."""


class RememberedKeys:
    """API keys as they were read last, by their hashes."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, ApiKey] = OrderedDict()

    def find(self, key_hash: str) -> ApiKey | None:
        """Return a key as it was read last, or None."""
        return self._keys.get(key_hash)

    def note(self, key_hash: str, key: ApiKey | None) -> None:
        """Keep a key as it was read, or forget one that does not exist any more."""
        self._keys.pop(key_hash, None)
        if key is not None:
            self._keys[key_hash] = key
        if len(self._keys) > MAX_KEYS:
            self._keys.popitem(last=False)


class RememberingCredentialTable(CredentialTable):
    """The adapter of the port `Credentials`, which remembers the keys that it finds."""

    def __init__(self, table: Table, memory: DefinitionMemory, keys: RememberedKeys) -> None:
        super().__init__(table, memory)
        self._keys = keys

    def find(self, key_hash: str, account_id: str | None = None) -> ApiKey | None:
        """Return the API key with this hash, or None, and remember it."""
        found = super().find(key_hash, account_id)
        self._keys.note(key_hash, found)
        return found
