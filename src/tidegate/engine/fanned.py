"""A message that stands once in the log and is in many queues: what each queue has of it.

A queue has its columns in the record by its uid.  A message that was moved to another queue since
is found by the uid of the queue that it was sent to (`Queue.born`).
"""

from uuid import UUID

import msgspec

from tidegate.engine.commands import Message, Through
from tidegate.engine.records import FanColumns, FanOutRewritten, MessagesFannedOut

UUID_BYTES = 16
NOTIFICATION = 1
REPLAYED = 2
"""Bits of the bytes in `FanColumns.notifications`."""
_SPREAD = 0x9E3779B97F4A7C15
_TAIL = (1 << 48) - 1

FanRecord = MessagesFannedOut | FanOutRewritten


def message_of(record: FanRecord, uid: int, slot: int | None = None) -> Message:
    """The message as the queue of this uid has it, in this slot where it has it twice.

    A dead-letter queue may get it for several subscriptions; once it has moved on from there, it is
    taken for the first.  Raises msgspec.DecodeError where the queue has none.
    """
    found: tuple[FanColumns, int, int] | None = None
    count = 0
    for fan in record.fans:
        if uid not in fan.uids:
            continue
        for index, each in enumerate(fan.uids):
            if each != uid:
                continue
            if found is None or fan.slots[index] == slot:
                found = fan, index, count
            count += 1
    if found is not None:
        fan, index, nth = found
        through = Through(
            f"{record.topic}:{_subscription(fan, index)}",
            bool(fan.notifications[index] & NOTIFICATION),
            shown_id(fan.message.id, uid + (nth << 32)),
            record.sequence_number,
            bool(fan.notifications[index] & REPLAYED),
        )
        return msgspec.structs.replace(fan.message, through=through)
    if uid == record.topic_uid:
        return record.fans[0].message
    raise msgspec.DecodeError(f"no message for queue {uid} in a record of many")


def _subscription(fan: FanColumns, index: int) -> str:
    start = index * UUID_BYTES
    return str(UUID(bytes=fan.subscriptions[start : start + UUID_BYTES]))


def shown_id(message_id: str, uid: int) -> str:
    """The id that a message of a topic has in a queue: a UUID that is another in each queue."""
    tail = int(message_id[-12:], 16) ^ (uid * _SPREAD & _TAIL)
    return f"{message_id[:-12]}{tail:012x}"


def kept_columns(fan: FanColumns, kept: list[int]) -> FanColumns:
    """The columns of the queues at these indexes alone."""
    pieces = (fan.subscriptions[index * UUID_BYTES : (index + 1) * UUID_BYTES] for index in kept)
    return FanColumns(
        fan.message,
        [fan.uids[index] for index in kept],
        [fan.slots[index] for index in kept],
        [],
        b"".join(pieces),
        bytes(fan.notifications[index] for index in kept),
    )
