"""The client against real servers: what they may do to it, and what it keeps to."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from http_endpoint import OK, Greeter, HttpEndpoint, Step, Visit, close_early, hang, slam, status
from tidegate.http.client import (
    AddressRefused,
    ClientOptions,
    HttpClient,
    RequestFailed,
    Timeouts,
)
from tidegate.http.networks import KINDS, Networks
from tidegate.http.responses import Response, ResponseLimits
from tidegate.http.urls import parse_url
from tls_files import TlsFiles

ANY = Networks(KINDS)
QUICK = Timeouts(connect_s=0.2, total_s=0.2)
PATIENT = Timeouts()

Run = Callable[[Awaitable[None]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_on_loop(test: Awaitable[None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(test, 20))  # type: ignore[arg-type]
        # A transport that was left open would warn here.
        gc.collect()

    return run_on_loop


@asynccontextmanager
async def place(
    *script: Step, tls: ssl.SSLContext | None = None, networks: Networks = ANY, **more: Any
) -> AsyncIterator[tuple[HttpEndpoint, HttpClient]]:
    """An endpoint and a client."""
    endpoint = await HttpEndpoint(*script).start(tls)
    client = HttpClient(networks, **more)
    try:
        yield endpoint, client
    finally:
        client.close()
        await endpoint.stop()
        await asyncio.sleep(0.01)


async def post(client: HttpClient, url: str, timeouts: Timeouts = PATIENT) -> Response:
    return await client.request("POST", parse_url(url), [("X-Name", "value")], b"body", timeouts)


async def refused(client: HttpClient, url: str, timeouts: Timeouts = QUICK) -> str:
    with pytest.raises(RequestFailed) as caught:
        await post(client, url, timeouts)
    return str(caught.value)


def test_request_and_response(run: Run) -> None:
    async def test() -> None:
        async with place(status(202, "X-A: b", body=b"fine")) as (endpoint, client):
            response = await post(client, endpoint.url("/a%20b?c=d"))
            assert (response.status, response.body) == (202, b"fine")
            assert response.headers["x-a"] == "b"
            [request] = endpoint.requests
            assert (request.method, request.path, request.query) == ("POST", "/a%20b", "c=d")
            assert request.headers["host"] == f"127.0.0.1:{endpoint.port}"
            assert request.headers["x-name"] == "value"
            assert request.body == b"body"

    run(test())


def test_connection_is_used_again(run: Run) -> None:
    async def test() -> None:
        async with place() as (endpoint, client):
            for _ in range(5):
                await post(client, endpoint.url())
            assert endpoint.connections == 1
            await asyncio.gather(*[post(client, endpoint.url()) for _ in range(5)])
            assert endpoint.connections == 5
            await asyncio.gather(*[post(client, endpoint.url()) for _ in range(5)])
            assert endpoint.connections == 5

    run(test())


def test_resting_connections_have_a_bound(run: Run) -> None:
    async def test() -> None:
        options = ClientOptions(max_idle_per_origin=2)
        async with place(options=options) as (endpoint, client):
            await asyncio.gather(*[post(client, endpoint.url()) for _ in range(5)])
            await asyncio.gather(*[post(client, endpoint.url()) for _ in range(5)])
            assert endpoint.connections == 5 + 3

    run(test())


def test_resting_connection_is_closed_after_a_while(run: Run) -> None:
    async def test() -> None:
        async with place(options=ClientOptions(idle_s=0.01)) as (endpoint, client):
            await post(client, endpoint.url())
            while endpoint._writers:
                await asyncio.sleep(0.001)
            await post(client, endpoint.url())
            assert endpoint.connections == 2

    run(test())


def test_all_places_taken_by_resting_connections_are_given_to_others(run: Run) -> None:
    async def test() -> None:
        options = ClientOptions(max_connections=1)
        async with place(OK, options=options) as (endpoint, client):
            other = await HttpEndpoint(hang).start()
            await post(client, endpoint.url())
            await asyncio.sleep(0)
            under_way = asyncio.ensure_future(post(client, other.url()))
            while not other.requests:
                await asyncio.sleep(0.001)
            assert await refused(client, endpoint.url()) == "too many connections are open"
            under_way.cancel()
            await other.stop()

    run(test())


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", OK + b"more"],
)
def test_connection_that_is_of_no_more_use_is_not_used(run: Run, head: bytes) -> None:
    async def test() -> None:
        async with place(head) as (endpoint, client):
            await post(client, endpoint.url())
            await post(client, endpoint.url())
            assert endpoint.connections == 2

    run(test())


def test_server_that_has_closed_meanwhile_is_asked_over_a_new_connection(run: Run) -> None:
    async def test() -> None:
        async with place(OK, slam, OK) as (endpoint, client):
            await post(client, endpoint.url())
            assert (await post(client, endpoint.url())).status == 200
            assert endpoint.connections == 2
            assert len(endpoint.requests) == 3

    run(test())


def test_server_that_slams_each_connection_is_asked_once(run: Run) -> None:
    async def test() -> None:
        async with place(slam) as (endpoint, client):
            await refused(client, endpoint.url())
            assert len(endpoint.requests) == 1

    run(test())


def test_response_that_breaks_off(run: Run) -> None:
    async def test() -> None:
        async with place(OK, close_early) as (endpoint, client):
            await post(client, endpoint.url())
            found = await refused(client, endpoint.url())
            assert found == "the connection was closed before the response was whole"
            assert len(endpoint.requests) == 2

    run(test())


def test_server_that_hangs(run: Run) -> None:
    async def test() -> None:
        async with place(hang, OK) as (endpoint, client):
            assert await refused(client, endpoint.url()) == "no response within 0.2 seconds"
            await post(client, endpoint.url())
            assert endpoint.connections == 2, "who comes too late would answer the next request"

    run(test())


def test_server_that_trickles(run: Run) -> None:
    async def trickle(visit: Visit) -> None:
        while True:
            visit.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await asyncio.sleep(0.01)

    async def test() -> None:
        async with place(trickle) as (endpoint, client):
            assert await refused(client, endpoint.url()) == "no response within 0.2 seconds"

    run(test())


async def refused_by_greeter(greeting: bytes) -> str:
    """What comes of TLS with a server that speaks none."""
    greeter = type("Greeter", (Greeter,), {"greeting": greeting})
    server = await asyncio.get_running_loop().create_server(greeter, "127.0.0.1", 0)
    client = HttpClient(ANY)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        return await refused(client, url, Timeouts(connect_s=0.2, total_s=5))
    finally:
        client.close()
        server.close()
        await asyncio.sleep(0.02)


def test_handshake_that_hangs(run: Run) -> None:
    async def test() -> None:
        assert await refused_by_greeter(b"") == "the connection was not made in time"

    run(test())


def test_server_that_speaks_no_tls(run: Run) -> None:
    async def test() -> None:
        assert (await refused_by_greeter(b"220 mail.test\r\n")).startswith("TLS failed: ")

    run(test())


def test_redirect_is_an_answer_like_others(run: Run) -> None:
    async def test() -> None:
        async with place(status(302, "Location: /elsewhere")) as (endpoint, client):
            assert (await post(client, endpoint.url())).status == 302
            assert len(endpoint.requests) == 1

    run(test())


def test_body_without_end_is_cut(run: Run) -> None:
    async def pour(visit: Visit) -> None:
        visit.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not visit.writer.is_closing():
            visit.writer.write(b"x" * 1000)
            await visit.writer.drain()

    async def test() -> None:
        options = ClientOptions(response=ResponseLimits(max_body_bytes=5000))
        async with place(pour, options=options) as (endpoint, client):
            assert (await post(client, endpoint.url())).body == b"x" * 5000

    run(test())


def test_nobody_listens(run: Run) -> None:
    async def test() -> None:
        async with place() as (endpoint, client):
            await endpoint.stop()
            assert await refused(client, endpoint.url()) == "Connection refused"
            await endpoint.start(port=endpoint.port)
            assert (await post(client, endpoint.url())).status == 200

    run(test())


def test_name_that_is_none(run: Run) -> None:
    async def test() -> None:
        async with place() as (_, client):
            found = await refused(client, "http://nowhere.invalid/", Timeouts())
            assert found == "the host's name cannot be resolved"

    run(test())


def test_line_ends_get_into_no_header(run: Run) -> None:
    async def test() -> None:
        async with place() as (endpoint, client):
            url = parse_url(endpoint.url())
            with pytest.raises(ValueError, match="X-Bad"):
                await client.request("POST", url, [("X-Bad", "a\r\nb: c")], b"", QUICK)
            assert not endpoint.connections

    run(test())


# --- Where it may go ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:7f00:1]"]
)
def test_loopback_is_refused_however_it_is_written(run: Run, host: str) -> None:
    async def test() -> None:
        async with place(networks=Networks(["public"])) as (endpoint, client):
            with pytest.raises(AddressRefused):
                await post(client, endpoint.url(host=host))
            assert not endpoint.connections

    run(test())


def test_name_that_changes_its_address_is_looked_at_each_time(run: Run) -> None:
    """DNS rebinding: what counts is the address that is connected to."""
    addresses = [["127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["10.0.0.1"]]

    async def resolve(host: str, port: int) -> list[str]:
        return addresses.pop(0)

    async def test() -> None:
        networks = Networks(["127.0.0.1/32"])
        close = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        async with place(close, networks=networks, resolve=resolve) as (endpoint, client):
            url = endpoint.url(host="rebinding.test")
            await post(client, url)
            await post(client, url)
            with pytest.raises(AddressRefused):
                await post(client, url)
            assert endpoint.requests[0].headers["host"] == f"rebinding.test:{endpoint.port}"

    run(test())


def test_next_address_is_tried_where_one_does_not_answer(run: Run) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async def test() -> None:
        async with place(resolve=resolve) as (endpoint, client):
            assert (await post(client, endpoint.url(host="two.test"))).status == 200

    run(test())


# --- TLS ------------------------------------------------------------------------------------------


def server_side(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server.path, files.server.key_path)
    return context


def test_certificate_of_a_trusted_authority_is_good(run: Run, tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)

    async def test() -> None:
        async with place(tls=server_side(files), trust=files.client) as (endpoint, client):
            for _ in range(3):
                assert (await post(client, endpoint.url(host="localhost"))).status == 200
            assert endpoint.connections == 1

    run(test())


def test_certificate_of_another_authority_is_not_good(run: Run, tmp_path: Path) -> None:
    files, others = TlsFiles(tmp_path / "a"), TlsFiles(tmp_path / "b")

    async def test() -> None:
        async with place(tls=server_side(files), trust=others.client) as (endpoint, client):
            found = await refused(client, endpoint.url(), Timeouts())
            assert found.startswith("the certificate is not good: ")
            assert not endpoint.requests

    run(test())


def test_certificate_of_another_host_is_not_good(run: Run, tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def test() -> None:
        more = {"trust": files.client, "resolve": resolve}
        async with place(tls=server_side(files), **more) as (endpoint, client):
            found = await refused(client, endpoint.url(host="other.test"), Timeouts())
            assert found.startswith("the certificate is not good: Hostname mismatch")

    run(test())
