"""Encryption at rest: messages are sealed before the engine sees them, and opened when they leave.

    none       the message stands in the log as it came
    SSE-SQS    sealed with data keys that derive from the server's own; a new queue's default
    SSE-KMS    sealed with data keys that KMS gives the sender, and opens for the receiver

What seals a message is the queue's setting when it is sent; what opens it, the message says itself,
so that a setting may change while messages wait.  Body, attributes, their digests and the trace
header are sealed together (`Content`), for the id that the message has in the log: no content opens
as another's.

A data key serves one queue, and with SSE-KMS one caller, for the reuse period.  KMS decides anew
for each data key, and for all of them when anything that it decides by has changed: a key that is
disabled, or a permission that is withdrawn, counts from the next message on.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from tidegate.base.arn import parse_queue_arn
from tidegate.base.call import Call
from tidegate.base.refusals import Fault, Refusal
from tidegate.engine.commands import AttributeValue, Delivery, Message, Publication
from tidegate.kms.data_keys import CONTEXT_NAME, SSE_KMS_KIND, DataKeys
from tidegate.kms.envelope import DataKey, OpeningKey
from tidegate.kms.errors import Unsealable
from tidegate.kms.keyring import DomainKey
from tidegate.kms.secret import Secret
from tidegate.runtime.definitions import Definitions
from tidegate.services.sqs.kms_refusals import as_sqs

_REUSE_S: Final = 300
"""For how long a data key of SSE-SQS seals: as long as one of SSE-KMS does by default."""
_MOST_SEALINGS: Final = 16_384
_KMS_PREFIX: Final = bytes([SSE_KMS_KIND])

_log = logging.getLogger(__name__)


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What is sealed of a message; its fields are named as those of a message that is not."""

    body: str
    md5: str
    attributes: dict[str, AttributeValue] | None = None
    attributes_md5: str | None = None
    trace_header: str | None = None
    publication: Publication | None = None


Held = Content | Message
"""What a message holds: itself where it is not sealed."""

encode_content = msgspec.msgpack.Encoder().encode
"""The fields of a content, as a tuple in their order or as the content itself, as bytes."""

decode_content = msgspec.msgpack.Decoder(Content).decode
"""The content in bytes; raises msgspec.DecodeError on anything else."""


class QueueKms(Protocol):
    """KMS, as a queue asks it on behalf of a caller.  Both raise KMS's refusals.

    `key_arn` is the ARN of a key or of an alias.  The caller needs kms:GenerateDataKey for the one,
    kms:Decrypt for the other, through SQS (`kms:ViaService`).
    """

    def generate(
        self, call: Call, key_arn: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        """GenerateDataKey of 32 bytes: the plaintext and its ciphertext blob."""

    def decrypt(self, call: Call, blob: bytes, context: Mapping[str, str]) -> Secret:
        """Decrypt."""


class _DataKeysOfKms:
    """KMS as `DataKeys` asks it, with SQS's refusals."""

    def __init__(self, kms: QueueKms) -> None:
        self._kms = kms

    def generate(
        self, request: Call, key_id: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        key_arn = _key_arn(key_id, context[CONTEXT_NAME])
        try:
            plaintext, blob = self._kms.generate(request, key_arn, context)
            # AWS verifies a new data key this way, and so the sender needs kms:Decrypt too (page
            # "Amazon SQS Key management").
            if self._kms.decrypt(request, blob, context) != plaintext:
                raise Fault("KMS gave a data key that it does not open.")
        except Refusal as refusal:
            raise as_sqs(refusal) from None
        return plaintext, blob

    def decrypt(self, request: Call, blob: bytes, context: Mapping[str, str]) -> Secret:
        try:
            return self._kms.decrypt(request, blob, context)
        except Refusal as refusal:
            raise as_sqs(refusal) from None


def _key_arn(key_id: str, queue_arn: str) -> str:
    """The ARN of the key that a queue names by id, alias or ARN: in the queue's own account and
    region, unless it says otherwise."""
    if key_id.startswith("arn:"):
        return key_id
    parsed = parse_queue_arn(queue_arn)
    assert parsed is not None, queue_arn
    region, account, _ = parsed
    name = key_id if key_id.startswith("alias/") else f"key/{key_id}"
    return f"arn:aws:kms:{region}:{account}:{name}"


class Sealing:
    """How what is sent to a queue now is sealed; in use until a definition or an entity changes, or
    the reuse period of its data key is over."""

    __slots__ = ("by_content", "is_callers", "key")

    def __init__(
        self, key: DataKey | None = None, *, by_content: bool = False, is_callers: bool = False
    ) -> None:
        self.key = key
        """None where nothing is sealed."""
        self.by_content = by_content
        """Whether the queue needs the digest of a body for its deduplication."""
        self.is_callers = is_callers
        """Whether each caller has a sealing of its own, and this one only says so."""


_NO_QUEUE: Final = Sealing()


def sealed_message(key: DataKey, message: Message) -> Message:
    """The message with its contents sealed."""
    content = Content(
        message.body,
        message.md5,
        message.attributes,
        message.attributes_md5,
        message.trace_header,
        message.publication,
    )
    sealed = bytes(key.seal(encode_content(content), message.id.encode()))
    return Message(
        message.id,
        "",
        "",
        message.sender_id,
        group_id=message.group_id,
        deduplication_id=message.deduplication_id,
        data_key=key.reference,
        sealed=sealed,
    )


class Encryption:
    """Seals what is sent and opens what is received."""

    def __init__(
        self,
        definitions: Definitions,
        domain: DomainKey,
        kms: QueueKms,
        clock: Callable[[], float],
    ) -> None:
        """`domain` is the domain key of SSE-SQS; the clock gives seconds and does not step."""
        self._definitions = definitions
        self._queue = definitions.queue
        self._now = clock
        self._standing = definitions.standing
        self._keys = DataKeys(domain, _DataKeysOfKms(kms))
        self._version = -1
        self._entities_version = -1
        self._sealings: dict[str | tuple[str, str, str], Sealing] = {}
        """By a queue's ARN; where each caller has its own, by (ARN, *caller)."""

    # --- Sending ---------------------------------------------------------------------------------

    def sealing(self, call: Call, arn: str) -> Sealing:
        """How what the caller sends to the queue now is sealed.

        Raises KmsNotFound, KmsDisabled, KmsInvalidState, KmsAccessDenied, KmsInvalidKeyUsage,
        KmsThrottled.
        """
        if self._standing.definitions_version != self._version:
            self._look_again()
        sealing = self._sealings.get(arn)
        if sealing is not None:
            if sealing.is_callers:
                sealing = self._sealings.get((arn, *_caller(call)))
            if sealing is not None:
                key = sealing.key
                if key is None or self._now() < key.until:
                    return sealing
        return self._begin(call, arn)

    def _begin(self, call: Call, arn: str) -> Sealing:
        queue = self._queue(arn)
        if queue is None:
            return _NO_QUEUE
        if len(self._sealings) >= _MOST_SEALINGS:
            self._sealings.clear()
        by_content = queue.content_based_deduplication
        if queue.kms_master_key_id is not None:
            key = self._keys.sealing_kms(
                arn,
                _caller(call),
                queue.kms_master_key_id,
                queue.kms_data_key_reuse_s,
                self._now(),
                call,
            )
            sealing = Sealing(key, by_content=by_content)
            self._sealings[arn, *_caller(call)] = sealing
            self._sealings[arn] = Sealing(is_callers=True)
            return sealing
        own = self._keys.sealing_sqs(arn, _REUSE_S, self._now()) if queue.sqs_managed_sse else None
        sealing = self._sealings[arn] = Sealing(own, by_content=by_content)
        return sealing

    def _look_again(self) -> None:
        """Something has changed: a queue's definition, or what KMS decides by."""
        self._version = self._standing.definitions_version
        self._sealings.clear()
        entities_version = self._definitions.entities.version
        if entities_version != self._entities_version:
            self._entities_version = entities_version
            self._keys.forget_kms()

    def own_key(self, arn: str) -> DataKey:
        """A data key of the server's own, for the messages of one topic in all queues that are not
        sealed with a key of KMS."""
        return self._keys.sealing_sqs(arn, _REUSE_S, self._now())

    # --- Receiving -------------------------------------------------------------------------------

    def contents(self, call: Call, deliveries: Sequence[Delivery]) -> list[Held]:
        """What each message holds.

        Raises as `sealing` where KMS does not open a data key for the caller, and Fault where a
        message is damaged, or its key has left the keyring.
        """
        found: list[Held] = []
        reference: bytes | None = None
        key: OpeningKey | None = None
        for delivery in deliveries:
            message = delivery.message
            assert message is not None, "whoever owns the log fills the message in"
            sealed = message.sealed
            if sealed is None:
                found.append(message)
                continue
            try:
                if key is None or message.data_key != reference:
                    reference = message.data_key
                    key = self._opening(call, reference)
                found.append(decode_content(key.open(sealed, message.id.encode())))
            except (Unsealable, msgspec.DecodeError) as error:
                _log.critical("message %s of %s: %s", message.id, call.resource, error)
                raise Fault("A message could not be opened.") from None
        return found

    def _opening(self, call: Call, reference: bytes | None) -> OpeningKey:
        assert reference is not None, "a sealed message names its data key"
        if not reference.startswith(_KMS_PREFIX):
            return self._keys.opening(reference, None, _REUSE_S, self._now(), None)
        if self._standing.definitions_version != self._version:
            self._look_again()
        queue = self._queue(call.resource)
        reuse_s = _REUSE_S if queue is None else queue.kms_data_key_reuse_s
        return self._keys.opening(reference, _caller(call), reuse_s, self._now(), call)


def _caller(call: Call) -> tuple[str, str]:
    """Who shares a data key.  The id of a session's access key is not random enough to stand for
    the session alone; whoever has no access key is a service, which has its name for an id."""
    principal = call.principal
    return principal.access_key, principal.user_id
