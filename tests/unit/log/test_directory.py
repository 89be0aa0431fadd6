import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tidegate.log.files.directory import UnusableDirectory, note_keyring, open_directory, read_meta
from tidegate.log.files.lock import DirectoryInUse, DirectoryLock, refuse_if_in_use


def test_new_directory_has_everything_and_belongs_to_its_user(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data"
    data = open_directory(str(path))
    assert data.meta.partitions == 1
    assert len(data.secret) == 32
    assert Path(data.partition_path(0)) == path / "partition-0000"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE((path / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((path / "partition-0000").stat().st_mode) == 0o700
    data.lock.release()


def test_reopened_directory_is_the_same(tmp_path: Path) -> None:
    first = open_directory(str(tmp_path))
    first.lock.release()
    second = open_directory(str(tmp_path))
    assert (second.meta, second.secret) == (first.meta, first.secret)
    assert read_meta(str(tmp_path)) == first.meta
    second.lock.release()


def test_two_directories_have_different_secrets_and_ids(tmp_path: Path) -> None:
    one, two = (open_directory(str(tmp_path / name)) for name in "ab")
    assert one.secret != two.secret
    assert one.meta.instance_id != two.meta.instance_id
    one.lock.release()
    two.lock.release()


def test_second_server_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    data = open_directory(str(tmp_path))
    with pytest.raises(DirectoryInUse, match=f"in use by process {os.getpid()}"):
        open_directory(str(tmp_path))
    with pytest.raises(DirectoryInUse):
        refuse_if_in_use(str(tmp_path))
    data.lock.release()
    refuse_if_in_use(str(tmp_path))
    open_directory(str(tmp_path)).lock.release()


def test_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    script = (
        "import os, sys; from tidegate.log.files.lock import DirectoryLock;"
        "DirectoryLock.acquire(sys.argv[1]); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=_environment())
    assert died.returncode == -9
    DirectoryLock.acquire(str(tmp_path)).release()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_directory_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UnusableDirectory, match=r"thesis\.txt"):
        open_directory(str(tmp_path))
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_creation_that_was_interrupted_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("")
    (tmp_path / "secret").write_bytes(b"x" * 32)
    (tmp_path / "meta.json.tmp").write_text("{")
    data = open_directory(str(tmp_path))
    assert data.secret != b"x" * 32
    data.lock.release()


def test_log_without_meta_is_not_taken_for_a_new_directory(tmp_path: Path) -> None:
    (tmp_path / "partition-0000").mkdir()
    with pytest.raises(UnusableDirectory, match=r"no meta\.json"):
        open_directory(str(tmp_path))


@pytest.mark.parametrize("secret", [None, b"short"])
def test_missing_secret_is_not_replaced_silently(tmp_path: Path, secret: bytes | None) -> None:
    open_directory(str(tmp_path)).lock.release()
    (tmp_path / "secret").unlink()
    if secret is not None:
        (tmp_path / "secret").write_bytes(secret)
    with pytest.raises(UnusableDirectory, match="receipt handles"):
        open_directory(str(tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format_version": 1}'])
def test_damaged_meta_is_named(tmp_path: Path, text: str) -> None:
    open_directory(str(tmp_path)).lock.release()
    (tmp_path / "meta.json").write_text(text)
    with pytest.raises(UnusableDirectory, match=r"meta\.json is damaged"):
        open_directory(str(tmp_path))
    refuse_if_in_use(str(tmp_path))


def test_newer_format_is_refused(tmp_path: Path) -> None:
    open_directory(str(tmp_path)).lock.release()
    (tmp_path / "meta.json").write_text('{"format_version":3,"partitions":1,"instance_id":"x"}')
    with pytest.raises(UnusableDirectory, match="format version 3"):
        open_directory(str(tmp_path))


def test_directory_of_before_there_were_keyrings_opens_and_takes_one(tmp_path: Path) -> None:
    first = open_directory(str(tmp_path))
    first.lock.release()
    assert not first.meta.is_sealed
    (tmp_path / "meta.json").write_text(
        f'{{"format_version":1,"partitions":1,"instance_id":"{first.meta.instance_id}"}}'
    )
    for _ in range(2):
        note_keyring(str(tmp_path))
    again = open_directory(str(tmp_path))
    again.lock.release()
    assert again.meta.is_sealed
    assert again.meta == msgspec.structs.replace(first.meta, format_version=2)


def test_root_key_may_be_there_before_the_directory_is_made(tmp_path: Path) -> None:
    (tmp_path / "root.key").write_text("key")
    open_directory(str(tmp_path)).lock.release()
    assert (tmp_path / "root.key").read_text() == "key"


def test_no_directory_is_in_use_before_it_is_there(tmp_path: Path) -> None:
    refuse_if_in_use(str(tmp_path / "none"))
    with pytest.raises(UnusableDirectory, match="no data directory"):
        read_meta(str(tmp_path / "none"))
