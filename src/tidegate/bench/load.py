"""Many connections, each playing a script against one endpoint.

A script is one client's behaviour without its socket: what to send next, and what to make of the
answer.  A player gives it a connection, takes the time, and counts.  One request is under way on
a connection at a time, as with boto3; there is no task, future or timer for a request.
"""

import asyncio
import gc
import ssl
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from time import perf_counter_ns
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from tidegate.bench.framing import BadAnswer, Framer
from tidegate.bench.signing import Signer
from tidegate.bench.tally import Tally

WARM_UP_S = 0.3
_GRACE_S = 30
"""How long after the end of a run the last answers may take."""
_TURN_S = 0.05
_MAX_CONNECTION_FAILURES = 20


class Script(Protocol):
    """One client's behaviour.  Instants are nanoseconds of perf_counter_ns."""

    finished: bool
    """True once there is nothing more to send, ever."""
    wake_at: int
    """Where `next` gave None and the script is not finished: when to ask again."""

    def next(self, now: int) -> bytes | None:
        """The next request, or None where there is none now."""

    def answered(self, body: bytes, now: int) -> int:
        """Take the answer of status 200; returns the number of units that it finished."""

    def failed(self) -> None:
        """The request was refused, or its connection broke: its outcome may be unknown."""


class Endpoint:
    """Where an SQS service is: `http://host:port` or `https://host`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an endpoint: {url!r} (say http://127.0.0.1:4566)")
        self.url = url.rstrip("/")
        self.host_header = parts.netloc
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None

    async def connect(self, protocol: asyncio.Protocol) -> None:
        """Open a connection for `protocol`.  Raises OSError."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: protocol, self._host, self._port, ssl=self._tls)


Connect = Callable[[asyncio.Protocol], Coroutine[Any, Any, None]]


class Player(asyncio.Protocol):
    """Plays one script over one connection, which it opens anew when it breaks."""

    def __init__(self, connect: Connect, script: Script, tally: Tally) -> None:
        self._connect = connect
        self._script = script
        self._tally = tally
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self._sent_at = 0
        self._waiting = False
        self._failures = 0
        self._calls_before = 0
        self._timer: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._started = False
        self.done = False

    async def open(self) -> None:
        """Connect.  Raises OSError."""
        await self._connect(self)

    def start(self) -> None:
        """Send the first request."""
        self._started = True
        if self._transport is not None:
            self._advance(perf_counter_ns())

    def stop(self) -> None:
        """Hang up, whatever is under way."""
        self.done = True
        for pending in (self._timer, self._connecting):
            if pending is not None:
                pending.cancel()
        self._hang_up()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports behave like asyncio's and do not inherit from them.
        transport = cast(asyncio.Transport, transport)
        self._transport = transport
        self._framer = Framer()
        if self._started:
            self._advance(perf_counter_ns())

    def data_received(self, data: bytes) -> None:
        """Take an answer and send the next request: all of what a call costs us, in one place."""
        now = perf_counter_ns()
        try:
            answer = self._framer.feed(data)
        except BadAnswer as error:
            self._broken(str(error))
            return
        if answer is None:
            return
        if answer[0] != 200 or not self._waiting or self._framer.closing:
            self._answered(answer, now)
            return
        script = self._script
        self._tally.answered(script.answered(answer[1], now), now, self._sent_at)
        request = script.next(now)
        if request is None:
            self._waiting = False
            self._pause(now)
            return
        self._sent_at = perf_counter_ns()
        assert self._transport is not None
        self._transport.write(request)

    def _answered(self, answer: tuple[int, bytes], now: int) -> None:
        """The same for an answer that is not quite as usual."""
        status, body = answer
        if not self._waiting:
            self._broken("an answer to no request")
            return
        self._waiting = False
        if status == 200:
            self._tally.answered(self._script.answered(body, now), now, self._sent_at)
        else:
            self._tally.error(f"status {status}", body[:300].decode("utf-8", "replace"))
            self._script.failed()
        if self._framer.closing:
            self._hang_up()
        else:
            self._advance(now)

    def _advance(self, now: int) -> None:
        """Send the next request, if there is one."""
        request = self._script.next(now)
        if request is None:
            self._pause(now)
            return
        self._waiting = True
        self._sent_at = perf_counter_ns()
        assert self._transport is not None
        self._transport.write(request)

    def _pause(self, now: int) -> None:
        """Nothing to send: for now, or for good."""
        script = self._script
        if script.finished:
            self.done = True
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0, script.wake_at - now) / 1e9, self._wake)

    def _wake(self) -> None:
        if not self.done and self._transport is not None and not self._waiting:
            self._advance(perf_counter_ns())

    def eof_received(self) -> None:
        if not self.done and self._waiting:
            with suppress(BadAnswer):
                answer = self._framer.finish()
                if answer is not None:
                    self._answered(answer, perf_counter_ns())

    def connection_lost(self, exc: Exception | None) -> None:
        """The one place that ends a connection, and begins the next."""
        self._transport = None
        if self.done:
            return
        if self._waiting:
            self._broken(f"the connection ended: {exc or 'closed by the server'}")
        self._connecting = asyncio.get_running_loop().create_task(self._open_again())

    def _broken(self, why: str) -> None:
        self._tally.error("broken connection", why)
        self._failures += 1
        if self._waiting:
            self._waiting = False
            self._script.failed()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def _open_again(self) -> None:
        if self._tally.calls > self._calls_before:
            # Somebody is served, so what broke this connection may not break the next.
            self._failures = 0
            self._calls_before = self._tally.calls
        while self._failures < _MAX_CONNECTION_FAILURES:
            if self._failures:
                await asyncio.sleep(_TURN_S * self._failures)
            try:
                await self._connect(self)
                return
            except OSError as error:
                self._tally.error("no connection", str(error))
                self._failures += 1
        self._tally.error("given up", "too many broken connections in a row")
        self.done = True


class Pace:
    """How long a run lasts, and what is told while it does."""

    def __init__(
        self,
        seconds: float,
        warm_up_s: float = WARM_UP_S,
        settled: Callable[[], bool] | None = None,
        progress: Callable[[float, Tally], None] | None = None,
        grace_s: float = _GRACE_S,
    ) -> None:
        self.seconds = seconds
        self.warm_up_s = warm_up_s
        self.settled = settled
        """Ends the run before all scripts are finished, which counts as its regular end."""
        self.progress = progress
        """Called about once a second with the seconds that have passed."""
        self.grace_s = grace_s


class Run:
    """What a run gave."""

    def __init__(self, tally: Tally, finished_at: int, client_cpu: float) -> None:
        self.tally = tally
        self.rate = tally.rate(finished_at)
        self.client_cpu = client_cpu
        """The share of one core that this process took."""
        self.server_cpu: float | None = None
        """The same of the server's processes, where they are ours."""


async def play(
    connect: Connect, signer: Signer, scripts: Sequence[Script], tally: Tally, pace: Pace
) -> Run:
    """Play all scripts at once until all are finished, or until the pace says that they are.

    Raises OSError where not even the first connections can be opened.
    """
    players = [Player(connect, script, tally) for script in scripts]
    signer.advance(time.time())
    gc.collect()
    gc.disable()
    try:
        for player in players:
            await player.open()
        started_at = perf_counter_ns()
        cpu = time.process_time()
        tally.start_at = started_at + int(pace.warm_up_s * 1e9)
        tally.end_at = tally.start_at + int(pace.seconds * 1e9)
        for player in players:
            player.start()
        await _wait(players, signer, tally, pace, started_at)
        finished_at = perf_counter_ns()
        share = (time.process_time() - cpu) * 1e9 / (finished_at - started_at)
    finally:
        gc.enable()
        for player in players:
            player.stop()
    return Run(tally, finished_at, share)


async def _wait(
    players: list[Player], signer: Signer, tally: Tally, pace: Pace, started_at: int
) -> None:
    told_at = started_at
    while not all(player.done for player in players):
        await asyncio.sleep(_TURN_S)
        now = perf_counter_ns()
        if pace.settled is not None and pace.settled():
            return
        if now >= told_at + 1_000_000_000:
            told_at = now
            signer.advance(time.time())
            if pace.progress is not None:
                pace.progress((now - tally.start_at) / 1e9, tally)
        if now >= tally.end_at + int(pace.grace_s * 1e9):
            late = sum(not player.done for player in players)
            tally.error("no answer", f"{late} connections still wait", late)
            return
