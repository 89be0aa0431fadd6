"""The decoder of segments and snapshots on any bytes: what was written comes out, or a refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_log import DIRECTORY, SMALL, append_all, flush, open_log
from tidegate.base.positions import length_of, offset_of
from tidegate.base.refusals import StorageFull
from tidegate.log.files import format
from tidegate.log.files.format import Broken, Header
from tidegate.log.files.snapshots import FileSnapshots, read_snapshot, snapshot_name
from tidegate.log.files.store import FileLog
from tidegate.log.files.verify import verify_log
from tidegate.log.interface import DamagedLog
from tidegate.testing.executors import InlineExecutor
from tidegate.testing.files import CrashableFiles

PATH = f"{DIRECTORY}/00000001.log"


def _segment(records: list[bytes]) -> bytes:
    files = CrashableFiles()
    log = open_log(files)
    for record in records:
        append_all(log, [record])
    return bytes(files.content(PATH))


RECORDS = [b"one", b"two" * 50, b"three" * 200, b"four"]
WHOLE = _segment(RECORDS)

edits = st.lists(
    st.tuples(
        st.integers(0, len(WHOLE)),
        st.integers(0, 40),
        st.one_of(st.binary(max_size=40), st.just(WHOLE[512:600])),
    ),
    min_size=1,
    max_size=4,
)


def _edited(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, removed, added in changes:
        data = data[:at] + added + data[at + removed :]
    return data


@given(st.binary(max_size=3000), st.integers(0, 0xFFFFFFFF))
def test_any_bytes_are_decoded_or_refused(data: bytes, salt: int) -> None:
    header = Header(1, salt, recycled=bool(salt % 2))
    tail = format.examine(data.rjust(512), header)
    assert 0 <= tail.last <= tail.end
    with pytest.raises(Broken):
        format.unpack_header(data)
    for at in range(0, len(data), 97):
        assert format.record_in(data, at, header.seed, at, 128) is None


@settings(max_examples=150)
@given(edits)
def test_edited_segment_gives_a_prefix_or_a_refusal(changes: list[tuple[int, int, bytes]]) -> None:
    files = CrashableFiles()
    files.put(PATH, _edited(WHOLE, changes))
    verified = verify_log(DIRECTORY, files)
    served: list[bytes] = []
    refused = False
    try:
        log = FileLog.open(DIRECTORY, files, SMALL, InlineExecutor())
        for position, record in log.replay(0):
            assert length_of(position) >= len(record) + 8
            assert offset_of(position) >= 512 + 16
            assert log.read(position) == record
            served.append(record)
        append_all(log, [b"goes on"])
        log.close()
    except DamagedLog:
        refused = True
    assert served == RECORDS[: len(served)]
    if refused:
        assert not verified.is_whole
    elif len(served) < len(RECORDS):
        assert verified.findings


@given(st.binary(max_size=300), st.integers(0, (1 << 64) - 1))
def test_any_bytes_are_no_snapshot(data: bytes, covers: int) -> None:
    files = CrashableFiles()
    path = f"{DIRECTORY}/{snapshot_name(covers)}"
    files.put(path, data)
    try:
        list(read_snapshot(files, path, covers))
    except DamagedLog:
        return
    raise AssertionError("garbage was taken for a snapshot")


@settings(max_examples=60)
@given(edits)
def test_edited_snapshot_is_refused_or_the_same(changes: list[tuple[int, int, bytes]]) -> None:
    files = CrashableFiles()
    parts = [b"part %d" % n * 20 for n in range(30)]
    FileSnapshots(DIRECTORY, files).save(7, parts)
    path = f"{DIRECTORY}/{snapshot_name(7)}"
    files.put(path, _edited(bytes(files.content(path)), changes))
    got: list[bytes] = []
    try:
        got.extend(read_snapshot(files, path, 7))
    except DamagedLog:
        assert got == parts[: len(got)]
    else:
        assert got == parts


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.binary(min_size=1, max_size=300),
            st.integers(301, 5000).map(bytes),
            st.sampled_from(["flush", "reopen", "more room", "spend"]),
        ),
        max_size=60,
    )
)
def test_any_history_on_a_small_disk_keeps_what_was_flushed(steps: list[bytes | str]) -> None:
    files = CrashableFiles(capacity_bytes=14_000)
    log = open_log(files)
    flushed: list[bytes] = []
    gathered: list[bytes] = []
    for step in steps:
        if step == "flush":
            flush(log)
            flushed, gathered = flushed + gathered, []
        elif step == "reopen":
            files = files.killed()
            log, gathered = open_log(files), []
        elif step == "more room":
            files.capacity_bytes += 3000
        else:
            record = step if isinstance(step, bytes) else b"spent"
            try:
                log.append(record, spends_reserve=step == "spend")
                gathered.append(record)
            except StorageFull:
                pass
    assert [record for _, record in log.replay(0)] == flushed
