"""What is noted of deliveries into queues.  The texts of failures are those of entries that AWS has
written, where there are some."""

import json

import pytest

from tidegate.base.refusals import KmsAccessDenied, StorageFull
from tidegate.catalog.topics import Subscription, Topic
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.topic_fans import subscriber_of

ACCOUNT, REGION = "111122223333", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/feedback"
SUCCESSES = {"SQSSuccessFeedbackRoleArn": ROLE}
FAILURES = {"SQSFailureFeedbackRoleArn": ROLE}
BOTH = {**SUCCESSES, **FAILURES}


def queue(name="jobs"):
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


@pytest.fixture
def asking(sns):
    """asking(attributes): the topic is there, with these."""

    def make(attributes, name="news", **more):
        return sns.topic(name, {**attributes, **more})

    return make


def answers(sns):
    """What the queues have said: status codes, and texts as dicts."""
    return [(each.status_code, json.loads(each.provider_response)) for each in sns.noted]


def failed(code, text):
    return {"ErrorCode": code, "ErrorMessage": text, "sqsRequestId": "Unrecoverable"}


# --- Who asks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attributes",
    [{}, {"HTTPSuccessFeedbackRoleArn": ROLE, "HTTPFailureFeedbackRoleArn": ROLE}],
)
def test_nothing_that_nobody_asked_for(sns, asking, attributes):
    asking(attributes)
    sns.create_queue()
    sns.subscribe()
    sns.subscribe(endpoint=queue("gone"))
    sns.publish()
    assert sns.noted == []


def test_each_queue_that_got_the_message(sns, asking):
    asking(BOTH)
    for name in ("jobs", "mails"):
        sns.create_queue(name)
        sns.subscribe(endpoint=queue(name))
    answer = sns.publish("hello")
    one, other = sns.noted
    assert [one.destination, other.destination] == [queue("jobs"), queue("mails")]
    assert (one.topic_arn, one.message_id, one.message) == (NEWS, answer.MessageId, "hello")
    assert (one.succeeded, one.status_code, one.attempts) == (True, 200, 1)
    assert (one.published_at, one.dwell_ms) == (sns.now, 0)
    assert one.delivery_id != other.delivery_id
    assert json.loads(one.provider_response) == {"sqsRequestId": one.delivery_id}


@pytest.mark.parametrize(("rate", "lot", "noted"), [("30", 0.29, 1), ("30", 0.3, 0), ("0", 0, 0)])
def test_successes_by_their_rate(sns, asking, rate, lot, noted):
    asking(SUCCESSES, SQSSuccessFeedbackSampleRate=rate)
    sns.create_queue()
    sns.subscribe()
    sns.lot = lot
    sns.publish()
    assert len(sns.noted) == noted


def test_failures_alone_and_whatever_the_rate(sns, asking):
    asking(FAILURES, SQSSuccessFeedbackSampleRate="0")
    sns.create_queue()
    sns.subscribe()
    sns.subscribe(endpoint=queue("gone"))
    sns.publish()
    assert [each.destination for each in sns.noted] == [queue("gone")]


def test_not_who_is_no_queue_or_does_not_want_the_message(sns, asking):
    asking(BOTH)
    sns.subscribe(protocol="sms", endpoint="+491701234567")
    sns.create_queue()
    sns.subscribe(attributes={"FilterPolicy": '{"kind": ["paid"]}'})
    sns.publish()
    assert sns.noted == []
    sns.publish(MessageAttributes={"kind": {"DataType": "String", "StringValue": "paid"}})
    assert [each.destination for each in sns.noted] == [queue()]


def test_the_text_is_the_one_for_queues(sns, asking):
    asking(BOTH)
    sns.create_queue()
    sns.subscribe()
    sns.publish(json.dumps({"default": "d", "sqs": "q"}), MessageStructure="json")
    assert sns.noted[0].message == "q"


# --- What goes wrong -----------------------------------------------------------------------------


def test_a_queue_that_is_gone(sns, asking):
    asking(FAILURES)
    sns.create_queue()
    sns.subscribe()
    sns.remove_queue()
    sns.publish("hello")
    [noted] = sns.noted
    assert (noted.succeeded, noted.destination, noted.attempts) == (False, queue(), 1)
    code = "AWS.SimpleQueueService.NonExistentQueue"
    assert answers(sns) == [(400, failed(code, "The specified queue does not exist."))]


def test_a_queue_that_keeps_the_topic_out(sns, asking):
    asking(FAILURES)
    sns.create_queue()
    sns.kept_out.add(queue())
    sns.subscribe()
    sns.publish()
    text = f"Access to the resource {queue()} is denied."
    assert answers(sns) == [(403, failed("AccessDenied", text))]


def test_what_becomes_a_dead_letter_has_failed(sns, asking):
    asking(BOTH)
    sns.create_queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": queue("dead")})
    sns.subscribe(endpoint=queue("gone"), attributes={"RedrivePolicy": redrive})
    sns.publish()
    assert [(each.destination, each.succeeded) for each in sns.noted] == [(queue("gone"), False)]
    assert len(sns.received("dead")) == 1


def test_more_attributes_than_a_raw_message_may_have(sns, asking):
    asking(FAILURES)
    sns.create_queue()
    sns.subscribe(attributes={"RawMessageDelivery": "true"})
    attribute = {"DataType": "String", "StringValue": "x"}
    sns.publish(MessageAttributes={f"a{number}": attribute for number in range(11)})
    text = "Number of message attributes [11] exceeds the maximum allowed [10]."
    assert answers(sns) == [(400, failed("InvalidParameterValue", text))]


def test_a_message_that_is_too_long_for_the_queue(sns, asking):
    asking(FAILURES)
    sns.create_queue(MaximumMessageSize="1024")
    sns.subscribe(attributes={"RawMessageDelivery": "true"})
    sns.publish("x" * 1024)
    assert sns.noted == []
    sns.publish("x" * 1025)
    [(status, answer)] = answers(sns)
    assert (status, answer["ErrorCode"]) == (400, "InvalidParameterValue")
    assert answer["ErrorMessage"].endswith("Message must be shorter than 1024 bytes.")


def test_a_key_that_sns_may_not_use(sns, asking):
    asking(BOTH)
    sns.create_queue(KmsMasterKeyId="alias/mine")
    sns.subscribe()
    sns.sealing.refused.add(queue())
    sns.publish()
    assert answers(sns) == [(400, failed(KmsAccessDenied.query_code, "not that"))]
    sns.sealing.refused.clear()
    sns.publish()
    assert sns.noted[1].succeeded


# --- When ----------------------------------------------------------------------------------------


def test_nothing_before_the_message_is_durable(sns, asking, monkeypatch):
    asking(BOTH)
    sns.create_queue()
    sns.subscribe()
    waiting = []
    monkeypatch.setattr(sns.service._publishing, "_submit", lambda *given: waiting.append(given))
    sns.rows["Publish"].handler(sns.call(), sns.shape("Publish", TopicArn=NEWS, Message="x"))
    assert sns.noted == []
    [(call, command, finish)] = waiting
    sns.now += 12
    finish(call, sns.node.engine.run(command))
    assert [each.dwell_ms for each in sns.noted] == [12]


def test_nothing_of_what_is_not_published(sns, asking, monkeypatch):
    asking(BOTH)
    sns.create_queue()
    sns.subscribe()

    def full(command):
        raise StorageFull("no room")

    monkeypatch.setattr(sns.node.engine, "run", full)
    with pytest.raises(StorageFull):
        sns.publish()
    assert sns.noted == []


def test_a_message_that_the_topic_has_had_is_noted_once(sns, asking):
    fifo = asking(BOTH, "news.fifo", ContentBasedDeduplication="true")
    sns.subscribe(fifo, endpoint=sns.create_queue("jobs.fifo"))
    for _ in range(2):
        sns.publish("same", fifo, MessageGroupId="g")
    assert len(sns.noted) == 1


def test_each_message_of_a_batch_by_itself(sns, asking):
    fifo = asking(BOTH, "news.fifo", ContentBasedDeduplication="true")
    sns.subscribe(fifo, endpoint=sns.create_queue("jobs.fifo"))
    texts = ("one", "", "two", "one")
    answer = sns.ask(
        "PublishBatch",
        TopicArn=fifo,
        PublishBatchRequestEntries=[
            {"Id": str(number), "Message": text, "MessageGroupId": "g"}
            for number, text in enumerate(texts)
        ],
    )
    assert [each.Id for each in answer.Failed] == ["1"]
    assert [each.message for each in sns.noted] == ["one", "two"]
    published = {each.Id: each.MessageId for each in answer.Successful}
    assert [each.message_id for each in sns.noted] == [published["0"], published["2"]]


def test_what_is_published_again_is_noted_with_its_own_time(sns, asking):
    topic_arn = asking(BOTH)
    sns.create_queue()
    subscription = sns.subscribe()
    standing = sns.entities.find(Subscription, topic_arn, subscription.rpartition(":")[2])
    content = Publishable({DEFAULT: "old"}, False, None, None, None, None, 3)
    topic = sns.entities.find(Topic, f"{ACCOUNT}/{REGION}", "news")
    note = sns.feedback.of(topic, "id", content, [subscriber_of(standing)], sns.now - 5)
    note()
    [noted] = sns.noted
    assert (noted.message, noted.published_at, noted.dwell_ms) == ("old", sns.now - 5, 5)
