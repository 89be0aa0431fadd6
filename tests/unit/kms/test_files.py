"""Key files are replaced whole, and private."""

import fcntl
import os
import stat
from pathlib import Path

import pytest

from tidegate.kms.files import OsKeyFiles, SharedFile


def test_a_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    OsKeyFiles().replace(str(path), b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    OsKeyFiles().replace(str(path), b"two")
    assert OsKeyFiles().read_private(str(path)) == b"two"
    assert os.listdir(tmp_path) == ["root.key"]


def test_what_a_crash_left_behind_does_not_make_the_next_file_public(tmp_path: Path) -> None:
    left = tmp_path / "root.key.tmp"
    left.write_bytes(b"something longer than the key")
    left.chmod(0o644)
    OsKeyFiles().replace(str(tmp_path / "root.key"), b"key")
    assert OsKeyFiles().read_private(str(tmp_path / "root.key")) == b"key"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o644, 0o660])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "root.key"
    path.write_bytes(b"key")
    path.chmod(mode)
    with pytest.raises(SharedFile):
        OsKeyFiles().read_private(str(path))
    assert OsKeyFiles().read(str(path)) == b"key"


def test_the_name_changes_after_the_content_is_durable_and_before_the_directory_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fsync, rename = os.fsync, os.rename

    def sync(handle: int) -> None:
        seen.append("directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def named(old: str, new: str) -> None:
        seen.append("rename")
        rename(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", named)
    OsKeyFiles().replace(str(tmp_path / "keyring"), b"content")
    assert seen == ["file", "rename", "directory"]


def test_a_failed_sync_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "keyring")
    OsKeyFiles().replace(path, b"old")

    def fail(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        OsKeyFiles().replace(path, b"new")
    assert OsKeyFiles().read(path) == b"old"


def test_one_at_a_time_is_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "keyring.lock")
    with OsKeyFiles().alone(path), open(path, "rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with open(path, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
