"""Receives that wait, in the order of waiting."""

from tidegate.engine.commands import Receive
from tidegate.runtime.waiters import Waiter, Waiters
from tidegate.testing.loop import SimLoop


def waiting(waiters: Waiters, queue: str) -> Waiter:
    waiter = Waiter(object(), Receive(queue), None)
    waiters.add(waiter)
    return waiter


def test_first_is_who_has_waited_longest_on_the_queue() -> None:
    waiters = Waiters()
    waiting(waiters, "other")
    first, second = waiting(waiters, "q"), waiting(waiters, "q")
    assert waiters.first("q") is first
    assert waiters.remove(first)
    assert waiters.first("q") is second
    assert waiters.first("nobody's") is None


def test_who_was_removed_does_not_wait() -> None:
    waiters = Waiters()
    waiter = waiting(waiters, "q")
    assert waiters.remove(waiter)
    assert not waiters.remove(waiter)
    assert waiters.first("q") is None
    assert not waiters


def test_removal_ends_the_timer() -> None:
    loop, waiters = SimLoop(), Waiters()
    waiter = waiting(waiters, "q")
    waiter.timer = loop.call_later(20, lambda: None)
    waiters.remove(waiter)
    assert waiter.timer.cancelled()


def test_all_are_counted_and_listed() -> None:
    waiters = Waiters()
    made = [waiting(waiters, queue) for queue in ("a", "b", "a")]
    assert len(waiters) == 3
    assert bool(waiters)
    assert set(waiters.all()) == set(made)
