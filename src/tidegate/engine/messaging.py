"""Sending, deleting and hiding messages: what these commands decide."""

import hashlib

import msgspec

from tidegate.base import limits
from tidegate.base.refusals import (
    InvalidParameterValueException,
    MissingRequiredParameterException,
    ReceiptHandleIsInvalid,
    Refusal,
)
from tidegate.engine import commands, records
from tidegate.engine.commands import Entry, Receipt, Refused, Sent
from tidegate.engine.deduplication import deduplication_key
from tidegate.engine.ledger import Ledger
from tidegate.engine.queue import SECOND, Queue

_NO_GROUP = "The request must contain the parameter MessageGroupId."
_NO_DEDUPLICATION_ID = (
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
    "provided explicitly"
)
HANDLE_PLACEHOLDER = "{receipt_handle}"
"""Stands in refusals for the handle, which only the front knows."""
_NO_HANDLE = f'The input receipt handle "{HANDLE_PLACEHOLDER}" is not a valid receipt handle.'


# --- Send ----------------------------------------------------------------------------------------


def send(ledger: Ledger, command: commands.Send) -> Sent:
    """Raises QueueDoesNotExist and the refusals of `_send_entry`."""
    queue = ledger.queue(command.queue)
    entry = command.entry
    if queue.is_fifo:
        if entry.message.group_id is None:
            raise MissingRequiredParameterException(_NO_GROUP)
        return _send_fifo(ledger, queue, entry)
    return _send_standard(ledger, queue, entry)


def send_batch(ledger: Ledger, command: commands.SendBatch) -> list[Sent | Refused]:
    """What a FIFO queue needs of each entry is demanded of the whole batch, as AWS does."""
    queue = ledger.queue(command.queue)
    if queue.is_fifo:
        for entry in command.entries:
            if entry.message.group_id is None:
                raise InvalidParameterValueException(_NO_GROUP)
            _deduplication_id(queue, entry)
    elif all(_is_plain(queue, entry) for entry in command.entries):
        messages = [entry.message for entry in command.entries]
        ledger.write_sent_together(queue, messages)
        return [Sent(message.id) for message in messages]
    send_one = _send_fifo if queue.is_fifo else _send_standard
    results: list[Sent | Refused] = []
    for entry in command.entries:
        try:
            results.append(send_one(ledger, queue, entry))
        except Refusal as refusal:
            results.append(Refused(refusal.code, refusal.message))
    return results


def _is_plain(queue: Queue, entry: Entry) -> bool:
    """Nothing of the entry is refused, and it has neither group nor delay."""
    message, definition = entry.message, queue.definition
    delay_s = definition.delay_s if entry.delay_s is None else entry.delay_s
    return (
        message.group_id is None
        and message.deduplication_id is None
        and not delay_s
        and entry.size_bytes <= definition.maximum_message_size
    )


def _send_standard(ledger: Ledger, queue: Queue, entry: Entry) -> Sent:
    message = entry.message
    definition = queue.definition
    if entry.size_bytes > definition.maximum_message_size:
        raise _too_long(definition.maximum_message_size)
    if message.deduplication_id is not None:
        raise InvalidParameterValueException(
            f"Value {message.deduplication_id} for parameter MessageDeduplicationId is invalid. "
            "Reason: The request includes a parameter that is not valid for this queue type"
        )
    now = ledger.state.now
    delay_s = definition.delay_s if entry.delay_s is None else entry.delay_s
    visible_at = now + delay_s * SECOND if delay_s else 0
    ledger.write_sent(
        records.MessageSent(queue.uid, queue.slots.next_slot, now, visible_at, message)
    )
    return Sent(message.id)


def _send_fifo(ledger: Ledger, queue: Queue, entry: Entry) -> Sent:
    message = entry.message
    maximum = queue.definition.maximum_message_size
    if entry.size_bytes > maximum:
        raise _too_long(maximum)
    if entry.delay_s:
        raise InvalidParameterValueException(
            f"Value {entry.delay_s} for parameter DelaySeconds is invalid. Reason: The request "
            "include parameter that is not valid for this queue type."
        )
    deduplication_id = _deduplication_id(queue, entry)
    assert message.group_id is not None
    now = ledger.state.now
    # Under either scope: what was sent before the scope was changed is still remembered.
    known = queue.deduplication.find(deduplication_id, now) or queue.deduplication.find(
        deduplication_key("messageGroup", message.group_id, deduplication_id), now
    )
    if known is not None:
        return Sent(known.message_id, sequence_number(queue, known.slot))
    if message.deduplication_id is None:
        message = msgspec.structs.replace(message, deduplication_id=deduplication_id)
    slot = queue.slots.next_slot
    ledger.write_sent(records.MessageSent(queue.uid, slot, now, 0, message))
    return Sent(message.id, sequence_number(queue, slot))


def _too_long(maximum: int) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"One or more parameters are invalid. Reason: Message must be shorter than {maximum} bytes."
    )


def _deduplication_id(queue: Queue, entry: Entry) -> str:
    """The id that was given, or the SHA-256 of the body (not of the attributes).

    A sealed body is hashed by the front; where it has not done so, the queue had no
    ContentBasedDeduplication when the front looked, and is taken to have none.
    """
    message = entry.message
    if message.deduplication_id is not None:
        return message.deduplication_id
    if queue.definition.content_based_deduplication:
        if entry.content_id is not None:
            return entry.content_id
        if message.sealed is None:
            return hashlib.sha256(message.body.encode()).hexdigest()
    raise InvalidParameterValueException(_NO_DEDUPLICATION_ID)


def sequence_number(queue: Queue, slot: int) -> str:
    """20 digits that grow with the slot, and over a queue of the same name made anew later: a
    millisecond of the queue's age at creation counts for four million messages."""
    return str(10**19 + (queue.definition.created_at << 22) + slot)


# --- Receipts ------------------------------------------------------------------------------------


def _expired(reason: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"Value {HANDLE_PLACEHOLDER} for parameter ReceiptHandle is invalid. Reason: {reason}"
    )


def _check_owner(queue: Queue, receipt: Receipt) -> None:
    if receipt.queue_uid != queue.uid:
        raise ReceiptHandleIsInvalid(_NO_HANDLE)


def is_latest(queue: Queue, receipt: Receipt) -> bool:
    """Whether the receipt is of the message's latest receive.  The message must be there."""
    return queue.slots.receive_count(receipt.slot) == receipt.receive_count


# --- Delete --------------------------------------------------------------------------------------


def delete(ledger: Ledger, command: commands.Delete) -> list[Refused | None]:
    """Deleting what is gone succeeds.

    A standard queue deletes by the receipt of the latest receive, also after its visibility
    timeout; with an older one "the request succeeds, but the message will not be deleted"
    (DeleteMessage in the service model).  A FIFO queue refuses a receipt whose visibility timeout
    is over.
    """
    queue = ledger.queue(command.queue)
    decide = _delete_from_fifo if queue.is_fifo else _delete_from_standard
    results, slots = decide(queue, command.receipts)
    if slots:
        ledger.write(records.MessagesDeleted(queue.uid, ledger.state.now, list(slots)))
    return results


def _delete_from_standard(
    queue: Queue, receipts: list[Receipt]
) -> tuple[list[Refused | None], dict[int, None]]:
    results: list[Refused | None] = []
    slots: dict[int, None] = {}
    latest = queue.slots.latest_receives([receipt.slot for receipt in receipts])
    for receipt, latest_count in zip(receipts, latest, strict=True):
        if receipt.queue_uid != queue.uid:
            results.append(Refused("ReceiptHandleIsInvalid", _NO_HANDLE))
            continue
        if receipt.receive_count == latest_count:
            slots[receipt.slot] = None
        results.append(None)
    return results, slots


def _delete_from_fifo(
    queue: Queue, receipts: list[Receipt]
) -> tuple[list[Refused | None], dict[int, None]]:
    results: list[Refused | None] = []
    slots: dict[int, None] = {}
    for receipt in receipts:
        try:
            _check_owner(queue, receipt)
            if queue.is_alive(receipt.slot):
                if not (is_latest(queue, receipt) and queue.is_flying(receipt.slot)):
                    raise _expired("The receipt handle has expired.")
                slots[receipt.slot] = None
            results.append(None)
        except Refusal as refusal:
            results.append(Refused(refusal.code, refusal.message))
    return results, slots


# --- Change visibility ---------------------------------------------------------------------------


def change_visibility(ledger: Ledger, command: commands.ChangeVisibility) -> list[Refused | None]:
    """A message of a standard queue that is visible again may be hidden by its latest receipt."""
    queue = ledger.queue(command.queue)
    now = ledger.state.now
    results: list[Refused | None] = []
    changes: dict[int, int] = {}
    for change in command.changes:
        try:
            _check_change(queue, change, now)
            changes[change.receipt.slot] = now + change.timeout_s * SECOND
            results.append(None)
        except Refusal as refusal:
            results.append(Refused(refusal.code, refusal.message))
    if changes:
        ledger.write(
            records.VisibilityChanged(queue.uid, now, list(changes), list(changes.values()))
        )
    return results


def _check_change(queue: Queue, change: commands.VisibilityChange, now: int) -> None:
    receipt = change.receipt
    _check_owner(queue, receipt)
    flight = queue.in_flight.get(receipt.slot)
    if (
        not queue.is_alive(receipt.slot)
        or not is_latest(queue, receipt)
        or (flight is None and queue.is_fifo)
    ):
        raise _expired("Message does not exist or is not available for visibility timeout change.")
    longest_s = limits.VISIBILITY_TIMEOUT_S.high
    if flight is not None and now + change.timeout_s * SECOND > (
        flight.received_at + longest_s * SECOND
    ):
        # "You can't extend it to more than 12 hours from the time the message was received."
        raise InvalidParameterValueException(
            f"Value {change.timeout_s} for parameter VisibilityTimeout is invalid. Reason: Total "
            f"VisibilityTimeout for the message is beyond the limit [{longest_s} seconds]"
        )
