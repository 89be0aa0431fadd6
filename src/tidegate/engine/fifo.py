"""The order of a FIFO queue: strict within a message group, groups in turn.

A group's messages stand in the order they were sent.  At any time those that can be received are
the ones *before the first that is in flight or still delayed*.  From this one rule follows what
AWS documents and shows: a message in flight blocks the rest of its group, deleting some of those
received does not unblock it, and extending the visibility of the k-th hides k and all after it.

    touched   received at least once, not deleted: in flight, or visible again
    waiting   never received

Groups that have something to receive stand in `ready`.  A receive drains the first before it takes
from the next; a group that was used goes to the back as soon as it is ready again.

The slots of a group are hints, as in a standard queue: one whose message is gone is skipped.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from tidegate.engine.backlog import Backlog
from tidegate.engine.wheel import NEVER


class Group:
    """The messages of one message group."""

    __slots__ = ("due_at", "name", "touched", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.due_at = 0
        """When it is to be looked at since the delay of its first message ends; 0 for never."""
        self.touched: list[int] = []
        self.waiting = Backlog()


class FifoOrder:
    """Which messages of a FIFO queue come next.

    `alive(slot)` tells whether a message is there, `flying(slot)` whether it is in flight,
    `visible_at(slot)` when the delay of a message that was never received ends.
    """

    __slots__ = ("_alive", "_delayed", "_flying", "_visible_at", "groups", "ready")

    def __init__(
        self,
        alive: Callable[[int], bool],
        flying: Callable[[int], bool],
        visible_at: Callable[[int], int],
    ) -> None:
        self._alive = alive
        self._flying = flying
        self._visible_at = visible_at
        self.groups: dict[str, Group] = {}
        self.ready: OrderedDict[str, Group] = OrderedDict()
        self._delayed: list[tuple[int, str]] = []
        """When the first message of a group that is not ready ends its delay; may be too early."""

    def add(self, slot: int, name: str | None, now: int) -> None:
        """A message is in the queue, perhaps still delayed."""
        assert name is not None, "every message of a FIFO queue has a group"
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = Group(name)
        group.waiting.append(slot)
        # A group that is ready may have nothing left, where its retention ran out.
        if name not in self.ready or self._visible_at(slot) > now:
            self._refresh(group, now)

    def choose(self, limit: int, now: int) -> list[tuple[int, str | None]]:
        """The next messages, at most `limit`: (slot, group).

        Nothing changes that matters, but there may be a new deadline: a group whose first messages
        ran out of retention waits for the delay of the next.
        """
        chosen: list[tuple[int, str | None]] = []
        stale: list[Group] = []
        for name, group in self.ready.items():
            before = len(chosen)
            for slot in self._deliverable(group, now):
                chosen.append((slot, name))
                if len(chosen) == limit:
                    break
            if len(chosen) == limit:
                break
            if len(chosen) == before:
                stale.append(group)
        for group in stale:
            self._refresh(group, now)
        return chosen

    def take(self, slot: int, name: str | None) -> Group:
        """The message is handed out."""
        assert name is not None
        group = self.groups[name]
        if slot not in group.touched:
            waiting = group.waiting
            while waiting.head() != slot:
                assert not self._alive(waiting.head()), "a group is received in order"
                waiting.popleft()
            waiting.popleft()
            group.touched.append(slot)
        return group

    def fly(self, group: Group, count: int = 1) -> None:
        """So many more messages of the group are in flight; `settle` follows."""

    def settle(self, groups: list[Group], now: int) -> None:
        """After a receive: the groups it used go to the back, or wait for their messages."""
        for group in groups:
            self.ready.pop(group.name, None)
        for group in groups:
            self._refresh(group, now)

    def put_back(self, slot: int, group: Group, now: int) -> None:
        """The message is visible again."""
        self._refresh(group, now)

    def reappear(self, slot: int, group: Group, now: int) -> None:
        """The message is visible at once (it was never in flight); `settle` follows."""

    def finish(self, slots: list[int], group: Group, received_at: int, now: int) -> None:
        """The messages were deleted, or are gone otherwise."""
        for slot in slots:
            if slot in group.touched:
                group.touched.remove(slot)
        self._refresh(group, now)

    def discard(self, slot: int, name: str, now: int) -> None:
        """A visible message is gone."""
        group = self.groups.get(name)
        if group is not None:
            self.finish([slot], group, 0, now)

    def pass_time(self, now: int) -> list[str]:
        """Groups whose first message's delay has ended are ready; their names."""
        woken = []
        while self._delayed and self._delayed[0][0] <= now:
            due_at, name = heappop(self._delayed)
            group = self.groups.get(name)
            if group is None or group.due_at != due_at:
                continue
            group.due_at = 0
            if name not in self.ready:
                self._refresh(group, now)
                woken.append(name)
        return woken

    def next_deadline(self) -> int:
        return self._delayed[0][0] if self._delayed else NEVER

    def refresh_all(self, now: int) -> None:
        """The queue's delay has changed, which on a FIFO queue holds for waiting messages too."""
        self._delayed.clear()
        for group in list(self.groups.values()):
            group.due_at = 0
            self._refresh(group, now)

    def __len__(self) -> int:
        """How many groups it knows."""
        return len(self.groups)

    def sweep(self, now: int, live: int) -> None:
        """Drop the slots of messages that are gone, and the groups that have no others.

        Within a group the oldest go first, so they stand at its head.
        """
        for group in [each for each in self.groups.values() if self._first(each) < 0]:
            self._refresh(group, now)

    def lane_named(self, name: str | None) -> Group:
        """The group, made where it is new."""
        assert name is not None
        return self.groups.setdefault(name, Group(name))

    # --- a group ----------------------------------------------------------------------------

    def _first(self, group: Group) -> int:
        """The group's first message, or -1."""
        touched = group.touched
        while touched:
            if self._alive(touched[0]):
                return touched[0]
            del touched[0]
        head = group.waiting.head()
        while head >= 0 and not self._alive(head):
            group.waiting.popleft()
            head = group.waiting.head()
        return head

    def _refresh(self, group: Group, now: int) -> None:
        """Put the group where it belongs: ready, waiting for its delay, blocked, or forgotten."""
        name = group.name
        first = self._first(group)
        if first < 0:
            self.groups.pop(name, None)
            self.ready.pop(name, None)
        elif self._flying(first):
            self.ready.pop(name, None)
        elif not group.touched and (visible_at := self._visible_at(first)) > now:
            self.ready.pop(name, None)
            if group.due_at != visible_at:
                group.due_at = visible_at
                heappush(self._delayed, (visible_at, name))
        elif name not in self.ready:
            self.ready[name] = group

    def _deliverable(self, group: Group, now: int) -> Iterator[int]:
        for slot in group.touched:
            if self._alive(slot):
                if self._flying(slot):
                    return
                yield slot
        for slot in group.waiting:
            if self._alive(slot):
                if self._visible_at(slot) > now:
                    return
                yield slot
