"""A backlog is a queue of numbers at eight bytes each."""

from __future__ import annotations

from tidegate.engine.backlog import Backlog


def filled(*slots: int) -> Backlog:
    backlog = Backlog()
    for slot in slots:
        backlog.append(slot)
    return backlog


def test_slots_come_out_in_the_order_they_went_in() -> None:
    backlog = filled(7, 3, 9)
    taken = []
    while backlog.head() >= 0:
        taken.append(backlog.head())
        backlog.popleft()
    assert taken == [7, 3, 9]


def test_an_empty_backlog_has_no_head() -> None:
    backlog = filled(1)
    backlog.popleft()
    assert backlog.head() == -1
    assert len(backlog) == 0
    assert list(backlog) == []


def test_it_goes_on_after_it_was_emptied() -> None:
    backlog = filled(1)
    backlog.popleft()
    backlog.append(2)
    assert (backlog.head(), len(backlog)) == (2, 1)


def test_iterating_starts_at_the_head() -> None:
    backlog = filled(1, 2, 3)
    backlog.popleft()
    assert list(backlog) == [2, 3]


def test_what_was_taken_is_not_kept() -> None:
    backlog = filled(*range(10_000))
    for _ in range(9_000):
        backlog.popleft()
    assert len(backlog._slots) <= 2 * len(backlog)
    assert list(backlog) == list(range(9_000, 10_000))


def test_a_steady_flow_takes_no_more_room_than_its_depth() -> None:
    backlog = filled(*range(100))
    for slot in range(100, 20_000):
        backlog.append(slot)
        assert backlog.head() == slot - 100
        backlog.popleft()
    assert len(backlog._slots) < 1_024


def test_a_capture_is_not_changed_by_what_comes_later() -> None:
    backlog = filled(1, 2, 3)
    backlog.popleft()
    captured = backlog.capture()
    backlog.popleft()
    backlog.append(4)
    assert list(captured) == [2, 3]


def test_a_capture_goes_back_in_pieces() -> None:
    captured = filled(1, 2, 3).capture()
    backlog = Backlog()
    backlog.extend(captured[:2].tobytes())
    backlog.extend(captured[2:].tobytes())
    assert list(backlog) == [1, 2, 3]


def test_the_first_ones_can_be_looked_at_and_skipped_together() -> None:
    backlog = filled(*range(1, 8))
    backlog.popleft()
    assert backlog.peek(3) == [2, 3, 4]
    assert backlog.peek(99) == [2, 3, 4, 5, 6, 7]
    assert backlog.starts_with([2, 3])
    assert not backlog.starts_with([2, 4])
    assert not backlog.starts_with([2, 3, 4, 5, 6, 7, 8])
    backlog.skip(4)
    assert list(backlog) == [6, 7]
    backlog.skip(2)
    assert (len(backlog), backlog.head()) == (0, -1)


def test_only_the_chosen_ones_are_kept() -> None:
    backlog = filled(*range(10_000))
    backlog.popleft()
    backlog.keep(lambda slots: [slot for slot in slots if slot % 1_000 == 0])
    assert list(backlog) == [slot * 1_000 for slot in range(1, 10)]
    backlog.append(5)
    assert (backlog.head(), len(backlog)) == (1_000, 10)


def test_a_run_of_neighbours_goes_in_together() -> None:
    backlog = filled(5)
    backlog.append_run(7, 3)
    assert list(backlog) == [5, 7, 8, 9]
