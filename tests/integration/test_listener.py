"""The listener over real sockets on loopback: start, serve, refuse, drain."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from tidegate.http.connection import Connection, ConnectionOptions
from tidegate.http.listener import Listener, ListenerOptions
from tidegate.http.messages import Request

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Waiting:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.arrived = asyncio.Event()

    def __call__(self, request: Request, connection: Connection) -> None:
        self.connections.append(connection)
        self.arrived.set()

    def answer_all(self) -> None:
        for connection in self.connections:
            connection.respond(200, b"", b"ok")
        self.connections.clear()


def at_once(request: Request, connection: Connection) -> None:
    connection.respond(200, b"", str(len(request.body)).encode())


Run = Callable[[Awaitable[None]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_on_loop(test: Awaitable[None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(test, 10))

    return run_on_loop


async def connect(listener: Listener) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(*listener.addresses[0])


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


def test_a_large_request_and_answer_pass_whole(run: Run) -> None:
    size = 3_000_000

    def echo(request: Request, connection: Connection) -> None:
        connection.respond(200, b"", request.body)

    async def test() -> None:
        listener = Listener(echo, ListenerOptions(), wall_clock=lambda: 0.0)
        await listener.start()
        reader, writer = await connect(listener)
        body = bytes(range(250)) * (size // 250)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + body)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" in head
        assert await reader.readexactly(size) == body
        await close(writer)
        await listener.drain()

    run(test())


def test_a_refused_client_reads_why_though_it_still_sends(run: Run) -> None:
    async def test() -> None:
        listener = Listener(at_once, ListenerOptions())
        await listener.start()
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
        for _ in range(20):
            writer.write(b"x" * 100_000)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 413 ")
        await close(writer)
        await listener.drain()

    run(test())


def test_draining_answers_what_waits_and_closes_the_rest(run: Run) -> None:
    async def test() -> None:
        handler = Waiting()
        listener = Listener(handler, ListenerOptions())
        await listener.start()
        address = listener.addresses[0]
        idle_reader, idle_writer = await connect(listener)
        reader, writer = await connect(listener)
        writer.write(GET)
        await handler.arrived.wait()
        drained = asyncio.create_task(listener.drain())
        await asyncio.sleep(0)
        handler.answer_all()
        await drained
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nConnection: close\r\n" in answer
        assert await idle_reader.read() == b""
        assert listener.connections == 0
        with pytest.raises(OSError, match=r"."):
            await asyncio.open_connection(*address)
        await close(writer)
        await close(idle_writer)

    run(test())


def test_draining_ends_though_something_is_never_answered(run: Run) -> None:
    async def test() -> None:
        handler = Waiting()
        listener = Listener(handler, ListenerOptions(drain_timeout_s=0.01))
        await listener.start()
        _, writer = await connect(listener)
        writer.write(GET)
        await handler.arrived.wait()
        await listener.drain()
        assert listener.connections == 0
        writer.close()

    run(test())


def test_a_client_that_hangs_up_is_noticed_while_it_is_served(run: Run) -> None:
    async def test() -> None:
        gone = asyncio.Event()

        def waiting(request: Request, connection: Connection) -> None:
            connection.on_gone(gone.set)

        listener = Listener(waiting, ListenerOptions())
        await listener.start()
        _, writer = await connect(listener)
        writer.write(GET)
        await writer.drain()
        await close(writer)
        await gone.wait()
        await listener.drain()
        assert listener.connections == 0

    run(test())


def test_a_client_that_does_not_read_stops_being_read_from(run: Run) -> None:
    async def test() -> None:
        served = 0

        def large(request: Request, connection: Connection) -> None:
            nonlocal served
            served += 1
            connection.respond(200, b"", b"x" * 1_000_000)

        options = ConnectionOptions(max_ahead_bytes=1000)
        listener = Listener(large, ListenerOptions(connection=options))
        await listener.start()
        reader, writer = await connect(listener)
        writer.write(GET * 100)
        await reader.readuntil(b"\r\n\r\n")
        assert served < 100
        rest = 100 * 1_000_000
        while rest > 0:
            rest -= len(await reader.read(1_000_000))
        assert served == 100
        await close(writer)
        await listener.drain()

    run(test())


def test_a_taken_port_is_an_error(run: Run) -> None:
    async def test() -> None:
        first = Listener(at_once, ListenerOptions())
        await first.start()
        port = first.addresses[0][1]
        with pytest.raises(OSError, match="address already in use"):
            await Listener(at_once, ListenerOptions(port=port)).start()
        await first.drain()

    run(test())
