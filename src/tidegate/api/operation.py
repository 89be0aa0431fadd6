"""What the generated modules of this package are made of.

A service's module holds one `Shape` for each structure in AWS's model of the service, with AWS's
member names as field names, and the table `OPERATIONS`.  Lists and maps of the model are aliases,
and so are the scalars that may not have every value.  What the Query protocol calls the elements is
attached to the alias as `FlatList`, `FlatMap` or `EntryNames`, and what the values may be as a
`Constraint`.
"""

from typing import Annotated

import msgspec

Integer = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""AWS's `integer`: 32 bits."""

Long = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""AWS's `long`: 64 bits."""


class EpochSeconds(msgspec.Struct, frozen=True):
    """Marks a number that is an instant."""


Instant = Annotated[float, EpochSeconds()]
"""AWS's `timestamp`: seconds since 1970, in UTC; Query writes it as text (ISO 8601)."""


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A structure of a service's model.  An absent member is None, and is not written.

    Shapes are trees of plain values, so the garbage collector need not follow them.
    """


class NoInput(Shape, frozen=True, kw_only=True):
    """The input of an operation that takes none."""


class Constraint(msgspec.Struct, frozen=True):
    """What a value from a client must be, beyond its type."""

    least: int | None = None
    most: int | None = None
    """Bounds, both included, of a number's value, else of a length: characters of a string, bytes
    of a blob, elements of a list, entries of a map."""
    pattern: str | None = None
    """A regular expression of Java's, which the whole of a string must match."""
    enum: tuple[str, ...] = ()
    """All values that a string may have; any if there are none."""
    secret: bool = False
    """No error repeats the value."""


class FlatList(msgspec.Struct, frozen=True):
    """A list that the Query protocol writes as `name.1`, `name.2`, or as repeated `<name>`."""

    name: str
    query_json_name: str | None = None
    """What the JSON form of a Query answer calls the member, where that is not its name."""


class FlatMap(msgspec.Struct, frozen=True):
    """A map that the Query protocol writes as `name.1.key` and `name.1.value`."""

    name: str
    key: str
    value: str


class EntryNames(msgspec.Struct, frozen=True):
    """Of a map that is not flattened, the names that the Query protocol has instead of `key` and
    `value`: `name.entry.1.key`, `name.entry.1.value`."""

    key: str
    value: str


class ErrorShape(msgspec.Struct, frozen=True):
    """An error of a service, as the model describes it."""

    code: str
    """What clients know it by: in the Query protocol seldom the name of the shape."""
    status: int


class ServiceShape(msgspec.Struct, frozen=True):
    """What all operations of a service have in common."""

    name: str
    """AWS's endpoint prefix: the service in a signature and in an ARN."""
    api_version: str
    target_prefix: str | None
    """What stands before the operation's name in `X-Amz-Target`; None without AWS JSON."""
    json_version: str | None
    """The version in `application/x-amz-json-<version>`."""
    xml_namespace: str | None
    """The namespace of answers in the Query protocol; None without that protocol."""
    errors: dict[str, ErrorShape] = {}
    """By the name of the shape; empty where `wire` has a table of the service's own."""


class OperationShape(msgspec.Struct, frozen=True):
    """One operation of a service, as the model describes it."""

    service: ServiceShape
    name: str
    input: type[Shape]
    output: type[Shape] | None
    errors: tuple[str, ...]
    """The names of the errors that the model lists; any operation may also give common ones."""
    method: str = "POST"
    path: str = "/"
    status: int = 200
