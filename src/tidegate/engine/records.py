"""Records: the facts that the log holds.  Replaying them in order rebuilds the state.

What was chosen (which messages, until when, which slot) stands in the record, so that replay
decides nothing.  A queue is named by its `uid`, which is never used twice; a message by the `slot`
it has in its queue.  `at` is log time in integer milliseconds; it never runs back, and whatever
falls due by itself (a visibility timeout, a delay, the retention period) happens, in replay as in
life, before the first record whose `at` has reached it.

A record is one MessagePack array whose first item is the tag.  To change a record: give the new
form a new tag, keep the old class and its `apply`, and store an old log with the tests.
"""

import msgspec

from tidegate.catalog.entities import AnyEntity
from tidegate.catalog.entity import EntityName
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine.commands import Message


class MessageSent(msgspec.Struct, frozen=True, array_like=True, tag=1):
    uid: int
    slot: int
    at: int
    visible_at: int
    """When the delay of a standard queue's message ends; 0 where there is none."""
    message: Message


class MessageRewritten(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The same message, copied forward so that its old segment can go."""

    uid: int
    slot: int
    at: int
    message: Message


class MessagesReceived(msgspec.Struct, frozen=True, array_like=True, tag=3):
    uid: int
    at: int
    visible_at: int
    slots: list[int]
    lanes: list[str | None] | None = None
    """The lane (a fair queue's tenant) of each; None where the queue has only one."""
    attempt_id: str | None = None


class MessagesDeleted(msgspec.Struct, frozen=True, array_like=True, tag=4):
    uid: int
    at: int
    slots: list[int]


class VisibilityChanged(msgspec.Struct, frozen=True, array_like=True, tag=5):
    uid: int
    at: int
    slots: list[int]
    visible_at: list[int]
    attempt_id: str | None = None
    """The receive attempt that was repeated, where that is the reason."""


class MessagesReleased(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """Handed out, but never reached the client: the receive did not happen."""

    uid: int
    at: int
    slots: list[int]


class MessageMoved(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """To the dead-letter queue, or by a move task (then `task_id` is set).

    The message's own record stays where it stands in the log; only the owner changes.
    """

    uid: int
    slot: int
    target_uid: int
    target_slot: int
    at: int
    group: str | None = None
    """Its message group, which is its lane or group in both queues."""
    task_id: str | None = None
    message_id: str | None = None
    """The id that it has from now on, where that is not the one in its record."""


class QueueCreated(msgspec.Struct, frozen=True, array_like=True, tag=8):
    uid: int
    at: int
    definition: QueueDefinition


class QueueDefined(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """Attributes, tags or permissions have changed: the whole new definition."""

    uid: int
    at: int
    definition: QueueDefinition


class QueueDeleted(msgspec.Struct, frozen=True, array_like=True, tag=10):
    uid: int
    at: int


class QueuePurged(msgspec.Struct, frozen=True, array_like=True, tag=11):
    uid: int
    at: int


class MoveTaskStarted(msgspec.Struct, frozen=True, array_like=True, tag=12):
    uid: int
    at: int
    task_id: str
    destination: str | None
    max_per_second: int | None
    to_move: int


class MoveTaskEnded(msgspec.Struct, frozen=True, array_like=True, tag=13):
    uid: int
    at: int
    task_id: str
    status: str
    failure_reason: str | None = None


class FanColumns(msgspec.Struct, frozen=True, array_like=True):
    """A message in many queues; it stands here once.  Columns: an entry a queue."""

    message: Message
    uids: list[int]
    slots: list[int]
    visible_at: list[int]
    """As in MessageSent; empty where no message is delayed."""
    subscriptions: bytes
    """16 bytes each: the UUIDs at the end of the subscriptions' ARNs."""
    notifications: bytes
    """A byte each, as in FanTargets: bit 0 where the queue shows a notification and not the raw
    message, bit 1 where the message comes from the topic's archive."""


class MessagesFannedOut(msgspec.Struct, frozen=True, array_like=True, tag=15):
    """What was published to a topic, in the forms in which its queues have it; each queue has one.

    A FIFO topic remembers it in a slot of a queue of its own, in the form of the first.
    """

    topic: str
    at: int
    fans: list[FanColumns]
    topic_uid: int = 0
    topic_slot: int = 0
    is_archived: bool = False
    """Whether the message stays in the topic's own queue."""
    sequence_number: str | None = None


class FanOutRewritten(msgspec.Struct, frozen=True, array_like=True, tag=16):
    """The same for the queues that still have it, copied forward."""

    topic: str
    at: int
    fans: list[FanColumns]
    topic_uid: int = 0
    topic_slot: int = 0
    sequence_number: str | None = None


class EntitiesChanged(msgspec.Struct, frozen=True, array_like=True, tag=14):
    """Definitions beside the queues: removals come first."""

    at: int
    version: int
    puts: list[AnyEntity]
    removed: list[EntityName]


Record = (
    MessageSent
    | MessageRewritten
    | MessagesReceived
    | MessagesDeleted
    | VisibilityChanged
    | MessagesReleased
    | MessageMoved
    | QueueCreated
    | QueueDefined
    | QueueDeleted
    | QueuePurged
    | MoveTaskStarted
    | MoveTaskEnded
    | EntitiesChanged
    | MessagesFannedOut
    | FanOutRewritten
)
