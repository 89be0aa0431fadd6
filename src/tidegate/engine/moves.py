"""Message move tasks: taking dead letters back, at a rate, a step at a time.

Source: StartMessageMoveTask, CancelMessageMoveTask and ListMessageMoveTasks in the SQS service
model, and the developer guide's page on dead-letter queue redrives.
"""

import hashlib

from tidegate.base import limits
from tidegate.engine.commands import MoveTask

TASKS_KEPT = limits.MOVE_TASKS_LISTED.high
"""ListMessageMoveTasks shows at most the ten most recent tasks of a source."""
STEP_MS = 10
STEP_MESSAGES = 50
"""A task without a rate of its own moves at most this many messages in each step."""


class Task:
    """A move task and how far it has come."""

    __slots__ = (
        "destination",
        "failure_reason",
        "max_per_second",
        "moved",
        "next_at",
        "source",
        "started_at",
        "status",
        "task_id",
        "to_move",
    )

    def __init__(
        self,
        *,
        task_id: str,
        source: str,
        destination: str | None,
        max_per_second: int | None,
        started_at: int,
        to_move: int,
        next_at: int,
        status: str = "RUNNING",
        moved: int = 0,
        failure_reason: str | None = None,
    ) -> None:
        self.task_id = task_id
        self.source = source
        self.destination = destination
        self.max_per_second = max_per_second
        self.started_at = started_at
        self.to_move = to_move
        self.next_at = next_at
        """When its next step is due; not kept in the log, since a step may come at any time."""
        self.status = status
        self.moved = moved
        self.failure_reason = failure_reason

    def allowance(self, now: int) -> int:
        """How many messages may move now."""
        if self.max_per_second is None:
            return STEP_MESSAGES
        due = (now - self.started_at) * self.max_per_second // 1000 + 1
        return max(0, min(due - self.moved, STEP_MESSAGES))

    def plan(self, now: int) -> None:
        """Set when the next step is due."""
        if self.max_per_second is None:
            self.next_at = now + STEP_MS
        else:
            wait_ms = self.moved * 1000 // self.max_per_second - (now - self.started_at)
            self.next_at = now + max(STEP_MS, wait_ms)

    def describe(self) -> MoveTask:
        return MoveTask(
            task_id=self.task_id,
            status=self.status,  # type: ignore[arg-type]
            source=self.source,
            destination=self.destination,
            max_per_second=self.max_per_second,
            started_at=self.started_at,
            moved=self.moved,
            to_move=self.to_move,
            failure_reason=self.failure_reason,
        )


def renewed_id(task_id: str, slot: int) -> str:
    """The id of the new message that a task makes of the one in `slot` of its source."""
    digest = hashlib.blake2b(f"{task_id}:{slot}".encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
