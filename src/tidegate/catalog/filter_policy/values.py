"""The scalars that policies and messages are compared by.

A string is a `str`.  A number within SNS's bounds is an `int`: the number times 10^5, rounded down,
so that numbers which differ after the fifth digit only are the same (developer guide, "Filter
policy constraints").  What remains - `true`, `false`, `null` and numbers beyond the bounds - is a
tuple of its text, and equals its text only.  So all of them may be keys of one dict.
"""

import re
from decimal import ROUND_FLOOR, Context, Decimal, DecimalException
from ipaddress import IPv6Address
from typing import Final

from tidegate.base.sns_filter_limits import NUMBER_BOUND, NUMBER_DECIMALS

Value = str | int | tuple[str]

TRUE: Final = ("true",)
FALSE: Final = ("false",)
NULL: Final = ("null",)

SCALE: Final = 10**NUMBER_DECIMALS
LOWEST: Final = -NUMBER_BOUND * SCALE
HIGHEST: Final = NUMBER_BOUND * SCALE

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
_EXACT: Final = Context(prec=40, rounding=ROUND_FLOOR, traps=[])
_STEP: Final = Decimal(1).scaleb(-NUMBER_DECIMALS)
_BOUND: Final = Decimal(NUMBER_BOUND)


def scaled(text: str) -> int | None:
    """A number's text as it is compared; None where it is no number within the bounds."""
    if _INTEGER.fullmatch(text):
        return int(text) * SCALE
    if not _NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text)
    except DecimalException:
        return None
    if not number.is_finite() or not -_BOUND <= number <= _BOUND:
        return None
    return int(number.quantize(_STEP, context=_EXACT).scaleb(NUMBER_DECIMALS, context=_EXACT))


def number_value(text: str) -> Value:
    """A number as a value: scaled where it is within the bounds, else its text."""
    number = scaled(text)
    return (text,) if number is None else number


Address = tuple[int, int]
"""(4 or 6, the address as a number)."""

_IPV4: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_IPV6: Final = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")
_LONGEST_ADDRESS: Final = 45


def looks_like_address(text: str) -> bool:
    return bool(_IPV4.fullmatch(text) or _IPV6.fullmatch(text))


def address_of(text: str) -> Address | None:
    """The IP address that the text stands for, None where it stands for none."""
    if not 2 <= len(text) <= _LONGEST_ADDRESS:
        return None
    if _IPV4.fullmatch(text):
        octets = [int(octet) for octet in text.split(".")]
        if max(octets) > 255:
            return None
        return 4, int.from_bytes(octets, "big")
    if not _IPV6.fullmatch(text):
        return None
    try:
        address = IPv6Address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped
    return (6, int(address)) if mapped is None else (4, int(mapped))
