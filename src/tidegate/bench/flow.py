"""The scenarios pipeline and fifo: producers and consumers at once, at full speed and at half."""

from tidegate.bench.load import Run, Script
from tidegate.bench.pipeline import Consumer, Ledger, Producer
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.session import Session
from tidegate.bench.subject import Subject
from tidegate.bench.tally import Tally

_CONNECTIONS = (64,)
_GROUPS = 1000


async def pipeline(session: Session) -> None:
    """One message sent, received and deleted is one unit."""
    await _rows(session, "pipeline", groups=0)


async def fifo(session: Session) -> None:
    """The same over 1,000 message groups, whose order is checked."""
    await _rows(session, "fifo", groups=_GROUPS)


async def _rows(session: Session, name: str, groups: int) -> None:
    async with session.subject() as subject:
        for connections in session.options.connections or _CONNECTIONS:
            suffix = "" if connections == _CONNECTIONS[0] else f"/{connections}"
            full = await _measure(session, subject, f"{name}{suffix}", groups, connections, 0.0)
            if full:
                label = f"{name}/half{suffix}"
                await _measure(session, subject, label, groups, connections, full / 2)


async def _measure(
    session: Session, subject: Subject, name: str, groups: int, connections: int, rate: float
) -> float:
    """Add a row; returns its rate.  `rate`: the pace of all producers, 0 for full speed."""
    row = Row(name, "message")
    pairs = Pairs()
    for number in range(session.options.pairs):
        label = f"{name}, pair {number + 1} of {session.options.pairs}"
        attributes = {"FifoQueue": "true"} if groups else {}
        queue_name = session.queue_name(".fifo" if groups else "")
        url = await subject.create_queue(queue_name, attributes)
        run = await _run(session, subject, url, groups, connections, rate, label)
        await session.pair(pairs, run, connections, label)
        await subject.delete_queue(url)
    pairs.fill(row, deliveries=True)
    session.rows.append(row)
    return pairs.rate


async def _run(
    session: Session,
    subject: Subject,
    url: str,
    groups: int,
    connections: int,
    rate: float,
    label: str,
) -> Run:
    tally = Tally()
    ledger = Ledger(subject.site(url, tally, session.options.body_bytes), ordered=bool(groups))
    scripts = crew(ledger, groups, connections, rate)
    pace = session.pace(label)
    pace.settled = ledger.settled
    run = await subject.play(scripts, tally, pace)
    if ledger.missing:
        tally.error("acknowledged but never received", count=ledger.missing)
    return run


def crew(ledger: Ledger, groups: int, connections: int, rate: float) -> list[Script]:
    """Half producers, half consumers; producers share the groups, and take turns in sending."""
    producers = max(1, connections // 2)
    interval_ns = int(producers * 1e9 / rate) if rate else 0
    scripts: list[Script] = [
        Producer(
            ledger,
            lane,
            range(lane, groups, producers) if groups else None,
            interval_ns,
            interval_ns * lane // producers,
        )
        for lane in range(producers)
    ]
    scripts.extend(Consumer(ledger) for _ in range(max(1, connections - producers)))
    return scripts
