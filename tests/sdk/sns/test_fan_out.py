"""One message, many queues: all of those that let the topic in, and dead letters of the others."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdk.access.principals import allow, deny, policy
from sdk.queue_under_test import Queue
from sdk.sns.topic_under_test import SERVICE, create_queue, create_subscriber, entrance

QUEUES = 100


@pytest.fixture
def dead_letters(new_queue):
    return new_queue()


def redrive(queue):
    return {"RedrivePolicy": {"deadLetterTargetArn": queue.arn}}


def dead_texts(queue):
    """What was published, of the dead letters that come within 5 s."""
    messages = queue.receive(WaitTimeSeconds=5)
    queue.delete_all(messages)
    return [json.loads(message["Body"])["Message"] for message in messages]


def test_a_hundred_queues_get_every_message(home, topic):
    with ThreadPoolExecutor(8) as pool:
        subscribers = list(pool.map(lambda _: create_subscriber(topic, home), range(QUEUES)))
        topic.publish("alone")
        topic.publish_batch([{"Message": f"m{i}"} for i in range(3)])
        found = list(pool.map(lambda subscriber: subscriber.envelopes(), subscribers))
    for envelopes in found:
        assert sorted(envelope["Message"] for envelope in envelopes) == ["alone", "m0", "m1", "m2"]
    # One message, whoever gets it: the ids and times are the same everywhere, the links are not.
    for name, values in (("MessageId", 4), ("Signature", 4), ("UnsubscribeURL", QUEUES)):
        assert len({envelope[name] for envelopes in found for envelope in envelopes}) == values


def test_a_message_in_two_queues_is_two_messages(topic, subscribe):
    one, other = subscribe(topic), subscribe(topic)
    topic.publish()
    first = one.queue.receive_one()
    one.queue.delete(first)
    second = other.queue.receive_one(AttributeNames=["All"])
    assert second["MessageId"] != first["MessageId"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "1"
    assert one.queue.depth() == (0, 0, 0)
    assert other.queue.depth() == (0, 1, 0)


def test_publishers_at_the_same_time(topic, subscribe):
    subscribers = [subscribe(topic) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(topic.publish, [f"m{i}" for i in range(60)]))
    for subscriber in subscribers:
        assert sorted(subscriber.texts()) == sorted(f"m{i}" for i in range(60))


def test_a_published_message_wakes_a_long_poll(topic, subscriber):
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(subscriber.queue.receive, WaitTimeSeconds=20)
        topic.publish("wake")
        (message,) = poll.result(timeout=15)
    assert json.loads(message["Body"])["Message"] == "wake"


# Queues that do not let the topic in.


def test_a_queue_without_a_policy_gets_nothing(topic, subscribe, dead_letters):
    closed = subscribe(topic, let_in=None, **redrive(dead_letters))
    topic.publish("x")
    assert dead_texts(dead_letters) == ["x"]
    assert closed.messages() == []


def test_a_refusal_of_one_queue_is_nothing_to_the_others_and_the_publisher(topic, subscribe):
    closed, open_ = subscribe(topic, let_in=None), subscribe(topic)
    answer = topic.publish("x")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert open_.texts() == ["x"]
    assert closed.messages() == []


def test_a_policy_says_which_topics(topic, new_topic, subscribe):
    chosen = subscribe(topic, let_in=topic.arn)
    other = new_topic()
    other.subscribe(chosen.queue.arn)
    other.publish("from the other")
    topic.publish("from the one")
    assert chosen.texts() == ["from the one"]


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"ArnEquals": {"aws:SourceArn": "{topic}"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic-*"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "000000000000"}}, True),
        ({"StringEquals": {"AWS:SourceArn": "{topic}"}}, True),
        ({"ArnEquals": {"aws:SourceArn": "{topic}-other"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "111111111111"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": "000000000000"}}, False),
    ],
)
def test_conditions_of_the_queue_s_policy(topic, subscribe, condition, let_in):
    subscriber = subscribe(topic)
    document = entrance(subscriber.queue.arn, condition).replace("{topic}", topic.arn)
    subscriber.queue.set(Policy=document)
    topic.publish("x")
    assert subscriber.texts() == (["x"] if let_in else [])


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::000000000000:root"},
        {"Service": "s3.amazonaws.com"},
        {"Service": "sqs.amazonaws.com"},
    ],
)
def test_other_principals_do_not_let_topics_in(topic, subscriber, principal):
    document = policy(allow("sqs:*", subscriber.queue.arn, Principal=principal))
    subscriber.queue.set(Policy=document)
    topic.publish("x")
    assert subscriber.messages() == []


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_everybody_is_the_topic_too(topic, subscriber, principal):
    """The older form of AWS's guide, with the topic's ARN as a condition."""
    condition = {"ArnEquals": {"aws:SourceArn": topic.arn}}
    document = policy(
        allow("sqs:SendMessage", subscriber.queue.arn, Principal=principal, Condition=condition)
    )
    subscriber.queue.set(Policy=document)
    topic.publish("x")
    assert subscriber.texts() == ["x"]


def test_a_denial_wins(topic, subscriber):
    arn = subscriber.queue.arn
    document = policy(
        allow("sqs:*", arn, Principal="*"), deny("sqs:SendMessage", arn, Principal=SERVICE)
    )
    subscriber.queue.set(Policy=document)
    topic.publish("x")
    assert subscriber.messages() == []


def test_a_policy_holds_from_the_next_message_on(topic, subscriber):
    arn = subscriber.queue.arn
    topic.publish("first")
    subscriber.queue.set(Policy="")
    topic.publish("second")
    subscriber.queue.set(Policy=entrance(arn))
    topic.publish("third")
    assert sorted(subscriber.texts()) == ["first", "third"]


# Dead letters.


def test_a_deleted_queue_leaves_its_subscription_and_dead_letters(
    home, topic, subscriber, dead_letters
):
    topic.publish("before")
    assert subscriber.texts() == ["before"]
    before = subscriber.attributes()
    home.sqs.delete_queue(QueueUrl=subscriber.queue.url)
    topic.publish("into nothing")
    assert subscriber.attributes() == before
    assert len(topic.subscriptions()) == 1
    subscriber.set(**redrive(dead_letters))
    for place in range(2):
        topic.publish(f"after {place}")
        assert dead_texts(dead_letters) == [f"after {place}"]


def test_a_dead_letter_is_what_the_queue_would_have_got(home, topic, new_queue, subscribe):
    dead, raw_dead = new_queue(), new_queue()
    enveloped = subscribe(topic, let_in=None, **redrive(dead))
    subscribe(topic, let_in=None, RawMessageDelivery="true", **redrive(raw_dead))
    attributes = {"a": {"DataType": "Number", "StringValue": "1"}}
    answer = topic.publish("x", Subject="s", MessageAttributes=attributes)
    names = {"MessageAttributeNames": ["All"], "WaitTimeSeconds": 5}
    envelope = json.loads(dead.receive_one(**names)["Body"])
    assert envelope["MessageId"] == answer["MessageId"]
    assert envelope["Subject"] == "s"
    assert envelope["UnsubscribeURL"].endswith(enveloped.arn)
    assert envelope["MessageAttributes"] == {"a": {"Type": "Number", "Value": "1"}}
    raw = raw_dead.receive_one(**names)
    assert raw["Body"] == "x"
    assert raw["MessageAttributes"]["a"] == attributes["a"]


def test_dead_letters_need_a_policy_too(home, topic, subscribe):
    """SNS Developer Guide: the dead-letter queue's policy lets the topic in like any other."""
    closed = create_queue(home, let_in=None)
    for_this = create_queue(home, let_in=topic.arn)
    for queue in (closed, for_this):
        subscribe(topic, let_in=None, **redrive(queue))
    topic.publish("x")
    assert dead_texts(for_this) == ["x"]
    assert closed.receive() == []


def test_a_queue_that_is_made_again_gets_what_comes_then(home, topic, subscriber):
    """Under another name: SQS takes a deleted name again only after a minute."""
    name = f"later-{topic.name}"
    arn = home.queue_arn(name)
    topic.subscribe(arn)
    topic.publish("too early")
    url = home.sqs.create_queue(QueueName=name, Attributes={"Policy": entrance(arn)})["QueueUrl"]
    topic.publish("in time")
    (message,) = Queue(home.sqs, url).receive()
    assert json.loads(message["Body"])["Message"] == "in time"


def test_a_dead_letter_queue_that_is_not_there_is_nothing_to_the_others(
    home, topic, subscriber, subscribe
):
    missing = {"deadLetterTargetArn": home.queue_arn("not-there")}
    subscribe(topic, let_in=None, RedrivePolicy=missing)
    topic.publish("x")
    assert subscriber.texts() == ["x"]
