"""What happens to the devices of an application, told to the topics that its attributes name.

Source: SNS developer guide, "Amazon SNS application event notifications".
"""

import json
import logging
from collections.abc import Callable
from typing import Any, Final

from tidegate.base.refusals import Fault
from tidegate.catalog.notifications import timestamp
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.topics import Topic, topic_scope
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.queue_feedback import Note, QueueFeedback
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.topic_fans import TopicFans

DELIVERY_FAILURE: Final = "EventDeliveryFailure"
_PREFIX: Final = "Event"

logger = logging.getLogger(__name__)


class _Published:
    """The call of an event that is published: nobody waits for it, but it is noted."""

    gone = False

    def __init__(self, note: Note) -> None:
        self._note = note

    def reply(self, shape: Any) -> None:
        self._note()

    def fail(self, error: Exception) -> None:
        if isinstance(error, Fault):
            logger.error("%s", error.message)


class DeviceEvents:
    def __init__(
        self,
        node: Node,
        definitions: Definitions,
        fans: TopicFans,
        sending: Sending,
        feedback: QueueFeedback,
        new_id: Callable[[], str],
    ) -> None:
        self._node = node
        self._definitions = definitions
        self._fans = fans
        self._sending = sending
        self._feedback = feedback
        self._new_id = new_id

    def tell(
        self,
        application: PlatformApplication,
        event: str,
        endpoint: PlatformEndpoint,
        **more: Any,
    ) -> None:
        """Publish, if the application's attribute `event` names a topic that is there.  A topic of
        another account is none of ours to publish to."""
        topic = self._topic(application, event)
        if topic is None:
            return
        message_id, kind = self._new_id(), event.removeprefix(_PREFIX)
        now_ms = self._definitions.now_ms()
        document = {
            "EndpointArn": endpoint.arn,
            "EventType": kind,
            "MessageId": message_id,
            "Resource": application.arn,
            "Service": "SNS",
            "Time": timestamp(now_ms),
            **more,
        }
        text = json.dumps(document, separators=(",", ":"))
        subject = f"{kind} event for app {application.name} ({application.platform})"
        content = Publishable(
            texts={DEFAULT: text},
            is_structured=False,
            subject=subject if len(subject) <= 100 else None,
            attributes=None,
            group_id=None,
            deduplication_id=None,
            size_bytes=len(text.encode()),
        )
        subscribers = self._fans.of(topic.arn).match({}, text)
        command = self._sending.fan_out(
            topic, message_id, application.account, content, subscribers, None
        )
        note = self._feedback.of(topic, message_id, content, subscribers, now_ms)
        if note is None:
            self._node.run_unasked(command)
        else:
            self._node.submit(_Published(note), command, _as_it_is)

    def _topic(self, application: PlatformApplication, event: str) -> Topic | None:
        arn = application.attributes.get(event)
        if not arn:
            return None
        _, _, _, region, account, name = arn.split(":", 5)
        if account != application.account:
            return None
        topic = self._definitions.entities.find(Topic, topic_scope(account, region), name)
        return None if topic is None or topic.fifo else topic


def _as_it_is(call: Any, result: Any) -> Any:
    return result
