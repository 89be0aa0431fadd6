"""SendMessage, DeleteMessage and ChangeMessageVisibility."""

from functools import partial
from typing import Final

from tidegate.api.sqs import (
    ChangeMessageVisibilityRequest,
    DeleteMessageRequest,
    SendMessageRequest,
    SendMessageResult,
)
from tidegate.base import limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    REFUSALS,
    InvalidParameterValueException,
    MissingRequiredParameterException,
    Refusal,
)
from tidegate.engine.commands import (
    ChangeVisibility,
    Delete,
    Refused,
    Send,
    Sent,
    VisibilityChange,
)
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.entries import entry_of, trace_md5
from tidegate.services.sqs.ids import MessageIds
from tidegate.services.sqs.queue_urls import QueueUrls
from tidegate.services.sqs.receipts import Receipts, refused_handle_text
from tidegate.services.sqs.router import Router, answer_if_exists

_MESSAGE_BYTES: Final = limits.MESSAGE_BYTES


def check_visibility_timeout(timeout_s: int) -> None:
    """Raises InvalidParameterValueException."""
    low, high = limits.VISIBILITY_TIMEOUT_S
    if not low <= timeout_s <= high:
        raise InvalidParameterValueException(
            f"Value {timeout_s} for parameter VisibilityTimeout is invalid. Reason: Must be "
            f"between {low} and {high}, if provided."
        )


class Messages:
    """The operations on one message that a client names."""

    __slots__ = ("_arn", "_ids", "_receipts", "_router", "_sealing", "_submit")

    def __init__(
        self,
        router: Router,
        urls: QueueUrls,
        receipts: Receipts,
        ids: MessageIds,
        encryption: Encryption,
    ) -> None:
        self._router = router
        self._submit = router.submit
        self._arn = urls.arn
        self._receipts = receipts
        self._ids = ids
        self._sealing = encryption.sealing

    def send(self, call: Call, request: SendMessageRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        if not request.MessageBody:
            raise MissingRequiredParameterException(
                "The request must contain the parameter MessageBody."
            )
        entry, body_md5, attributes_md5 = entry_of(
            request,
            self._ids(),
            call.principal.user_id,
            call.trace_header,
            self._sealing(call, arn),
            call.may_hold_controls,
        )
        if entry.size_bytes > _MESSAGE_BYTES:
            raise InvalidParameterValueException(
                "One or more parameters are invalid. Reason: Message must be shorter than "
                f"{_MESSAGE_BYTES} bytes."
            )
        finish = partial(_sent, request, body_md5, attributes_md5)
        self._submit(call, Send(arn, entry), finish)

    def delete(self, call: Call, request: DeleteMessageRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        handle = request.ReceiptHandle
        try:
            receipt = self._receipts.open(handle)
        except Refusal as refusal:
            answer_if_exists(self._router, call, arn, refusal)
            return
        self._submit(call, Delete(arn, [receipt]), partial(_done, handle))

    def change_visibility(self, call: Call, request: ChangeMessageVisibilityRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        check_visibility_timeout(request.VisibilityTimeout)
        handle = request.ReceiptHandle
        try:
            receipt = self._receipts.open(handle)
        except Refusal as refusal:
            answer_if_exists(self._router, call, arn, refusal)
            return
        change = VisibilityChange(receipt, request.VisibilityTimeout)
        self._submit(call, ChangeVisibility(arn, [change]), partial(_done, handle))


def _sent(
    request: SendMessageRequest,
    body_md5: str,
    attributes_md5: str | None,
    call: Call,
    sent: Sent,
) -> SendMessageResult:
    """The digests are of what this client sent, the id of what the queue holds: on a FIFO queue
    that may be an earlier message with the same deduplication id."""
    return SendMessageResult(
        MD5OfMessageBody=body_md5,
        MD5OfMessageAttributes=attributes_md5,
        MD5OfMessageSystemAttributes=trace_md5(request),
        MessageId=sent.message_id,
        SequenceNumber=sent.sequence_number,
    )


def _done(handle: str, call: Call, outcomes: list[Refused | None]) -> None:
    """One handle went in, so there is one outcome."""
    refused = outcomes[0]
    if refused is not None:
        raise REFUSALS[refused.code](refused_handle_text(refused, handle))
