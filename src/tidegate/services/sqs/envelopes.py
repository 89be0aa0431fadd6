"""What a queue shows of a topic's message that is not delivered raw: the notification's document.

The body in the log is the message alone; its document is made when it is received, since all
queues share one copy and the link that ends a subscription is each one's own.
"""

import base64
from collections.abc import Callable, Sequence
from hashlib import md5
from typing import Any, Protocol

from tidegate.base.call import Call
from tidegate.catalog.notifications import (
    SignatureVersion,
    notification_document,
    string_to_sign,
    unsubscribe_url,
    write_document,
)
from tidegate.engine.commands import AttributeValue, Delivery
from tidegate.services.sqs.encryption import Content, Held

Unsigned = tuple[SignatureVersion, bytes]
"""What a signature is to be over."""


class Signatures(Protocol):
    """Signatures of notifications: one takes most of a millisecond, all queues of a message show
    the same, and the last ones are kept."""

    @property
    def certificate_path(self) -> str:
        """Where on this server the certificate is."""

    def find(self, version: SignatureVersion, text: bytes) -> str | None:
        """The base64 of a signature that has been made, if it is still there."""

    def now(self, version: SignatureVersion, text: bytes) -> str:
        """It, made at once if need be."""

    def make(
        self,
        unsigned: list[Unsigned],
        then: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Have them made in a thread, and call `then` in the loop."""


class Envelopes:
    """Makes documents."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures
        self.sign = signatures.make

    def unsigned(self, deliveries: Sequence[Delivery], contents: Sequence[Held]) -> list[Unsigned]:
        """Whose signatures have to be made before these are shown."""
        missing: list[Unsigned] = []
        for delivery, held in zip(deliveries, contents, strict=True):
            document, publication = self._document(delivery, held), held.publication
            if document is None or publication is None or document["SequenceNumber"] is not None:
                continue
            text = string_to_sign(document)
            if self._signatures.find(publication.signature_version, text) is None:
                missing.append((publication.signature_version, text))
        return missing

    def shown(self, call: Call, delivery: Delivery, held: Held) -> Held:
        """What the queue shows of what a message holds."""
        document, publication = self._document(delivery, held), held.publication
        if document is None or publication is None:
            return held
        message = delivery.message
        assert message is not None
        assert message.through is not None
        origin, signatures = call.origin, self._signatures
        if document["SequenceNumber"] is None:
            version = publication.signature_version
            document["SignatureVersion"] = version
            document["Signature"] = signatures.now(version, string_to_sign(document))
            document["SigningCertURL"] = origin + signatures.certificate_path
        document["UnsubscribeURL"] = unsubscribe_url(origin, message.through.subscription)
        body = write_document(document)
        digest = md5(body, usedforsecurity=False).hexdigest()
        return Content(body.decode(), digest, None, None, held.trace_header)

    def _document(self, delivery: Delivery, held: Held) -> dict[str, Any] | None:
        """A notification's document, not signed; None of what is no notification."""
        message = delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        through, publication = message.through, held.publication
        if through is None or publication is None or not through.is_notification:
            return None
        return notification_document(
            message_id=message.id,
            topic_arn=through.subscription.rpartition(":")[0],
            message=held.body,
            published_at=publication.published_at,
            subject=publication.subject,
            attributes=attribute_documents(held.attributes),
            sequence_number=through.sequence_number,
            replayed=through.is_replayed,
        )


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
