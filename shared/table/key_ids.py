"""Find the ids of API keys by the fingerprints that values have."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from shared.domain.sources import key_fingerprint
from shared.table import keys
from shared.table.dynamo import Table

_MAX_ACCOUNTS = 100
"""How many accounts a warm function remembers."""


class KeyIdTable:
    """The adapter of the port `KeyIds`.

    Ids of keys do not change, so they are kept, and read again only for an unknown fingerprint.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, dict[str, str | None]] = {}

    def find(self, account_id: str, fingerprints: Collection[str]) -> Mapping[str, str]:
        """Return the key id of each fingerprint, if exactly one key of the account has it."""
        known = self._known.get(account_id, {})
        if not known.keys() >= set(fingerprints):
            # A fingerprint that no key has is kept too, so that it is not looked up each time.
            known = {**dict.fromkeys(fingerprints), **self._read(account_id)}
            if len(self._known) >= _MAX_ACCOUNTS:
                self._known.clear()
            self._known[account_id] = known
        found = {fingerprint: known[fingerprint] for fingerprint in fingerprints}
        return {fingerprint: key_id for fingerprint, key_id in found.items() if key_id is not None}

    def _read(self, account_id: str) -> dict[str, str | None]:
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self._table.query(keys.api_keys_partition(account_id)):
            key_id = keys.key_id_of(entry["sk"]["S"])
            ids[key_fingerprint(key_id)].append(key_id)
        return {
            fingerprint: found[0] if len(found) == 1 else None for fingerprint, found in ids.items()
        }
