"""One invocation: its options, the yardstick beside it, and the subjects it measures."""

import secrets
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tidegate.bench.load import WARM_UP_S, Endpoint, Pace, Run, Script
from tidegate.bench.process import Server, spawn_tidegate, spawn_yardstick
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.scripts import Sender
from tidegate.bench.signing import Signer
from tidegate.bench.subject import Subject
from tidegate.bench.tally import Tally

_CALLS_A_SECOND = 90_000
_CALLS_A_SECOND_EACH = 30_000
"""More than one core can answer; a connection by itself is slower, as it waits for each answer."""
_MAX_STOCK = 1_000_000
"""Signatures made before a run, at about 100 bytes of memory each."""


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    endpoint: str | None = None
    data: Path | None = None
    """Where our own servers keep their data; one of `endpoint` and `data` is set."""
    region: str = "us-east-1"
    access_key: str = "test"
    secret_key: str = "test"
    seconds: float = 5.0
    pairs: int = 3
    connections: tuple[int, ...] = ()
    """Instead of the scenario's own."""
    body_bytes: int = 1024
    messages: tuple[int, ...] = (0, 1_000_000, 10_000_000)


class Session:
    """Starts and stops what scenarios need."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rows: list[Row] = []
        """What has been measured so far: told even where a later scenario fails."""
        self._yardstick: Subject | None = None
        self._told = ""

    def tell(self, text: str, passing: bool = False) -> None:
        """Show progress on stderr; a passing line is shown on a terminal only, and overwritten."""
        if sys.stderr.isatty():
            print(f"\r{text:<{len(self._told)}}", end="" if passing else "\n", file=sys.stderr)
            self._told = text if passing else ""
        elif not passing:
            print(text, file=sys.stderr)
        sys.stderr.flush()

    def signer(self) -> Signer:
        options = self.options
        return Signer(options.access_key, options.secret_key, options.region)

    @asynccontextmanager
    async def subject(self) -> AsyncIterator[Subject]:
        """The endpoint, or a server of our own on an empty directory, gone afterwards.

        Raises ServerFailed.
        """
        if self.options.endpoint is not None:
            yield Subject("target", Endpoint(self.options.endpoint), self.signer())
            return
        async with self.directory() as data:
            server = await self.start(data)
            try:
                yield self.own(server, data)
                await server.stop()
            finally:
                await server.kill()

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[Path]:
        """An empty directory below `data`, removed afterwards."""
        assert self.options.data is not None
        data = self.options.data / f"bench-{secrets.token_hex(4)}"
        data.mkdir(parents=True)
        try:
            yield data
        finally:
            shutil.rmtree(data)

    async def start(self, data: Path) -> Server:
        """A server of our own.  Raises ServerFailed."""
        return await spawn_tidegate(data)

    def own(self, server: Server, data: Path) -> Subject:
        """The subject that a server of our own is."""
        return Subject("tidegate", Endpoint(server.endpoint), self.signer(), server, data)

    def queue_name(self, suffix: str = "") -> str:
        """A name that no other run has."""
        return f"tidegate-bench-{secrets.token_hex(4)}{suffix}"

    def pace(self, label: str, warm_up_s: float = WARM_UP_S) -> Pace:
        """The usual length of a run, with its progress told under `label`."""

        def tell(seconds: float, tally: Tally) -> None:
            rate = tally.units / seconds if seconds > 0 else 0.0
            text = f"  {label}: {seconds:.0f} s, {rate:,.0f}/s, {tally.error_count} errors"
            self.tell(text, passing=True)

        return Pace(self.options.seconds, warm_up_s, progress=tell)

    async def yardstick_run(self, connections: int, label: str) -> Run:
        """SendMessage against the yardstick, which is started with the first run."""
        if self._yardstick is None:
            server = await spawn_yardstick()
            self._yardstick = Subject("yardstick", Endpoint(server.endpoint), self.signer(), server)
        subject = self._yardstick
        url = f"{subject.url}/000000000000/{self.queue_name()}"
        return await self.send(subject, url, connections, f"{label}, yardstick")

    def stock(self, connections: int) -> int:
        """How many requests each of so many connections may sign before a run."""
        calls_a_second = min(_CALLS_A_SECOND, _CALLS_A_SECOND_EACH * connections)
        calls = min(_MAX_STOCK, calls_a_second * (self.options.seconds + WARM_UP_S))
        return int(calls / connections)

    async def send(self, subject: Subject, queue_url: str, connections: int, label: str) -> Run:
        """SendMessage as fast as answers come."""
        tally = Tally()
        site = subject.site(queue_url, tally, self.options.body_bytes)
        stock = self.stock(connections)
        scripts: list[Script] = [Sender(site, lane, stock) for lane in range(connections)]
        return await subject.play(scripts, tally, self.pace(label))

    async def pair(self, pairs: Pairs, run: Run, connections: int, label: str) -> None:
        """Put a run of the yardstick beside a run of the target."""
        yardstick = await self.yardstick_run(connections, label)
        pairs.add(run, yardstick)
        self.tell(
            f"{label}: {run.rate:,.0f}/s, yardstick {yardstick.rate:,.0f}/s"
            + (f", {run.tally.error_count} errors" if run.tally.error_count else "")
        )

    async def close(self) -> None:
        if self._yardstick is not None and self._yardstick.server is not None:
            await self._yardstick.server.kill()
