"""The URL policy of a local run: this machine and public addresses.

docs/triggers.md sends webhooks to a receiver on this machine.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.adapters.url_policy import PublicUrlPolicy

_NAMES = frozenset({"localhost"})


class LocalUrlPolicy(PublicUrlPolicy):
    """The port `UrlPolicy` that also allows this machine, over HTTPS or HTTP."""

    def find_fault(self, url: str) -> str | None:
        """Return why a URL is not allowed, without resolving its host, or None if it is."""
        host = urlsplit(url).hostname or ""
        return None if _is_own_machine(host) else super().find_fault(url)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Resolve a host: loopback addresses for the names of this machine."""
        if host in _NAMES:
            return ["127.0.0.1", "::1"]
        return [host] if _is_own_machine(host) else super().resolve(host, port)


def _is_own_machine(host: str) -> bool:
    if host in _NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
