"""One message to publish: checked as far as that needs no topic, measured, and told apart by
protocol."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from tidegate.api.sns import MessageAttributeValue, PublishBatchRequestEntry, PublishInput
from tidegate.base.characters import utf8_of
from tidegate.base.refusals import InvalidParameterValueException, invalid_parameter
from tidegate.engine.commands import AttributeValue

DEFAULT: Final = "default"
_SUBJECT_CHARS: Final = 100
_SUBJECT: Final = re.compile("[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_IDENTIFIER: Final = re.compile(r"[!-~]{1,128}")
_NAME: Final = re.compile(r"(?!.*\.\.)(?!\.)[A-Za-z0-9_.-]+(?<!\.)")
_RESERVED: Final = ("aws.", "amazon.")
_OURS_TO_READ: Final = ("AWS.SNS.", "AWS.MM.")
_MOST_NAME_CHARS: Final = 256
_TYPE: Final = re.compile(r"(String\.Array|String|Number|Binary)(\..+)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

Request = PublishInput | PublishBatchRequestEntry


class Publishable(msgspec.Struct, frozen=True):
    """A message that may be published."""

    texts: dict[str, str]
    """By protocol, where the message says something for it; `default` is for the others."""
    is_structured: bool
    subject: str | None
    attributes: dict[str, AttributeValue] | None
    group_id: str | None
    deduplication_id: str | None
    size_bytes: int
    """Message, attribute names, types and values."""

    def size_of(self, name: str) -> int:
        """What the limits of its queue count of a message with the text of this name."""
        if not self.is_structured:
            return self.size_bytes
        return size_bytes(self.texts[name], self.attributes or {})

    def text_for(self, protocol: str) -> str:
        text = self.texts.get(protocol)
        return self.texts[DEFAULT] if text is None else text


def check(request: Request) -> Publishable:
    """Raises InvalidParameterException, InvalidParameterValueException."""
    message = request.Message
    if not message:
        raise invalid_parameter("Empty message")
    encoded = utf8_of(message)
    if encoded is None:
        raise invalid_parameter("Message")
    subject = request.Subject
    if subject is not None and not _is_subject(subject):
        raise invalid_parameter("Subject")
    texts = {DEFAULT: message}
    if request.MessageStructure is not None:
        texts = _structured(request.MessageStructure, message)
    attributes = None
    if request.MessageAttributes:
        attributes = _attributes(request.MessageAttributes)
    group_id, deduplication_id = request.MessageGroupId, request.MessageDeduplicationId
    if group_id is not None:
        _check_identifier("MessageGroupId", group_id)
    if deduplication_id is not None:
        _check_identifier("MessageDeduplicationId", deduplication_id)
    return Publishable(
        texts,
        request.MessageStructure is not None,
        subject,
        attributes,
        group_id,
        deduplication_id,
        len(encoded) + (0 if attributes is None else _attribute_bytes(attributes)),
    )


def _check_identifier(parameter: str, value: str) -> None:
    if _IDENTIFIER.fullmatch(value) is None:
        raise invalid_parameter(parameter)


def _is_subject(subject: str) -> bool:
    """No line breaks or control characters, at most 100 characters (service model)."""
    return len(subject) <= _SUBJECT_CHARS and _SUBJECT.fullmatch(subject) is not None


def _structured(structure: str, message: str) -> dict[str, str]:
    if structure != "json":
        raise invalid_parameter("MessageStructure")
    try:
        members = json.loads(message, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        members = None
    # "Duplicate keys are not allowed" (Publish in the service model).
    if not isinstance(members, _Members) or len({name for name, _ in members}) < len(members):
        raise invalid_parameter("Message Structure - JSON message body failed to parse")
    # Of what is no text AWS takes no notice.
    texts = {name: text for name, text in members if isinstance(text, str)}
    if DEFAULT not in texts:
        raise invalid_parameter("Message Structure - No default entry in JSON message body")
    if any(utf8_of(text) is None for text in texts.values()):
        raise invalid_parameter("Message")
    return texts


class _Members(list[tuple[str, Any]]):
    """A JSON object as it was written."""


# --- Attributes ----------------------------------------------------------------------------------


def _attributes(given: dict[str, MessageAttributeValue]) -> dict[str, AttributeValue]:
    return {name: _attribute(name, value) for name, value in given.items()}


def _attribute(name: str, value: MessageAttributeValue) -> AttributeValue:
    _check_name(name)
    kind = _TYPE.fullmatch(value.DataType)
    if kind is None:
        raise InvalidParameterValueException(
            f"The message attribute '{name}' has an invalid message attribute type, the set of "
            "supported type prefixes is Binary, Number, and String."
        )
    is_binary = kind[1] == "Binary"
    content = value.BinaryValue if is_binary else value.StringValue
    if not content:
        raise InvalidParameterValueException(
            f"The message attribute '{name}' must contain non-empty message attribute value for "
            f"message attribute type '{value.DataType}'."
        )
    if not is_binary:
        _check_text(name, kind[1], cast("str", content))
    return AttributeValue(
        value.DataType,
        None if is_binary else value.StringValue,
        value.BinaryValue if is_binary else None,
    )


def _check_name(name: str) -> None:
    """Developer guide, "Amazon SNS message attributes"; the reserved names are for what tells SNS
    how to deliver."""
    if len(name) > _MOST_NAME_CHARS or _NAME.fullmatch(name) is None:
        raise InvalidParameterValueException(
            f"The message attribute name '{name}' is invalid. Attribute name can contain A-Z, a-z, "
            "0-9, underscore (_), hyphen (-), and period (.) characters."
        )
    if name.lower().startswith(_RESERVED) and not name.startswith(_OURS_TO_READ):
        raise InvalidParameterValueException(
            f"The message attribute name '{name}' is invalid. Attribute name cannot start with "
            "AWS. or Amazon."
        )


def _check_text(name: str, kind: str, text: str) -> None:
    if utf8_of(text) is None:
        raise invalid_parameter(f"Invalid value for message attribute '{name}'")
    if kind == "Number" and _NUMBER.fullmatch(text.strip()) is None:
        raise InvalidParameterValueException(
            f"Could not cast message attribute '{name}' value to number."
        )
    if kind == "String.Array" and not _is_array(text):
        raise invalid_parameter(
            f"Message attribute '{name}' of type String.Array must be a JSON array of scalars"
        )


def _is_array(text: str) -> bool:
    try:
        value: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return isinstance(value, list) and not any(isinstance(each, list | dict) for each in value)


def size_bytes(text: str, attributes: Mapping[str, AttributeValue]) -> int:
    """What the limits count of a message."""
    return len(text.encode()) + _attribute_bytes(attributes)


def _attribute_bytes(attributes: Mapping[str, AttributeValue]) -> int:
    return sum(
        len(name)
        + len(value.data_type)
        + len(value.string_value.encode() if value.string_value else value.binary_value or b"")
        for name, value in attributes.items()
    )
