"""A notification as the JSON document that subscribers get."""

from typing import Any

from tidegate.catalog.notifications import timestamp
from tidegate.workers.notification import Notification


def document_of(notification: Notification) -> dict[str, Any]:
    """The document's fields, as `catalog.notifications` writes and signs them; what the
    notification does not have is left out."""
    fields = {
        "Type": notification.type,
        "MessageId": notification.message_id,
        "SequenceNumber": notification.sequence_number,
        "Token": notification.token,
        "TopicArn": notification.topic_arn,
        "Subject": notification.subject,
        "Message": notification.message,
        "SubscribeURL": notification.subscribe_url,
        "Timestamp": timestamp(notification.published_at),
        "SignatureVersion": notification.signature_version,
        "Signature": notification.signature,
        "SigningCertURL": notification.signing_cert_url,
        "UnsubscribeURL": notification.unsubscribe_url,
        "Replayed": "true" if notification.replayed else None,
        "MessageAttributes": notification.attribute_documents() or None,
    }
    return {name: value for name, value in fields.items() if value is not None}
