"""The Query protocol's answers: a shape to XML, or to JSON where the client asks for that.

XML:   <SendMessageResponse xmlns=".."><SendMessageResult>..</SendMessageResult>
       <ResponseMetadata><RequestId>..</RequestId></ResponseMetadata></SendMessageResponse>
       A list stands in its member as <member>s and a map as <entry>s, unless the service has them
       flattened: then their elements stand in the member's place.
JSON:  {"SendMessageResponse":{"ResponseMetadata":{"RequestId":".."},"SendMessageResult":{..}}}

The JSON form, which a Query request gets with `Accept: application/json`, writes absent members as
null and a map as a list of its entries, as AWS does there and nowhere else.
"""

import binascii
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from tidegate.api.operation import EpochSeconds, FlatMap, OperationShape, Shape
from tidegate.wire.instants import instant_text
from tidegate.wire.members import MemberType, members_of
from tidegate.wire.xml_text import document, escape

Writer: TypeAlias = Callable[[Any, list[str]], None]
"""Appends the content of an element, or of the elements of a member."""
ToJson: TypeAlias = Callable[[Any], Any]

_writers: dict[type[Shape], Writer] = {}
_to_json: dict[type[Shape], ToJson] = {}
_encode_sorted: Final = msgspec.json.Encoder(order="sorted").encode


def encode(operation: OperationShape, output: Shape | None, request_id: str) -> bytes:
    """The XML document that answers the operation."""
    name = operation.name
    parts = [f'<?xml version="1.0"?><{name}Response xmlns="{operation.service.xml_namespace}">']
    if operation.output is not None:
        parts.append(f"<{name}Result>")
        if output is not None:
            _shape_writer(operation.output)(output, parts)
        parts.append(f"</{name}Result>")
    parts.append(
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
    )
    return document(parts)


def encode_json(operation: OperationShape, output: Shape | None, request_id: str) -> bytes:
    """The same answer in JSON."""
    response: dict[str, Any] = {"ResponseMetadata": {"RequestId": request_id}}
    if operation.output is not None:
        result = {} if output is None else _shape_to_json(operation.output)(output)
        response[f"{operation.name}Result"] = result
    return _encode_sorted({f"{operation.name}Response": response})


# --- XML ----------------------------------------------------------------------------------------


def _shape_writer(shape: type[Shape]) -> Writer:
    writer = _writers.get(shape)
    if writer is None:
        writer = _writers[shape] = _structure_writer(shape)
    return writer


def _structure_writer(shape: type[Shape]) -> Writer:
    members = [
        (member.name, _member_writer(member.name, member.type)) for member in members_of(shape)
    ]

    def write(value: Any, parts: list[str]) -> None:
        for name, writer in members:
            member = getattr(value, name)
            if member is not None:
                writer(member, parts)

    return write


def _member_writer(name: str, type_: MemberType) -> Writer:
    """Writes a member with its tags: a flat list or map has no tag but those of its elements."""
    write = _content_writer(type_)
    return write if type_.flat_name else _tagged(name, write)


def _content_writer(type_: MemberType) -> Writer:
    if type_.kind is list and type_.element:
        return _list_writer(type_.flat_name or "member", _content_writer(type_.element))
    if type_.kind is dict and type_.element:
        return _map_writer(type_.entry, _content_writer(type_.element))
    return _SCALARS.get(type_.kind) or _shape_writer(type_.kind)


def _list_writer(tag: str, content: Writer) -> Writer:
    write_element = _tagged(tag, content)

    def write(value: Any, parts: list[str]) -> None:
        for element in value:
            write_element(element, parts)

    return write


def _map_writer(names: FlatMap, content: Writer) -> Writer:
    write_value = _tagged(names.value, content)
    before, between = f"<{names.name}><{names.key}>", f"</{names.key}>"
    after = f"</{names.name}>"

    def write(value: Any, parts: list[str]) -> None:
        for key, entry in value.items():
            parts += (before, escape(key), between)
            write_value(entry, parts)
            parts.append(after)

    return write


def _tagged(tag: str, content: Writer) -> Writer:
    before, after = f"<{tag}>", f"</{tag}>"

    def write(value: Any, parts: list[str]) -> None:
        parts.append(before)
        content(value, parts)
        parts.append(after)

    return write


def _write_text(value: Any, parts: list[str]) -> None:
    parts.append(escape(value))


def _write_integer(value: Any, parts: list[str]) -> None:
    parts.append(str(value))


def _write_boolean(value: Any, parts: list[str]) -> None:
    parts.append("true" if value else "false")


def _write_binary(value: Any, parts: list[str]) -> None:
    parts.append(binascii.b2a_base64(value, newline=False).decode("ascii"))


def _write_instant(value: Any, parts: list[str]) -> None:
    parts.append(instant_text(value))


_SCALARS: Final[dict[type[Any], Writer]] = {
    str: _write_text,
    int: _write_integer,
    bool: _write_boolean,
    bytes: _write_binary,
    EpochSeconds: _write_instant,
}


# --- JSON ---------------------------------------------------------------------------------------


def _shape_to_json(shape: type[Shape]) -> ToJson:
    convert = _to_json.get(shape)
    if convert is None:
        convert = _to_json[shape] = _structure_to_json(shape)
    return convert


def _structure_to_json(shape: type[Shape]) -> ToJson:
    members = []
    for member in members_of(shape):
        flat = member.type.flat_list
        name = flat.query_json_name if flat and flat.query_json_name else member.name
        members.append((member.name, name, _value_to_json(member.type)))

    def convert(value: Any) -> dict[str, Any]:
        found = {}
        for name, json_name, to_json in members:
            member = getattr(value, name)
            found[json_name] = None if member is None else to_json(member)
        return found

    return convert


def _value_to_json(type_: MemberType) -> ToJson:
    if type_.element is None:
        return _shape_to_json(type_.kind) if issubclass(type_.kind, Shape) else lambda value: value
    element, names = _value_to_json(type_.element), type_.entry
    if type_.kind is list:
        return lambda value: [element(each) for each in value]
    return lambda value: [
        {names.key: key, names.value: element(each)} for key, each in value.items()
    ]
