"""Deadlines of messages: which slots fall due, and when the next does.

Slots that share a deadline share a bucket (the messages of one receive do), so a message costs
one entry in a dict and a heap operation only where its deadline is new.
"""

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

NEVER = 1 << 62
"""Later than any deadline."""


class Wheel:
    """Slots by deadline (integer milliseconds).  Not a queue: a slot is added under one deadline
    and must be removed under the same one."""

    __slots__ = ("_buckets", "_heap")

    def __init__(self) -> None:
        self._buckets: dict[int, dict[int, None]] = {}
        self._heap: list[int] = []

    def add(self, deadline: int, slot: int) -> None:
        bucket = self._buckets.get(deadline)
        if bucket is None:
            self._buckets[deadline] = {slot: None}
            heappush(self._heap, deadline)
        else:
            bucket[slot] = None

    def add_all(self, deadline: int, slots: list[int]) -> None:
        bucket = self._buckets.get(deadline)
        if bucket is None:
            self._buckets[deadline] = dict.fromkeys(slots)
            heappush(self._heap, deadline)
        else:
            bucket.update(dict.fromkeys(slots))

    def remove(self, deadline: int, slot: int) -> None:
        self.remove_all(deadline, (slot,))

    def remove_all(self, deadline: int, slots: Iterable[int]) -> None:
        """All of them were added under this deadline."""
        bucket = self._buckets[deadline]
        for slot in slots:
            del bucket[slot]
        if not bucket:
            del self._buckets[deadline]
            # The heap keeps the emptied deadline; it is swept before such ones outnumber the rest.
            if len(self._heap) > 2 * len(self._buckets) + 64:
                self._heap = list(self._buckets)
                heapify(self._heap)

    def next_deadline(self) -> int:
        """The earliest deadline that has a slot, or NEVER."""
        heap = self._heap
        while heap and heap[0] not in self._buckets:
            heappop(heap)
        return heap[0] if heap else NEVER

    def pop_due(self, now: int) -> Iterator[int]:
        """Take out the slots whose deadline is `now` or earlier, by deadline, then as added."""
        heap = self._heap
        while heap and heap[0] <= now:
            bucket = self._buckets.pop(heappop(heap), None)
            if bucket is not None:
                yield from bucket
