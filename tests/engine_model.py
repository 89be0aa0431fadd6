"""A queue service that anybody can check by reading: lists, searched from the front.

It says what the engine must do without knowing how: it has no slots, no lanes, no wheels, and where
AWS leaves a choice (which of the messages that may be received are) it only says what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

SECOND = 1000
LONGEST_MS = 43_200 * SECOND
REMEMBERED_MS = 300 * SECOND


@dataclass(eq=False)
class Held:
    """A message in a queue.  One that moves to another queue is another one there."""

    text: str
    message_id: str
    group: str | None
    sent_at: int
    hidden_until: int = 0
    flying: bool = False
    received_at: int = 0
    count: int = 0
    first_at: int = 0
    touched: bool = False
    """Received before, even if that receive was given back."""
    source: str | None = None
    """The queue it came from as a dead letter."""


@dataclass
class Attempt:
    at: int
    hidden_until: int
    messages: list[Held]


@dataclass
class Queue:
    name: str
    fifo: bool
    retention_s: int = 345_600
    delay_s: int = 0
    visibility_s: int = 30
    scope: str = "queue"
    target: str | None = None
    most: int = 0
    purged_at: int | None = None
    messages: list[Held] = field(default_factory=list)
    sent: dict[tuple[str, str], tuple[Held, int]] = field(default_factory=dict)
    """(scope or group, deduplication id) -> what was sent, and until when that is remembered."""
    attempts: dict[str, Attempt] = field(default_factory=dict)

    # --- what may be received -------------------------------------------------------------

    def is_visible(self, held: Held, now: int) -> bool:
        if held.flying:
            return False
        if self.fifo:
            return held.touched or held.sent_at + self.delay_s * SECOND <= now
        return held.hidden_until <= now

    def available(self, now: int) -> list[Held]:
        """What may be received: on a FIFO queue of each group what stands before the first that
        may not."""
        if not self.fifo:
            return [held for held in self.messages if self.is_visible(held, now)]
        found: list[Held] = []
        blocked: set[str | None] = set()
        for held in self.messages:
            if held.group in blocked:
                continue
            if self.is_visible(held, now):
                found.append(held)
            else:
                blocked.add(held.group)
        return found

    def is_dead(self, held: Held) -> bool:
        return self.target is not None and held.count >= self.most

    def counts(self, now: int) -> tuple[int, int, int]:
        """Visible (blocked ones included), in flight, delayed."""
        flying = sum(held.flying for held in self.messages)
        if self.fifo:
            delayed = sum(
                not held.flying and not held.count and held.sent_at + self.delay_s * SECOND > now
                for held in self.messages
            )
        else:
            delayed = sum(not held.flying and held.hidden_until > now for held in self.messages)
        return len(self.messages) - flying - delayed, flying, delayed

    def check_choice(self, chosen: list[Held], limit: int, now: int) -> None:
        """Whether a receive of at most `limit` may give these, in this order."""
        available = self.available(now)
        assert len(set(chosen)) == len(chosen), "nothing is given twice"
        assert set(chosen) <= set(available), "what is hidden is not given"
        assert len(chosen) == min(limit, len(available)), "what is there is given"
        assert not any(map(self.is_dead, chosen)), "dead letters are not given"
        if self.fifo:
            self._check_order(chosen, available)

    def _check_order(self, chosen: list[Held], available: list[Held]) -> None:
        runs = [(group, list(run)) for group, run in groupby(chosen, lambda held: held.group)]
        assert len({group for group, _ in runs}) == len(runs), "a group is drained at once"
        for index, (group, run) in enumerate(runs):
            expected = [held for held in available if held.group == group]
            if index < len(runs) - 1:
                assert run == expected, "a group is drained before the next"
            else:
                assert run == expected[: len(run)], "a group is given in its order"

    # --- what happens ---------------------------------------------------------------------

    def pass_time(self, now: int) -> None:
        """Timeouts end at their millisecond, retention with the full second."""
        for held in self.messages:
            if held.flying and held.hidden_until <= now:
                held.flying = False
        full_second = now // SECOND * SECOND
        self.messages = [
            held for held in self.messages if held.sent_at + self.retention_s * SECOND > full_second
        ]

    def receive(self, chosen: Iterable[Held], timeout_s: int, now: int) -> None:
        for held in chosen:
            held.count += 1
            held.first_at = held.first_at or now
            held.touched = True
            held.received_at = now
            self.hide(held, now + timeout_s * SECOND, now)

    def hide(self, held: Held, until: int, now: int) -> None:
        held.flying = until > now
        held.hidden_until = until

    def release(self, held: Held) -> None:
        held.count -= 1
        held.first_at = held.first_at if held.count else 0
        held.flying = False
        held.hidden_until = 0

    def purge(self, now: int) -> None:
        self.purged_at = now
        self.messages.clear()
        self.sent.clear()
        self.attempts.clear()

    # --- deduplication --------------------------------------------------------------------

    def duplicate_of(self, group: str, dedup: str, now: int) -> Held | None:
        for key in (("queue", dedup), (f"group {group}", dedup)):
            held, until = self.sent.get(key, (None, 0))
            if held is not None and until > now:
                return held
        return None

    def remember(self, held: Held, dedup: str, now: int) -> None:
        key = "queue" if self.scope == "queue" else f"group {held.group}"
        self.sent[key, dedup] = held, now + REMEMBERED_MS

    def repeated(self, attempt_id: str | None, now: int) -> list[Held]:
        """What a receive with this attempt id gives again."""
        attempt = self.attempts.get(attempt_id or "")
        if attempt is None or now >= attempt.at + REMEMBERED_MS:
            return []
        unchanged = all(
            held in self.messages
            and held.flying
            and held.received_at == attempt.at
            and held.hidden_until == attempt.hidden_until
            for held in attempt.messages
        )
        return attempt.messages if unchanged else []
