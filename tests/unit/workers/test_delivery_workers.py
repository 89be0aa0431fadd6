"""What becomes of a job after each outcome, and that nobody waits for those who hang."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notifications import PUBLISHED_AT, notification
from tidegate.catalog.delivery_policy import RetryPolicy
from tidegate.testing.loop import SimLoop
from tidegate.workers.delivery_workers import DeliveryWorkers
from tidegate.workers.jobs import Job
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, delivered, permanent, retryable
from tidegate.workers.outlets import Outlets


class Queues:
    """A source in memory.  What is retried comes back after its delay, one attempt further on."""

    def __init__(self, loop: SimLoop) -> None:
        self.loop = loop
        self.waiting: dict[str, list[Job]] = {}
        self.ended: list[tuple[str, str]] = []
        self.delays: list[int] = []
        self.rates: dict[str, int] = {}
        self.takes = 0
        self._say: Callable[[str], None] = lambda queue: None

    def put(self, job: Job) -> None:
        self.waiting.setdefault(job.queue, []).append(job)
        self._say(job.queue)

    def on_ready(self, callback: Callable[[str], None]) -> None:
        self._say = callback
        for queue in self.waiting:
            self.loop.call_soon(callback, queue)

    async def take(self, queue: str, limit: int) -> list[Job]:
        self.takes += 1
        waiting = self.waiting.get(queue, [])
        taken, self.waiting[queue] = waiting[:limit], waiting[limit:]
        return taken

    def max_receives_per_second(self, queue: str) -> int | None:
        return self.rates.get(queue)

    def done(self, job: Job) -> None:
        self.ended.append((job.receipt, "done"))

    def retry(self, job: Job, delay_s: int) -> None:
        self.delays.append(delay_s)
        fields = {name: getattr(job, name) for name in job.__struct_fields__}
        again = Job(**fields | {"attempt": job.attempt + 1})
        self.loop.call_later(delay_s, self.put, again)

    def give_up(self, job: Job, outcome: Outcome) -> None:
        self.ended.append((job.receipt, f"gave up: {outcome.text}"))


class Notes:
    def __init__(self) -> None:
        self.taken: list[tuple[int, str, int, bool]] = []

    def record(self, job: Job, outcome: Outcome, dwell_ms: int, *, is_final: bool) -> None:
        self.taken.append((job.attempt, outcome.verdict.value, dwell_ms, is_final))


class Endpoints:
    """A sender whose targets are what happens: an Outcome, an exception, or seconds to wait."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.under_way = 0
        self.most_under_way = 0

    async def send(self, notification: Notification, target: Any) -> Outcome:
        self.sent.append(target)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            what = target.pop(0) if isinstance(target, list) else target
            if isinstance(what, Exception):
                raise what
            if isinstance(what, Outcome):
                return what
            await sleep(what)
            return retryable("nothing for a long time")
        finally:
            self.under_way -= 1


async def sleep(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(seconds, future.set_result, None)
    try:
        await future
    finally:
        timer.cancel()


class House:
    def __init__(self, outlets: Outlets | None = None) -> None:
        self.loop = SimLoop()
        self.queues = Queues(self.loop)
        self.notes = Notes()
        self.endpoints = Endpoints()
        self.workers = DeliveryWorkers(
            self.queues,
            {"http": self.endpoints},
            self.notes,
            lambda: PUBLISHED_AT + int(self.loop.now_ms),
            outlets,
        )

    def start(self) -> None:
        self.loop.call_soon(self.workers.start)
        self.loop.settle()

    def put(self, queue: str, target: Any, receipt: str = "r", **more: Any) -> None:
        fields = {"attempt": 1, "published_at": PUBLISHED_AT, "protocol": "http"}
        policy = RetryPolicy(num_retries=2)
        job = Job(
            queue=queue,
            receipt=receipt,
            notification=notification(),
            target=target,
            **fields | {"policy": policy} | more,
        )
        self.loop.call_soon(self.queues.put, job)

    def run_for(self, seconds: float) -> None:
        self.loop.run_for(seconds)

    def close(self) -> None:
        self.loop.run(self.workers.stop(0))


@pytest.fixture
def new_house() -> Iterator[Callable[..., House]]:
    """Makes houses; what is still under way in them at the end is ended."""
    made: list[House] = []

    def make(outlets: Outlets | None = None) -> House:
        made.append(House(outlets))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(new_house: Callable[..., House]) -> House:
    made = new_house()
    made.start()
    return made


def test_delivered_is_done(house: House) -> None:
    house.put("a", delivered("OK", 200))
    house.run_for(0)
    assert house.queues.ended == [("r", "done")]
    assert house.notes.taken == [(1, "delivered", 0, True)]


def test_what_waits_already_is_sent_at_the_start(new_house: Callable[..., House]) -> None:
    house = new_house()
    house.put("a", delivered())
    house.loop.settle()
    assert not house.endpoints.sent
    house.start()
    assert house.queues.ended == [("r", "done")]


def test_permanent_failure_is_given_up_at_once(house: House) -> None:
    house.put("a", permanent("not found", 404))
    house.run_for(0)
    assert house.queues.ended == [("r", "gave up: not found")]
    assert house.notes.taken == [(1, "permanent", 0, True)]


def test_failures_are_retried_by_the_policy_and_then_given_up(house: House) -> None:
    house.put("a", retryable("busy", 503))
    house.run_for(100)
    assert house.queues.delays == [20, 20]
    assert house.queues.ended == [("r", "gave up: busy")]
    assert house.notes.taken == [
        (1, "retryable", 0, False),
        (2, "retryable", 20_000, False),
        (3, "retryable", 40_000, True),
    ]


def test_endpoint_that_comes_back_gets_it(house: House) -> None:
    house.put("a", [retryable("busy"), retryable("busy"), delivered()])
    house.run_for(100)
    assert house.queues.ended == [("r", "done")]


def test_retries_go_on_where_they_stood(house: House) -> None:
    house.put("a", retryable("busy"), attempt=3)
    house.run_for(0)
    assert house.queues.ended == [("r", "gave up: busy")]


def test_delays_have_a_bound_together(house: House) -> None:
    house.put("a", retryable("busy"), most_retry_s=39)
    house.run_for(100)
    assert house.queues.delays == [20]
    assert house.queues.ended == [("r", "gave up: busy")]


def test_provider_may_ask_for_more_time_but_not_for_any(house: House) -> None:
    house.put("a", [retryable("later", 429, 90), retryable("later", 429, 10**6), delivered()])
    house.run_for(4000)
    assert house.queues.delays == [90, 3600]


def test_a_bug_of_a_sender_costs_no_message(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.put("a", [ZeroDivisionError(), delivered()])
    with caplog.at_level(logging.ERROR):
        house.run_for(30)
    assert house.queues.ended == [("r", "done")]
    assert "failed in a way that it should not" in caplog.text


@pytest.mark.parametrize(
    ("target", "ended"), [(delivered(), "done"), (permanent("no"), "gave up: no")]
)
def test_job_ends_even_if_nobody_can_note_how(
    house: House,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    target: Outcome,
    ended: str,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.notes, "record", fail)
    with caplog.at_level(logging.ERROR):
        house.put("a", target)
        house.run_for(0)
    assert house.queues.ended == [("r", ended)]
    assert "could not be noted" in caplog.text
    assert house.workers.under_way == 0


def test_protocol_that_nobody_speaks_is_retried(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.put("a", delivered(), protocol="pigeon")
    with caplog.at_level(logging.ERROR):
        house.run_for(100)
    assert len(house.notes.taken) == 3


def test_endpoints_that_hang_do_not_delay_the_others(new_house: Callable[..., House]) -> None:
    house = new_house(Outlets(most_under_way=16, widest=4))
    house.start()
    for number in range(12):
        for _ in range(4):
            house.put(f"dead{number}", 15.0)
    house.run_for(20)
    before = len(house.queues.ended)
    delays: list[float] = []
    for _ in range(50):
        asked = house.loop.now_ms
        house.put("a", delivered(), "sound")
        house.loop.settle()
        while ("sound", "done") not in house.queues.ended[before:]:
            house.run_for(0.05)
        delays.append(house.loop.now_ms - asked)
        before = len(house.queues.ended)
        house.run_for(0.3)
    assert max(delays) == 0
    assert house.endpoints.most_under_way <= 32


def test_one_queue_does_not_take_all_places(new_house: Callable[..., House]) -> None:
    house = new_house(Outlets(most_under_way=100, widest=4))
    house.start()
    for _ in range(10):
        house.put("a", delivered())
    for _ in range(50):
        house.put("a", 10.0)
    house.run_for(0.5)
    assert house.endpoints.under_way == 4


def test_rate_is_kept(house: House) -> None:
    house.queues.rates["a"] = 2
    for number in range(6):
        house.put("a", delivered(), str(number))
    house.run_for(0)
    assert len(house.queues.ended) == 1
    for _ in range(3):
        house.run_for(0.5)
    assert len(house.queues.ended) == 4
    house.run_for(1)
    assert len(house.queues.ended) == 6


def test_nothing_is_asked_for_that_is_not_there(house: House) -> None:
    house.put("a", delivered())
    house.run_for(0)
    takes = house.queues.takes
    house.run_for(1000)
    assert house.queues.takes == takes


def test_failed_take_is_logged_and_tried_again(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(queue: str, limit: int) -> list[Job]:
        raise OSError("the log is gone")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(house.queues, "take", fail)
        house.put("a", delivered())
        house.run_for(0)
    assert "the log is gone" in caplog.text
    house.put("a", delivered())
    house.run_for(0)
    assert house.queues.ended == [("r", "done")] * 2


def test_stop_lets_what_is_under_way_end_and_puts_the_rest_back(house: House) -> None:
    house.put("a", [0.5, delivered()])
    house.put("b", 100.0, "b")
    house.run_for(0.1)
    assert house.endpoints.under_way == 2
    house.loop.run(house.workers.stop(5.0))
    assert house.endpoints.under_way == 0
    assert house.queues.delays == [20, 0], "the one that ended by itself, and the one cut short"
    assert house.workers.under_way == 0
    house.put("c", delivered())
    house.run_for(100)
    assert house.queues.ended == [], "nothing is taken any more"
