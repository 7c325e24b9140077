"""The ids of API keys by the fingerprints that values have, and the port that finds them."""

from collections.abc import Collection, Mapping
from typing import Protocol


class KeyIds(Protocol):
    """Finds ids of API keys by their fingerprints."""

    def find(self, account_id: str, fingerprints: Collection[str]) -> Mapping[str, str]:
        """Return the key id of each fingerprint.

        Omits fingerprints that no key of the account has, or several.
        """
