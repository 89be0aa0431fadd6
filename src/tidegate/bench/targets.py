"""The goals that Tidegate is measured against (one worker), by row of the report."""

from typing import NamedTuple

from tidegate.bench.rows import Row


class Target(NamedTuple):
    row: str
    metric: str
    bound: float
    at_least: bool

    def text(self) -> str:
        return f"{self.metric} {'>=' if self.at_least else '<='} {self.bound:g}"

    def reached(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


TARGETS = (
    Target("send/64", "ratio", 0.60, True),
    Target("send/64", "p99_ms", 10, False),
    # On a disk that syncs in 0.1 ms; the report shows what this one needs.
    Target("send/1", "p50_ms", 1, False),
    Target("batch/64", "ratio", 2.5, True),
    Target("drain/64", "ratio", 2.0, True),
    Target("pipeline/half", "p50_ms", 3, False),
    Target("pipeline/half", "p99_ms", 15, False),
    Target("fan-out/1", "ratio", 0.45, True),
    Target("fan-out/100", "ratio", 5, True),
    Target("secured/send/64", "of_plain", 0.9, True),
    Target("secured/drain/64", "of_plain", 0.9, True),
    Target("backlog/1000000", "above_idle_mb", 60, False),
    Target("backlog/1000000", "restart_s", 1, False),
    Target("backlog/1000000", "killed_restart_s", 1, False),
    Target("backlog/10000000", "above_idle_mb", 400, False),
    Target("backlog/10000000", "restart_s", 5, False),
    Target("backlog/10000000", "killed_restart_s", 5, False),
    Target("backlog/10000000", "of_empty", 0.9, True),
    Target("idle", "start_s", 0.4, False),
    Target("idle", "resident_mb", 60, False),
    Target("idle", "waiting_cpu_percent", 1, False),
)


class Verdict(NamedTuple):
    target: Target
    value: float
    reached: bool


def judge(row: Row) -> list[Verdict]:
    """How the row stands to its goals."""
    return [
        Verdict(target, row.metrics[target.metric], target.reached(row.metrics[target.metric]))
        for target in TARGETS
        if target.row == row.name and target.metric in row.metrics
    ]
