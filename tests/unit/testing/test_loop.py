"""Virtual time: callbacks in their order, timers at their instant, nothing else."""

import asyncio

import pytest

from tidegate.testing.executors import LateExecutor
from tidegate.testing.loop import SimClock, SimLoop


def test_callbacks_run_in_order_and_those_they_make_in_the_next_turn() -> None:
    loop, seen = SimLoop(), list[str]()
    loop.call_soon(lambda: (seen.append("first"), loop.call_soon(seen.append, "third")))
    loop.call_soon(seen.append, "second")
    loop.turn()
    assert seen == ["first", "second"]
    loop.turn()
    assert seen == ["first", "second", "third"]
    assert not loop.busy


def test_timers_run_at_their_instant_and_cancelled_ones_never() -> None:
    loop, seen = SimLoop(), list[tuple[str, float]]()
    for name, delay_s in (("late", 0.3), ("early", 0.1), ("also early", 0.1)):
        loop.call_later(delay_s, lambda name=name: seen.append((name, loop.time())))
    loop.call_later(0.2, seen.append, ("never", 0.0)).cancel()
    loop.run_for(0.1)
    assert seen == [("early", 0.1), ("also early", 0.1)]
    loop.run_for(1)
    assert seen[2:] == [("late", 0.3)]
    assert loop.time() == 1.1


def test_sums_of_fractions_are_due_at_their_instant() -> None:
    loop = SimLoop()
    clock, seen = SimClock(loop, 1000), list[int]()
    for _ in range(1000):
        loop.run_for(0.001)
    loop.call_later(0.1 + 0.2, lambda: seen.append(clock.now_ms()))
    loop.run_for(0.3)
    assert seen == [2300]


def test_coroutines_wait_in_virtual_time() -> None:
    loop = SimLoop()

    async def work() -> float:
        await asyncio.sleep(3600)
        return loop.time()

    assert loop.run(work()) == 3600


def test_coroutine_that_waits_for_what_never_comes_is_told() -> None:
    loop = SimLoop()
    with pytest.raises(AssertionError, match="never comes"):
        loop.run(asyncio.Event().wait())


def test_exception_in_a_callback_ends_the_test() -> None:
    loop = SimLoop()
    loop.call_soon(lambda: {}["missing"])
    with pytest.raises(KeyError):
        loop.settle()


def test_loop_that_never_rests_is_told() -> None:
    loop = SimLoop()

    def again() -> None:
        loop.call_soon(again)

    again()
    with pytest.raises(AssertionError, match="never comes to rest"):
        loop.settle()


def test_late_executor_runs_one_job_after_the_other() -> None:
    loop, seen = SimLoop(), list[tuple[str, float]]()
    executor = LateExecutor(loop, lambda: 0.5)
    first = executor.submit(lambda: seen.append(("first", loop.time())))
    failing = executor.submit(lambda: {}["missing"])
    loop.run_for(0.4)
    assert not first.done()
    loop.run_for(0.6)
    assert seen == [("first", 0.5)]
    assert isinstance(failing.exception(), KeyError)
