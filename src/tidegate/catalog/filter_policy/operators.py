"""Operators: what one value of a message is held against.

Each has `accepts(value)`.  Whether a key's values satisfy a list of operators is for `matching`:
one value that one operator accepts is enough.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from tidegate.catalog.filter_policy.values import NULL, Value, address_of


class Operator(Protocol):
    def accepts(self, value: Value) -> bool: ...


class Prefix:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.startswith(self.text)


class Suffix:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.endswith(self.text)


class EqualsIgnoreCase:
    __slots__ = ("folded",)

    def __init__(self, text: str) -> None:
        self.folded = text.casefold()

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.casefold() == self.folded


class Wildcard:
    """Text between `*`s.  Each piece is looked for once, from left to right, which finds a match
    wherever there is one, in time proportional to the value."""

    __slots__ = ("_middle", "_width", "first", "last")

    def __init__(self, pieces: Sequence[str]) -> None:
        self.first = pieces[0]
        self.last = pieces[-1] if len(pieces) > 1 else None
        self._middle = tuple(piece for piece in pieces[1:-1] if piece)
        self._width = sum(map(len, pieces))

    def accepts(self, value: Value) -> bool:
        if not isinstance(value, str):
            return False
        if self.last is None:
            return value == self.first
        if len(value) < self._width or not value.startswith(self.first):
            return False
        if not value.endswith(self.last):
            return False
        at, end = len(self.first), len(value) - len(self.last)
        for piece in self._middle:
            at = value.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


class NumberRange:
    """Scaled numbers from `low` to `high`, both included."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def accepts(self, value: Value) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high


class AddressRange:
    """IP addresses of one version from `low` to `high`, both included."""

    __slots__ = ("high", "low", "version")

    def __init__(self, version: int, low: int, high: int) -> None:
        self.version = version
        self.low = low
        self.high = high

    def accepts(self, value: Value) -> bool:
        address = address_of(value) if isinstance(value, str) else None
        if address is None:
            return False
        version, number = address
        return version == self.version and self.low <= number <= self.high


class Exists:
    """A value that is neither null nor empty (developer guide, "Key matching")."""

    __slots__ = ()

    def accepts(self, value: Value) -> bool:
        return value not in (NULL, "")


class AnythingBut:
    """Whatever is not one of the values, and satisfies none of the operators."""

    __slots__ = ("_operators", "_values")

    def __init__(self, values: frozenset[Value], operators: Sequence[Operator] = ()) -> None:
        self._values = values
        self._operators = tuple(operators)

    def accepts(self, value: Value) -> bool:
        if value in self._values:
            return False
        return not any(operator.accepts(value) for operator in self._operators)


EXISTS: Final = Exists()
