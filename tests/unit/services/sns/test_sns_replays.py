"""How many replays may be under way, and what a topic keeps for them."""

import json

import msgspec
import pytest

from tidegate.base import sns_limits as limits
from tidegate.base.refusals import ReplayLimitExceededException
from tidegate.catalog.topics import Replay, Subscription
from tidegate.engine.commands import ReadArchive
from tidegate.services.sns.delivery_queues import topic_queue

POLICY = '{"PointType":"Timestamp","StartingPoint":"2023-11-01T00:00:00Z"}'
TOPICS = "arn:aws:sns:eu-west-1:111122223333:"
QUEUES = "arn:aws:sqs:eu-west-1:111122223333:"
TEXT = "The maximum number of concurrent message replays has been reached"


@pytest.fixture
def full(sns):
    """Topics with as many replays as an account may have, and one without."""
    attributes = {"ArchivePolicy": '{"MessageRetentionPeriod":7}'}
    sns.topic("a.fifo", attributes)
    sns.topic("b.fifo", attributes)
    for number in range(limits.REPLAYS):
        name = f"{TOPICS}{'ab'[number % 2]}.fifo"
        sns.subscribe(name, endpoint=f"{QUEUES}q{number}", attributes={"ReplayPolicy": POLICY})
    return sns


def finish_one(sns):
    first = next(iter(sns.entities.all_of(Subscription, f"{TOPICS}a.fifo").values()))
    replay = msgspec.structs.replace(first.replay, status="Completed")
    sns.put(msgspec.structs.replace(first, replay=replay))


def test_no_more_replays_than_there_may_be_are_under_way(full, refused):
    refused(
        ReplayLimitExceededException,
        TEXT,
        "Subscribe",
        TopicArn=f"{TOPICS}a.fifo",
        Protocol="sqs",
        Endpoint=f"{QUEUES}more",
        Attributes={"ReplayPolicy": POLICY},
    )
    finish_one(full)
    full.subscribe(f"{TOPICS}a.fifo", endpoint=f"{QUEUES}more", attributes={"ReplayPolicy": POLICY})


def test_nor_can_a_subscription_that_stands_begin_one(full, refused):
    standing = full.subscribe(f"{TOPICS}a.fifo", endpoint=f"{QUEUES}more")
    ask = {"AttributeName": "ReplayPolicy", "AttributeValue": POLICY}
    refused(
        ReplayLimitExceededException,
        TEXT,
        "SetSubscriptionAttributes",
        SubscriptionArn=standing,
        **ask,
    )
    finish_one(full)
    full.ask("SetSubscriptionAttributes", SubscriptionArn=standing, **ask)
    assert full.attributes(standing)["ReplayStatus"] == "Pending"


def test_a_replay_that_is_under_way_may_be_begun_anew(full):
    first = next(iter(full.entities.all_of(Subscription, f"{TOPICS}a.fifo").values()))
    full.put(msgspec.structs.replace(first, replay=Replay(POLICY, 5, status="In progress")))
    full.ask(
        "SetSubscriptionAttributes",
        SubscriptionArn=first.arn,
        AttributeName="ReplayPolicy",
        AttributeValue=POLICY,
    )
    assert full.attributes(first.arn)["ReplayStatus"] == "Pending"


@pytest.mark.parametrize("subscribed", [False, True])
def test_the_archive_has_the_text_for_queues_whoever_is_subscribed(sns, subscribed):
    topic = sns.topic("a.fifo", {"ArchivePolicy": '{"MessageRetentionPeriod":7}'})
    if subscribed:
        sns.subscribe(topic)
    sns.ask(
        "Publish",
        TopicArn=topic,
        Message=json.dumps({"default": "for all", "sqs": "for queues"}),
        MessageStructure="json",
        Subject="s",
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )
    archived = sns.node.engine.run(ReadArchive(topic_queue(topic), -1, 0, None, 10))
    (message,) = [each.message for each in archived.deliveries]
    assert message.body == "for queues"
    assert message.publication.subject == "s"
    assert message.publication.is_structured
