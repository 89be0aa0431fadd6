"""What a shape is made of, as codecs and checks need it: read from its annotations, once."""

from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from tidegate.api.operation import (
    Constraint,
    EntryNames,
    EpochSeconds,
    FlatList,
    FlatMap,
    Shape,
)

T = TypeVar("T")


class MemberType(msgspec.Struct, frozen=True):
    """The type of a member, of a list's element or of a map's value."""

    kind: type[Any]
    """list, dict, str, int, bool, bytes, EpochSeconds for an instant, or the class of a shape."""
    element: "MemberType | None" = None
    """Of a list its element, of a map its value."""
    key: "MemberType | None" = None
    """Of a map."""
    constraint: Constraint | None = None
    entry_names: EntryNames | None = None
    flat_list: FlatList | None = None
    flat_map: FlatMap | None = None
    low: int = 0
    high: int = 0
    """Bounds of an integer, both included."""

    @property
    def flat_name(self) -> str | None:
        """What the Query protocol calls the elements; None where they stand inside the member."""
        flat = self.flat_list or self.flat_map
        return None if flat is None else flat.name

    @property
    def entry(self) -> FlatMap:
        """The names of a map's entry, its key and its value."""
        names = self.entry_names or EntryNames("key", "value")
        return self.flat_map or FlatMap("entry", names.key, names.value)


class Member(msgspec.Struct, frozen=True):
    name: str
    type: MemberType
    required: bool


def members_of(shape: type[Shape]) -> list[Member]:
    """The members of a shape in the order of AWS's model."""
    hints = get_type_hints(shape, include_extras=True)
    return [
        Member(field.name, _type_of(_without_none(hints[field.name])), field.required)
        for field in msgspec.structs.fields(shape)
    ]


def _type_of(hint: Any) -> MemberType:
    plain, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    kind = get_origin(plain) or plain
    constraint = _note(notes, Constraint)
    if kind is int:
        bounds = _note(notes, msgspec.Meta) or msgspec.Meta()
        return MemberType(
            int, constraint=constraint, low=int(bounds.ge or 0), high=int(bounds.le or 0)
        )
    if _note(notes, EpochSeconds):
        return MemberType(EpochSeconds, constraint=constraint)
    if kind not in (list, dict):
        return MemberType(kind, constraint=constraint)
    *keys, element = get_args(plain)
    return MemberType(
        kind,
        element=_type_of(element),
        key=_type_of(keys[0]) if keys else None,
        constraint=constraint,
        entry_names=_note(notes, EntryNames),
        flat_list=_note(notes, FlatList),
        flat_map=_note(notes, FlatMap),
    )


def _note(notes: list[Any], kind: type[T]) -> T | None:
    return next((note for note in notes if isinstance(note, kind)), None)


def _without_none(hint: Any) -> Any:
    """The type of a member that may be absent: what stands beside None."""
    if NoneType not in get_args(hint):
        return hint
    return next(kind for kind in get_args(hint) if kind is not NoneType)
