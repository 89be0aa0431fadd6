"""Group commit: results leave in order, when the log is durable up to them, or fail."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tidegate.base.refusals import LogStopped, StorageFull
from tidegate.engine.records import QueueDeleted
from tidegate.log.memory import MemoryLog
from tidegate.runtime.commits import Commits, SyncMode
from tidegate.testing.executors import InlineExecutor, LateExecutor
from tidegate.testing.loop import SimLoop

FLUSH_S = 0.010
RECORD = QueueDeleted(1, 1)


class ScriptedLog(MemoryLog):
    """Fails when it is told to, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Exception | None = None
        self.append_fails: Exception | None = None
        self.flush_s = 0.0
        self.spent_s = 0.0
        self.flushes = 0

    def append(self, record: bytes, *, spends_reserve: bool = False) -> int:
        if self.append_fails is not None:
            raise self.append_fails
        return super().append(record, spends_reserve=spends_reserve)

    def finish_flush(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.spent_s += self.flush_s
        self.flushes += 1
        super().finish_flush()

    @property
    def durable(self) -> int:
        return sum(1 for _ in self.survivor().replay(0))


class World:
    """Commits over a scripted log; each result that leaves notes how much was durable then."""

    def __init__(self, mode: SyncMode = "inline") -> None:
        self.loop = SimLoop()
        self.log = ScriptedLog()
        self.executor = LateExecutor(self.loop, lambda: FLUSH_S)
        self.commits = Commits(
            self.log, self.loop, self.executor, mode, stopwatch=lambda: self.log.spent_s
        )
        self.left: list[tuple[str, int]] = []
        self.failed: list[str] = []
        self.flushes = 0
        self.halts = 0
        self.commits.deliver = self._deliver
        self.commits.fail = self._fail
        self.commits.flushed = self._flushed
        self.commits.halted = self._halted

    def _deliver(self, what: Any) -> None:
        if callable(what):
            what()
        else:
            self.left.append((what, self.log.durable))

    def _fail(self, stopped: LogStopped, what: str) -> None:
        assert stopped is self.commits.stopped
        self.failed.append(what)

    def _flushed(self) -> None:
        self.flushes += 1

    def _halted(self) -> None:
        self.halts += 1

    def write(self, result: str | Callable[[], None], spends_reserve: bool = True) -> None:
        """A command that makes a record and a result."""
        self.commits.journal(RECORD, spends_reserve)
        self.commits.release((result,))

    def read(self, result: str) -> None:
        """A command that makes only a result."""
        self.commits.release((result,))


@pytest.fixture(params=["inline", "thread"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


# --- In order, and durable ------------------------------------------------------------------------


def test_results_leave_in_order_when_their_records_are_durable(world: World) -> None:
    for number in range(3):
        world.write(f"write {number}")
    world.read("read")
    assert world.left == []
    world.loop.run_for(1)
    assert world.left == [("write 0", 3), ("write 1", 3), ("write 2", 3), ("read", 3)]
    assert world.log.flushes == 1
    assert world.commits.idle


def test_read_of_a_durable_state_leaves_at_once(world: World) -> None:
    world.read("nothing was ever written")
    world.write("write")
    world.loop.run_for(1)
    world.read("all is durable")
    assert world.left[0] == ("nothing was ever written", 0)
    assert world.left[2] == ("all is durable", 1)


def test_read_waits_for_the_flush_under_way() -> None:
    world = World("thread")
    world.write("write")
    world.loop.settle()
    world.read("sees the write")
    assert world.left == []
    world.loop.run_for(FLUSH_S)
    assert world.left == [("write", 1), ("sees the write", 1)]


def test_what_is_written_while_a_flush_runs_goes_with_the_next_one() -> None:
    world = World("thread")
    world.write("first")
    world.loop.settle()
    world.write("second")
    world.read("sees both")
    world.loop.run_for(FLUSH_S)
    assert world.left == [("first", 1)]
    world.loop.run_for(FLUSH_S)
    assert world.left == [("first", 1), ("second", 2), ("sees both", 2)]
    assert world.executor.jobs == 2


def test_one_flush_serves_all_that_gathered_meanwhile() -> None:
    world = World("thread")
    world.write("first")
    world.loop.settle()
    for number in range(100):
        world.write(f"{number}")
        world.loop.run_for(FLUSH_S / 200)
    world.loop.run_for(1)
    assert world.executor.jobs == 2
    assert [name for name, _ in world.left] == ["first", *map(str, range(100))]


def test_result_that_writes_while_it_leaves_is_flushed_too(world: World) -> None:
    world.write(lambda: world.write("given back"))
    world.write("the other")
    world.loop.run_for(1)
    assert world.left == [("the other", 2), ("given back", 3)]
    assert world.commits.idle


def test_counts_what_was_appended(world: World) -> None:
    world.write("one")
    world.write("two")
    assert world.commits.records == 2
    assert world.commits.bytes == sum(len(data) for _, data in _flushed(world).replay(0))
    assert world.commits.last_position == max(position for position, _ in world.log.replay(0))


def _flushed(world: World) -> MemoryLog:
    world.loop.run_for(1)
    return world.log


def test_flushed_is_called_after_the_results(world: World) -> None:
    seen: list[str] = []
    world.commits.flushed = lambda: seen.append("flushed")
    world.write(lambda: seen.append("result"))
    world.loop.run_for(1)
    assert seen == ["result", "flushed"]


def test_result_that_cannot_be_delivered_does_not_hold_up_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def bug() -> None:
        raise KeyError("a bug")

    world.write("before")
    world.write(bug)
    world.write("after")
    world.loop.settle()
    world.write("in the next batch")
    world.loop.run_for(1)
    assert [name for name, _ in world.left] == ["before", "after", "in the next batch"]
    assert "KeyError" in caplog.text
    assert world.commits.idle


# --- Waiting for what is durable ------------------------------------------------------------------


def test_when_durable_comes_behind_the_results_before_it(world: World) -> None:
    seen: list[str] = []
    world.commits.deliver = lambda call, result, *_: result() if call is None else seen.append(call)
    world.commits.journal(RECORD, True)
    world.commits.release(("result", None, None, None))
    world.commits.when_durable(lambda: seen.append("durable"))
    assert seen == []
    world.loop.run_for(1)
    assert seen == ["result", "durable"]
    world.commits.when_durable(lambda: seen.append("at once"))
    assert seen[2:] == ["at once"]


def test_settle_returns_once_nothing_waits() -> None:
    world = World("thread")
    world.commits.deliver = lambda call, result, *_: result() if call is None else None
    world.loop.run(world.commits.settle())
    world.commits.journal(RECORD, True)
    world.loop.settle()
    world.commits.journal(RECORD, True)
    world.loop.run(world.commits.settle())
    assert world.commits.idle
    assert world.log.durable == 2
    assert world.loop.time() == pytest.approx(2 * FLUSH_S)


def test_settle_returns_where_the_log_stops() -> None:
    world = World("thread")
    world.commits.fail = lambda stopped, call, result, failed, _: failed()
    world.log.fails = LogStopped("no disk")
    world.commits.journal(RECORD, True)
    world.loop.run(world.commits.settle())
    assert world.commits.stopped is not None


# --- Failures -------------------------------------------------------------------------------------


def test_failed_sync_fails_what_waits_and_everything_after(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.write("durable")
    world.loop.run_for(1)
    world.log.fails = LogStopped("sync failed; restart the server")
    world.write("in the failed flush")
    world.loop.settle()
    if world.commits.stopped is None:
        world.write("gathered meanwhile")
        world.read("read meanwhile")
        world.loop.run_for(1)
        assert world.failed == ["in the failed flush", "gathered meanwhile", "read meanwhile"]
    else:
        assert world.failed == ["in the failed flush"]
    world.log.fails = None
    world.read("later")
    with pytest.raises(LogStopped):
        world.write("never")
    world.loop.run_for(1)
    assert world.failed[-1] == "later"
    assert [name for name, _ in world.left] == ["durable"]
    assert world.log.flushes == 1
    assert world.halts == 1
    assert caplog.text.count("restart the server") == 1
    assert caplog.records[-1].levelno == logging.CRITICAL


def test_log_that_fails_between_flushes_stops_everything(world: World) -> None:
    """Its own thread makes room, and may fail at any time."""
    world.write("waits")
    world.log.append_fails = LogStopped("no room could be made")
    with pytest.raises(LogStopped):
        world.commits.journal(RECORD, True)
    assert world.failed == ["waits"]
    world.read("later")
    world.loop.run_for(1)
    assert world.failed == ["waits", "later"]
    assert world.left == []
    assert world.halts == 1


def test_log_found_stopped_when_a_flush_begins_stops_everything(world: World) -> None:
    world.write("waits")
    world.log.stop("no room could be made")
    world.loop.run_for(1)
    assert world.failed == ["waits"]
    assert world.halts == 1


def test_full_disk_refuses_one_record_and_stops_nothing(world: World) -> None:
    world.log.full = True
    with pytest.raises(StorageFull):
        world.write("send", spends_reserve=False)
    world.write("delete")
    world.log.full = False
    world.write("send again", spends_reserve=False)
    world.loop.run_for(1)
    assert world.left == [("delete", 2), ("send again", 2)]
    assert world.commits.stopped is None


def test_bug_in_a_flush_stops_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.log.fails = ZeroDivisionError("a bug")
    world.write("waits")
    world.loop.run_for(1)
    assert world.failed == ["waits"]
    assert "ZeroDivisionError" in caplog.text
    assert "Restart it" in caplog.text
    assert world.halts == 1


def test_abandoned_log_writes_nothing_more(world: World) -> None:
    """Also not when it is closed: the last record may be the one that cannot be applied."""
    world.write("durable")
    world.loop.run_for(1)
    world.write("in a flush, perhaps")
    world.commits.journal(RECORD, True)
    world.commits.abandon()
    assert world.failed == ["in a flush, perhaps"]
    world.loop.run_for(1)
    world.log.close()
    assert world.log.durable == 1
    assert world.halts == 1


def test_flush_that_ends_after_the_log_was_abandoned_delivers_nothing() -> None:
    world = World("thread")
    world.write("under way")
    world.loop.settle()
    world.commits.abandon()
    world.loop.run_for(1)
    assert world.failed == ["under way"]
    assert world.left == []


# --- Which thread ---------------------------------------------------------------------------------


def flush(world: World, sync_s: float, times: int) -> None:
    world.log.flush_s = sync_s
    for _ in range(times):
        world.write("x")
        world.loop.run_for(1)


def test_auto_takes_a_thread_for_a_slow_disk_and_comes_back() -> None:
    world = World("auto")
    flush(world, 0.0002, 50)
    assert world.executor.jobs == 0
    flush(world, 0.005, 50)
    in_thread = world.executor.jobs
    assert 40 <= in_thread < 50
    flush(world, 0.0002, 200)
    came_back = world.executor.jobs - in_thread
    assert 10 < came_back < 100
    flush(world, 0.0002, 50)
    assert world.executor.jobs == in_thread + came_back
    assert len(world.left) == 350


def test_auto_does_not_go_back_and_forth_at_the_border() -> None:
    world = World("auto")
    flush(world, 0.005, 50)
    before = world.executor.jobs
    flush(world, 0.0008, 300)
    assert world.executor.jobs == before + 300


def test_auto_takes_no_thread_for_one_slow_sync() -> None:
    world = World("auto")
    flush(world, 0.0001, 50)
    flush(world, 0.015, 1)
    flush(world, 0.0001, 50)
    assert world.executor.jobs == 0


@pytest.mark.parametrize("mode", ["inline", "thread"])
def test_chosen_mode_is_kept_whatever_is_measured(mode: SyncMode) -> None:
    world = World(mode)
    flush(world, 0.1, 30)
    flush(world, 0.0, 30)
    assert world.executor.jobs == (60 if mode == "thread" else 0)


def test_thread_that_ends_at_once_is_waited_for_all_the_same() -> None:
    world = World()
    commits = Commits(world.log, world.loop, InlineExecutor(), "thread")
    left: list[str] = []
    commits.deliver = left.append
    commits.flushed = lambda: None
    commits.journal(RECORD, True)
    commits.release(("result",))
    world.loop.turn()
    assert left == []
    world.loop.settle()
    assert left == ["result"]
