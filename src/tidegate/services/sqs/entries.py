"""One message to send: checked as far as that needs no queue, measured, digested, and sealed."""

import re
from hashlib import md5, sha256
from typing import Final

from tidegate.api.sqs import SendMessageBatchRequestEntry, SendMessageRequest
from tidegate.base import limits
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine.commands import AttributeValue, Entry, Message
from tidegate.kms.envelope import DataKey
from tidegate.services.sqs import attributes
from tidegate.services.sqs.attributes import valid_utf8
from tidegate.services.sqs.encryption import Content, seal

_IDENTIFIER: Final = re.compile(r"[!-~]{1,128}")


def check_identifier(parameter: str, value: str) -> None:
    """Raises InvalidParameterValueException.  Recorded as message_deduplication_id_invalid."""
    if _IDENTIFIER.fullmatch(value) is None:
        raise InvalidParameterValueException(
            f"Value {value} for parameter {parameter} is invalid. Reason: {parameter} can only "
            "include alphanumeric and punctuation characters. 1 to "
            f"{limits.IDENTIFIER_CHARACTERS} in length."
        )


def entry_of(
    request: SendMessageRequest | SendMessageBatchRequestEntry,
    message_id: str,
    sender_id: str,
    trace_header: str | None,
    queue: QueueDefinition | None,
    key: DataKey | None,
) -> tuple[Entry, Content | Message]:
    """The message that a request asks to send, and what it holds; its size is for the caller to
    judge.

    `trace_header` is the request's own, for a message that brings none.  `queue` is None where
    there is no such queue, and `key` where nothing is to be sealed.

    Raises InvalidMessageContents, InvalidParameterValueException, UnsupportedOperation.
    """
    body = request.MessageBody
    encoded = valid_utf8(body)
    size_bytes = len(encoded)
    kept: dict[str, AttributeValue] | None = None
    attributes_md5: str | None = None
    if request.MessageAttributes:
        kept, attribute_bytes = attributes.checked(request.MessageAttributes)
        attributes_md5 = attributes.md5_of(kept)
        size_bytes += attribute_bytes
    if request.MessageSystemAttributes:
        trace_header = attributes.trace_header_of(request.MessageSystemAttributes)
    group_id = request.MessageGroupId
    if group_id is not None:
        check_identifier("MessageGroupId", group_id)
    deduplication_id = request.MessageDeduplicationId
    if deduplication_id is not None:
        check_identifier("MessageDeduplicationId", deduplication_id)
    delay_s = request.DelaySeconds
    if delay_s is not None and not 0 <= delay_s <= limits.DELAY_S.high:
        raise InvalidParameterValueException(
            f"Value {delay_s} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be "
            f">= 0 and <= {limits.DELAY_S.high}."
        )
    content_id: str | None = None
    if deduplication_id is None and queue is not None and queue.content_based_deduplication:
        content_id = sha256(encoded).hexdigest()
    body_md5 = md5(encoded, usedforsecurity=False).hexdigest()
    if key is None:
        message = Message(
            message_id,
            body,
            body_md5,
            sender_id,
            kept,
            attributes_md5,
            trace_header,
            group_id,
            deduplication_id,
        )
        return Entry(message, size_bytes, delay_s, content_id), message
    content = Content(body, body_md5, kept, attributes_md5)
    message = Message(
        message_id,
        "",
        "",
        sender_id,
        None,
        None,
        trace_header,
        group_id,
        deduplication_id,
        key.reference,
        seal(key, content, message_id),
    )
    return Entry(message, size_bytes, delay_s, content_id), content


def trace_md5(
    request: SendMessageRequest | SendMessageBatchRequestEntry, message: Message
) -> str | None:
    """What an answer shows as MD5OfMessageSystemAttributes: the digest of what the client sent as
    such, not of a trace header that its request had anyway."""
    if not request.MessageSystemAttributes or message.trace_header is None:
        return None
    return attributes.md5_of_trace_header(message.trace_header)
