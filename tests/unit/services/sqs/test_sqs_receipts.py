import pytest

from tidegate.base.refusals import (
    InvalidParameterValueException,
    MissingRequiredParameterException,
    ReceiptHandleIsInvalid,
)
from tidegate.engine.commands import (
    ChangeVisibility,
    Delete,
    DescribeQueue,
    QueueDescription,
    Receipt,
    Refused,
    VisibilityChange,
)
from tidegate.services.sqs.receipts import Receipts

RECEIPT = Receipt(2**63 + 1, 2**40, 3)


def test_a_handle_says_what_was_sealed():
    receipts = Receipts(b"k" * 32)
    assert receipts.open(receipts.seal(RECEIPT)) == RECEIPT


def test_a_handle_survives_a_restart_with_the_same_key():
    assert Receipts(b"k" * 32).open(Receipts(b"k" * 32).seal(RECEIPT)) == RECEIPT


def test_a_handle_under_another_key_is_refused():
    with pytest.raises(ReceiptHandleIsInvalid):
        Receipts(b"k" * 32).open(Receipts(b"x" * 32).seal(RECEIPT))


def test_no_character_of_a_handle_can_be_changed():
    receipts = Receipts(b"k" * 32)
    handle = receipts.seal(RECEIPT)
    for at in range(len(handle)):
        forged = handle[:at] + ("A" if handle[at] != "A" else "B") + handle[at + 1 :]
        with pytest.raises(ReceiptHandleIsInvalid):
            receipts.open(forged)


@pytest.mark.parametrize("handle", ["garbage", "a b", "ü", "A" * 48, "A" * 52, "\n" * 48, "===="])
def test_what_is_no_handle_is_refused_by_its_text(handle):
    with pytest.raises(ReceiptHandleIsInvalid) as caught:
        Receipts(b"k" * 32).open(handle)
    text = f'The input receipt handle "{handle}" is not a valid receipt handle.'
    assert caught.value.message == text


def test_a_short_key_is_an_error_of_ours():
    with pytest.raises(ValueError, match="16 bytes"):
        Receipts(b"short")


# --- DeleteMessage, ChangeMessageVisibility ------------------------------------------------------


def test_delete_carries_the_receipt(sqs):
    handle = sqs.receipts.seal(RECEIPT)
    assert sqs.ask("DeleteMessage", [None], ReceiptHandle=handle) is None
    assert sqs.command == Delete(sqs.arn, [RECEIPT])


def test_delete_with_an_expired_fifo_handle_shows_the_handle(sqs):
    """Recorded as fifo_delete_after_visibility_timeout."""
    handle = sqs.receipts.seal(RECEIPT)
    refused = Refused(
        "InvalidParameterValueException",
        "Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle "
        "has expired.",
    )
    with pytest.raises(InvalidParameterValueException) as caught:
        sqs.ask("DeleteMessage", [refused], ReceiptHandle=handle)
    assert caught.value.message == (
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has "
        "expired."
    )


@pytest.mark.parametrize(
    ("handle", "refusal"),
    [("garbage", ReceiptHandleIsInvalid), ("", MissingRequiredParameterException)],
)
@pytest.mark.parametrize(
    ("operation", "more"),
    [("DeleteMessage", {}), ("ChangeMessageVisibility", {"VisibilityTimeout": 1})],
)
def test_a_wrong_handle_is_refused_if_the_queue_exists(sqs, operation, more, handle, refusal):
    with pytest.raises(refusal):
        sqs.ask(operation, QueueDescription(1, {}, {}), ReceiptHandle=handle, **more)
    assert sqs.commands == [DescribeQueue(sqs.arn)]


def test_change_visibility_carries_receipt_and_timeout(sqs):
    handle = sqs.receipts.seal(RECEIPT)
    sqs.ask("ChangeMessageVisibility", [None], ReceiptHandle=handle, VisibilityTimeout=0)
    assert sqs.command == ChangeVisibility(sqs.arn, [VisibilityChange(RECEIPT, 0)])


@pytest.mark.parametrize("timeout_s", [-1, 43_201])
def test_change_visibility_has_a_range(sqs, refused, timeout_s):
    refused(
        InvalidParameterValueException,
        f"Value {timeout_s} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 "
        "and 43200, if provided.",
        "ChangeMessageVisibility",
        ReceiptHandle=sqs.receipts.seal(RECEIPT),
        VisibilityTimeout=timeout_s,
    )
