"""A listener that speaks TLS over real sockets on loopback: shake hands, serve, renew, drain."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import uvloop

from tidegate.http.connection import Connection
from tidegate.http.listener import Listener, ListenerOptions
from tidegate.http.messages import Request
from tls_files import TlsFiles, served_serial

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

Run = Callable[[Awaitable[None]], None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_on_loop(test: Awaitable[None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(test, 10))

    return run_on_loop


@pytest.fixture
def files(tmp_path: Path) -> TlsFiles:
    return TlsFiles(tmp_path / "tls")


def secure(request: Request, connection: Connection) -> None:
    connection.respond(200, b"", str(connection.secure).encode())


async def listening(
    files: TlsFiles,
    handler: Callable[[Request, Connection], None] = secure,
    **more: object,
) -> Listener:
    listener = Listener(handler, ListenerOptions(tls=files.options(**more)))
    await listener.start()
    return listener


async def connect(listener: Listener, context: ssl.SSLContext | None) -> Streams:
    host, port = listener.addresses[0]
    return await asyncio.open_connection(host, port, ssl=context)


async def ask(streams: Streams) -> bytes:
    """The body of the answer to one request."""
    reader, writer = streams
    writer.write(GET)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


async def close(streams: Streams) -> None:
    streams[1].close()
    # A client whose handshake has failed keeps that to itself until here.
    with suppress(ssl.SSLError, ConnectionError):
        await streams[1].wait_closed()


def pass_a_second(listener: Listener) -> None:
    assert listener._sweeper is not None
    listener._sweeper.cancel()
    listener._sweep()


def serial(streams: Streams) -> str:
    return served_serial(streams[1].get_extra_info("ssl_object"))


def test_a_large_request_and_answer_pass_whole(run: Run, files: TlsFiles) -> None:
    size = 3_000_000

    def echo(request: Request, connection: Connection) -> None:
        connection.respond(200, b"", request.body)

    async def test() -> None:
        listener = await listening(files, echo)
        reader, writer = streams = await connect(listener, files.client())
        body = bytes(range(250)) * (size // 250)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + body)
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(size) == body
        await close(streams)
        await listener.drain()

    run(test())


def test_client_that_reads_slowly_gets_all_of_it(run: Run, files: TlsFiles) -> None:
    def large(request: Request, connection: Connection) -> None:
        connection.respond(200, b"", b"x" * 1_000_000)

    async def test() -> None:
        listener = await listening(files, large)
        reader, writer = streams = await connect(listener, files.client())
        writer.write(GET * 30)
        for _ in range(30):
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(1_000_000) == b"x" * 1_000_000
        await close(streams)
        await listener.drain()

    run(test())


def test_refused_client_reads_why_though_it_still_sends(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        listener = await listening(files)
        reader, writer = streams = await connect(listener, files.client())
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
        for _ in range(20):
            writer.write(b"x" * 100_000)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 413 ")
        await close(streams)
        await listener.drain()

    run(test())


def test_old_tls_is_refused(run: Run, files: TlsFiles) -> None:
    context = files.client()
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    # At the usual level a client of today would not even ask.
    context.set_ciphers("ALL:@SECLEVEL=0")

    async def test() -> None:
        listener = await listening(files)
        with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):
            await connect(listener, context)
        await listener.drain()

    run(test())


def test_wrong_authority_is_the_clients_to_refuse(
    run: Run, files: TlsFiles, tmp_path: Path
) -> None:
    async def test() -> None:
        listener = await listening(files)
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(listener, TlsFiles(tmp_path / "others").client())
        await listener.drain()
        assert listener.connections == 0

    run(test())


def test_new_certificate_is_for_new_connections(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        listener = await listening(files)
        old = await connect(listener, files.client())
        assert await ask(old) == b"True"
        files.renew()
        pass_a_second(listener)
        pass_a_second(listener)
        new = await connect(listener, files.client())
        assert serial(new) != serial(old)
        assert await ask(new) == b"True"
        assert await ask(old) == b"True"
        await close(old)
        await close(new)
        await listener.drain()

    run(test())


def test_clients_authority_that_is_taken_out_lets_nobody_in(
    run: Run, files: TlsFiles, tmp_path: Path
) -> None:
    others = TlsFiles(tmp_path / "others")
    context = files.client(files.client_certificate("encoder"))

    async def test() -> None:
        listener = await listening(files, client_ca=files.ca, client_required=True)
        old = await connect(listener, context)
        assert await ask(old) == b"True"
        others.ca.replace(files.ca)
        pass_a_second(listener)
        pass_a_second(listener)
        with pytest.raises((ssl.SSLError, OSError, asyncio.IncompleteReadError)):
            await ask(await connect(listener, context))
        assert await ask(old) == b"True"
        await close(old)
        await listener.drain()

    run(test())


def test_http_without_tls_is_told_and_closed(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        listener = await listening(files)
        reader, writer = streams = await connect(listener, None)
        writer.write(GET)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        await close(streams)
        await listener.drain()

    run(test())


def test_one_port_takes_both_where_it_is_allowed(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        listener = await listening(files, plain_http=True)
        silent = await connect(listener, None)
        plain = await connect(listener, None)
        over_tls = await connect(listener, files.client())
        assert [await ask(plain), await ask(over_tls)] == [b"False", b"True"]
        assert [await ask(plain), await ask(over_tls)] == [b"False", b"True"]
        assert listener.connections == 3
        for streams in (silent, plain, over_tls):
            await close(streams)
        await listener.drain()

    run(test())


@pytest.mark.parametrize("raw", [b"\x16\x03\x01\x00\x05hello", b"\x16" * 5000, b"\x00\x01\x02"])
def test_garbage_is_closed(run: Run, files: TlsFiles, raw: bytes) -> None:
    async def test() -> None:
        listener = await listening(files)
        reader, writer = streams = await connect(listener, None)
        writer.write(raw)
        await reader.read()
        await close(streams)
        await listener.drain()
        assert listener.connections == 0

    run(test())


def test_client_that_hangs_up_is_noticed_while_it_is_served(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        arrived, gone = asyncio.Event(), asyncio.Event()

        def waiting(request: Request, connection: Connection) -> None:
            connection.on_gone(gone.set)
            arrived.set()

        listener = await listening(files, waiting)
        streams = await connect(listener, files.client())
        streams[1].write(GET)
        await arrived.wait()
        streams[1].transport.abort()
        await gone.wait()
        await listener.drain()
        assert listener.connections == 0

    run(test())


def test_draining_answers_what_waits_and_closes_the_rest(run: Run, files: TlsFiles) -> None:
    async def test() -> None:
        arrived = asyncio.Event()
        served: list[Connection] = []

        def waiting(request: Request, connection: Connection) -> None:
            served.append(connection)
            arrived.set()

        listener = await listening(files, waiting)
        silent = await connect(listener, None)
        idle = await connect(listener, files.client())
        reader, writer = busy = await connect(listener, files.client())
        writer.write(GET)
        await arrived.wait()
        drained = asyncio.create_task(listener.drain())
        await asyncio.sleep(0)
        served[0].respond(200, b"", b"ok")
        await drained
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nConnection: close\r\n" in answer
        assert await idle[0].read() == b""
        assert listener.connections == 0
        for streams in (silent, idle, busy):
            await close(streams)

    run(test())
