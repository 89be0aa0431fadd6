"""The scenarios send, batch and drain: how many a second."""

from collections.abc import Awaitable, Callable

from tidegate.bench.load import Run, Script
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.scripts import BATCH, BatchSender, Drainer
from tidegate.bench.session import Session
from tidegate.bench.subject import Subject
from tidegate.bench.tally import Tally

_SEND_CONNECTIONS = (1, 64, 256)
_CONNECTIONS = (64,)
_DRAINED_A_SECOND = 100_000
"""More than a core can drain, so that the time and not the backlog ends a run."""

Load = Callable[[Subject, str, int, str], Awaitable[Run]]
"""(subject, queue URL, connections, label) -> the run of one pair"""


async def send(session: Session) -> None:
    """One SendMessage is one unit."""
    await _rows(session, "send", "message", _SEND_CONNECTIONS, session.send)


async def batch(session: Session) -> None:
    """One message of a SendMessageBatch of 10 is one unit."""

    async def load(subject: Subject, url: str, connections: int, label: str) -> Run:
        tally = Tally()
        site = subject.site(url, tally, session.options.body_bytes)
        scripts: list[Script] = [BatchSender(site, lane) for lane in range(connections)]
        return await subject.play(scripts, tally, session.pace(label))

    await _rows(session, "batch", "message", _CONNECTIONS, load)


async def drain(session: Session) -> None:
    """One message received (10 a call) and deleted (DeleteMessageBatch) is one unit."""

    async def load(subject: Subject, url: str, connections: int, label: str) -> Run:
        return await drained(session, subject, url, connections, label)

    await _rows(session, "drain", "message", _CONNECTIONS, load)


async def drained(
    session: Session, subject: Subject, url: str, connections: int, label: str
) -> Run:
    """Fill the queue, and drain it."""
    wanted = int(session.options.seconds * _DRAINED_A_SECOND)
    filled = await fill(session, subject, url, connections, wanted, f"{label}, filling")
    tally = Tally()
    tally.errors.update(filled.tally.errors)
    tally.samples.extend(filled.tally.samples)
    site = subject.site(url, tally, session.options.body_bytes)
    scripts: list[Script] = [Drainer(site) for _ in range(connections)]
    return await subject.play(scripts, tally, session.pace(label, warm_up_s=0))


async def fill(
    session: Session,
    subject: Subject,
    url: str,
    connections: int,
    messages: int,
    label: str,
    seconds: float | None = None,
) -> Run:
    """Send about `messages` in batches, for as long as `seconds` (twice a run) at most."""
    tally = Tally()
    site = subject.site(url, tally, session.options.body_bytes)
    batches, rest = divmod(messages // BATCH, connections)
    scripts: list[Script] = [
        BatchSender(site, lane, (batches + (lane < rest)) * BATCH) for lane in range(connections)
    ]
    pace = session.pace(label, warm_up_s=0)
    pace.seconds = seconds if seconds is not None else 2 * session.options.seconds
    return await subject.play(scripts, tally, pace)


async def _rows(
    session: Session, name: str, unit: str, connections: tuple[int, ...], load: Load
) -> None:
    async with session.subject() as subject:
        for count in session.options.connections or connections:
            row = Row(f"{name}/{count}", unit)
            pairs = Pairs()
            for number in range(session.options.pairs):
                label = f"{row.name}, pair {number + 1} of {session.options.pairs}"
                url = await subject.create_queue(session.queue_name())
                run = await load(subject, url, count, label)
                await session.pair(pairs, run, count, label)
                await subject.delete_queue(url)
            pairs.fill(row)
            session.rows.append(row)
