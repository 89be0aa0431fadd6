"""Where the messages of a dead-letter queue came from, kept as runs of slots."""

from bisect import bisect_right
from collections.abc import Iterable


class Origins:
    """For each slot the ARN of the queue it was moved from as a dead letter; None where it was
    sent here.  Neighbours mostly share one, so a run costs what a slot would."""

    __slots__ = ("_sources", "first_slots")

    def __init__(self) -> None:
        self.first_slots: list[int] = []
        """Where a run begins; empty as long as no message can have come from elsewhere."""
        self._sources: list[str | None] = []

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self.first_slots)

    def note(self, slot: int, source: str | None) -> None:
        """The message of `slot`, the newest, came from `source`."""
        if source != (self._sources[-1] if self._sources else None):
            self.first_slots.append(slot)
            self._sources.append(source)

    def of(self, slot: int) -> str | None:
        run = bisect_right(self.first_slots, slot) - 1
        return self._sources[run] if run >= 0 else None

    def keep(self, slots: Iterable[int]) -> None:
        """Forget the runs that have none of these slots, which are all that are left."""
        needed = {bisect_right(self.first_slots, slot) - 1 for slot in slots}
        self.restore([run for index, run in enumerate(self.dump()) if index in needed])

    def clear(self) -> None:
        self.first_slots.clear()
        self._sources.clear()

    def dump(self) -> list[tuple[int, str | None]]:
        return list(zip(self.first_slots, self._sources, strict=True))

    def restore(self, state: list[tuple[int, str | None]]) -> None:
        self.first_slots = [slot for slot, _ in state]
        self._sources = [source for _, source in state]
