"""Cleaning a segment: what stands in it and is still alive is written again, at the end of the log.

A message that many queues share is copied once, for all that have it where it was sent to.  One
that has moved to another queue is copied for itself: it leaves the others.
"""

from tidegate.engine.codec import RecordWithMessage
from tidegate.engine.fanned import kept_columns, message_of
from tidegate.engine.queue import Queue
from tidegate.engine.records import (
    FanColumns,
    FanOutRewritten,
    MessageRewritten,
    MessagesFannedOut,
)
from tidegate.engine.state import State


def forwarded(
    state: State, record: RecordWithMessage, queue: Queue, slot: int
) -> MessageRewritten | FanOutRewritten:
    """The fact that copies a live message, which stands in `record`."""
    if not isinstance(record, MessagesFannedOut | FanOutRewritten):
        return MessageRewritten(queue.uid, slot, state.now, record.message)
    born, born_slot = queue.birthplace(slot)
    if born and (born, born_slot) != (queue.uid, slot):
        message = message_of(record, born, born_slot)
        return MessageRewritten(queue.uid, slot, state.now, message)
    return _of_many(state, record, queue.slots.position(slot))


def _of_many(
    state: State, record: MessagesFannedOut | FanOutRewritten, position: int
) -> FanOutRewritten:
    def stands(uid: int, slot: int) -> bool:
        found = state.queues.get(uid)
        return found is not None and found.slots.position(slot) == position

    in_topic = record.topic_uid and stands(record.topic_uid, record.topic_slot)
    fans: list[FanColumns] = []
    for fan in record.fans:
        places = enumerate(zip(fan.uids, fan.slots, strict=True))
        kept = [index for index, place in places if stands(*place)]
        # A topic has it in the form of the first fan, which stays the first.
        if kept or (in_topic and not fans):
            fans.append(kept_columns(fan, kept))
    topic_place = (record.topic_uid, record.topic_slot) if in_topic else (0, 0)
    return FanOutRewritten(record.topic, state.now, fans, *topic_place, record.sequence_number)
