"""Whether one dead HTTP endpoint of a hundred delays the others.

    python bench/dead_endpoint.py [--data DIR] [--endpoints N] [--rate N] [--seconds N] [--turns N]

Starts a server below DIR and a topic with N subscriptions to an HTTP server in this process, and
publishes at a steady rate.  In turns the first endpoint answers as the others do, takes requests
and never answers, or is a port where nobody listens.  Prints, for each of the three, how long the
messages to all other endpoints took from the publish to the request that brought them.
"""

import argparse
import asyncio
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from tidegate.bench.histogram import Histogram
from tidegate.bench.load import Endpoint
from tidegate.bench.process import spawn_tidegate
from tidegate.bench.signing import Signer
from tidegate.bench.subject import Subject

KINDS = ("answers", "hangs", "refuses")
SETTLE_S = 1.0
ARRIVAL_S = 30.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_SUBSCRIPTION_ARN = re.compile(r"<SubscriptionArn>(.+)</SubscriptionArn>")


class Site:
    """What all endpoints have in common."""

    def __init__(self) -> None:
        self.tokens: asyncio.Queue[str] = asyncio.Queue()
        self.times = Histogram()
        """Nanoseconds from publish to request, of the endpoints that answer in every turn."""
        self.arrived = 0

    def take(self, path: str, body: bytes) -> bool:
        """Note what came; whether it is to be answered."""
        document = json.loads(body)
        if document["Type"] == "SubscriptionConfirmation":
            self.tokens.put_nowait(document["Token"])
            return True
        if path.startswith("/first"):
            return path == "/first/answers"
        sent_at, _, _ = document["Message"].partition(" ")
        self.times.record(time.perf_counter_ns() - int(sent_at))
        self.arrived += 1
        return True

    async def listen(self) -> tuple[asyncio.Server, str]:
        """On a free port of its own; with its URL."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Requests(self), "127.0.0.1", 0)
        return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Requests(asyncio.Protocol):
    """A connection from the server."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._held = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, rest = self._held.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if found else None
        if length is None or len(rest) < int(length[1]):
            return
        self._held = rest[int(length[1]) :]
        path = head.split(b" ", 2)[1].decode()
        if self._site.take(path, rest[: int(length[1])]):
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if path == "/first/refuses":
            self._transport.close()


async def subscribe(subject: Subject, site: Site, topic: str, url: str) -> str:
    """The ARN of a subscription that is confirmed."""
    wanted = {"TopicArn": topic, "Protocol": "http", "Endpoint": url}
    await subject.query("Subscribe", wanted)
    token = await asyncio.wait_for(site.tokens.get(), 20)
    answer = await subject.query("ConfirmSubscription", {"TopicArn": topic, "Token": token})
    found = _SUBSCRIPTION_ARN.search(answer)
    assert found is not None, answer
    return found[1]


async def publish(subject: Subject, topic: str, rate: float, seconds: float) -> int:
    """Publish at a steady rate; how many."""
    count = int(rate * seconds)
    started = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(started + number / rate - time.perf_counter())
        text = f"{time.perf_counter_ns()} {number}"
        await subject.query("Publish", {"TopicArn": topic, "Message": text})
    return count


async def turn(
    subject: Subject, site: Site, topic: str, kind: str, given: argparse.Namespace
) -> Histogram:
    """Publish with a first endpoint of this kind; the times of the others."""
    listener, origin = await site.listen()
    subscription = await subscribe(subject, site, topic, f"{origin}/first/{kind}")
    if kind == "refuses":
        listener.close()
    site.times, site.arrived = Histogram(), 0
    wanted = await publish(subject, topic, given.rate, given.seconds) * (given.endpoints - 1)
    deadline = time.perf_counter() + ARRIVAL_S
    while site.arrived < wanted and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    assert site.arrived == wanted, f"{site.arrived} of {wanted} messages came"
    await subject.query("Unsubscribe", {"SubscriptionArn": subscription})
    listener.close()
    await asyncio.sleep(SETTLE_S)
    return site.times


async def measure(subject: Subject, given: argparse.Namespace) -> dict[str, Histogram]:
    site = Site()
    listener, origin = await site.listen()
    topic = await subject.create_topic("bench")
    for number in range(1, given.endpoints):
        await subscribe(subject, site, topic, f"{origin}/others/{number}")
    times = {kind: Histogram() for kind in KINDS}
    for _ in range(given.turns):
        for kind in KINDS:
            times[kind].add(await turn(subject, site, topic, kind, given))
    listener.close()
    return times


def show(kind: str, times: Histogram) -> str:
    shown = "  ".join(f"p{p:g} {times.percentile(p) / 1e6:7.2f} ms" for p in (50, 90, 99, 99.9))
    return f"the first {kind:<8}  {shown}  max {times.max / 1e6:7.2f} ms"


async def run(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(dir=given.data) as directory:
        server = await spawn_tidegate(Path(directory) / "data")
        try:
            signer = Signer("test", "test", "us-east-1")
            subject = Subject("tidegate", Endpoint(server.endpoint), signer, server)
            for kind, times in (await measure(subject, given)).items():
                print(show(kind, times))
            await server.stop()
        finally:
            await server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=".", help="a directory on a real disk")
    parser.add_argument("--endpoints", type=int, default=100)
    parser.add_argument("--rate", type=float, default=10, help="publishes a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--turns", type=int, default=3)
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
