"""Origins tell where dead letters came from, at a run's cost."""

from __future__ import annotations

from tidegate.engine.origins import Origins


def noted(*sources: str | None) -> Origins:
    origins = Origins()
    for slot, source in enumerate(sources):
        origins.note(slot, source)
    return origins


def test_every_slot_knows_its_source() -> None:
    sources = [None, "a", "a", "b", None, None, "a"]
    origins = noted(*sources)
    assert [origins.of(slot) for slot in range(len(sources))] == sources


def test_neighbours_of_one_source_share_a_run() -> None:
    origins = noted(*["a"] * 1_000, *[None] * 1_000)
    assert len(origins.dump()) == 2


def test_messages_that_were_only_sent_cost_nothing() -> None:
    assert noted(*[None] * 1_000).dump() == []


def test_a_dump_restores_it() -> None:
    origins = Origins()
    origins.restore(noted(None, "a", "b", "b").dump())
    assert [origins.of(slot) for slot in range(4)] == [None, "a", "b", "b"]
    origins.note(4, "b")
    assert origins.of(4) == "b"


def test_nothing_is_known_after_clearing() -> None:
    origins = noted("a", "a")
    origins.clear()
    assert origins.of(0) is None
    origins.note(2, "a")
    assert (origins.of(1), origins.of(2)) == (None, "a")


def test_only_the_runs_of_what_is_left_are_kept() -> None:
    sources = ["a", "b", None, "a", "b", None]
    origins = noted(*sources)
    origins.keep([1, 3])
    assert len(origins) == 2
    assert [origins.of(slot) for slot in (1, 3)] == ["b", "a"]
    origins.note(6, "a")
    origins.note(7, None)
    assert [origins.of(slot) for slot in (3, 6, 7)] == ["a", "a", None]


def test_what_was_sent_after_a_dropped_run_came_from_nowhere() -> None:
    origins = noted("a", None)
    origins.keep([1])
    assert origins.of(1) is None
    origins.note(2, None)
    assert origins.of(2) is None
