"""Receives that wait for a message: long polls, in the order of waiting."""

from collections import OrderedDict
from typing import Any

from tidegate.engine.commands import Receive


class Waiter:
    """One receive that waits."""

    __slots__ = ("call", "command", "finish", "timer")

    def __init__(self, call: Any, command: Receive, finish: Any) -> None:
        self.call = call
        self.command = command
        self.finish = finish
        self.timer: Any = None


class Waiters:
    """Waiting receives by the ARN of their queue."""

    def __init__(self) -> None:
        self.by_queue: dict[str, OrderedDict[Waiter, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self.by_queue.values()))

    def __bool__(self) -> bool:
        return bool(self.by_queue)

    def add(self, waiter: Waiter) -> None:
        self.by_queue.setdefault(waiter.command.queue, OrderedDict())[waiter] = None

    def first(self, arn: str) -> Waiter | None:
        """Who has waited longest on the queue."""
        waiting = self.by_queue.get(arn)
        return next(iter(waiting)) if waiting else None

    def remove(self, waiter: Waiter) -> bool:
        """False where it does not wait any more."""
        arn = waiter.command.queue
        waiting = self.by_queue.get(arn)
        if waiting is None or waiter not in waiting:
            return False
        del waiting[waiter]
        if not waiting:
            del self.by_queue[arn]
        if waiter.timer is not None:
            waiter.timer.cancel()
        return True

    def all(self) -> list[Waiter]:
        return [waiter for waiting in self.by_queue.values() for waiter in waiting]
