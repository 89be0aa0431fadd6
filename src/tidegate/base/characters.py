"""The characters that messages may hold: those that XML 1.0 can carry (2.2)."""

from typing import Final

_MARKED: Final = bytes(0xFF if b < 0x20 and b not in (0x9, 0xA, 0xD) else b for b in range(256))
"""Changes every byte that no character may be; 0xFF is in no UTF-8."""
_NON_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())


def utf8_of(text: str) -> bytes | None:
    """The text in UTF-8; None where it holds a character that XML 1.0 has not.

    Translating the bytes and comparing is the fastest way that CPython offers: 0.8 us for a
    kilobyte, where a regular expression takes 5.
    """
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return None
    if encoded.translate(_MARKED) != encoded:
        return None
    if len(encoded) != len(text) and any(bad in encoded for bad in _NON_CHARACTERS):
        return None
    return encoded
