"""What a FIFO queue remembers for five minutes: deduplication ids, and receive attempts.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
"""

from collections import deque
from collections.abc import Iterable

import msgspec

from tidegate.base import limits

INTERVAL_MS = limits.DEDUPLICATION_S * 1000
"""AWS gives receive attempts the same five minutes."""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A message that was sent with a deduplication id."""

    slot: int
    message_id: str
    until: int


class Deduplication:
    """The ids sent in the last five minutes.

    An id is remembered however its message fares.  Where the scope is the message group, the
    same id may be sent once in each group.
    """

    __slots__ = ("_known", "_order")

    def __init__(self) -> None:
        self._known: dict[str, Remembered] = {}
        self._order: deque[str] = deque()

    def find(self, key: str, now: int) -> Remembered | None:
        """What was sent under the key, as long as it is remembered."""
        known = self._known.get(key)
        return known if known is not None and known.until > now else None

    def remember(self, key: str, slot: int, message_id: str, now: int) -> None:
        self._prune(now)
        self._known[key] = Remembered(slot, message_id, now + INTERVAL_MS)
        self._order.append(key)

    def _prune(self, now: int) -> None:
        order, known = self._order, self._known
        while order and known[order[0]].until <= now:
            del known[order.popleft()]

    def capture(self, now: int) -> tuple[list[str], list[Remembered]]:
        """The keys, and what is remembered under each, in the order of time.  Quick, for there may
        be millions."""
        self._prune(now)
        return list(self._known), list(self._known.values())

    def restore(self, pairs: Iterable[tuple[str, Remembered]]) -> None:
        for key, remembered in pairs:
            self._known[key] = remembered
            self._order.append(key)


def deduplication_key(scope: str, group_id: str, deduplication_id: str) -> str:
    """The key of an id within its scope.  A NUL can stand in neither id."""
    if scope == "messageGroup":
        return f"{group_id}\0{deduplication_id}"
    return deduplication_id


class Attempt(msgspec.Struct, frozen=True, array_like=True):
    """A receive that was made with a ReceiveRequestAttemptId."""

    at: int
    slots: list[int]
    visible_at: int
    """Until when it hid them; other than that they were not changed as long as this is so."""


class Attempts:
    """The receive attempts of the last five minutes."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, Attempt] = {}

    def find(self, attempt_id: str, now: int) -> Attempt | None:
        attempt = self._known.get(attempt_id)
        return attempt if attempt is not None and attempt.at + INTERVAL_MS > now else None

    def remember(self, attempt_id: str, attempt: Attempt) -> None:
        # The dict is in the order of time: the newest is always put last.
        self._known.pop(attempt_id, None)
        self._known[attempt_id] = attempt
        self._prune(attempt.at)

    def renew(self, attempt_id: str, visible_at: int) -> None:
        """The attempt was repeated, which hides its messages until `visible_at`."""
        attempt = self._known[attempt_id]
        self._known[attempt_id] = Attempt(attempt.at, attempt.slots, visible_at)

    def _prune(self, now: int) -> None:
        while self._known:
            oldest = next(iter(self._known))
            if self._known[oldest].at + INTERVAL_MS > now:
                return
            del self._known[oldest]

    def dump(self) -> dict[str, Attempt]:
        return dict(self._known)

    def restore(self, state: dict[str, Attempt]) -> None:
        self._known = dict(state)
