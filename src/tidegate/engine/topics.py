"""Publishing: what a fan-out decides.

A message of a topic goes into all of its queues by one record, so that it is in all of them or in
none, unless it needs several.  The queues of the server's own (deliveries over HTTP and the like,
the memory of a FIFO topic) are made when the first message comes for them.

What a FIFO topic has archived is read here as well, to be published again for one subscription.
"""

import msgspec

from tidegate.base.arn import is_hidden, parse_queue_arn
from tidegate.base.positions import length_of
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine import commands, records
from tidegate.engine.commands import (
    Archived,
    Delivery,
    Fan,
    FannedOut,
    FifoTopic,
    Message,
    Receipt,
)
from tidegate.engine.deduplication import deduplication_key
from tidegate.engine.fanned import FEW, UUID_BYTES, subscription_at
from tidegate.engine.ledger import Ledger
from tidegate.engine.messaging import sequence_number
from tidegate.engine.queue import SECOND, Queue

_RECORD_BYTES = 1_900_000
"""What a record may come to; a frame of the log holds 2 MiB."""
_MOST_QUEUES = 20_000
_QUEUE_BYTES = 48
"""A queue's columns at their widest."""
_FAN_BYTES = 1_024
"""What a message has beside its content, at its most."""
_LONGEST_RETENTION_S = 1_209_600
_SHORTEST_RETENTION_S = 60
_MOST_READ_BYTES = 4 * 1024 * 1024
"""Of an archive in one step, lest it hold up everybody else."""
_DELIVERY_RETENTION_S = 30 * 86_400
"""Longer than the 23 days in which a function or a stream is tried."""


def fan_out(ledger: Ledger, command: commands.FanOut) -> FannedOut:
    """Raises nothing but StorageFull; then nothing has been published, or of what needs several
    records a part."""
    fifo = command.fifo
    topic: Queue | None = None
    if fifo is not None:
        topic = _topic_queue(ledger, fifo)
        known = _published_before(ledger, topic, command.fans[0].message)
        if known is not None:
            return known
    given: dict[int, int] = {}
    fans: list[records.FanColumns] = []
    for fan in command.fans:
        columns = _columns(ledger, fan, given)
        # The archive has the form of the first, wherever else that goes.
        if columns.uids or (fifo is not None and fifo.archive_s and not fans):
            fans.append(columns)
    parts = _parts(fans)
    if fifo is None or topic is None:
        _write(ledger, command.topic, parts, command.sequence_number)
        return FannedOut()
    if len(parts) != 1:
        # What the topic remembers comes last: a message that is only in some of its queues is new
        # when it is published again, and those that are FIFO take it once.
        parts.append([records.FanColumns(command.fans[0].message, [], [], [], b"", b"")])
    slot = topic.slots.next_slot
    number = sequence_number(topic, slot)
    *others, last = parts
    _write(ledger, command.topic, others, number)
    record = records.MessagesFannedOut(
        command.topic, ledger.state.now, last, topic.uid, slot, bool(fifo.archive_s), number
    )
    ledger.write(record, spends_reserve=0)
    return FannedOut(None, number)


def _write(
    ledger: Ledger, topic: str, parts: list[list[records.FanColumns]], number: str | None
) -> None:
    for part in parts:
        record = records.MessagesFannedOut(topic, ledger.state.now, part, sequence_number=number)
        ledger.write(record, spends_reserve=0)


def _parts(fans: list[records.FanColumns]) -> list[list[records.FanColumns]]:
    """Fans that go into one record, mostly all of them: large forms of a message, and very many
    queues, come to more than a record may hold."""
    if len(fans) == 1 and len(fans[0].uids) <= _MOST_QUEUES:
        return [fans]
    parts: list[list[records.FanColumns]] = []
    room = 0
    for fan in fans:
        content = _content_bytes(fan.message)
        for start in range(0, max(1, len(fan.uids)), _MOST_QUEUES):
            piece = fan
            if len(fan.uids) > _MOST_QUEUES:
                piece = _slice(fan, start)
            needed = content + _QUEUE_BYTES * len(piece.uids)
            if needed > room or not parts:
                parts.append([])
                room = _RECORD_BYTES
            parts[-1].append(piece)
            room -= needed
    return parts


def _content_bytes(message: Message) -> int:
    """What a message comes to in a record, at the most."""
    total = _utf8_bytes(message.body) + len(message.sealed or b"") + _FAN_BYTES
    for name, value in (message.attributes or {}).items():
        total += _utf8_bytes(name) + _utf8_bytes(value.string_value or "") + _FAN_BYTES
        total += len(value.binary_value or b"")
    return total


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _slice(fan: records.FanColumns, start: int) -> records.FanColumns:
    end = start + _MOST_QUEUES
    return records.FanColumns(
        fan.message,
        fan.uids[start:end],
        fan.slots[start:end],
        fan.visible_at[start:end],
        fan.subscriptions[start * UUID_BYTES : end * UUID_BYTES],
        fan.notifications[start:end],
    )


def fan_out_batch(ledger: Ledger, command: commands.FanOutBatch) -> list[FannedOut]:
    """Raises StorageFull; then nothing after the messages that were published is."""
    return [fan_out(ledger, each) for each in command.messages]


def read_archive(ledger: Ledger, command: commands.ReadArchive) -> Archived:
    """Messages that are past their retention, or were deleted, are passed over."""
    queue = ledger.state.by_arn.get(command.queue)
    if queue is None:
        return Archived([], 0, False)
    slots = queue.slots.sent_between(
        command.after_slot, command.from_ms, command.until_ms, command.limit + 1
    )
    shown = min(_fitting(queue, slots), command.limit)
    deliveries = [
        Delivery(
            Receipt(queue.uid, slot, 0),
            queue.slots.position(slot),
            queue.slots.sent_at(slot),
            0,
            sequence_number(queue, slot),
        )
        for slot in slots[:shown]
    ]
    return Archived(deliveries, queue.slots.next_slot, len(slots) > shown)


def _fitting(queue: Queue, slots: list[int]) -> int:
    """How many of the messages are not too much to be read at once: one at least."""
    total = 0
    for count, slot in enumerate(slots):
        total += length_of(queue.slots.position(slot))
        if total > _MOST_READ_BYTES and count:
            return count
    return len(slots)


def _columns(ledger: Ledger, fan: Fan, given: dict[int, int]) -> records.FanColumns:
    """The columns of a fan, without queues that are gone by now.  `given` are the next slots of the
    queues that have come already, for a dead-letter queue may come for several subscriptions; one
    that is FIFO takes it once."""
    is_usual = not given and len(fan.targets.queues) > FEW
    usual = _usual_columns(ledger, fan, given) if is_usual else None
    if usual is not None:
        return usual
    uids: list[int] = []
    slots: list[int] = []
    visible_at: list[int] = []
    kept: list[int] = []
    targets = fan.targets
    by_arn, now = ledger.state.by_arn, ledger.state.now
    delayed = False
    for index, arn in enumerate(targets.queues):
        queue = by_arn.get(arn)
        if queue is None:
            if not _is_hidden_arn(arn):
                continue
            queue = _delivery_queue(ledger, arn)
        if queue.is_fifo and (queue.uid in given or _has(queue, fan.message, now)):
            continue
        delay_s = 0 if queue.is_fifo else queue.definition.delay_s
        delayed = delayed or bool(delay_s)
        visible_at.append(now + delay_s * SECOND if delay_s else 0)
        slot = given.get(queue.uid, queue.slots.next_slot)
        given[queue.uid] = slot + 1
        uids.append(queue.uid)
        slots.append(slot)
        kept.append(index)
    subscriptions, notifications = targets.subscriptions, targets.notifications
    if len(kept) < len(targets.queues):
        subscriptions = b"".join([subscription_at(subscriptions, index) for index in kept])
        notifications = bytes(notifications[index] for index in kept)
    return records.FanColumns(
        fan.message, uids, slots, visible_at if delayed else [], subscriptions, notifications
    )


def _usual_columns(ledger: Ledger, fan: Fan, given: dict[int, int]) -> records.FanColumns | None:
    """The columns where all queues are there, once each, and take the message at once; None where
    not.  A column is made at a time: that is quickest for many queues."""
    targets, by_arn = fan.targets, ledger.state.by_arn
    queues = [by_arn.get(arn) for arn in targets.queues]
    uids = [queue.uid for queue in queues if queue is not None and queue.is_immediate]
    if len(set(uids)) != len(queues):
        return None
    slots = [queue.slots.next_slot for queue in queues if queue is not None]
    given.update(zip(uids, [slot + 1 for slot in slots], strict=True))
    return records.FanColumns(
        fan.message, uids, slots, [], targets.subscriptions, targets.notifications
    )


# --- FIFO ----------------------------------------------------------------------------------------


def _has(queue: Queue, message: Message, now: int) -> bool:
    """Whether a FIFO queue takes the message for one that it has had."""
    assert message.group_id is not None
    assert message.deduplication_id is not None
    find = queue.deduplication.find
    key = deduplication_key("messageGroup", message.group_id, message.deduplication_id)
    return (find(message.deduplication_id, now) or find(key, now)) is not None


def _published_before(ledger: Ledger, topic: Queue, message: Message) -> FannedOut | None:
    """What was answered to an earlier message with the same deduplication id."""
    assert message.group_id is not None
    assert message.deduplication_id is not None
    now, find = ledger.state.now, topic.deduplication.find
    key = deduplication_key("messageGroup", message.group_id, message.deduplication_id)
    known = find(message.deduplication_id, now) or find(key, now)
    if known is None:
        return None
    return FannedOut(known.message_id, sequence_number(topic, known.slot))


def _topic_queue(ledger: Ledger, fifo: FifoTopic) -> Queue:
    queue = ledger.state.by_arn.get(fifo.queue)
    # Without an archive nothing stands in it but what is left of an earlier one.
    retention_s = fifo.archive_s or _SHORTEST_RETENTION_S
    if queue is None:
        now = ledger.state.now
        definition = QueueDefinition(
            arn=fifo.queue,
            created_at=now,
            modified_at=now,
            is_fifo=True,
            deduplication_scope=fifo.scope,
            retention_s=retention_s,
        )
        return _create(ledger, definition)
    standing = queue.definition
    if standing.retention_s != retention_s or standing.deduplication_scope != fifo.scope:
        changed = msgspec.structs.replace(
            standing, deduplication_scope=fifo.scope, retention_s=retention_s
        )
        ledger.write(records.QueueDefined(queue.uid, ledger.state.now, changed), spends_reserve=0)
    return queue


# --- Hidden queues -------------------------------------------------------------------------------


def _is_hidden_arn(arn: str) -> bool:
    parts = parse_queue_arn(arn)
    return parts is not None and is_hidden(parts[2])


def _delivery_queue(ledger: Ledger, arn: str) -> Queue:
    """Messages wait in it until they are delivered, or given up."""
    now = ledger.state.now
    definition = QueueDefinition(
        arn=arn, created_at=now, modified_at=now, retention_s=_DELIVERY_RETENTION_S
    )
    return _create(ledger, definition)


def _create(ledger: Ledger, definition: QueueDefinition) -> Queue:
    state = ledger.state
    uid = state.next_uid
    ledger.write(records.QueueCreated(uid, state.now, definition), spends_reserve=0)
    return state.queues[uid]
