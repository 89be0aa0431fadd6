"""Request ids: in the form of a UUID, unique, and cheap.

An id is for finding a request in a log, so it need not be unguessable: the first 80 bits are drawn
anew for each block of ids, the last 48 count on from a random start.
"""

import os
from collections.abc import Callable
from typing import Final

_BLOCK: Final = 65_536
_TAIL_BITS: Final = 48


class RequestIds:
    """A source of request ids.  `random_bytes` gives that many random bytes."""

    __slots__ = ("_end", "_next", "_prefix", "_random_bytes")

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes
        self._prefix = ""
        self._next = 0
        self._end = 0

    def take(self) -> str:
        """A new id, such as `5b8f1e5c-0f5e-4f5e-8f5e-00f3a81c0b27`."""
        number = self._next
        if number == self._end:
            number = self._begin_block()
        self._next = number + 1
        return f"{self._prefix}{number:012x}"

    def _begin_block(self) -> int:
        drawn = self._random_bytes(16)
        head = drawn[:10].hex()
        # The marks of a random UUID (RFC 9562, 5.4), for clients that parse it.
        self._prefix = f"{head[:8]}-{head[8:12]}-4{head[13:16]}-a{head[17:20]}-"
        first = int.from_bytes(drawn[10:], "big") % ((1 << _TAIL_BITS) - _BLOCK)
        self._end = first + _BLOCK
        return first
