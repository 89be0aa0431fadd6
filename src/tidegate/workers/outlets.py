"""Who is served next: the delivery queues that have something, each at a width of its own.

An outlet is one queue, that is one subscription.  How many of its jobs may be under way at once is
its width: it doubles with each success, up to a bound, and falls to one with a failure that is
worth another try.

An outlet that has failed last, or that lets a job wait for longer than a second, is suspect until
it does well again.  Suspect outlets have places of their own, so that however many endpoints hang
or are slow, the others find theirs: jobs that turn out to be slow give their places back to the
sound ones while they go on.

    sound outlets      at most `most` jobs under way
    suspect outlets    a new job only while they have less than half of `most`
    together           at most twice `most`

Places are given in turn, one outlet after the other, a few jobs each; sound and suspect outlets
take turns among themselves and with each other.

An outlet may also have a rate.  Its bucket holds a tenth of a second's jobs and fills up so slowly
that no second, wherever it begins, sees more than the rate.

Pure: the clock's seconds come in, what to take comes out.
"""

from collections import deque
from typing import Final

MOST_UNDER_WAY: Final = 512
"""Jobs of sound outlets under way."""
WIDEST: Final = 16
"""Jobs of one outlet under way."""
_FIRST_WIDTH: Final = 1
_BURSTS_A_SECOND: Final = 10
_ROUNDING: Final = 1e-6


class Outlet:
    """One delivery queue's state; `Outlets` changes it."""

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
        """Of an outlet with a rate."""
        assert self.rate is not None
        return max(0.0, 1.0 - self.tokens) / (self.rate - self._burst + 1)


class Outlets:
    """All outlets."""

    def __init__(self, most_under_way: int = MOST_UNDER_WAY, widest: int = WIDEST) -> None:
        self._most = most_under_way
        self._widest = widest
        self._outlets: dict[str, Outlet] = {}
        self._sound: deque[Outlet] = deque()
        self._suspect: deque[Outlet] = deque()
        self._is_suspects_turn = False
        self.under_way = 0
        """Jobs under way in all, and places held."""
        self._suspects_under_way = 0

    def __len__(self) -> int:
        return len(self._outlets)

    def set_ready(self, queue: str) -> None:
        """It has something to be taken."""
        outlet = self._outlets.get(queue)
        if outlet is None:
            outlet = self._outlets[queue] = Outlet(queue)
        outlet.ready, outlet.is_gone = True, False
        self._enqueue(outlet)

    def next(self) -> Outlet | None:
        """The outlet whose turn it is, if there is a place for it; it leaves its row."""
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
                outlet = row.popleft()
                outlet.in_row = False
                # It may have become narrower meanwhile; it stands here again when a job ends.
                if outlet.under_way < outlet.width:
                    return outlet
        return None

    def hold(self, outlet: Outlet, rate: int | None, now_s: float) -> int:
        """Hold as many places for a take as the outlet may have now.

        0 where its rate says to wait: then the outlet is served again after `resume`.
        """
        outlet.set_rate(rate, now_s)
        outlet.refill(now_s)
        room = 2 * self._most - self.under_way
        if not outlet.is_suspect:
            room = min(room, self._most - (self.under_way - self._suspects_under_way))
        places = min(outlet.width - outlet.under_way, room)
        if rate is not None:
            places = min(places, int(outlet.tokens + _ROUNDING))
            outlet.tokens -= places
        if places <= 0:
            outlet.is_throttled = True
            return 0
        outlet.is_taking = True
        # What becomes ready from here on may be missed by the take.
        outlet.ready = False
        self._count(outlet, places)
        return places

    def resume(self, outlet: Outlet) -> None:
        """Its rate has let enough time pass."""
        outlet.is_throttled = False
        self._settle(outlet)

    def taken(self, outlet: Outlet, held: int, jobs: int) -> None:
        """A take has brought so many jobs for the places held."""
        outlet.is_taking = False
        self._count(outlet, jobs - held)
        if outlet.rate is not None:
            outlet.tokens += held - jobs
        if jobs == held:
            outlet.ready = True
        self._settle(outlet)

    def slow(self, outlet: Outlet) -> None:
        """One of its jobs takes long."""
        self._suspect_it(outlet, True)
        self._settle(outlet)

    def finished(self, outlet: Outlet, *, is_failed: bool, is_slow: bool) -> None:
        """One job is no longer under way."""
        self._count(outlet, -1)
        if is_failed:
            outlet.width = 1
        elif not is_slow:
            outlet.width = min(outlet.width * 2, self._widest)
        self._suspect_it(outlet, is_failed or is_slow)
        self._settle(outlet)

    def forget(self, queue: str) -> None:
        """The queue is gone."""
        outlet = self._outlets.get(queue)
        if outlet is not None:
            outlet.is_gone = True
            self._settle(outlet)

    def _suspect_it(self, outlet: Outlet, is_suspect: bool) -> None:
        if outlet.is_suspect is is_suspect:
            return
        if outlet.in_row:
            (self._suspect if outlet.is_suspect else self._sound).remove(outlet)
            outlet.in_row = False
        self._suspects_under_way += outlet.under_way if is_suspect else -outlet.under_way
        outlet.is_suspect = is_suspect

    def _settle(self, outlet: Outlet) -> None:
        """Have it stand in its row, or forget it where there is nothing to know of it."""
        self._enqueue(outlet)
        is_idle = not (
            outlet.ready
            or outlet.is_taking
            or outlet.is_throttled
            or outlet.in_row
            or outlet.under_way
        )
        is_new_again = not outlet.is_suspect and outlet.rate is None
        if is_idle and (is_new_again or outlet.is_gone):
            self._outlets.pop(outlet.queue, None)

    def _enqueue(self, outlet: Outlet) -> None:
        """Have it stand in its row, if it could get something there."""
        if outlet.in_row or outlet.is_taking or outlet.is_throttled or not outlet.ready:
            return
        if outlet.under_way < outlet.width:
            outlet.in_row = True
            (self._suspect if outlet.is_suspect else self._sound).append(outlet)

    def _count(self, outlet: Outlet, jobs: int) -> None:
        outlet.under_way += jobs
        self.under_way += jobs
        if outlet.is_suspect:
            self._suspects_under_way += jobs
