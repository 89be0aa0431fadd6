"""The video burst: traffic grows tenfold, encoders hang and crash, and every job is done, once."""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import boto3

from server import Endpoint
from video_burst.encoder import VISIBILITY_TIMEOUT_S, EncoderSettings
from video_burst.fleet import Fleet
from video_burst.jobs import COMMON_CODEC, NEW_CODEC, Job, Producer, plan_jobs
from video_burst.listeners import Listeners
from video_burst.mishaps import Mishap
from video_burst.queues import Queue, redrive_policy
from video_burst.report import Moment, Totals, heading
from video_burst.results import Results, create_results

ATTEMPTS = 4
"""Enough for a healthy job to survive some mishaps; a poison job fails them all."""


@dataclass(frozen=True)
class Phase:
    """So many seconds of so many jobs a second."""

    name: str
    seconds: int
    jobs_a_second: int


@dataclass(frozen=True)
class Scenario:
    """What the producer sends, and how much goes wrong."""

    phases: tuple[Phase, ...]
    films: int
    poison: int
    mishap_rate: float
    largest_fleet: int
    time_limit_s: float

    @property
    def jobs(self) -> int:
        return sum(phase.seconds * phase.jobs_a_second for phase in self.phases)


FULL = Scenario(
    phases=(Phase("quiet", 4, 10), Phase("burst", 4, 100), Phase("quiet", 5, 10)),
    films=5,
    poison=5,
    mishap_rate=0.02,
    largest_fleet=8,
    time_limit_s=90.0,
)
QUICK = Scenario(
    phases=(Phase("quiet", 1, 10), Phase("burst", 1, 20), Phase("quiet", 1, 10)),
    films=1,
    poison=2,
    mishap_rate=0.1,
    largest_fleet=4,
    time_limit_s=45.0,
)
SMALLEST_FLEET = 2


class Burst:
    """One run of a scenario; each second of it is one `_tick`."""

    def __init__(self, scenario: Scenario, seed: int, database: Path, endpoint: Endpoint) -> None:
        self._scenario = scenario
        self._jobs = plan_jobs(scenario.jobs, scenario.films, scenario.poison, seed)
        create_results(database)
        self._results = Results(database)
        sqs, sns = boto3.client("sqs"), boto3.client("sns")
        # Names of this run alone, so that it finds nothing of an earlier one.
        name = f"video-jobs-{time.time_ns()}"
        self._dead_letters = Queue(sqs, f"{name}-dead")
        policy = redrive_policy(self._dead_letters, ATTEMPTS)
        visibility = str(VISIBILITY_TIMEOUT_S)
        attributes = {"RedrivePolicy": policy, "VisibilityTimeout": visibility}
        self._queue = Queue(sqs, name, attributes)
        self._producer = Producer(sqs, self._queue.url, self._jobs)
        self._listeners = Listeners(sns, sqs, endpoint, f"{name}-finished")
        encoders = EncoderSettings(
            self._queue.url,
            database,
            self._listeners.topic_arn,
            (COMMON_CODEC,),
            seed,
            scenario.mishap_rate,
        )
        self._fleet = Fleet(encoders, SMALLEST_FLEET, scenario.largest_fleet)
        self._next_tick = time.monotonic()
        self._gives_up = self._next_tick + scenario.time_limit_s

    def run(self) -> Totals:
        """Traffic, then whatever is still to do, then the poison jobs."""
        print(heading(), flush=True)
        self._fleet.scale(0)
        for phase in self._scenario.phases:
            for _ in range(phase.seconds):
                self._producer.send(phase.jobs_a_second)
                self._tick(phase.name)
        healthy = {job.number for job in self._jobs if not job.is_poison}
        self._tick_until_done("drain", healthy, dead=self._scenario.poison)
        dead = self._dead_letters.depth().waiting
        healthy_dead = len(healthy - self._results.done())
        # The epilogue: the encoder learns the new codec, and what had failed for want of it is
        # moved back to the queue that it came from.
        self._fleet.deploy((COMMON_CODEC, NEW_CODEC))
        self._dead_letters.send_back()
        self._tick_until_done("redrive", {job.number for job in self._jobs}, dead=0)
        while any(self._listeners.missed(self._jobs).values()):
            if time.monotonic() >= self._gives_up:
                break
            self._tick("listen")
        return self._totals(dead, healthy_dead)

    def close(self) -> None:
        self._fleet.stop()
        self._listeners.close()
        self._queue.delete()
        self._dead_letters.delete()
        self._results.close()

    def _tick_until_done(self, phase: str, expected: set[int], dead: int) -> None:
        while time.monotonic() < self._gives_up:
            self._tick(phase)
            is_settled = self._queue.depth().is_empty and self._dead_letters.depth().waiting == dead
            if is_settled and self._results.done() >= expected:
                return

    def _tick(self, phase: str) -> None:
        """Let a second pass, look at the queue, scale the fleet to it and show how things stand."""
        now = time.monotonic()
        self._next_tick = max(self._next_tick + 1.0, now)
        time.sleep(self._next_tick - now)
        depth = self._queue.depth()
        self._fleet.scale(depth.waiting)
        moment = Moment(
            phase=phase,
            sent=self._producer.sent,
            waiting=depth.waiting,
            in_flight=depth.in_flight,
            encoders=self._fleet.size,
            done=len(self._results.done()),
            retried=self._results.retries(),
            dead=self._dead_letters.depth().waiting,
        )
        print(moment.line(), flush=True)

    def _totals(self, dead: int, healthy_dead: int) -> Totals:
        left = (self._queue.depth(), self._dead_letters.depth())
        return Totals(
            sent=self._producer.sent,
            done=len(self._results.done()),
            done_twice=self._results.billed_twice(),
            minutes_sent=_minutes(self._jobs),
            minutes_billed=self._results.billed_minutes(),
            poison=self._scenario.poison,
            dead=dead,
            healthy_dead=healthy_dead,
            left=sum(depth.waiting + depth.in_flight for depth in left),
            redelivered=self._results.retries(),
            repeated=self._results.repeats(),
            hung=self._results.mishaps(Mishap.HANG),
            crashed=self._fleet.crashed,
            told=self._listeners.told(self._jobs),
            missed=self._listeners.missed(self._jobs),
        )


def _minutes(jobs: list[Job]) -> int:
    return sum(job.minutes for job in jobs)


def main(endpoint: Endpoint, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="video_burst", description="Run the video burst.")
    parser.add_argument("--quick", action="store_true", help="10, 20 and 10 jobs, no more")
    parser.add_argument("--seed", type=int, default=16, help="decides what goes wrong")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        print(f"The video burst on {endpoint.url}, seed {given.seed}\n")
        scenario = QUICK if given.quick else FULL
        burst = Burst(scenario, given.seed, Path(folder) / "results.sqlite3", endpoint)
        try:
            totals = burst.run()
        finally:
            burst.close()
    print(f"\n{totals.table()}\n\n{totals.verdict()}")
    return 1 if totals.problems() else 0
