"""Who is subscribed to a topic, as it changes."""

import json

import pytest

from tidegate.services.sns import topic_fans
from tidegate.services.sns.topic_fans import TopicFans

ACCOUNT, REGION = "111122223333", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
RED = {"FilterPolicy": json.dumps({"colour": ["red"]})}


def queue(name):
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


@pytest.fixture
def fans(sns):
    sns.topic()
    return TopicFans(sns.definitions)


def subscribe(sns, name, attributes=None):
    return sns.subscribe(endpoint=queue(name), attributes=attributes)


def matched(fans, colour=None, topic=NEWS):
    seen = {} if colour is None else {"colour": ("String", colour)}
    found = fans.of(topic).match(seen, "body")
    return sorted(each.queue.rpartition(":")[2] for each in found)


def test_nobody(fans) -> None:
    assert matched(fans) == []
    assert matched(fans, topic=f"{NEWS}-other") == []


def test_all_as_long_as_nobody_filters(sns, fans) -> None:
    subscribe(sns, "a")
    assert matched(fans) == ["a"]
    everybody = fans.of(NEWS).match({}, "")
    assert fans.of(NEWS).match({}, "") is everybody, "whose groups are known"
    subscribe(sns, "b")
    assert fans.of(NEWS).match({}, "") is not everybody
    assert matched(fans) == ["a", "b"]


def test_filters_come_change_and_go(sns, fans) -> None:
    subscribe(sns, "a")
    b = subscribe(sns, "b", RED)
    assert (matched(fans, "red"), matched(fans, "blue")) == (["a", "b"], ["a"])
    for value, red, blue in (
        ('{"colour": ["blue"]}', ["a"], ["a", "b"]),
        ("", ["a", "b"], ["a", "b"]),
    ):
        sns.ask(
            "SetSubscriptionAttributes",
            SubscriptionArn=b,
            AttributeName="FilterPolicy",
            AttributeValue=value,
        )
        assert (matched(fans, "red"), matched(fans, "blue")) == (red, blue)


def test_who_leaves_is_gone(sns, fans) -> None:
    subscribe(sns, "a")
    b = subscribe(sns, "b", RED)
    assert matched(fans, "red") == ["a", "b"]
    sns.ask("Unsubscribe", SubscriptionArn=b)
    assert matched(fans, "red") == ["a"]
    sns.ask("DeleteTopic", TopicArn=NEWS)
    assert matched(fans, "red") == []
    sns.topic()
    subscribe(sns, "c")
    assert matched(fans) == ["c"]


def test_a_topic_that_was_forgotten_is_learned_again(sns, fans, monkeypatch) -> None:
    monkeypatch.setattr(topic_fans, "_MOST_TOPICS", 2)
    for name in "xyz":
        topic = sns.topic(name)
        sns.subscribe(topic, endpoint=queue(name))
    for _ in range(2):
        for name in "xyz":
            assert matched(fans, topic=NEWS.replace("news", name)) == [name]
