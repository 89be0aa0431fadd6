"""What one run counted."""

from tidegate.bench.histogram import Histogram

_SAMPLES = 3
_FOREVER = 1 << 62


class Tally:
    """Units, calls, latencies and errors of one run, within its window of time.

    Instants are nanoseconds of `time.perf_counter_ns`.  What is answered before `start_at` is
    warm-up and what is answered from `end_at` on is too late; errors count always.
    """

    def __init__(self) -> None:
        self.start_at = _FOREVER
        self.end_at = _FOREVER
        self.last_unit_at = 0
        self.units = 0
        self.units_ever = 0
        """With those of the warm-up and those that came too late."""
        self.calls = 0
        self.call_times = Histogram()
        """From the first byte of a request to the last of its answer."""
        self.deliveries = Histogram()
        """From the send of a message to its receive; the scripts that know it fill it in."""
        self.errors: dict[str, int] = {}
        self.samples: list[str] = []
        """The first few errors in full."""
        self.notes: dict[str, int] = {}
        """What is no error but worth telling, such as a message delivered twice."""

    def answered(self, units: int, now: int, sent_at: int) -> None:
        """Count a call that was answered well and the `units` that it finished."""
        self.units_ever += units
        if self.start_at <= now < self.end_at:
            self.calls += 1
            self.call_times.record(now - sent_at)
            if units:
                self.units += units
                self.last_unit_at = now

    def error(self, kind: str, sample: str = "", count: int = 1) -> None:
        """Count something that must not happen."""
        self.errors[kind] = self.errors.get(kind, 0) + count
        if sample and len(self.samples) < _SAMPLES:
            self.samples.append(f"{kind}: {sample}")

    def note(self, kind: str, count: int = 1) -> None:
        if count:
            self.notes[kind] = self.notes.get(kind, 0) + count

    @property
    def error_count(self) -> int:
        return sum(self.errors.values())

    def rate(self, finished_at: int) -> float:
        """Units a second, in a run that ended at `finished_at` or at the window's end.

        A run that ran out of work before the end is as long as the time to its last unit.
        """
        end = self.end_at if finished_at >= self.end_at else self.last_unit_at
        return self.units * 1e9 / (end - self.start_at) if self.units else 0.0
