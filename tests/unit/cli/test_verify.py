"""`tidegate verify`: whole, damaged, in use, or no data directory at all."""

from pathlib import Path

import pytest

from tidegate.cli.verify import run
from tidegate.log.files.directory import open_directory
from tidegate.log.files.partition import open_partition


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The directory of a stopped server whose log holds 20 records."""
    path = tmp_path / "data"
    directory = open_directory(str(path))
    log = open_partition(directory.partition_path(0)).log
    for number in range(20):
        log.append(b"record %d" % number)
        log.begin_flush()
        log.finish_flush()
    log.close()
    directory.lock.release()
    return path


def test_whole_log(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(data)]) == 0
    said = capsys.readouterr().out
    assert "20 records" in said
    assert said.endswith("The log is whole.\n")


def test_damage_is_named_with_file_and_offset(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (segment,) = (data / "partition-0000").glob("*1.log")
    content = bytearray(segment.read_bytes())
    at = content.index(b"record 7")
    content[at] ^= 1
    segment.write_bytes(content)
    assert run([str(data)]) == 1
    said = capsys.readouterr().out
    assert f"damaged: {segment} at offset " in said
    assert "Damaged places: 1" in said


def test_directory_of_a_running_server_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = open_directory(str(data))
    try:
        assert run([str(data)]) == 1
        assert f"{data} is in use by process" in capsys.readouterr().err
    finally:
        held.lock.release()


def test_what_is_no_data_directory_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(tmp_path)]) == 1
    assert "is no data directory" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
