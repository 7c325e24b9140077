"""Where webhooks may be sent to by a run on one's own machine: there, and to public addresses."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.adapters.url_policy import PublicUrlPolicy

_NAMES = frozenset({"localhost"})


class LocalUrlPolicy(PublicUrlPolicy):
    """The port `Destinations`: this machine, also over plain HTTP, beside what is public."""

    def find_fault(self, url: str) -> str | None:
        """Why nothing may be sent to a URL, by its form alone; None if something may."""
        host = urlsplit(url).hostname or ""
        return None if _is_own_machine(host) else super().find_fault(url)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, those of this machine for its names."""
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
