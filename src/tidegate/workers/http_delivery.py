"""The sender of `http` and `https` subscriptions."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tidegate.catalog.delivery_policy import DEFAULT_CONTENT_TYPE
from tidegate.catalog.notifications import (
    NOTIFICATION,
    SignatureVersion,
    http_headers,
    write_document,
)
from tidegate.workers.documents import document_of
from tidegate.workers.notification import Notification, Signs
from tidegate.workers.outcome import Outcome


class HttpTarget(msgspec.Struct, frozen=True):
    """Where a notification goes, and as what."""

    url: str
    """May hold a name and a password."""
    is_raw: bool = False
    """Whether the message is sent as it is, without the document around it."""
    content_type: str = DEFAULT_CONTENT_TYPE
    signature_version: SignatureVersion = "1"

    def __repr__(self) -> str:
        """Without the URL, which may hold a password."""
        return f"HttpTarget(is_raw={self.is_raw})"


class Posts(Protocol):
    """A way for requests to go."""

    async def send(
        self, target_url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Outcome: ...


class HttpDelivery:
    """Sends notifications and confirmations to endpoints."""

    def __init__(self, sender: Posts, signer: Signs) -> None:
        self._sender = sender
        self._signer = signer

    async def send(self, notification: Notification, target: HttpTarget) -> Outcome:
        """One try to deliver; raises for nothing that the endpoint does."""
        is_raw = target.is_raw and notification.type == NOTIFICATION
        if is_raw:
            body = notification.message.encode()
        else:
            notification = await self._signer.signed(notification, target.signature_version)
            body = write_document(document_of(notification))
        headers = http_headers(
            notification.type,
            notification.message_id,
            notification.topic_arn or "",
            notification.subscription_arn,
            is_raw=is_raw,
            content_type=target.content_type,
        )
        return await self._sender.send(target.url, headers, body)
