"""FIFO topics: order, deduplication and sequence numbers, into FIFO and into standard queues."""

import hashlib
import json

import pytest

from sdk.refusals import refused
from sdk.sns.topic_under_test import text


@pytest.fixture
def by_id(new_topic):
    """A topic whose messages need a deduplication id."""
    return new_topic(fifo=True, ContentBasedDeduplication="false")


def numbers(answer):
    return [int(entry["SequenceNumber"]) for entry in answer["Successful"]]


# What arrives.


def test_a_message_in_an_envelope(fifo_topic, subscribe):
    """As recorded: a sequence number, no signature, the ids as attributes of the message."""
    subscriber = subscribe(fifo_topic, fifo=True)
    answer = fifo_topic.publish(
        "Test", MessageGroupId="group", Subject="s", MessageAttributes={"a": text("v")}
    )
    (message,) = subscriber.messages()
    envelope = json.loads(message["Body"])
    names = "Type MessageId SequenceNumber TopicArn Subject Message Timestamp UnsubscribeURL"
    assert list(envelope) == [*names.split(), "MessageAttributes"]
    assert envelope["SequenceNumber"] == answer["SequenceNumber"]
    assert envelope["MessageId"] == answer["MessageId"]
    attributes = message["Attributes"]
    assert attributes["MessageGroupId"] == "group"
    digest = hashlib.sha256(b"Test").hexdigest()
    assert attributes["MessageDeduplicationId"] == digest
    assert attributes["SequenceNumber"].isdigit()


def test_a_raw_message(by_id, subscribe):
    subscriber = subscribe(by_id, fifo=True, RawMessageDelivery="true")
    attributes = {"a": text("1", "Number")}
    by_id.publish("x", MessageGroupId="g", MessageDeduplicationId="d", MessageAttributes=attributes)
    (message,) = subscriber.messages()
    assert message["Body"] == "x"
    assert message["MessageAttributes"] == attributes
    assert message["Attributes"]["MessageGroupId"] == "g"
    assert message["Attributes"]["MessageDeduplicationId"] == "d"


@pytest.mark.parametrize("raw", ["true", "false"])
def test_a_standard_queue_gets_no_order_and_no_ids(by_id, subscribe, raw):
    subscriber = subscribe(by_id, RawMessageDelivery=raw)
    for _ in range(2):
        by_id.publish("x", MessageGroupId="g", MessageDeduplicationId="d")
    (message,) = subscriber.messages()
    assert not {"MessageDeduplicationId", "SequenceNumber"} & set(message["Attributes"])
    if raw == "false":
        envelope = json.loads(message["Body"])
        assert "SequenceNumber" in envelope
        assert "Signature" not in envelope


# Order.


def test_order_within_groups_from_single_messages_and_batches(fifo_topic, subscribe):
    subscribers = [
        subscribe(fifo_topic, fifo=True, RawMessageDelivery=raw) for raw in ("true", "false")
    ]
    sequence = []
    for start in range(0, 30, 10):
        answer = fifo_topic.publish_batch(
            [
                {"Message": f"{'ab'[i % 2]}{start + i:02}", "MessageGroupId": "ab"[i % 2]}
                for i in range(8)
            ]
        )
        sequence += numbers(answer)
        for i in (8, 9):
            answer = fifo_topic.publish(f"{'ab'[i % 2]}{start + i:02}", MessageGroupId="ab"[i % 2])
            sequence.append(int(answer["SequenceNumber"]))
    assert sequence == sorted(set(sequence))
    for found in (subscribers[0].bodies(), subscribers[1].texts()):
        assert len(found) == 30
        for group in "ab":
            own = [message for message in found if message[0] == group]
            assert own == sorted(own)
            assert len(own) == 15


def test_sequence_numbers_have_20_digits(fifo_topic):
    """As SQS shows them, so that they can be compared as texts."""
    answer = fifo_topic.publish("x", MessageGroupId="g")
    assert len(answer["SequenceNumber"]) == 20
    assert answer["SequenceNumber"].isdigit()


# Deduplication.


@pytest.mark.parametrize("raw", ["true", "false"])
def test_a_deduplication_id_counts_once(by_id, subscribe, raw):
    subscriber = subscribe(by_id, fifo=True, RawMessageDelivery=raw)
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    first = by_id.publish("first", **ids)
    again = by_id.publish("another text", **ids)
    assert first["MessageId"]
    assert again["MessageId"]
    assert len(subscriber.messages()) == 1
    by_id.publish("first", MessageGroupId="g", MessageDeduplicationId="e")
    assert len(subscriber.messages()) == 1


def test_a_repeated_message_is_answered_as_the_first(by_id):
    """So that a client that repeats what it had no answer to learns what became of it."""
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    first, again = by_id.publish("x", **ids), by_id.publish("x", **ids)
    assert again["SequenceNumber"] == first["SequenceNumber"]
    assert again["MessageId"] == first["MessageId"]


def test_equal_contents_count_once_whatever_their_attributes(fifo_topic, subscribe):
    subscriber = subscribe(fifo_topic, fifo=True)
    fifo_topic.publish("same", MessageGroupId="g", MessageAttributes={"a": text("1")})
    fifo_topic.publish("same", MessageGroupId="g", MessageAttributes={"a": text("2")}, Subject="s")
    fifo_topic.publish("other", MessageGroupId="g")
    assert subscriber.texts() == ["same", "other"]


def test_an_id_overrides_the_content(fifo_topic, subscribe):
    subscriber = subscribe(fifo_topic, fifo=True)
    fifo_topic.publish("same", MessageGroupId="g", MessageDeduplicationId="1")
    fifo_topic.publish("same", MessageGroupId="g", MessageDeduplicationId="2")
    fifo_topic.publish("same", MessageGroupId="g")
    digest = hashlib.sha256(b"same").hexdigest()
    fifo_topic.publish("other", MessageGroupId="g", MessageDeduplicationId=digest)
    assert subscriber.texts() == ["same"] * 3


def test_the_scope_of_deduplication_is_the_topic_or_the_group(by_id, subscribe):
    ids = {"MessageDeduplicationId": "d"}
    subscriber = subscribe(by_id)
    by_id.publish("g", MessageGroupId="g", **ids)
    by_id.publish("h", MessageGroupId="h", **ids)
    assert subscriber.texts() == ["g"]


def test_deduplication_within_groups(new_topic, subscribe):
    topic = new_topic(fifo=True, FifoThroughputScope="MessageGroup")
    subscriber = subscribe(topic)
    for group in ("g", "h", "g", "h"):
        topic.publish("same", MessageGroupId=group)
    assert len(subscriber.messages()) == 2


def test_duplicates_within_a_batch(fifo_topic, subscribe):
    subscriber = subscribe(fifo_topic, fifo=True)
    entries = [{"Message": text, "MessageGroupId": "g"} for text in ("a", "b", "a", "c", "b")]
    answer = fifo_topic.publish_batch(entries)
    assert len(answer["Successful"]) == 5
    assert subscriber.texts() == ["a", "b", "c"]


def test_topics_deduplicate_for_whoever_subscribes_later_too(fifo_topic, subscribe):
    fifo_topic.publish("x", MessageGroupId="g")
    subscriber = subscribe(fifo_topic, fifo=True)
    fifo_topic.publish("x", MessageGroupId="g")
    assert subscriber.messages() == []


def test_two_topics_into_one_queue(home, new_topic, subscribe):
    """A queue deduplicates for itself: "d" came to it already, whichever topic it came from."""
    one = new_topic(fifo=True)
    other = new_topic(fifo=True)
    subscriber = subscribe(one, fifo=True, RawMessageDelivery="true")
    other.subscribe(subscriber.queue.arn, RawMessageDelivery="true")
    one.publish("first", MessageGroupId="g", MessageDeduplicationId="d")
    other.publish("second", MessageGroupId="g", MessageDeduplicationId="d")
    other.publish("third", MessageGroupId="g", MessageDeduplicationId="e")
    assert subscriber.bodies() == ["first", "third"]


def test_a_deduplication_id_is_the_queue_s_too(fifo_topic, subscribe):
    """What a sender put into the queue itself, the topic does not put there again."""
    subscriber = subscribe(fifo_topic, fifo=True, RawMessageDelivery="true")
    subscriber.queue.send("own", MessageGroupId="g", MessageDeduplicationId="d")
    fifo_topic.publish("published", MessageGroupId="g", MessageDeduplicationId="d")
    assert subscriber.bodies() == ["own"]


# What FIFO topics refuse.


@pytest.mark.parametrize(
    "ids",
    [
        {"MessageGroupId": ""},
        {"MessageGroupId": "g" * 129},
        {"MessageGroupId": "a b"},
        {"MessageGroupId": "g", "MessageDeduplicationId": ""},
        {"MessageGroupId": "g", "MessageDeduplicationId": "d" * 129},
        {"MessageGroupId": "g", "MessageDeduplicationId": "ü"},
    ],
)
def test_ids_that_cannot_be(fifo_topic, ids):
    with refused("InvalidParameter"):
        fifo_topic.publish("x", **ids)


@pytest.mark.parametrize("ids", [{"MessageGroupId": "!~" * 64}, {"MessageGroupId": "g"}])
def test_ids_of_128_letters(fifo_topic, subscribe, ids):
    subscriber = subscribe(fifo_topic, fifo=True)
    fifo_topic.publish("x", MessageDeduplicationId="~!" * 64, **ids)
    (message,) = subscriber.messages()
    assert message["Attributes"]["MessageGroupId"] == ids["MessageGroupId"]
    assert message["Attributes"]["MessageDeduplicationId"] == "~!" * 64


def test_entries_of_a_batch_without_their_ids(by_id):
    """Where AWS refuses these, whole or by entry, is not documented: nothing is published."""
    entries = [
        {"Message": "a", "MessageGroupId": "g", "MessageDeduplicationId": "1"},
        {"Message": "b", "MessageDeduplicationId": "2"},
        {"Message": "c", "MessageGroupId": "g"},
    ]
    try:
        answer = by_id.publish_batch(entries)
    except by_id.owner.sns.exceptions.InvalidParameterException:
        return
    assert [entry["Id"] for entry in answer["Successful"]] == ["0"]
    assert [entry["Code"] for entry in answer["Failed"]] == ["InvalidParameter"] * 2


def test_protocols_that_a_fifo_topic_has_not(fifo_topic):
    """ "SNS FIFO topics can't deliver messages to customer managed endpoints, such as email
    addresses, mobile apps, phone numbers for text messaging (SMS), or HTTP(S) endpoints"."""
    for protocol, endpoint in (
        ("http", "http://127.0.0.1:9/"),
        ("https", "https://127.0.0.1:9/"),
        ("email", "somebody@example.com"),
        ("sms", "+491701234567"),
    ):
        with refused("InvalidParameter"):
            fifo_topic.subscribe(endpoint, protocol)


# Dead letters.


@pytest.mark.parametrize("raw", ["true", "false"])
def test_dead_letters_of_a_fifo_queue_keep_their_order_and_ids(
    home, by_id, subscribe, new_queue, raw
):
    """As recorded: three of a batch, then one, with the ids that they were published with."""
    dead_letters = new_queue(fifo=True)
    subscriber = subscribe(
        by_id,
        fifo=True,
        RawMessageDelivery=raw,
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    home.sqs.delete_queue(QueueUrl=subscriber.queue.url)
    answer = by_id.publish_batch(
        [
            {"Message": f"m{i}", "MessageGroupId": "g", "MessageDeduplicationId": f"d{i}"}
            for i in range(3)
        ]
    )
    assert answer["Failed"] == []
    by_id.publish("m3", MessageGroupId="g", MessageDeduplicationId="d3")
    found = []
    while len(found) < 4:
        messages = dead_letters.receive(WaitTimeSeconds=5, AttributeNames=["All"])
        assert messages
        dead_letters.delete_all(messages)
        found += messages
    bodies = [message["Body"] for message in found]
    if raw == "false":
        bodies = [json.loads(body)["Message"] for body in bodies]
    assert bodies == ["m0", "m1", "m2", "m3"]
    assert [message["Attributes"]["MessageDeduplicationId"] for message in found] == [
        "d0",
        "d1",
        "d2",
        "d3",
    ]
    assert {message["Attributes"]["MessageGroupId"] for message in found} == {"g"}
