"""Tokens with which an endpoint confirms its subscription.

    32 hexadecimal digits   the subscription's UUID
    128 more                64 random bytes

Whoever has the token may confirm, so only its digest is kept.  AWS's tokens are as opaque, longer
than a word, and valid for two days (SNS service model, Subscribe).
"""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from hmac import compare_digest
from typing import Final, NamedTuple
from uuid import UUID

from tidegate.base.sns_limits import CONFIRMATION_MS
from tidegate.catalog.topics import IssuedToken

_RANDOM_BYTES: Final = 64
_FORM: Final = re.compile(rf"[0-9a-f]{{{32 + 2 * _RANDOM_BYTES}}}")


class NewToken(NamedTuple):
    text: str
    """What the endpoint gets; it is kept nowhere."""
    issued: IssuedToken


class Tokens:
    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        """`random_bytes(n)` is to be fit for secrets."""
        self._random_bytes = random_bytes

    def new_id(self) -> str:
        """A UUID for a subscription."""
        return str(UUID(bytes=self._random_bytes(16), version=4))

    def issue(self, subscription_id: str, now: int) -> NewToken:
        text = UUID(subscription_id).hex + self._random_bytes(_RANDOM_BYTES).hex()
        return NewToken(text, IssuedToken(_digest(text), now + CONFIRMATION_MS))


def subscription_of(token: str) -> str | None:
    """The UUID of the subscription that a token is for; None for what is no token."""
    return str(UUID(token[:32])) if _FORM.fullmatch(token) else None


def find_issued(issued: Iterable[IssuedToken], token: str, now: int) -> IssuedToken | None:
    """The one of these that the token is, if that is still valid."""
    digest = _digest(token)
    for each in issued:
        if compare_digest(each.digest, digest) and now < each.expires_at:
            return each
    return None


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
