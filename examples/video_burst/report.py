"""What the run shows: a line a second, and at the end the totals and the verdict."""

from dataclasses import dataclass

COLUMNS = ("phase", "sent", "waiting", "in flight", "encoders", "done", "retried", "dead")


def heading() -> str:
    return _row(*COLUMNS)


@dataclass(frozen=True)
class Moment:
    """How things stand in one second of the run."""

    phase: str
    sent: int
    waiting: int
    in_flight: int
    encoders: int
    done: int
    retried: int
    dead: int

    def line(self) -> str:
        counts = (self.sent, self.waiting, self.in_flight, self.encoders, self.done)
        return _row(self.phase, *map(str, (*counts, self.retried, self.dead)))


def _row(phase: str, *cells: str) -> str:
    return f"{phase:<10}" + "".join(f"{cell:>11}" for cell in cells)


@dataclass(frozen=True)
class Totals:
    """How the run ended."""

    sent: int
    done: int
    done_twice: int
    minutes_sent: int
    minutes_billed: int
    poison: int
    dead: int
    """Jobs in the dead-letter queue, before they were sent back."""
    healthy_dead: int
    """Jobs without a result at that time that were no poison."""
    left: int
    """Jobs still in the queues at the end."""
    redelivered: int
    repeated: int
    hung: int
    crashed: int
    told: dict[str, int]
    """By the listener's name, of how many finished jobs it was told."""
    missed: dict[str, int]
    """By the same, of how many it should have been told and was not."""

    def problems(self) -> list[str]:
        """What is not as it should be."""
        checks = {
            f"{self.sent - self.done} jobs were not done": self.done == self.sent,
            f"{self.done_twice} jobs were done more than once": self.done_twice == 0,
            f"{self.minutes_billed} minutes were billed, of {self.minutes_sent} sent": (
                self.minutes_billed == self.minutes_sent
            ),
            f"{self.dead} jobs were in the dead-letter queue, not the {self.poison} poison ones": (
                self.dead == self.poison and self.healthy_dead == 0
            ),
            f"{self.left} jobs were left in the queues": self.left == 0,
            f"{sum(self.missed.values())} announcements did not arrive": (
                not any(self.missed.values())
            ),
        }
        return [problem for problem, is_right in checks.items() if not is_right]

    def table(self) -> str:
        rows = [
            ("jobs sent", self.sent),
            ("jobs done", self.done),
            ("jobs done more than once", self.done_twice),
            ("minutes of video sent", self.minutes_sent),
            ("minutes of video billed", self.minutes_billed),
            ("poison jobs", self.poison),
            ("  in the dead-letter queue", self.dead),
            ("  left there after the fix and the redrive", self.left),
            ("encoders that hung", self.hung),
            ("encoders that crashed", self.crashed),
            ("redeliveries", self.redelivered),
            ("  harmless: the job had its result already", self.repeated),
            ("listeners to finished jobs", len(self.told)),
            *((f"  {listener}", count) for listener, count in self.told.items()),
        ]
        return "\n".join(f"{name:<44}{count:>8}" for name, count in rows)

    def verdict(self) -> str:
        problems = self.problems()
        if problems:
            return f"FAILED: {'; '.join(problems)}."
        return f"Every job was done, and once: {self.done} of {self.sent}."
