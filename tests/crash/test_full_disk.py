"""A disk that fills up: sends are refused, the rest goes on, and room is enough to recover."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine_harness import arn
from simulated_node import SimulatedNode
from small_log import SMALL
from tidegate.base.refusals import StorageFull
from tidegate.engine import commands
from tidegate.runtime.housekeeping import HousekeepingOptions
from tidegate.testing.files import CrashableFiles

KIB = 1 << 10
OPTIONS = replace(SMALL, floor_bytes=48 * KIB, retry_s=1.0)


SNAPSHOTS = HousekeepingOptions(snapshot_records=73)
"""As rare as they are with the default, for a disk a thousandth of the size."""


def make_node(
    capacity: int = 512 * KIB, housekeeping: HousekeepingOptions = SNAPSHOTS
) -> SimulatedNode:
    node = SimulatedNode(
        CrashableFiles(capacity_bytes=capacity),
        log_options=OPTIONS,
        housekeeping=housekeeping,
    )
    node.create("q")
    node.housekeeper.start()
    return node


def fill(node: SimulatedNode, size: int) -> int:
    """Send until the disk is full; how many were taken."""
    for number in range(20_000):
        call = node.send_later("q", f"{number} ".ljust(size, "x"))
        node.loop.run_for(0.001)
        if call.error is not None:
            assert isinstance(call.error, StorageFull)
            return number
    raise AssertionError("the disk never was full")


def take(node: SimulatedNode, count: int, *, keep_one_in: int = 0) -> tuple[int, int]:
    """Receive and delete in batches, with nothing refused; how many were deleted and kept."""
    deleted = kept = 0
    while deleted + kept < count:
        deliveries = node.receive("q", 10, visibility=40_000)
        assert deliveries
        gone = [
            each
            for index, each in enumerate(deliveries, deleted + kept)
            if not keep_one_in or index % keep_one_in
        ]
        node.delete("q", *gone)
        deleted += len(gone)
        kept += len(deliveries) - len(gone)
    return deleted, kept


def takes_sends_again(node: SimulatedNode, within_s: int = 30) -> bool:
    for _ in range(within_s):
        node.loop.run_for(1)
        call = node.send_later("q", "after")
        node.loop.run_for(0.1)
        if call.error is None:
            return True
        assert isinstance(call.error, StorageFull)
    return False


@pytest.mark.parametrize("size", [10, 700, 3000])
def test_full_disk_is_emptied_to_the_last_message(size: int) -> None:
    """Whatever their size: a receive and a delete take room as well, which must not run out."""
    node = make_node()
    count = fill(node, size)
    assert count > 50
    take(node, count)
    assert node.counts("q") == (0, 0, 0)
    assert takes_sends_again(node)
    assert node.restarted(log_options=OPTIONS).counts("q") == (1, 0, 0)


@pytest.mark.parametrize("keep_one_in", [2, 3, 10])
def test_deleting_some_of_all_segments_makes_room(keep_one_in: int) -> None:
    """No segment is dead then: what lives in them is moved together first."""
    node = make_node()
    count = fill(node, 700)
    _, kept = take(node, count, keep_one_in=keep_one_in)
    assert takes_sends_again(node)
    assert node.counts("q")[1] == kept


def test_consumers_that_never_pause_make_room_all_the_same() -> None:
    """The log never rests, and far fewer records are written than a snapshot is due after."""
    node = make_node(housekeeping=HousekeepingOptions())
    count = fill(node, 3000)
    for _ in range(count // 2):
        (delivery,) = node.receive("q")
        node.loop.run_for(0.1)
        node.delete("q", delivery)
    assert takes_sends_again(node, within_s=1)


def test_cleaning_does_not_take_the_room_that_deletes_need() -> None:
    """With little free and much alive, moving what lives would fill the disk for good."""
    node = make_node(192 * KIB)
    count = fill(node, 700)
    half = count // 20 * 10
    _, kept = take(node, half, keep_one_in=2)
    for _ in range(60):
        node.loop.run_for(2)
        assert node.log.spare_bytes() > 0
    take(node, count - half)
    assert takes_sends_again(node)
    assert node.counts("q")[1] == kept


def test_room_that_others_make_is_used_without_a_restart() -> None:
    node = make_node()
    fill(node, 700)
    assert not takes_sends_again(node, within_s=5)
    node.files.capacity_bytes *= 2
    assert takes_sends_again(node, within_s=5)


def test_who_waits_and_what_is_in_flight_know_nothing_of_a_full_disk() -> None:
    node = make_node()
    node.create("empty")
    waiting = node.receive_later("empty", wait=20)
    count = fill(node, 700)
    (delivery,) = node.receive("q", visibility=5)
    node.hide("q", delivery, 2)
    node.loop.run_for(3)
    assert node.counts("q") == (count, 0, 0)
    node.loop.run_for(20)
    assert waiting.deliveries == []


def test_batch_that_a_full_disk_refuses_is_refused_as_a_whole_call() -> None:
    node = make_node()
    fill(node, 700)
    call = node.call(commands.SendBatch(arn("q"), [node.entry("x" * 900) for _ in range(10)]))
    node.loop.run_for(1)
    assert isinstance(call.error, StorageFull)


def test_start_on_a_full_disk_serves_and_recovers() -> None:
    node = make_node()
    count = fill(node, 700)
    again = node.restarted(log_options=OPTIONS)
    again.housekeeper.start()
    assert isinstance(again.send_later("q", "x" * 700).error, StorageFull)
    take(again, count)
    assert takes_sends_again(again)
