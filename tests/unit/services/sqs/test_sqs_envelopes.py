"""What a queue shows of a topic's messages: documents to the byte, or the messages themselves.
Recorded answers of AWS are cited by the name of their case."""

import hashlib
import json

import msgspec
import pytest

from tidegate.engine.commands import (
    AttributeValue,
    Delivery,
    Message,
    Publication,
    Receipt,
    Received,
    Release,
    Through,
)
from tidegate.services.sqs.attributes import md5_of
from tidegate.services.sqs.encryption import sealed_message

TOPIC = "arn:aws:sns:eu-west-1:000000000000:news"
SUBSCRIPTION = f"{TOPIC}:6f2c1a6e-0f5c-4f0e-9a44-0c8b6f2f9a11"
ID = "0b0a7ff4-9e5c-5b1e-8f5b-2c9d3a1e4f60"
SHOWN_ID = "0b0a7ff4-9e5c-5b1e-8f5b-000000000007"
AT = 1_790_000_000_003
ATTRIBUTES = {
    "b": AttributeValue("Number", "99.12"),
    "a": AttributeValue("Binary.gif", None, b"\x02\x03"),
}
ORIGIN = "http://127.0.0.1:4566"


def delivered(
    body="the message",
    *,
    notification=True,
    subject=None,
    version="1",
    number=None,
    replayed=False,
    queue_number=None,
    subscription=SUBSCRIPTION,
    **more,
):
    message = Message(
        ID,
        body,
        hashlib.md5(body.encode()).hexdigest(),
        "AIDASNS",
        through=Through(subscription, notification, SHOWN_ID, number, replayed),
        publication=Publication(AT, subject, signature_version=version),
        **more,
    )
    return Delivery(Receipt(7, 0, 1), 99, 1_000, 2_000, queue_number, None, SHOWN_ID, message)


def received(sqs, *deliveries, **parameters):
    """The messages, whose signatures are made on the way if need be."""
    sqs.router.results = [Received(list(deliveries))]
    call = sqs.call()
    row = sqs.operations["ReceiveMessage"]
    row.handler(call, row.input(QueueUrl=sqs.url, **parameters))
    if sqs.signatures.waiting:
        sqs.signatures.waiting.pop()()
    return call.answers[-1].Messages


def one(sqs, delivery, **parameters):
    (message,) = received(sqs, delivery, **parameters)
    return message


# --- Notifications -------------------------------------------------------------------------------


def test_a_document_as_sns_writes_it(sqs) -> None:
    """publish_sqs_from_sns, with a subject"""
    message = one(sqs, delivered('say "h\u00e9"\n', subject="s", attributes=ATTRIBUTES))
    assert message.Body == (
        "{\n"
        '  "Type" : "Notification",\n'
        f'  "MessageId" : "{ID}",\n'
        f'  "TopicArn" : "{TOPIC}",\n'
        '  "Subject" : "s",\n'
        '  "Message" : "say \\"h\u00e9\\"\\n",\n'
        '  "Timestamp" : "2026-09-21T14:13:20.003Z",\n'
        '  "SignatureVersion" : "1",\n'
        '  "Signature" : "signed 1",\n'
        f'  "SigningCertURL" : "{ORIGIN}/certificate.pem",\n'
        f'  "UnsubscribeURL" : "{ORIGIN}/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}",\n'
        '  "MessageAttributes" : {\n'
        '    "b" : {"Type":"Number","Value":"99.12"},\n'
        '    "a" : {"Type":"Binary.gif","Value":"AgM="}\n'
        "  }\n"
        "}"
    )
    assert message.MessageId == SHOWN_ID
    assert message.MD5OfBody == hashlib.md5(message.Body.encode()).hexdigest()
    assert (message.MessageAttributes, message.MD5OfMessageAttributes) == (None, None)


def test_what_a_message_has_not_is_left_out(sqs) -> None:
    message = one(sqs, delivered(), MessageAttributeNames=["All"])
    assert list(json.loads(message.Body)) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
    ]
    assert message.MessageAttributes is None


def test_a_fifo_topics_has_a_number_and_no_signature(sqs) -> None:
    """message_to_fifo_sqs[False]"""
    delivery = delivered(number="10000000000000000000", queue_number="18849496460467696128")
    message = one(sqs, delivery)
    assert message.Body == (
        "{\n"
        '  "Type" : "Notification",\n'
        f'  "MessageId" : "{ID}",\n'
        '  "SequenceNumber" : "10000000000000000000",\n'
        f'  "TopicArn" : "{TOPIC}",\n'
        '  "Message" : "the message",\n'
        '  "Timestamp" : "2026-09-21T14:13:20.003Z",\n'
        f'  "UnsubscribeURL" : "{ORIGIN}/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}"\n'
        "}"
    )
    assert sqs.signatures.made == []


def test_a_replayed_one_says_so(sqs) -> None:
    shown = json.loads(one(sqs, delivered(number="1", replayed=True)).Body)
    assert shown["Replayed"] == "true"
    assert list(shown)[-2:] == ["UnsubscribeURL", "Replayed"]


def test_what_is_signed(sqs) -> None:
    """Developer guide, "Verifying the signatures of Amazon SNS messages"; the subscription is no
    part of it."""
    one(sqs, delivered(subject="s", version="2"))
    ((version, text),) = sqs.signatures.made
    assert version == "2"
    assert text.decode() == (
        f"Message\nthe message\nMessageId\n{ID}\nSubject\ns\n"
        f"Timestamp\n2026-09-21T14:13:20.003Z\nTopicArn\n{TOPIC}\nType\nNotification\n"
    )
    other = f"{TOPIC}:00000000-0000-4000-8000-000000000000"
    shown = json.loads(one(sqs, delivered(subject="s", version="2", subscription=other)).Body)
    assert len(sqs.signatures.made) == 1, "each is made once"
    assert (shown["SignatureVersion"], shown["Signature"]) == ("2", "signed 2")
    assert shown["UnsubscribeURL"].endswith(other)


def test_an_answer_waits_for_all_signatures_that_it_needs(sqs) -> None:
    sqs.router.results = [
        Received(
            [
                delivered("a"),
                delivered("raw", notification=False),
                delivered("b"),
                delivered("fifo", number="1"),
            ]
        )
    ]
    call = sqs.call()
    row = sqs.operations["ReceiveMessage"]
    row.handler(call, row.input(QueueUrl=sqs.url, MaxNumberOfMessages=10))
    assert len(sqs.signatures.made) == 2
    sqs.signatures.waiting.pop()()
    bodies = [message.Body for message in call.answers[-1].Messages]
    assert bodies[1] == "raw"
    assert [json.loads(bodies[index])["Message"] for index in (0, 2, 3)] == ["a", "b", "fifo"]


def test_who_hangs_up_while_signatures_are_made_gives_the_messages_back(sqs) -> None:
    deliveries = [delivered("a"), delivered("raw", notification=False)]
    sqs.router.results = [Received(deliveries)]
    call = sqs.call()
    row = sqs.operations["ReceiveMessage"]
    row.handler(call, row.input(QueueUrl=sqs.url, MaxNumberOfMessages=10))
    call.gone = True
    sqs.signatures.waiting.pop()()
    assert sqs.router.unasked == [Release(sqs.arn, [each.receipt for each in deliveries])]


def test_a_sealed_one_is_opened_first(sqs) -> None:
    key = sqs.encryption.own_key(TOPIC)
    delivery = delivered("secret", subject="s", attributes=ATTRIBUTES)
    delivery.message = msgspec.structs.replace(
        sealed_message(key, delivery.message), through=delivery.message.through
    )
    assert delivery.message.body == ""
    shown = json.loads(one(sqs, delivery).Body)
    assert (shown["Message"], shown["Subject"]) == ("secret", "s")
    assert shown["MessageAttributes"]["b"] == {"Type": "Number", "Value": "99.12"}
    assert shown["MessageId"] == ID


# --- Raw -----------------------------------------------------------------------------------------


def test_a_raw_one_is_the_message_alone(sqs) -> None:
    """publish_sqs_from_sns"""
    attributes = {"attr1": AttributeValue("Number", "99.12")}
    delivery = delivered("Test msg", notification=False, subject="s", attributes=attributes)
    message = one(sqs, delivery, MessageAttributeNames=["All"])
    assert message.Body == "Test msg"
    assert message.MD5OfBody == hashlib.md5(b"Test msg").hexdigest()
    assert message.MD5OfMessageAttributes == "d302007e9aa062660afc85fd0a482472"
    assert message.MessageAttributes["attr1"].StringValue == "99.12"
    assert message.MessageId == SHOWN_ID
    assert sqs.signatures.made == []


def test_only_what_is_asked_for_is_shown_and_digested(sqs) -> None:
    delivery = delivered(notification=False, attributes=ATTRIBUTES)
    message = one(sqs, delivery, MessageAttributeNames=["a"])
    assert list(message.MessageAttributes) == ["a"]
    assert message.MD5OfMessageAttributes == md5_of({"a": ATTRIBUTES["a"]})


# --- System attributes ---------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["All"], ["MessageGroupId", "MessageDeduplicationId"]])
@pytest.mark.parametrize(
    ("number", "queue_number", "shown"),
    [
        (None, None, {"MessageGroupId": "g"}),
        ("1", "2", {"MessageGroupId": "g", "MessageDeduplicationId": "d"}),
        ("1", None, {}),
    ],
    ids=["standard", "fifo", "fifo to standard"],
)
def test_groups(sqs, names, number, queue_number, shown) -> None:
    """A standard topic hands groups on to fair queues; a FIFO topic gives standard queues none
    (fifo_topic_to_regular_sqs)."""
    delivery = delivered(
        number=number, queue_number=queue_number, group_id="g", deduplication_id="d"
    )
    found = one(sqs, delivery, MessageSystemAttributeNames=names).Attributes or {}
    assert {name: value for name, value in found.items() if "Id" in name and "Message" in name} == (
        shown
    )
