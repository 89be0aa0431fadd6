"""The event that a Lambda function gets of a notification.

Its fields are those of the document for HTTP endpoints, two of them spelled otherwise; all are
there, null where there is no value.  Attributes of the types Number and String.Array come as
String.

Sources: Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications"; SNS
developer guide, "Amazon SNS message attributes"; events that Lambda has got.
"""

from typing import Any, Final

from tidegate.catalog.notifications import timestamp
from tidegate.workers.notification import Notification

_AS_STRING: Final = ("Number", "String.Array")


def lambda_event(notification: Notification) -> dict[str, Any]:
    """The event, to be written as JSON."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": notification.subscription_arn,
                "Sns": {
                    "Type": notification.type,
                    "MessageId": notification.message_id,
                    "TopicArn": notification.topic_arn,
                    "Subject": notification.subject,
                    "Message": notification.message,
                    "Timestamp": timestamp(notification.published_at),
                    "SignatureVersion": notification.signature_version,
                    "Signature": notification.signature,
                    "SigningCertUrl": notification.signing_cert_url,
                    "UnsubscribeUrl": notification.unsubscribe_url,
                    "MessageAttributes": _attributes(notification),
                },
            }
        ]
    }


def _attributes(notification: Notification) -> dict[str, Any]:
    attributes = notification.attribute_documents()
    for attribute in attributes.values():
        if attribute["Type"] in _AS_STRING:
            attribute["Type"] = "String"
    return attributes
