"""Many patterns held against many texts: what a text's characters say is learnt once for all.

A pattern is text between `*`s, as its pieces.  The patterns stand behind one another in one number:
a pattern of n characters has n + 1 bits, of which bit i says that its first i characters have been
found, and the last one that all have.  A character moves each bit on that waits for it, and leaves
those in place before which a `*` stands.  What a set of bits becomes by a character is kept, so
that a text costs one look for each character, however many patterns there are.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import getitem
from typing import Final

Pattern = tuple[str, ...]

_KEPT_BITS: Final = 1 << 26
_MOST_STATES: Final = 1 << 14
_FEWEST_STATES: Final = 16
"""How many sets of bits are kept: 8 MiB of them, within these bounds."""


class _State(dict[str, "_State"]):
    """What has been found so far, and by character the state that follows."""

    __slots__ = ("automaton", "found")

    automaton: "Automaton"
    found: int

    def __missing__(self, character: str) -> "_State":
        # All in one function, and no constructor: strange texts come here with each character.
        automaton, found = self.automaton, self.found
        moved = (found & automaton.takes.get(character, 0)) << 1
        following = automaton.state(moved | (found & automaton.loops))
        self[character] = following
        return following


class Automaton:
    __slots__ = ("_ends", "_most", "_start", "_states", "_whole", "loops", "takes")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        takes: dict[str, list[int]] = {}
        starts: list[int] = []
        loops: list[int] = []
        self._ends: dict[Pattern, int] = {}
        """Where each pattern's last bit is."""
        bit = 0
        for pattern in dict.fromkeys(patterns):
            starts.append(bit)
            for number, piece in enumerate(pattern):
                if number:
                    loops.append(bit)
                for character in piece:
                    takes.setdefault(character, []).append(bit)
                    bit += 1
            self._ends[pattern] = bit
            bit += 1
        self.takes = {character: _bits(places, bit) for character, places in takes.items()}
        self.loops = _bits(loops, bit)
        self._whole = _bits(self._ends.values(), bit)
        self._start = _bits(starts, bit)
        self._states: dict[int, _State] = {}
        self._most = min(_MOST_STATES, max(_FEWEST_STATES, _KEPT_BITS // (bit + 1)))

    def state(self, found: int) -> _State:
        state = self._states.get(found)
        if state is None:
            if len(self._states) >= self._most:
                self._forget()
            state = self._states[found] = _State()
            state.automaton = self
            state.found = found
        return state

    def _forget(self) -> None:
        # States that lead to themselves would wait for the collector.
        for state in self._states.values():
            state.clear()
        self._states.clear()

    def fits(self, texts: Iterable[str]) -> "Fits":
        """Which of the patterns fit which of the texts."""
        start = self.state(self._start)
        whole = self._whole
        fitting = {reduce(getitem, text, start).found & whole for text in texts}
        self._forget()
        return Fits(self._ends, fitting)


class Fits:
    """What `Automaton.fits` found."""

    __slots__ = ("_any", "_ends", "_of_texts")

    def __init__(self, ends: dict[Pattern, int], of_texts: set[int]) -> None:
        self._ends = ends
        self._of_texts = of_texts
        """The patterns that fit a text, as bits; each set once."""
        self._any = 0
        for fitting in of_texts:
            self._any |= fitting

    def any_fits(self, pattern: Pattern) -> bool:
        """Whether the pattern fits one of the texts."""
        return bool(self._any >> self._ends[pattern] & 1)

    def any_is_unlike(self, patterns: Sequence[Pattern]) -> bool:
        """Whether none of these patterns fits one of the texts."""
        unwanted = sum(1 << self._ends[pattern] for pattern in set(patterns))
        return any(not fitting & unwanted for fitting in self._of_texts)


def _bits(places: Iterable[int], size: int) -> int:
    """The number with bits at these places; set in bytes, for a number is copied with each bit."""
    bits = bytearray(size // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
