"""Notifications for the tests of senders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.workers.notification import Attribute, Notification

TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders"
SUBSCRIPTION = f"{TOPIC}:6f2c1a6e-0f5c-4f0e-9a44-0c8b6f2f9a11"
MESSAGE_ID = "0b0a7ff4-9e5c-5b1e-8f5b-2c9d3a1e4f60"
PUBLISHED_AT = 1_790_000_000_123
"""2026-09-21T14:13:20.123Z"""


def notification(
    message: str = "hello", *, attributes: Mapping[str, str] | None = None, **fields: Any
) -> Notification:
    """A plain one of a topic, but for the fields given; its attributes are of type String."""
    given: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "published_at": PUBLISHED_AT,
        "topic_arn": TOPIC,
        "subscription_arn": SUBSCRIPTION,
    }
    found = {name: Attribute("String", value) for name, value in (attributes or {}).items()}
    return Notification(message=message, attributes=found, **(given | fields))
