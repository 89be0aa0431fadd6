"""SNS's ports: how messages of topics are sealed, which queues take them, and who may use the key
of an encrypted topic."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from tidegate.auth.policy.variables import Value
from tidegate.base.call import Call, Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    DisabledException,
    InvalidParameterException,
    KMSAccessDeniedException,
    KMSDisabledException,
    KMSInvalidStateException,
    KMSNotFoundException,
    NotFoundException,
    Refusal,
)
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import Delivery, Message
from tidegate.gateway.authorization import Authorizer
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.for_services import KmsForServices, ServiceCaller
from tidegate.services.sqs.encryption import Encryption, Held, sealed_message

SNS: Final = Principal(
    account="",
    arn="sns.amazonaws.com",
    access_key="",
    user_id="sns.amazonaws.com",
    kind="Service",
)
"""Who writes into a queue for a topic."""
_REFUSED: Final[dict[type[Refusal], type[Refusal]]] = {
    NotFoundException: KMSNotFoundException,
    DisabledException: KMSDisabledException,
    AccessDeniedException: KMSAccessDeniedException,
    KMSInvalidStateException: KMSInvalidStateException,
}
_OWN: Final = "topic"
_PLAIN: Final = ""
_MOST: Final = 65_536
_REUSE_S: Final = 300


class ServiceCall(msgspec.Struct, frozen=True):
    """What encryption reads of a call, where no client calls."""

    principal: Principal
    region: str
    resource: str


class TopicSealing:
    """The port `services.sns.places.Sealing`.  A way is `""` for none, `topic` for the topic's own
    key, and the ARN of the queue where that has a key of KMS."""

    def __init__(self, definitions: Definitions, encryption: Encryption) -> None:
        self._definitions = definitions
        self._encryption = encryption

    def way(self, queue_arn: str) -> str:
        """A queue with a key of KMS has its own; all others share the topic's."""
        queue = self._definitions.queue(queue_arn)
        if queue is None:
            return _OWN
        if queue.kms_master_key_id is not None:
            return queue_arn
        return _OWN if queue.sqs_managed_sse else _PLAIN

    def is_certain(self, way: str) -> bool:
        return way in (_OWN, _PLAIN)

    def key_of(self, topic_arn: str, way: str) -> Any:
        if way == _OWN:
            return self._encryption.own_key(topic_arn)
        if way == _PLAIN:
            return None
        call: Any = ServiceCall(SNS, way.split(":", 4)[3], way)
        return self._encryption.sealing(call, way).key

    def key(self, topic_arn: str, queue_arn: str) -> Any:
        return self.key_of(topic_arn, self.way(queue_arn))

    def seal(self, key: Any, message: Message) -> Message:
        return message if key is None else sealed_message(key, message)


class TopicOpening:
    """The port `services.sns.replaying.Open`."""

    def __init__(self, encryption: Encryption) -> None:
        self._encryption = encryption

    def open(self, queue_arn: str, deliveries: Sequence[Delivery]) -> list[Held]:
        call: Any = ServiceCall(SNS, queue_arn.split(":", 4)[3], queue_arn)
        return self._encryption.contents(call, deliveries)


class TopicsMayWrite:
    """The port `services.sns.topic_fans.MayWrite`: the queue's policy decides about SNS."""

    def __init__(self, definitions: Definitions, authorizer: Authorizer) -> None:
        self._standing = definitions.standing
        self._authorizer = authorizer
        self._version = -1
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, topic_arn: str, queue_arn: str) -> bool:
        if self._standing.definitions_version != self._version or len(self._known) >= _MOST:
            self._version = self._standing.definitions_version
            self._known.clear()
        known = self._known.get((topic_arn, queue_arn))
        if known is None:
            known = self._known[topic_arn, queue_arn] = self._decide(topic_arn, queue_arn)
        return known

    def _decide(self, topic_arn: str, queue_arn: str) -> bool:
        account = topic_arn.split(":", 5)[4]
        keys: dict[str, Value] = {
            "aws:sourcearn": topic_arn,
            "aws:sourceaccount": account,
            "aws:sourceowner": account,
            "aws:viaawsservice": "false",
        }
        prepared = self._authorizer.prepared(SNS, "sqs:SendMessage", queue_arn)
        return prepared.decide(keys.get).allowed


class TopicKeys:
    """The port `services.sns.publishing.CheckTopicKey`.

    As of a queue's data keys, KMS is asked anew after five minutes, and when anything that it
    decides by has changed.
    """

    def __init__(
        self, kms: KmsForServices, definitions: Definitions, clock: Callable[[], float]
    ) -> None:
        """The clock gives seconds and does not step."""
        self._kms = kms
        self._standing = definitions.standing
        self._now = clock
        self._version = -1
        self._until: dict[tuple[str, str, str], float] = {}
        """By topic and caller, as long as KMS has allowed it."""

    def check(self, call: Call, topic: Topic) -> None:
        """The publisher needs kms:GenerateDataKey and kms:Decrypt (developer guide, "Managing
        encryption keys and costs")."""
        key_id = topic.kms_master_key_id
        if key_id is None:
            return
        if self._standing.definitions_version != self._version or len(self._until) >= _MOST:
            self._version = self._standing.definitions_version
            self._until.clear()
        principal, now = call.principal, self._now()
        who = topic.arn, principal.access_key, principal.user_id
        if now >= self._until.get(who, 0):
            self._ask(principal, topic, key_id)
            self._until[who] = now + _REUSE_S

    def _ask(self, principal: Principal, topic: Topic, key_id: str) -> None:
        caller = ServiceCaller(principal, "sns", topic.region)
        context = {"aws:sns:topicArn": topic.arn}
        try:
            arn = self._kms.key_arn(topic.account, topic.region, key_id)
            _, blob = self._kms.generate(caller, arn, context)
            self._kms.decrypt(caller, blob, context)
        except Refusal as refusal:
            shown = _REFUSED.get(type(refusal), InvalidParameterException)
            raise shown(refusal.message) from None
