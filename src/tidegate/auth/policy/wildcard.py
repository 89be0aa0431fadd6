"""Patterns with `*` (any text) and `?` (any one character), and ARNs of such patterns.

A regular expression of many `.*` takes time that grows with a power of their number, and policies
come from strangers.  Here each piece between two `*` is looked for once, from left to right, which
finds a match wherever there is one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

Part = tuple[bool, str]
"""(literal, text): in literal text `*` and `?` stand for themselves."""

_MARKS: Final = re.compile(r"([*?])")
_ARN_FIELDS: Final = 6


class _Chunk:
    """Text without `*`, in which some characters may be anything."""

    __slots__ = ("_regex", "_text", "width")

    def __init__(self, pieces: Sequence[str | None]) -> None:
        self.width = sum(1 if piece is None else len(piece) for piece in pieces)
        self._text: str | None = None
        self._regex: re.Pattern[str] | None = None
        if None in pieces:
            pattern = "".join("." if piece is None else re.escape(piece) for piece in pieces)
            self._regex = re.compile(pattern, re.DOTALL)
        else:
            self._text = "".join(piece for piece in pieces if piece is not None)

    @property
    def text(self) -> str | None:
        """The chunk where it is plain text, None where it has a `?`."""
        return self._text

    def fits(self, text: str, at: int) -> bool:
        if self._text is not None:
            return text.startswith(self._text, at)
        assert self._regex is not None
        return self._regex.match(text, at) is not None

    def find(self, text: str, start: int, end: int) -> int:
        """Where the chunk first stands in text[start:end], -1 where it does not."""
        if self._text is not None:
            return text.find(self._text, start, end)
        assert self._regex is not None
        found = self._regex.search(text, start, end)
        return -1 if found is None else found.start()


class Wildcard:
    """One pattern.  `matches` takes time in proportion to the text, times the pattern at worst."""

    __slots__ = ("_first", "_last", "_middle", "_width", "exact")

    def __init__(self, parts: Iterable[Part]) -> None:
        chunks = [_Chunk(pieces) for pieces in _split(parts)]
        self.exact = chunks[0].text if len(chunks) == 1 else None
        self._first = chunks[0]
        self._last = chunks[-1] if len(chunks) > 1 else None
        self._middle = tuple(chunk for chunk in chunks[1:-1] if chunk.width)
        self._width = sum(chunk.width for chunk in chunks)

    def matches(self, text: str) -> bool:
        if self.exact is not None:
            return text == self.exact
        if self._last is None:
            return len(text) == self._width and self._first.fits(text, 0)
        if len(text) < self._width or not self._first.fits(text, 0):
            return False
        end = len(text) - self._last.width
        if not self._last.fits(text, end):
            return False
        at = self._first.width
        for chunk in self._middle:
            at = chunk.find(text, at, end)
            if at < 0:
                return False
            at += chunk.width
        return True


def wildcard(pattern: str) -> Wildcard:
    """The pattern as it is written, without variables."""
    return Wildcard([(False, pattern)])


def _split(parts: Iterable[Part]) -> list[list[str | None]]:
    """The pieces between the `*`s; None is a `?`."""
    chunks: list[list[str | None]] = [[]]
    for literal, text in parts:
        if literal:
            chunks[-1].append(text)
            continue
        for piece in _MARKS.split(text):
            if piece == "*":
                chunks.append([])
            elif piece == "?":
                chunks[-1].append(None)
            elif piece:
                chunks[-1].append(piece)
    return chunks


class ArnPattern:
    """An ARN whose six fields are patterns, each matched on its own; `*` alone is any text.

    The last field holds everything after the fifth colon.  With `complete`, an ARN that ends early
    goes on with `*` (user guide, "IAM JSON policy elements: Resource").
    """

    __slots__ = ("_anything", "_fields")

    def __init__(self, parts: Sequence[Part], *, complete: bool = False) -> None:
        self._anything = parts == ((False, "*"),)
        fields = [Wildcard(field) for field in _arn_fields(parts)]
        if complete:
            fields += [wildcard("*")] * (_ARN_FIELDS - len(fields))
        self._fields = tuple(fields)

    def matches(self, text: str) -> bool:
        if self._anything:
            return True
        values = text.split(":", _ARN_FIELDS - 1)
        if len(values) != _ARN_FIELDS or len(self._fields) != _ARN_FIELDS:
            return False
        # The fields at the end tell ARNs apart, those at the start hardly ever do.
        return all(map(Wildcard.matches, reversed(self._fields), reversed(values)))


def _arn_fields(parts: Iterable[Part]) -> list[list[Part]]:
    """The parts cut at the first five colons; a variable's value may have some of them."""
    fields: list[list[Part]] = [[]]
    for literal, text in parts:
        pieces = text.split(":", _ARN_FIELDS - len(fields))
        fields[-1].append((literal, pieces[0]))
        fields.extend([(literal, piece)] for piece in pieces[1:])
    return fields
