"""The sender of `application` subscriptions, and of messages published straight to a device."""

from collections.abc import Mapping
from typing import Final, Protocol

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, permanent
from tidegate.workers.push.target import PushTarget

DISABLED: Final = "Endpoint is disabled"


class PlatformSender(Protocol):
    """Sends through one platform."""

    async def send(self, notification: Notification, target: PushTarget) -> Outcome: ...

    async def close(self) -> None: ...


class PushSender:
    """Sends notifications through the platform of their endpoint."""

    def __init__(self, platforms: Mapping[str, PlatformSender]) -> None:
        """By their names, such as APNS_SANDBOX.  Baidu, MPNS and WNS are not among them."""
        self._platforms = platforms

    async def send(self, notification: Notification, target: PushTarget) -> Outcome:
        """One try to deliver; never raises."""
        if not target.enabled:
            return permanent(DISABLED)
        platform = self._platforms.get(target.platform)
        if platform is None:
            return permanent(f"sending through {target.platform} is not supported")
        return await platform.send(notification, target)

    async def close(self) -> None:
        for platform in self._platforms.values():
            await platform.close()
