"""The slot table: positions and receives by slot, cheap to keep and to capture."""

from __future__ import annotations

import pytest

from tidegate.base.positions import pack_position
from tidegate.engine.slots import CHUNK_SLOTS, SlotTable, Usage, append_to_each, chunk_state
from tidegate.engine.wheel import NEVER


def position(index: int, segment: int = 1) -> int:
    return pack_position(segment, index * 128, 100)


def filled(count: int, *, sent_at: int = 1_000) -> SlotTable:
    table = SlotTable(Usage())
    for index in range(count):
        table.append(position(index), sent_at + index)
    return table


def restored(table: SlotTable) -> SlotTable:
    """What a snapshot taken now makes."""
    return rebuilt(table.capture(), table.next_slot)


def rebuilt(captured: list, next_slot: int) -> SlotTable:
    copy = SlotTable(Usage(), next_slot)
    for index, chunk in captured:
        copy.restore(chunk_state(index, chunk))
    return copy


def contents(table: SlotTable) -> dict[int, tuple[int, int, int, int]]:
    return {
        slot: (
            table.position(slot),
            table.sent_at(slot),
            table.receive_count(slot),
            table.first_received_at(slot),
        )
        for slot in range(table.next_slot)
        if table.position(slot)
    }


# --- Messages ------------------------------------------------------------------------------------


def test_slots_are_given_in_order() -> None:
    table = SlotTable(Usage())
    assert [table.append(position(index), 5) for index in range(3)] == [0, 1, 2]
    assert (table.next_slot, table.live) == (3, 3)


def test_a_slot_knows_its_position_and_when_it_was_sent() -> None:
    table = filled(CHUNK_SLOTS + 10)
    for slot in (0, CHUNK_SLOTS - 1, CHUNK_SLOTS, CHUNK_SLOTS + 9):
        assert table.position(slot) == position(slot)
        assert table.sent_at(slot) == 1_000 + slot


def test_a_slot_that_never_was_has_no_position() -> None:
    table = filled(1)
    assert table.position(1) == 0
    assert table.position(10 * CHUNK_SLOTS) == 0


def test_a_killed_slot_has_no_position_and_is_not_given_again() -> None:
    table = filled(3)
    table.kill(1)
    assert table.position(1) == 0
    assert table.live == 2
    assert table.append(position(3), 9) == 3


def test_a_message_dies_once() -> None:
    table = filled(2)
    table.kill(0)
    with pytest.raises(AssertionError):
        table.kill(0)


def test_a_chunk_whose_messages_are_gone_takes_no_room() -> None:
    table = filled(CHUNK_SLOTS * 3)
    for slot in range(CHUNK_SLOTS, CHUNK_SLOTS * 2):
        table.kill(slot)
    assert len(table.capture()) == 2
    assert table.position(CHUNK_SLOTS + 5) == 0


def test_a_chunk_that_was_dropped_early_goes_on_where_it_stood() -> None:
    table = filled(5)
    for slot in range(5):
        table.kill(slot)
    assert table.capture() == []
    assert table.append(position(5), 77) == 5
    assert table.position(4) == 0
    assert (table.position(5), table.sent_at(5)) == (position(5), 77)
    assert table.receive_count(5) == 0


def test_a_table_may_begin_at_any_slot() -> None:
    table = SlotTable(Usage(), CHUNK_SLOTS + 7)
    assert table.append(position(1), 5) == CHUNK_SLOTS + 7
    assert table.position(CHUNK_SLOTS + 6) == 0


def test_neighbours_are_killed_together() -> None:
    table = filled(CHUNK_SLOTS + 5)
    captured = table.capture()
    table.kill_all([1, 3, CHUNK_SLOTS, 2])
    assert [slot for slot in range(5) if table.position(slot)] == [0, 4]
    assert table.live == CHUNK_SLOTS + 1
    assert sum(table._usage.live_bytes.values()) == table.live * 128
    assert 1 in contents(rebuilt(captured, CHUNK_SLOTS + 5))
    table.kill_all(list(table.live_slots()))
    assert table.capture() == []
    assert table._usage.live_bytes == {1: 0}


def test_killing_together_counts_every_segment() -> None:
    table = SlotTable(Usage())
    for slot in range(6):
        table.append(position(slot, segment=1 + slot % 3), 5)
    table.kill_all([0, 3, 1, 5])
    assert table._usage.live_bytes == {1: 0, 2: 128, 3: 128}


def test_a_message_dies_once_among_others_too() -> None:
    table = filled(3)
    with pytest.raises(AssertionError):
        table.kill_all([1, 1])


def test_the_living_are_told_from_the_dead() -> None:
    table = filled(CHUNK_SLOTS + 5)
    table.kill(1)
    table.kill_all(range(CHUNK_SLOTS, CHUNK_SLOTS + 5))
    assert table.living([0, 1, 2, CHUNK_SLOTS, CHUNK_SLOTS + 1]) == [0, 2]
    assert sorted(table.live_slots()) == [0, *range(2, CHUNK_SLOTS)]


# --- Receives ------------------------------------------------------------------------------------


def test_a_message_that_was_never_received_costs_no_history() -> None:
    table = filled(10)
    assert table.receive_count(3) == 0
    assert table.first_received_at(3) == 0
    assert all(chunk.receive_counts is None for _, chunk in table.capture())


def test_history_is_kept_by_slot() -> None:
    table = filled(4)
    table.set_history(2, 3, 555)
    assert [table.receive_count(slot) for slot in range(4)] == [0, 0, 3, 0]
    assert [table.first_received_at(slot) for slot in range(4)] == [0, 0, 555, 0]


def test_messages_sent_after_a_receive_have_a_history_too() -> None:
    table = filled(2)
    table.set_history(0, 1, 5)
    table.append(position(2), 9)
    table.set_history(2, 7, 8)
    assert [table.receive_count(slot) for slot in range(3)] == [1, 0, 7]


def test_receives_are_noted_together() -> None:
    table = filled(CHUNK_SLOTS + 2)
    captured = table.capture()
    table.note_receives([0, CHUNK_SLOTS, 1], 50)
    table.note_receives([1], 60)
    assert table.views([0, CHUNK_SLOTS, 1]) == [
        (position(0), 1_000, 1, 50),
        (position(CHUNK_SLOTS), 1_000 + CHUNK_SLOTS, 1, 50),
        (position(1), 1_001, 2, 50),
    ]
    assert all(not each[2] for each in contents(rebuilt(captured, CHUNK_SLOTS + 2)).values())


def test_latest_receives_tell_what_is_gone() -> None:
    table = filled(4)
    assert table.latest_receives([0, 9, CHUNK_SLOTS * 9]) == [0, -1, -1]
    table.note_receives([0, 1], 50)
    table.kill(1)
    assert table.latest_receives([0, 1, 2]) == [1, -1, 0]


# --- Retention -----------------------------------------------------------------------------------


def test_what_was_sent_before_an_instant_is_found() -> None:
    table = filled(CHUNK_SLOTS + 10, sent_at=0)
    table.kill(1)
    assert table.sent_before(3) == [0, 2, 3]
    assert table.sent_before(CHUNK_SLOTS)[-1] == CHUNK_SLOTS


def test_messages_older_than_their_neighbours_are_found() -> None:
    """A dead letter brings its age along."""
    table = SlotTable(Usage())
    for sent_at in (500, 100, 300):
        table.append(position(sent_at), sent_at)
    assert table.oldest_sent_at() == 100
    assert table.sent_before(300) == [1, 2]


def test_an_empty_table_has_no_oldest_message() -> None:
    assert SlotTable(Usage()).oldest_sent_at() == NEVER


def test_the_oldest_message_is_never_said_to_be_younger_than_it_is() -> None:
    table = filled(10, sent_at=100)
    table.kill(0)
    assert table.oldest_sent_at() <= 101
    assert table.sent_before(100) == []
    assert table.oldest_sent_at() == 101


def test_recent_messages_are_counted() -> None:
    table = filled(CHUNK_SLOTS * 2, sent_at=0)
    table.kill(CHUNK_SLOTS * 2 - 1)
    assert table.count_sent_after(CHUNK_SLOTS * 2 - 4) == 2
    assert table.count_sent_after(CHUNK_SLOTS - 1) == CHUNK_SLOTS - 1
    assert table.count_sent_after(CHUNK_SLOTS * 9) == 0


def test_recent_messages_that_were_received_are_not_counted() -> None:
    table = filled(5, sent_at=100)
    table.note_receives([1, 2], 200)
    assert table.count_sent_after(99) == 3


# --- Segments ------------------------------------------------------------------------------------


def test_live_bytes_follow_the_messages() -> None:
    usage = Usage()
    table = SlotTable(usage)
    table.append(position(0, segment=1), 5)
    table.append(position(1, segment=1), 5)
    table.append(position(2, segment=2), 5)
    assert usage.live_bytes == {1: 256, 2: 128}
    table.kill(0)
    assert usage.live_bytes == {1: 128, 2: 128}
    table.relocate(1, position(9, segment=3))
    assert usage.live_bytes == {1: 0, 2: 128, 3: 128}
    table.forget_all()
    assert set(usage.live_bytes.values()) == {0}
    assert table.live == 0


def test_one_record_in_many_tables_is_as_if_it_was_appended_to_each() -> None:
    def tables(usage: Usage) -> list[SlotTable]:
        empty, full, received, captured = (SlotTable(usage) for _ in range(4))
        for index in range(CHUNK_SLOTS):
            full.append(position(index), 5)
        received.append(position(1), 5)
        received.note_receives([0], 9)
        captured.append(position(1, segment=2), 9)
        return [empty, full, received, captured]

    together, apart = Usage(), Usage()
    ones, others = tables(together), tables(apart)
    before, views = contents(ones[3]), ones[3].capture()
    for at, segment in ((7, 1), (8, 3)):
        shared = position(9, segment)
        given = append_to_each(ones, shared, at)
        assert given == [each.append(shared, at) for each in others]
    for one, other in zip(ones, others, strict=True):
        assert contents(one) == contents(other)
        assert (one.live, one.next_slot) == (other.live, other.next_slot)
        assert one.oldest_sent_at() == other.oldest_sent_at()
        lives = [[chunk.live for _, chunk in each.capture()] for each in (one, other)]
        assert lives[0] == lives[1]
        for segment in (1, 2, 3):
            assert list(one.in_segment(segment)) == list(other.in_segment(segment))
    assert together.live_bytes == apart.live_bytes
    assert contents(rebuilt(views, 3)) == before
    assert append_to_each([], position(1), 5) == []


def test_the_messages_of_a_segment_are_found() -> None:
    table = SlotTable(Usage())
    for slot in range(6):
        table.append(position(slot, segment=1 + slot % 2), 5)
    table.kill(2)
    assert list(table.in_segment(1)) == [0, 4]
    assert list(table.in_segment(2)) == [1, 3, 5]
    assert list(table.in_segment(3)) == []


def test_a_message_that_was_rewritten_is_found_where_it_stands_now() -> None:
    table = filled(3)
    table.relocate(1, position(0, segment=7))
    assert list(table.in_segment(1)) == [0, 2]
    assert list(table.in_segment(7)) == [1]
    assert table.position(1) == position(0, segment=7)


@pytest.mark.parametrize("captured", [False, True])
def test_what_goes_while_a_segment_is_searched_is_not_found(captured: bool) -> None:
    table = filled(4)
    if captured:
        table.capture()
    found = table.in_segment(1)
    assert next(found) == 0
    table.kill(1)
    table.relocate(2, position(0, segment=2))
    assert list(found) == [3]


def test_nothing_is_found_in_a_table_that_was_emptied_meanwhile() -> None:
    table = filled(4)
    found = table.in_segment(1)
    assert next(found) == 0
    table.forget_all()
    assert list(found) == []


# --- Snapshots -----------------------------------------------------------------------------------


def test_a_capture_restores_the_table() -> None:
    table = filled(CHUNK_SLOTS + 100)
    table.set_history(7, 2, 99)
    table.kill(3)
    table.relocate(5, position(0, segment=4))
    copy = restored(table)
    assert contents(copy) == contents(table)
    assert (copy.live, copy.oldest_sent_at()) == (table.live, table.oldest_sent_at())
    assert list(copy.in_segment(4)) == [5]


def test_a_restored_table_goes_on() -> None:
    copy = restored(filled(10))
    copy._usage.live_bytes = {1: 10 * 128}
    assert copy.append(position(10), 5) == 10
    copy.kill(0)
    copy.set_history(10, 1, 6)
    assert copy.live == 10


@pytest.mark.parametrize("what", ["kill", "append", "receive", "first receive", "relocate"])
def test_a_capture_is_not_changed_by_what_happens_later(what: str) -> None:
    table = filled(10)
    if what == "receive":
        table.set_history(1, 1, 50)
    before = contents(table)
    captured = table.capture()
    if what == "kill":
        table.kill(0)
    elif what == "append":
        table.append(position(10), 5)
    elif what == "relocate":
        table.relocate(0, position(0, segment=9))
    else:
        table.set_history(1, 2, 60)
    assert contents(rebuilt(captured, 10)) == before
    assert contents(table) != before


def test_two_captures_hold_two_moments() -> None:
    table = filled(3)
    first = table.capture()
    table.kill(0)
    second = table.capture()
    table.kill(1)
    assert set(contents(rebuilt(first, 3))) == {0, 1, 2}
    assert set(contents(rebuilt(second, 3))) == {1, 2}
    assert set(contents(table)) == {2}


def test_only_the_chunk_that_changes_is_copied() -> None:
    table = filled(CHUNK_SLOTS * 2)
    captured = dict(table.capture())
    table.kill(0)
    later = dict(table.capture())
    assert later[0].positions is not captured[0].positions
    assert later[1].positions is captured[1].positions


def test_a_captured_chunk_may_be_dropped() -> None:
    table = filled(1)
    captured = table.capture()
    table.kill(0)
    assert set(contents(rebuilt(captured, 1))) == {0}
    assert contents(table) == {}


@pytest.mark.parametrize("already", [0, 1, CHUNK_SLOTS - 3, CHUNK_SLOTS, 2 * CHUNK_SLOTS - 10])
def test_messages_that_come_together_are_as_if_they_came_one_by_one(already: int) -> None:
    one_usage, other_usage = Usage(), Usage()
    one, other = SlotTable(one_usage), SlotTable(other_usage)
    for table in (one, other):
        for number in range(already):
            table.append(pack_position(1, number * 8, 100), 5)
        if already:
            table.note_receives([already - 1], 9)
    positions = [pack_position(1 + number // 7, number * 8, 300) for number in range(20)]
    assert one.extend(positions, 7) == already
    for position in positions:
        other.append(position, 7)
    assert one_usage.live_bytes == other_usage.live_bytes
    assert (one.live, one.next_slot) == (other.live, other.next_slot)
    slots = list(range(already + 20))
    assert [one.position(slot) for slot in slots] == [other.position(slot) for slot in slots]
    assert one.latest_receives(slots) == other.latest_receives(slots)
    assert list(one.in_segment(2)) == list(other.in_segment(2))
    assert one.oldest_sent_at() == other.oldest_sent_at()


# --- Batches -------------------------------------------------------------------------------------


def test_neighbours_are_sent_together() -> None:
    together, one_by_one = filled(CHUNK_SLOTS - 3), filled(CHUNK_SLOTS - 3)
    for table in (together, one_by_one):
        table.note_receives([0], 50)
    positions = [position(slot, segment=1 + slot % 2) for slot in range(8)]
    assert together.extend(positions, 9_000) == CHUNK_SLOTS - 3
    for each in positions:
        one_by_one.append(each, 9_000)
    assert contents(together) == contents(one_by_one)
    assert together._usage.live_bytes == one_by_one._usage.live_bytes
    assert (together.live, together.next_slot) == (one_by_one.live, one_by_one.next_slot)
    assert list(together.in_segment(2)) == list(one_by_one.in_segment(2))
    assert together.oldest_sent_at() == one_by_one.oldest_sent_at()


def test_a_capture_is_not_changed_by_a_batch() -> None:
    table = filled(3)
    captured = table.capture()
    table.extend([position(3), position(4)], 5)
    assert set(contents(rebuilt(captured, 5))) == {0, 1, 2}


def test_a_chunk_that_was_emptied_begins_where_the_next_message_comes() -> None:
    table = filled(100)
    table.note_receives(list(range(100)), 5)
    table.kill_all(range(100))
    assert table.append(position(7), 9) == 100
    ((_, chunk),) = table.capture()
    assert len(chunk.positions) == 1
    assert [table.position(slot) for slot in (0, 99, 100, 101)] == [0, 0, position(7), 0]
    assert table.latest_receives([3, 99, 100]) == [-1, -1, 0]
    assert table.living([0, 50, 100]) == [100]
    assert restored(table).position(100) == position(7)
