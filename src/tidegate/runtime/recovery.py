"""Recovery: the state from the newest snapshot, and the log after it."""

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from tidegate.engine import snapshot
from tidegate.engine.codec import decode_record
from tidegate.engine.state import State
from tidegate.log.interface import DamagedLog


class Replayable(Protocol):
    def replay(self, after: int) -> Iterator[tuple[int, bytes]]: ...


class Loadable(Protocol):
    def load(self) -> tuple[int, Iterator[bytes]] | None: ...


def recover(log: Replayable, snapshots: Loadable) -> tuple[State, int]:
    """The state, and the position up to which a snapshot holds it (0: none).

    Raises DamagedLog.
    """
    saved = snapshots.load()
    covers = 0
    state = State()
    if saved is not None:
        covers, parts = saved
        try:
            state = snapshot.restore(parts)
        except (snapshot.IncompleteSnapshot, msgspec.DecodeError) as error:
            raise DamagedLog("the newest snapshot", 0, str(error)) from error
    replay(log, covers, state.apply)
    # Nobody waits yet.
    state.awake.clear()
    return state, covers


def replay(log: Replayable, after: int, apply: Callable[[object, int], None]) -> None:
    """Apply every record after `after`.  Raises DamagedLog."""
    for position, data in log.replay(after):
        try:
            record = decode_record(data)
        except msgspec.DecodeError as error:
            raise DamagedLog("the log", position, f"no record: {error}") from error
        apply(record, position)
