"""A server whose data lies on a file system of its own, of a few megabytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from server_process import ServerProcess


class OnSmallDisk(ServerProcess):
    """The file system is there for the server's process alone, and goes with it."""

    def __init__(self, data: Path, size_bytes: int, *options: str) -> None:
        super().__init__(data, *options)
        self._size_bytes = size_bytes

    def command(self) -> list[str]:
        mount = f'mount -t tmpfs -o size={self._size_bytes} tmpfs {self.data} && exec "$@"'
        inside = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh"]
        return [*inside, *super().command()]

    @property
    def disk(self) -> Path:
        """The small file system, seen from outside."""
        return Path(f"/proc/{self.pid}/root{self.data}")


def start_on_small_disk(data: Path, size_bytes: int, *options: str) -> OnSmallDisk:
    """Skips the test where no file system can be mounted."""
    data.mkdir()
    if not _can_mount(data):
        pytest.skip("no file system can be mounted here without privileges")
    server = OnSmallDisk(data, size_bytes, *options)
    server.start()
    return server


def _can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0
