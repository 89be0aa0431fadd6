"""Encryption contexts as bytes: equal contexts give equal bytes, others never do.

Pairs stand in the order of their keys' UTF-8; each key and value has its length before it (4 bytes,
big endian), and the number of pairs stands first.  No context and an empty one are the same, as
in KMS.
"""

from collections.abc import Mapping
from struct import Struct
from typing import Final

_LENGTH: Final = Struct(">I")


def canonical_context(context: Mapping[str, str] | None) -> bytes:
    """The bytes that stand for an encryption context; any text is taken."""
    pairs = sorted((_utf8(key), _utf8(value)) for key, value in (context or {}).items())
    pieces = [_LENGTH.pack(len(pairs))]
    for pair in pairs:
        for text in pair:
            pieces += (_LENGTH.pack(len(text)), text)
    return b"".join(pieces)


def context_of(canonical: bytes) -> dict[str, str]:
    """The context that these bytes, made here, stand for; raises ValueError."""
    texts: list[str] = []
    offset = _LENGTH.size
    while offset < len(canonical):
        start = offset + _LENGTH.size
        offset = start + _length_at(canonical, offset)
        if offset > len(canonical):
            raise ValueError("no encryption context")
        texts.append(canonical[start:offset].decode("utf-8", "surrogatepass"))
    if len(texts) != 2 * _length_at(canonical, 0):
        raise ValueError("no encryption context")
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _length_at(data: bytes, offset: int) -> int:
    if offset + _LENGTH.size > len(data):
        raise ValueError("no encryption context")
    length: int = _LENGTH.unpack_from(data, offset)[0]
    return length


def _utf8(text: str) -> bytes:
    # JSON may carry half of a surrogate pair; it is a text like any other here.
    return text.encode("utf-8", "surrogatepass")
