"""The sender of `sms` subscriptions, and of messages that are published straight to a phone."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Undeliverable, Verdict, permanent
from tidegate.workers.sms.text_message import SmsTarget, TextMessage, text_message_of


class TextMessages(Protocol):
    """A way for SMS to go: an HTTP gateway, or a file."""

    async def deliver(self, message: TextMessage) -> Outcome: ...

    async def close(self) -> None: ...


class SmsSender:
    """Sends notifications as SMS, within what the account may spend.

    The outcome of a delivered one says what it has cost; to add that up is the caller's, and to
    hand the sum in again with the next target.
    """

    def __init__(self, way: TextMessages, part_micro_usd: int, clock: Callable[[], int]) -> None:
        """`part_micro_usd` is the price of a part; `clock` gives milliseconds."""
        self._way = way
        self._part_micro_usd = part_micro_usd
        self._clock = clock

    async def send(self, notification: Notification, target: SmsTarget) -> Outcome:
        """One try to deliver; never raises."""
        try:
            message = text_message_of(notification, target, self._clock(), self._part_micro_usd)
        except Undeliverable as error:
            return permanent(str(error))
        outcome = await self._way.deliver(message)
        if outcome.verdict is Verdict.DELIVERED:
            return msgspec.structs.replace(outcome, cost_micro_usd=message.cost_micro_usd)
        return outcome

    async def close(self) -> None:
        await self._way.close()
