"""Publish and PublishBatch."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

from tidegate.api.sns import (
    ERRORS,
    BatchResultErrorEntry,
    PublishBatchInput,
    PublishBatchRequestEntry,
    PublishBatchResponse,
    PublishBatchResultEntry,
    PublishInput,
    PublishResponse,
)
from tidegate.base import sns_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    BatchEntryIdsNotDistinctException,
    BatchRequestTooLongException,
    EmptyBatchRequestException,
    EndpointDisabledException,
    InvalidBatchEntryIdException,
    PlatformApplicationDisabledException,
    Refusal,
    TooManyEntriesInBatchRequestException,
    invalid_parameter,
)
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.topics import Topic, topic_scope
from tidegate.engine.commands import (
    Command,
    FannedOut,
    FanOut,
    FanOutBatch,
    Publication,
)
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.arns import read_push_arn, read_topic_arn
from tidegate.services.sns.delivery_queues import device_queue, phones_queue
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.places import Sealing
from tidegate.services.sns.publications import DEFAULT, Publishable, Request, check
from tidegate.services.sns.queue_feedback import Note, QueueFeedback
from tidegate.services.sns.sending import Sending, content_id, direct, plain_message
from tidegate.services.sns.sms_sandbox import SmsOptions, may_send
from tidegate.services.sns.topic_fans import TopicFans, seen

_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9_-]+")
_MOST_ENTRY_ID_CHARS: Final = 80
_MOST_ENTRIES: Final = 10
_PHONE: Final = re.compile(r"\+[1-9][0-9]{1,14}")


class Router(Protocol):
    def submit(self, call: Any, command: Command, finish: Callable[[Any, Any], Any]) -> None:
        """Run the command, and answer the call with what `finish` makes of its result."""


CheckTopicKey = Callable[[Call, Topic], None]
"""Raises SNS's errors of KMS where the caller may not use the key of an encrypted topic."""


Hold = Callable[[str, Callable[[], None]], bool]
"""hold(topic_arn, publish): whether a FIFO topic is not to be published to just now, since an older
message of it is about to come to a subscription first; `publish` is called later then."""


class _Entry(NamedTuple):
    id: str
    message_id: str
    note: Note | None
    """For when it is durable, where somebody asked for that."""


class Publishing:
    def __init__(
        self,
        definitions: Definitions,
        router: Router,
        fans: TopicFans,
        sending: Sending,
        feedback: QueueFeedback,
        sms: SmsOptions,
        sealing: Sealing,
        check_topic_key: CheckTopicKey,
        hold: Hold,
        new_id: Callable[[], str],
    ) -> None:
        self._definitions = definitions
        self._lookup = Lookup(definitions)
        self._submit = router.submit
        self._fans = fans
        self._sending = sending
        self._feedback = feedback
        self._sms = sms
        self._sealing = sealing
        self._check_topic_key = check_topic_key
        self._hold = hold
        self._new_id = new_id

    def publish(self, call: Call, request: PublishInput) -> None:
        target = _target(request)
        message_id = self._new_id()
        note: Note | None = None
        if request.PhoneNumber is not None:
            command = self._to_phone(call, request, request.PhoneNumber, message_id)
        elif _is_endpoint(target):
            command = self._to_endpoint(call, request, target, message_id)
        else:
            topic = self._lookup.topic(call, target)
            if topic.fifo and self._hold(topic.arn, partial(_later, self.publish, call, request)):
                return
            self._check_topic_key(call, topic)
            content = check(request)
            command, note = self._to_topic(call, topic, request, content, message_id)
        self._submit(call, command, partial(_published, message_id, note))

    # --- Topics ----------------------------------------------------------------------------------

    def _to_topic(
        self, call: Call, topic: Topic, request: Request, content: Publishable, message_id: str
    ) -> tuple[FanOut, Note | None]:
        """The command, and what notes its deliveries once it is durable."""
        if content.size_bytes > _most_bytes(topic):
            raise invalid_parameter("Message too long")
        deduplication_id = _deduplication_id(topic, request)
        subscribers = self._fans.of(topic.arn).match(
            seen(content.attributes or {}), content.texts[DEFAULT]
        )
        command = self._sending.fan_out(
            topic, message_id, call.principal.user_id, content, subscribers, deduplication_id
        )
        if not topic.feedback:
            return command, None
        now_ms = self._definitions.now_ms()
        return command, self._feedback.of(topic, message_id, content, subscribers, now_ms)

    # --- Devices and phones ----------------------------------------------------------------------

    def _to_endpoint(self, call: Call, request: PublishInput, arn: str, message_id: str) -> FanOut:
        endpoint = self._endpoint(call, arn)
        content = check(request)
        if content.size_bytes > limits.USUAL_MESSAGE_SIZE:
            raise invalid_parameter("Message too long")
        platform = arn.split("/")[1]
        queue = device_queue(endpoint.application_arn, endpoint.id)
        return self._direct(call, content, message_id, platform, arn, queue, None)

    def _endpoint(self, call: Call, arn: str) -> PlatformEndpoint:
        entities = self._definitions.entities
        named = read_push_arn(call, arn, "TargetArn", "endpoint", 3)
        platform, application_name, id_ = named.rest.split("/")
        application_arn = (
            f"arn:aws:sns:{named.region}:{named.account}:app/{platform}/{application_name}"
        )
        endpoint = entities.find(PlatformEndpoint, application_arn, id_)
        if endpoint is None:
            raise invalid_parameter(
                "TargetArn Reason: No endpoint found for the target arn specified"
            )
        application = entities.find(
            PlatformApplication, named.scope, f"{platform}/{application_name}"
        )
        if application is not None and not application.enabled:
            raise PlatformApplicationDisabledException("Platform application is disabled")
        if not endpoint.enabled:
            raise EndpointDisabledException("Endpoint is disabled")
        return endpoint

    def _to_phone(self, call: Call, request: PublishInput, number: str, message_id: str) -> FanOut:
        if _PHONE.fullmatch(number) is None:
            raise invalid_parameter(f"PhoneNumber Reason: {number} is not valid to publish to")
        account = call.principal.account
        scope = topic_scope(account, call.region)
        if not may_send(self._sms, self._definitions.entities, scope, number):
            raise invalid_parameter(
                f"PhoneNumber Reason: {number} is not verified in the SMS sandbox"
            )
        content = check(request)
        target = f"arn:aws:sns:{call.region}:{account}:sms"
        queue = phones_queue(account, call.region)
        return self._direct(call, content, message_id, "sms", target, queue, number)

    def _direct(
        self,
        call: Call,
        content: Publishable,
        message_id: str,
        protocol: str,
        target_arn: str,
        queue: str,
        destination: str | None,
    ) -> FanOut:
        is_own = content.is_structured and protocol in content.texts
        publication = Publication(
            self._definitions.now_ms(), content.subject, is_own, "1", destination
        )
        message = plain_message(
            message_id,
            call.principal.user_id,
            content.text_for(protocol),
            content,
            None,
            publication,
        )
        sealed = self._sealing.seal(self._sealing.key(target_arn, queue), message)
        return direct(target_arn, queue, sealed)

    # --- Batches ---------------------------------------------------------------------------------

    def publish_batch(self, call: Call, request: PublishBatchInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        _check_entries(request.PublishBatchRequestEntries)
        if topic.fifo and self._hold(topic.arn, partial(_later, self.publish_batch, call, request)):
            return
        self._check_topic_key(call, topic)
        if topic.fifo:
            # What a FIFO topic needs of each entry is demanded of the whole batch, as SQS does.
            for entry in request.PublishBatchRequestEntries:
                _deduplication_id(topic, entry)
        entries: list[_Entry] = []
        commands: list[FanOut] = []
        failed: list[BatchResultErrorEntry] = []
        total = 0
        for entry in request.PublishBatchRequestEntries:
            message_id = self._new_id()
            try:
                content = check(entry)
                total += content.size_bytes
                command, note = self._to_topic(call, topic, entry, content, message_id)
            except Refusal as refusal:
                failed.append(_refused(entry.Id, refusal))
            else:
                commands.append(command)
                entries.append(_Entry(entry.Id, message_id, note))
        if total > _most_bytes(topic):
            raise BatchRequestTooLongException(
                "The length of all the messages put together is more than the limit."
            )
        self._submit(call, FanOutBatch(commands), partial(_batch_published, entries, failed))


def _later(handler: Callable[[Call, Any], None], call: Any, request: Any) -> None:
    """Carry out what had to wait."""
    try:
        handler(call, request)
    except Exception as error:  # the call makes an answer of each
        call.fail(error)


def _target(request: PublishInput) -> str:
    given = [each for each in (request.TopicArn, request.TargetArn) if each is not None]
    if request.PhoneNumber is not None:
        if given:
            raise invalid_parameter(
                "TopicArn, TargetArn or PhoneNumber Reason: only one may be given"
            )
        return ""
    if len(given) != 1:
        raise invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter")
    return given[0]


def target_resource(call: Call, request: PublishInput) -> str:
    """The ARN that Publish is about; `*` for a phone.  Raises InvalidParameterException."""
    target = _target(request)
    if not target:
        return "*"
    member = "TargetArn" if request.TopicArn is None else "TopicArn"
    if _is_endpoint(target):
        read_push_arn(call, target, member, "endpoint", 3)
    else:
        read_topic_arn(call, target, member)
    return target


def _is_endpoint(arn: str) -> bool:
    return arn.split(":", 5)[-1].startswith("endpoint/")


def _most_bytes(topic: Topic) -> int:
    return topic.maximum_message_size or limits.USUAL_MESSAGE_SIZE


def _deduplication_id(topic: Topic, request: Request) -> str | None:
    """The one that was given, or that of the whole Message, whatever each protocol gets of it.

    Raises InvalidParameterException for what is not for this type of topic.
    """
    given = request.MessageDeduplicationId
    if not topic.fifo:
        if given is not None:
            raise invalid_parameter(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId "
                "parameter that is not valid for this topic type"
            )
        return None
    if request.MessageGroupId is None:
        raise invalid_parameter("The MessageGroupId parameter is required for FIFO topics")
    if given is not None:
        return given
    if not topic.content_based_deduplication:
        raise invalid_parameter(
            "The topic should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )
    return content_id(request.Message)


def _check_entries(entries: list[PublishBatchRequestEntry]) -> None:
    if not entries:
        raise EmptyBatchRequestException("The batch request doesn't contain any entries.")
    if len(entries) > _MOST_ENTRIES:
        raise TooManyEntriesInBatchRequestException(
            "The batch request contains more entries than permissible."
        )
    for entry in entries:
        if len(entry.Id) > _MOST_ENTRY_ID_CHARS:
            raise InvalidBatchEntryIdException(
                f"The Id of a batch entry in the batch request is too long: {entry.Id}"
            )
        if _ENTRY_ID.fullmatch(entry.Id) is None:
            raise InvalidBatchEntryIdException(
                "The Id of a batch entry in the batch request contains an impermissible "
                f"character: {entry.Id}"
            )
    if len({entry.Id for entry in entries}) < len(entries):
        raise BatchEntryIdsNotDistinctException(
            "Two or more batch entries in the request have the same Id."
        )


def _refused(entry_id: str, refusal: Refusal) -> BatchResultErrorEntry:
    return BatchResultErrorEntry(
        Id=entry_id,
        Code=ERRORS[refusal.code].code if refusal.code in ERRORS else refusal.query_code,
        Message=refusal.message,
        SenderFault=True,
    )


def _published(
    message_id: str, note: Note | None, call: Call, result: FannedOut
) -> PublishResponse:
    if note is not None and result.message_id is None:
        note()
    return PublishResponse(
        MessageId=result.message_id or message_id, SequenceNumber=result.sequence_number
    )


def _batch_published(
    entries: list[_Entry],
    failed: list[BatchResultErrorEntry],
    call: Call,
    results: list[FannedOut],
) -> PublishBatchResponse:
    for entry, result in zip(entries, results, strict=True):
        if entry.note is not None and result.message_id is None:
            entry.note()
    return PublishBatchResponse(
        Successful=[
            PublishBatchResultEntry(
                Id=entry.id,
                MessageId=result.message_id or entry.message_id,
                SequenceNumber=result.sequence_number,
            )
            for entry, result in zip(entries, results, strict=True)
        ],
        Failed=failed,
    )
