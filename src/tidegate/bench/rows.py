"""What a scenario gives: a row of numbers by name, and what went wrong."""

from statistics import median

from tidegate.bench.histogram import Histogram
from tidegate.bench.load import Run
from tidegate.bench.tally import Tally


class Row:
    """One line of the report.

    Metrics end in their unit: `_ms`, `_s`, `_mb` (1,000,000 bytes), `_percent` of one core; `rate`
    and `yardstick` are units a second, `ratio` is their quotient.
    """

    def __init__(self, name: str, unit: str) -> None:
        self.name = name
        self.unit = unit
        self.metrics: dict[str, float] = {}
        self.errors: dict[str, int] = {}
        self.samples: list[str] = []
        self.notes: dict[str, int] = {}

    def take(self, tally: Tally) -> None:
        """Add the errors and notes of a run."""
        for kind, count in tally.errors.items():
            self.errors[kind] = self.errors.get(kind, 0) + count
        for kind, count in tally.notes.items():
            self.notes[kind] = self.notes.get(kind, 0) + count
        self.samples = (self.samples + tally.samples)[:3]

    def latencies(self, times: Histogram) -> None:
        """Set the percentiles, in milliseconds."""
        for name, percent in (("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9)):
            self.metrics[f"{name}_ms"] = times.percentile(percent) / 1e6
        self.metrics["max_ms"] = times.max / 1e6


class Pairs:
    """Runs of the target and of the yardstick, taken in turns."""

    def __init__(self) -> None:
        self._targets: list[Run] = []
        self._yardsticks: list[Run] = []

    def add(self, target: Run, yardstick: Run) -> None:
        self._targets.append(target)
        self._yardsticks.append(yardstick)

    @property
    def rate(self) -> float:
        """The median rate of the target."""
        return median(run.rate for run in self._targets)

    def fill(self, row: Row, deliveries: bool = False) -> None:
        """Rates, ratio, latencies and shares of CPU: medians over the pairs, errors in sum.

        `deliveries`: latencies are those from send to receive, not those of calls.
        """
        pairs = list(zip(self._targets, self._yardsticks, strict=True))
        row.metrics["rate"] = self.rate
        row.metrics["yardstick"] = median(run.rate for run in self._yardsticks)
        # The machine may be slower in one pair than in the next, for both of a pair alike.
        row.metrics["ratio"] = median(
            target.rate / yardstick.rate if yardstick.rate else 0.0 for target, yardstick in pairs
        )
        times = Histogram()
        for run in self._targets:
            times.add(run.tally.deliveries if deliveries else run.tally.call_times)
            row.take(run.tally)
        for run in self._yardsticks:
            for kind, count in run.tally.errors.items():
                name = f"yardstick: {kind}"
                row.errors[name] = row.errors.get(name, 0) + count
        row.latencies(times)
        row.metrics["client_cpu_percent"] = 100 * median(run.client_cpu for run in self._targets)
        row.metrics["yardstick_client_cpu_percent"] = 100 * median(
            run.client_cpu for run in self._yardsticks
        )
        for name, runs in (("server", self._targets), ("yardstick", self._yardsticks)):
            shares = [run.server_cpu for run in runs if run.server_cpu is not None]
            if shares:
                row.metrics[f"{name}_cpu_percent"] = 100 * median(shares)
