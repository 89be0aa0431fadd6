"""What a start finds in the data directory, and what it tells the operator of it."""

import logging
from pathlib import Path

import pytest

from engine_harness import START, arn
from small_log import flush
from tidegate.base.positions import offset_of
from tidegate.engine import commands
from tidegate.engine.codec import encode_record
from tidegate.engine.partition import Partition
from tidegate.log.files.format import MARK_BYTES
from tidegate.log.files.snapshots import snapshot_name
from tidegate.server.storage import open_storage

SEGMENT_BYTES = 16 << 20


def partition_in(data: Path) -> Path:
    return data / "partition-0000"


@pytest.fixture
def positions() -> list[int]:
    """Where the records stand."""
    return []


@pytest.fixture
def data(tmp_path: Path, positions: list[int]) -> Path:
    """The directory of a server that was killed: two queues, each of its own batch."""
    storage = open_storage(tmp_path, SEGMENT_BYTES)

    def journal(record: object, spends_reserve: bool) -> int:
        positions.append(storage.log.append(encode_record(record), spends_reserve=spends_reserve))
        return positions[-1]

    partition = Partition(journal)
    for name in ("first", "second"):
        partition.execute(commands.CreateQueue(arn(name), {}, {}), START)
        flush(storage.log)
    segment = partition_in(tmp_path) / "00000001.log"
    as_it_was = segment.read_bytes()
    storage.close()
    segment.write_bytes(as_it_was)
    return tmp_path


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


def test_usual_start_warns_of_nothing(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    storage = open_storage(data, SEGMENT_BYTES)
    storage.close()
    assert set(storage.recovered.state.by_arn) == {arn("first"), arn("second")}
    assert warnings(caplog) == []


def test_damaged_snapshot_that_a_start_can_do_without_is_named(
    data: Path, positions: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    damaged = partition_in(data) / snapshot_name(positions[0])
    damaged.write_bytes(b"no snapshot")
    storage = open_storage(data, SEGMENT_BYTES)
    storage.close()
    assert set(storage.recovered.state.by_arn) == {arn("first"), arn("second")}
    assert warnings(caplog) == [
        f"{damaged} is damaged at offset 0: this is no snapshot; the state was read without it"
    ]


def test_cut_is_told_with_its_place_and_claims_no_more_than_is_known(
    data: Path, positions: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    segment = partition_in(data) / "00000001.log"
    content = bytearray(segment.read_bytes())
    content[content.index(b"second")] ^= 1
    mark = offset_of(positions[1]) - MARK_BYTES
    size_bytes = len(content[mark:].rstrip(b"\0"))
    segment.write_bytes(content)
    storage = open_storage(data, SEGMENT_BYTES)
    storage.close()
    assert set(storage.recovered.state.by_arn) == {arn("first")}
    assert warnings(caplog) == [
        f"the log ended in an incomplete write at {segment}, offset {mark}, {size_bytes} bytes; "
        "it was cut"
    ]
