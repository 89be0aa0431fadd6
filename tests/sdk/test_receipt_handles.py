"""Receipt handles: opaque, bound to their queue, and not to be made up."""

import base64

import pytest

from sdk.refusals import refused

INVALID = ("ReceiptHandleIsInvalid", "InvalidParameterValue")


def altered(handle):
    """The handle with one character in its middle changed to another of the same kind."""
    middle = len(handle) // 2
    other = "B" if handle[middle] == "A" else "A"
    return handle[:middle] + other + handle[middle + 1 :]


def made_up():
    return ["x", "not a handle", "0", base64.b64encode(bytes(64)).decode(), "é" * 20, "A" * 4000]


def test_handle_says_nothing_of_the_message(json_queue):
    json_queue.send("secret body")
    handle = json_queue.receive_one()["ReceiptHandle"]
    padded = handle + "=" * (-len(handle) % 4)
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        assert b"secret" not in decode(padded)


@pytest.mark.parametrize("handle", made_up())
def test_made_up_handle_is_refused(queue, handle):
    with refused("ReceiptHandleIsInvalid", status=None):
        queue.delete({"ReceiptHandle": handle})
    with refused(INVALID, status=None):
        queue.change_visibility({"ReceiptHandle": handle}, 0)


def test_empty_handle_is_refused(queue):
    with refused(("MissingParameter", "ReceiptHandleIsInvalid"), status=None):
        queue.delete({"ReceiptHandle": ""})


def test_altered_handle_is_refused_and_deletes_nothing(queue):
    queue.send("x")
    handle = queue.receive_one()["ReceiptHandle"]
    with refused("ReceiptHandleIsInvalid", status=None):
        queue.delete({"ReceiptHandle": altered(handle)})
    assert queue.depth() == (0, 1, 0)


def test_handle_of_another_queue_is_refused(new_queue):
    mine, theirs = new_queue(), new_queue()
    mine.send("mine")
    theirs.send("theirs")
    message = theirs.receive_one()
    mine.receive_one()
    with refused(INVALID, status=None):
        mine.delete(message)
    with refused(INVALID, status=None):
        mine.change_visibility(message, 0)
    assert mine.depth() == (0, 1, 0)
    assert theirs.depth() == (0, 1, 0)


def test_handle_of_a_queue_of_the_same_name_elsewhere_is_refused(server, clients, json_queue):
    elsewhere = clients.make(server.endpoint, region="eu-west-1")
    url = elsewhere.create_queue(QueueName=json_queue.name)["QueueUrl"]
    json_queue.send("x")
    message = json_queue.receive_one()
    with refused(INVALID, status=None):
        elsewhere.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert json_queue.depth() == (0, 1, 0)


def test_each_receive_gives_its_own_handle(queue):
    queue.send("x")
    handles = {queue.receive_one(VisibilityTimeout=0)["ReceiptHandle"] for _ in range(5)}
    assert len(handles) == 5


def test_newest_handle_deletes_after_the_message_was_received_again(queue):
    queue.send("x")
    queue.receive_one(VisibilityTimeout=0)
    queue.delete(queue.receive_one(VisibilityTimeout=0))
    assert queue.receive() == []


def test_old_handle_succeeds_after_the_message_was_received_again(queue):
    """AWS: the request with an old handle succeeds, but the message might not be deleted."""
    queue.send("x")
    old = queue.receive_one(VisibilityTimeout=0)
    queue.receive_one(VisibilityTimeout=0)
    assert queue.delete(old)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_old_handle_of_a_fifo_queue_is_expired(json_fifo):
    json_fifo.send("x", MessageGroupId="g")
    old = json_fifo.receive_one(VisibilityTimeout=0)
    json_fifo.receive_one()
    with refused("InvalidParameterValue", containing="The receipt handle has expired."):
        json_fifo.delete(old)
    assert json_fifo.depth() == (0, 1, 0)


def test_handles_work_in_both_protocols(sqs_json, sqs_query, json_queue):
    json_queue.send_all(["one", "two"])
    through_query = json_queue.through(sqs_query)
    by_json, by_query = json_queue.receive_one(), through_query.receive_one()
    through_query.delete(by_json)
    json_queue.delete(by_query)
    assert json_queue.depth() == (0, 0, 0)
