"""The AWS JSON protocol: a request's body to a shape, a shape to an answer's body.

As AWS does: an empty body is `{}`, unknown members are passed over, `null` is an absent member, of
two members of one name the last counts, and an operation without output answers with no body.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from tidegate.api.operation import EpochSeconds, OperationShape, Shape
from tidegate.base.refusals import MalformedInput, MissingRequiredParameterException, Refusal
from tidegate.wire.members import MemberType, members_of
from tidegate.wire.validate import check

# msgspec's words for a required member that is not there, or is there as null.  Only a required
# member has a type without null, and the path of a list's or map's element ends in a bracket.
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_NULL: Final = re.compile(r"Expected `\w+`, got `null` - at `[^`]*\.(\w+)`")
_AT: Final = re.compile(r"(.*) - at `\$\.?([^`]*)`", re.DOTALL)

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises: DecodeError also for what is JSON, but not what the type says."""

_decoders: dict[type[Shape], Callable[[bytes], Shape]] = {}
_encode: Final = msgspec.json.Encoder().encode


def decode(operation: OperationShape, body: bytes) -> Shape:
    """The operation's input.

    Raises MalformedInput for what is no JSON object or has a value of a wrong type, and
    MissingRequiredParameterException for a required member that is absent.
    """
    try:
        decoder = _decoders[operation.input]
    except KeyError:
        decoder = _decoders[operation.input] = msgspec.json.Decoder(operation.input).decode
    try:
        return decoder(body or b"{}")
    except _UNREADABLE as error:
        raise _refusal(error) from None


def decode_checked(operation: OperationShape, body: bytes) -> Shape:
    """The operation's input, which satisfies all that the service's model says of it.

    Raises MalformedInput for what is no JSON object or has a value of a wrong type, and
    ValidationException with all else that is wrong.
    """
    try:
        shape = decode(operation, body)
    except MissingRequiredParameterException:
        # AWS names all that is missing or not allowed, the decoder just the first that is missing.
        shape = _incomplete(operation.input, body)
    check(shape)
    return shape


def encode(output: Shape | None) -> bytes:
    """The body of the answer; empty for an operation without output."""
    return b"" if output is None else _encode(output)


def _incomplete(kind: type[Shape], body: bytes) -> Shape:
    """The input with None for required members that are missing.  Raises MalformedInput."""
    try:
        shape: Shape = _completed(MemberType(kind), msgspec.json.decode(body or b"{}"))
    except _UNREADABLE as error:
        raise _refusal(error) from None
    return shape


def _completed(type_: MemberType, raw: Any) -> Any:
    kind, element = type_.kind, type_.element
    if kind is list and element:
        return [_completed(element, each) for each in msgspec.convert(raw, list)]
    if kind is dict and element:
        return {key: _completed(element, each) for key, each in msgspec.convert(raw, dict).items()}
    if not issubclass(kind, Shape):
        return msgspec.convert(raw, float if kind is EpochSeconds else kind)
    found = msgspec.convert(raw, dict)
    return kind(
        **{
            member.name: _completed(member.type, found[member.name])
            for member in members_of(kind)
            if found.get(member.name) is not None
        },
        **{
            member.name: None
            for member in members_of(kind)
            if member.required and found.get(member.name) is None
        },
    )


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, RecursionError):
        return MalformedInput("The body is nested too deeply.")
    if not isinstance(error, msgspec.ValidationError):
        return MalformedInput(f"The body is not valid JSON: {error}.")
    text = str(error)
    missing = _MISSING.match(text) or _NULL.match(text)
    if missing:
        return MissingRequiredParameterException(
            f"The request must contain the parameter {missing[1]}."
        )
    at = _AT.fullmatch(text)
    if at is None:
        return MalformedInput(f"The body is not what it should be: {text.replace('`', '')}.")
    problem = at[1].replace("`", "").replace(" | null", "")
    return MalformedInput(f"The value of {at[2]} is not what it should be: {problem}.")
