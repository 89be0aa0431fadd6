"""The wheel knows what falls due, and when the next thing does."""

from __future__ import annotations

from tidegate.engine.wheel import NEVER, Wheel


def test_slots_fall_due_in_the_order_of_their_deadlines() -> None:
    wheel = Wheel()
    for deadline, slot in ((30, 1), (10, 2), (20, 3), (10, 4)):
        wheel.add(deadline, slot)
    assert list(wheel.pop_due(20)) == [2, 4, 3]
    assert list(wheel.pop_due(29)) == []
    assert list(wheel.pop_due(30)) == [1]


def test_nothing_falls_due_twice() -> None:
    wheel = Wheel()
    wheel.add(10, 1)
    assert list(wheel.pop_due(10)) == [1]
    assert list(wheel.pop_due(99)) == []


def test_the_next_deadline_is_the_earliest_that_has_a_slot() -> None:
    wheel = Wheel()
    assert wheel.next_deadline() == NEVER
    wheel.add(20, 1)
    wheel.add(10, 2)
    assert wheel.next_deadline() == 10
    wheel.remove(10, 2)
    assert wheel.next_deadline() == 20
    wheel.remove(20, 1)
    assert wheel.next_deadline() == NEVER


def test_a_removed_slot_does_not_fall_due() -> None:
    wheel = Wheel()
    wheel.add(10, 1)
    wheel.add(10, 2)
    wheel.remove(10, 1)
    assert list(wheel.pop_due(10)) == [2]


def test_a_deadline_can_be_used_again_after_it_was_emptied() -> None:
    wheel = Wheel()
    wheel.add(10, 1)
    wheel.remove(10, 1)
    wheel.add(10, 2)
    assert list(wheel.pop_due(10)) == [2]
    assert wheel.next_deadline() == NEVER


def test_deadlines_that_were_emptied_are_not_kept_for_ever() -> None:
    wheel = Wheel()
    for deadline in range(10_000):
        wheel.add(deadline, 1)
        wheel.remove(deadline, 1)
    assert len(wheel._heap) < 200


def test_slots_that_share_a_deadline_cost_one_heap_entry() -> None:
    wheel = Wheel()
    for slot in range(1_000):
        wheel.add(10, slot)
    assert len(wheel._heap) == 1


def test_slots_go_in_and_out_together() -> None:
    wheel = Wheel()
    wheel.add(10, 0)
    wheel.add_all(10, [1, 2, 3])
    wheel.add_all(20, [4, 5])
    wheel.remove_all(10, [1, 0])
    wheel.remove_all(20, [4, 5])
    assert wheel.next_deadline() == 10
    assert list(wheel.pop_due(99)) == [2, 3]
