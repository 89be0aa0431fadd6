"""Message ids: random UUIDs (RFC 9562, version 4), made from blocks of the system's randomness."""

import os
from collections.abc import Callable
from typing import Final

_BLOCK_IDS: Final = 256
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class MessageIds:
    """Gives a new id each time it is called, for 0.5 us instead of the 3 of `uuid.uuid4`.

    `random_bytes(n)` must be unpredictable; another source is for tests.
    """

    __slots__ = ("_at", "_block", "_random_bytes")

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes
        self._block = ""
        self._at = 0

    def __call__(self) -> str:
        at = self._at
        if at == len(self._block):
            self._block = self._random_bytes(16 * _BLOCK_IDS).hex()
            at = 0
        self._at = at + 32
        h = self._block[at : at + 32]
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:]}"
