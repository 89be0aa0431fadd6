"""Restarts: what was acknowledged is there again, and goes where it was to go."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from sdk.access.expect import eventually
from sdk.access.principals import HOME, Account, Confidences
from sdk.sns.topic_under_test import Subscriber, create_queue, create_subscriber, create_topic, text
from server_process import ServerProcess

ROUNDS = 2
UNREACHABLE = (BotoCoreError, OSError)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A server of this file's own, running; no test looks at what others made."""
    process = ServerProcess(tmp_path_factory.mktemp("restarted") / "data").start()
    yield process
    process.close()


@pytest.fixture(scope="module")
def owner(fresh):
    return Account(fresh.endpoint, Confidences(), HOME)


@pytest.fixture(params=["stopped", "killed"])
def again(request, fresh):
    """Ends the server and starts it again on the same data."""

    def restart():
        if request.param == "stopped":
            assert fresh.stop() == 0
        else:
            fresh.kill()
        fresh.start()

    return restart


def test_definitions_survive(owner, again):
    topic = create_topic(owner, DisplayName="d", SignatureVersion="2")
    fifo = create_topic(owner, fifo=True, FifoThroughputScope="MessageGroup")
    owner.sns.tag_resource(ResourceArn=topic.arn, Tags=[{"Key": "a", "Value": "b"}])
    owner.sns.add_permission(
        TopicArn=topic.arn, Label="l", AWSAccountId=["111111111111"], ActionName=["Publish"]
    )
    dead_letters = create_queue(owner)
    subscriber = create_subscriber(
        topic,
        owner,
        RawMessageDelivery="true",
        FilterPolicy={"a": ["c"]},
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    topic.subscribe("somebody@example.com", "email")
    gone, ended = create_topic(owner), create_subscriber(topic, owner)
    owner.sns.delete_topic(TopicArn=gone.arn)
    owner.sns.unsubscribe(SubscriptionArn=ended.arn)

    def everything():
        return [
            owner.sns.list_topics()["Topics"],
            topic.attributes(),
            fifo.attributes(),
            owner.sns.list_tags_for_resource(ResourceArn=topic.arn)["Tags"],
            topic.subscriptions(),
            subscriber.attributes(),
        ]

    before = everything()
    again()
    assert everything() == before
    topic.publish("no")
    topic.publish("yes", MessageAttributes={"a": text("c")})
    assert subscriber.bodies() == ["yes"]


def test_notifications_survive_as_they_were(owner, again):
    """Also those that nobody has received yet: their envelope has the same signature."""
    topic = create_topic(owner)
    enveloped = create_subscriber(topic, owner)
    raw = create_subscriber(topic, owner, RawMessageDelivery="true")
    attributes = {"a": text("漢"), "b": {"DataType": "Binary", "BinaryValue": b"\0\xff"}}
    topic.publish("body ü", Subject="s", MessageAttributes=attributes)

    def both():
        names = {"MessageAttributeNames": ["All"], "VisibilityTimeout": 0}
        received = [one.queue.receive_one(**names) for one in (enveloped, raw)]
        return [{**message, "ReceiptHandle": ""} for message in received]

    before = both()
    again()
    assert both() == before
    owner.sns.delete_topic(TopicArn=topic.arn)
    assert both() == before


def test_order_deduplication_and_sequence_numbers_survive(owner, again):
    topic = create_topic(owner, fifo=True)
    subscriber = create_subscriber(topic, owner, fifo=True)
    first = topic.publish("one", MessageGroupId="g")
    again()
    repeated = topic.publish("one", MessageGroupId="g")
    second = topic.publish("two", MessageGroupId="g")
    assert repeated["SequenceNumber"] == first["SequenceNumber"] < second["SequenceNumber"]
    assert subscriber.texts() == ["one", "two"]


class Publishers:
    """Threads that publish numbers whatever happens to the server, and keep the ledger."""

    def __init__(self, topic, *, repeat):
        """With `repeat` a message is published until it is acknowledged, in order."""
        self.topic = topic
        self.repeat = repeat
        self.tried = set()
        self.acknowledged = set()
        self.sequences = {}
        self.ended = threading.Event()

    def run(self, name):
        number = 0
        sequences = self.sequences.setdefault(name, [])
        while not self.ended.is_set():
            bodies = [f"{name}:{number + place:06}" for place in range(random.choice((1, 1, 4)))]
            self.tried.update(bodies)
            published = self.publish(name, bodies)
            if published is not None:
                self.acknowledged.update(bodies)
                sequences += published
            else:
                self.ended.wait(0.02)
                if self.repeat:
                    continue
            number += len(bodies)

    def go_on(self, count=20):
        """Returns once so many more are acknowledged, however slow the machine is."""
        enough = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= enough, limit_s=30)

    def publish(self, name, bodies):
        """The sequence numbers, of FIFO topics; None where no answer came."""
        group = {"MessageGroupId": name} if self.topic.fifo else {}
        try:
            if len(bodies) == 1:
                answers = [self.topic.publish(bodies[0], **group)]
            else:
                answer = self.topic.publish_batch([{"Message": body, **group} for body in bodies])
                assert answer["Failed"] == []
                answers = answer["Successful"]
        except UNREACHABLE:
            return None
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 503:
                raise
            return None
        return [answer.get("SequenceNumber") for answer in answers]


def test_kills_under_load_lose_nothing_of_what_was_acknowledged(fresh, owner):
    """At least once in every standard queue; once and in order in every FIFO queue."""
    standard, fifo = create_topic(owner), create_topic(owner, fifo=True)
    raw = {"RawMessageDelivery": "true"}
    queues = [create_subscriber(standard, owner, **raw) for _ in range(3)]
    fifo_queues = [create_subscriber(fifo, owner, fifo=True, **raw) for _ in range(2)]
    dead_letters = create_queue(owner)
    redrive = {"deadLetterTargetArn": dead_letters.arn}
    closed = create_subscriber(standard, owner, let_in=None, RedrivePolicy=redrive, **raw)
    dead = Subscriber(standard, dead_letters, closed.arn)
    on_standard, on_fifo = Publishers(standard, repeat=False), Publishers(fifo, repeat=True)
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(on_standard.run, name) for name in "pq"]
        running += [pool.submit(on_fifo.run, name) for name in "gh"]
        try:
            for _ in range(ROUNDS):
                on_standard.go_on()
                on_fifo.go_on()
                time.sleep(random.uniform(0.0, 0.2))
                fresh.kill()
                fresh.start()
            on_standard.go_on()
            on_fifo.go_on()
        finally:
            on_standard.ended.set()
            on_fifo.ended.set()
        for publisher in running:
            publisher.result(timeout=40)
    with ThreadPoolExecutor(4) as pool:
        *found, dead_found = pool.map(lambda one: one.bodies(), [*queues, dead])
        in_order = list(pool.map(lambda one: one.bodies(), fifo_queues))
    for bodies in (*found, dead_found):
        assert on_standard.acknowledged <= set(bodies) <= on_standard.tried
    for bodies in in_order:
        assert on_fifo.acknowledged <= set(bodies) <= on_fifo.tried
        assert len(bodies) == len(set(bodies))
        for group in "gh":
            own = [body for body in bodies if body.startswith(group)]
            assert own == sorted(own)
    for numbers in on_fifo.sequences.values():
        assert numbers == sorted(set(numbers))


def test_a_message_that_went_to_many_is_whole_after_a_kill(fresh, owner):
    """One publish, a hundred queues, and the server killed with the answer."""
    topic = create_topic(owner)
    with ThreadPoolExecutor(8) as pool:
        subscribers = list(pool.map(lambda _: create_subscriber(topic, owner), range(100)))
    topic.publish("once")
    fresh.kill()
    fresh.start()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one.texts(), subscribers))
    assert found == [["once"]] * 100
