"""Commands and their results: plain data, the same whether the engine is a call or a socket away.

A command names its queue by ARN.  What only the front can know (message ids, digests, who sends)
is in the command; what only the queue knows (its attributes, what is there) the engine adds or
refuses.  In a batch, an entry's refusal is a `Refused` value in the place of its result.

Instants (`_at`) are integer milliseconds since the epoch, spans carry their unit.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from tidegate.catalog.entities import AnyEntity
from tidegate.catalog.entity import EntityName


class Command(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Base of all commands; `queue` is the ARN of the queue it is for, "" where it is for none."""


class AttributeValue(msgspec.Struct, frozen=True, array_like=True):
    """A message attribute: its type with any custom label, and one of the two values."""

    data_type: str
    string_value: str | None = None
    binary_value: bytes | None = None


class Publication(msgspec.Struct, frozen=True, array_like=True):
    """What a topic's message has beside a queue's."""

    published_at: int
    subject: str | None = None
    is_structured: bool = False
    """Whether the body is what its JSON had for this protocol, and no fallback to the default."""
    signature_version: Literal["1", "2"] = "1"
    destination: str | None = None
    """The phone number, where it was published straight to one."""
    token: str | None = None
    """Of a message that asks for a confirmation, or offers one: what confirms."""


class Through(msgspec.Struct, frozen=True, array_like=True):
    """How a message came through a topic into a queue."""

    subscription: str
    """Its ARN."""
    is_notification: bool
    """Whether the body is shown in the envelope of a notification; it is raw otherwise."""
    id: str
    """The id that the message has in this queue; the one of `Message` is the topic's."""
    sequence_number: str | None = None
    """Of a FIFO topic."""
    is_replayed: bool = False
    """Whether it came from the topic's archive."""


class Message(msgspec.Struct, frozen=True, array_like=True):
    """A message as it stands in the log; nothing of it ever changes.

    Of an encrypted one the front has sealed body, attributes, their digests and the trace header,
    which are empty here; it alone can open them, and the log never sees them.
    """

    id: str
    """What the sender was told.  Sealed contents open for this id only, so it stays with them also
    where the queue shows another one."""
    body: str
    md5: str
    """Hex MD5 of the body."""
    sender_id: str
    attributes: dict[str, AttributeValue] | None = None
    attributes_md5: str | None = None
    """Hex MD5 of all attributes together, as AWS computes it."""
    trace_header: str | None = None
    group_id: str | None = None
    deduplication_id: str | None = None
    data_key: bytes | None = None
    """The reference of the data key that opens `sealed`; both are there, or neither."""
    sealed: bytes | None = None
    through: Through | None = None
    publication: Publication | None = None


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A message to send."""

    message: Message
    size_bytes: int
    """Body plus attribute names, types and values: what the limits count."""
    delay_s: int | None = None
    """None: the queue's own delay."""
    content_id: str | None = None
    """Hex SHA-256 of the body: the deduplication id that a queue with ContentBasedDeduplication
    gives a message without one.  None where the front saw that it would not be needed."""


class Refused(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A refusal as a value: the name of its class in base.refusals, and its text."""

    code: str
    message: str


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """What an authentic receipt handle says: the message and the receive that it came from."""

    queue_uid: int
    slot: int
    receive_count: int


# --- Messages ------------------------------------------------------------------------------------


class Send(Command, frozen=True):
    queue: str
    entry: Entry
    """Result: Sent."""


class SendBatch(Command, frozen=True):
    queue: str
    entries: list[Entry]
    """Result: list[Sent | Refused], one an entry, in order."""


class Sent(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The message is in the queue (or, on a FIFO queue, was there already)."""

    message_id: str
    sequence_number: str | None = None


class Receive(Command, frozen=True):
    queue: str
    max_messages: int = 1
    visibility_timeout_s: int | None = None
    """None: the queue's own."""
    wait_s: int | None = None
    """None: the queue's own.  The engine does not wait; whoever runs the command does."""
    attempt_id: str | None = None
    """Result: Received; an empty one where nothing is available now."""


class Delivery(msgspec.Struct, array_like=True):
    """One message handed out.

    Not frozen: the owner of the log completes it with its message, and building it twice would cost
    a receive of ten some microseconds.
    """

    receipt: Receipt
    position: int
    """Where its record stands in the log of the partition; whoever owns the log fills `message`."""
    sent_at: int
    first_received_at: int
    sequence_number: str | None = None
    dead_letter_source: str | None = None
    message_id: str | None = None
    """Set where it is no longer the id in the record (a message that a move task renewed)."""
    message: Message | None = None
    born: int = 0
    """The uid of the queue that the message was sent to, where it has moved since."""
    born_slot: int | None = None
    """Its slot there, where its record has several for that queue and it is not the first."""


class Received(msgspec.Struct, frozen=True, array_like=True, tag=True):
    deliveries: list[Delivery]
    wait_s: int = 0
    """How long to wait for a message if there is none: the queue's answer to `wait_s` of None."""


class Release(Command, frozen=True):
    """Put back at once what was handed out for a client that never got it.

    The receive does not count.  Receipts that are out of date are passed over.  Result: None.
    """

    queue: str
    receipts: list[Receipt]


class Delete(Command, frozen=True):
    queue: str
    receipts: list[Receipt]
    """Result: list[None | Refused], one a receipt."""


class GiveUp(Command, frozen=True):
    """A message that was received to be delivered elsewhere could not be: it goes to another queue,
    or away where there is none.  A receipt that is out of date is passed over.  Result: None."""

    queue: str
    receipt: Receipt
    target: str | None


class VisibilityChange(msgspec.Struct, frozen=True, array_like=True):
    receipt: Receipt
    timeout_s: int


class ChangeVisibility(Command, frozen=True):
    queue: str
    changes: list[VisibilityChange]
    """Result: list[None | Refused], one a change."""


# --- Topics --------------------------------------------------------------------------------------


class FanTarget(msgspec.Struct, frozen=True, array_like=True):
    """A queue that a message goes to, by its ARN; a hidden one is made where it is not there."""

    queue: str
    subscription: bytes
    """The 16 bytes of the UUID at the end of the subscription's ARN."""
    is_notification: bool
    is_replayed: bool = False


NOTIFICATION = 1
REPLAYED = 2
"""Bits of the bytes in `FanTargets.notifications`."""


class FanTargets(msgspec.Struct, frozen=True, array_like=True):
    """All queues that a message goes to, in columns as its record has them: whoever publishes makes
    them once for many messages."""

    queues: list[str]
    subscriptions: bytes
    """16 bytes each."""
    notifications: bytes
    """A byte each: bit 0 for `is_notification`, bit 1 for `is_replayed`."""

    @classmethod
    def of(cls, targets: Sequence[FanTarget]) -> "FanTargets":
        return cls(
            [each.queue for each in targets],
            b"".join([each.subscription for each in targets]),
            bytes(
                NOTIFICATION * each.is_notification | REPLAYED * each.is_replayed
                for each in targets
            ),
        )


class Fan(msgspec.Struct, frozen=True, array_like=True):
    """One message, and all queues that it goes to as it is."""

    message: Message
    targets: FanTargets


class FifoTopic(msgspec.Struct, frozen=True, array_like=True):
    """What a FIFO topic remembers in a hidden queue: ids for deduplication, the order, and with an
    archive the messages."""

    queue: str
    """The ARN of the hidden queue."""
    scope: Literal["queue", "messageGroup"]
    """Where a message's deduplication id counts."""
    archive_s: int = 0
    """How long the message stays in the archive."""


class FanOut(Command, frozen=True):
    """Publish a message.

    A topic's message that goes to some queues in another form than to others comes as several
    fans.  What fits into one record is in all of the queues or in none; of a larger one, some
    queues may have it where the disk is full or the process dies.  It is not acknowledged then,
    and a FIFO topic does not know it.  Result: FannedOut.
    """

    topic: str
    """The ARN of the topic."""
    fans: list[Fan]
    fifo: FifoTopic | None = None
    queue: str = ""
    sequence_number: str | None = None
    """The one that a FIFO topic gave the message, where it comes from the archive now."""


class FanOutBatch(Command, frozen=True):
    """Publish several messages, each by itself.

    Result: list[FannedOut], one a message, in order.
    """

    messages: list[FanOut]
    queue: str = ""


class FannedOut(msgspec.Struct, frozen=True, array_like=True, tag=True):
    message_id: str | None = None
    """The id of an earlier message with the same deduplication id, which was published instead."""
    sequence_number: str | None = None
    """Of a FIFO topic."""


class ReadArchive(Command, frozen=True):
    """Look at messages that a FIFO topic keeps; nothing changes.

    Result: Archived; an empty one where nothing was ever published.
    """

    queue: str
    """The ARN of the topic's hidden queue."""
    after_slot: int
    """-1 from the beginning."""
    from_ms: int
    """The earliest `sent_at`."""
    until_ms: int | None
    """The latest one; None for no end."""
    limit: int
    """Messages; fewer come where they are long."""


class Archived(msgspec.Struct, frozen=True, array_like=True, tag=True):
    deliveries: list[Delivery]
    """In the order of slots."""
    next_slot: int
    """The slot that the next message to be published gets."""
    more: bool
    """Whether others follow."""


# --- Queues --------------------------------------------------------------------------------------


class CreateQueue(Command, frozen=True):
    queue: str
    attributes: dict[str, str]
    """As the client gave them, known names and valid values only (catalog.queues checks)."""
    tags: dict[str, str]
    """Result: None.  Refuses QueueNameExists, QueueDeletedRecently."""


class DeleteQueue(Command, frozen=True):
    queue: str


class SetQueueAttributes(Command, frozen=True):
    queue: str
    attributes: dict[str, str]


class DescribeQueue(Command, frozen=True):
    """Result: QueueDescription."""

    queue: str


class QueueDescription(msgspec.Struct, frozen=True, array_like=True, tag=True):
    uid: int
    attributes: dict[str, str]
    """Every attribute that GetQueueAttributes shows, by AWS's name, counts included."""
    tags: dict[str, str]


class TagQueue(Command, frozen=True):
    queue: str
    tags: dict[str, str]


class UntagQueue(Command, frozen=True):
    queue: str
    keys: list[str]


class AddPermission(Command, frozen=True):
    queue: str
    label: str
    accounts: list[str]
    actions: list[str]


class RemovePermission(Command, frozen=True):
    queue: str
    label: str


class PurgeQueue(Command, frozen=True):
    queue: str


class ListQueues(Command, frozen=True):
    """Result: QueueNames, ordered by name."""

    account: str
    region: str
    prefix: str
    after: str
    """Names that sort after this one; "" from the beginning."""
    limit: int
    queue: str = ""


class ListDeadLetterSources(Command, frozen=True):
    """Result: QueueNames: the queues whose redrive policy names `queue`, ordered by ARN."""

    queue: str
    after: str
    limit: int


class QueueNames(msgspec.Struct, frozen=True, array_like=True, tag=True):
    arns: list[str]
    more: bool


# --- Message move tasks --------------------------------------------------------------------------


class StartMessageMoveTask(Command, frozen=True):
    queue: str
    """The source: a queue that is some queue's dead-letter queue."""
    destination: str | None
    task_id: str
    max_per_second: int | None
    """Result: None."""


class CancelMessageMoveTask(Command, frozen=True):
    queue: str
    task_id: str
    """Result: int, the approximate number of messages moved."""


class ListMessageMoveTasks(Command, frozen=True):
    """Result: MoveTasks, newest first."""

    queue: str
    limit: int


class MoveTask(msgspec.Struct, frozen=True, array_like=True):
    task_id: str
    status: Literal["RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"]
    source: str
    destination: str | None
    max_per_second: int | None
    started_at: int
    moved: int
    to_move: int
    failure_reason: str | None = None


class MoveTasks(msgspec.Struct, frozen=True, array_like=True, tag=True):
    tasks: list[MoveTask]


# --- Entities ------------------------------------------------------------------------------------


class ChangeEntities(Command, frozen=True):
    """Put and remove entities, decided on what stood at `version`.

    Result: int, the new version; STALE where the entities have changed since.
    """

    version: int
    puts: list[AnyEntity]
    removed: list[EntityName]
    queue: str = ""


STALE = -1


class Observe(Command, frozen=True):
    """Nothing is to be done: the answer is known, and waits only for what it depends on.

    Result: None.
    """

    queue: str = ""


# --- Time ----------------------------------------------------------------------------------------


class Tick(Command, frozen=True):
    """Time has come to the engine's next deadline.  Result: None."""

    queue: str = ""


AnyCommand = (
    Send
    | SendBatch
    | Receive
    | Release
    | Delete
    | ChangeVisibility
    | GiveUp
    | CreateQueue
    | DeleteQueue
    | SetQueueAttributes
    | DescribeQueue
    | TagQueue
    | UntagQueue
    | AddPermission
    | RemovePermission
    | PurgeQueue
    | ListQueues
    | ListDeadLetterSources
    | StartMessageMoveTask
    | CancelMessageMoveTask
    | ListMessageMoveTasks
    | FanOut
    | FanOutBatch
    | ReadArchive
    | ChangeEntities
    | Observe
    | Tick
)
AnyResult = (
    None
    | int
    | list[Sent | FannedOut | Refused | None]
    | Sent
    | Received
    | FannedOut
    | Archived
    | QueueDescription
    | QueueNames
    | MoveTasks
    | Refused
)
