"""The three batch operations: what fails whole, what fails by entry, what succeeds."""

import pytest

from sdk.digests import md5_of_attributes, md5_of_body
from sdk.refusals import refused

PREFIX = "AWS.SimpleQueueService."
BAD_ID = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)


def send_batch(queue, ids):
    return queue.send_batch([{"Id": one, "MessageBody": "x"} for one in ids])


def delete_batch(queue, ids):
    entries = [{"Id": one, "ReceiptHandle": "x"} for one in ids]
    return queue.client.delete_message_batch(QueueUrl=queue.url, Entries=entries)


def change_batch(queue, ids):
    entries = [{"Id": one, "ReceiptHandle": "x", "VisibilityTimeout": 1} for one in ids]
    return queue.client.change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)


@pytest.fixture(params=[send_batch, delete_batch, change_batch])
def batch(request):
    """One of the three operations; called with a queue and the entries' ids."""
    return request.param


@pytest.mark.parametrize("bad", ["", "testLongId" * 10, "invalid:id", "a b", "ü"])
def test_illegal_entry_id_fails_the_batch(queue, batch, bad):
    with refused(PREFIX + "InvalidBatchEntryId", BAD_ID, query_error="InvalidBatchEntryId"):
        batch(queue, ["fine", bad])
    assert queue.receive() == []


def test_too_many_entries_fail_the_batch(queue, batch):
    with refused(
        PREFIX + "TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 20.",
        query_error="TooManyEntriesInBatchRequest",
    ):
        batch(queue, [str(i) for i in range(20)])


def test_no_entries_fail_the_batch(queue, batch):
    with refused(PREFIX + "EmptyBatchRequest", query_error="EmptyBatchRequest"):
        batch(queue, [])


def test_repeated_ids_fail_the_batch(queue, batch):
    with refused(
        PREFIX + "BatchEntryIdsNotDistinct",
        containing="same",
        query_error="BatchEntryIdsNotDistinct",
    ):
        batch(queue, ["same", "other", "same"])
    assert queue.receive() == []


def test_send_batch_answers_each_entry(queue):
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    answer = queue.send_batch(
        [
            {"Id": "plain", "MessageBody": "one"},
            {"Id": "with-attributes", "MessageBody": "two", "MessageAttributes": attributes},
            {"Id": "delayed_1", "MessageBody": "three", "DelaySeconds": 900},
        ]
    )
    assert not answer.get("Failed")
    done = {entry["Id"]: entry for entry in answer["Successful"]}
    assert set(done) == {"plain", "with-attributes", "delayed_1"}
    assert set(done["plain"]) == {"Id", "MessageId", "MD5OfMessageBody"}
    assert done["plain"]["MD5OfMessageBody"] == md5_of_body("one")
    assert done["with-attributes"]["MD5OfMessageAttributes"] == md5_of_attributes(attributes)
    received = {message["MessageId"]: message["Body"] for message in queue.receive()}
    assert received == {
        done["plain"]["MessageId"]: "one",
        done["with-attributes"]["MessageId"]: "two",
    }
    assert queue.depth() == (0, 2, 1)


def test_send_batch_of_ten(queue):
    answer = send_batch(queue, [str(i) for i in range(10)])
    assert [entry["Id"] for entry in answer["Successful"]] == [str(i) for i in range(10)]
    assert len(queue.receive()) == 10


def test_send_batch_that_is_too_long_fails_whole(queue):
    half = 1048576 // 2
    entries = [
        {"Id": "1", "MessageBody": "a" * half},
        {"Id": "2", "MessageBody": "a" * (half + 1)},
    ]
    with refused(
        PREFIX + "BatchRequestTooLong",
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
        query_error="BatchRequestTooLong",
    ):
        queue.send_batch(entries)
    assert queue.receive() == []


def test_attributes_count_for_the_length_of_a_batch(queue):
    half = 1048576 // 2
    # 1 + 6 + 4 bytes of name, type and value, so that one byte is over.
    attribute = {"k": {"DataType": "String", "StringValue": "v" * 4}}
    entries = [
        {"Id": "1", "MessageBody": "a" * half},
        {"Id": "2", "MessageBody": "a" * (half - 10), "MessageAttributes": attribute},
    ]
    with refused(PREFIX + "BatchRequestTooLong", containing="You have sent 1048577 bytes."):
        queue.send_batch(entries)


def test_entry_of_just_the_size_of_the_queue_is_accepted(new_queue):
    queue = new_queue(MaximumMessageSize="2048")
    # 2,040 bytes of body, and 8 of the attribute's name, type and value.
    attribute = {"k": {"DataType": "String", "StringValue": "x"}}
    answer = queue.send_batch(
        [
            {"Id": "1", "MessageBody": "a" * 2040, "MessageAttributes": attribute},
            {"Id": "2", "MessageBody": "a"},
        ]
    )
    assert not answer.get("Failed")
    first, second = answer["Successful"]
    assert first["MD5OfMessageAttributes"] == "a45daa70926828a2f0a1db3418e6feb4"
    assert first["MD5OfMessageBody"] == "f44facf5a7ee0af446ecf3e0f854441e"
    assert second["MD5OfMessageBody"] == "0cc175b9c0f1b6a831c399e269772661"
    assert "MD5OfMessageAttributes" not in second


def test_entry_over_the_size_of_the_queue_fails_alone(new_queue):
    queue = new_queue(MaximumMessageSize="1024")
    answer = queue.send_batch(
        [{"Id": "big", "MessageBody": "x" * 1025}, {"Id": "small", "MessageBody": "x"}]
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["small"]
    (failed,) = answer["Failed"]
    assert failed["Id"] == "big"
    assert failed["Code"] == "InvalidParameterValue"
    assert failed["SenderFault"] is True
    assert "shorter than 1024 bytes" in failed["Message"]


def test_entries_with_other_faults_fail_alone(queue):
    answer = queue.send_batch(
        [
            {"Id": "character", "MessageBody": "\x01"},
            {"Id": "delay", "MessageBody": "x", "DelaySeconds": 901},
            {"Id": "fine", "MessageBody": "x"},
        ]
    )
    failed = {entry["Id"]: entry["Code"] for entry in answer["Failed"]}
    assert failed == {"character": "InvalidMessageContents", "delay": "InvalidParameterValue"}
    assert all(entry["SenderFault"] for entry in answer["Failed"])
    assert [entry["Id"] for entry in answer["Successful"]] == ["fine"]
    assert queue.bodies() == ["x"]


def test_fifo_batch_without_group_fails_whole(fifo):
    with refused(
        "InvalidParameterValue",
        "The request must contain the parameter MessageGroupId.",
        query_error="InvalidParameterValueException",
    ):
        fifo.send_batch([{"Id": "1", "MessageBody": "x", "MessageDeduplicationId": "x"}])


def test_fifo_batch_without_deduplication_id_fails_whole(new_queue):
    fifo = new_queue(fifo=True, ContentBasedDeduplication="false")
    with refused(
        "InvalidParameterValue",
        "The queue should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly",
        query_error="InvalidParameterValueException",
    ):
        fifo.send_batch([{"Id": "1", "MessageBody": "x", "MessageGroupId": "g"}])


def test_fifo_batch_keeps_its_order_and_drops_its_own_duplicates(fifo):
    entries = [
        {"Id": str(i), "MessageBody": body, "MessageGroupId": "g"}
        for i, body in enumerate(["a", "b", "a", "c"])
    ]
    done = fifo.send_batch(entries)["Successful"]
    assert [entry["Id"] for entry in done] == ["0", "1", "2", "3"]
    assert done[2]["MessageId"] == done[0]["MessageId"]
    assert done[2]["SequenceNumber"] == done[0]["SequenceNumber"]
    assert fifo.bodies() == ["a", "b", "c"]


def test_delete_batch_answers_each_entry(queue):
    queue.send_all(["a", "b", "c"])
    entries = [
        {"Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"]}
        for message in queue.receive()
    ]
    entries.append({"Id": "forged", "ReceiptHandle": "not a handle"})
    answer = queue.client.delete_message_batch(QueueUrl=queue.url, Entries=entries)
    assert {entry["Id"] for entry in answer["Successful"]} == {"a", "b", "c"}
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"]) == ("forged", "ReceiptHandleIsInvalid")
    assert failed["SenderFault"] is True
    assert queue.depth() == (0, 0, 0)


def test_change_visibility_batch_answers_each_entry(queue):
    queue.send_all(["back", "stays"])
    messages = {message["Body"]: message["ReceiptHandle"] for message in queue.receive()}
    answer = queue.client.change_message_visibility_batch(
        QueueUrl=queue.url,
        Entries=[
            {"Id": "back", "ReceiptHandle": messages["back"], "VisibilityTimeout": 0},
            {"Id": "stays", "ReceiptHandle": messages["stays"], "VisibilityTimeout": 600},
            {"Id": "forged", "ReceiptHandle": "not a handle", "VisibilityTimeout": 0},
            {"Id": "range", "ReceiptHandle": messages["stays"], "VisibilityTimeout": 43201},
        ],
    )
    assert {entry["Id"] for entry in answer["Successful"]} == {"back", "stays"}
    failed = {entry["Id"]: entry["Code"] for entry in answer["Failed"]}
    assert failed == {"forged": "ReceiptHandleIsInvalid", "range": "InvalidParameterValue"}
    assert queue.bodies() == ["back"]
