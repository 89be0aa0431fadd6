"""Receiving messages: which are handed out, and which go to the dead-letter queue instead."""

from tidegate.base import limits
from tidegate.base.refusals import OverLimit
from tidegate.catalog.queues import may_redrive
from tidegate.engine import commands, records
from tidegate.engine.commands import Delivery, Receipt, Received
from tidegate.engine.ledger import Ledger
from tidegate.engine.messaging import is_latest, sequence_number
from tidegate.engine.queue import SECOND, Queue
from tidegate.engine.standard import StandardOrder

_NOTHING: list[Delivery] = []
DEAD_LETTERS_AT_ONCE = 1_000
"""A receive moves no more than about so many dead letters, lest it hold up everybody else."""


def receive(ledger: Ledger, command: commands.Receive) -> Received:
    """An empty result where nothing is available; it says how long to wait for something.

    With 120,000 messages in flight there is nothing to be had.  A short poll of a standard queue
    then raises OverLimit; a long one waits, and a FIFO queue never says so (quotas of standard and
    of FIFO queues, developer guide).
    """
    queue = ledger.queue(command.queue)
    now = ledger.state.now
    definition = queue.definition
    timeout_s = command.visibility_timeout_s
    if timeout_s is None:
        timeout_s = definition.visibility_timeout_s
    wait_s = definition.receive_wait_s if command.wait_s is None else command.wait_s
    visible_at = now + timeout_s * SECOND
    if command.attempt_id is not None and queue.is_fifo:
        again = _repeat_attempt(ledger, queue, command.attempt_id, visible_at)
        if again:
            return Received(again, wait_s)
    room = limits.IN_FLIGHT - len(queue.in_flight)
    if room <= 0:
        if queue.is_fifo or wait_s:
            return Received(_NOTHING, wait_s)
        raise OverLimit(
            f"Too many messages in flight: at most {limits.IN_FLIGHT} may be received and not yet "
            "deleted."
        )
    chosen = _choose(ledger, queue, min(command.max_messages, room))
    if chosen is None:
        return Received(_NOTHING, wait_s)
    slots, lanes = chosen
    ledger.write(
        records.MessagesReceived(
            queue.uid,
            now,
            visible_at,
            slots,
            lanes,
            command.attempt_id if queue.is_fifo else None,
        )
    )
    return Received(_deliveries(queue, slots), wait_s)


def _choose(
    ledger: Ledger, queue: Queue, limit: int
) -> tuple[list[int], list[str | None] | None] | None:
    """The slots of the next messages, and their lanes where they have any; None if there are none.

    Messages that were received too often are moved to the dead-letter queue first.  If they are
    too many for one receive, it may give nothing, and those who wait try again.
    """
    now = ledger.state.now
    order = queue.order
    target = _dead_letter_queue(ledger, queue)
    buried = 0
    while buried < DEAD_LETTERS_AT_ONCE:
        if isinstance(order, StandardOrder) and order.is_plain:
            slots, lanes = order.choose_plain(limit), None
        else:
            chosen = order.choose(limit, now)
            slots, lanes = [slot for slot, _ in chosen], [lane for _, lane in chosen]
        if not slots:
            ledger.state.schedule(queue)
            return None
        if target is None:
            return slots, lanes
        newly_buried = _bury(ledger, queue, target, slots, lanes)
        if not newly_buried:
            return slots, lanes
        buried += newly_buried
    ledger.state.awake[queue.arn] = None
    return None


def _bury(
    ledger: Ledger,
    queue: Queue,
    target: Queue,
    slots: list[int],
    lanes: list[str | None] | None,
) -> int:
    """Move those of the messages that were received too often; how many they were."""
    most = queue.definition.max_receive_count
    assert most is not None, "a redrive policy has both or neither"
    buried = 0
    for index, slot in enumerate(slots):
        if queue.slots.receive_count(slot) - queue.carried.get(slot, 0) < most:
            continue
        buried += 1
        _move(ledger, queue, slot, target, None if lanes is None else lanes[index])
    return buried


def _move(ledger: Ledger, queue: Queue, slot: int, target: Queue, lane: str | None) -> None:
    """A message becomes a dead letter, of the same group and with the same id."""
    ledger.write(
        records.MessageMoved(
            queue.uid,
            slot,
            target.uid,
            target.slots.next_slot,
            ledger.state.now,
            lane,
            None,
            queue.renewed_ids.get(slot),
        )
    )


def _dead_letter_queue(ledger: Ledger, queue: Queue) -> Queue | None:
    """Where this queue's dead letters go, as long as that queue is there and takes them."""
    arn = queue.definition.redrive_target
    if arn is None:
        return None
    target = ledger.state.by_arn.get(arn)
    if target is None or target is queue or target.is_fifo != queue.is_fifo:
        return None
    return target if may_redrive(queue.arn, target.definition) else None


def _repeat_attempt(
    ledger: Ledger, queue: Queue, attempt_id: str, visible_at: int
) -> list[Delivery]:
    """The messages of the same receive attempt again, with their visibility timeout begun anew,
    as long as none of them was deleted, hidden otherwise or visible again meanwhile."""
    now = ledger.state.now
    attempt = queue.attempts.find(attempt_id, now)
    if attempt is None:
        return []
    for slot in attempt.slots:
        flight = queue.in_flight.get(slot)
        if (
            flight is None
            or flight.received_at != attempt.at
            or flight.visible_at != attempt.visible_at
        ):
            return []
    ledger.write(
        records.VisibilityChanged(
            queue.uid, now, attempt.slots, [visible_at] * len(attempt.slots), attempt_id
        )
    )
    return _deliveries(queue, attempt.slots)


def _deliveries(queue: Queue, slots: list[int]) -> list[Delivery]:
    uid = queue.uid
    found = zip(slots, queue.slots.views(slots), strict=True)
    if not (queue.is_fifo or queue.born or queue.renewed_ids):
        return [
            Delivery(Receipt(uid, slot, count), position, sent_at, first)
            for slot, (position, sent_at, count, first) in found
        ]
    return [
        Delivery(
            Receipt(uid, slot, count),
            position,
            sent_at,
            first,
            sequence_number(queue, slot) if queue.is_fifo else None,
            queue.origins.of(slot),
            queue.renewed_ids.get(slot),
            None,
            *queue.birthplace(slot),
        )
        for slot, (position, sent_at, count, first) in found
    ]


def release(ledger: Ledger, command: commands.Release) -> None:
    """Messages of receipts that are out of date stay as they are."""
    queue = ledger.state.by_arn.get(command.queue)
    if queue is None:
        return
    slots = [
        receipt.slot
        for receipt in command.receipts
        if receipt.queue_uid == queue.uid
        and queue.is_flying(receipt.slot)
        and is_latest(queue, receipt)
    ]
    if slots:
        ledger.write(records.MessagesReleased(queue.uid, ledger.state.now, slots))


def give_up(ledger: Ledger, command: commands.GiveUp) -> None:
    """The target is meant to be checked already; one that is gone takes nothing."""
    queue = ledger.state.by_arn.get(command.queue)
    receipt = command.receipt
    if (
        queue is None
        or receipt.queue_uid != queue.uid
        or not queue.is_flying(receipt.slot)
        or not is_latest(queue, receipt)
    ):
        return
    slot = receipt.slot
    target = None if command.target is None else ledger.state.by_arn.get(command.target)
    if target is None or target is queue or target.is_fifo != queue.is_fifo:
        ledger.write(records.MessagesDeleted(queue.uid, ledger.state.now, [slot]))
        return
    _move(ledger, queue, slot, target, queue.in_flight[slot].lane.name)
