"""Publishing to a topic, and what comes of it in a queue: envelopes and raw messages."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from sdk.digests import md5_of_attributes, md5_of_body
from sdk.refusals import refused
from sdk.sns.topic_under_test import text

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KIB_256 = 262_144


@pytest.fixture
def raw(topic, subscribe):
    return subscribe(topic, RawMessageDelivery="true")


# The envelope.


def test_an_envelope_has_these_fields_in_this_order(topic, subscriber):
    attributes = {"a": text("v"), "b": {"DataType": "Binary", "BinaryValue": b"\x02\x03"}}
    answer = topic.publish("the message", Subject="the subject", MessageAttributes=attributes)
    assert UUID.fullmatch(answer["MessageId"])
    assert "SequenceNumber" not in answer
    (message,) = subscriber.messages()
    envelope = json.loads(message["Body"])
    names = "Type MessageId TopicArn Subject Message Timestamp SignatureVersion Signature"
    names += " SigningCertURL UnsubscribeURL MessageAttributes"
    assert list(envelope) == names.split()
    assert envelope["Type"] == "Notification"
    assert envelope["MessageId"] == answer["MessageId"] != message["MessageId"]
    assert envelope["TopicArn"] == topic.arn
    assert envelope["Subject"] == "the subject"
    assert envelope["Message"] == "the message"
    assert envelope["SignatureVersion"] == "1"
    assert len(base64.b64decode(envelope["Signature"])) >= 256
    assert re.search(r"/SimpleNotificationService-[0-9a-f]+\.pem$", envelope["SigningCertURL"])
    query = f"/?Action=Unsubscribe&SubscriptionArn={subscriber.arn}"
    assert envelope["UnsubscribeURL"].endswith(query)
    assert envelope["MessageAttributes"] == {
        "a": {"Type": "String", "Value": "v"},
        "b": {"Type": "Binary", "Value": "AgM="},
    }
    assert message["MD5OfBody"] == md5_of_body(message["Body"])
    assert "MessageAttributes" not in message
    assert "MD5OfMessageAttributes" not in message


def test_an_envelope_leaves_out_what_the_message_does_not_have(topic, subscriber):
    topic.publish()
    (envelope,) = subscriber.envelopes()
    assert "Subject" not in envelope
    assert "MessageAttributes" not in envelope
    assert "SequenceNumber" not in envelope


def test_an_envelope_is_laid_out_as_aws_lays_it_out(topic, subscriber):
    """Two spaces, one before and after each colon: what people compare with `==` in tests."""
    topic.publish("x")
    (body,) = subscriber.bodies()
    lines = body.split("\n")
    assert lines[0] == "{"
    assert lines[-1] == "}"
    assert lines[1] == '  "Type" : "Notification",'
    assert '  "Message" : "x",' in lines


def test_the_time_in_an_envelope_is_that_of_publishing(topic, subscriber):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    topic.publish()
    (envelope,) = subscriber.envelopes()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", envelope["Timestamp"])
    assert before <= datetime.fromisoformat(envelope["Timestamp"]) <= datetime.now(UTC)


TEXTS = [
    "x",
    " ",
    "\n\t\r",
    'quotes " and \\ and / and </script> & <b>',
    "ü 漢字 🏠 \u2028 e\u0301",
    '{"json": [1, 2.50, null]}',
    "\ud7ff\ue000\ufffd",
    "\U0010ffff",
]


@pytest.mark.parametrize("message", TEXTS)
def test_texts_arrive_as_they_were_published(topic, subscriber, raw, message):
    topic.publish(message)
    assert subscriber.texts() == [message]
    (received,) = raw.messages()
    assert received["Body"] == message
    assert received["MD5OfBody"] == md5_of_body(message)


@pytest.mark.parametrize("letter", ["\x00", "\x08", "\x1b"])
def test_texts_with_letters_that_no_queue_takes(topic, subscriber, raw, letter):
    """An envelope escapes them; a raw message with them cannot be in a queue.

    Either way nothing wrong comes out, and the publishing fails with no error of the server.
    """
    sns = topic.owner.sns
    try:
        topic.publish(f"a{letter}b")
    except sns.exceptions.InvalidParameterException:
        assert subscriber.messages() == raw.messages() == []
        return
    assert subscriber.texts() == [f"a{letter}b"]
    assert raw.messages() == []


# Raw delivery.


def test_a_raw_message_is_the_message_and_nothing_else(topic, raw):
    answer = topic.publish("the message", Subject="lost")
    (message,) = raw.messages()
    assert message["Body"] == "the message"
    assert message["MessageId"] != answer["MessageId"]
    assert message["MD5OfBody"] == md5_of_body("the message")
    assert "MessageAttributes" not in message
    assert "MD5OfMessageAttributes" not in message
    names = {"SenderId", "SentTimestamp", "ApproximateReceiveCount"}
    assert set(message["Attributes"]) == names | {"ApproximateFirstReceiveTimestamp"}


ATTRIBUTES = {
    "string": {"DataType": "String", "StringValue": "漢字"},
    "labelled": {"DataType": "String.label", "StringValue": "x"},
    "array": {"DataType": "String.Array", "StringValue": '["a", 1, true, null]'},
    "number": {"DataType": "Number", "StringValue": "99.120"},
    "negative": {"DataType": "Number.int", "StringValue": "-1"},
    "binary": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    "picture": {"DataType": "Binary.gif", "BinaryValue": b"GIF89a"},
}


def test_a_raw_message_has_the_attributes_as_its_own(topic, raw):
    topic.publish(MessageAttributes=ATTRIBUTES)
    (message,) = raw.messages()
    assert message["MessageAttributes"] == ATTRIBUTES
    assert message["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)


def test_digests_of_raw_attributes_as_recorded(topic, raw):
    one = {"attr1": text("99.12", "Number")}
    two = {**one, "attr2": text("109.12", "Number")}
    topic.publish(MessageAttributes=one)
    topic.publish(MessageAttributes={"attr1": text("19.12", "Number")})
    topic.publish(MessageAttributes=two)
    assert {message["MD5OfMessageAttributes"] for message in raw.messages()} == {
        "d302007e9aa062660afc85fd0a482472",
        "1f07082409022a373fa2a2601f82b3cb",
        "9b720b3af309c1c4b0d395c53b08c502",
    }


def test_attributes_of_all_types_in_an_envelope(topic, subscriber):
    topic.publish(MessageAttributes=ATTRIBUTES)
    (envelope,) = subscriber.envelopes()
    assert envelope["MessageAttributes"] == {
        name: {
            "Type": value["DataType"],
            "Value": value.get("StringValue") or base64.b64encode(value["BinaryValue"]).decode(),
        }
        for name, value in ATTRIBUTES.items()
    }


def test_a_raw_message_of_more_than_ten_attributes_is_a_dead_letter(
    topic, subscriber, new_queue, subscribe
):
    """SNS Developer Guide, "Amazon SNS message attributes": "Messages with more than 10 message
    attributes directed towards Raw Message Delivery enabled Amazon SQS subscriptions will be
    discarded as client side errors"."""
    dead_letters = new_queue()
    redrive = {"deadLetterTargetArn": dead_letters.arn}
    raw = subscribe(topic, RawMessageDelivery="true", RedrivePolicy=redrive)
    attributes = {f"a{place:02}": text("v") for place in range(11)}
    topic.publish("eleven", MessageAttributes=attributes)
    topic.publish("ten", MessageAttributes=dict(list(attributes.items())[:10]))
    assert sorted(subscriber.texts()) == ["eleven", "ten"]
    assert raw.bodies() == ["ten"]
    assert len(dead_letters.receive(WaitTimeSeconds=5)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a", {"DataType": "String", "StringValue": ""}),
        ("a", {"DataType": "Number", "StringValue": "one"}),
        ("a", {"DataType": "Number", "StringValue": ""}),
        ("a", {"DataType": "Text", "StringValue": "x"}),
        ("a", {"DataType": "", "StringValue": "x"}),
        ("a", {"DataType": "Binary", "StringValue": "x"}),
        ("a", {"DataType": "String", "BinaryValue": b"x"}),
        ("a", {"DataType": "Binary", "BinaryValue": b""}),
        ("a", {"DataType": "String"}),
        ("", {"DataType": "String", "StringValue": "x"}),
        ("n" * 257, {"DataType": "String", "StringValue": "x"}),
        (".a", {"DataType": "String", "StringValue": "x"}),
        ("a.", {"DataType": "String", "StringValue": "x"}),
        ("a..b", {"DataType": "String", "StringValue": "x"}),
        ("a b", {"DataType": "String", "StringValue": "x"}),
        ("AWS.a", {"DataType": "String", "StringValue": "x"}),
        ("amazon.a", {"DataType": "String", "StringValue": "x"}),
    ],
)
def test_attributes_that_no_message_can_have(topic, subscriber, name, value):
    """SNS Developer Guide, "Amazon SNS message attributes"."""
    with refused(("ParameterValueInvalid", "InvalidParameterValue", "InvalidParameter")):
        topic.publish(MessageAttributes={name: value})
    assert subscriber.messages() == []


# Subjects.


@pytest.mark.parametrize("subject", ["s", "s" * 99, "über 漢字", "s p a c e s", "!?"])
def test_subjects(topic, subscriber, subject):
    topic.publish(Subject=subject)
    assert [envelope["Subject"] for envelope in subscriber.envelopes()] == [subject]


@pytest.mark.parametrize("subject", ["", "s" * 101, "line\nbreak", "\x07bell"])
def test_subjects_that_cannot_be(topic, subscriber, subject):
    with refused("InvalidParameter", containing="Invalid parameter: Subject"):
        topic.publish(Subject=subject)
    assert subscriber.messages() == []


# One message for each protocol.


def structured(**texts):
    return {"message": json.dumps(texts), "MessageStructure": "json"}


def test_a_queue_gets_its_own_text_or_the_default(topic, subscriber, raw):
    topic.publish(**structured(default="for all", sqs='{"for": "queues"}', http="no"))
    assert subscriber.texts() == raw.bodies() == ['{"for": "queues"}']
    topic.publish(**structured(default="for all", http="no"))
    assert subscriber.texts() == raw.bodies() == ["for all"]


def test_keys_of_a_structured_message_that_mean_nothing(topic, subscriber):
    """ "Non-string values will cause the key to be ignored", as will unknown protocols."""
    topic.publish(**structured(default="for all", sqs={"no": "text"}, pigeon="x", lambda_=1))
    assert subscriber.texts() == ["for all"]


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        '"text"',
        "[]",
        "{}",
        "null",
        '{"sqs": "x"}',
        '{"default": 1}',
        '{"default": {"a": "b"}}',
        '{"default": null}',
        '{"default": "x"',
        '{"default": "x"} trailing',
        '{"default": "x", "default": "y"}',
        '{"default": "x", "sqs": "a", "sqs": "b"}',
        '{"Default": "x"}',
    ],
)
def test_structured_messages_that_cannot_be(topic, subscriber, message):
    with refused("InvalidParameter", containing="Invalid parameter: Message Structure"):
        topic.publish(message, MessageStructure="json")
    assert subscriber.messages() == []


def test_another_structure_than_json(topic):
    with refused("InvalidParameter"):
        topic.publish('{"default": "x"}', MessageStructure="xml")


# Sizes.


def test_a_message_has_256_kib_in_bytes(topic, raw):
    topic.publish("m" * KIB_256)
    topic.publish("漢" * (KIB_256 // 3))
    assert sorted(len(body) for body in raw.bodies()) == [KIB_256 // 3, KIB_256]
    for message in ("m" * (KIB_256 + 1), "漢" * (KIB_256 // 3 + 1)):
        with refused("InvalidParameter", "Invalid parameter: Message too long"):
            topic.publish(message)


def test_attributes_count(topic, raw):
    attribute = {"name": text("v" * 100)}
    room = KIB_256 - len("name" + "String") - 100
    topic.publish("m" * room, MessageAttributes=attribute)
    with refused("InvalidParameter"):
        topic.publish("m" * (room + 1), MessageAttributes=attribute)
    assert len(raw.messages()) == 1


def test_a_topic_for_large_messages(new_topic, subscribe):
    topic = new_topic(MaximumMessageSize=str(1_048_576))
    raw = subscribe(topic, RawMessageDelivery="true")
    topic.publish("m" * 1_048_576)
    with refused("InvalidParameter"):
        topic.publish("m" * 1_048_577)
    assert [len(body) for body in raw.bodies()] == [1_048_576]


def test_a_topic_for_small_messages(new_topic, subscribe):
    topic = new_topic(MaximumMessageSize="1024")
    raw = subscribe(topic, RawMessageDelivery="true")
    topic.publish("m" * 1024)
    with refused("InvalidParameter"):
        topic.publish("m" * 1025)
    with refused("BatchRequestTooLong"):
        topic.publish_batch([{"Message": "m" * 600}, {"Message": "m" * 600}])
    assert len(raw.messages()) == 1


def test_large_messages_are_for_queues_and_functions_only(new_topic):
    topic = new_topic(MaximumMessageSize=str(KIB_256 + 1))
    with refused("InvalidParameter"):
        topic.subscribe("http://127.0.0.1:9/", "http")
    topic.set(MaximumMessageSize=str(KIB_256))
    topic.subscribe("http://127.0.0.1:9/", "http")
    with refused("InvalidParameter"):
        topic.set(MaximumMessageSize=str(KIB_256 + 1))


def test_an_envelope_may_be_larger_than_the_queue_takes(topic, new_queue, subscribe):
    """The queue's own limit decides, and what it does not take is a dead letter."""
    dead_letters = new_queue()
    redrive = {"deadLetterTargetArn": dead_letters.arn}
    limit = {"MaximumMessageSize": "1024"}
    enveloped = subscribe(topic, queue=limit, RedrivePolicy=redrive)
    raw = subscribe(topic, queue=limit, RawMessageDelivery="true")
    topic.publish("m" * 1000)
    assert raw.bodies() == ["m" * 1000]
    assert enveloped.bodies() == []
    assert len(dead_letters.receive(WaitTimeSeconds=5)) == 1


# Where to.


def test_publishing_to_a_topic_as_a_target(home, topic, subscriber):
    answer = home.sns.publish(TargetArn=topic.arn, Message="x")
    (envelope,) = subscriber.envelopes()
    assert envelope["MessageId"] == answer["MessageId"]


@pytest.mark.parametrize(
    "where",
    [(), ("TopicArn", "TargetArn"), ("TopicArn", "PhoneNumber"), ("TargetArn", "PhoneNumber")],
)
def test_publishing_has_one_address(home, topic, subscriber, where):
    addresses = {"TopicArn": topic.arn, "TargetArn": topic.arn, "PhoneNumber": "+491701234567"}
    with refused("InvalidParameter"):
        home.sns.publish(Message="x", **{name: addresses[name] for name in where})
    assert subscriber.messages() == []


def test_publishing_before_anybody_subscribes(topic, subscribe):
    topic.publish("before")
    later = subscribe(topic)
    topic.publish("after")
    assert later.texts() == ["after"]


def test_groups_of_a_standard_topic_are_handed_on_to_standard_queues(topic, subscriber, raw):
    """Fair queues get the tenant, of a single message as of those of a batch."""
    topic.publish("one", MessageGroupId="tenant")
    topic.publish_batch([{"Message": "two", "MessageGroupId": "other"}, {"Message": "three"}])
    for receiver in (subscriber, raw):
        groups = [message["Attributes"].get("MessageGroupId") for message in receiver.messages()]
        assert sorted(groups, key=str) == [None, "other", "tenant"]


@pytest.mark.parametrize("group", ["", "g" * 129, "a b", "ü"])
def test_groups_that_cannot_be(topic, group):
    with refused("InvalidParameter"):
        topic.publish(MessageGroupId=group)


def test_a_delay_of_the_queue_holds_for_notifications(topic, subscribe):
    delayed = subscribe(topic, queue={"DelaySeconds": "900"})
    topic.publish()
    assert delayed.messages() == []
    assert delayed.queue.depth() == (0, 0, 1)
