"""Access tokens by OAuth 2.0: fetched when they are needed, and kept while they are good."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from tidegate.kms.secret import Secret
from tidegate.workers.answers import outcome_of
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web_client import Answer

MOST_KEPT: Final = 256
EARLY_S: Final = 60
"""How long before its end a token is no longer used."""
_MOST_S: Final = 24 * 3600


class TokenNotHad(Exception):
    """There is no access token, and `outcome` says what that means for a message."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.text)


class AccessToken(msgspec.Struct, frozen=True):
    value: Secret
    lasts_s: int


class _TokenAnswer(msgspec.Struct):
    """RFC 6749, 5.1."""

    access_token: str
    expires_in: int = 3600


class _ErrorAnswer(msgspec.Struct):
    """RFC 6749, 5.2."""

    error: str = ""
    error_description: str = ""


class AccessTokens:
    """The tokens of applications, for one event loop.  Who wants one that is being fetched waits
    for it.  `clock` gives milliseconds."""

    def __init__(
        self, fetch: Callable[[PushTarget], Awaitable[AccessToken]], clock: Callable[[], int]
    ) -> None:
        """`fetch` raises TokenNotHad, Undeliverable and NoAnswer."""
        self._fetch = fetch
        self._clock = clock
        self._kept: dict[bytes, tuple[AccessToken, int]] = {}
        self._fetching: dict[bytes, asyncio.Task[AccessToken]] = {}

    async def get(self, target: PushTarget) -> Secret:
        """A token that is good.  Raises what `fetch` raises."""
        key = target.credentials_digest()
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept[1]:
            return kept[0].value
        task = self._fetching.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch_and_keep(key, target))
            self._fetching[key] = task
            task.add_done_callback(lambda done: self._fetched(key, done))
        # Whoever gives up waiting must not take the token from the others.
        return (await asyncio.shield(task)).value

    def drop(self, target: PushTarget) -> None:
        """The platform does not accept the token any more."""
        self._kept.pop(target.credentials_digest(), None)

    def _fetched(self, key: bytes, done: asyncio.Task[AccessToken]) -> None:
        del self._fetching[key]
        if not done.cancelled():
            # Looked at here, since all who waited may have given up.
            done.exception()

    async def _fetch_and_keep(self, key: bytes, target: PushTarget) -> AccessToken:
        token = await self._fetch(target)
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = token, self._clock() + (token.lasts_s - EARLY_S) * 1000
        return token


def token_in(answer: Answer, platform: str) -> AccessToken:
    """The token that an answer of a token endpoint holds; raises TokenNotHad."""
    if answer.status == 200:
        try:
            found = msgspec.json.decode(answer.body, type=_TokenAnswer)
            value = Secret(found.access_token.encode("ascii"))
            return AccessToken(value, min(max(found.expires_in, 0), _MOST_S))
        except (msgspec.DecodeError, UnicodeEncodeError):
            text = f"{platform} answers with no access token"
            raise TokenNotHad(Outcome(Verdict.RETRYABLE, text, 200)) from None
    try:
        error = msgspec.json.decode(answer.body, type=_ErrorAnswer)
    except msgspec.DecodeError:
        error = _ErrorAnswer()
    reason = " ".join(filter(None, (error.error, error.error_description))) or str(answer.status)
    text = f"{platform} gives no access token: {reason}"
    raise TokenNotHad(outcome_of(answer, text))
