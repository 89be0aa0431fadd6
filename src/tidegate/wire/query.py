"""The Query protocol: a form's parameters to a shape.  The answers are made in `query_answer`.

A parameter's name is a path: `SendMessageBatchRequestEntry.1.MessageAttribute.2.Value.DataType`.
The parameters become a tree, and the tree is read by the types of the operation's input.  A list or
map is found under its member's own name, with or without a step between (`Attributes.entry.1.key`,
`PolicyArns.member.1.arn`); in SQS also, and first, under the name that AWS's older model gives its
elements (`Attribute.1.Name`, the form that every client of SQS sends).  Elements stand in the order
of their numbers, gaps do not count, and a single element may go without a number
(`AttributeName=All`).  Unknown parameters are passed over, also where they contradict each other.
"""

import binascii
import re
from collections.abc import Callable
from functools import lru_cache
from types import NoneType
from typing import Any, Final, NoReturn, TypeAlias

from tidegate.api.operation import EpochSeconds, FlatMap, OperationShape, Shape
from tidegate.base.refusals import (
    MalformedInput,
    MalformedQueryString,
    MissingRequiredParameterException,
)
from tidegate.wire.instants import parse_instant
from tidegate.wire.members import MemberType, members_of
from tidegate.wire.query_answer import encode, encode_json
from tidegate.wire.validate import check

__all__ = ["decode", "decode_checked", "encode", "encode_json", "parse_parameters"]

MAX_PARAMETERS: Final = 10_000
MAX_DEPTH: Final = 16
"""Steps in a name; the deepest one that means anything has ten, in SQS."""
MAX_INDEX_DIGITS: Final = 9
_SHORT_CHARS: Final = 256
_ARN: Final = "arn%3A"


class _Contradiction:
    """Stands in the tree where one parameter says a value and another one what is below it.
    Nobody minds it in what is unknown, so only who reads it refuses it."""


_CONTRADICTION: Final = _Contradiction()

Node: TypeAlias = "str | dict[str, Node] | _Contradiction"
Reader: TypeAlias = Callable[[Node, str], Any]
"""(node, name for error texts) to a value."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,19}")


def parse_parameters(raw: bytes) -> dict[str, str]:
    """The parameters of a query string or of a form's body; of two with one name the last counts.

    Raises MalformedQueryString for a bad percent escape or too many parameters, and MalformedInput
    for what is not UTF-8.
    """
    if raw.count(b"&") >= MAX_PARAMETERS:
        raise MalformedQueryString(f"There are more than {MAX_PARAMETERS} parameters.")
    parameters: dict[str, str] = {}
    try:
        # Escapes and all, a form is text already; what they stand for may be none.
        for pair in raw.decode().split("&"):
            if pair:
                name, _, value = pair.partition("=")
                if "%" in name or "+" in name:
                    name = _unescaped(name)
                if "%" in value or "+" in value:
                    is_arn = value.startswith(_ARN) and len(value) < _SHORT_CHARS
                    value = _unescaped_arn(value) if is_arn else _unescaped(value)
                parameters[name] = value
    except UnicodeDecodeError:
        raise MalformedInput("A parameter is not valid UTF-8.") from None
    return parameters


def decode(operation: OperationShape, parameters: dict[str, str]) -> Shape:
    """The operation's input.

    Raises MalformedInput for a value of a wrong type, and MissingRequiredParameterException for a
    required parameter that is absent.  A required list or map that is absent is an empty one: the
    protocol has no other way to write that.
    """
    shape: Shape = _WHOLE[operation.input](_tree(parameters), "")
    return shape


def decode_checked(operation: OperationShape, parameters: dict[str, str]) -> Shape:
    """The operation's input, which satisfies all that the service's model says of it.

    Raises MalformedInput for a value of a wrong type, and ValidationException with all else that is
    wrong.  An absent list is absent; an empty one is written as a name without value.
    """
    shape: Shape = _INCOMPLETE[operation.input](_tree(parameters), "")
    check(shape)
    return shape


def _unescaped(text: str) -> str:
    text = text.replace("+", " ")
    return _without_escapes(text.encode()).decode() if "%" in text else text


_unescaped_arn: Final = lru_cache(maxsize=4096)(_unescaped)
"""ARNs come again and again, and have many escapes."""


def _without_escapes(raw: bytes) -> bytes:
    """Quoted-printable is percent encoding with another sign, and its decoder is C: a body of a
    mebibyte that is all escapes takes a tenth of the time that urllib takes.

    Every escape must take two bytes away.  What is no escape takes fewer, but for a sign before the
    end of a line, where the decoder would drop the end of the line with it.
    """
    quoted = raw.replace(b"=", b"=3D").replace(b"%", b"=")
    plain = binascii.a2b_qp(quoted)
    if len(quoted) - len(plain) != 2 * quoted.count(b"=") or b"%\r" in raw or b"%\n" in raw:
        raise MalformedQueryString("The query string contains a bad percent escape.")
    return plain


def _tree(parameters: dict[str, str]) -> Node:
    root: dict[str, Node] = {}
    for path, value in parameters.items():
        if "." not in path:
            root[path] = _CONTRADICTION if path in root else value
            continue
        here = root
        *steps, last = path.split(".", MAX_DEPTH - 1)
        for step in steps:
            below = here.get(step)
            if below is None:
                below = here[step] = {}
            elif not isinstance(below, dict):
                here[step] = _CONTRADICTION
                break
            here = below
        else:
            here[last] = _CONTRADICTION if last in here else value
    return root


class _Readers(dict[type[Shape], Reader]):
    """The readers of shapes, each made when it is first asked for."""

    def __init__(self, refuse_missing: bool) -> None:
        """With `refuse_missing` a required member that is absent is refused; else it is None, and
        whoever checks the shape finds it."""
        super().__init__()
        self._refuse_missing = refuse_missing

    def __missing__(self, shape: type[Shape]) -> Reader:
        reader = self[shape] = self._structure(shape)
        return reader

    def _structure(self, shape: type[Shape]) -> Reader:
        readers: dict[str, tuple[str, Reader, str | None]] = {}
        """By a name in the tree: the member, and the name that comes before this one."""
        absents: list[tuple[str, Callable[[], Any]]] = []
        for member in members_of(shape):
            kind, flat_name = member.type.kind, member.type.flat_name
            reader = self._value(member.type)
            readers[member.name] = member.name, reader, flat_name
            if flat_name is not None:
                readers[flat_name] = member.name, reader, None
            if member.required and self._refuse_missing:
                absent = kind if kind in (list, dict) else _refuser(member.name)
                absents.append((member.name, absent))
            elif member.required:
                absents.append((member.name, NoneType))

        def read(node: Node, name: str) -> Shape:
            if not isinstance(node, dict):
                raise _wrong(node, name, "a structure")
            values: dict[str, Any] = {}
            for known_as, below in node.items():
                found = readers.get(known_as)
                if found is not None and (found[2] is None or found[2] not in node):
                    values[found[0]] = found[1](below, known_as)
            for member, absent in absents:
                if member not in values:
                    values[member] = absent()
            return shape(**values)

        return read

    def _value(self, type_: MemberType) -> Reader:
        if type_.kind is list and type_.element:
            return _list_reader(self._value(type_.element))
        if type_.kind is dict and type_.element:
            return _map_reader(self._value(type_.element), type_.entry)
        if type_.kind is int:
            return _integer_reader(type_.low, type_.high)
        return _SCALARS.get(type_.kind) or self[type_.kind]


def _refuser(member: str) -> Callable[[], NoReturn]:
    def refuse() -> NoReturn:
        raise _missing(member)

    return refuse


def _list_reader(element: Reader) -> Reader:
    def read(node: Node, name: str) -> list[Any]:
        return [element(below, name) for below in _elements(node, name)]

    return read


def _map_reader(value: Reader, names: FlatMap) -> Reader:
    def read(node: Node, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for below in _elements(node, name):
            if not isinstance(below, dict):
                raise _wrong(below, name, "an entry of a map")
            key = below.get(names.key, below.get("key"))
            at = below.get(names.value, below.get("value"))
            if key is None:
                raise _missing(f"{name}.{names.key}")
            if at is None:
                raise _missing(f"{name}.{names.value}")
            found[_read_text(key, f"{name}.{names.key}")] = value(at, f"{name}.{names.value}")
        return found

    return read


def _elements(node: Node, name: str) -> list[Node]:
    """The elements of a list or map in the order of their numbers."""
    if isinstance(node, str):
        # A client writes an empty list as a name without value.
        return [node] if node else []
    if not isinstance(node, dict):
        raise _wrong(node, name, "a list")
    numbered: list[tuple[int, Node]] = []
    for step, below in node.items():
        if step.isascii() and step.isdigit():
            if len(step) > MAX_INDEX_DIGITS:
                raise MalformedInput(f"{name}.{step[:20]} is no usable number of an element.")
            numbered.append((int(step), below))
    if numbered:
        numbered.sort(key=lambda pair: pair[0])
        return [below for _, below in numbered]
    for step in ("member", "entry"):
        if step in node:
            return _elements(node[step], name)
    return [node]


def _read_text(node: Node, name: str) -> str:
    if isinstance(node, str):
        return node
    raise _wrong(node, name, "a single value")


def _read_boolean(node: Node, name: str) -> bool:
    text = _read_text(node, name).lower()
    if text not in ("true", "false"):
        raise _wrong(node, name, "true or false")
    return text == "true"


def _read_binary(node: Node, name: str) -> bytes:
    try:
        # A blob that stands in a form unescaped has spaces for its pluses.
        return binascii.a2b_base64(_read_text(node, name).replace(" ", "+"), strict_mode=True)
    except ValueError:
        raise _wrong(node, name, "base64") from None


def _read_instant(node: Node, name: str) -> float:
    try:
        return parse_instant(_read_text(node, name))
    except ValueError:
        raise _wrong(node, name, "a time in ISO 8601") from None


def _integer_reader(low: int, high: int) -> Reader:
    def read(node: Node, name: str) -> int:
        text = _read_text(node, name)
        if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
            raise _wrong(node, name, "an integer")
        return int(text)

    return read


_SCALARS: Final[dict[type[Any], Reader]] = {
    str: _read_text,
    bool: _read_boolean,
    bytes: _read_binary,
    EpochSeconds: _read_instant,
}


_WHOLE: Final = _Readers(refuse_missing=True)
_INCOMPLETE: Final = _Readers(refuse_missing=False)


def _wrong(node: Node, name: str, expected: str) -> MalformedInput:
    if node is _CONTRADICTION:
        return MalformedInput(f"The parameters of {name} contradict each other.")
    return MalformedInput(f"The value of {name} is not what it should be: expected {expected}.")


def _missing(name: str) -> MissingRequiredParameterException:
    return MissingRequiredParameterException(f"The request must contain the parameter {name}.")
