"""A notification as the JSON document that subscribers get.

Source: SNS developer guide, "Parsing Amazon SNS message formats"; order and presence of the fields
are those of documents that AWS has sent.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tidegate.workers.notification import Notification

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(milliseconds: int) -> datetime:
    """The instant so many milliseconds after the epoch, in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def timestamp_text(milliseconds: int) -> str:
    """`2012-05-02T00:54:06.655Z`, always to the millisecond."""
    instant = instant_of(milliseconds).replace(tzinfo=None)
    return instant.isoformat(timespec="milliseconds") + "Z"


def document_of(notification: Notification) -> dict[str, Any]:
    """The document, to be written as JSON; what the notification does not have is left out."""
    fields = {
        "Type": notification.type,
        "MessageId": notification.message_id,
        "Token": notification.token,
        "TopicArn": notification.topic_arn,
        "Subject": notification.subject,
        "Message": notification.message,
        "SubscribeURL": notification.subscribe_url,
        "Timestamp": timestamp_text(notification.published_at),
        "SignatureVersion": notification.signature_version,
        "Signature": notification.signature,
        "SigningCertURL": notification.signing_cert_url,
        "UnsubscribeURL": notification.unsubscribe_url,
        "MessageAttributes": notification.attribute_documents() or None,
    }
    return {name: value for name, value in fields.items() if value is not None}
