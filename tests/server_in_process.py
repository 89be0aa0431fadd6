"""A whole server in a thread of the test, on a disk that the test can fill, break and look at."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import threading
from pathlib import Path

import uvloop

from small_log import DIRECTORY, SMALL
from tidegate.base.refusals import Fault
from tidegate.log.files.directory import open_directory
from tidegate.log.files.room import LogOptions
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.runtime.recovery import recover
from tidegate.server.compose import Server
from tidegate.server.settings import load
from tidegate.server.storage import Storage
from tidegate.testing.files import CrashableFiles

LIMIT_S = 20.0


class ServerInProcess:
    """The directory holds what identifies the server; the log is on the simulated disk."""

    endpoint: str

    def __init__(
        self, data: Path, files: CrashableFiles, options: LogOptions = SMALL, sync: str = "auto"
    ) -> None:
        self.failure: Fault | None = None
        """What it told when it was stopped."""
        self._data = data
        self._files = files
        self._options = options
        self._sync = sync
        self._loop = uvloop.new_event_loop()
        self._stop = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> ServerInProcess:
        self._thread.start()
        assert self._started.wait(LIMIT_S), "the server did not start"
        return self

    def stop(self) -> None:
        """Drains it, and returns once it has closed everything."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(LIMIT_S)
            if self._thread.is_alive():
                faulthandler.dump_traceback()
                raise AssertionError("the server did not stop: see the stacks above")

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        settings = load(
            {"port": "0", "data": os.fspath(self._data), "sync": self._sync}, environment={}
        )
        server = Server(settings, self._open_storage())
        await server.start()
        self.endpoint = server.endpoint
        self._started.set()
        await self._stop.wait()
        try:
            await server.drain_and_stop()
        except Fault as fault:
            self.failure = fault

    def _open_storage(self) -> Storage:
        directory = open_directory(os.fspath(self._data))
        log = FileLog.open(DIRECTORY, self._files, self._options)
        snapshots = FileSnapshots(DIRECTORY, self._files)
        return Storage(directory, log, snapshots, recover(log, snapshots))
