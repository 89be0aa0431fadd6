"""What stands behind the webhook: a service that has its troubles."""

import json
from collections import Counter
from threading import Lock
from typing import Any

SHAKY_EVERY = 5
"""Every so many messages the service is not up to it at first."""
SHAKY_ATTEMPTS = 2
HOPELESS = 13
"""The number of the message that it never understands."""


class Trouble(Exception):
    """The message could not be handled now."""


class Service:
    """Handles messages, each once, whatever the number of times that it is delivered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._attempts: Counter[int] = Counter()
        self._handled: set[int] = set()

    @property
    def handled(self) -> set[int]:
        with self._lock:
            return set(self._handled)

    @property
    def failed_attempts(self) -> int:
        with self._lock:
            return self._attempts.total() - len(self._handled)

    def handle(self, notification: dict[str, Any]) -> None:
        """Raises Trouble."""
        number = json.loads(notification["Message"])["number"]
        with self._lock:
            if number in self._handled:
                # Our answer did not arrive, and so it was sent again: it is done all the same.
                return
            self._attempts[number] += 1
            is_shaky = number % SHAKY_EVERY == 0 and self._attempts[number] <= SHAKY_ATTEMPTS
            if number == HOPELESS or is_shaky:
                raise Trouble(f"message {number} could not be handled")
            self._handled.add(number)
