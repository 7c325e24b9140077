"""Allow webhook URLs with HTTPS and public addresses only.

Sources: IANA, "IPv4 and IPv6 Special-Purpose Address Registries", which `ipaddress` follows;
RFC 6052 for IPv4 addresses inside of IPv6 ones.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.domain.errors import Unreachable

_NAT64 = IPv6Network("64:ff9b::/96")
"""The last 32 bits of a NAT64 address are the IPv4 address of the destination."""

_BLOCKED = (IPv6Network("2001::/32"), IPv6Network("2002::/16"), IPv6Network("fec0::/10"))
"""Teredo and 6to4, which route to an embedded IPv4 address, and site-local addresses."""

_NO_HOST = ("there is no host of this name", "host_not_found")
_NOT_PUBLIC = "it leads to an address that is not public"


class PublicUrlPolicy:
    """Implements the port `UrlPolicy`: HTTPS, and hosts with public addresses only."""

    def find_fault(self, url: str) -> str | None:
        """Return why a URL is not allowed, without a DNS lookup; None if it is allowed."""
        parts = urlsplit(url)
        if parts.scheme != "https":
            return "it must start with https://"
        address = _literal(parts.hostname or "")
        return None if address is None or is_public(address) else _NOT_PUBLIC

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Resolve a host to its addresses, IPv4 first.

        IPv4 comes first because Lambda functions have no IPv6 route by default.

        Raises:
            Unreachable: The host has no address, or one of its addresses is not public.

        """
        found = resolve(host, port)
        if not all(is_public(address) for address in found):
            raise Unreachable(_NOT_PUBLIC)
        return [str(address) for address in sorted(found, key=lambda each: each.version)]


def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Resolve a host to its distinct addresses; raises Unreachable if there is none."""
    try:
        results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise Unreachable("the name server did not answer", "dns_unavailable") from None
        raise Unreachable(*_NO_HOST) from None
    except (OSError, UnicodeError):
        raise Unreachable(*_NO_HOST) from None
    return list(dict.fromkeys(ip_address(result[4][0]) for result in results))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is reachable from the public Internet."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _BLOCKED):
            return False
        address = _embedded_ipv4(address) or address
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
    )


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
