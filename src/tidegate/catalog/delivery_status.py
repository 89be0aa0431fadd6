"""What is noted of a delivery where a topic asks for it: its log entry, as AWS writes it to
CloudWatch Logs.

Source: SNS developer guide, "Amazon SNS message delivery status", and entries that AWS has written.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

MOST_RESPONSE_CHARACTERS: Final = 1024


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
