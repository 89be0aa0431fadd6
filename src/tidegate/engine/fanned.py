"""A message that stands once in the log and is in many queues: what each queue has of it.

A queue has its columns in the record by its uid.  A message that was moved to another queue since
is found by the uid of the queue that it was sent to, and by its slot there where the record has
that queue twice (`Queue.birthplace`): a dead-letter queue may get it for several subscriptions.
"""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from tidegate.engine.commands import NOTIFICATION, REPLAYED, Message, Through
from tidegate.engine.records import FanColumns, FanOutRewritten, MessagesFannedOut

UUID_BYTES = 16
FEW = 8
"""So few queues are quicker one after the other than column by column."""
_SPREAD_UIDS = 0x9E3779B97F4B
_SPREAD_SLOTS = 0xC2B2AE3D27D5
"""Odd, so that neighbours are far apart and no two of them fall together."""
_TAIL = (1 << 48) - 1

FanRecord = MessagesFannedOut | FanOutRewritten


def message_of(record: FanRecord, uid: int, slot: int | None = None) -> Message:
    """The message as the queue of this uid has it, in this slot; without one, the first.

    Raises msgspec.DecodeError where the queue has none.
    """
    found: tuple[FanColumns, int] | None = None
    for fan in record.fans:
        for index in _places(fan.uids, uid):
            if found is None or fan.slots[index] == slot:
                found = fan, index
    if found is not None:
        fan, index = found
        through = Through(
            f"{record.topic}:{UUID(bytes=subscription_at(fan.subscriptions, index))}",
            bool(fan.notifications[index] & NOTIFICATION),
            shown_id(fan.message.id, uid, fan.slots[index]),
            record.sequence_number,
            bool(fan.notifications[index] & REPLAYED),
        )
        return msgspec.structs.replace(fan.message, through=through)
    if uid == record.topic_uid:
        return record.fans[0].message
    raise msgspec.DecodeError(f"no message for queue {uid} in a record of many")


def _places(uids: list[int], uid: int) -> Iterator[int]:
    """Where a queue stands in a column."""
    index = -1
    for _ in range(uids.count(uid)):
        index = uids.index(uid, index + 1)
        yield index


def has_queue_twice(fans: list[FanColumns]) -> bool:
    uids = [uid for fan in fans for uid in fan.uids] if len(fans) != 1 else fans[0].uids
    return len(set(uids)) != len(uids)


def subscription_at(subscriptions: bytes, index: int) -> bytes:
    """One of a column of subscriptions."""
    return subscriptions[index * UUID_BYTES : (index + 1) * UUID_BYTES]


def shown_id(message_id: str, uid: int, slot: int) -> str:
    """The id that a message of a topic has in the queue and slot that it was sent to: a UUID that
    is another in each, and stays."""
    tail = int(message_id[-12:], 16) ^ ((uid * _SPREAD_UIDS + slot * _SPREAD_SLOTS) & _TAIL)
    return f"{message_id[:-12]}{tail:012x}"


def kept_columns(fan: FanColumns, kept: list[int]) -> FanColumns:
    """The columns of the queues at these indexes alone."""
    pieces = (subscription_at(fan.subscriptions, index) for index in kept)
    return FanColumns(
        fan.message,
        [fan.uids[index] for index in kept],
        [fan.slots[index] for index in kept],
        [],
        b"".join(pieces),
        bytes(fan.notifications[index] for index in kept),
    )
