"""Housekeeping: snapshots in time, and a disk that follows what is alive."""

import logging
from collections.abc import Callable
from uuid import UUID

import pytest

from engine_harness import arn, check_soundness
from simulated_node import SimulatedNode
from small_log import DIRECTORY, SMALL
from tidegate.base.positions import offset_of, segment_of
from tidegate.engine import commands, records
from tidegate.engine.commands import Fan, FanOut, FanTarget, FanTargets, Message
from tidegate.log.files.segment import segment_name
from tidegate.log.files.snapshots import snapshot_covers
from tidegate.runtime.housekeeping import HousekeepingOptions

BODY = 700
"""Bytes of a message: about ten fill a segment."""
NEVER = HousekeepingOptions(
    snapshot_records=1 << 40, idle_snapshot_bytes=1 << 40, snapshot_gap_s=1e9
)
PROMPT = HousekeepingOptions(snapshot_records=40, idle_snapshot_bytes=0)
ONE_BY_ONE = HousekeepingOptions(
    snapshot_records=40, idle_snapshot_bytes=0, clean_step_messages=1, clean_step_s=0.1
)


def make_node(options: HousekeepingOptions = PROMPT, **more: object) -> SimulatedNode:
    node = SimulatedNode(housekeeping=options, **more)  # type: ignore[arg-type]
    node.call(commands.CreateQueue(arn("q"), {}, {}))
    node.loop.run_for(0.2)
    node.housekeeper.start()
    return node


def fill(node: SimulatedNode, count: int, name: str = "q", size: int = BODY) -> None:
    for number in range(count):
        node.send_later(name, f"{number} ".ljust(size, "x"))
        node.loop.settle()


def delete_all(node: SimulatedNode, keep_one_in: int = 0) -> int:
    """Receive and delete; how many were kept, in flight for a long time."""
    kept = 0
    for index, delivery in enumerate(node.receive_all("q", visibility=40_000)):
        if keep_one_in and index % keep_one_in == 0:
            kept += 1
        else:
            node.call(commands.Delete(arn("q"), [delivery.receipt]))
            node.loop.settle()
    return kept


def segments(node: SimulatedNode) -> list[int]:
    return [number for number, _ in node.log.segments()]


def log_bytes(node: SimulatedNode) -> int:
    return sum(size for _, size in node.log.segments())


def live_bytes(node: SimulatedNode) -> int:
    return sum(node.partition.state.usage.live_bytes.values())


def covered(node: SimulatedNode) -> int:
    """The position of the snapshot on the disk; 0 where there is none."""
    found = map(snapshot_covers, node.files.list(DIRECTORY))
    return max((covers for covers in found if covers), default=0)


def restarted(node: SimulatedNode) -> SimulatedNode:
    check_soundness(node.partition.state)
    again = node.restarted(housekeeping=PROMPT)
    check_soundness(again.partition.state)
    return again


# --- Snapshots ------------------------------------------------------------------------------------


def test_snapshot_is_due_after_so_many_records() -> None:
    node = make_node(HousekeepingOptions(snapshot_records=40, idle_snapshot_bytes=1 << 40))
    fill(node, 39, size=10)
    node.loop.run_for(3)
    assert covered(node) == 0
    fill(node, 1, size=10)
    node.loop.run_for(3)
    assert covered(node) == 0
    fill(node, 10, size=10)
    node.loop.run_for(3)
    assert covered(node) == node.commits.last_position


def test_more_live_messages_make_snapshots_rarer() -> None:
    node = make_node(HousekeepingOptions(snapshot_records=40, idle_snapshot_bytes=1 << 40))
    fill(node, 160, size=10)
    node.loop.run_for(3)
    first = covered(node)
    fill(node, 50, size=10)
    node.loop.run_for(3)
    assert covered(node) == first
    fill(node, 5, size=10)
    node.loop.run_for(3)
    assert covered(node) == node.commits.last_position


def test_log_that_rests_is_covered() -> None:
    node = make_node(HousekeepingOptions(idle_snapshot_bytes=1000))
    fill(node, 3)
    node.loop.run_for(1.1)
    fill(node, 3)
    assert covered(node) == 0
    node.loop.run_for(2.1)
    assert covered(node) == node.commits.last_position


def test_log_that_rests_with_little_to_cover_is_left_alone() -> None:
    node = make_node(HousekeepingOptions(idle_snapshot_bytes=10_000))
    fill(node, 3)
    node.loop.run_for(60)
    assert covered(node) == 0


def test_nothing_new_brings_no_snapshot() -> None:
    node = make_node()
    fill(node, 50)
    node.loop.run_for(3)
    saves = node.saver.jobs
    assert saves > 0
    node.loop.run_for(600)
    assert node.saver.jobs == saves


def test_dead_bytes_bring_a_snapshot_under_steady_load() -> None:
    """Large messages come and go and never rest; no number of records is ever reached."""
    node = make_node(HousekeepingOptions())
    for _ in range(40):
        fill(node, 20)
        delete_all(node)
        node.loop.run_for(0.5)
    assert covered(node) > 0
    assert log_bytes(node) <= 12 * 20 * (BODY + 400)


def test_what_a_start_replayed_counts() -> None:
    """Servers that are killed often must not replay more each time."""
    node = make_node(NEVER)
    fill(node, 60)
    again = restarted(node)
    assert again.recovered.tail.records == 61
    again.housekeeper.start()
    again.loop.run_for(3)
    assert covered(again) == again.recovered.tail.last_position
    third = restarted(again)
    assert third.recovered.tail.records == 0
    assert third.counts("q") == (60, 0, 0)


def test_snapshot_holds_what_is_acknowledged_while_it_is_written() -> None:
    node = make_node(PROMPT, save_s=lambda: 5.0)
    fill(node, 60)
    node.loop.run_for(2)
    assert node.housekeeper.saving
    fill(node, 5)
    node.delete("q", *node.receive("q", 3))
    node.loop.run_for(4)
    assert not node.housekeeper.saving
    assert covered(node) < node.commits.last_position
    assert restarted(node).counts("q") == (62, 0, 0)


def test_snapshot_waits_for_the_records_that_it_covers() -> None:
    """It may never say more than the log."""
    node = make_node(PROMPT, mode="thread", flush_s=lambda: 0.7)
    fill(node, 30)
    node.loop.run_for(0.6)
    fill(node, 30)
    while not covered(node):
        node.loop.run_for(0.01)
    again = node.restarted(node.files.power_loss(1))
    assert again.recovered.covers == covered(node)
    assert again.counts("q") == (60, 0, 0)


@pytest.mark.parametrize("operation", ["write", "sync", "rename"])
def test_snapshot_that_fails_leaves_the_old_one_and_drops_nothing(
    operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    node = make_node()
    fill(node, 50)
    node.loop.run_for(3)
    old, there = covered(node), segments(node)
    assert old
    node.files.fail, node.files.fail_suffix = operation, "snapshot.tmp"
    delete_all(node)
    node.loop.run_for(5)
    assert covered(node) == old
    assert set(there) <= set(segments(node)) | set(range(segment_of(old)))
    assert caplog.text.count("a snapshot could not be written") == 1
    assert restarted(node).counts("q") == (0, 0, 0)

    node.files.fail = None
    node.loop.run_for(20)
    assert covered(node) == node.commits.last_position
    assert log_bytes(node) <= 2 * SMALL.segment_bytes


def test_last_snapshot_leaves_nothing_to_replay() -> None:
    node = make_node(NEVER)
    fill(node, 5)
    node.stop()
    again = restarted(node)
    assert again.recovered.tail.records == 0
    assert again.counts("q") == (5, 0, 0)


def test_last_snapshot_covers_what_was_only_replayed() -> None:
    node = make_node(NEVER)
    fill(node, 5)
    again = restarted(node)
    again.stop()
    assert restarted(again).recovered.tail.records == 0


def test_last_snapshot_that_finds_no_room_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    node = make_node(NEVER)
    fill(node, 5)
    node.files.fail, node.files.fail_suffix = "write", "snapshot.tmp"
    node.stop()
    assert "the next start takes longer" in caplog.text
    assert restarted(node).counts("q") == (5, 0, 0)


def test_new_and_empty_directory_needs_no_snapshot() -> None:
    node = SimulatedNode()
    node.housekeeper.start()
    node.loop.run_for(60)
    node.stop()
    assert covered(node) == 0


# --- Dropping -------------------------------------------------------------------------------------


def test_segment_is_dropped_only_when_a_snapshot_covers_it() -> None:
    node = make_node(NEVER)
    fill(node, 40)
    delete_all(node)
    there = segments(node)
    node.loop.run_for(60)
    assert segments(node) == there
    node.housekeeper.save()
    node.loop.run_for(2)
    assert segments(node) == [there[-1]]


def test_segment_is_dropped_only_when_nothing_is_alive_in_it() -> None:
    node = make_node()
    fill(node, 40)
    node.loop.run_for(3)
    there = segments(node)
    (oldest,) = node.receive("q", visibility=40_000)
    delete_all(node)
    # All but one of the first segment's are gone, which is not worth cleaning yet.
    node.loop.run_for(0.01)
    assert 1 in segments(node)
    node.delete("q", oldest)
    node.loop.run_for(5)
    assert segments(node)[0] >= there[-1]


def test_results_that_read_from_a_segment_leave_before_it_is_dropped() -> None:
    node = make_node(NEVER, mode="thread", flush_s=lambda: 2.5)
    sending = [node.send_later("q", f"{n} ".ljust(BODY, "x")) for n in range(40)]
    node.loop.run_for(10)
    assert all(call.answered for call in sending)
    node.housekeeper.save()
    node.loop.run_for(1)
    assert covered(node)
    receiving = node.receive_later("q", most=10, wait=0)
    purging = node.call(commands.PurgeQueue(arn("q")))
    node.loop.run_for(2)
    assert not receiving.answered
    assert 1 in segments(node)
    node.loop.run_for(5)
    assert len(receiving.bodies) == 10
    assert purging.answered
    assert 1 not in segments(node)


def test_disk_is_small_again_after_messages_came_and_went() -> None:
    node = make_node()
    for _ in range(10):
        fill(node, 100)
        delete_all(node)
        node.loop.run_for(1)
    node.loop.run_for(10)
    assert log_bytes(node) <= 2 * SMALL.segment_bytes
    sizes = (node.files.size(f"{DIRECTORY}/{name}") for name in node.files.list(DIRECTORY))
    assert sum(sizes) <= 6 * SMALL.segment_bytes
    assert restarted(node).counts("q") == (0, 0, 0)


def test_segment_that_comes_back_after_a_crash_is_dropped_again() -> None:
    node = make_node()
    fill(node, 40)
    node.loop.run_for(3)
    before = node.files.killed()
    delete_all(node)
    node.loop.run_for(5)
    assert 1 not in segments(node)
    disk = node.files.killed()
    name = f"{DIRECTORY}/{segment_name(1)}"
    disk.put(name, bytes(before.content(name)))
    again = node.restarted(disk, housekeeping=PROMPT)
    assert 1 in segments(again)
    again.housekeeper.start()
    again.loop.run_for(3)
    assert 1 not in segments(again)


# --- Cleaning -------------------------------------------------------------------------------------


def test_disk_follows_what_is_alive_though_one_old_message_is_in_every_segment() -> None:
    node = make_node()
    fill(node, 300)
    kept = delete_all(node, keep_one_in=10)
    assert log_bytes(node) > 250_000
    node.loop.run_for(60)
    assert log_bytes(node) <= 2 * live_bytes(node) + 2 * SMALL.segment_bytes
    assert node.counts("q") == (0, kept, 0)
    again = restarted(node)
    assert again.counts("q") == (0, kept, 0)
    again.loop.run_for(40_000)
    bodies = [delivery.message.body for delivery in again.receive_all("q") if delivery.message]
    assert sorted(bodies) == sorted(f"{n} ".ljust(BODY, "x") for n in range(0, 300, 10))


def test_log_that_is_mostly_alive_is_not_cleaned() -> None:
    node = make_node()
    fill(node, 100)
    for delivery in node.receive("q", 10, visibility=40_000) + node.receive("q", 10):
        node.delete("q", delivery)
    node.loop.run_for(5)
    written = node.commits.records
    node.loop.run_for(60)
    assert node.commits.records == written


def cleaned_in_between(change: Callable[[SimulatedNode], None]) -> SimulatedNode:
    """A log in which every tenth message lives; `change` happens again and again while they are
    moved one by one."""
    node = make_node(ONE_BY_ONE)
    node.create("target")
    fill(node, 200)
    delete_all(node, keep_one_in=10)
    node.loop.run_for(3)
    assert node.commits.records > 400
    for _ in range(300):
        node.loop.run_for(0.13)
        change(node)
    assert log_bytes(node) <= 2 * live_bytes(node) + 3 * SMALL.segment_bytes
    return node


def test_message_is_deleted_while_its_segment_is_cleaned() -> None:
    node = make_node(ONE_BY_ONE)
    fill(node, 200)
    kept = [
        delivery
        for index, delivery in enumerate(node.receive_all("q", visibility=40_000))
        if index % 10 == 0 or node.delete("q", delivery)
    ]
    assert len(kept) == 20
    node.loop.run_for(3)
    for delivery in reversed(kept[:10]):
        node.loop.run_for(0.13)
        node.delete("q", delivery)
    node.loop.run_for(60)
    assert node.counts("q") == (0, 10, 0)
    assert restarted(node).counts("q") == (0, 10, 0)
    assert log_bytes(node) <= 2 * live_bytes(node) + 3 * SMALL.segment_bytes


def test_messages_are_received_and_hidden_while_their_segment_is_cleaned() -> None:
    def change(node: SimulatedNode) -> None:
        for delivery in node.receive("q", 1):
            node.hide("q", delivery, 0)

    node = cleaned_in_between(change)
    node.loop.run_for(50_000)
    bodies = {delivery.message.body for delivery in node.receive_all("q") if delivery.message}
    assert len(bodies) == 20


def test_messages_are_moved_while_their_segment_is_cleaned() -> None:
    node = make_node(ONE_BY_ONE)
    node.create("dead")
    policy = f'{{"deadLetterTargetArn":"{arn("dead")}","maxReceiveCount":1}}'
    fill(node, 200)
    delete_all(node, keep_one_in=10)
    node.run(commands.SetQueueAttributes(arn("q"), {"RedrivePolicy": policy}))
    slots = list(node.queue("q").in_flight)
    uid = node.queue("q").uid
    for slot in slots:
        change = commands.VisibilityChange(commands.Receipt(uid, slot, 1), 0)
        node.call(commands.ChangeVisibility(arn("q"), [change]))
        node.loop.run_for(0.13)
        assert node.receive("q") == []
    node.loop.run_for(60)
    assert node.counts("dead") == (20, 0, 0)
    assert log_bytes(node) <= 2 * live_bytes(node) + 3 * SMALL.segment_bytes
    again = restarted(node)
    assert len(again.receive_all("dead")) == 20


def test_queue_is_deleted_while_its_segment_is_cleaned() -> None:
    node = make_node(ONE_BY_ONE)
    fill(node, 200)
    delete_all(node, keep_one_in=10)
    node.loop.run_for(2.5)
    node.remove("q")
    node.loop.run_for(60)
    assert log_bytes(node) <= 2 * SMALL.segment_bytes


def test_message_that_cannot_be_read_stays_and_the_others_are_moved(
    caplog: pytest.LogCaptureFixture,
) -> None:
    node = make_node(NEVER)
    fill(node, 300)
    kept = delete_all(node, keep_one_in=10)
    slot = list(node.queue("q").in_flight)[4]
    position = node.queue("q").slots.position(slot)
    path = f"{DIRECTORY}/{segment_name(segment_of(position))}"
    node.files.content(path)[offset_of(position) + 30] ^= 1
    node.housekeeper.save()
    node.loop.run_for(120)
    assert segment_of(position) in segments(node)
    assert node.queue("q").slots.position(slot) == position
    assert log_bytes(node) <= 2 * live_bytes(node) + 3 * SMALL.segment_bytes
    assert node.counts("q") == (0, kept, 0)
    told = [each.getMessage() for each in caplog.records if each.levelno == logging.CRITICAL]
    assert told == [
        f"{path} is damaged at offset {offset_of(position)}: no whole record stands there"
    ]


def test_disk_that_cannot_be_read_delays_cleaning_only() -> None:
    node = make_node()
    fill(node, 300)
    delete_all(node, keep_one_in=10)
    node.files.fail, node.files.fail_suffix = "read", ".log"
    node.loop.run_for(20)
    assert log_bytes(node) > 100_000
    node.files.fail = None
    node.loop.run_for(60)
    assert log_bytes(node) <= 2 * live_bytes(node) + 2 * SMALL.segment_bytes


def test_cleaning_waits_until_there_is_room_for_what_lives_in_a_segment() -> None:
    """Else it would take what deletes need, and gain nothing by half a segment."""
    node = make_node()
    fill(node, 300)
    delete_all(node, keep_one_in=10)
    in_a_segment = node.partition.state.usage.live_bytes[1]
    spare = in_a_segment - 1
    node.log.spare_bytes = lambda: spare  # type: ignore[method-assign]
    written = node.commits.records
    node.loop.run_for(20)
    assert node.commits.records == written
    spare = in_a_segment
    node.loop.run_for(60)
    assert log_bytes(node) <= 2 * live_bytes(node) + 2 * SMALL.segment_bytes


def test_bug_that_breaks_the_state_while_cleaning_stops_the_node(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def bug(record: object, position: int) -> None:
        raise ZeroDivisionError

    node = make_node()
    fill(node, 300)
    kept = delete_all(node, keep_one_in=10)
    node.partition.state._apply[records.MessageRewritten] = bug
    node.loop.run_for(20)
    assert node.commits.stopped is not None
    assert "ZeroDivisionError" in caplog.text
    node.stop()
    again = node.restarted(housekeeping=PROMPT)
    assert again.counts("q") == (0, kept, 0)


def test_housekeeper_that_is_stopped_does_nothing_more() -> None:
    node = make_node(ONE_BY_ONE)
    fill(node, 200)
    delete_all(node, keep_one_in=10)
    node.loop.run_for(2.5)
    node.housekeeper.stop()
    node.loop.run_for(0.2)
    written, there = node.commits.records, segments(node)
    node.loop.run_for(600)
    assert node.commits.records == written
    assert segments(node) == there


def test_log_that_has_stopped_is_left_alone() -> None:
    node = make_node()
    fill(node, 100)
    node.commits.abandon()
    node.loop.run_for(60)
    assert covered(node) == 0


def test_a_message_of_many_queues_is_copied_forward_once() -> None:
    """What ten queues have stands once in the log, also after its segment was cleaned."""
    node = make_node()
    names = [f"q{number}" for number in range(10)]
    for name in names:
        node.create(name)
    node.create_with_dead_letters("buried", "dead", 1)
    for number in range(150):
        targets = [
            FanTarget(arn(name), UUID(int=index).bytes, False)
            for index, name in enumerate((*names, "buried"))
        ]
        message = Message(str(UUID(int=number)), f"{number} " + "x" * 900, "md5", "AIDA")
        node.run(FanOut("topic", [Fan(message, FanTargets.of(targets))]))
    for name in names:
        for index, delivery in enumerate(node.receive_all(name, visibility=40_000)):
            if index % 15:
                node.delete(name, delivery)
    for index, delivery in enumerate(node.receive_all("buried", visibility=1)):
        if index % 15 != 7:
            node.delete("buried", delivery)
    node.loop.run_for(3)
    assert node.receive("buried") == []
    node.loop.run_for(300)
    assert node.counts("dead") == (10, 0, 0)
    assert log_bytes(node) <= 60_000 + 3 * SMALL.segment_bytes
    again = restarted(node)
    again.loop.run_for(50_000)
    for name in (*names, "dead"):
        found = again.receive_all(name)
        assert len(found) == 10
        assert all(each.message is not None and each.message.through for each in found)
