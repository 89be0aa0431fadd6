"""Senders that are made when they are needed.

What some of them stand on takes a tenth of a second to import, and most servers never send a push
notification or a mail; nobody's start is to wait for it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome


class ClosableSender(Protocol):
    """Sends by one protocol, until it is closed."""

    async def send(self, notification: Notification, target: Any) -> Outcome: ...

    async def close(self) -> None: ...


class LateSender:
    """A sender that is made, in a thread, when the first message is sent."""

    def __init__(self, make: Callable[[], ClosableSender]) -> None:
        """`make` may block, and import what it likes."""
        self._make = make
        self._made: asyncio.Task[ClosableSender] | None = None

    async def send(self, notification: Notification, target: Any) -> Outcome:
        """One try to deliver."""
        if self._made is None or (self._made.done() and not self._is_made()):
            self._made = asyncio.create_task(asyncio.to_thread(self._make))
        # Whoever gives up waiting must not take the sender from the others.
        sender = await asyncio.shield(self._made)
        return await sender.send(notification, target)

    def _is_made(self) -> bool:
        made = self._made
        return (
            made is not None and made.done() and not made.cancelled() and made.exception() is None
        )

    async def close(self) -> None:
        """Close it, if it was ever made."""
        if self._made is not None and not self._made.done():
            await asyncio.wait([self._made])
        if self._made is not None and self._is_made():
            await self._made.result().close()
