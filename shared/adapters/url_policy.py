"""Where webhooks may lead: to public addresses, over HTTPS.

Sources: IANA, "IPv4 and IPv6 Special-Purpose Address Registries", which `ipaddress` follows;
RFC 6052 for IPv4 addresses inside of IPv6 ones.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.domain.errors import Unreachable

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64: the last 32 bits are the IPv4 address that is called."""

_NEVER = (IPv6Network("2001::/32"), IPv6Network("2002::/16"), IPv6Network("fec0::/10"))
"""Teredo and 6to4, which lead where somebody else chooses, and what was once local to a site."""

_NO_HOST = ("there is no host of this name", "host_not_found")
_NOT_PUBLIC = "it leads to an address that is not public"


class PublicUrlPolicy:
    """The port `Destinations`: hosts all of whose addresses are public, over HTTPS."""

    def find_fault(self, url: str) -> str | None:
        """Why nothing may be sent to a URL, by its form alone; None if something may."""
        parts = urlsplit(url)
        if parts.scheme != "https":
            return "it must start with https://"
        address = _literal(parts.hostname or "")
        return None if address is None or is_public(address) else _NOT_PUBLIC

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, IPv4 first; Unreachable if there is none or one is not public.

        The function that sends has no way out over IPv6 unless its network gives it one.
        """
        found = resolved(host, port)
        if not all(is_public(address) for address in found):
            raise Unreachable(_NOT_PUBLIC)
        return [str(address) for address in sorted(found, key=lambda each: each.version)]


def resolved(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Every address of a host, each once; Unreachable if it has none."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise Unreachable("the name server did not answer", "dns_unavailable") from None
        raise Unreachable(*_NO_HOST) from None
    except (OSError, UnicodeError):
        raise Unreachable(*_NO_HOST) from None
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one that anyone on the Internet could call."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _NEVER):
            return False
        address = _embedded(address) or address
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
    )


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
