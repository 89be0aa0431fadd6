"""Recovery: the state from the newest snapshot, and the log after it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import msgspec

from tidegate.base.positions import offset_of, segment_of
from tidegate.engine import snapshot
from tidegate.engine.codec import decode_record
from tidegate.engine.state import State
from tidegate.log.interface import DamagedLog


class Replayable(Protocol):
    def replay(self, after: int) -> Iterator[tuple[int, bytes]]: ...


class Loadable(Protocol):
    def load(self) -> tuple[int, Iterator[bytes]] | None: ...


class Tail(NamedTuple):
    """What the log holds behind the newest snapshot, which a start has to replay."""

    last_position: int = 0
    """Where the newest record stands; `covers` where there is none behind the snapshot."""
    records: int = 0
    bytes: int = 0


class Recovered(NamedTuple):
    state: State
    covers: int
    """The position up to which a snapshot holds the state; 0 where there is none."""
    tail: Tail


def recover(log: Replayable, snapshots: Loadable) -> Recovered:
    """The state of a partition.  Raises DamagedLog."""
    saved = snapshots.load()
    covers = 0
    state = State()
    if saved is not None:
        covers, parts = saved
        try:
            state = snapshot.restore(parts)
        except (snapshot.IncompleteSnapshot, msgspec.DecodeError) as error:
            raise DamagedLog("the newest snapshot", 0, str(error)) from error
    tail = replay(log, covers, state.apply)
    # Nobody waits yet.
    state.awake.clear()
    return Recovered(state, covers, tail)


def replay(log: Replayable, after: int, apply: Callable[[object, int], None]) -> Tail:
    """Apply every record after `after`.  Raises DamagedLog."""
    last, count, size = after, 0, 0
    for position, data in log.replay(after):
        try:
            record = decode_record(data)
        except msgspec.DecodeError as error:
            raise _damaged(position, f"no record stands there: {error}") from error
        apply(record, position)
        last = position
        count += 1
        size += len(data)
    return Tail(last, count, size)


def no_message(position: int, error: msgspec.DecodeError) -> DamagedLog:
    """What is wrong with a whole record that should be a message's, and is not."""
    return _damaged(position, f"no message stands there: {error}")


def _damaged(position: int, what: str) -> DamagedLog:
    return DamagedLog(f"segment {segment_of(position)}", offset_of(position), what)
