"""One message to send: checked as far as that needs no queue, measured, digested, and sealed."""

import re
from hashlib import md5, sha256
from typing import Final

from tidegate.api.sqs import SendMessageBatchRequestEntry, SendMessageRequest
from tidegate.base import limits
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.engine.commands import AttributeValue, Entry, Message
from tidegate.services.sqs import attributes
from tidegate.services.sqs.attributes import valid_utf8
from tidegate.services.sqs.encryption import Sealing, encode_content

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
    sealing: Sealing,
    may_hold_controls: bool,
) -> tuple[Entry, str, str | None]:
    """The message that a request asks to send, and the digests of its body and attributes, which
    the sender is told; its size is for the caller to judge.

    `trace_header` is the request's own, for a message that brings none.

    Raises InvalidMessageContents, InvalidParameterValueException, UnsupportedOperation.
    """
    body = request.MessageBody
    encoded = valid_utf8(body, may_hold_controls=may_hold_controls)
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
    if sealing.by_content and deduplication_id is None:
        content_id = sha256(encoded).hexdigest()
    body_md5 = md5(encoded, usedforsecurity=False).hexdigest()
    key = sealing.key
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
    else:
        content = encode_content((body, body_md5, kept, attributes_md5, trace_header))
        message = Message(
            message_id,
            "",
            "",
            sender_id,
            None,
            None,
            None,
            group_id,
            deduplication_id,
            key.reference,
            # A large one is a bytearray, which MessagePack takes as well; a copy would cost more.
            key.seal(content, message_id.encode()),  # type: ignore[arg-type]
        )
    return Entry(message, size_bytes, delay_s, content_id), body_md5, attributes_md5


def trace_md5(request: SendMessageRequest | SendMessageBatchRequestEntry) -> str | None:
    """What an answer shows as MD5OfMessageSystemAttributes: the digest of what the client sent as
    such, not of a trace header that its request had anyway."""
    if not request.MessageSystemAttributes:
        return None
    header = attributes.trace_header_of(request.MessageSystemAttributes)
    return None if header is None else attributes.md5_of_trace_header(header)
