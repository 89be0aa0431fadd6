"""Where the statements of a policy document stand in its text, by line and column, both from 1.

A statement begins right behind the bracket, comma or colon before it and ends right behind its
closing brace, as in the answers that AWS shows (API reference, SimulateCustomPolicy, examples).
"""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_decode: Final = json.JSONDecoder().raw_decode
_SPACE: Final = re.compile(r"\s*")


class Place(NamedTuple):
    line: int
    column: int


class Span(NamedTuple):
    start: Place
    end: Place


def statement_spans(document: str) -> list[Span]:
    """In the order of the statements.  The document is a policy that has been read before."""
    for name, start, end in _members(document):
        if name == "Statement":
            if document[_skip(document, start)] == "{":
                return [_span(document, start, end)]
            return [_span(document, *place) for place in _elements(document, start)]
    return []


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each member of the object that the text is."""
    at = text.index("{") + 1
    while text[_skip(text, at)] != "}":
        name, end = _decode(text, _skip(text, at))
        start = text.index(":", end) + 1
        _, end = _decode(text, _skip(text, start))
        yield name, start, end
        at = _behind_comma(text, end)


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each element of the array that comes at `at`."""
    at = _skip(text, at) + 1
    while text[_skip(text, at)] != "]":
        _, end = _decode(text, _skip(text, at))
        yield at, end
        at = _behind_comma(text, end)


def _behind_comma(text: str, end: int) -> int:
    at = _skip(text, end)
    return at + 1 if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _span(text: str, start: int, end: int) -> Span:
    return Span(_place(text, start), _place(text, end))


def _place(text: str, at: int) -> Place:
    line_start = text.rfind("\n", 0, at) + 1
    return Place(text.count("\n", 0, at) + 1, at - line_start + 1)
