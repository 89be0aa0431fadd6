"""Signatures of notifications, made beside the event loop and once for all who get a message.

A signature takes most of a millisecond, so it is made in a thread.  Who wants one that is being
made waits for it, and a message that goes to a thousand endpoints is signed once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from hashlib import sha256
from typing import Final

import msgspec

from tidegate.catalog.notifications import Sign, SignatureVersion, string_to_sign
from tidegate.workers.documents import document_of
from tidegate.workers.notification import Notification

MOST_REMEMBERED: Final = 1024


class Signer:
    """Signs notifications, for one event loop."""

    def __init__(self, sign: Sign, certificate_url: Callable[[], str], executor: Executor) -> None:
        """`sign` is called in the executor's threads; `certificate_url()` once it has signed, for
        the key may be made then."""
        self._sign = sign
        self._certificate_url = certificate_url
        self._executor = executor
        self._made: dict[tuple[str, bytes], asyncio.Future[str]] = {}

    async def signed(self, notification: Notification, version: SignatureVersion) -> Notification:
        """The notification with its signature; one that has one, or of a FIFO topic, as it is.

        Raises what `sign` raises.
        """
        if notification.signature is not None or notification.sequence_number is not None:
            return notification
        text = string_to_sign(document_of(notification))
        key = version, sha256(text).digest()
        signature = self._made.get(key)
        if signature is None:
            if len(self._made) >= MOST_REMEMBERED:
                del self._made[next(iter(self._made))]
            loop = asyncio.get_running_loop()
            signature = loop.run_in_executor(self._executor, self._sign, version, text)
            self._made[key] = signature
            signature.add_done_callback(lambda done: self._drop_failed(key, done))
        # Whoever gives up waiting must not take the signature from the others.
        found = await asyncio.shield(signature)
        return msgspec.structs.replace(
            notification,
            signature_version=version,
            signature=found,
            signing_cert_url=self._certificate_url(),
        )

    def _drop_failed(self, key: tuple[str, bytes], done: asyncio.Future[str]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._made.pop(key, None)
