"""The order of a standard queue: best effort, and fair between tenants.

Messages wait in *lanes*: one for the messages without a group, one for each group (a tenant, see
AWS's page "Amazon SQS fair queues").  Within a lane, messages that came back (a visibility timeout
ran out) alternate with fresh ones, so that neither can starve the other.  Lanes are served by
their oldest message, as if they were one queue, except that the lanes of *noisy* tenants are
served only while no other lane has anything.

A tenant becomes noisy with more than 10 % of the messages in flight and at least 30 of its own, or
with more than 10 % of the processing time (of the messages finished in the present window of five
minutes; at least 30 of its own here too, so that one slow job is no flood).  It stays noisy until
its lane is empty or nothing came for it for five minutes.

The slots in a lane are hints: one whose message is gone or in flight is skipped.
"""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from itertools import islice

from tidegate.engine.backlog import Backlog

NOISY_SHARE = 10
"""A tenant is noisy above one in this many of the messages in flight, or of the time."""
NOISY_MINIMUM = 30
WINDOW_MS = 300_000


class Lane:
    """The waiting messages of one tenant (`name`), or of no tenant (None)."""

    __slots__ = (
        "finished",
        "fresh",
        "fresh_next",
        "in_flight",
        "last_sent_at",
        "name",
        "noisy",
        "processing_ms",
        "returned",
        "window",
    )

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.fresh = Backlog()
        self.returned = Backlog()
        self.fresh_next = False
        self.in_flight = 0
        self.last_sent_at = 0
        self.noisy = False
        self.window = 0
        self.finished = 0
        self.processing_ms = 0


class _Drawn:
    """A lane that messages are drawn from: the one at its head, and those behind it."""

    __slots__ = ("_slots", "head")

    def __init__(self, slots: Iterator[int]) -> None:
        self._slots = slots
        self.head = next(slots)

    def advance(self) -> None:
        self.head = next(self._slots, -1)


class StandardOrder:
    """Which messages of a standard queue come next.

    `available(slot)` tells whether a message is there and not in flight, `available_of` which of
    several are; `in_flight()` how many of the queue's messages are in flight.
    """

    __slots__ = (
        "_available",
        "_available_of",
        "_heap",
        "_in_flight",
        "_noisy",
        "_plain",
        "_processing_ms",
        "_window",
        "lanes",
    )

    def __init__(
        self,
        available: Callable[[int], bool],
        available_of: Callable[[list[int]], list[int]],
        in_flight: Callable[[], int],
    ) -> None:
        self._available = available
        self._available_of = available_of
        self._in_flight = in_flight
        self._plain = Lane(None)
        self.lanes: dict[str | None, Lane] = {None: self._plain}
        self._heap: list[tuple[int, str, Lane]] = []
        self._noisy: dict[str | None, Lane] = {}
        self._window = 0
        self._processing_ms = 0

    def add_plain(self, slot: int) -> None:
        """A message without a group can be received from now on, for the first time."""
        self._plain.fresh.append(slot)
        if len(self.lanes) > 1:
            self._announce(self._plain)

    def add_plain_run(self, first: int, count: int) -> None:
        """`add_plain` of neighbours."""
        self._plain.fresh.append_run(first, count)
        if len(self.lanes) > 1:
            self._announce(self._plain)

    def add(self, slot: int, group: str | None, now: int) -> None:
        """A message can be received from now on, for the first time."""
        if group is None:
            self.add_plain(slot)
            return
        if len(self.lanes) == 1:
            self._announce(self._plain)
        lane = self.lane_named(group)
        lane.last_sent_at = now
        lane.fresh.append(slot)
        if len(lane.fresh) == 1:
            self._announce(lane)

    def choose(self, limit: int, now: int) -> list[tuple[int, str | None]]:
        """The next messages, at most `limit`: (slot, lane).  Nothing changes yet."""
        if len(self.lanes) == 1:
            return [(slot, None) for slot in self.choose_plain(limit)]
        return self._choose_fairly(limit, now)

    def choose_plain(self, limit: int) -> list[int]:
        """The same for a queue whose messages have no groups."""
        lane = self._plain
        if not len(lane.returned):
            # The usual case: the next ones are fresh and there.
            chosen = self._available_of(lane.fresh.peek(limit))
            if len(chosen) == limit:
                return chosen
        return list(islice(self._peek(lane), limit))

    @property
    def is_plain(self) -> bool:
        """No message has a group."""
        return len(self.lanes) == 1

    def take_plain(self, slots: list[int]) -> Lane:
        """Messages that `choose_plain` gave are handed out."""
        lane = self._plain
        if not len(lane.returned) and lane.fresh.starts_with(slots):
            lane.fresh.skip(len(slots))
            lane.fresh_next = False
        else:
            for slot in slots:
                self.take(slot, None)
        return lane

    def take(self, slot: int, group: str | None) -> Lane:
        """The message is handed out.

        One that is not at the head of its lane stays where it stands, and is skipped there while it
        is in flight; so is one that was hidden again without a receive, whose lane nobody knows.
        Both may then stand in a second place.
        """
        lane = self.lane_named(group)
        self._trim(lane.returned)
        if lane.returned.head() == slot:
            lane.returned.popleft()
            lane.fresh_next = True
        else:
            self._trim(lane.fresh)
            if lane.fresh.head() == slot:
                lane.fresh.popleft()
            lane.fresh_next = False
        return lane

    def fly(self, lane: Lane, count: int = 1) -> None:
        """So many more messages of the lane are in flight."""
        lane.in_flight += count

    def settle(self, lanes: list[Lane], now: int) -> None:
        """After a receive: lanes that it emptied are forgotten, the others wait on."""
        if len(self.lanes) == 1:
            return
        for lane in lanes:
            self._announce(lane)
            if lane.noisy and self._head(lane) < 0:
                self._make_quiet(lane)
            self._forget_if_idle(lane)

    def put_back(self, slot: int, lane: Lane, now: int) -> None:
        """The message is visible again."""
        lane.in_flight -= 1
        self.reappear(slot, lane, now)

    def reappear(self, slot: int, lane: Lane, now: int) -> None:
        """The message is visible again, or at once (it was never in flight)."""
        lane.returned.append(slot)
        if len(self.lanes) > 1:
            self._announce(lane)

    def finish(self, slots: list[int], lane: Lane, received_at: int, now: int) -> None:
        """The messages were deleted, or are gone otherwise, while in flight together."""
        count = len(slots)
        lane.in_flight -= count
        if len(self.lanes) > 1:
            self._count_processing(lane, count, count * (now - received_at), now)
            self._forget_if_idle(lane)

    def discard(self, slot: int, group: str, now: int) -> None:
        """A visible message is gone; its slot is skipped where it stands."""

    def __len__(self) -> int:
        """How many lanes there are."""
        return len(self.lanes)

    def sweep(self, now: int, live: int) -> None:
        """Drop the slots of messages that are gone, and the lanes that have no others; out of the
        middle of lanes once they are more than what is there (`live` messages)."""
        for lane in list(self.lanes.values()):
            self._trim(lane.fresh)
            self._trim(lane.returned)
            self._forget_if_idle(lane)
        lanes = self.lanes.values()
        if sum(len(lane.fresh) + len(lane.returned) for lane in lanes) > 2 * live + 64:
            for lane in lanes:
                lane.fresh.keep(self._available_of)
                lane.returned.keep(self._available_of)

    # --- snapshots --------------------------------------------------------------------------

    def lane_named(self, name: str | None) -> Lane:
        """The lane, made where it is new."""
        lane = self.lanes.get(name)
        if lane is None:
            lane = self.lanes[name] = Lane(name)
        return lane

    def announce_all(self) -> None:
        """Every lane is restored."""
        for lane in list(self.lanes.values()):
            self._announce(lane)

    # --- a lane -----------------------------------------------------------------------------

    def _trim(self, backlog: Backlog) -> None:
        head = backlog.head()
        while head >= 0 and not self._available(head):
            backlog.popleft()
            head = backlog.head()

    def _peek(self, lane: Lane) -> Iterator[int]:
        """The lane's messages in the order in which they would be handed out."""
        self._trim(lane.fresh)
        self._trim(lane.returned)
        available = self._available
        if not len(lane.returned):
            for slot in lane.fresh:
                if available(slot):
                    yield slot
            return
        seen: set[int] = set()
        sources = [iter(lane.returned), iter(lane.fresh)]
        turn = 1 if lane.fresh_next else 0
        while sources:
            slot = next(sources[turn % len(sources)], -1)
            if slot < 0:
                del sources[turn % len(sources)]
                continue
            if slot not in seen and available(slot):
                seen.add(slot)
                turn += 1
                yield slot

    def _head(self, lane: Lane) -> int:
        return next(self._peek(lane), -1)

    def _forget_if_idle(self, lane: Lane) -> None:
        if lane.name is None or lane.in_flight or self._head(lane) >= 0:
            return
        self.lanes.pop(lane.name, None)
        self._noisy.pop(lane.name, None)

    # --- fairness ---------------------------------------------------------------------------

    def _announce(self, lane: Lane) -> None:
        """Put the lane's first message on the heap; an entry that is out of date does no harm."""
        head = self._head(lane)
        if head < 0:
            return
        heappush(self._heap, (head, lane.name or "", lane))
        if len(self._heap) > 4 * len(self.lanes) + 64:
            self._heap = [
                (slot, name or "", each)
                for name, each in self.lanes.items()
                if (slot := self._head(each)) >= 0
            ]
            heapify(self._heap)

    def _choose_fairly(self, limit: int, now: int) -> list[tuple[int, str | None]]:
        chosen: list[tuple[int, str | None]] = []
        drawn: dict[Lane, _Drawn] = {}
        seen: set[int] = set()
        self._quieten(now)
        self._draw(self._heap, limit, chosen, seen, drawn, now, sort_out_noisy=True)
        if len(chosen) < limit and self._noisy:
            heads = [
                (slot, name or "", lane)
                for name, lane in self._noisy.items()
                if (slot := self._head(lane)) >= 0
            ]
            heapify(heads)
            self._draw(heads, limit, chosen, seen, drawn, now, sort_out_noisy=False)
        for lane in drawn:
            self._announce(lane)
        return chosen

    def _draw(
        self,
        heap: list[tuple[int, str, Lane]],
        limit: int,
        chosen: list[tuple[int, str | None]],
        seen: set[int],
        drawn: "dict[Lane, _Drawn]",
        now: int,
        *,
        sort_out_noisy: bool,
    ) -> None:
        """Take messages by age from the lanes on `heap`, until `limit` are chosen.

        A message may stand in two lanes (see `take`); it is chosen once.
        """
        while heap and len(chosen) < limit:
            slot, _, lane = heappop(heap)
            source = drawn.get(lane)
            if source is None:
                head = self._head(lane)
                if head != slot:
                    if head >= 0 and self.lanes.get(lane.name) is lane:
                        heappush(heap, (head, lane.name or "", lane))
                    continue
                if sort_out_noisy and self._is_noisy(lane, now):
                    continue
                source = drawn[lane] = _Drawn(self._peek(lane))
            elif source.head != slot:
                continue
            if slot not in seen:
                seen.add(slot)
                chosen.append((slot, lane.name))
            source.advance()
            if source.head >= 0:
                heappush(heap, (source.head, lane.name or "", lane))

    def _is_noisy(self, lane: Lane, now: int) -> bool:
        if lane.name is None:
            return False
        if not lane.noisy and self._makes_noise(lane, now):
            lane.noisy = True
            self._noisy[lane.name] = lane
        return lane.noisy

    def _makes_noise(self, lane: Lane, now: int) -> bool:
        if lane.in_flight >= NOISY_MINIMUM and lane.in_flight * NOISY_SHARE > self._in_flight():
            return True
        return (
            lane.window == self._window == now // WINDOW_MS
            and lane.finished >= NOISY_MINIMUM
            and lane.processing_ms * NOISY_SHARE > self._processing_ms
        )

    def _quieten(self, now: int) -> None:
        """Tenants whose flood is over are served like the others again."""
        for lane in list(self._noisy.values()):
            if self._head(lane) < 0 or now - lane.last_sent_at >= WINDOW_MS:
                self._make_quiet(lane)

    def _make_quiet(self, lane: Lane) -> None:
        lane.noisy = False
        del self._noisy[lane.name]
        self._announce(lane)

    def _count_processing(self, lane: Lane, count: int, spent_ms: int, now: int) -> None:
        window = now // WINDOW_MS
        if self._window != window:
            self._window = window
            self._processing_ms = 0
        if lane.window != window:
            lane.window = window
            lane.finished = lane.processing_ms = 0
        lane.finished += count
        lane.processing_ms += spent_ms
        self._processing_ms += spent_ms
