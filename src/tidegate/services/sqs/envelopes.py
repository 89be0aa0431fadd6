"""What a queue shows of a topic's message that is not delivered raw: the notification's document.

The body in the log is the message alone; its document is made when it is received, since all
queues share one copy and the link that ends a subscription is each one's own.
"""

import base64
from collections import OrderedDict
from collections.abc import Callable
from hashlib import md5
from typing import Final

from tidegate.base.call import Call
from tidegate.catalog.notifications import (
    Sign,
    SignatureVersion,
    notification_document,
    string_to_sign,
    unsubscribe_url,
    write_document,
)
from tidegate.engine.commands import AttributeValue, Delivery
from tidegate.services.sqs.encryption import Content, Held

_MOST_SIGNATURES: Final = 4_096


class Envelopes:
    """Makes documents.  A signature takes most of a millisecond, so those of the last messages are
    kept: the next queue that receives the message shows the same one."""

    def __init__(self, sign: Sign, certificate_path: Callable[[], str]) -> None:
        """`certificate_path()` is where on this server the certificate of the signatures is."""
        self._sign = sign
        self._certificate_path = certificate_path
        self._signatures: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    def shown(self, call: Call, delivery: Delivery, held: Held) -> Held:
        """What the queue shows of what a message holds."""
        message = delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        through, publication = message.through, held.publication
        if through is None or publication is None or not through.is_notification:
            return held
        document = notification_document(
            message_id=message.id,
            topic_arn=through.subscription.rpartition(":")[0],
            message=held.body,
            published_at=publication.published_at,
            subject=publication.subject,
            attributes=attribute_documents(held.attributes),
            sequence_number=through.sequence_number,
        )
        origin = call.origin
        if through.sequence_number is None:
            version = publication.signature_version
            document["SignatureVersion"] = version
            document["Signature"] = self._signature(
                (message.id, version, held.md5), version, string_to_sign(document)
            )
            document["SigningCertURL"] = origin + self._certificate_path()
        document["UnsubscribeURL"] = unsubscribe_url(origin, through.subscription)
        body = write_document(document)
        digest = md5(body, usedforsecurity=False).hexdigest()
        return Content(body.decode(), digest, None, None, held.trace_header)

    def _signature(self, key: tuple[str, str, str], version: SignatureVersion, text: bytes) -> str:
        known = self._signatures.get(key)
        if known is None:
            if len(self._signatures) >= _MOST_SIGNATURES:
                self._signatures.popitem(last=False)
            known = self._signatures[key] = self._sign(version, text)
        return known


def attribute_documents(
    attributes: dict[str, AttributeValue] | None,
) -> dict[str, dict[str, str]] | None:
    """Message attributes as a notification shows them."""
    if not attributes:
        return None
    return {
        name: {
            "Type": value.data_type,
            "Value": value.string_value
            if value.string_value is not None
            else base64.b64encode(value.binary_value or b"").decode(),
        }
        for name, value in attributes.items()
    }
