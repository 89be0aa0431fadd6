"""The archive of a FIFO topic: a queue that comes late gets what was published before it came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sdk.access.principals import HOME, Account, Confidences
from sdk.refusals import refused
from sdk.sns.topic_under_test import Subscriber, Topic, create_subscriber, create_topic, text
from server_process import ServerProcess

ARCHIVE = json.dumps({"MessageRetentionPeriod": 7})


def replay(since: datetime | None = None, until: datetime | None = None) -> dict[str, str]:
    policy = {"PointType": "Timestamp", "StartingPoint": instant(since or long_ago())}
    return policy if until is None else {**policy, "EndingPoint": instant(until)}


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def archived(new_topic: Callable[..., Topic]) -> Topic:
    return new_topic(fifo=True, ArchivePolicy=ARCHIVE)


def publish(topic: Topic, *texts: str, **more: Any) -> None:
    for each in texts:
        topic.publish(each, MessageGroupId="g", **more)


def arriving(subscriber: Subscriber, count: int) -> list[dict[str, Any]]:
    """So many envelopes, as they come."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        came = subscriber.envelopes(WaitTimeSeconds=5)
        assert came, f"only {len(found)} came: {found}"
        found += came
    return found


def until(status: str, subscriber: Subscriber) -> None:
    """Each answer waits for what the replay has written by then, so a few are enough."""
    for _ in range(200):
        if subscriber.attributes()["ReplayStatus"] == status:
            return
    raise AssertionError(subscriber.attributes())


def test_old_messages_come_first_and_are_marked(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    publish(archived, *"abc")
    subscriber = subscribe(archived, fifo=True, ReplayPolicy=replay())
    until("Completed", subscriber)
    publish(archived, "d")
    envelopes = arriving(subscriber, 4)
    assert [each["Message"] for each in envelopes] == list("abcd")
    assert [each.get("Replayed") for each in envelopes] == ["true"] * 3 + [None]
    numbers = [each["SequenceNumber"] for each in envelopes]
    assert numbers == sorted(numbers)


def test_a_replayed_message_is_the_one_that_was_published(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    first = subscribe(archived, fifo=True)
    told = archived.publish(
        "x", MessageGroupId="g", Subject="s", MessageAttributes={"a": text("v")}
    )
    second = subscribe(archived, fifo=True, ReplayPolicy=replay())
    (came,), (again,) = arriving(first, 1), arriving(second, 1)
    assert again.pop("Replayed") == "true"
    assert again["MessageId"] == told["MessageId"]
    assert again["SequenceNumber"] == told["SequenceNumber"]
    links = came.pop("UnsubscribeURL"), again.pop("UnsubscribeURL")
    assert links[0] != links[1]
    assert came == again


def test_the_filter_policy_holds_for_old_messages(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    for kind in ("even", "odd", "even"):
        publish(archived, f"{kind} one", MessageAttributes={"kind": text(kind)})
    publish(archived, "odd two", MessageAttributes={"kind": text("odd")})
    wanted = {"kind": ["odd"]}
    subscriber = subscribe(archived, fifo=True, FilterPolicy=wanted, ReplayPolicy=replay())
    assert [each["Message"] for each in arriving(subscriber, 2)] == ["odd one", "odd two"]


def test_raw_messages_are_replayed_into_a_standard_queue(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    publish(archived, "x")
    subscriber = subscribe(archived, RawMessageDelivery="true", ReplayPolicy=replay())
    assert subscriber.bodies(WaitTimeSeconds=5) == ["x"]


def test_after_an_ending_point_nothing_comes_any_more(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    publish(archived, "a")
    end = datetime.now(UTC)
    subscriber = subscribe(archived, fifo=True, ReplayPolicy=replay(until=end))
    assert [each["Message"] for each in arriving(subscriber, 1)] == ["a"]
    until("Completed", subscriber)
    publish(archived, "b")
    assert subscriber.messages() == []


def test_a_subscription_that_stands_is_replayed_to(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    subscriber = subscribe(archived)
    publish(archived, *"ab")
    assert [each["Message"] for each in arriving(subscriber, 2)] == ["a", "b"]
    subscriber.set(ReplayPolicy=replay())
    assert [each["Message"] for each in arriving(subscriber, 2)] == ["a", "b"]


def test_a_text_for_queues_is_what_the_archive_has(
    archived: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    texts = json.dumps({"default": "for all", "sqs": "for queues"})
    publish(archived, texts, MessageStructure="json", MessageDeduplicationId="1")
    subscriber = subscribe(archived, fifo=True, ReplayPolicy=replay())
    assert [each["Message"] for each in arriving(subscriber, 1)] == ["for queues"]


def test_there_is_no_replay_without_an_archive(
    fifo_topic: Topic, subscribe: Callable[..., Subscriber]
) -> None:
    with refused("InvalidParameter"):
        subscribe(fifo_topic, fifo=True, ReplayPolicy=replay())


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "data").start()
    yield process
    process.close()


def test_a_replay_goes_on_after_a_kill(own_server: ServerProcess) -> None:
    account = Account(own_server.endpoint, Confidences(), HOME)
    topic = create_topic(account, fifo=True, ArchivePolicy=ARCHIVE)
    old = [str(number) for number in range(300)]
    for start in range(0, len(old), 10):
        topic.publish_batch(
            [{"Message": each, "MessageGroupId": "g"} for each in old[start : start + 10]]
        )
    subscriber = create_subscriber(topic, account, fifo=True, ReplayPolicy=replay())
    own_server.kill()
    own_server.start()
    topic.publish("new", MessageGroupId="g")
    envelopes = arriving(subscriber, 301)
    assert [each["Message"] for each in envelopes] == [*old, "new"]
    marks = {each.get("Replayed") for each in envelopes[:-1]}
    assert marks == {"true"}
    assert subscriber.messages() == []
    until("Completed", subscriber)
