from contextlib import suppress

import pytest
from google_crc32c import extend

from tidegate.base.positions import length_of, offset_of, segment_of
from tidegate.log.files import format
from tidegate.log.files.format import HEADER_BYTES, MARK_BYTES, Broken, Header
from tidegate.log.files.segment import segment_name, segment_number

HEADER = Header(3, 0xC0FFEE, recycled=False)


def frame(seed: int, offset: int, record: bytes) -> bytes:
    return format.frame_head.pack(len(record), extend(seed ^ offset, record)) + record


def batch(header: Header, offset: int, records: list[bytes]) -> bytes:
    """A batch as the store writes it."""
    body = b""
    for record in records:
        body += frame(header.seed, offset + MARK_BYTES + len(body), record)
    return format.pack_batch_mark(header.seed, offset, len(body), len(records)) + body


def segment(header: Header, *batches: list[bytes], sealed: bool = False, size: int = 4096) -> bytes:
    data = format.pack_header(header.number, header.salt, recycled=header.recycled)
    for records in batches:
        data += batch(header, len(data), records)
    if sealed:
        data += format.pack_end_mark(header.seed, len(data))
    return data.ljust(size, b"\0")


def all_records(data: bytes, header: Header) -> list[bytes]:
    """All records up to where the marks end, which says nothing about why."""
    marks = list(format.batches(data, header.seed))
    end = marks[-1].end if marks and not marks[-1].is_end else None
    if not marks:
        return []
    found = format.records(data, header.seed, header.number, start=HEADER_BYTES, end=end)
    return [record for _, record in found]


def test_header_round_trip() -> None:
    for recycled in (False, True):
        data = format.pack_header(7, 0xFFFFFFFF, recycled=recycled)
        assert len(data) == HEADER_BYTES
        assert format.unpack_header(data) == Header(7, 0xFFFFFFFF, recycled)


def test_every_flipped_bit_of_a_header_is_noticed() -> None:
    data = format.pack_header(7, 42, recycled=False)
    for at in range(HEADER_BYTES):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            with pytest.raises(Broken):
                format.unpack_header(bytes(flipped))


def test_layout_of_the_first_bytes_is_what_the_theory_says() -> None:
    """A change of this text is a change of the format: raise the version, keep the old reader."""
    header = Header(1, 0, recycled=False)
    data = segment(header, [b"hello"], sealed=True, size=0)
    assert data[:24].hex() == "54494445474154450100000001000000" + "0000000000000000"
    assert data[512:].hex() == (
        "b7c41790" "54474241" "0d000000" "01000000" "05000000" "60df2003" "68656c6c6f"
        "19addd00" "5447454e" "00000000" "00000000"
    )  # fmt: skip


def test_records_come_back_with_their_positions() -> None:
    records = [b"a", b"b" * 200, b"c" * 120]
    data = segment(HEADER, records, sealed=True)
    positions = []
    for position, record in format.records(data, HEADER.seed, 3, start=HEADER_BYTES, end=None):
        assert segment_of(position) == 3
        offset, limit = offset_of(position), length_of(position)
        assert format.record_in(data, offset, HEADER.seed, offset, limit) == record
        positions.append(position)
    assert positions == sorted(positions)
    assert all_records(data, HEADER) == records


def test_every_flipped_bit_of_a_batch_is_noticed() -> None:
    data = segment(HEADER, [b"first", b"x" * 100], [b"second"], size=0)
    for at in range(HEADER_BYTES, len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        with suppress(Broken):
            assert len(all_records(bytes(flipped), HEADER)) < 3


def test_frames_of_another_segment_in_the_same_place_are_refused() -> None:
    """For certain: CRCs of one length differ whenever they start from different seeds."""
    for number in range(4, 200):
        other = Header(number, HEADER.salt, recycled=False)
        data = segment(other, [b"stale", b"older"])
        assert list(format.batches(data, HEADER.seed)) == []
        offset = HEADER_BYTES + MARK_BYTES
        assert format.record_in(data, offset, HEADER.seed, offset, 128) is None
        assert format.record_in(data, offset, other.seed, offset, 128) == b"stale"


def test_frame_in_another_place_is_refused() -> None:
    data = frame(HEADER.seed, 1000, b"moved")
    assert format.record_in(data, 0, HEADER.seed, 1000, 128) == b"moved"
    assert format.record_in(data, 0, HEADER.seed, 1512, 128) is None


def test_record_that_is_longer_or_much_shorter_than_its_position_says_is_refused() -> None:
    data = frame(HEADER.seed, 512, b"x" * 300)
    assert format.record_in(data, 0, HEADER.seed, 512, 384) is not None
    assert format.record_in(data, 0, HEADER.seed, 512, 256) is None
    assert format.record_in(data, 0, HEADER.seed, 512, 512) is None


def test_zeros_are_no_record_and_no_mark() -> None:
    assert list(format.batches(bytes(4096), HEADER.seed)) == []
    assert format.record_in(bytes(200), 0, 512, 512, 128) is None


def test_end_of_a_whole_segment() -> None:
    data = segment(HEADER, [b"first"], [b"second"])
    tail = format.examine(data, HEADER)
    assert (tail.sealed, tail.empty, tail.torn_bytes, tail.later) == (False, False, 0, None)
    assert data[tail.end :].strip(b"\0") == b""
    assert all_records(data[: tail.last], HEADER) == [b"first"]


def test_sealed_segment() -> None:
    tail = format.examine(segment(HEADER, [b"first"], sealed=True), HEADER)
    assert tail.sealed
    assert not tail.empty


def test_empty_segment() -> None:
    tail = format.examine(segment(HEADER), HEADER)
    assert (tail.empty, tail.end, tail.torn_bytes) == (True, HEADER_BYTES, 0)


def test_last_batch_with_a_hole_is_a_torn_tail() -> None:
    whole = segment(HEADER, [b"first"], size=0)
    data = bytearray(segment(HEADER, [b"first"], [b"x" * 700, b"y" * 700], sealed=True))
    data[1024:1536] = bytes(512)
    tail = format.examine(bytes(data), HEADER)
    assert (tail.end, tail.sealed, tail.later) == (len(whole), False, None)
    assert tail.torn_bytes > 1400


def test_batch_that_lost_its_mark_is_a_torn_tail() -> None:
    for recycled in (False, True):
        header = Header(3, 9, recycled)
        data = bytearray(segment(header, [b"first"], [b"x" * 700, b"y" * 700], size=4000))
        at = data.index(b"TGBA", data.index(b"first"))
        data[at : at + 12] = bytes(12)
        tail = format.examine(bytes(data), header)
        assert tail.later is None
        assert tail.end == at - 4
        assert tail.torn_bytes >= 1416


def test_stale_bytes_of_a_recycled_file_are_no_torn_tail() -> None:
    old = segment(Header(2, 9, recycled=False), *[[b"old" * 30]] * 20)
    header = Header(3, 9, recycled=True)
    new = segment(header, [b"new"], size=0)
    tail = format.examine(new + old[len(new) :], header)
    assert (tail.end, tail.torn_bytes, tail.later) == (len(new), 0, None)


@pytest.mark.parametrize("broken", ["mark", "frame"])
def test_broken_batch_before_a_whole_one_is_told_apart(broken: str) -> None:
    data = bytearray(segment(HEADER, [b"first"], [b"second"], [b"third"]))
    at = data.index(b"second")
    data[at - 20 if broken == "mark" else at] ^= 1
    # A whole batch at the end makes the one before it a matter of replay, not of the tail.
    tail = format.examine(bytes(data), HEADER)
    if broken == "mark":
        assert tail.later is not None
        assert tail.later > at
    else:
        assert not tail.torn_bytes
        with pytest.raises(Broken):
            all_records(bytes(data), HEADER)


def test_empty_batch_of_a_log_closed_in_order_makes_a_broken_one_a_damage() -> None:
    data = bytearray(segment(HEADER, [b"first"], [b"second"], []))
    data[data.index(b"second") - 20] ^= 1
    assert format.examine(bytes(data), HEADER).later is not None


def test_names_of_segments() -> None:
    assert segment_number(segment_name(1)) == 1
    assert segment_number(segment_name((1 << 24) - 1)) == (1 << 24) - 1
    for name in (
        "1.log",
        "00000000.log",
        "0000000x.log",
        "00000001.log.tmp",
        "spare.log",
        "²2345678.log",
    ):
        assert segment_number(name) is None
