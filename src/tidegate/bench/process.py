"""A server as a subprocess, and what the operating system says about it (Linux's /proc)."""

import asyncio
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_ENDPOINT = re.compile(rb"http://(?:127\.0\.0\.1|localhost):(\d+)")
_START_TIMEOUT_S = 120
_STOP_TIMEOUT_S = 120
_KEPT_LINES = 30
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class ServerFailed(Exception):
    """The server did not start, or did not stop as it should."""


class Server:
    """A running server process that printed where it listens."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, spawned_at: float) -> None:
        self.name = name
        self.spawned_at = spawned_at
        """Seconds of time.perf_counter."""
        self.endpoint = ""
        self._process = process
        self._lines: deque[bytes] = deque(maxlen=_KEPT_LINES)
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def listen(self) -> None:
        """Wait until it says where it listens.  Raises ServerFailed."""
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(found))
        try:
            self.endpoint = await asyncio.wait_for(found, _START_TIMEOUT_S)
        except (TimeoutError, EOFError) as error:
            await self.kill()
            raise ServerFailed(f"{self.name} did not start:\n{self.said()}") from error

    async def _read(self, found: asyncio.Future[str]) -> None:
        # Read to the end, or the server would block on a full pipe.
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._lines.append(line)
            match = _ENDPOINT.search(line)
            if match and not found.done():
                found.set_result(f"http://127.0.0.1:{int(match[1])}")
        if not found.done():
            found.set_exception(EOFError())

    def said(self) -> str:
        """The last lines that it printed."""
        return b"".join(self._lines).decode("utf-8", "replace")

    async def stop(self) -> None:
        """SIGTERM, and wait.  Raises ServerFailed where the exit status is not 0."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = await asyncio.wait_for(self._process.wait(), _STOP_TIMEOUT_S)
        except TimeoutError as error:
            await self.kill()
            raise ServerFailed(f"{self.name} did not stop:\n{self.said()}") from error
        if status:
            raise ServerFailed(f"{self.name} ended with status {status}:\n{self.said()}")

    async def kill(self) -> None:
        """SIGKILL, and wait."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def spawn(name: str, arguments: list[str]) -> Server:
    """Start `python -m <arguments>` and wait until it listens.  Raises ServerFailed."""
    spawned_at = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    server = Server(name, process, spawned_at)
    await server.listen()
    return server


async def spawn_tidegate(data: Path) -> Server:
    """A Tidegate server on a free port with its data in `data`.  Raises ServerFailed."""
    return await spawn(
        "tidegate", ["tidegate.cli.main", "serve", "--port", "0", "--data", str(data)]
    )


async def spawn_yardstick() -> Server:
    """The yardstick on a free port.  Raises ServerFailed."""
    return await spawn("yardstick", ["tidegate.bench", "yardstick", "--port", "0"])


# --- What the operating system says ---------------------------------------------------------------


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat_fields(int(entry.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, or none if the process is gone."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _read(path: str) -> str:
    """What /proc says, or nothing if the process is gone."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def cpu_s(pid: int) -> float:
    """Seconds of CPU that the process and its descendants have taken."""
    total = 0
    for member in family(pid):
        fields = _stat_fields(member)
        if fields:
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS_PER_S


def resident_mb(pid: int) -> float:
    """Resident memory of the process and its descendants, in MB of 1,000,000 bytes."""
    total_kib = 0
    for member in family(pid):
        total_kib += resident_kib(_read(f"/proc/{member}/status"))
    return total_kib * 1024 / 1e6


def resident_kib(status: str) -> int:
    """VmRSS of a /proc/<pid>/status; 0 where it has none."""
    match = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(match[1]) if match else 0


def _files(directory: Path) -> Iterator[os.stat_result]:
    for parent, _, names in os.walk(directory):
        for name in names:
            try:
                yield os.stat(os.path.join(parent, name))
            except FileNotFoundError:
                # The server removed a segment meanwhile.
                continue


def disk_mb(directory: Path) -> float:
    """What the files under `directory` occupy on the disk, in MB of 1,000,000 bytes."""
    return sum(status.st_blocks for status in _files(directory)) * 512 / 1e6


def file_system(directory: Path, mounts: str) -> str:
    """The type of the file system that holds `directory`, by the text of /proc/mounts."""
    path = str(directory.resolve())
    best, kind = "", "unknown"
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].rstrip("/")
        if (path == point or path.startswith(point + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def sync_us(directory: Path, times: int = 200) -> float:
    """The median of writing 1,200 bytes to a file there and syncing them, in microseconds."""
    path = directory / "sync-test"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(handle, 0, 1200 * times)
        os.fsync(handle)
        spans = []
        for _ in range(times):
            started = time.perf_counter()
            os.write(handle, b"x" * 1200)
            os.fdatasync(handle)
            spans.append(time.perf_counter() - started)
    finally:
        os.close(handle)
        path.unlink()
    return sorted(spans)[times // 2] * 1e6
