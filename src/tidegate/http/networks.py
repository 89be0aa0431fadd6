"""Which networks the server may call: a guard against server-side request forgery.

Whoever may subscribe an endpoint has the server send requests to it.  So that this does not open
what only the server can reach, each address is looked at after its name has been resolved, and the
connection is made to that very address: what the name says a moment later does not matter.

An address belongs to one kind:

    loopback     127.0.0.0/8 and ::1, and 0.0.0.0/8 and ::, which lead there
    link-local   169.254.0.0/16 and fe80::/10; where clouds keep their metadata services
    private      every other that is not assigned to the public: RFC 1918, RFC 6598, RFC 4193, ...
    public       the rest, which the Internet routes

An IPv6 address that stands for an IPv4 address (mapped, 6to4, Teredo, NAT64) is taken for that one.
Multicast and broadcast belong to no kind.  Source of the ranges: the IANA special-purpose address
registries, as Python's `ipaddress` knows them.
"""

import ipaddress
from collections.abc import Iterable
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PUBLIC: Final = "public"
PRIVATE: Final = "private"
LOOPBACK: Final = "loopback"
LINK_LOCAL: Final = "link-local"
KINDS: Final = (PUBLIC, PRIVATE, LOOPBACK, LINK_LOCAL)

_THIS_NETWORK: Final = ipaddress.ip_network("0.0.0.0/8")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_BROADCAST: Final = ipaddress.ip_address("255.255.255.255")


class Networks:
    """The networks that may be called."""

    __slots__ = ("_kinds", "_networks", "given")

    def __init__(self, given: Iterable[str]) -> None:
        """`given` are words of KINDS and networks such as 10.0.0.0/8; raises ValueError."""
        self.given = tuple(given)
        self._kinds = frozenset(word for word in self.given if word in KINDS)
        self._networks: tuple[Network, ...] = tuple(
            _network(word) for word in self.given if word not in KINDS
        )

    def allow(self, address: str) -> bool:
        """Whether this address, in figures, may be called; False for what is no address."""
        try:
            found = embedded(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return False
        if kind_of(found) in self._kinds:
            return True
        return any(found in network for network in self._networks)

    def __repr__(self) -> str:
        return f"Networks({', '.join(self.given)})"


def default_networks(*, listens_on_loopback: bool) -> Networks:
    """All, where only this machine can ask the server to call; else what is public."""
    return Networks(KINDS if listens_on_loopback else (PUBLIC,))


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    number = int(address)
    # The deprecated form ::a.b.c.d (RFC 4291, 2.5.5.1); :: and ::1 are addresses of their own.
    if address in _NAT64 or 1 < number < 1 << 32:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return address


def kind_of(address: Address) -> str | None:
    """The kind of an address, as the head of this file has them; None for multicast and such."""
    if address.is_multicast or address == _BROADCAST:
        return None
    if address.is_loopback or address.is_unspecified or address in _THIS_NETWORK:
        return LOOPBACK
    if address.is_link_local:
        return LINK_LOCAL
    return PUBLIC if address.is_global else PRIVATE


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a network such as 10.0.0.0/8 nor one of {', '.join(KINDS)}"
        ) from None
