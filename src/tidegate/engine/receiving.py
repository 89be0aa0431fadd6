"""Receiving messages: which are handed out, and which go to the dead-letter queue instead."""

from tidegate.base import limits
from tidegate.base.refusals import OverLimit
from tidegate.catalog.queues import may_redrive
from tidegate.engine import commands, records
from tidegate.engine.commands import Delivery, Receipt, Received
from tidegate.engine.ledger import Ledger
from tidegate.engine.messaging import is_latest, sequence_number
from tidegate.engine.queue import SECOND, Queue

_NOTHING: list[Delivery] = []


def receive(ledger: Ledger, command: commands.Receive) -> Received:
    """An empty result where nothing is available; it says how long to wait for something.

    Raises OverLimit on a standard queue with 120,000 messages in flight; a FIFO queue then gives
    nothing new.
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
        if queue.is_fifo:
            return Received(_NOTHING, wait_s)
        raise OverLimit(
            f"Too many messages in flight: at most {limits.IN_FLIGHT} may be received and not yet "
            "deleted."
        )
    chosen = _choose(ledger, queue, min(command.max_messages, room))
    if not chosen:
        return Received(_NOTHING, wait_s)
    slots = [slot for slot, _ in chosen]
    lanes = [lane for _, lane in chosen]
    grouped = queue.is_fifo or any(lane is not None for lane in lanes)
    ledger.write(
        records.MessagesReceived(
            queue.uid,
            now,
            visible_at,
            slots,
            lanes if grouped else None,
            command.attempt_id if queue.is_fifo else None,
        )
    )
    return Received([_delivery(queue, slot) for slot in slots], wait_s)


def _choose(ledger: Ledger, queue: Queue, limit: int) -> list[tuple[int, str | None]]:
    """The next messages; those received too often are moved to the dead-letter queue first."""
    now = ledger.state.now
    target = _dead_letter_queue(ledger, queue)
    if target is None:
        return queue.order.choose(limit, now)
    most = queue.definition.max_receive_count
    assert most is not None, "a redrive policy has both or neither"
    while True:
        chosen = queue.order.choose(limit, now)
        dead = [each for each in chosen if queue.slots.receive_count(each[0]) >= most]
        if not dead:
            return chosen
        for slot, group in dead:
            ledger.write(
                records.MessageMoved(
                    queue.uid,
                    slot,
                    target.uid,
                    target.slots.next_slot,
                    now,
                    group,
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
        if flight is None or flight.received_at != attempt.at:
            return []
    ledger.write(
        records.VisibilityChanged(queue.uid, now, attempt.slots, [visible_at] * len(attempt.slots))
    )
    return [_delivery(queue, slot) for slot in attempt.slots]


def _delivery(queue: Queue, slot: int) -> Delivery:
    table = queue.slots
    return Delivery(
        Receipt(queue.uid, slot, table.receive_count(slot)),
        table.position(slot),
        table.sent_at(slot),
        table.first_received_at(slot),
        sequence_number(queue, slot) if queue.is_fifo else None,
        queue.origins.of(slot),
        queue.renewed_ids.get(slot) if queue.renewed_ids else None,
    )


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
