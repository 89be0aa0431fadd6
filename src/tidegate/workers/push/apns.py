"""Push notifications through Apple's APNs, over HTTP/2.

An application has connections of its own: APNs wants those of two teams, or of two certificates,
kept apart.  Requests share a connection as long as it lasts.

Sources: Apple, "Sending notification requests to APNs", "Handling notification responses from
APNs".
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import msgspec

from tidegate.workers.answers import outcome_of
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Undeliverable, permanent, retryable
from tidegate.workers.push.apns_identity import SigningKey, show_certificate, signing_key
from tidegate.workers.push.apns_request import apns_request
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web import Web
from tidegate.workers.web_client import Answer, NoAnswer

MOST_APPLICATIONS: Final = 64
"""Whose connections are kept."""
_GONE: Final = ("Unregistered", "BadDeviceToken", "ExpiredToken")
_TOKEN_TOO_OLD: Final = ("ExpiredProviderToken", "MissingProviderToken")


class _ErrorAnswer(msgspec.Struct):
    reason: str = ""


class _Link(msgspec.Struct):
    """The connections of an application."""

    web: Web
    key: SigningKey | None
    topic: str | None
    """What the certificate names."""


class ApnsSender:
    """Sends to devices of applications of one of APNs' platforms."""

    def __init__(
        self,
        url: str,
        make_web: Callable[[ssl.SSLContext], Web],
        make_trust: Callable[[], ssl.SSLContext],
        clock: Callable[[], int],
    ) -> None:
        """`url` is APNs' or a stand-in's, `make_web` makes a client that speaks HTTP/2,
        `make_trust` says whose certificates are good, and `clock` gives milliseconds."""
        self._url = url.rstrip("/")
        self._make_web = make_web
        self._make_trust = make_trust
        self._clock = clock
        self._links: dict[bytes, asyncio.Task[_Link]] = {}

    async def send(self, notification: Notification, target: PushTarget) -> Outcome:
        """One try to deliver; never raises."""
        try:
            link = await self._link(target)
            now = self._clock()
            topic = target.bundle_id or link.topic
            request = apns_request(notification, target.platform, topic, now)
            headers = dict(request.headers)
            if link.key is not None:
                headers["authorization"] = f"bearer {link.key.token(now)}"
            device = quote(target.token, safe="")
            answer = await link.web.post(f"{self._url}/3/device/{device}", headers, request.body)
        except Undeliverable as error:
            return permanent(str(error))
        except NoAnswer as error:
            return retryable(f"APNs: {error}")
        return _outcome(answer, link)

    async def _link(self, target: PushTarget) -> _Link:
        """Raises Undeliverable."""
        digest = target.credentials_digest()
        task = self._links.pop(digest, None)
        if task is None or (task.done() and not _is_good(task)):
            task = asyncio.create_task(self._new_link(target))
        # Put at the end, so that the first one is the one that has rested longest.
        self._links[digest] = task
        if len(self._links) > MOST_APPLICATIONS:
            await self._close(self._links.pop(next(iter(self._links))))
        return await asyncio.shield(task)

    async def _new_link(self, target: PushTarget) -> _Link:
        return await asyncio.to_thread(self._make_link, target)

    def _make_link(self, target: PushTarget) -> _Link:
        """In a thread, since certificates are read from files."""
        key = signing_key(target)
        context = self._make_trust()
        topic = None if key is not None else show_certificate(target, context)
        return _Link(self._make_web(context), key, topic)

    async def _close(self, task: asyncio.Task[_Link]) -> None:
        if not task.done():
            task.cancel()
        elif _is_good(task):
            await task.result().web.close()

    async def close(self) -> None:
        links, self._links = self._links, {}
        for task in links.values():
            await self._close(task)


def _is_good(task: asyncio.Task[_Link]) -> bool:
    """Of a task that is done."""
    return not task.cancelled() and task.exception() is None


def _outcome(answer: Answer, link: _Link) -> Outcome:
    if answer.status == 200:
        return outcome_of(answer)
    try:
        reason = msgspec.json.decode(answer.body, type=_ErrorAnswer).reason
    except (msgspec.DecodeError, RecursionError):
        reason = ""
    if answer.status == 410 or reason in _GONE:
        return permanent(reason or "Unregistered", answer.status, endpoint_gone=True)
    if reason in _TOKEN_TOO_OLD and link.key is not None:
        link.key.drop_token()
        return retryable(reason, answer.status)
    return outcome_of(answer, reason or answer.text())
