"""Dead letters: when a message goes, what it keeps, and where it came from."""

import json
import time

import pytest

from sdk.refusals import refused

TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


def policy(dead_letters, count):
    return json.dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": count})


@pytest.fixture
def pair(new_queue):
    """A queue that gives a message two chances, and its dead-letter queue."""
    dead_letters = new_queue()
    return new_queue(RedrivePolicy=policy(dead_letters, 2)), dead_letters


def test_message_goes_after_its_last_chance_and_keeps_what_it_is(pair):
    queue, dead_letters = pair
    attributes = {"k": {"DataType": "String.label", "StringValue": "v"}}
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}}
    sent = queue.send("poison", MessageAttributes=attributes, MessageSystemAttributes=trace)
    for count in ("1", "2"):
        message = queue.receive_one(VisibilityTimeout=0, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == count
        assert "DeadLetterQueueSourceArn" not in message["Attributes"]
    assert queue.receive() == []
    assert queue.depth() == (0, 0, 0)
    dead = dead_letters.receive_one(AttributeNames=["All"], MessageAttributeNames=["All"])
    assert dead["MessageId"] == sent["MessageId"]
    assert dead["Body"] == "poison"
    assert dead["MessageAttributes"] == attributes
    assert dead["Attributes"]["AWSTraceHeader"] == TRACE
    assert dead["Attributes"]["ApproximateReceiveCount"] == "3"
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == queue.arn
    first = "ApproximateFirstReceiveTimestamp"
    assert int(dead["Attributes"][first]) >= int(message["Attributes"]["SentTimestamp"])


def test_message_that_succeeds_at_its_last_chance_does_not_go(pair):
    queue, dead_letters = pair
    queue.send("x")
    queue.receive_one(VisibilityTimeout=0)
    queue.delete(queue.receive_one())
    assert queue.receive() == []
    assert dead_letters.receive() == []


def test_the_others_are_received_while_the_poison_goes(pair):
    queue, dead_letters = pair
    queue.send("poison")
    for _ in range(2):
        queue.receive_one(VisibilityTimeout=0)
    queue.send("healthy")
    assert queue.bodies() == ["healthy"]
    assert dead_letters.bodies() == ["poison"]


def test_dead_letter_wakes_a_long_poll(new_json_queue):
    dead_letters = new_json_queue()
    queue = new_json_queue(RedrivePolicy=policy(dead_letters, 1))
    queue.send("x")
    queue.receive_one(VisibilityTimeout=1)
    # The move may be made when the message is next due or when it is next asked for.
    queue.receive(WaitTimeSeconds=2)
    assert dead_letters.bodies(WaitTimeSeconds=5) == ["x"]


def test_sources_of_a_dead_letter_queue_in_pages(sqs, new_queue):
    dead_letters = new_queue()
    nothing = sqs.list_dead_letter_source_queues(QueueUrl=dead_letters.url)
    assert nothing.get("queueUrls", []) == []
    sources = sorted(new_queue(RedrivePolicy=policy(dead_letters, 5)).url for _ in range(5))
    everything = sqs.list_dead_letter_source_queues(QueueUrl=dead_letters.url)
    assert sorted(everything["queueUrls"]) == sources
    assert "NextToken" not in everything
    pages = sqs.get_paginator("list_dead_letter_source_queues").paginate(
        QueueUrl=dead_letters.url, PaginationConfig={"PageSize": 2}
    )
    found = [page["queueUrls"] for page in pages]
    assert [len(page) for page in found] == [2, 2, 1]
    assert sorted(url for page in found for url in page) == sources
    with refused("InvalidParameterValue"):
        sqs.list_dead_letter_source_queues(QueueUrl=dead_letters.url, MaxResults=1001)


def test_fifo_dead_letters_keep_group_and_order(new_queue):
    dead_letters = new_queue(fifo=True)
    fifo = new_queue(fifo=True, RedrivePolicy=policy(dead_letters, 1))
    for body in ("m1", "m2", "m3"):
        fifo.send(body, MessageGroupId="g", MessageDeduplicationId=f"id-{body}")
    assert fifo.bodies(2, VisibilityTimeout=0) == ["m1", "m2"]
    assert fifo.bodies() == ["m3"]
    dead = dead_letters.receive(AttributeNames=["All"])
    assert [message["Body"] for message in dead] == ["m1", "m2"]
    assert [m["Attributes"]["MessageGroupId"] for m in dead] == ["g", "g"]
    assert [m["Attributes"]["MessageDeduplicationId"] for m in dead] == ["id-m1", "id-m2"]
    assert {m["Attributes"]["DeadLetterQueueSourceArn"] for m in dead} == {fifo.arn}


def test_lowered_receive_count_holds_at_the_next_receive(new_queue):
    dead_letters = new_queue()
    queue = new_queue(RedrivePolicy=policy(dead_letters, 10))
    queue.send("x")
    for _ in range(3):
        queue.receive_one(VisibilityTimeout=0)
    queue.set(RedrivePolicy=policy(dead_letters, 2))
    assert queue.receive() == []
    assert dead_letters.bodies() == ["x"]


def test_received_message_stays_in_flight_while_its_consumer_works(new_json_queue):
    dead_letters = new_json_queue()
    queue = new_json_queue(RedrivePolicy=policy(dead_letters, 1), VisibilityTimeout="1")
    queue.send("x")
    message = queue.receive_one()
    queue.change_visibility(message, 600)
    time.sleep(1.15)
    assert queue.receive() == []
    assert dead_letters.receive() == []
    queue.delete(message)
    assert queue.depth() == (0, 0, 0)
