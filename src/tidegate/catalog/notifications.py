"""The documents that SNS sends to HTTP endpoints, queues and e-mail-json addresses, and what of
them is signed.

    Notification               a published message
    SubscriptionConfirmation   asks an endpoint whether it wants them
    UnsubscribeConfirmation    tells it that it gets no more

A document is a mapping of AWS's names to values.  Written down it has AWS's form to the blank: one
field a line, in a fixed order, a blank on either side of the colon; a field without a value is left
out.  Notifications of a FIFO topic have a SequenceNumber and no signature.

Signed is the text of some fields: a line with the name and a line with the value of each, in the
order of their names; version 1 signs its SHA-1, version 2 its SHA-256, both with RSA and PKCS #1
v1.5.  The subscription is no part of it: all subscribers of a message get the same signature.

Sources: SNS developer guide, "Parsing Amazon SNS message formats", "Verifying the signatures of
Amazon SNS messages", "Amazon SNS raw message delivery"; order, blanks and the fields of FIFO topics
from documents that AWS has sent.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

Document = Mapping[str, Any]
"""AWS's names to texts, and MessageAttributes to what each is: {"Type": ..., "Value": ...}."""
DocumentType = Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
SignatureVersion = Literal["1", "2"]
Sign = Callable[[SignatureVersion, bytes], str]
"""sign(version, text): the base64 of a text's signature."""

NOTIFICATION: Final = "Notification"
SUBSCRIPTION_CONFIRMATION: Final = "SubscriptionConfirmation"
UNSUBSCRIBE_CONFIRMATION: Final = "UnsubscribeConfirmation"

_BEFORE_LINK: Final = (
    "Type",
    "MessageId",
    "SequenceNumber",
    "Token",
    "TopicArn",
    "Subject",
    "Message",
    "SubscribeURL",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
)
_LINK: Final = "UnsubscribeURL"
_REPLAYED: Final = "Replayed"
_ATTRIBUTES: Final = "MessageAttributes"
_SIGNED_OF_NOTIFICATION: Final = (
    *("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
)
_SIGNED_OF_CONFIRMATION: Final = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_text: Final = msgspec.json.encode


def notification_document(
    *,
    message_id: str,
    topic_arn: str,
    message: str,
    published_at: int,
    subject: str | None = None,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
    sequence_number: str | None = None,
    replayed: bool = False,
) -> dict[str, Any]:
    """A published message, not signed, and without the link that ends a subscription.

    `published_at` is in milliseconds since 1970; the Value of a Binary attribute is its base64.
    """
    return {
        "Type": NOTIFICATION,
        "MessageId": message_id,
        "SequenceNumber": sequence_number,
        "TopicArn": topic_arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": timestamp(published_at),
        _REPLAYED: "true" if replayed else None,
        _ATTRIBUTES: attributes,
    }


def signed(
    document: Document, version: SignatureVersion, sign: Sign, certificate_url: str
) -> dict[str, Any]:
    """The document with its signature, and where the certificate for that is."""
    return {
        **document,
        "SignatureVersion": version,
        "Signature": sign(version, string_to_sign(document)),
        "SigningCertURL": certificate_url,
    }


def string_to_sign(document: Document) -> bytes:
    """What a document's signature is over."""
    is_notification = document["Type"] == NOTIFICATION
    names = _SIGNED_OF_NOTIFICATION if is_notification else _SIGNED_OF_CONFIRMATION
    pairs = ((name, document.get(name)) for name in names)
    return "".join(f"{name}\n{value}\n" for name, value in pairs if value is not None).encode()


def write_document(document: Document) -> bytes:
    """The document as it is sent."""
    head, link = _head(document), document.get(_LINK)
    if link is not None:
        head += _field(_LINK, link)
    # Without the link, the comma before it is one too many.
    return head.removesuffix(b",\n") + _tail(document)


def _head(document: Document) -> bytes:
    """All before the link, with a comma at the end."""
    fields = ((name, document.get(name)) for name in _BEFORE_LINK)
    lines = [_field(name, value) + b",\n" for name, value in fields if value is not None]
    return b"{\n" + b"".join(lines)


def _tail(document: Document) -> bytes:
    """All after the link."""
    tail = b""
    if document.get(_REPLAYED) is not None:
        tail = b",\n" + _field(_REPLAYED, document[_REPLAYED])
    attributes = document.get(_ATTRIBUTES)
    if attributes:
        lines = [b"    %b : %b" % (_text(name), _text(value)) for name, value in attributes.items()]
        tail += b',\n  "MessageAttributes" : {\n' + b",\n".join(lines) + b"\n  }"
    return tail + b"\n}"


def _field(name: str, value: str) -> bytes:
    return b'  "%b" : %b' % (name.encode(), _text(value))


# --- What the fields hold -------------------------------------------------------------------------


@lru_cache(maxsize=256)
def timestamp(at: int) -> str:
    """An instant in milliseconds as SNS writes it: 2012-04-26T20:45:04.751Z."""
    instant = _EPOCH + timedelta(milliseconds=at)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{at % 1000:03}Z"


def subscription_text(topic_arn: str) -> str:
    """The Message of a SubscriptionConfirmation."""
    return (
        f"You have chosen to subscribe to the topic {topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )


def unsubscription_text(subscription_arn: str) -> str:
    """The Message of an UnsubscribeConfirmation."""
    return (
        f"You have chosen to deactivate subscription {subscription_arn}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included "
        "in this message."
    )


def subscribe_url(origin: str, topic_arn: str, token: str) -> str:
    """The link that confirms a subscription."""
    return f"{origin}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"


def unsubscribe_url(origin: str, subscription_arn: str) -> str:
    """The link that ends a subscription."""
    return f"{origin}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}"


def http_headers(
    kind: DocumentType,
    message_id: str,
    topic_arn: str,
    subscription_arn: str | None,
    *,
    is_raw: bool,
    content_type: str,
) -> list[tuple[str, str]]:
    """The headers by which an HTTP endpoint knows what it gets.

    A subscription that is not confirmed yet is not named.  A message's attributes are in none of
    them: with raw delivery they are not sent.
    """
    headers = [
        ("x-amz-sns-message-type", kind),
        ("x-amz-sns-message-id", message_id),
        ("x-amz-sns-topic-arn", topic_arn),
    ]
    if subscription_arn is not None and kind != SUBSCRIPTION_CONFIRMATION:
        headers.append(("x-amz-sns-subscription-arn", subscription_arn))
    if is_raw:
        headers.append(("x-amz-sns-rawdelivery", "true"))
    headers.append(("Content-Type", content_type))
    return headers
