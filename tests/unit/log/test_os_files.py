"""The real files: what the port promises, and the log on them with real threads."""

import threading
from pathlib import Path

import pytest

from small_log import SMALL, numbered, texts
from tidegate.log.files.partition import open_partition
from tidegate.log.files.store import FileLog
from tidegate.log.fs import Files, OsFiles
from tidegate.testing.files import CrashableFiles


@pytest.fixture(params=["real", "simulated"])
def files(request: pytest.FixtureRequest) -> Files:
    return OsFiles() if request.param == "real" else CrashableFiles()


def test_port(files: Files, tmp_path: Path) -> None:
    directory = str(tmp_path)
    first, second = f"{directory}/first", f"{directory}/second"
    handle = files.open(first, create=True)
    files.write(handle, b"hello", 3)
    files.sync(handle)
    assert files.read(handle, 100, 0) == b"\0\0\0hello"
    assert files.read(handle, 2, 4) == b"el"
    assert files.read(handle, 5, 100) == b""
    files.close(handle)
    assert files.size(first) == 8
    files.rename(first, second)
    files.sync_directory(directory)
    assert files.list(directory) == ["second"]
    handle = files.open(second)
    assert files.read(handle, 5, 3) == b"hello"
    files.close(handle)
    for call in (lambda: files.open(first), lambda: files.unlink(first), lambda: files.size(first)):
        with pytest.raises(FileNotFoundError):
            call()
    handle = files.open(second, create=True)
    assert files.read(handle, 5, 0) == b""
    files.close(handle)
    files.unlink(second)
    assert files.list(directory) == []
    free, total = files.free(directory)
    assert 0 < free <= total


def test_flushes_in_another_thread_while_appends_go_on(tmp_path: Path) -> None:
    log = FileLog.open(str(tmp_path), options=SMALL)
    records = numbered(2000)
    for start in range(0, len(records), 40):
        for record in records[start : start + 20]:
            log.append(record)
        assert log.begin_flush()
        flusher = threading.Thread(target=log.finish_flush)
        flusher.start()
        for record in records[start + 20 : start + 40]:
            log.append(record)
        flusher.join()
    log.close()
    log = FileLog.open(str(tmp_path), options=SMALL)
    assert texts(log) == records
    assert log.cut is None
    log.close()


def test_partition_begins_in_a_new_directory(tmp_path: Path) -> None:
    partition = open_partition(str(tmp_path / "partition-0000"), options=SMALL)
    position = partition.log.append(b"record")
    partition.log.close()
    partition.snapshots.save(position, [b"state"])
    partition = open_partition(str(tmp_path / "partition-0000"), options=SMALL)
    loaded = partition.snapshots.load()
    assert loaded is not None
    assert loaded[0] == position
    assert texts(partition.log, position) == []
    partition.log.close()
