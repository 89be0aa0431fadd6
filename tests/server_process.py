"""A real Tidegate server in a process of its own, as a test sees it: an endpoint and signals.

Nothing here knows the inside of the server. It is started with the public command line, its
endpoint is read from what it prints, and it is stopped with the signals that an operator uses.
"""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

START_LIMIT_S = 30.0
STOP_LIMIT_S = 20.0
ENDPOINT = re.compile(r"https?://127\.0\.0\.1:(\d+)")


class ServerProcess:
    """One data directory and the server process that serves it, now or again later.

    The first `start` lets the server pick a port; a later one asks for the same port, so that
    clients made before a restart go on working after it.
    """

    # Those that have been started and not closed, for the report of a test that fails.
    started: ClassVar[list[ServerProcess]] = []

    def __init__(
        self,
        data: Path,
        *options: str,
        environment: dict[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """With `tls` the options must make it speak that; the context is for what is asked here."""
        self.data = data
        self.port = 0
        self._options = options
        self._environment = environment or {}
        self._tls = tls
        self._process: subprocess.Popen[str] | None = None
        self._printed: list[str] = []
        self._reader: threading.Thread | None = None
        self._endpoint_printed = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> ServerProcess:
        """Starts the server and returns once it says that it is ready."""
        assert self._process is None, "this server runs already"
        if self not in self.started:
            self.started.append(self)
        self.data.mkdir(parents=True, exist_ok=True)
        self._endpoint_printed.clear()
        with self._error_log.open("ab") as errors:
            self._process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()
        self._wait_until_ready()
        return self

    def command(self) -> list[str]:
        serve = [sys.executable, "-m", "tidegate.cli.main", "serve"]
        return [*serve, "--port", str(self.port), "--data", str(self.data), *self._options]

    def environment(self) -> dict[str, str]:
        """The environment of the tests, without settings that their user has for a server."""
        own = {name: value for name, value in os.environ.items() if name[:9] != "TIDEGATE_"}
        return {**own, "PYTHONUNBUFFERED": "1", **self._environment}

    def signal(self, number: int) -> None:
        self._running().send_signal(number)

    def wait(self, limit_s: float = STOP_LIMIT_S) -> int:
        """Waits for the process to end by itself; returns its exit status."""
        process = self._running()
        status = process.wait(timeout=limit_s)
        self._forget()
        return status

    def stop(self) -> int:
        """SIGTERM, as an operator or a service manager stops it; returns the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to do anything more."""
        self.signal(signal.SIGKILL)
        self.wait()

    def restart(self) -> ServerProcess:
        self.stop()
        return self.start()

    def close(self) -> None:
        """Ends the process, whatever state it is in."""
        if self in self.started:
            self.started.remove(self)
        if self.alive:
            self.kill()
        elif self._process is not None:
            self.wait()

    def output(self) -> str:
        """All that the server has printed on standard output."""
        return "".join(self._printed)

    def errors(self) -> str:
        """All that the server has logged on standard error."""
        return self._error_log.read_text(errors="replace") if self._error_log.exists() else ""

    def get(self, path: str, limit_s: float = 5.0) -> int:
        """The status of a plain GET, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(
                self.endpoint + path, timeout=limit_s, context=self._tls
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    @property
    def _error_log(self) -> Path:
        return self.data.parent / f"{self.data.name}.stderr"

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "this server does not run"
        return self._process

    def _forget(self) -> None:
        process = self._running()
        if self._reader is not None:
            self._reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None

    def _read_output(self) -> None:
        stream = self._running().stdout
        assert stream is not None
        for line in stream:
            self._printed.append(line)
            found = ENDPOINT.search(line)
            if found and not self._endpoint_printed.is_set():
                self.port = int(found.group(1))
                self._endpoint_printed.set()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            status = self._running().poll()
            if status is not None:
                self._forget()
                raise RuntimeError(f"the server ended with {status}:\n{self.errors()[-4000:]}")
            if self._endpoint_printed.wait(0.02) and self.get("/_tidegate/ready") == 200:
                return
        self.close()
        raise RuntimeError(f"the server did not become ready:\n{self.errors()[-4000:]}")
