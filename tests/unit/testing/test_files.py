"""The simulated disk keeps what it promised and loses what it may."""

import pytest

from tidegate.testing.files import CrashableFiles

PATH = "/d/file"


def written(*, synced: bool, named: bool) -> CrashableFiles:
    files = CrashableFiles()
    handle = files.open(PATH, create=True)
    files.write(handle, b"x" * 4096, 0)
    if synced:
        files.sync(handle)
    if named:
        files.sync_directory("/d")
    return files


def contents(files: CrashableFiles) -> set[bytes | None]:
    """What loss of power may leave, by many seeds."""
    found: set[bytes | None] = set()
    for seed in range(60):
        disk = files.power_loss(seed)
        found.add(bytes(disk.content(PATH)) if disk.list("/d") else None)
    return found


def test_what_is_synced_with_its_name_stays() -> None:
    assert contents(written(synced=True, named=True)) == {b"x" * 4096}


def test_name_that_is_not_synced_may_vanish() -> None:
    assert contents(written(synced=True, named=False)) == {b"x" * 4096, None}


def test_content_that_is_not_synced_may_vanish_survive_or_be_torn_at_sectors() -> None:
    found = contents(written(synced=False, named=True))
    assert b"x" * 4096 in found
    assert b"" in found
    torn = [content for content in found if content and b"\0" in content]
    assert torn
    for content in torn:
        assert len(content) % 512 == 0
        assert all(
            set(content[at : at + 512]) in ({0}, {120}) for at in range(0, len(content), 512)
        )


def test_rename_may_be_lost_but_never_halved() -> None:
    files = written(synced=True, named=True)
    files.rename(PATH, "/d/other")
    names = {tuple(files.power_loss(seed).list("/d")) for seed in range(30)}
    assert names == {("file",), ("other",)}


def test_failed_sync_loses_what_it_had_to_write_even_if_the_next_one_succeeds() -> None:
    files = written(synced=True, named=True)
    handle = files.open(PATH)
    files.write(handle, b"y" * 512, 0)
    files.fail = "sync"
    with pytest.raises(OSError, match="error"):
        files.sync(handle)
    files.fail = None
    files.sync(handle)
    assert bytes(files.content(PATH)[:512]) == b"y" * 512
    firsts = {bytes(files.power_loss(seed).content(PATH)[:512]) for seed in range(30)}
    assert firsts == {b"x" * 512, b"y" * 512}


def test_full_disk_takes_what_it_holds() -> None:
    files = CrashableFiles(capacity_bytes=1000)
    handle = files.open(PATH, create=True)
    files.write(handle, bytes(600), 0)
    with pytest.raises(OSError, match="No space"):
        files.write(handle, bytes(600), 600)
    assert files.size(PATH) == 1000
    files.write(handle, b"over", 0)
    assert files.free("/d") == (0, 1000)


def test_killed_process_loses_nothing_but_makes_nothing_durable() -> None:
    files = written(synced=False, named=False)
    disk = files.killed()
    assert bytes(disk.content(PATH)) == b"x" * 4096
    assert None in contents(disk)
