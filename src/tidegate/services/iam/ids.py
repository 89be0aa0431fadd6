"""Ids and secrets, made of random bytes.

An id is four letters that say of what, then letters of base32 (user guide, "Unique identifiers").
"""

from base64 import b32encode, b64encode
from collections.abc import Callable
from typing import Final

USER: Final = "AIDA"
GROUP: Final = "AGPA"
ROLE: Final = "AROA"
POLICY: Final = "ANPA"
INSTANCE_PROFILE: Final = "AIPA"
ACCESS_KEY: Final = "AKIA"


class Ids:
    """Draws from `random_bytes(n)`, which is to be fit for secrets."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes

    def of(self, prefix: str) -> str:
        """An id of 21 characters; 85 of its bits are random."""
        return prefix + b32encode(self._random_bytes(15)).decode()[:17]

    def access_key(self) -> str:
        """The id of an access key: 20 characters, of which 80 bits are random."""
        return ACCESS_KEY + b32encode(self._random_bytes(10)).decode()

    def secret(self) -> str:
        """A secret access key: 40 characters, 240 bits."""
        return b64encode(self._random_bytes(30)).decode()
