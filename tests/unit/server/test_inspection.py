"""`inspect` shows what a stopped server left behind, and touches nothing of it."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from engine_harness import START, arn
from small_log import flush
from tidegate.engine import commands, snapshot
from tidegate.engine.codec import encode_record
from tidegate.engine.commands import Entry, Message
from tidegate.engine.partition import Partition
from tidegate.log.files.directory import UnusableDirectory
from tidegate.log.files.lock import DirectoryInUse
from tidegate.log.interface import DamagedLog
from tidegate.server.inspection import QueueDepth, inspect
from tidegate.server.storage import Storage, open_storage

SEGMENT_BYTES = 16 << 20


class Writer:
    """What a server does to its directory, without its sockets."""

    def __init__(self, data: Path) -> None:
        self.storage: Storage = open_storage(data, SEGMENT_BYTES)
        self.partition = Partition(self._journal, self.storage.recovered.state)
        self.last_position = 0

    def _journal(self, record: Any, spends_reserve: bool) -> int:
        data = encode_record(record)
        self.last_position = self.storage.log.append(data, spends_reserve=spends_reserve)
        return self.last_position

    def run(self, command: Any, at: int = START) -> Any:
        result = self.partition.execute(command, at)
        flush(self.storage.log)
        return result

    def send(self, name: str, delay_s: int | None = None) -> None:
        message = Message(id="id", body="x", md5="", sender_id="AIDA")
        self.run(commands.Send(arn(name), Entry(message, 1, delay_s)))

    def save(self) -> None:
        parts = snapshot.capture(self.partition.state).encode()
        self.storage.snapshots.save(self.last_position, parts)


def write_two_queues(data: Path, *, save_in_between: bool = False, close: bool = True) -> Writer:
    writer = Writer(data)
    for name in ("busy", "empty"):
        writer.run(commands.CreateQueue(arn(name), {}, {}))
    for _ in range(5):
        writer.send("busy")
    if save_in_between:
        writer.save()
    writer.send("busy", delay_s=900)
    writer.run(commands.Receive(arn("busy"), 2, 600))
    if close:
        writer.storage.close()
    return writer


def fingerprint(data: Path) -> dict[str, tuple[str, int, int]]:
    """Every file with its content, its mode and when it was changed."""
    return {
        str(path.relative_to(data)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "directory",
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in sorted([data, *data.rglob("*")])
    }


@pytest.mark.parametrize("save_in_between", [False, True])
def test_depths_and_segments_are_shown_and_nothing_is_changed(
    tmp_path: Path, save_in_between: bool
) -> None:
    write_two_queues(tmp_path, save_in_between=save_in_between)
    before = fingerprint(tmp_path)
    found = inspect(str(tmp_path))
    assert fingerprint(tmp_path) == before
    assert found.queues == (
        QueueDepth(arn("busy"), waiting=3, in_flight=2, delayed=1),
        QueueDepth(arn("empty"), waiting=0, in_flight=0, delayed=0),
    )
    (segment,) = found.segments
    assert segment.number == 1
    assert segment.live_bytes == 6 * 128
    assert (found.snapshot is not None) == save_in_between


def test_snapshot_is_shown_with_what_it_covers(tmp_path: Path) -> None:
    writer = write_two_queues(tmp_path, close=False)
    writer.save()
    writer.storage.close()
    shown = inspect(str(tmp_path)).snapshot
    assert shown is not None
    assert shown.position == writer.last_position
    assert Path(shown.path).is_file()


def test_directory_of_a_server_that_was_killed_is_shown_as_it_is(tmp_path: Path) -> None:
    """No last mark, and half a flush at the end, which a start would cut."""
    writer = write_two_queues(tmp_path, close=False)
    segment = tmp_path / "partition-0000" / "00000001.log"
    end = segment.read_bytes().rstrip(b"\0")
    as_it_was = end + b"half a flush".ljust(segment.stat().st_size - len(end), b"\0")
    writer.storage.close()
    segment.write_bytes(as_it_was)
    before = fingerprint(tmp_path)
    found = inspect(str(tmp_path))
    assert fingerprint(tmp_path) == before
    assert found.queues[0] == QueueDepth(arn("busy"), 3, 2, 1)


def test_time_that_has_passed_meanwhile_is_not_counted(tmp_path: Path) -> None:
    """What is shown is the state as the server left it, whenever one looks."""
    write_two_queues(tmp_path)
    assert inspect(str(tmp_path)).queues[0].in_flight == 2


def test_damage_is_named(tmp_path: Path) -> None:
    write_two_queues(tmp_path)
    segment = tmp_path / "partition-0000" / "00000001.log"
    content = bytearray(segment.read_bytes())
    content[700] ^= 1
    segment.write_bytes(content)
    with pytest.raises(DamagedLog) as raised:
        inspect(str(tmp_path))
    assert raised.value.file == str(segment)
    assert 0 < raised.value.offset <= 700


def test_what_is_no_data_directory_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("private")
    before = fingerprint(tmp_path)
    with pytest.raises(UnusableDirectory):
        inspect(str(tmp_path))
    assert fingerprint(tmp_path) == before


# --- One server at a time -------------------------------------------------------------------------


def test_second_server_on_the_same_directory_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    first = write_two_queues(tmp_path, close=False)
    before = fingerprint(tmp_path)
    with pytest.raises(DirectoryInUse, match=str(tmp_path)):
        open_storage(tmp_path, SEGMENT_BYTES)
    assert fingerprint(tmp_path) == before
    first.send("busy")
    first.storage.close()
    second = Writer(tmp_path)
    assert second.partition.state.by_arn[arn("busy")].slots.live == 7
    second.storage.close()


def test_directory_that_cannot_be_opened_is_let_go_again(tmp_path: Path) -> None:
    write_two_queues(tmp_path)
    segment = tmp_path / "partition-0000" / "00000001.log"
    whole = segment.read_bytes()
    content = bytearray(whole)
    content[700] ^= 1
    segment.write_bytes(content)
    with pytest.raises(DamagedLog):
        open_storage(tmp_path, SEGMENT_BYTES)
    segment.write_bytes(whole)
    open_storage(tmp_path, SEGMENT_BYTES).close()
