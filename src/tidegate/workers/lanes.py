"""Who is served next: the delivery queues that have something, each at a width of its own.

A lane is one queue, that is one subscription.  How many of its jobs may be under way at once is its
width: it grows with each success, up to a bound, and falls to one with a failure that is worth
another try.  A lane that has failed last is suspect; all suspect lanes together have half of the
places, so however many endpoints hang, the others find the other half, and an endpoint that hangs
costs one place while it does.

Places are given in turn, one lane after the other, a few jobs each; sound and suspect lanes take
turns among themselves and with each other.

A lane may also have a rate.  Its bucket holds a tenth of a second's jobs and fills up so slowly
that no second, wherever it begins, sees more than the rate.

Pure: the clock's seconds come in, what to take comes out.
"""

from collections import deque
from typing import Final

MOST_UNDER_WAY: Final = 512
"""Jobs under way in all."""
WIDEST: Final = 16
"""Jobs of one lane under way."""
_FIRST_WIDTH: Final = 4
_BURSTS_A_SECOND: Final = 10


class Lane:
    """One delivery queue's state."""

    __slots__ = (
        "filled_at",
        "in_turn",
        "is_suspect",
        "is_taking",
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
        self.in_turn = False
        """Whether it stands in one of the two rows."""
        self.under_way = 0
        """Jobs under way, and places held for a take."""
        self.width = _FIRST_WIDTH
        self.is_suspect = False
        self.rate: int | None = None
        self.tokens = 1.0
        self.filled_at = 0.0

    def refill(self, now_s: float) -> None:
        rate = self.rate
        if rate is None:
            return
        burst = max(1, rate // _BURSTS_A_SECOND)
        gained = (now_s - self.filled_at) * (rate - burst + 1)
        self.tokens = min(float(burst), self.tokens + gained)
        self.filled_at = now_s

    def seconds_to_token(self) -> float:
        """Of a lane with a rate that has no token."""
        assert self.rate is not None
        burst = max(1, self.rate // _BURSTS_A_SECOND)
        return max(0.0, 1.0 - self.tokens) / (self.rate - burst + 1)


class Lanes:
    """All lanes."""

    def __init__(self, most_under_way: int = MOST_UNDER_WAY, widest: int = WIDEST) -> None:
        self._most = most_under_way
        self._widest = widest
        self._lanes: dict[str, Lane] = {}
        self._sound: deque[Lane] = deque()
        self._suspect: deque[Lane] = deque()
        self._suspects_turn = False
        self.under_way = 0
        self._suspects_under_way = 0

    def __len__(self) -> int:
        return len(self._lanes)

    def set_ready(self, queue: str) -> None:
        """It has something to be taken."""
        lane = self._lanes.get(queue)
        if lane is None:
            lane = self._lanes[queue] = Lane(queue)
        lane.ready = True
        self.enqueue(lane)

    def enqueue(self, lane: Lane) -> None:
        """Have it stand in its row, if there is something that it could get there."""
        if lane.in_turn or lane.is_taking or not lane.ready or lane.under_way >= lane.width:
            return
        lane.in_turn = True
        (self._suspect if lane.is_suspect else self._sound).append(lane)

    def next(self) -> Lane | None:
        """The lane whose turn it is, if there is a place for it; it leaves its row."""
        if self.under_way >= self._most:
            return None
        suspects_may = self._suspects_under_way < max(1, self._most // 2)
        rows = [self._sound, self._suspect if suspects_may else deque[Lane]()]
        if self._suspects_turn:
            rows.reverse()
        self._suspects_turn = not self._suspects_turn
        row = rows[0] or rows[1]
        if not row:
            return None
        lane = row.popleft()
        lane.in_turn = False
        return lane

    def hold(self, lane: Lane, rate: int | None, now_s: float) -> int:
        """Hold as many places for a take as the lane may have now; 0 if its rate says to wait."""
        if rate != lane.rate:
            lane.rate, lane.tokens, lane.filled_at = rate, 1.0, now_s
        lane.refill(now_s)
        places = min(lane.width - lane.under_way, self._most - self.under_way)
        if rate is not None:
            places = min(places, int(lane.tokens))
            lane.tokens -= places
        if places > 0:
            lane.is_taking = True
            # What becomes ready from here on may be missed by the take.
            lane.ready = False
            self._count(lane, places)
        return max(0, places)

    def taken(self, lane: Lane, held: int, jobs: int) -> None:
        """A take has brought so many jobs for the places held."""
        lane.is_taking = False
        self._count(lane, jobs - held)
        if lane.rate is not None:
            lane.tokens += held - jobs
        if jobs == held:
            lane.ready = True
        self._settle(lane)

    def finished(self, lane: Lane, *, is_sound: bool) -> None:
        """One job is no longer under way; its lane does well, or does not."""
        self._count(lane, -1)
        lane.width = min(lane.width * 2, self._widest) if is_sound else 1
        if lane.is_suspect == is_sound:
            self._change_row(lane, is_suspect=not is_sound)
        self._settle(lane)

    def _change_row(self, lane: Lane, *, is_suspect: bool) -> None:
        if lane.in_turn:
            (self._suspect if lane.is_suspect else self._sound).remove(lane)
            lane.in_turn = False
        self._suspects_under_way += lane.under_way if is_suspect else -lane.under_way
        lane.is_suspect = is_suspect

    def _settle(self, lane: Lane) -> None:
        """Have it stand in its row again, or forget it where there is nothing to know of it."""
        self.enqueue(lane)
        idle = not (lane.ready or lane.is_taking or lane.under_way)
        if idle and not lane.is_suspect and lane.rate is None:
            del self._lanes[lane.queue]

    def forget(self, queue: str) -> None:
        """The queue is gone."""
        lane = self._lanes.get(queue)
        if lane is not None and not (lane.is_taking or lane.under_way or lane.in_turn):
            del self._lanes[queue]

    def _count(self, lane: Lane, jobs: int) -> None:
        lane.under_way += jobs
        self.under_way += jobs
        if lane.is_suspect:
            self._suspects_under_way += jobs
