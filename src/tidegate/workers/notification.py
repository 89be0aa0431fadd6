"""A message on its way to one subscriber, device or phone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec

from tidegate.catalog.notifications import NOTIFICATION, DocumentType, SignatureVersion


class Attribute(msgspec.Struct, frozen=True):
    """A message attribute: `value` is text, for Binary its base64."""

    data_type: str
    value: str


_NO_ATTRIBUTES: Final[Mapping[str, Attribute]] = MappingProxyType({})


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one receiver.

    The names are those of the JSON document that AWS sends to HTTP endpoints; what a message does
    not have is None.  Source: SNS developer guide, "Parsing Amazon SNS message formats".
    """

    message_id: str
    message: str
    """The text for this receiver's protocol, already chosen where MessageStructure was json."""
    published_at: int
    """In milliseconds since the epoch."""
    type: DocumentType = NOTIFICATION
    topic_arn: str | None = None
    """None for what was published straight to a device or a phone."""
    subscription_arn: str | None = None
    subject: str | None = None
    sequence_number: str | None = None
    """Of a FIFO topic."""
    replayed: bool = False
    """Whether it comes from the topic's archive."""
    attributes: Mapping[str, Attribute] = _NO_ATTRIBUTES
    is_structured: bool = False
    """The text is what the message's JSON had under the receiver's own protocol or platform; it is
    no fallback to `default`, and no plain message."""
    signature_version: str | None = None
    signature: str | None = None
    signing_cert_url: str | None = None
    unsubscribe_url: str | None = None
    subscribe_url: str | None = None
    """Of the two kinds of confirmations: the link that confirms."""
    token: str | None = None

    def attribute(self, name: str) -> str | None:
        """The text of a message attribute."""
        found = self.attributes.get(name)
        return None if found is None else found.value

    def attribute_documents(self) -> dict[str, Any]:
        """The attributes as JSON documents hold them."""
        return {
            name: {"Type": attribute.data_type, "Value": attribute.value}
            for name, attribute in self.attributes.items()
        }


class Signs(Protocol):
    """Who signs notifications."""

    async def signed(
        self, notification: Notification, version: SignatureVersion
    ) -> Notification: ...
