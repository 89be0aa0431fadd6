"""What a text stands for in a condition: a number, an instant, an address, bytes.

Each function gives None for a text that is no such thing, and raises nothing.  Requests repeat
themselves (the same client's address), so what is dear to read is remembered.
"""

import base64
import calendar
import re
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_INSTANT: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2})))?)?)?"
)
_LONGEST_YEAR: Final = 9999


def number(text: str) -> Decimal | None:
    """A whole number or a decimal one."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def instant(text: str) -> Decimal | None:
    """Seconds since the epoch, of a date in W3C's profile of ISO 8601 or of such a number.

    Four digits are a year (user guide, "Date condition operators").
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return number(text)
    year, month, day, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    month, day = month or (0 if found[2] else 1), day or (0 if found[3] else 1)
    if not (1 <= year <= _LONGEST_YEAR and 1 <= month <= 12 and hour < 24 and minute < 60):
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1] or second > 60:
        return None
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    offset = int(found[9] or 0) * 3600 + int(found[10] or 0) * 60
    seconds -= -offset if found[8] == "-" else offset
    return Decimal(f"{seconds}") + Decimal(f"0.{found[7] or 0}")


@lru_cache(maxsize=4096)
def address(text: str) -> tuple[int, int] | None:
    """(version, number) of an IP address; `::ffff:192.0.2.1`, which is how a socket of both kinds
    shows an IPv4 address, is that address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.version, int(found)


def network(text: str) -> tuple[int, int, int] | None:
    """(version, first, last) of a range in CIDR notation, which without a prefix length is the one
    address."""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        return None
    return found.version, int(found.network_address), int(found.broadcast_address)


def binary(text: str) -> bytes | None:
    """The bytes that base64 stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def boolean(text: str) -> bool | None:
    """`true` or `false`, in any case."""
    return {"true": True, "false": False}.get(text.lower())
