"""Keys of an issuer over a real socket: what it publishes, and what it may not do to us."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tidegate.base.refusals import (
    IDPCommunicationErrorException,
    InvalidIdentityTokenException,
    Refusal,
)
from tidegate.runtime import oidc_keys
from tidegate.runtime.oidc_keys import DOCUMENT_BYTES, IssuerClient

KEYS = [{"kty": "EC", "kid": "k1"}]
DISCOVERY = "/id/.well-known/openid-configuration"


class Issuer(ThreadingHTTPServer):
    """Answers each path of `pages` with a status and a body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.url = self.origin + "/id"
        self.asked: list[str] = []
        self.trickles = threading.Event()
        self.pages: dict[str, tuple[int, bytes]] = {}
        self.publish("/id/keys", {"keys": KEYS})
        self.publish(DISCOVERY, {"issuer": self.url, "jwks_uri": self.url + "/keys"})
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def publish(self, path: str, document: object) -> None:
        self.pages[path] = 200, json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        issuer = self.server
        assert isinstance(issuer, Issuer)
        issuer.asked.append(self.path)
        status, body = issuer.pages.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body) + issuer.trickles.is_set()))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    server = Issuer()
    yield server
    server.shutdown()
    server.server_close()


def refused(issuer: Issuer, url: str | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        IssuerClient(local=True).fetch(url or issuer.url)
    return caught.value


def test_keys_are_where_the_discovery_document_says(issuer: Issuer) -> None:
    assert IssuerClient(local=True).fetch(issuer.url) == KEYS
    assert issuer.asked == [DISCOVERY, "/id/keys"]


def test_issuer_may_end_with_a_slash(issuer: Issuer) -> None:
    document = {"issuer": issuer.url + "/", "jwks_uri": issuer.url + "/keys"}
    issuer.publish(DISCOVERY, document)
    assert IssuerClient(local=True).fetch(issuer.url + "/") == KEYS


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://somebody.else", "jwks_uri": "/id/keys"},
        {"jwks_uri": "/id/keys"},
        {"issuer": ""},
        {"issuer": "", "jwks_uri": 5},
        {"issuer": "", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "", "jwks_uri": "http://issuer.example/keys"},
        [],
    ],
)
def test_discovery_document_of_another_form(issuer: Issuer, document: object) -> None:
    if isinstance(document, dict) and document.get("issuer") == "":
        document["issuer"] = issuer.url
    issuer.publish(DISCOVERY, document)
    assert isinstance(refused(issuer), InvalidIdentityTokenException)


@pytest.mark.parametrize("keys", [{}, {"keys": {}}, [], "x"])
def test_keys_of_another_form(issuer: Issuer, keys: object) -> None:
    issuer.publish("/id/keys", keys)
    assert isinstance(refused(issuer), InvalidIdentityTokenException)


def test_what_is_no_key_is_left_out(issuer: Issuer) -> None:
    issuer.publish("/id/keys", {"keys": [5, None, *KEYS]})
    assert IssuerClient(local=True).fetch(issuer.url) == KEYS


def test_what_is_no_json(issuer: Issuer) -> None:
    issuer.pages[DISCOVERY] = 200, b"[" * 100_000
    assert isinstance(refused(issuer), InvalidIdentityTokenException)


@pytest.mark.parametrize("status", [404, 500, 302])
def test_status_is_told_and_no_redirect_followed(issuer: Issuer, status: int) -> None:
    elsewhere = "/elsewhere"
    issuer.pages[DISCOVERY] = status, elsewhere.encode()
    assert refused(issuer) == IDPCommunicationErrorException(
        f"The identity provider could not be reached: it answers with status {status}"
    )
    assert elsewhere not in issuer.asked


def test_too_large_a_document(issuer: Issuer) -> None:
    issuer.pages["/id/keys"] = 200, b" " * (DOCUMENT_BYTES + 1)
    assert isinstance(refused(issuer), IDPCommunicationErrorException)


def test_answer_that_breaks_off(issuer: Issuer) -> None:
    issuer.trickles.set()
    assert isinstance(refused(issuer), IDPCommunicationErrorException)


def test_issuer_that_says_nothing(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_keys, "REQUEST_S", 0.0)
    assert isinstance(refused(issuer), IDPCommunicationErrorException)


def test_issuer_that_never_ends_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte would begin a timeout of the socket anew."""
    monkeypatch.setattr(oidc_keys, "REQUEST_S", 0.3)
    gone = threading.Event()

    def trickle() -> None:
        client, _ = listener.accept()
        with client, suppress(OSError):
            client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not gone.wait(0.02):
                client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        with pytest.raises(IDPCommunicationErrorException) as caught:
            IssuerClient(local=True).fetch(f"http://127.0.0.1:{listener.getsockname()[1]}")
    gone.set()
    thread.join()
    assert caught.value.message.endswith("it does not answer in time")


def test_nobody_listens(issuer: Issuer) -> None:
    issuer.shutdown()
    issuer.server_close()
    assert refused(issuer) == IDPCommunicationErrorException(
        "The identity provider could not be reached: no connection, or not a good one"
    )
