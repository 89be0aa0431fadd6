"""The three batch operations.  Recorded answers of AWS are cited by the name of their case."""

import pytest

from tidegate.api.sqs import (
    ChangeMessageVisibilityBatchRequestEntry,
    DeleteMessageBatchRequestEntry,
    MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
)
from tidegate.base.refusals import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    MissingRequiredParameterException,
    TooManyEntriesInBatchRequest,
)
from tidegate.engine.commands import DescribeQueue, Receipt, Refused, Sent, VisibilityChange


def message(entry_id, body="a", **more):
    return SendMessageBatchRequestEntry(Id=entry_id, MessageBody=body, **more)


def handle(sqs, slot):
    return sqs.receipts.seal(Receipt(1, slot, 1))


def deletion(sqs, entry_id, slot=1):
    return DeleteMessageBatchRequestEntry(Id=entry_id, ReceiptHandle=handle(sqs, slot))


def change(sqs, entry_id, timeout_s=5, slot=1):
    return ChangeMessageVisibilityBatchRequestEntry(
        Id=entry_id, ReceiptHandle=handle(sqs, slot), VisibilityTimeout=timeout_s
    )


# --- The batch as a whole ------------------------------------------------------------------------

OPERATIONS = ["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"]


def entries_of(sqs, operation, ids):
    make = {
        "SendMessageBatch": message,
        "DeleteMessageBatch": lambda entry_id: deletion(sqs, entry_id),
        "ChangeMessageVisibilityBatch": lambda entry_id: change(sqs, entry_id),
    }[operation]
    return [make(entry_id) for entry_id in ids]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_batch_needs_an_entry(refused, operation):
    refused(
        EmptyBatchRequest,
        f"There should be at least one {operation}RequestEntry in the request.",
        operation,
        Entries=[],
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_ten_entries_are_the_most(sqs, refused, operation):
    """Recorded as change_message_visibility_batch_with_too_large_batch."""
    refused(
        TooManyEntriesInBatchRequest,
        "Maximum number of entries per request are 10. You have sent 20.",
        operation,
        Entries=entries_of(sqs, operation, map(str, range(20))),
    )


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("entry_id", ["", "testLongId" * 10, "invalid:id", "ü", "a\n"])
def test_ids_of_entries_have_an_alphabet(sqs, refused, operation, entry_id):
    """Recorded as delete_message_batch_invalid_msg_id."""
    refused(
        InvalidBatchEntryId,
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It "
        "can be at most 80 letters long.",
        operation,
        Entries=entries_of(sqs, operation, ["1", entry_id]),
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_ids_of_entries_are_distinct(sqs, refused, operation):
    refused(
        BatchEntryIdsNotDistinct,
        "Id two repeated.",
        operation,
        Entries=entries_of(sqs, operation, ["one", "two", "two", "one"]),
    )


# --- SendMessageBatch ----------------------------------------------------------------------------


def test_sent_entries_answer_with_their_ids_and_digests(sqs):
    answer = sqs.ask(
        "SendMessageBatch",
        [Sent("m1"), Sent("m2", "18")],
        Entries=[message("1"), message("2", MessageGroupId="g", DelaySeconds=3)],
    )
    assert sqs.command.queue == sqs.arn
    assert [entry.delay_s for entry in sqs.command.entries] == [None, 3]
    first, second = answer.Successful
    assert (first.Id, first.MessageId, first.SequenceNumber) == ("1", "m1", None)
    assert (second.Id, second.MessageId, second.SequenceNumber) == ("2", "m2", "18")
    assert first.MD5OfMessageBody == "0cc175b9c0f1b6a831c399e269772661"
    assert answer.Failed is None


def test_an_entry_that_the_queue_refuses_fails_alone(sqs):
    """A violation of MaximumMessageSize inside a batch fails that entry."""
    text = "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."
    answer = sqs.ask(
        "SendMessageBatch",
        [Refused("InvalidParameterValueException", text), Sent("m2")],
        Entries=[message("1"), message("2")],
    )
    assert [entry.Id for entry in answer.Successful] == ["2"]
    (failed,) = answer.Failed
    assert (failed.Id, failed.SenderFault) == ("1", True)
    assert (failed.Code, failed.Message) == ("InvalidParameterValue", text)


def test_an_entry_with_wrong_contents_fails_alone(sqs):
    answer = sqs.ask(
        "SendMessageBatch",
        [Sent("m1"), Sent("m3")],
        Entries=[message("1"), message("2", "\x00"), message("3", "c")],
    )
    assert [entry.message.body for entry in sqs.command.entries] == ["a", "c"]
    assert [entry.Id for entry in answer.Successful] == ["1", "3"]
    assert [(entry.Id, entry.Code) for entry in answer.Failed] == [("2", "InvalidMessageContents")]


def test_trace_header_of_the_request_goes_with_entries_that_have_none(sqs):
    sqs.trace_header = "Root=of-the-request"
    own = MessageSystemAttributeValue(DataType="String", StringValue="Root=its-own")
    answer = sqs.ask(
        "SendMessageBatch",
        [Sent("m1"), Sent("m3")],
        Entries=[
            message("1", MessageSystemAttributes={"AWSTraceHeader": own}),
            message("2", "\x00"),
            message("3"),
        ],
    )
    assert [entry.message.trace_header for entry in sqs.command.entries] == [
        "Root=its-own",
        "Root=of-the-request",
    ]
    assert [entry.MD5OfMessageSystemAttributes is None for entry in answer.Successful] == [
        False,
        True,
    ]


def test_a_batch_of_wrong_entries_sends_nothing_but_asks_for_the_queue(sqs):
    answer = sqs.ask("SendMessageBatch", Entries=[message("1", DelaySeconds=901)])
    assert answer.Successful is None
    assert [entry.Id for entry in answer.Failed] == ["1"]
    assert sqs.commands == [DescribeQueue(sqs.arn)]


def test_a_batch_over_a_mebibyte_is_refused_whole(refused):
    """Recorded as send_message_batch_with_oversized_contents."""
    refused(
        BatchRequestTooLong,
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
        "SendMessageBatch",
        Entries=[message("1", "a" * 1_048_576), message("2", "a")],
    )


def test_a_batch_of_exactly_a_mebibyte_is_sent(sqs):
    sqs.ask(
        "SendMessageBatch",
        [Sent("m1"), Sent("m2")],
        Entries=[message("1", "a" * 1_048_575), message("2", "a")],
    )
    assert [entry.size_bytes for entry in sqs.command.entries] == [1_048_575, 1]


def test_an_empty_body_refuses_the_batch(refused):
    refused(
        MissingRequiredParameterException,
        "The request must contain the parameter SendMessageBatchRequestEntry.2.MessageBody.",
        "SendMessageBatch",
        Entries=[message("1"), message("2", "")],
    )


# --- DeleteMessageBatch, ChangeMessageVisibilityBatch --------------------------------------------

EXPIRED = Refused("InvalidParameterValueException", "Value {receipt_handle} has expired.")


def test_deleted_entries_answer_with_their_ids(sqs):
    entries = [deletion(sqs, "1", slot=1), deletion(sqs, "2", slot=2)]
    answer = sqs.ask("DeleteMessageBatch", [None, None], Entries=entries)
    assert sqs.command.receipts == [Receipt(1, 1, 1), Receipt(1, 2, 1)]
    assert [entry.Id for entry in answer.Successful] == ["1", "2"]
    assert answer.Failed is None


def test_deletions_that_are_refused_fail_alone_with_their_handle(sqs):
    entries = [
        deletion(sqs, "1", slot=1),
        DeleteMessageBatchRequestEntry(Id="2", ReceiptHandle="garbage"),
        deletion(sqs, "3", slot=3),
    ]
    answer = sqs.ask("DeleteMessageBatch", [EXPIRED, None], Entries=entries)
    assert [entry.Id for entry in answer.Successful] == ["3"]
    assert {entry.Id: (entry.Code, entry.Message) for entry in answer.Failed} == {
        "1": ("InvalidParameterValue", f"Value {handle(sqs, 1)} has expired."),
        "2": (
            "ReceiptHandleIsInvalid",
            'The input receipt handle "garbage" is not a valid receipt handle.',
        ),
    }


def test_deletions_that_are_all_wrong_delete_nothing(sqs):
    entries = [DeleteMessageBatchRequestEntry(Id="1", ReceiptHandle="garbage")]
    answer = sqs.ask("DeleteMessageBatch", Entries=entries)
    assert (answer.Successful, len(answer.Failed)) == (None, 1)
    assert sqs.commands == [DescribeQueue(sqs.arn)]


def test_changes_of_visibility_carry_their_timeouts(sqs):
    entries = [change(sqs, "1", 0, slot=1), change(sqs, "2", 43_200, slot=2)]
    answer = sqs.ask("ChangeMessageVisibilityBatch", [None, EXPIRED], Entries=entries)
    assert sqs.command.changes == [
        VisibilityChange(Receipt(1, 1, 1), 0),
        VisibilityChange(Receipt(1, 2, 1), 43_200),
    ]
    assert [entry.Id for entry in answer.Successful] == ["1"]
    assert [entry.Message for entry in answer.Failed] == [f"Value {handle(sqs, 2)} has expired."]


def test_changes_of_visibility_that_are_wrong_fail_alone(sqs):
    entries = [change(sqs, "1", 43_201), change(sqs, "2", None), change(sqs, "3", 1)]
    answer = sqs.ask("ChangeMessageVisibilityBatch", [None], Entries=entries)
    assert [entry.Id for entry in answer.Successful] == ["3"]
    assert [(entry.Id, entry.Code) for entry in answer.Failed] == [
        ("1", "InvalidParameterValue"),
        ("2", "MissingParameter"),
    ]
