"""Request ids: in the form of a UUID, unique, and cheap.

An id is for finding a request in a log, so it need not be unguessable: all but its last three
digits are drawn anew for each block of ids, and those count.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

_TAILS: Final = [f"{number:03x}" for number in range(4096)]


class RequestIds:
    """A source of request ids.  `random_bytes` gives that many random bytes."""

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self.take: Callable[[], str] = _ids(random_bytes).__next__
        """Gives a new id, such as `5b8f1e5c-0f5e-4f5e-af5e-00f3a81c0b27`."""


def _ids(random_bytes: Callable[[int], bytes]) -> Iterator[str]:
    # A generator, because nothing that keeps a state gives its next value faster.
    while True:
        drawn = random_bytes(16).hex()
        # The marks of a random UUID (RFC 9562, 5.4), for clients that parse it.
        prefix = f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:29]}"
        for tail in _TAILS:
            yield prefix + tail
