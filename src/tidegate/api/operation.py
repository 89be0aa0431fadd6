"""What the generated modules of this package are made of.

A service's module holds one `Shape` for each structure in AWS's model of the service, with AWS's
member names as field names, and the table `OPERATIONS`.  Lists and maps of the model are aliases;
what the Query protocol calls their elements is attached to the alias as `FlatList` or `FlatMap`.
"""

from typing import Annotated

import msgspec

Integer = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""AWS's `integer`: 32 bits."""

Long = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""AWS's `long`: 64 bits."""


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A structure of a service's model.  An absent member is None, and is not written.

    Shapes are trees of plain values, so the garbage collector need not follow them.
    """


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


class OperationShape(msgspec.Struct, frozen=True):
    """One operation of a service, as the model describes it."""

    service: ServiceShape
    name: str
    input: type[Shape]
    output: type[Shape] | None
    errors: tuple[str, ...]
    """The names of the errors that the model lists; any operation may also give common ones."""
    method: str
    path: str
    status: int
