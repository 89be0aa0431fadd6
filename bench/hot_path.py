"""Where the microseconds of a request go: the server's own path without sockets.

    python bench/hot_path.py [--data DIR] [--rounds N] [--encryption NAME ...] [--profile]

Feeds signed requests to real connections over a transport that only counts, with a real log below
DIR (on a real disk), one request of each of 64 connections a turn of the loop, and prints
CPU microseconds a SendMessage, a Publish to a topic with one queue, and a message received (ten a
call) and deleted (ten a batch).  With several names of encryption the queues take turns,
`--repeat` times, and the best of each counts: on a busy machine only what ran side by side
compares.
"""

import argparse
import asyncio
import cProfile
import json
import pstats
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvloop

from tidegate.bench.signing import RequestTemplate, Signer
from tidegate.bench.subject import SNS_VERSION
from tidegate.http.connection import Connection
from tidegate.server.compose import Server, tune_collector
from tidegate.server.settings import load
from tidegate.server.storage import open_storage

CONNECTIONS = 64
ENCRYPTION: dict[str, dict[str, str]] = {
    "none": {"SqsManagedSseEnabled": "false"},
    "sse-sqs": {},
    "sse-kms": {"KmsMasterKeyId": "alias/aws/sqs"},
}
"""The attributes of a queue with each kind of encryption."""
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        },
    }
)
"""Lets topics in."""


class CountingTransport:
    """Takes answers and keeps the last one."""

    def __init__(self) -> None:
        self.answers = 0
        self.last = b""

    def write(self, data: bytes) -> None:
        self.answers += 1
        self.last = data

    def get_extra_info(self, name: str) -> Any:
        return ("127.0.0.1", 50000) if name == "peername" else None

    def body(self) -> Any:
        return json.loads(self.last.partition(b"\r\n\r\n")[2] or b"null")


class Clients:
    """Connections of a server, and their transports."""

    def __init__(self, server: Server) -> None:
        shared = server._listener._shared
        self.transports = [CountingTransport() for _ in range(CONNECTIONS)]
        self.connections = [Connection(shared) for _ in range(CONNECTIONS)]
        for connection, transport in zip(self.connections, self.transports, strict=True):
            connection.connection_made(transport)  # type: ignore[arg-type]
        signer = Signer("test", "test", "us-east-1")
        self._signer = signer

    def template(self, action: str, fixed: bytes) -> RequestTemplate:
        self._signer.advance(time.time())
        return RequestTemplate(self._signer, "127.0.0.1:4566", action, fixed)

    def form(self, action: str, **parameters: str) -> RequestTemplate:
        """A request to SNS."""
        fixed = urlencode({"Action": action, "Version": SNS_VERSION, **parameters}).encode()
        return RequestTemplate(self._signer.of("sns"), "127.0.0.1:4566", None, fixed)

    async def round(self, requests: list[bytes]) -> float:
        """One request a connection, one turn of the loop, answered; CPU seconds of this thread."""
        before = [transport.answers for transport in self.transports[: len(requests)]]
        started = time.thread_time()
        for connection, request in zip(self.connections, requests, strict=False):
            connection.data_received(request)
        while any(
            transport.answers == count
            for transport, count in zip(self.transports, before, strict=False)
        ):
            await asyncio.sleep(0)
        return time.thread_time() - started


async def send(
    clients: Clients, queue: str, rounds: int, profile: cProfile.Profile | None
) -> float:
    """CPU microseconds a SendMessage of 1 KB."""
    template = clients.template("SendMessage", f'{{"QueueUrl":"{queue}","MessageBody":"'.encode())
    return await many(clients, template, b"x" * 1024 + b'"}', rounds, profile)


async def many(
    clients: Clients,
    template: RequestTemplate,
    tail: bytes,
    rounds: int,
    profile: cProfile.Profile | None,
) -> float:
    """CPU microseconds a request."""
    spent = 0.0
    for _ in range(rounds):
        batch = [template.build(b"%08d" % index + tail[8:]) for index in range(CONNECTIONS)]
        if profile is not None:
            profile.enable()
        spent += await clients.round(batch)
        if profile is not None:
            profile.disable()
    assert all(b" 200 " in transport.last[:20] for transport in clients.transports)
    return spent / rounds / CONNECTIONS * 1e6


async def publish(
    clients: Clients, name: str, rounds: int, profile: cProfile.Profile | None
) -> float:
    """CPU microseconds a Publish of 1 KB to a topic with one queue."""
    topic = f"arn:aws:sns:us-east-1:000000000000:{name}"
    queue = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    wanted = {
        "TopicArn": topic,
        "Protocol": "sqs",
        "Endpoint": queue,
        # Signatures are another matter.
        "Attributes.entry.1.key": "RawMessageDelivery",
        "Attributes.entry.1.value": "true",
    }
    await clients.round([clients.form("CreateTopic", Name=name).build(b"")])
    await clients.round([clients.form("Subscribe", **wanted).build(b"")])
    template = clients.form("Publish", TopicArn=topic, Message="")
    return await many(clients, template, b"x" * 1024, rounds, profile)


async def drain(clients: Clients, queue: str, rounds: int) -> float:
    """CPU microseconds a message received and deleted."""
    receive = clients.template(
        "ReceiveMessage", f'{{"QueueUrl":"{queue}","MaxNumberOfMessages":10'.encode()
    )
    delete = clients.template("DeleteMessageBatch", f'{{"QueueUrl":"{queue}","Entries":'.encode())
    spent, messages = 0.0, 0
    for _ in range(2 * rounds // 10):
        spent += await clients.round([receive.build(b"}")] * CONNECTIONS)
        deletes = []
        for transport in clients.transports:
            assert b" 200 " in transport.last[:20], transport.last
            found = transport.body().get("Messages", [])
            messages += len(found)
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(found)
            ]
            deletes.append(delete.build(json.dumps(entries).encode() + b"}"))
        spent += await clients.round(deletes)
    assert messages == 2 * rounds * CONNECTIONS, messages
    return spent / messages * 1e6


async def measure(
    server: Server, given: argparse.Namespace, profile: cProfile.Profile | None
) -> None:
    await server.start()
    server._bring_up()
    assert server._bringing_up is not None
    await server._bringing_up
    tune_collector()
    clients = Clients(server)
    rounds = given.rounds // 10 * 10
    best: dict[str, tuple[float, ...]] = {}
    for _ in range(given.repeat):
        for name in given.encryption:
            queue = f"http://127.0.0.1:4566/us-east-1/000000000000/{name}"
            wanted = {"QueueName": name, "Attributes": {**ENCRYPTION[name], "Policy": POLICY}}
            create = clients.template("CreateQueue", json.dumps(wanted).encode())
            await clients.round([create.build(b"")])
            spent = (
                await send(clients, queue, rounds, None if given.publish else profile),
                await publish(clients, name, rounds, profile if given.publish else None),
                await drain(clients, queue, rounds),
            )
            before = best.get(name, spent)
            best[name] = tuple(map(min, before, spent))
    for name, (sent, published, drained) in best.items():
        print(
            f"{name:<8}  send {sent:6.2f} us a request   publish {published:6.2f} us a request   "
            f"drain {drained:6.2f} us a message"
        )


async def run(data: str, given: argparse.Namespace, profile: cProfile.Profile | None) -> None:
    settings = load({"port": "0", "data": data, "sync": "inline"}, {})
    server = Server(settings, open_storage(settings.data, settings.segment_size_bytes))
    await measure(server, given, profile)
    for connection in list(server._listener._shared.connections):
        connection.connection_lost(None)
    await server.drain_and_stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=".", help="a directory on a real disk")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--encryption", nargs="+", choices=ENCRYPTION, default=["sse-sqs"])
    parser.add_argument("--profile", action="store_true", help="profile SendMessage")
    parser.add_argument("--publish", action="store_true", help="profile Publish instead")
    given = parser.parse_args()
    profile = cProfile.Profile() if given.profile or given.publish else None
    with tempfile.TemporaryDirectory(dir=given.data) as directory:
        uvloop.run(run(str(Path(directory) / "data"), given, profile))
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
