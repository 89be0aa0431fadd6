"""Removing much at once: in pieces, for a record of the log has a bound."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tidegate.base.call import Call
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import EntityName
from tidegate.runtime.definitions import Decision, Definitions

_PIECE_CHARACTERS: Final = 400_000
"""Of the names in one record, which must stay below 2 MiB whatever characters they are of."""
_FRAMING: Final = 40


def remove_all(
    definitions: Definitions, call: Call, names: Iterable[EntityName], answer: Any = None
) -> None:
    """Remove in this order, and answer once the last one's removal is durable."""
    last: tuple[EntityName, ...] = ()
    for piece in _pieces(names):
        if last:
            definitions.note(Changes(removed=last))
        last = piece
    definitions.change(call, lambda entities, now: Decision(Changes(removed=last), answer))


def _pieces(names: Iterable[EntityName]) -> Iterator[tuple[EntityName, ...]]:
    piece: list[EntityName] = []
    characters = 0
    for name in names:
        size = len(name.scope) + len(name.key) + _FRAMING
        if characters + size > _PIECE_CHARACTERS and piece:
            yield tuple(piece)
            piece, characters = [], 0
        piece.append(name)
        characters += size
    if piece:
        yield tuple(piece)
