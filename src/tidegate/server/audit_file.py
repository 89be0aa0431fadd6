"""The audit trail on disk: a file of JSON lines, written by a thread of its own.

    event loop     add(event) puts an event into a queue that has a bound, or counts it as lost
    writer thread  makes lines of what has gathered and appends them, some dozens a write

When the queue is full - the disk is too slow, or takes nothing - events on messages find no room
first: half of the queue is for control operations only.  What is lost all the same is counted by
category, and the trail says so in a record of its own, `RecordsLost`, at the place where it is
missing.  A write that fails is tried again until it succeeds, from the byte where it stopped, so
that a line is whole or not there.

Who proves not to be anybody (a wrong signature, an unknown key) could fill the trail until its
oldest files are gone; of such refusals no more than a burst, and then one a second, are recorded.

The lines are not synced one by one, for that would cost the log its disk; a power failure may take
those of the last seconds.
"""

import errno
import logging
import os
import queue
import stat
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tidegate.gateway.audit import Event, line, loss_line
from tidegate.gateway.request_ids import RequestIds

logger = logging.getLogger(__name__)

MOST_EVENTS: Final = 16_384
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bounds of the queue.  An event counts for the bytes of its request, which it keeps in memory."""
STRANGERS_BURST: Final = 60
_STRANGERS_A_SECOND: Final = 1.0
_GATHER_S: Final = 0.05
_RETRY_S: Final = 1.0
_EVENTS_A_WRITE: Final = 64
"""Few, since a write lets the event loop have the interpreter."""


@dataclass(frozen=True, slots=True)
class AuditFileOptions:
    path: Path
    size_bytes: int = 64 * 1024 * 1024
    """At which a file is full and the next one begun."""
    files_kept: int = 15
    """Full files: `<path>.1` is the newest."""


class RotatingFile:
    """A file of lines for one writer; full ones are renamed to `<path>.1`, `<path>.2` and on.

    Each is readable by its owner only.  Raises OSError.
    """

    def __init__(self, options: AuditFileOptions) -> None:
        self._path = options.path
        self._limit = options.size_bytes
        self._kept = options.files_kept
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = -1
        self._size = 0
        self._open()

    def begin(self, size_bytes: int) -> None:
        """See that the next lines, which have that many bytes, go into a file that has room."""
        if self._handle < 0 or self._moved_away():
            self._close()
            self._open()
        if self._size and self._size + size_bytes > self._limit:
            self._rotate()

    def write(self, lines: memoryview) -> int:
        """Append; returns how many bytes of the lines are in the file."""
        written = os.write(self._handle, lines)
        self._size += written
        return written

    def close(self) -> None:
        """Put everything onto the disk, and close."""
        if self._handle >= 0:
            os.fsync(self._handle)
        self._close()

    def _open(self) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._handle = handle
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            self._close()
            raise OSError(errno.EINVAL, "no regular file", str(self._path))
        os.fchmod(handle, 0o600)
        self._size = found.st_size
        if self._size and os.pread(handle, 1, self._size - 1) != b"\n":
            # A crash has torn the last line; the next one must not become a part of it.
            self.write(memoryview(b"\n"))

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _moved_away(self) -> bool:
        """Whether somebody has renamed or removed the file, to keep it elsewhere."""
        try:
            return os.stat(self._path).st_ino != os.fstat(self._handle).st_ino
        except FileNotFoundError:
            return True

    def _rotate(self) -> None:
        """Only as many files are renamed as it takes to fill the first gap, so that a rotation that
        failed half-way can be done again."""
        self._close()
        if not self._kept:
            self._path.unlink()
        else:
            gap = 1
            while gap < self._kept and self._full(gap).exists():
                gap += 1
            for number in range(gap - 1, 0, -1):
                self._full(number).replace(self._full(number + 1))
            self._path.replace(self._full(1))
        self._open()

    def _full(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


class AuditFile:
    """A `gateway.audit.Trail`.  `clock` gives Unix seconds."""

    def __init__(self, options: AuditFileOptions, clock: Callable[[], float]) -> None:
        """Opens the file; raises OSError."""
        self._file = RotatingFile(options)
        self._path = options.path
        self._clock = clock
        self._take_id = RequestIds().take
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        # Of each counter one thread is the only writer, so they need no lock.
        self._put_bytes = 0
        self._taken_bytes = 0
        self._lost: Counter[str] = Counter(management=0, data=0, unauthenticated=0)
        self._told = self._lost.copy()
        self._strangers = float(STRANGERS_BURST)
        self._stranger_at = 0.0
        self._failing = False

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    # --- In the event loop ---------------------------------------------------------------------

    def add(self, event: Event) -> None:
        """Have an event written soon, or counted as lost."""
        if event.stranger and not self._admit_stranger(event.at):
            self._lose("unauthenticated")
            return
        divisor = 2 if event.operation.data_event else 1
        kept_bytes = self._put_bytes - self._taken_bytes + event.size_bytes
        if self._queue.qsize() >= MOST_EVENTS // divisor or kept_bytes > MOST_BYTES // divisor:
            self._lose("data" if event.operation.data_event else "management")
            return
        self._put_bytes += event.size_bytes
        self._queue.put(event)

    def close(self) -> None:
        """Write what has been added, and close the file.  Where the disk takes nothing, what is
        left is given up, and the log says so."""
        self._closing.set()
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _admit_stranger(self, at: float) -> bool:
        refilled = self._strangers + (at - self._stranger_at) * _STRANGERS_A_SECOND
        self._strangers = min(float(STRANGERS_BURST), refilled)
        self._stranger_at = at
        if self._strangers < 1:
            return False
        self._strangers -= 1
        return True

    def _lose(self, category: str) -> None:
        all_told = self._lost == self._told
        self._lost[category] += 1
        if all_told:
            self._queue.put(None)  # wakes the writer, which tells it

    # --- In the writer's thread ----------------------------------------------------------------

    def _run(self) -> None:
        more = True
        while more:
            first = self._queue.get()
            # Whoever comes first waits for others.  While the server stops, nobody waits.
            more = not self._closing.wait(_GATHER_S)
            self._write_all(first)
        with suppress(OSError):
            self._file.close()

    def _write_all(self, event: Event | None) -> None:
        lines: list[bytes] = []
        with suppress(queue.Empty):
            while True:
                if event is not None:
                    lines.append(self._line(event))
                    self._taken_bytes += event.size_bytes
                if len(lines) >= _EVENTS_A_WRITE:
                    self._store(lines)
                    lines = []
                event = self._queue.get_nowait()
        lost = self._lost.copy()
        if lost != self._told:
            lines.append(loss_line(self._clock(), dict(lost - self._told), self._take_id()))
            self._told = lost
        self._store(lines)

    def _line(self, event: Event) -> bytes:
        try:
            return line(event, self._take_id())
        except Exception:
            # A bug; the trail says that something is missing, and the others are written.
            logger.exception("no audit record could be made of %s", event.operation.name)
            return loss_line(self._clock(), {"unwritable": 1}, self._take_id())

    def _store(self, lines: list[bytes]) -> None:
        """Append the lines, however long it takes; while the server stops, if it works at once."""
        joined = b"".join(lines)
        rest = memoryview(joined)
        begun = False
        while rest:
            try:
                if not begun:
                    self._file.begin(len(joined))
                    begun = True
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self._report_failure(error)
                if self._closing.wait(_RETRY_S):
                    logger.error("%d audit records could not be written", len(lines))
                    return
            else:
                self._report_success()

    def _report_failure(self, error: OSError) -> None:
        if not self._failing:
            self._failing = True
            logger.error("cannot write the audit trail %s: %s", self._path, error.strerror)

    def _report_success(self) -> None:
        if self._failing:
            self._failing = False
            logger.warning("the audit trail %s is written again", self._path)
