"""The names of hidden queues say what they are for."""

from __future__ import annotations

import pytest

from tidegate.services.sns.delivery_queues import (
    HiddenQueue,
    cancelled_queue,
    device_queue,
    phones_queue,
    read_queue,
    subscription_queue,
    topic_queue,
)

TOPIC = "arn:aws:sns:eu-west-1:111122223333:news"
ID = "cafe0000-0f5c-4f0e-9a44-0c8b6f2f9a11"
APPLICATION = "arn:aws:sns:eu-west-1:111122223333:app/GCM/shop"


@pytest.mark.parametrize(
    ("arn", "kind", "id", "is_delivered"),
    [
        (subscription_queue(TOPIC, ID), "subscription", ID, True),
        (cancelled_queue(TOPIC, ID), "cancelled", ID, True),
        (device_queue(APPLICATION, ID), "device", ID, True),
        (phones_queue("111122223333", "eu-west-1"), "phones", "", True),
        (topic_queue(f"{TOPIC}.fifo"), "topic", "news.fifo", False),
    ],
)
def test_a_name_is_read_as_it_was_made(arn: str, kind: str, id: str, is_delivered: bool) -> None:
    queue = read_queue(arn)
    assert queue == HiddenQueue("eu-west-1", "111122223333", kind, id)  # type: ignore[arg-type]
    assert queue.is_delivered is is_delivered


@pytest.mark.parametrize(
    "arn", ["arn:aws:sqs:eu-west-1:111122223333:sns-sms", "arn:aws:sqs:eu-west-1:1:~moves", TOPIC]
)
def test_other_queues_are_none_of_them(arn: str) -> None:
    assert read_queue(arn) is None
