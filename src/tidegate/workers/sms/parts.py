"""Into how many messages a text is cut.

A message holds 140 bytes: 160 characters of GSM's alphabet with 7 bits each (a few count twice),
140 of ASCII, or 70 units of UCS-2.  A text that is longer is cut between words where it can be.
Source: SNS developer guide, "Publishing to a mobile phone"; the alphabet is that of 3GPP TS 23.038.
"""

import re
from collections.abc import Callable
from typing import Final

MOST_CHARS: Final = 1_600
"""Of all messages that a text becomes."""

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("\f^{}\\[~]|€")
_WORDS: Final = re.compile(r"\S*\s*")


def parts_of(text: str) -> int:
    """How many messages a text becomes, at least one."""
    room, weigh = _measure(text)
    parts, left = 1, room
    for word in _WORDS.findall(text):
        weight = weigh(word.rstrip())
        if weight > left and left < room:
            parts, left = parts + 1, room
        while weight > room:
            # A word that fits into no message is cut.
            parts, weight = parts + 1, weight - room
        left -= min(left, weight + weigh(word) - weigh(word.rstrip()))
    return parts


def _measure(text: str) -> tuple[int, Callable[[str], int]]:
    """How much a message holds of a text like this, and what weighs pieces of it."""
    characters = frozenset(text)
    if characters <= _GSM | _GSM_TWICE:
        return 160, _gsm_weight
    if text.isascii():
        return 140, len
    return 70, _ucs2_weight


def _gsm_weight(text: str) -> int:
    return len(text) + sum(character in _GSM_TWICE for character in text)


def _ucs2_weight(text: str) -> int:
    """Characters outside of the basic plane take two units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
