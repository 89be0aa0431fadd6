"""Operators: what one value of a message is held against.

Each has `accepts(value)`, and `accepts_any(many)`, which says of many values whether it accepts one
of them, and does not go through them.  Whether a key's values satisfy a list of operators is for
`matching`: one value that one operator accepts is enough.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from tidegate.catalog.filter_policy.automaton import Pattern
from tidegate.catalog.filter_policy.many_values import ManyValues
from tidegate.catalog.filter_policy.values import NULL, Value, address_of


class Operator(Protocol):
    patterns: Sequence[Pattern]
    """Those that it asks many values for."""

    def accepts(self, value: Value) -> bool: ...

    def accepts_any(self, many: ManyValues) -> bool: ...


class Prefix:
    __slots__ = ("patterns", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.patterns: Sequence[Pattern] = ((text, ""),)

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.startswith(self.text)

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_fits(self.patterns[0])


class Suffix:
    __slots__ = ("patterns", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.patterns: Sequence[Pattern] = (("", text),)

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.endswith(self.text)

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_fits(self.patterns[0])


class EqualsIgnoreCase:
    __slots__ = ("folded",)

    patterns: Sequence[Pattern] = ()

    def __init__(self, text: str) -> None:
        self.folded = text.casefold()

    def accepts(self, value: Value) -> bool:
        return isinstance(value, str) and value.casefold() == self.folded

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_folds_to(self.folded)


class Wildcard:
    """Text between `*`s.  Each piece is looked for once, from left to right, which finds a match
    wherever there is one, in time proportional to the value."""

    __slots__ = ("_middle", "_width", "first", "last", "patterns")

    def __init__(self, pieces: Sequence[str]) -> None:
        self.patterns: Sequence[Pattern] = (tuple(pieces),)
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

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_fits(self.patterns[0])


class NumberRange:
    """Scaled numbers from `low` to `high`, both included."""

    __slots__ = ("high", "low")

    patterns: Sequence[Pattern] = ()

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def accepts(self, value: Value) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_number_in(self.low, self.high)


class AddressRange:
    """IP addresses of one version from `low` to `high`, both included."""

    __slots__ = ("high", "low", "version")

    patterns: Sequence[Pattern] = ()

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

    def accepts_any(self, many: ManyValues) -> bool:
        return many.any_address_in((self.version, self.low), (self.version, self.high))


class Exists:
    """A value that is neither null nor empty (developer guide, "Key matching")."""

    __slots__ = ()

    patterns: Sequence[Pattern] = ()

    def accepts(self, value: Value) -> bool:
        return value not in (NULL, "")

    def accepts_any(self, many: ManyValues) -> bool:
        # Values are distinct, and two are not accepted: this looks at three.
        return any(map(self.accepts, many.values))


class AnythingBut:
    """Whatever is not one of the values, and satisfies none of the operators."""

    __slots__ = ("_operators", "_values", "patterns")

    def __init__(self, values: frozenset[Value], operators: Sequence[Operator] = ()) -> None:
        """Either values or operators."""
        self._values = values
        self._operators = tuple(operators)
        self.patterns: Sequence[Pattern] = [
            pattern for operator in operators for pattern in operator.patterns
        ]

    def accepts(self, value: Value) -> bool:
        if value in self._values:
            return False
        return not any(operator.accepts(value) for operator in self._operators)

    def accepts_any(self, many: ManyValues) -> bool:
        if self.patterns:
            return many.any_is_unlike(self.patterns)
        # Values are distinct: one more than are excluded are looked at.
        return any(map(self.accepts, many.values))


EXISTS: Final = Exists()
