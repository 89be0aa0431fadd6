"""Message attributes: what they may be, how much they count, and their MD5.

Sources: "Amazon SQS message metadata" in the developer guide (names, types, limits, and the way the
MD5 is made), and AWS's recorded answers for the texts.
"""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from struct import Struct
from typing import Final

from tidegate.api.sqs import MessageAttributeValue, MessageSystemAttributeValue
from tidegate.base import limits
from tidegate.base.characters import utf8_of
from tidegate.base.refusals import (
    InvalidMessageContents,
    InvalidParameterValueException,
    UnsupportedOperation,
)
from tidegate.engine.commands import AttributeValue

TRACE_HEADER: Final = "AWSTraceHeader"
_LENGTH: Final = Struct(">I")
_STRING: Final = b"\x01"
_BINARY: Final = b"\x02"
_NAME: Final = re.compile(r"(?!.*\.\.)(?!\.)[A-Za-z0-9_.-]+(?<!\.)")
_RESERVED: Final = ("aws.", "amazon.")
_TYPES: Final = ("String", "Number", "Binary")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def valid_utf8(text: str, *, may_hold_controls: bool = True) -> bytes:
    """The text in UTF-8.  Raises InvalidMessageContents for a character that XML 1.0 has not.

    Where the request can hold no control characters, a text in ASCII holds none that is wrong.
    """
    if not may_hold_controls and text.isascii():
        return text.encode()
    encoded = utf8_of(text)
    if encoded is None:
        raise invalid_contents()
    return encoded


def invalid_contents() -> InvalidMessageContents:
    return InvalidMessageContents(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
        "#xE000 to #xFFFD | #x10000 to #x10FFFF"
    )


def checked(
    attributes: Mapping[str, MessageAttributeValue],
) -> tuple[dict[str, AttributeValue], int]:
    """The attributes as they are kept, and how many bytes they count.

    Raises InvalidParameterValueException, InvalidMessageContents, UnsupportedOperation.
    """
    if len(attributes) > limits.MESSAGE_ATTRIBUTES:
        raise InvalidParameterValueException(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{limits.MESSAGE_ATTRIBUTES}]."
        )
    kept: dict[str, AttributeValue] = {}
    size_bytes = 0
    for name, given in attributes.items():
        _check_name(name)
        value = _checked_value(name, given)
        content = value.binary_value
        if content is None:
            content = valid_utf8(value.string_value or "")
        kept[name] = value
        size_bytes += len(name) + len(valid_utf8(value.data_type)) + len(content)
    return kept, size_bytes


def _check_name(name: str) -> None:
    if not name:
        raise InvalidParameterValueException(
            "The request must contain non-empty message (user) attribute names."
        )
    if len(name) > limits.ATTRIBUTE_NAME_CHARACTERS:
        raise InvalidParameterValueException(
            f"Message (user) attribute name '{name}' is longer than "
            f"{limits.ATTRIBUTE_NAME_CHARACTERS} characters."
        )
    if name.lower().startswith(_RESERVED):
        raise InvalidParameterValueException(
            f"Message (user) attribute name '{name}' starts with a reserved prefix: AWS. or Amazon."
        )
    if _NAME.fullmatch(name) is None:
        raise InvalidParameterValueException(
            f"Message (user) attribute name '{name}' is invalid. A name can contain A-Z, a-z, "
            "0-9, underscore, hyphen and period; it can't start or end with a period, or have "
            "periods in succession."
        )


def _checked_value(name: str, given: MessageAttributeValue) -> AttributeValue:
    if given.StringListValues or given.BinaryListValues:
        raise UnsupportedOperation(
            "Message attribute list values in SendMessage operation are not supported."
        )
    data_type = given.DataType
    if not data_type:
        raise InvalidParameterValueException(
            f"Message (user) attribute '{name}' must contain a non-empty attribute type."
        )
    kind = data_type.partition(".")[0]
    if kind not in _TYPES or len(data_type) > limits.ATTRIBUTE_TYPE_CHARACTERS:
        raise InvalidParameterValueException(
            f"The type of message (user) attribute '{name}' is invalid. You must use only the "
            "following supported type prefixes: Binary, Number, String."
        )
    if kind == "Binary":
        if not given.BinaryValue:
            raise _empty_value(name, kind)
        return AttributeValue(data_type, None, bytes(given.BinaryValue))
    if not given.StringValue:
        raise _empty_value(name, kind)
    if kind == "Number" and not _is_number(given.StringValue):
        raise InvalidParameterValueException(
            f"Can't cast the value of message (user) attribute '{name}' to a number."
        )
    return AttributeValue(data_type, given.StringValue)


def _empty_value(name: str, kind: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
    )


def _is_number(text: str) -> bool:
    """Up to 38 digits, between 10^-128 and 10^126 in magnitude."""
    if _NUMBER.fullmatch(text) is None:
        return False
    try:
        number = Decimal(text)
    except DecimalException:
        return False
    if number.is_zero():
        return True
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    low, high = limits.NUMBER_EXPONENT
    return len(digits) <= limits.NUMBER_DIGITS and low <= number.adjusted() <= high


def trace_header_of(attributes: Mapping[str, MessageSystemAttributeValue]) -> str | None:
    """The X-Ray trace header: the only system attribute that a sender may give.

    It does not count to the message's size.  Raises InvalidParameterValueException,
    InvalidMessageContents.
    """
    for name, given in attributes.items():
        if name != TRACE_HEADER:
            raise InvalidParameterValueException(
                f"Message system attribute name '{name}' is invalid."
            )
        if given.DataType != "String":
            raise InvalidParameterValueException(
                f"The data type of message system attribute '{name}' must be String."
            )
        if not given.StringValue:
            raise InvalidParameterValueException(
                f"Message (system) attribute '{name}' must contain a non-empty value of type "
                "'String'."
            )
        valid_utf8(given.StringValue)
        return given.StringValue
    return None


def md5_of(attributes: Mapping[str, AttributeValue]) -> str:
    """The hex MD5 of attributes, as AWS's clients check it.

    Sorted by name, each is its name, its type, one byte for the kind of the value, and the value;
    all but that byte with their length before them.
    """
    parts: list[bytes] = []
    for name in sorted(attributes):
        value = attributes[name]
        _add(parts, name.encode())
        _add(parts, value.data_type.encode())
        if value.binary_value is not None:
            parts.append(_BINARY)
            _add(parts, value.binary_value)
        else:
            parts.append(_STRING)
            _add(parts, (value.string_value or "").encode())
    return hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()


def _add(parts: list[bytes], content: bytes) -> None:
    parts.append(_LENGTH.pack(len(content)))
    parts.append(content)


def md5_of_trace_header(header: str) -> str:
    """The hex MD5 of the system attributes of a message."""
    return md5_of({TRACE_HEADER: AttributeValue("String", header)})
