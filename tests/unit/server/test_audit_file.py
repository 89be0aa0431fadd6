"""The audit trail's file: rotation, what a failing disk does, and what is told of what is lost."""

import errno
import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tidegate.base.call import Principal
from tidegate.gateway.audit import Event, recorded
from tidegate.server import audit_file
from tidegate.server.audit_file import AuditFile, AuditFileOptions, RotatingFile

ALICE = Principal("1", "arn:aws:iam::1:user/alice", "AKIA1", "AIDA1", "User", "alice")
NOBODY = Principal("", "", "", "")


def event(name: str = "CreateQueue", number: int = 0, **facts: Any) -> Event:
    made = Event(
        at=100.0,
        operation=recorded("sqs", name),
        principal=ALICE,
        region="us-east-1",
        request_id=str(number),
        resource="*",
        peer="192.0.2.1",
        user_agent="",
    )
    return msgspec.structs.replace(made, **facts)


def stranger(at: float) -> Event:
    return event(principal=NOBODY, error_code="InvalidClientTokenId", at=at)


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text().splitlines()]


def losses(path: Path) -> dict[str, int]:
    total: dict[str, int] = {}
    for read in records(path):
        for category, count in read.get("serviceEventDetails", {}).get("lost", {}).items():
            total[category] = total.get(category, 0) + count
    return total


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "audit.jsonl"


def trail(path: Path, size_bytes: int = 1 << 20, files_kept: int = 3) -> AuditFile:
    return AuditFile(AuditFileOptions(path, size_bytes, files_kept), lambda: 100.0)


class TestRotatingFile:
    def put(self, file: RotatingFile, lines: bytes) -> None:
        file.begin(len(lines))
        assert file.write(memoryview(lines)) == len(lines)

    def file(self, path: Path, size_bytes: int = 10, files_kept: int = 2) -> RotatingFile:
        return RotatingFile(AuditFileOptions(path, size_bytes, files_kept))

    def test_only_the_owner_may_read(self, path: Path) -> None:
        self.file(path).close()
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_wider_mode_of_an_old_file_is_narrowed(self, path: Path) -> None:
        path.parent.mkdir()
        path.touch(0o644)
        self.file(path).close()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_full_file_is_kept_and_the_oldest_goes(self, path: Path) -> None:
        file = self.file(path)
        for number in range(5):
            self.put(file, b"line %d\n" % number)
        file.close()
        found = {each.name: each.read_text() for each in path.parent.iterdir()}
        assert found == {
            "audit.jsonl": "line 4\n",
            "audit.jsonl.1": "line 3\n",
            "audit.jsonl.2": "line 2\n",
        }

    def test_lines_larger_than_a_file_have_one_for_themselves(self, path: Path) -> None:
        file = self.file(path)
        self.put(file, b"x" * 50 + b"\n")
        self.put(file, b"y\n")
        file.close()
        assert path.read_text() == "y\n"
        assert len((path.parent / "audit.jsonl.1").read_bytes()) == 51

    def test_without_old_files_a_full_one_is_gone(self, path: Path) -> None:
        file = self.file(path, files_kept=0)
        self.put(file, b"line 1\n")
        self.put(file, b"line 2\n")
        file.close()
        assert [each.name for each in path.parent.iterdir()] == ["audit.jsonl"]
        assert path.read_text() == "line 2\n"

    def test_rotation_that_failed_half_way_loses_nothing(self, path: Path) -> None:
        file = self.file(path, files_kept=3)
        self.put(file, b"line 1\n")
        # As after a rotation that has renamed the older files and then failed.
        (path.parent / "audit.jsonl.2").write_text("older\n")
        (path.parent / "audit.jsonl.3").write_text("oldest\n")
        self.put(file, b"line 2\n")
        file.close()
        assert (path.parent / "audit.jsonl.1").read_text() == "line 1\n"
        assert (path.parent / "audit.jsonl.2").read_text() == "older\n"
        assert (path.parent / "audit.jsonl.3").read_text() == "oldest\n"

    def test_file_goes_on_where_the_last_server_stopped(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("torn by a cr")
        file = self.file(path, size_bytes=1000)
        self.put(file, b"line\n")
        file.close()
        assert path.read_text() == "torn by a cr\nline\n"

    def test_file_that_was_taken_away_is_made_anew(self, path: Path) -> None:
        file = self.file(path, size_bytes=1000)
        self.put(file, b"line 1\n")
        path.rename(path.with_name("taken"))
        self.put(file, b"line 2\n")
        file.close()
        assert path.read_text() == "line 2\n"

    def test_what_is_no_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="no regular file"):
            self.file(Path(os.devnull))


class TestTrail:
    def test_events_are_in_the_file_when_the_server_has_stopped(self, path: Path) -> None:
        written = trail(path)
        written.start()
        for number in range(200):
            written.add(event(number=number))
        written.close()
        found = records(path)
        assert [read["requestID"] for read in found] == [str(number) for number in range(200)]
        assert len({read["eventID"] for read in found}) == 200

    def test_file_is_rotated_between_lines(self, path: Path) -> None:
        written = trail(path, size_bytes=100_000, files_kept=100)
        written.start()
        for number in range(500):
            written.add(event(number=number))
        written.close()
        files = sorted(path.parent.iterdir())
        assert len(files) > 2
        assert sum(len(records(file)) for file in files) == 500

    def test_events_on_messages_leave_room_for_control_operations(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_file, "MOST_EVENTS", 10)
        written = trail(path)
        for _ in range(8):
            written.add(event("SendMessage"))
        for _ in range(8):
            written.add(event())
        written.start()
        written.close()
        names = [read["eventName"] for read in records(path)]
        assert names.count("SendMessage") == 5
        # The wake-ups of a loss have their place in the queue too.
        assert names.count("CreateQueue") == 4
        assert names.count("RecordsLost") == 1
        assert losses(path) == {"data": 3, "management": 4}

    def test_memory_of_requests_is_bounded(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_file, "MOST_BYTES", 1000)
        written = trail(path)
        for _ in range(5):
            written.add(event(size_bytes=300))
        written.start()
        written.close()
        assert losses(path) == {"management": 2}

    def test_room_is_there_again_once_events_are_written(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_file, "MOST_BYTES", 1000)
        written = trail(path)
        for _ in range(10):
            written.add(event(size_bytes=900))
            written._write_all(written._queue.get())
        assert losses(path) == {}
        assert len(records(path)) == 10

    def test_strangers_have_a_burst_and_then_one_a_second(self, path: Path) -> None:
        written = trail(path)
        for _ in range(audit_file.STRANGERS_BURST + 5):
            written.add(stranger(at=100.0))
        for at in (101.0, 101.5, 102.0):
            written.add(stranger(at))
        written.add(event())
        written.start()
        written.close()
        names = [read["userIdentity"]["type"] for read in records(path)]
        assert names.count("Unknown") == audit_file.STRANGERS_BURST + 2
        assert names.count("IAMUser") == 1
        assert losses(path) == {"unauthenticated": 6}

    def test_record_that_cannot_be_made_is_told(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        written = trail(path)
        written.add(event(at="not a time"))
        written.add(event(number=2))
        written.start()
        written.close()
        assert losses(path) == {"unwritable": 1}
        assert records(path)[1]["requestID"] == "2"
        assert "no audit record could be made of CreateQueue" in caplog.text


class FailingDisk:
    """An `os.write` that takes a few bytes and then fails, until it is told otherwise."""

    def __init__(self) -> None:
        self.full = True
        self.failed = threading.Event()
        self._write = os.write

    def __call__(self, handle: int, data: memoryview) -> int:
        if self.full and self.failed.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        if self.full:
            self.failed.set()
            return self._write(handle, data[:10])
        return self._write(handle, data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    disk = FailingDisk()
    monkeypatch.setattr(os, "write", disk)
    return disk


class TestFailingDisk:
    def recover_while_waiting(
        self, written: AuditFile, disk: FailingDisk, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[float], bool]:
        """In place of the writer's wait: the disk has room again, and no time has passed."""

        def wait(seconds: float) -> bool:
            disk.full = False
            return False

        monkeypatch.setattr(written._closing, "wait", wait)
        return wait

    def test_write_goes_on_where_it_stopped(
        self,
        path: Path,
        disk: FailingDisk,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        written = trail(path)
        self.recover_while_waiting(written, disk, monkeypatch)
        with caplog.at_level(logging.WARNING):
            written._write_all(event(number=7))
        assert [read["requestID"] for read in records(path)] == ["7"]
        texts = [entry.getMessage() for entry in caplog.records]
        assert texts == [
            f"cannot write the audit trail {path}: No space left on device",
            f"the audit trail {path} is written again",
        ]

    def test_stopping_server_does_not_wait_for_the_disk(
        self, path: Path, disk: FailingDisk, caplog: pytest.LogCaptureFixture
    ) -> None:
        written = trail(path)
        written.add(event())
        written.start()
        written.close()
        assert "1 audit records could not be written" in caplog.text
