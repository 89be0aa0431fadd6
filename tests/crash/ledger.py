"""What the outside world knows of its queues, and what follows from it after a crash.

A client learns of a success only from an answer. A call without an answer may have happened or
not, so the ledger keeps three kinds of messages apart: sent for certain, perhaps sent, and
perhaps deleted. What must hold after any crash is then:

* a message that was acknowledged and never asked to be deleted is still there;
* a message whose delete was acknowledged never comes back;
* nothing comes out that nobody sent, and nothing under another body;
* in a FIFO group, messages come out in the order in which they were sent, each one once, however
  often its send was repeated with its deduplication id.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field


def body_of(producer: str, number: int) -> str:
    return f"{producer}:{number}"


def parts_of(body: str) -> tuple[str, int]:
    producer, _, number = body.partition(":")
    return producer, int(number)


@dataclass
class Ledger:
    """Sends and deletes of one queue, kept by threads of producers and consumers."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    tried: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    delete_tried: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def trying(self, body: str) -> None:
        with self.lock:
            self.tried.add(body)

    def acknowledged(self, body: str) -> None:
        with self.lock:
            self.sent.add(body)

    def received(self, body: str) -> None:
        """Called for what a receive that was asked for now gave."""
        with self.lock:
            if body not in self.tried:
                self.wrong.append(f"received {body}, which nobody sent")

    def received_after_delete(self, body: str, known_deleted: set[str]) -> None:
        """`known_deleted` is what was deleted before the receive was asked for."""
        self.received(body)
        with self.lock:
            if body in known_deleted:
                self.wrong.append(f"received {body} after its delete was acknowledged")

    def deleted_so_far(self) -> set[str]:
        with self.lock:
            return set(self.deleted)

    def deleting(self, body: str) -> None:
        with self.lock:
            self.delete_tried.add(body)

    def delete_acknowledged(self, body: str) -> None:
        with self.lock:
            self.deleted.add(body)

    def lost(self, left: set[str]) -> set[str]:
        """What must be in the queue and is not, given what was found left in it at the end."""
        with self.lock:
            return self.sent - self.delete_tried - left


@dataclass
class GroupOrder:
    """What must hold for the order of each FIFO group, whoever receives from it.

    Each group has one producer, which repeats a send until it is acknowledged and only then sends
    the next number; each consumer deletes in order and stops at the first delete that fails.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    delete_tried: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)

    def received(self, bodies: list[str]) -> None:
        """One answer: no number below was skipped, and the numbers of a group are consecutive."""
        newest: dict[str, int] = {}
        with self.lock:
            for body in bodies:
                group, number = parts_of(body)
                if group not in newest and number > self.delete_tried[group]:
                    self.wrong.append(f"{body} overtook number {self.delete_tried[group]}")
                if group in newest and number != newest[group] + 1:
                    self.wrong.append(f"{body} came right after number {newest[group]}")
                newest[group] = number

    def deleting(self, body: str) -> None:
        """Keeps, for each group, the lowest number of which no delete was tried yet."""
        with self.lock:
            group, number = parts_of(body)
            self.delete_tried[group] = max(self.delete_tried[group], number + 1)
