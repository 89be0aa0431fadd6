"""A field of many values, as operators ask it: each looks something up, and goes through none.

A body may have tens of thousands of values in one array, and a topic hundreds of policies that ask
for it.  What the values are together is made once for a message, when an operator first asks.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from tidegate.catalog.filter_policy.automaton import Automaton, Fits, Pattern
from tidegate.catalog.filter_policy.values import Address, Value, address_of


class ManyValues:
    """The values of one path, each once."""

    def __init__(self, values: Collection[Value], automaton: Callable[[], Automaton]) -> None:
        """The automaton is that of all patterns that any policy has for the path."""
        self.values = values
        self._automaton = automaton

    @cached_property
    def _texts(self) -> list[str]:
        return [value for value in self.values if isinstance(value, str)]

    @cached_property
    def _fits(self) -> Fits:
        return self._automaton().fits(self._texts)

    @cached_property
    def _folded(self) -> set[str]:
        return {text.casefold() for text in self._texts}

    @cached_property
    def _numbers(self) -> list[int]:
        return sorted(value for value in self.values if isinstance(value, int))

    @cached_property
    def _addresses(self) -> list[Address]:
        return sorted(filter(None, map(address_of, self._texts)))

    def any_fits(self, pattern: Pattern) -> bool:
        """Whether a text fits the pattern, which must be one of those that are known."""
        return self._fits.any_fits(pattern)

    def any_is_unlike(self, patterns: Sequence[Pattern]) -> bool:
        """Whether there is a value that fits none of these patterns; what is no text fits none."""
        return len(self._texts) < len(self.values) or self._fits.any_is_unlike(patterns)

    def any_folds_to(self, folded: str) -> bool:
        return folded in self._folded

    def any_number_in(self, low: int, high: int) -> bool:
        """Whether a scaled number is in a range, both ends included."""
        at = bisect_left(self._numbers, low)
        return at < len(self._numbers) and self._numbers[at] <= high

    def any_address_in(self, low: Address, high: Address) -> bool:
        """Whether a text is an address in a range of one version, both ends included."""
        at = bisect_left(self._addresses, low)
        return at < len(self._addresses) and self._addresses[at] <= high
