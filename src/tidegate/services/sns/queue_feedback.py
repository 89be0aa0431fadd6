"""How deliveries into queues have gone, for a topic that wants that noted.

A publish puts its message into the queues at once.  So what becomes of each subscription is known
with the command, and is noted when that is durable:

    the queue has the message                  SUCCESS, 200
    its policy does not let the topic in       FAILURE, 403
    it is gone, or does not take the message   FAILURE, 400

whether or not a dead-letter queue has what failed.  The answer of the queue is JSON: a failure has
the code and text of SQS's refusal, and a request id that says that trying again would not help.
Here no request goes to SQS; what stands for a success's request id is the id of the delivery.  The
dwell time is that from the publish until the message was durable.

Sources: SNS developer guide, "Amazon SNS message delivery status", and entries that AWS has
written.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from tidegate.base.refusals import AccessDeniedException, Refusal
from tidegate.catalog.delivery_status import DeliveryStatus, asked_by
from tidegate.catalog.topics import Topic
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.publications import Publishable
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.topic_fans import SQS, Subscriber

Note = Callable[[], None]
"""Notes how the deliveries of a message went; to be called once it is durable, and once."""

_PREFIX: Final = "SQS"
_HOPELESS: Final = "Unrecoverable"


class _Delivery(NamedTuple):
    """One that is to be noted."""

    queue_arn: str
    refusal: Refusal | None


class _Published(NamedTuple):
    """What entries say of a message."""

    topic_arn: str
    message_id: str
    message: str
    """As queues get it."""
    published_at: int
    """Milliseconds since 1970."""


class QueueFeedback:
    def __init__(
        self,
        definitions: Definitions,
        sending: Sending,
        write: Callable[[DeliveryStatus], None],
        new_id: Callable[[], str],
        random: Callable[[], float],
    ) -> None:
        """`random()` is at least 0 and below 1."""
        self._now_ms = definitions.now_ms
        self._sending = sending
        self._write = write
        self._new_id = new_id
        self._random = random

    def of(
        self,
        topic: Topic,
        message_id: str,
        content: Publishable,
        subscribers: Sequence[Subscriber],
        published_at: int,
    ) -> Note | None:
        """What notes the deliveries of a message that goes to these subscribers in this turn of the
        event loop, and was published at an instant in milliseconds; None where there is nothing to
        note.  Whoever publishes calls it if the topic has any attribute of feedback, so that others
        pay nothing for it."""
        asked = asked_by(topic.feedback, _PREFIX)
        if asked is None:
            return None
        deliveries = []
        for subscriber in subscribers:
            if subscriber.subscription.protocol == SQS:
                refusal = self._sending.refusal(topic, subscriber, content)
                if asked.wants(refusal is None, self._random):
                    deliveries.append(_Delivery(subscriber.queue, refusal))
        if not deliveries:
            return None
        published = _Published(topic.arn, message_id, content.text_for(SQS), published_at)
        return partial(self._write_all, published, deliveries)

    def _write_all(self, published: _Published, deliveries: list[_Delivery]) -> None:
        dwell_ms = max(0, self._now_ms() - published.published_at)
        for delivery in deliveries:
            self._write(_status(published, delivery, self._new_id(), dwell_ms))


def _status(
    published: _Published, delivery: _Delivery, delivery_id: str, dwell_ms: int
) -> DeliveryStatus:
    return DeliveryStatus(
        message_id=published.message_id,
        topic_arn=published.topic_arn,
        message=published.message,
        published_at=published.published_at,
        delivery_id=delivery_id,
        destination=delivery.queue_arn,
        provider_response=_answer(delivery.refusal, delivery_id),
        dwell_ms=dwell_ms,
        attempts=1,
        status_code=_status_code(delivery.refusal),
        succeeded=delivery.refusal is None,
    )


def _answer(refusal: Refusal | None, delivery_id: str) -> str:
    answer = {"sqsRequestId": delivery_id}
    if refusal is not None:
        answer = {
            "ErrorCode": refusal.query_code,
            "ErrorMessage": refusal.message,
            "sqsRequestId": _HOPELESS,
        }
    return json.dumps(answer, separators=(",", ":"))


def _status_code(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 403 if isinstance(refusal, AccessDeniedException) else 400
