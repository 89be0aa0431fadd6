"""The scenarios backlog and idle: what a server costs that has little or nothing to do."""

import asyncio
import resource
import time
from pathlib import Path
from statistics import median

from tidegate.bench.load import Script
from tidegate.bench.process import cpu_s, disk_mb, resident_mb
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.scripts import Waiter
from tidegate.bench.session import Session
from tidegate.bench.subject import Subject
from tidegate.bench.tally import Tally
from tidegate.bench.throughput import fill

_CONNECTIONS = 64
_SETTLE_S = 1.0
"""What a server does right after a start or a load is not what it costs from then on."""
_FILL_TIMEOUT_S = 3600
_LONG_POLLS = 1000
_WAIT_S = 20
_STARTS = 3


async def backlog(session: Session) -> None:
    """Memory, disk, rate and restart with messages waiting, each number on a fresh server."""
    empty = 0.0
    for messages in session.options.messages:
        async with session.directory() as data:
            row = Row(f"backlog/{messages}", "message")
            await _backlog(session, data, messages, row)
        if empty:
            row.metrics["of_empty"] = row.metrics["ratio"] / empty
        elif not messages:
            empty = row.metrics["ratio"]
        session.rows.append(row)


async def _backlog(session: Session, data: Path, messages: int, row: Row) -> None:
    server = await session.start(data)
    try:
        subject = session.own(server, data)
        url = await subject.create_queue(session.queue_name())
        await asyncio.sleep(_SETTLE_S)
        idle_mb = resident_mb(server.pid)
        waiting = await _fill(session, subject, url, messages, row)
        row.metrics["messages"] = waiting
        row.metrics["resident_mb"] = resident_mb(server.pid)
        row.metrics["above_idle_mb"] = row.metrics["resident_mb"] - idle_mb
        row.metrics["disk_mb"] = disk_mb(data)
        waiting += await _send(session, subject, url, row)
        await server.stop()
        server = await session.start(data)
        subject = session.own(server, data)
        row.metrics["restart_s"] = await _ready(subject, url, waiting, row)
        await asyncio.sleep(_SETTLE_S)
        row.metrics["restarted_mb"] = resident_mb(server.pid)
        waiting += (await session.send(subject, url, _CONNECTIONS, row.name)).tally.units_ever
        await server.kill()
        server = await session.start(data)
        subject = session.own(server, data)
        row.metrics["killed_restart_s"] = await _ready(subject, url, waiting, row)
    finally:
        await server.kill()


async def _fill(session: Session, subject: Subject, url: str, messages: int, row: Row) -> int:
    if not messages:
        return 0
    label = f"{row.name}, filling"
    run = await fill(session, subject, url, _CONNECTIONS, messages, label, _FILL_TIMEOUT_S)
    row.take(run.tally)
    row.metrics["fill_rate"] = run.rate
    session.tell(f"{label}: {run.tally.units_ever:,} at {run.rate:,.0f}/s")
    await asyncio.sleep(_SETTLE_S)
    return run.tally.units_ever


async def _send(session: Session, subject: Subject, url: str, row: Row) -> int:
    """The send rate on top of the backlog; returns how many more messages wait."""
    pairs = Pairs()
    sent = 0
    for number in range(session.options.pairs):
        label = f"{row.name}, pair {number + 1} of {session.options.pairs}"
        run = await session.send(subject, url, _CONNECTIONS, label)
        sent += run.tally.units_ever
        await session.pair(pairs, run, _CONNECTIONS, label)
    pairs.fill(row)
    return sent


async def _ready(subject: Subject, url: str, waiting: int, row: Row) -> float:
    """Seconds from the start of the process to its first answer; counts messages that are gone."""
    seconds = await subject.ready()
    # `url` names the port of the server before this one; only account and name in it count.
    depth = await subject.depth(url)
    if depth != waiting:
        row.errors["messages missing after a restart"] = abs(waiting - depth)
        row.samples.append(f"{depth} messages after a restart, {waiting} were acknowledged")
    return seconds


async def idle(session: Session) -> None:
    """Start-up, memory, and CPU while 1,000 long polls wait."""
    row = Row("idle", "")
    async with session.directory() as data:
        starts = []
        for _ in range(_STARTS - 1):
            server = await session.start(data)
            starts.append(await session.own(server, data).ready())
            await server.stop()
        server = await session.start(data)
        try:
            starts.append(await session.own(server, data).ready())
            row.metrics["start_s"] = median(starts)
            await asyncio.sleep(_SETTLE_S)
            row.metrics["resident_mb"] = resident_mb(server.pid)
            await _wait(session, session.own(server, data), row)
            await server.stop()
        finally:
            await server.kill()
    session.rows.append(row)


async def _wait(session: Session, subject: Subject, row: Row) -> None:
    assert subject.server is not None
    allow_files(_LONG_POLLS + 200)
    url = await subject.create_queue(session.queue_name())
    tally = Tally()
    site = subject.site(url, tally, session.options.body_bytes)
    scripts: list[Script] = [Waiter(site, _WAIT_S) for _ in range(_LONG_POLLS)]
    # From here on until every poll has been answered and renewed once.
    pace = session.pace("idle, 1,000 long polls", warm_up_s=0)
    pace.seconds = _WAIT_S + 2
    playing = asyncio.create_task(subject.play(scripts, tally, pace))
    await asyncio.sleep(_SETTLE_S)
    pid = subject.server.pid
    cpu, started_at = cpu_s(pid), time.perf_counter()
    await asyncio.sleep(_WAIT_S)
    share = (cpu_s(pid) - cpu) / (time.perf_counter() - started_at)
    row.metrics["waiting_cpu_percent"] = 100 * share
    row.metrics["waiting_mb"] = resident_mb(pid)
    await playing
    row.take(tally)


def allow_files(count: int) -> None:
    """Let this process, and those it starts, have `count` files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
