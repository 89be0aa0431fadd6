"""The names of hidden queues say what they are for."""

from __future__ import annotations

import pytest

from tidegate.services.sns.delivery_queues import (
    HiddenQueue,
    cancelled_queue,
    device_queue,
    is_delivered,
    phones_queue,
    read_queue,
    subscription_queue,
    topic_queue,
)

TOPIC = "arn:aws:sns:eu-west-1:111122223333:news"
ID = "cafe0000-0f5c-4f0e-9a44-0c8b6f2f9a11"
APPLICATION = "arn:aws:sns:eu-west-1:111122223333:app/GCM/shop"


@pytest.mark.parametrize(
    ("arn", "kind", "id", "leaves"),
    [
        (subscription_queue(TOPIC, ID), "subscription", ID, True),
        (cancelled_queue(TOPIC, ID), "cancelled", ID, True),
        (device_queue(APPLICATION, ID), "device", ID, True),
        (phones_queue("111122223333", "eu-west-1"), "phones", "", True),
        (topic_queue(f"{TOPIC}.fifo"), "topic", "news.fifo", False),
    ],
)
def test_a_name_is_read_as_it_was_made(arn: str, kind: str, id: str, leaves: bool) -> None:
    assert read_queue(arn) == HiddenQueue("eu-west-1", "111122223333", kind, id)  # type: ignore[arg-type]
    assert is_delivered(arn) is leaves


@pytest.mark.parametrize(
    "arn", ["arn:aws:sqs:eu-west-1:111122223333:sns-sms", "arn:aws:sqs:eu-west-1:1:~moves", TOPIC]
)
def test_other_queues_are_none_of_them(arn: str) -> None:
    assert read_queue(arn) is None
    assert not is_delivered(arn)
