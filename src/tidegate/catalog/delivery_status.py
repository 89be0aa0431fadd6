"""What is noted of deliveries where a topic asks for it: of which ones, and the log entry, as AWS
writes it to CloudWatch Logs.

Source: SNS developer guide, "Amazon SNS message delivery status", and entries that AWS has written.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

MOST_RESPONSE_CHARACTERS: Final = 1024


class Asked(NamedTuple):
    """What is to be noted, of successes only so many percent."""

    successes: bool
    failures: bool
    percent: int

    def wants(self, succeeded: bool, random: Callable[[], float]) -> bool:
        """Whether a delivery is to be noted; `random()` is at least 0 and below 1."""
        if not succeeded:
            return self.failures
        return self.successes and random() * 100 < self.percent


def asked_by(attributes: Mapping[str, str], prefix: str) -> Asked | None:
    """What the attributes of a topic ask for about the protocol of this prefix, such as `SQS`, or
    with an empty one those of an application; None where that is nothing."""
    successes = bool(attributes.get(f"{prefix}SuccessFeedbackRoleArn"))
    failures = bool(attributes.get(f"{prefix}FailureFeedbackRoleArn"))
    if not successes and not failures:
        return None
    rate = attributes.get(f"{prefix}SuccessFeedbackSampleRate")
    return Asked(successes, failures, percent_of(rate))


def percent_of(rate: str | None) -> int:
    """All of them, where nobody said."""
    return int(rate) if rate else 100


class DeliveryStatus(msgspec.Struct, frozen=True):
    """How one delivery went."""

    message_id: str
    topic_arn: str
    message: str
    published_at: int
    """Milliseconds since 1970, as every instant."""
    delivery_id: str
    destination: str
    """The endpoint, without credentials."""
    provider_response: str
    dwell_ms: int
    """From the publish until just before the last attempt."""
    attempts: int
    status_code: int | None
    succeeded: bool


def log_entry(status: DeliveryStatus) -> dict[str, Any]:
    """The entry as JSON has it."""
    digest = hashlib.md5(status.message.encode(), usedforsecurity=False).hexdigest()
    instant = datetime.fromtimestamp(status.published_at // 1000, UTC)
    delivery: dict[str, Any] = {
        "deliveryId": status.delivery_id,
        "destination": status.destination,
        "providerResponse": status.provider_response[:MOST_RESPONSE_CHARACTERS],
        "dwellTimeMs": status.dwell_ms,
        "attempts": status.attempts,
    }
    if status.status_code is not None:
        delivery["statusCode"] = status.status_code
    return {
        "notification": {
            "messageMD5Sum": digest,
            "messageId": status.message_id,
            "topicArn": status.topic_arn,
            "timestamp": f"{instant:%Y-%m-%d %H:%M:%S}.{status.published_at % 1000:03}",
        },
        "delivery": delivery,
        "status": "SUCCESS" if status.succeeded else "FAILURE",
    }
