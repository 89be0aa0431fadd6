"""Who is served next: the delivery queues that have something, each at a width of its own.

A lane is one queue, that is one subscription.  How many of its jobs may be under way at once is its
width: it doubles with each success, up to a bound, and falls to one with a failure that is worth
another try.

A lane that has failed last, or that lets a job wait for longer than a second, is suspect until it
does well again.  Suspect lanes have places of their own, so that however many endpoints hang or are
slow, the others find theirs: jobs that turn out to be slow give their places back to the sound ones
while they go on.

    sound lanes      at most `most` jobs under way
    suspect lanes    a new job only while they have less than half of `most`
    together         at most twice `most`

Places are given in turn, one lane after the other, a few jobs each; sound and suspect lanes take
turns among themselves and with each other.

A lane may also have a rate.  Its bucket holds a tenth of a second's jobs and fills up so slowly
that no second, wherever it begins, sees more than the rate.

Pure: the clock's seconds come in, what to take comes out.
"""

from collections import deque
from typing import Final

MOST_UNDER_WAY: Final = 512
"""Jobs of sound lanes under way."""
WIDEST: Final = 16
"""Jobs of one lane under way."""
_FIRST_WIDTH: Final = 1
_BURSTS_A_SECOND: Final = 10
_ROUNDING: Final = 1e-6


class Lane:
    """One delivery queue's state; `Lanes` changes it."""

    __slots__ = (
        "filled_at",
        "in_row",
        "is_gone",
        "is_suspect",
        "is_taking",
        "is_throttled",
        "queue",
        "rate",
        "ready",
        "tokens",
        "under_way",
        "width",
    )

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.ready = False
        """Whether it may have something to be taken."""
        self.is_taking = False
        self.is_throttled = False
        """Whether it waits for its rate."""
        self.is_gone = False
        self.in_row = False
        self.under_way = 0
        """Jobs under way, and places held for a take."""
        self.width = _FIRST_WIDTH
        self.is_suspect = False
        self.rate: int | None = None
        self.tokens = 1.0
        self.filled_at = 0.0

    def set_rate(self, rate: int | None, now_s: float) -> None:
        if rate != self.rate:
            self.rate, self.tokens, self.filled_at = rate, 1.0, now_s

    @property
    def _burst(self) -> int:
        assert self.rate is not None
        return max(1, self.rate // _BURSTS_A_SECOND)

    def refill(self, now_s: float) -> None:
        if self.rate is not None:
            gained = (now_s - self.filled_at) * (self.rate - self._burst + 1)
            self.tokens = min(float(self._burst), self.tokens + gained)
            self.filled_at = now_s

    def seconds_to_token(self) -> float:
        """Of a lane with a rate."""
        assert self.rate is not None
        return max(0.0, 1.0 - self.tokens) / (self.rate - self._burst + 1)


class Lanes:
    """All lanes."""

    def __init__(self, most_under_way: int = MOST_UNDER_WAY, widest: int = WIDEST) -> None:
        self._most = most_under_way
        self._widest = widest
        self._lanes: dict[str, Lane] = {}
        self._sound: deque[Lane] = deque()
        self._suspect: deque[Lane] = deque()
        self._is_suspects_turn = False
        self.under_way = 0
        """Jobs under way in all, and places held."""
        self._suspects_under_way = 0

    def __len__(self) -> int:
        return len(self._lanes)

    def set_ready(self, queue: str) -> None:
        """It has something to be taken."""
        lane = self._lanes.get(queue)
        if lane is None:
            lane = self._lanes[queue] = Lane(queue)
        lane.ready, lane.is_gone = True, False
        self._enqueue(lane)

    def next(self) -> Lane | None:
        """The lane whose turn it is, if there is a place for it; it leaves its row."""
        if self.under_way >= 2 * self._most:
            return None
        rows = [self._sound] if self.under_way - self._suspects_under_way < self._most else []
        if self._suspects_under_way < max(1, self._most // 2):
            rows.append(self._suspect)
        if self._is_suspects_turn:
            rows.reverse()
        self._is_suspects_turn = not self._is_suspects_turn
        for row in rows:
            while row:
                lane = row.popleft()
                lane.in_row = False
                # It may have become narrower meanwhile; it stands here again when a job ends.
                if lane.under_way < lane.width:
                    return lane
        return None

    def hold(self, lane: Lane, rate: int | None, now_s: float) -> int:
        """Hold as many places for a take as the lane may have now.

        0 where its rate says to wait: then the lane is served again after `resume`.
        """
        lane.set_rate(rate, now_s)
        lane.refill(now_s)
        room = 2 * self._most - self.under_way
        if not lane.is_suspect:
            room = min(room, self._most - (self.under_way - self._suspects_under_way))
        places = min(lane.width - lane.under_way, room)
        if rate is not None:
            places = min(places, int(lane.tokens + _ROUNDING))
            lane.tokens -= places
        if places <= 0:
            lane.is_throttled = True
            return 0
        lane.is_taking = True
        # What becomes ready from here on may be missed by the take.
        lane.ready = False
        self._count(lane, places)
        return places

    def resume(self, lane: Lane) -> None:
        """Its rate has let enough time pass."""
        lane.is_throttled = False
        self._settle(lane)

    def taken(self, lane: Lane, held: int, jobs: int) -> None:
        """A take has brought so many jobs for the places held."""
        lane.is_taking = False
        self._count(lane, jobs - held)
        if lane.rate is not None:
            lane.tokens += held - jobs
        if jobs == held:
            lane.ready = True
        self._settle(lane)

    def slow(self, lane: Lane) -> None:
        """One of its jobs takes long."""
        self._suspect_it(lane, True)
        self._settle(lane)

    def finished(self, lane: Lane, *, is_failed: bool, is_slow: bool) -> None:
        """One job is no longer under way."""
        self._count(lane, -1)
        if is_failed:
            lane.width = 1
        elif not is_slow:
            lane.width = min(lane.width * 2, self._widest)
        self._suspect_it(lane, is_failed or is_slow)
        self._settle(lane)

    def forget(self, queue: str) -> None:
        """The queue is gone."""
        lane = self._lanes.get(queue)
        if lane is not None:
            lane.is_gone = True
            self._settle(lane)

    def _suspect_it(self, lane: Lane, is_suspect: bool) -> None:
        if lane.is_suspect is is_suspect:
            return
        if lane.in_row:
            (self._suspect if lane.is_suspect else self._sound).remove(lane)
            lane.in_row = False
        self._suspects_under_way += lane.under_way if is_suspect else -lane.under_way
        lane.is_suspect = is_suspect

    def _settle(self, lane: Lane) -> None:
        """Have it stand in its row, or forget it where there is nothing to know of it."""
        self._enqueue(lane)
        is_idle = not (
            lane.ready or lane.is_taking or lane.is_throttled or lane.in_row or lane.under_way
        )
        is_new_again = not lane.is_suspect and lane.rate is None
        if is_idle and (is_new_again or lane.is_gone):
            self._lanes.pop(lane.queue, None)

    def _enqueue(self, lane: Lane) -> None:
        """Have it stand in its row, if it could get something there."""
        if lane.in_row or lane.is_taking or lane.is_throttled or not lane.ready:
            return
        if lane.under_way < lane.width:
            lane.in_row = True
            (self._suspect if lane.is_suspect else self._sound).append(lane)

    def _count(self, lane: Lane, jobs: int) -> None:
        lane.under_way += jobs
        self.under_way += jobs
        if lane.is_suspect:
            self._suspects_under_way += jobs
