"""A move task keeps to its rate."""

from __future__ import annotations

import pytest

from tidegate.engine.moves import STEP_MESSAGES, STEP_MS, Task, renewed_id


def task(rate: int | None, *, moved: int = 0) -> Task:
    return Task(
        task_id="id",
        source="source",
        destination=None,
        max_per_second=rate,
        started_at=1_000,
        to_move=100,
        next_at=1_000,
        moved=moved,
    )


@pytest.mark.parametrize("rate", [1, 3, 7, 500])
def test_it_moves_as_many_a_second_as_it_may(rate: int) -> None:
    running = task(rate)
    for second in range(1, 5):
        while running.next_at <= 1_000 * (1 + second) - 1:
            now = running.next_at
            running.moved += running.allowance(now)
            running.plan(now)
            assert running.next_at >= now + STEP_MS
        assert rate * second - 5 <= running.moved <= rate * second + 1


def test_without_a_rate_it_moves_in_steps() -> None:
    running = task(None)
    assert running.allowance(1_000) == STEP_MESSAGES
    running.plan(1_000)
    assert running.next_at == 1_000 + STEP_MS


def test_after_a_pause_it_catches_up_in_steps() -> None:
    assert task(500, moved=1).allowance(60_000) == STEP_MESSAGES


def test_a_new_id_is_told_by_task_and_message() -> None:
    ids = {renewed_id(task_id, slot) for task_id in "ab" for slot in range(50)}
    assert len(ids) == 100
    assert renewed_id("a", 1) == renewed_id("a", 1)
    assert all(len(each) == 36 and each.count("-") == 4 for each in ids)
