"""A message as filter policies see it: paths, each with its values.

In a body the values of an array stand for their array, so one of them is enough.  An object in an
array is another matter: what two conditions find in one array must be in the same element of it.
So each value has a *place*: the innermost array element that holds it, or 0 for the body itself.
Places form a tree (`Fields.elements`).  Event Ruler calls this array consistency.
"""

import json
from collections.abc import Container, Mapping
from typing import Any, Final

from tidegate.catalog.filter_policy.many_values import ManyValues
from tidegate.catalog.filter_policy.values import FALSE, NULL, TRUE, Value, number_value

Attributes = Mapping[str, tuple[str, str | bytes]]
"""Name → (data type, value): `String`, `Number` and `String.Array` have text (of an array its
JSON), `Binary` has bytes.  A label after the type, as in `Number.float`, does not matter."""

Field = dict[Value, list[int]]
"""The values of one path, and the places of each."""

_ROOT: Final = (-1, -1)


class Fields:
    """The paths of one message that policies ask for."""

    __slots__ = ("by_path", "elements", "is_bare", "many")

    def __init__(self, by_path: dict[str, Field], *, is_bare: bool = False) -> None:
        self.by_path = by_path
        self.is_bare = is_bare
        """Whether the message has no attributes at all: SNS then finds none absent either
        (developer guide, "Key matching")."""
        self.elements: list[tuple[int, int]] = [_ROOT]
        """By place: the place that holds the element's array, and the number of that array."""
        self.many: dict[str, ManyValues] = {}
        """Those of the paths that have too many values to go through for each condition."""

    def add(self, path: str, value: Value, place: int = 0) -> None:
        field = self.by_path.get(path)
        if field is None:
            self.by_path[path] = {value: [place]}
        else:
            field.setdefault(value, []).append(place)


class _Numeral(str):
    """A number of a JSON text, kept as it was written."""

    __slots__ = ()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_JSON: Final = json.JSONDecoder(
    parse_int=_Numeral, parse_float=_Numeral, parse_constant=_refuse_constant
)


def _parsed(text: str) -> Any:
    """The JSON value, None where the text is no JSON (or is `null`, which is no object either)."""
    try:
        return _JSON.decode(text)
    except (ValueError, RecursionError):
        return None


def _scalar(value: Any) -> Value:
    if isinstance(value, _Numeral):
        return number_value(value)
    if isinstance(value, str):
        return value
    if value is None:
        return NULL
    return TRUE if value else FALSE


def attribute_fields(attributes: Attributes, wanted: Container[str]) -> Fields:
    """A message's attributes; those of type Binary are not seen by filters (developer guide,
    "Filter policy constraints")."""
    fields = Fields({}, is_bare=True)
    for name, (data_type, value) in attributes.items():
        if not isinstance(value, str) or data_type.startswith("Binary"):
            continue
        fields.is_bare = False
        if name not in wanted:
            continue
        if data_type in ("String.Array", "Number.Array"):
            for item in _array(value):
                fields.add(name, item)
        elif data_type.startswith("Number"):
            fields.add(name, number_value(value))
        else:
            fields.add(name, value)
    return fields


def _array(text: str) -> list[Value]:
    """The scalars of a JSON array; text that is none has no values."""
    array = _parsed(text)
    if not isinstance(array, list):
        return []
    return [_scalar(item) for item in array if not isinstance(item, list | dict)]


def body_fields(body: str, wanted: Container[str]) -> Fields | None:
    """What `wanted` has of the body: paths, and all that they start with.  None where the body is
    no JSON object."""
    document = _parsed(body)
    if not isinstance(document, dict):
        return None
    fields = Fields({})
    arrays = 0
    # An explicit stack, because a stranger decides how deep a body is nested.
    open_values: list[tuple[str | None, Any, int]] = [(None, document, 0)]
    while open_values:
        path, container, place = open_values.pop()
        if isinstance(container, dict):
            for name, value in container.items():
                inner = name if path is None else f"{path}.{name}"
                if inner not in wanted:
                    continue
                if isinstance(value, dict | list):
                    open_values.append((inner, value, place))
                else:
                    fields.add(inner, _scalar(value), place)
            continue
        arrays += 1
        assert path is not None
        for item in container:
            if isinstance(item, dict | list):
                fields.elements.append((place, arrays))
                open_values.append((path, item, len(fields.elements) - 1))
            else:
                fields.add(path, _scalar(item), place)
    return fields


def beginnings(path: str) -> list[str]:
    """The path, and every path that it lies under."""
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
