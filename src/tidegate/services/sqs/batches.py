"""SendMessageBatch, DeleteMessageBatch and ChangeMessageVisibilityBatch.

What is wrong with the batch itself (no entries, too many, ids, its size, a KMS key that the sender
may not use) refuses the whole request.
What is wrong with one entry makes that entry fail and leaves the others alone.  An answer leaves
out a list that would be empty.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

from tidegate.api.sqs import (
    BatchResultErrorEntry,
    ChangeMessageVisibilityBatchRequest,
    ChangeMessageVisibilityBatchResult,
    ChangeMessageVisibilityBatchResultEntry,
    DeleteMessageBatchRequest,
    DeleteMessageBatchResult,
    DeleteMessageBatchResultEntry,
    SendMessageBatchRequest,
    SendMessageBatchRequestEntry,
    SendMessageBatchResult,
    SendMessageBatchResultEntry,
)
from tidegate.base import limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    MissingRequiredParameterException,
    Refusal,
    TooManyEntriesInBatchRequest,
    batch_error_code,
)
from tidegate.engine.commands import (
    ChangeVisibility,
    Delete,
    Entry,
    Receipt,
    Refused,
    SendBatch,
    Sent,
    VisibilityChange,
)
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.entries import entry_of, trace_md5
from tidegate.services.sqs.ids import MessageIds
from tidegate.services.sqs.messages import check_visibility_timeout
from tidegate.services.sqs.queue_urls import QueueUrls
from tidegate.services.sqs.receipts import Receipts, refused_handle_text
from tidegate.services.sqs.router import Router, answer_if_exists

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


class _HasId(Protocol):
    @property
    def Id(self) -> str: ...


def check_batch(kind: str, entries: Sequence[_HasId]) -> None:
    """Raises what refuses a batch of entries of the shape `kind` as a whole."""
    if not entries:
        raise EmptyBatchRequest(f"There should be at least one {kind} in the request.")
    if len(entries) > limits.BATCH_ENTRIES:
        raise TooManyEntriesInBatchRequest(
            f"Maximum number of entries per request are {limits.BATCH_ENTRIES}. You have sent "
            f"{len(entries)}."
        )
    seen: set[str] = set()
    repeated: str | None = None
    for entry in entries:
        if _ID.fullmatch(entry.Id) is None:
            raise InvalidBatchEntryId
        if entry.Id in seen and repeated is None:
            repeated = entry.Id
        seen.add(entry.Id)
    if repeated is not None:
        raise BatchEntryIdsNotDistinct(f"Id {repeated} repeated.")


class Batches:
    """The operations on up to ten messages at once."""

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

    def send(self, call: Call, request: SendMessageBatchRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        check_batch("SendMessageBatchRequestEntry", request.Entries)
        _check_bodies(request)
        sealing = self._sealing(call, arn)
        sender_id, trace_header = call.principal.user_id, call.trace_header
        taken: list[SendMessageBatchRequestEntry] = []
        digested: list[tuple[Entry, str, str | None]] = []
        failed: list[BatchResultErrorEntry] = []
        size_bytes = 0
        may_hold_controls = call.may_hold_controls
        for given in request.Entries:
            try:
                entry = entry_of(
                    given, self._ids(), sender_id, trace_header, sealing, may_hold_controls
                )
            except Refusal as refusal:
                failed.append(_failed(given.Id, refusal.code, refusal.message))
                continue
            size_bytes += entry[0].size_bytes
            taken.append(given)
            digested.append(entry)
        if size_bytes > limits.MESSAGE_BYTES:
            raise BatchRequestTooLong(
                f"Batch requests cannot be longer than {limits.MESSAGE_BYTES} bytes. You have sent "
                f"{size_bytes} bytes."
            )
        if not digested:
            answer_if_exists(self._router, call, arn, SendMessageBatchResult(Failed=failed))
            return
        entries = [entry for entry, _, _ in digested]
        self._submit(call, SendBatch(arn, entries), partial(_sent, taken, digested, failed))

    def delete(self, call: Call, request: DeleteMessageBatchRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        check_batch("DeleteMessageBatchRequestEntry", request.Entries)
        taken: list[tuple[str, str]] = []
        receipts: list[Receipt] = []
        failed: list[BatchResultErrorEntry] = []
        for given in request.Entries:
            try:
                receipts.append(self._receipts.open(given.ReceiptHandle))
            except Refusal as refusal:
                failed.append(_failed(given.Id, refusal.code, refusal.message))
                continue
            taken.append((given.Id, given.ReceiptHandle))
        if not receipts:
            answer_if_exists(self._router, call, arn, DeleteMessageBatchResult(Failed=failed))
            return
        self._submit(call, Delete(arn, receipts), partial(_deleted, taken, failed))

    def change_visibility(self, call: Call, request: ChangeMessageVisibilityBatchRequest) -> None:
        arn = self._arn(request.QueueUrl, call.region)
        check_batch("ChangeMessageVisibilityBatchRequestEntry", request.Entries)
        taken: list[tuple[str, str]] = []
        changes: list[VisibilityChange] = []
        failed: list[BatchResultErrorEntry] = []
        for given in request.Entries:
            try:
                if given.VisibilityTimeout is None:
                    raise MissingRequiredParameterException(
                        "The request must contain the parameter VisibilityTimeout."
                    )
                check_visibility_timeout(given.VisibilityTimeout)
                receipt = self._receipts.open(given.ReceiptHandle)
            except Refusal as refusal:
                failed.append(_failed(given.Id, refusal.code, refusal.message))
                continue
            taken.append((given.Id, given.ReceiptHandle))
            changes.append(VisibilityChange(receipt, given.VisibilityTimeout))
        if not changes:
            answer_if_exists(
                self._router, call, arn, ChangeMessageVisibilityBatchResult(Failed=failed)
            )
            return
        self._submit(call, ChangeVisibility(arn, changes), partial(_changed, taken, failed))


def _check_bodies(request: SendMessageBatchRequest) -> None:
    for number, entry in enumerate(request.Entries, 1):
        if not entry.MessageBody:
            raise MissingRequiredParameterException(
                "The request must contain the parameter "
                f"SendMessageBatchRequestEntry.{number}.MessageBody."
            )


def _failed(entry_id: str, code: str, text: str) -> BatchResultErrorEntry:
    """All refusals are the sender's fault; ours fail the whole call."""
    return BatchResultErrorEntry(
        Id=entry_id, SenderFault=True, Code=batch_error_code(code), Message=text
    )


def _sent(
    taken: list[SendMessageBatchRequestEntry],
    digested: list[tuple[Entry, str, str | None]],
    failed: list[BatchResultErrorEntry],
    call: Call,
    outcomes: list[Sent | Refused],
) -> SendMessageBatchResult:
    successful: list[SendMessageBatchResultEntry] = []
    for given, (_, body_md5, attributes_md5), outcome in zip(
        taken, digested, outcomes, strict=True
    ):
        if isinstance(outcome, Refused):
            failed.append(_failed(given.Id, outcome.code, outcome.message))
            continue
        successful.append(
            SendMessageBatchResultEntry(
                Id=given.Id,
                MessageId=outcome.message_id,
                MD5OfMessageBody=body_md5,
                MD5OfMessageAttributes=attributes_md5,
                MD5OfMessageSystemAttributes=trace_md5(given),
                SequenceNumber=outcome.sequence_number,
            )
        )
    return SendMessageBatchResult(Successful=successful or None, Failed=failed or None)


def _sort(
    taken: list[tuple[str, str]],
    failed: list[BatchResultErrorEntry],
    outcomes: list[Refused | None],
) -> list[str]:
    """Adds what was refused to `failed`; gives back the ids of the rest."""
    done: list[str] = []
    for (entry_id, handle), outcome in zip(taken, outcomes, strict=True):
        if outcome is None:
            done.append(entry_id)
        else:
            text = refused_handle_text(outcome, handle)
            failed.append(_failed(entry_id, outcome.code, text))
    return done


def _deleted(
    taken: list[tuple[str, str]],
    failed: list[BatchResultErrorEntry],
    call: Call,
    outcomes: list[Refused | None],
) -> DeleteMessageBatchResult:
    done = _sort(taken, failed, outcomes)
    return DeleteMessageBatchResult(
        Successful=[DeleteMessageBatchResultEntry(Id=entry_id) for entry_id in done] or None,
        Failed=failed or None,
    )


def _changed(
    taken: list[tuple[str, str]],
    failed: list[BatchResultErrorEntry],
    call: Call,
    outcomes: list[Refused | None],
) -> ChangeMessageVisibilityBatchResult:
    done = _sort(taken, failed, outcomes)
    return ChangeMessageVisibilityBatchResult(
        Successful=[ChangeMessageVisibilityBatchResultEntry(Id=entry_id) for entry_id in done]
        or None,
        Failed=failed or None,
    )
