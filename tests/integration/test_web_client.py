"""The HTTP client of the senders, and servers that answer well, badly, slowly or not at all."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from http_endpoint import HttpEndpoint, Step, close_early, hang, slam, status
from tidegate.workers.web_client import MOST_ANSWER_BYTES, Answer, NoAnswer, WebClient
from tls_files import TlsFiles

Use = Callable[[HttpEndpoint, WebClient], Awaitable[Any]]


def run(use: Use, *script: Step, tls: ssl.SSLContext | None = None, **options: Any) -> Any:
    """What `use` returns of a server with that script, and a client."""

    async def inner() -> Any:
        endpoint = await HttpEndpoint(*script).start(tls)
        client = WebClient(**({"timeout_s": 10.0} | options))
        try:
            return await use(endpoint, client)
        finally:
            await client.close()
            await endpoint.stop()

    return asyncio.run(inner())


async def post(endpoint: HttpEndpoint, client: WebClient) -> Answer:
    return await client.post(endpoint.url("/a?b=c"), {"x-one": "1"}, b"body")


def failure(*script: Step, **options: Any) -> str:
    with pytest.raises(NoAnswer) as caught:
        run(post, *script, **options)
    return str(caught.value)


def test_request_goes_out_as_it_is() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        answer = await post(endpoint, client)
        assert (answer.status, answer.text()) == (201, "made")
        assert answer.headers["retry-after"] == "5"
        assert answer.retry_after_s() == 5
        (request,) = endpoint.requests
        assert (request.method, request.path, request.query) == ("POST", "/a", "b=c")
        assert (request.headers["x-one"], request.body) == ("1", b"body")
        assert request.headers["accept-encoding"] == "identity"

    run(use, status(201, "Retry-After: 5", body=b"made"))


@pytest.mark.parametrize("value", ["", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "1" * 9, "²"])
def test_retry_after_that_is_no_number_says_nothing(value: str) -> None:
    assert Answer(503, {"retry-after": value}, b"").retry_after_s() is None


def test_connection_is_used_again() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        for _ in range(3):
            await post(endpoint, client)
        assert endpoint.connections == 1

    run(use)


def test_redirect_is_an_answer() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        assert (await post(endpoint, client)).status == 307
        assert len(endpoint.requests) == 1

    run(use, status(307, "Location: /elsewhere"))


def test_cookies_are_not_kept() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        await post(endpoint, client)
        await post(endpoint, client)
        assert "cookie" not in endpoint.requests[1].headers

    run(use, status(200, "Set-Cookie: a=b; Path=/"))


def test_no_more_of_a_body_is_read_than_anybody_needs() -> None:
    answer = run(post, status(200, body=b"x" * (2 * MOST_ANSWER_BYTES)))
    assert answer.body == b"x" * MOST_ANSWER_BYTES


def test_server_that_hangs_is_given_up_in_time() -> None:
    assert failure(hang, timeout_s=0.2) == "no answer within 0.2 s"


def test_server_that_trickles_is_given_up_in_time() -> None:
    async def trickle(visit: Any) -> None:
        visit.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            visit.writer.write(b"x")
            await visit.writer.drain()
            await asyncio.sleep(0.02)

    assert failure(trickle, timeout_s=0.2) == "no answer within 0.2 s"


@pytest.mark.parametrize("step", [slam, close_early, b"nonsense\r\n\r\n"])
def test_answer_that_breaks_off_is_none(step: Step) -> None:
    assert failure(step).startswith("no answer: ")


def test_nobody_listens() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        await endpoint.stop()
        with pytest.raises(NoAnswer, match="no answer: ConnectError"):
            await post(endpoint, client)

    run(use)


@pytest.mark.parametrize("url", ["nonsense", "http://[::1/", "ftp://x/", "http://127.0.0.1:1/\x00"])
def test_address_that_is_none(url: str) -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        with pytest.raises(NoAnswer) as caught:
            await client.post(url, {}, b"")
        assert url not in str(caught.value)

    run(use)


def test_header_that_can_be_none_goes_nowhere() -> None:
    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        with pytest.raises(NoAnswer):
            await client.post(endpoint.url(), {"a": "b\r\nc: d"}, b"")
        assert endpoint.requests == []

    run(use)


def test_certificate_is_verified(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.server.path, files.server.key_path)
    assert run(post, tls=tls, trust=files.client()).status == 200
    assert failure(tls=tls) == "no answer: ConnectError"


def test_proxy_of_the_environment_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert run(post).status == 200


def test_addresses_and_headers_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def use(endpoint: HttpEndpoint, client: WebClient) -> None:
        url = endpoint.url("/3/device/hush-hush")
        await client.post(url, {"authorization": "Bearer hush-hush"}, b"hush-hush")

    run(use)
    assert "hush" not in caplog.text
