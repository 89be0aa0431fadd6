"""A backlog: the slots of messages that wait, in order, at eight bytes each."""

from array import array
from collections.abc import Callable, Iterator

_SWEEP_AT = 512
_PIECE = 4096


class Backlog:
    """A first-in, first-out queue of slots.

    It does not know which of its slots are still alive; whoever reads it skips the dead ones, which
    keeps a deletion from the middle free of charge.
    """

    __slots__ = ("_head", "_slots")

    def __init__(self) -> None:
        self._slots = array("Q")
        self._head = 0

    def __len__(self) -> int:
        """How many slots stand in it, dead ones included."""
        return len(self._slots) - self._head

    def append(self, slot: int) -> None:
        self._slots.append(slot)

    def append_run(self, first: int, count: int) -> None:
        """Add `count` neighbouring slots at the end."""
        self._slots.extend(range(first, first + count))

    def head(self) -> int:
        """The first slot, or -1."""
        return self._slots[self._head] if self._head < len(self._slots) else -1

    def peek(self, limit: int) -> list[int]:
        """The first slots, at most `limit`."""
        return self._slots[self._head : self._head + limit].tolist()

    def starts_with(self, slots: list[int]) -> bool:
        return self._slots[self._head : self._head + len(slots)].tolist() == slots

    def skip(self, count: int) -> None:
        """Take out the first `count` slots."""
        self._head += count - 1
        self.popleft()

    def popleft(self) -> None:
        self._head += 1
        # Sweeping once half of it is behind the head costs O(1) a slot in the long run.
        if self._head >= _SWEEP_AT and self._head * 2 >= len(self._slots):
            del self._slots[: self._head]
            self._head = 0
        elif self._head == len(self._slots):
            del self._slots[:]
            self._head = 0

    def keep(self, choose: Callable[[list[int]], list[int]]) -> None:
        """Drop the slots that `choose` does not give back of those it is given."""
        kept = array("Q")
        for start in range(self._head, len(self._slots), _PIECE):
            kept.extend(choose(self._slots[start : start + _PIECE].tolist()))
        self._slots = kept
        self._head = 0

    def __iter__(self) -> Iterator[int]:
        """The slots from the head on.  The backlog must not change meanwhile."""
        slots = self._slots
        for index in range(self._head, len(slots)):
            yield slots[index]

    def capture(self) -> "array[int]":
        """A copy of what is in it."""
        return self._slots[self._head :]

    def extend(self, slots: bytes) -> None:
        """Append slots as `capture().tobytes()` gives them."""
        self._slots.frombytes(slots)
