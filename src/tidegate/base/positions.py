"""Positions: where a record stands in its log, as one unsigned 64-bit integer.

    bits 40..63   segment   (24 bits, from 1; a position is therefore never 0)
    bits 14..39   offset of the record's frame in its segment, in bytes (26 bits, 64 MiB)
    bits  0..13   length of the frame, rounded up to units of 128 bytes (14 bits, 2 MiB)

So one read fetches a record, and the engine can account live bytes by segment without I/O.
Positions of one log grow in the order of its records.
"""

SEGMENT_SHIFT = 40
OFFSET_SHIFT = 14
OFFSET_MASK = (1 << 26) - 1
LENGTH_UNIT = 128
LENGTH_MASK = (1 << 14) - 1
MAX_FRAME_BYTES = LENGTH_UNIT * LENGTH_MASK


def pack_position(segment: int, offset: int, frame_bytes: int) -> int:
    """The position of a frame of `frame_bytes` at `offset` of `segment`."""
    units = (frame_bytes + LENGTH_UNIT - 1) // LENGTH_UNIT
    return segment << SEGMENT_SHIFT | offset << OFFSET_SHIFT | units


def segment_of(position: int) -> int:
    return position >> SEGMENT_SHIFT


def offset_of(position: int) -> int:
    return position >> OFFSET_SHIFT & OFFSET_MASK


def length_of(position: int) -> int:
    """The frame's length in bytes, rounded up to the unit: how much a read must fetch, and what
    the record counts for in the live share of its segment."""
    return (position & LENGTH_MASK) * LENGTH_UNIT
