"""Where a message may go: no internal address, unless the configuration allows its network."""

import socket
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address


def refused(host: str, allow: Sequence[str]) -> str:
    """Return the internal address that `host` leads to; empty when it may be sent to.

    A name that cannot be resolved leads nowhere: its delivery fails by itself.
    """
    return _refused(_addresses(host), allow)


def pinned(host: str, allow: Sequence[str]) -> tuple[str, str]:
    """Return the address to speak to for `host`, and the internal one that forbids it; either may be empty.

    Who speaks to just this address is safe from a name server that changes its answer between check and connection.
    """
    found = sorted(_addresses(host), key=lambda address: (address.version, int(address)))
    internal = _refused(found, allow)
    return ("" if internal or not found else str(found[0])), internal


def _refused(addresses: Iterable[Address], allow: Sequence[str]) -> str:
    """Return the first internal one of `addresses` that no network of `allow` holds."""
    for address in addresses:
        if _is_internal(address) and not any(address in network for network in _networks(tuple(allow))):
            return str(address)
    return ""


@cache
def _networks(allow: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in allow)


def _addresses(host: str) -> Iterable[Address]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return {_plain(ip_address(str(entry[4][0]).partition("%")[0])) for entry in found}


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if not isinstance(address, IPv6Address):
        return address
    for inner in (address.ipv4_mapped, address.sixtofour, None if address.teredo is None else address.teredo[1]):
        if inner is not None:
            return inner
    return address


def _is_internal(address: Address) -> bool:
    return not address.is_global or address.is_multicast
