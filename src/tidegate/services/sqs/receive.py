"""ReceiveMessage: what a client wants to see of each message, and the answer that shows it.

A receive shows what opens.  Messages whose data key KMS does not open for the receiver go back at
once, as if they had not been received: their receive count stays, and on a FIFO queue those behind
them in their groups go back too.  If none is left, the answer is KMS's refusal.

Most requests of a client name the same attributes, so what they ask for is worked out once per
combination of names (`Wanted`) and kept.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from tidegate.api.sqs import (
    Message,
    MessageAttributeValue,
    ReceiveMessageRequest,
    ReceiveMessageResult,
)
from tidegate.base import limits
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidParameterValueException, Refusal
from tidegate.catalog import queue_attributes
from tidegate.engine import commands
from tidegate.engine.commands import (
    AttributeValue,
    Delivery,
    Receipt,
    Receive,
    Received,
    Release,
)
from tidegate.runtime.node import ANSWERS_LATER
from tidegate.services.sqs.attributes import md5_of
from tidegate.services.sqs.encryption import Encryption, Held
from tidegate.services.sqs.entries import check_identifier
from tidegate.services.sqs.envelopes import Envelopes
from tidegate.services.sqs.queue_urls import QueueUrls
from tidegate.services.sqs.receipts import Receipts
from tidegate.services.sqs.router import Router

_CACHED_WANTS: Final = 1_024
_MOST_CACHED_NAMES: Final = 32
_EMPTY: Final = ReceiveMessageResult()
_EVERY_MESSAGE_ATTRIBUTE: Final = frozenset({"All", "*", ".*"})


# --- System attributes ---------------------------------------------------------------------------


def _message_of(delivery: Delivery) -> commands.Message:
    message = delivery.message
    assert message is not None, "whoever owns the log fills the message in"
    return message


def _deduplication_id(delivery: Delivery) -> str | None:
    """Only a FIFO queue has it; where the sender gave none, the engine has added the digest of the
    body."""
    return None if delivery.sequence_number is None else _message_of(delivery).deduplication_id


def _group_id(delivery: Delivery) -> str | None:
    """A standard queue shows none of a FIFO topic's (recorded as fifo_topic_to_regular_sqs)."""
    message = _message_of(delivery)
    through = message.through
    is_topics = through is not None and through.sequence_number is not None
    return None if is_topics and delivery.sequence_number is None else message.group_id


_SYSTEM: Final[Mapping[str, Callable[[Delivery, Held], str | None]]] = {
    "SenderId": lambda delivery, held: _message_of(delivery).sender_id,
    "SentTimestamp": lambda delivery, held: str(delivery.sent_at),
    "ApproximateReceiveCount": lambda delivery, held: str(delivery.receipt.receive_count),
    "ApproximateFirstReceiveTimestamp": lambda delivery, held: str(delivery.first_received_at),
    "SequenceNumber": lambda delivery, held: delivery.sequence_number,
    "MessageDeduplicationId": lambda delivery, held: _deduplication_id(delivery),
    "MessageGroupId": lambda delivery, held: _group_id(delivery),
    "AWSTraceHeader": lambda delivery, held: held.trace_header,
    "DeadLetterQueueSourceArn": lambda delivery, held: delivery.dead_letter_source,
}


def _every_system_attribute(delivery: Delivery, held: Held) -> dict[str, str]:
    """What `All` asks for, which is the common case and therefore written out."""
    message = _message_of(delivery)
    shown = {
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(delivery.first_received_at),
        "ApproximateReceiveCount": str(delivery.receipt.receive_count),
        "SentTimestamp": str(delivery.sent_at),
    }
    if delivery.sequence_number is not None:
        shown["SequenceNumber"] = delivery.sequence_number
        deduplication_id = _deduplication_id(delivery)
        if deduplication_id is not None:
            shown["MessageDeduplicationId"] = deduplication_id
    if message.group_id is not None and (group_id := _group_id(delivery)) is not None:
        shown["MessageGroupId"] = group_id
    if held.trace_header is not None:
        shown["AWSTraceHeader"] = held.trace_header
    if delivery.dead_letter_source is not None:
        shown["DeadLetterQueueSourceArn"] = delivery.dead_letter_source
    return shown


def _wanted_system(
    old_names: Sequence[str], names: Sequence[str]
) -> Callable[[Delivery, Held], dict[str, str]] | None:
    """Both parameters together; None where they ask for nothing.

    The older AttributeNames also takes names of queue attributes, which no message has.  Raises
    InvalidAttributeName for a name that does not exist.
    """
    wanted = {*old_names, *names}
    for name in [*names, *old_names]:
        if name not in _SYSTEM and name != "All" and name not in queue_attributes.NAMES:
            raise queue_attributes.unknown(name)
    if "All" in wanted:
        return _every_system_attribute
    getters = [(name, get) for name, get in _SYSTEM.items() if name in wanted]
    if not getters:
        return None

    def some(delivery: Delivery, held: Held) -> dict[str, str]:
        return {name: value for name, get in getters if (value := get(delivery, held)) is not None}

    return some


# --- Message attributes --------------------------------------------------------------------------


def shown_attribute(value: AttributeValue) -> MessageAttributeValue:
    return MessageAttributeValue(
        DataType=value.data_type,
        StringValue=value.string_value,
        BinaryValue=value.binary_value,
    )


class Wanted:
    """What one combination of names asks to see; `finish` makes the answer."""

    __slots__ = (
        "_contents",
        "_envelopes",
        "_every",
        "_names",
        "_prefixes",
        "_release",
        "_seal",
        "_system",
    )

    def __init__(
        self,
        router: Router,
        encryption: Encryption,
        envelopes: Envelopes,
        receipts: Receipts,
        old_names: Sequence[str],
        names: Sequence[str],
        message_names: Sequence[str],
    ) -> None:
        self._release = router.run_unasked
        self._contents = encryption.contents
        self._envelopes = envelopes
        self._seal = receipts.seal
        self._system = _wanted_system(old_names, names)
        self._every = not _EVERY_MESSAGE_ATTRIBUTE.isdisjoint(message_names)
        self._names = frozenset(message_names)
        self._prefixes = tuple(name[:-2] for name in message_names if name.endswith(".*"))

    def finish(self, call: Call, received: Received) -> Any:
        """Raises the refusals of KMS where nothing of what was received opens."""
        deliveries = received.deliveries
        if not deliveries:
            return _EMPTY
        try:
            contents = self._contents(call, deliveries)
        except Refusal as refusal:
            deliveries, contents = self._sort_out(call, deliveries)
            if not deliveries:
                raise refusal from None
        if any(_message_of(delivery).through for delivery in deliveries):
            unsigned = self._envelopes.unsigned(deliveries, contents)
            if unsigned:
                then = partial(self._answer_later, call, deliveries, contents)
                self._envelopes.sign(unsigned, then, call.fail)
                return ANSWERS_LATER
            shown = self._envelopes.shown
            contents = [shown(call, *each) for each in zip(deliveries, contents, strict=True)]
        return ReceiveMessageResult(Messages=list(map(self._show, deliveries, contents)))

    def _answer_later(self, call: Call, deliveries: list[Delivery], contents: list[Held]) -> None:
        if call.gone:
            # The client has hung up meanwhile: its messages go back, as where they wait for disks.
            self._release(Release(call.resource, [each.receipt for each in deliveries]))
            return
        shown = self._envelopes.shown
        contents = [shown(call, *each) for each in zip(deliveries, contents, strict=True)]
        call.reply(ReceiveMessageResult(Messages=list(map(self._show, deliveries, contents))))

    def _sort_out(
        self, call: Call, deliveries: list[Delivery]
    ) -> tuple[list[Delivery], list[Held]]:
        """Those that open, and what they hold; the others go back."""
        opened: list[Delivery] = []
        contents: list[Held] = []
        back: list[Receipt] = []
        held_up: set[str | None] = set()
        for delivery in deliveries:
            is_fifo, group = delivery.sequence_number is not None, _message_of(delivery).group_id
            if not (is_fifo and group in held_up):
                try:
                    contents += self._contents(call, [delivery])
                    opened.append(delivery)
                    continue
                except Refusal:
                    held_up.add(group)
            back.append(delivery.receipt)
        self._release(Release(call.resource, back))
        return opened, contents

    def _show(self, delivery: Delivery, held: Held) -> Message:
        message = delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        attributes = None
        if held.attributes is not None and (self._every or self._names):
            attributes = self._chosen(held.attributes)
        system = self._system
        return Message(
            MessageId=delivery.message_id or message.id,
            ReceiptHandle=self._seal(delivery.receipt),
            MD5OfBody=held.md5,
            Body=held.body,
            Attributes=system(delivery, held) or None if system is not None else None,
            MD5OfMessageAttributes=self._digest(held, attributes) if attributes else None,
            MessageAttributes={n: shown_attribute(v) for n, v in attributes.items()}
            if attributes
            else None,
        )

    def _chosen(self, attributes: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
        if self._every:
            return attributes
        names, prefixes = self._names, self._prefixes
        return {
            name: value
            for name, value in attributes.items()
            if name in names or name.startswith(prefixes)
        }

    @staticmethod
    def _digest(held: Held, shown: dict[str, AttributeValue]) -> str | None:
        """The digest covers what is shown, no more."""
        if len(shown) == len(held.attributes or ()):
            return held.attributes_md5 or md5_of(shown)
        return md5_of(shown)


# --- The operation -------------------------------------------------------------------------------


class Receiving:
    __slots__ = ("_arn", "_nothing", "_submit", "_wanting", "_wants")

    def __init__(
        self,
        router: Router,
        urls: QueueUrls,
        receipts: Receipts,
        encryption: Encryption,
        envelopes: Envelopes,
    ) -> None:
        self._submit = router.submit
        self._arn = urls.arn
        self._wanting = partial(Wanted, router, encryption, envelopes, receipts)
        self._nothing = self._wanting((), (), ())
        self._wants: dict[tuple[tuple[str, ...], ...], Wanted] = {}

    def receive(self, call: Call, request: ReceiveMessageRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        most = request.MaxNumberOfMessages
        if most is None:
            most = 1
        elif not 1 <= most <= limits.RECEIVE_MESSAGES.high:
            raise InvalidParameterValueException(
                f"Value {most} for parameter MaxNumberOfMessages is invalid. Reason: Must be "
                f"between 1 and {limits.RECEIVE_MESSAGES.high}, if provided."
            )
        wait_s = request.WaitTimeSeconds
        if wait_s is not None:
            _check_range("WaitTimeSeconds", wait_s, limits.RECEIVE_WAIT_S)
        timeout_s = request.VisibilityTimeout
        if timeout_s is not None:
            _check_range("VisibilityTimeout", timeout_s, limits.VISIBILITY_TIMEOUT_S)
        attempt_id = request.ReceiveRequestAttemptId
        if attempt_id is not None:
            check_identifier("ReceiveRequestAttemptId", attempt_id)
        command = Receive(arn, most, timeout_s, wait_s, attempt_id)
        self._submit(call, command, self._wanted(request).finish)

    def _wanted(self, request: ReceiveMessageRequest) -> Wanted:
        old_names = request.AttributeNames
        names = request.MessageSystemAttributeNames
        message_names = request.MessageAttributeNames
        if not (old_names or names or message_names):
            return self._nothing
        key = (tuple(old_names or ()), tuple(names or ()), tuple(message_names or ()))
        wanted = self._wants.get(key)
        if wanted is None:
            wanted = self._wanting(*key)
            if sum(map(len, key)) <= _MOST_CACHED_NAMES:
                if len(self._wants) >= _CACHED_WANTS:
                    self._wants.clear()
                self._wants[key] = wanted
        return wanted


def _check_range(parameter: str, value: int, allowed: limits.Range) -> None:
    """Recorded as send_receive_wait_time_seconds."""
    if not allowed.low <= value <= allowed.high:
        raise InvalidParameterValueException(
            f"Value {value} for parameter {parameter} is invalid. Reason: Must be >= "
            f"{allowed.low} and <= {allowed.high}, if provided."
        )
