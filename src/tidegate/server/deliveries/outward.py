"""What SNS sends by itself: it waits in hidden queues like everything else, so that it is tried
again, and survives a crash."""

from collections.abc import Callable
from hashlib import md5
from typing import Final
from uuid import UUID

import msgspec

from tidegate.base.refusals import Refusal
from tidegate.catalog.notifications import (
    SUBSCRIPTION_CONFIRMATION,
    UNSUBSCRIBE_CONFIRMATION,
    DocumentType,
    Sign,
    SignatureVersion,
    signed,
    subscribe_url,
    subscription_text,
    timestamp,
    unsubscription_text,
    write_document,
)
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.topics import Subscription, Topic, topic_scope
from tidegate.engine.commands import (
    AttributeValue,
    Fan,
    FanOut,
    FanTarget,
    FanTargets,
    Message,
    Publication,
)
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node
from tidegate.server.deliveries.events import DeviceEvents
from tidegate.server.topics import SNS
from tidegate.services.sns.delivery_queues import (
    cancelled_queue,
    phones_queue,
    subscription_queue,
)
from tidegate.services.sns.places import Sealing
from tidegate.services.sns.sending import direct
from tidegate.services.sns.topic_fans import SQS, MayWrite

_TRANSACTIONAL: Final = {"AWS.SNS.SMS.SMSType": AttributeValue("String", "Transactional")}


class Certificate(msgspec.Struct, frozen=True):
    """How documents are signed that are made here."""

    sign: Sign
    url: Callable[[], str]


class Outward:
    """The port `services.sns.ports.Outward`."""

    def __init__(
        self,
        node: Node,
        definitions: Definitions,
        sealing: Sealing,
        may_write: MayWrite,
        events: DeviceEvents,
        certificate: Certificate,
        origin: Callable[[], str],
        new_id: Callable[[], str],
    ) -> None:
        """`origin()` is scheme, host and port of the links in messages."""
        self._node = node
        self._definitions = definitions
        self._sealing = sealing
        self._may_write = may_write
        self._events = events
        self._certificate = certificate
        self._origin = origin
        self._new_id = new_id

    # --- Confirmations ---------------------------------------------------------------------------

    def send_confirmation(self, subscription: Subscription, token: str) -> None:
        queue = subscription_queue(subscription.topic_arn, subscription.id)
        text = subscription_text(subscription.topic_arn)
        self._send(subscription, SUBSCRIPTION_CONFIRMATION, queue, text, token)

    def send_cancellation(self, subscription: Subscription, token: str) -> None:
        queue = cancelled_queue(subscription.topic_arn, subscription.id)
        text = unsubscription_text(subscription.arn)
        self._send(subscription, UNSUBSCRIBE_CONFIRMATION, queue, text, token)

    def _send(
        self, subscription: Subscription, kind: DocumentType, queue: str, text: str, token: str
    ) -> None:
        version = self._signature_version(subscription.topic_arn)
        if subscription.protocol == SQS:
            self._into_queue(subscription, kind, text, token, version)
            return
        now = self._definitions.now_ms()
        publication = Publication(now, signature_version=version, token=token)
        message = _message(self._new_id(), text, publication)
        self._put(subscription, queue, message)

    def _into_queue(
        self,
        subscription: Subscription,
        kind: DocumentType,
        text: str,
        token: str,
        version: SignatureVersion,
    ) -> None:
        """A queue of another account gets the document itself, as it is sent to endpoints."""
        queue, topic_arn = subscription.endpoint, subscription.topic_arn
        definition = self._definitions.queue(queue)
        if definition is None or not self._may_write(topic_arn, queue):
            return
        now, message_id = self._definitions.now_ms(), self._new_id()
        document = {
            "Type": kind,
            "MessageId": message_id,
            "Token": token,
            "TopicArn": topic_arn,
            "Message": text,
            "SubscribeURL": subscribe_url(self._origin(), topic_arn, token),
            "Timestamp": timestamp(now),
        }
        whole = signed(document, version, self._certificate.sign, self._certificate.url())
        body = write_document(whole).decode()
        message = _message(message_id, body, Publication(now))
        if definition.is_fifo:
            message = msgspec.structs.replace(
                message, group_id=subscription.id, deduplication_id=message_id
            )
        self._put(subscription, queue, message)

    def _put(self, subscription: Subscription, queue: str, message: Message) -> None:
        try:
            key = self._sealing.key(subscription.topic_arn, queue)
        except Refusal:
            # Who gives no key to its queue's messages gets none.
            return
        target = FanTarget(queue, UUID(subscription.id).bytes, False)
        fan = Fan(self._sealing.seal(key, message), FanTargets.of([target]))
        self._node.run_unasked(FanOut(subscription.topic_arn, [fan]))

    def _signature_version(self, topic_arn: str) -> SignatureVersion:
        _, _, _, region, account, name = topic_arn.split(":", 5)
        topic = self._definitions.entities.find(Topic, topic_scope(account, region), name)
        return "1" if topic is None else topic.signature_version or "1"

    # --- Others ----------------------------------------------------------------------------------

    def send_password(self, account: str, region: str, number: str, password: str) -> None:
        target_arn = f"arn:aws:sns:{region}:{account}:sms"
        queue = phones_queue(account, region)
        publication = Publication(self._definitions.now_ms(), destination=number)
        message = _message(
            self._new_id(), f"{password} is your verification code.", publication, _TRANSACTIONAL
        )
        sealed = self._sealing.seal(self._sealing.key(target_arn, queue), message)
        self._node.run_unasked(direct(target_arn, queue, sealed))

    def tell_endpoint_event(
        self, application: PlatformApplication, event: str, endpoint: PlatformEndpoint
    ) -> None:
        self._events.tell(application, event, endpoint)


def _message(
    message_id: str,
    text: str,
    publication: Publication,
    attributes: dict[str, AttributeValue] | None = None,
) -> Message:
    digest = md5(text.encode(), usedforsecurity=False).hexdigest()
    return Message(message_id, text, digest, SNS.user_id, attributes, publication=publication)
