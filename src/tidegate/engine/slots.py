"""The slot table of a queue: where each of its messages stands in the log.

A message has a *slot*: a number that only grows, given when it enters the queue.  The table keeps
for each slot, in columns of machine words cut into chunks of 4,096 slots:

    position        8 bytes   where the message's record stands; 0 once the message is gone
    sent_at         8 bytes   milliseconds, what retention counts from
    receive_count   4 bytes   these two columns exist only in chunks that had a receive
    first_received  8 bytes

That is all a waiting message costs, with its eight bytes in a backlog.  A chunk whose messages are
all gone is dropped.  A snapshot takes the columns as they are and marks the chunk as shared; the
next change to a shared chunk copies its columns first.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

import msgspec

from tidegate.base.positions import (
    LENGTH_MASK,
    LENGTH_UNIT,
    SEGMENT_SHIFT,
    length_of,
    segment_of,
)
from tidegate.engine.wheel import NEVER

CHUNK_SHIFT = 12
CHUNK_SLOTS = 1 << CHUNK_SHIFT
_MASK = CHUNK_SLOTS - 1
_NO_COLUMN = array("Q")


class Usage:
    """Live bytes by segment: what decides when a segment is rewritten forward or dropped.

    A record that several messages share counts once, until the last of them is gone.
    """

    __slots__ = ("live_bytes", "shared")

    def __init__(self) -> None:
        self.live_bytes: dict[int, int] = {}
        self.shared: dict[int, int] = {}
        """By position, how many messages share a record."""

    def add(self, position: int) -> None:
        segment = segment_of(position)
        self.live_bytes[segment] = self.live_bytes.get(segment, 0) + length_of(position)

    def remove(self, position: int) -> None:
        if not self.shared or self.is_last(position):
            self.live_bytes[segment_of(position)] -= length_of(position)

    def share(self, position: int, count: int) -> None:
        """So many messages, each of which has been added, share one record."""
        if count > 1:
            self.live_bytes[segment_of(position)] -= (count - 1) * length_of(position)
            self.shared[position] = count

    def join(self, position: int) -> None:
        """A message that has just been added shares its record, if anything still does."""
        if position in self.shared:
            self.shared[position] += 1
            self.live_bytes[segment_of(position)] -= length_of(position)

    def is_last(self, position: int) -> bool:
        """A message is gone: whether its record goes with it."""
        count = self.shared.get(position)
        if count is None:
            return True
        if count == 1:
            del self.shared[position]
            return True
        self.shared[position] = count - 1
        return False


class ChunkState(msgspec.Struct, frozen=True, array_like=True):
    """A chunk as a snapshot holds it: columns as native-endian bytes."""

    index: int
    first: int
    live: int
    oldest_sent_at: int
    low_segment: int
    high_segment: int
    positions: bytes
    sent_at: bytes
    receive_counts: bytes
    first_received: bytes


class Chunk:
    """`CHUNK_SLOTS` neighbouring slots, in columns."""

    __slots__ = (
        "first",
        "first_received",
        "high_segment",
        "live",
        "low_segment",
        "oldest_sent_at",
        "positions",
        "receive_counts",
        "sent_at",
        "shared",
    )

    def __init__(self, first: int) -> None:
        self.first = first
        """The slot that the columns begin with: those before it were gone when the chunk began."""
        self.positions = array("Q")
        self.sent_at = array("Q")
        self.receive_counts: array[int] | None = None
        self.first_received: array[int] | None = None
        self.live = 0
        self.oldest_sent_at = NEVER
        """No live message of the chunk is older; it may be too low, never too high."""
        self.low_segment = NEVER
        self.high_segment = 0
        self.shared = False

    def own(self) -> None:
        """Copy the columns, since a snapshot that is being written still reads the old ones."""
        self.positions = self.positions[:]
        self.sent_at = self.sent_at[:]
        if self.receive_counts is not None and self.first_received is not None:
            self.receive_counts = self.receive_counts[:]
            self.first_received = self.first_received[:]
        self.shared = False

    def note_segment(self, segment: int) -> None:
        if segment > self.high_segment:
            self.high_segment = segment
        if segment < self.low_segment:
            self.low_segment = segment


class SlotTable:
    """All slots of one queue.  `append_to_each` gives slots of many at once."""

    __slots__ = ("_chunks", "_usage", "live", "next_slot")

    def __init__(self, usage: Usage, next_slot: int = 0) -> None:
        self._chunks: dict[int, Chunk] = {}
        self._usage = usage
        self.next_slot = next_slot
        self.live = 0

    def append(self, position: int, sent_at: int) -> int:
        """Give a message the next slot."""
        slot = self.next_slot
        self.next_slot = slot + 1
        chunk = self._chunks.get(slot >> CHUNK_SHIFT)
        if chunk is None:
            chunk = self._begin_chunk(slot)
        elif chunk.shared:
            chunk.own()
        chunk.positions.append(position)
        chunk.sent_at.append(sent_at)
        if chunk.receive_counts is not None:
            self._extend_history(chunk)
        chunk.live += 1
        if sent_at < chunk.oldest_sent_at:
            chunk.oldest_sent_at = sent_at
        segment = position >> SEGMENT_SHIFT
        if segment != chunk.high_segment:
            chunk.note_segment(segment)
        self.live += 1
        # Written out, like all that each message pays: Usage.add.
        live_bytes = self._usage.live_bytes
        live_bytes[segment] = live_bytes.get(segment, 0) + (position & LENGTH_MASK) * LENGTH_UNIT
        return slot

    def extend(self, positions: list[int], sent_at: int) -> int:
        """Give messages that were sent together the next slots; the first of them."""
        first = self.next_slot
        live_bytes = self._usage.live_bytes
        done = 0
        while done < len(positions):
            slot = first + done
            chunk = self._chunks.get(slot >> CHUNK_SHIFT)
            if chunk is None:
                chunk = self._begin_chunk(slot)
            elif chunk.shared:
                chunk.own()
            part = positions[done : done + CHUNK_SLOTS - (slot & _MASK)]
            chunk.positions.extend(part)
            chunk.sent_at.extend([sent_at] * len(part))
            if chunk.receive_counts is not None:
                self._extend_history(chunk)
            chunk.live += len(part)
            chunk.oldest_sent_at = min(chunk.oldest_sent_at, sent_at)
            for position in part:
                segment = position >> SEGMENT_SHIFT
                if segment != chunk.high_segment:
                    chunk.note_segment(segment)
                live_bytes[segment] = (
                    live_bytes.get(segment, 0) + (position & LENGTH_MASK) * LENGTH_UNIT
                )
            done += len(part)
        self.next_slot = first + done
        self.live += done
        return first

    def _begin_chunk(self, slot: int) -> Chunk:
        # After a purge, or where an emptied chunk was dropped early, a chunk begins in its middle.
        chunk = self._chunks[slot >> CHUNK_SHIFT] = Chunk(slot)
        return chunk

    @staticmethod
    def _extend_history(chunk: Chunk) -> None:
        assert chunk.receive_counts is not None
        assert chunk.first_received is not None
        missing = len(chunk.positions) - len(chunk.receive_counts)
        chunk.receive_counts.frombytes(bytes(4 * missing))
        chunk.first_received.frombytes(bytes(8 * missing))

    def position(self, slot: int) -> int:
        """Where the message's record stands; 0 where the message is gone or never was."""
        chunk = self._chunks.get(slot >> CHUNK_SHIFT)
        if chunk is None:
            return 0
        index = slot - chunk.first
        return chunk.positions[index] if 0 <= index < len(chunk.positions) else 0

    def sent_at(self, slot: int) -> int:
        chunk = self._chunks[slot >> CHUNK_SHIFT]
        return chunk.sent_at[slot - chunk.first]

    def kill(self, slot: int) -> None:
        """The message is gone.  It must be alive."""
        number = slot >> CHUNK_SHIFT
        chunk = self._chunks[number]
        if chunk.shared:
            chunk.own()
        index = slot - chunk.first
        position = chunk.positions[index]
        assert position, "a message dies once"
        self._usage.remove(position)
        chunk.positions[index] = 0
        chunk.live -= 1
        self.live -= 1
        if not chunk.live:
            del self._chunks[number]

    def kill_all(self, slots: Iterable[int]) -> None:
        """The messages are gone.  Each must be alive; neighbours are quickest together."""
        number, chunk = -1, None
        segment, freed = 0, 0
        usage = self._usage
        live_bytes, shared = usage.live_bytes, usage.shared
        for slot in slots:
            if slot >> CHUNK_SHIFT != number or chunk is None:
                number = slot >> CHUNK_SHIFT
                chunk = self._chunks[number]
                if chunk.shared:
                    chunk.own()
            index = slot - chunk.first
            position = chunk.positions[index]
            assert position, "a message dies once"
            chunk.positions[index] = 0
            if position >> SEGMENT_SHIFT != segment:
                if freed:
                    live_bytes[segment] -= freed
                segment, freed = position >> SEGMENT_SHIFT, 0
            if not shared or usage.is_last(position):
                freed += (position & LENGTH_MASK) * LENGTH_UNIT
            self.live -= 1
            chunk.live -= 1
            if not chunk.live:
                del self._chunks[number]
                chunk = None
        if freed:
            live_bytes[segment] -= freed

    def living(self, slots: list[int]) -> list[int]:
        """Those of the slots whose messages are there."""
        found = []
        number, first, positions = -1, 0, _NO_COLUMN
        for slot in slots:
            if slot >> CHUNK_SHIFT != number:
                number = slot >> CHUNK_SHIFT
                first, positions = self._positions(number)
            if slot >= first and positions and positions[slot - first]:
                found.append(slot)
        return found

    def _positions(self, number: int) -> "tuple[int, array[int]]":
        """The first slot and the column of positions of a chunk, which may be gone."""
        chunk = self._chunks.get(number)
        return (0, _NO_COLUMN) if chunk is None else (chunk.first, chunk.positions)

    def relocate(self, slot: int, position: int) -> None:
        """The message's record now stands at `position`."""
        chunk = self._chunks[slot >> CHUNK_SHIFT]
        if chunk.shared:
            chunk.own()
        index = slot - chunk.first
        self._usage.remove(chunk.positions[index])
        self._usage.add(position)
        chunk.positions[index] = position
        chunk.note_segment(segment_of(position))

    # --- receives ---------------------------------------------------------------------------

    def receive_count(self, slot: int) -> int:
        chunk = self._chunks[slot >> CHUNK_SHIFT]
        counts = chunk.receive_counts
        return 0 if counts is None else counts[slot - chunk.first]

    def first_received_at(self, slot: int) -> int:
        """When the message was first received; 0 where it never was."""
        chunk = self._chunks[slot >> CHUNK_SHIFT]
        received = chunk.first_received
        return 0 if received is None else received[slot - chunk.first]

    def latest_receives(self, slots: list[int]) -> list[int]:
        """The receive count of each message; -1 where it is gone or never was."""
        found = []
        number, first, positions, counts = -1, 0, _NO_COLUMN, None
        for slot in slots:
            if slot >> CHUNK_SHIFT != number:
                number = slot >> CHUNK_SHIFT
                first, positions = self._positions(number)
                chunk = self._chunks.get(number)
                counts = None if chunk is None else chunk.receive_counts
            index = slot - first
            if not 0 <= index < len(positions) or not positions[index]:
                found.append(-1)
            else:
                found.append(0 if counts is None else counts[index])
        return found

    def note_receives(self, slots: list[int], now: int) -> None:
        """Each of the messages is received once more."""
        number, first = -1, 0
        counts = received = _NO_COLUMN
        for slot in slots:
            if slot >> CHUNK_SHIFT != number:
                number = slot >> CHUNK_SHIFT
                chunk = self._chunks[number]
                first = chunk.first
                counts, received = self._history(chunk)
            index = slot - first
            count = counts[index]
            counts[index] = count + 1
            if not count:
                received[index] = now

    def views(self, slots: list[int]) -> list[tuple[int, int, int, int]]:
        """(position, sent_at, receive_count, first_received_at) of messages that were received."""
        found = []
        number, first = -1, 0
        positions = sent_at = counts = received = _NO_COLUMN
        for slot in slots:
            if slot >> CHUNK_SHIFT != number:
                number = slot >> CHUNK_SHIFT
                chunk = self._chunks[number]
                positions, sent_at = chunk.positions, chunk.sent_at
                first = chunk.first
                counts, received = self._history(chunk)
            index = slot - first
            found.append((positions[index], sent_at[index], counts[index], received[index]))
        return found

    def _history(self, chunk: Chunk) -> "tuple[array[int], array[int]]":
        """The chunk's columns of receives, made where it has none, to be changed."""
        if chunk.shared:
            chunk.own()
        if chunk.receive_counts is None or chunk.first_received is None:
            chunk.receive_counts = array("I")
            chunk.first_received = array("Q")
            self._extend_history(chunk)
        return chunk.receive_counts, chunk.first_received

    def set_history(self, slot: int, receive_count: int, first_received_at: int) -> None:
        chunk = self._chunks[slot >> CHUNK_SHIFT]
        counts, received = self._history(chunk)
        counts[slot - chunk.first] = receive_count
        received[slot - chunk.first] = first_received_at

    # --- retention --------------------------------------------------------------------------

    def oldest_sent_at(self) -> int:
        """No live message is older; NEVER where there is none."""
        return min((chunk.oldest_sent_at for chunk in self._chunks.values()), default=NEVER)

    def sent_before(self, instant: int) -> list[int]:
        """The live slots whose messages were sent at `instant` or earlier, by slot."""
        found: list[int] = []
        for _, chunk in sorted(self._chunks.items()):
            if chunk.oldest_sent_at > instant:
                continue
            oldest = NEVER
            first = chunk.first
            for index, position in enumerate(chunk.positions):
                if position:
                    sent_at = chunk.sent_at[index]
                    if sent_at <= instant:
                        found.append(first + index)
                    elif sent_at < oldest:
                        oldest = sent_at
            # The slots found are about to be killed.
            chunk.oldest_sent_at = oldest
        return found

    def count_sent_after(self, instant: int) -> int:
        """How many live messages were sent after `instant`, which is not long ago, and not
        received yet."""
        count = 0
        for number in sorted(self._chunks, reverse=True):
            chunk = self._chunks[number]
            recent = [
                index
                for index, sent_at in enumerate(chunk.sent_at)
                if sent_at > instant
                and chunk.positions[index]
                and not (chunk.receive_counts and chunk.receive_counts[index])
            ]
            count += len(recent)
            if chunk.sent_at[-1] <= instant:
                break
        return count

    def sent_between(
        self, after_slot: int, from_at: int, until_at: int | None, limit: int
    ) -> list[int]:
        """The first live slots after `after_slot` whose messages were sent in this time, both ends
        included; in a queue whose messages are as old as their slots say."""
        found: list[int] = []
        for number in sorted(each for each in self._chunks if each >= after_slot >> CHUNK_SHIFT):
            chunk = self._chunks[number]
            sent_at, positions = chunk.sent_at, chunk.positions
            start = max(0, after_slot + 1 - chunk.first)
            for index in range(bisect_left(sent_at, from_at, start), len(positions)):
                if until_at is not None and sent_at[index] > until_at:
                    return found
                if positions[index]:
                    found.append(chunk.first + index)
                    if len(found) == limit:
                        return found
        return found

    def live_slots(self) -> Iterator[int]:
        """The slots whose messages are there, in no order."""
        for chunk in self._chunks.values():
            for slot, position in enumerate(chunk.positions, chunk.first):
                if position:
                    yield slot

    # --- segments ---------------------------------------------------------------------------

    def in_segment(self, segment: int) -> Iterator[int]:
        """The live slots whose records stand in `segment`.  The table may change in between."""
        low, high = segment << 40, (segment + 1) << 40
        for chunk in list(self._chunks.values()):
            if chunk.low_segment <= segment <= chunk.high_segment:
                for slot, position in enumerate(chunk.positions, chunk.first):
                    if low <= position < high and self.position(slot) == position:
                        yield slot

    def forget_all(self) -> None:
        """All messages are gone (purge, delete)."""
        usage = self._usage
        live_bytes = usage.live_bytes
        for chunk in self._chunks.values():
            if chunk.low_segment == chunk.high_segment and not usage.shared:
                # Mostly a chunk stands in one segment, and its sum can be taken at once.
                units = sum([position & LENGTH_MASK for position in chunk.positions])
                live_bytes[chunk.low_segment] -= units * LENGTH_UNIT
                continue
            for position in chunk.positions:
                if position:
                    usage.remove(position)
        self._chunks = {}
        self.live = 0

    # --- snapshots --------------------------------------------------------------------------

    def capture(self) -> list[tuple[int, Chunk]]:
        """The chunks as they are now, without copying them: (index, a frozen view)."""
        captured = []
        for number, chunk in self._chunks.items():
            view = Chunk(chunk.first)
            view.positions, view.sent_at = chunk.positions, chunk.sent_at
            view.receive_counts, view.first_received = chunk.receive_counts, chunk.first_received
            view.live, view.oldest_sent_at = chunk.live, chunk.oldest_sent_at
            view.low_segment, view.high_segment = chunk.low_segment, chunk.high_segment
            chunk.shared = True
            captured.append((number, view))
        return captured

    def restore(self, state: ChunkState) -> None:
        """Take back a chunk from a snapshot.  The usage of segments is not counted again."""
        chunk = self._chunks[state.index] = Chunk(state.first)
        chunk.positions.frombytes(state.positions)
        chunk.sent_at.frombytes(state.sent_at)
        if state.receive_counts:
            chunk.receive_counts = array("I")
            chunk.receive_counts.frombytes(state.receive_counts)
            chunk.first_received = array("Q")
            chunk.first_received.frombytes(state.first_received)
        chunk.live = state.live
        chunk.oldest_sent_at = state.oldest_sent_at
        chunk.low_segment, chunk.high_segment = state.low_segment, state.high_segment
        self.live += chunk.live


def chunk_state(index: int, chunk: Chunk) -> ChunkState:
    """A captured chunk in the form that a snapshot holds."""
    return ChunkState(
        index,
        chunk.first,
        chunk.live,
        chunk.oldest_sent_at,
        chunk.low_segment,
        chunk.high_segment,
        chunk.positions.tobytes(),
        chunk.sent_at.tobytes(),
        b"" if chunk.receive_counts is None else chunk.receive_counts.tobytes(),
        b"" if chunk.first_received is None else chunk.first_received.tobytes(),
    )


def append_to_each(tables: list[SlotTable], position: int, sent_at: int) -> list[int]:
    """`SlotTable.append` of one record to the tables of many queues; the slot in each.

    It is a loop of its own, and not that many calls: a message may go into a hundred queues.
    """
    segment = position >> SEGMENT_SHIFT
    slots = []
    for table in tables:
        slot = table.next_slot
        table.next_slot = slot + 1
        chunk = table._chunks.get(slot >> CHUNK_SHIFT)
        if chunk is None:
            chunk = table._begin_chunk(slot)
        elif chunk.shared:
            chunk.own()
        chunk.positions.append(position)
        chunk.sent_at.append(sent_at)
        if chunk.receive_counts is not None:
            table._extend_history(chunk)
        chunk.live += 1
        if sent_at < chunk.oldest_sent_at:
            chunk.oldest_sent_at = sent_at
        if segment != chunk.high_segment:
            chunk.note_segment(segment)
        table.live += 1
        slots.append(slot)
    if tables:
        live_bytes = tables[0]._usage.live_bytes
        added = len(slots) * (position & LENGTH_MASK) * LENGTH_UNIT
        live_bytes[segment] = live_bytes.get(segment, 0) + added
    return slots
