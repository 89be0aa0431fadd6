"""A message that was taken from a hidden queue, and opened."""

from base64 import b64encode
from typing import Any

import msgspec

from tidegate.engine.commands import AttributeValue, Delivery, Publication
from tidegate.server.topics import SNS
from tidegate.services.sns.delivery_queues import HiddenQueue
from tidegate.services.sqs.encryption import Held
from tidegate.workers.notification import Attribute, Notification


class Waiting(msgspec.Struct, frozen=True):
    queue_arn: str
    queue: HiddenQueue
    delivery: Delivery
    held: Held

    @property
    def publication(self) -> Publication:
        assert self.held.publication is not None, "whatever is fanned out was published"
        return self.held.publication

    @property
    def delivery_id(self) -> str:
        """The message's id in its queue."""
        message = self.delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        return self.delivery.message_id or message.id

    @property
    def is_of_sns(self) -> bool:
        """Whether nobody published it: straight to a phone, it is a one-time password."""
        message = self.delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        return message.sender_id == SNS.user_id

    @property
    def topic_and_id(self) -> tuple[str, str]:
        """Of what was published straight to somebody: an ARN, and a UUID of zeros."""
        message = self.delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        assert message.through is not None, "it was fanned out"
        topic_arn, _, id = message.through.subscription.rpartition(":")
        return topic_arn, id

    def notification(self, **more: Any) -> Notification:
        """For its receiver, with these fields besides."""
        message, publication = self.delivery.message, self.publication
        assert message is not None, "whoever owns the log fills the message in"
        return Notification(
            message_id=message.id,
            message=self.held.body,
            published_at=publication.published_at,
            subject=publication.subject,
            sequence_number=None if message.through is None else message.through.sequence_number,
            attributes=_attributes(self.held.attributes),
            is_structured=publication.is_structured,
            **more,
        )


def _attributes(given: dict[str, AttributeValue] | None) -> dict[str, Attribute]:
    return {
        name: Attribute(
            each.data_type,
            b64encode(each.binary_value or b"").decode()
            if each.string_value is None
            else each.string_value,
        )
        for name, each in (given or {}).items()
    }
