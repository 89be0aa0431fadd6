"""A tiny HTTP endpoint, and what a subscriber does with what arrives there."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# What is signed, each with its name, as "Verifying the signatures of Amazon SNS messages" has it.
SIGNED = {
    "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    "SubscriptionConfirmation": [
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ],
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]


@dataclass
class Arrival:
    """One request to the endpoint."""

    path: str
    headers: dict[str, str]
    body: str
    at: float

    @property
    def kind(self) -> str:
        return self.headers.get("x-amz-sns-message-type", "")

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


Answer = int | tuple[int, dict[str, str]] | None
"""A status, perhaps with headers; None for no answer before the endpoint is closed."""


class Webhook:
    """Answers 200 to everything, or what `answer` says to a notification."""

    def __init__(self, answer: Callable[[Arrival], Answer] | None = None) -> None:
        self.answer = answer or (lambda arrival: 200)
        self.arrivals: list[Arrival] = []
        self._news = threading.Condition()
        self._closed = threading.Event()
        self._connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path: str = "/hook", user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def of(self, kind: str) -> list[Arrival]:
        return [arrival for arrival in list(self.arrivals) if arrival.kind == kind]

    def wait(self, kind: str, count: int = 1, limit_s: float = 15.0) -> list[Arrival]:
        """The arrivals of a kind, once there are so many."""
        with self._news:
            there = self._news.wait_for(lambda: len(self.of(kind)) >= count, limit_s)
            assert there, f"{count} of {kind} were expected: {self.arrivals}"
            return self.of(kind)

    def _arrived(self, arrival: Arrival) -> Answer:
        with self._news:
            self.arrivals.append(arrival)
            self._news.notify_all()
        return self.answer(arrival) if arrival.kind == "Notification" else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            """Its connection may end at any time, which is no news."""

            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                endpoint._connections.append(self.connection)

            def handle(self) -> None:
                with suppress(ConnectionError):
                    super().handle()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = endpoint._arrived(Arrival(self.path, headers, body, time.monotonic()))
                if answer is None:
                    endpoint._closed.wait()
                    self.close_connection = True
                    return
                status, more = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def get(url: str, endpoint: str) -> tuple[int, str]:
    """A plain GET of a link in a message, at the server's own address; its status and body.

    The host of links is what the server says of itself, which need not be known here by name.
    """
    parts = urllib.parse.urlsplit(url)
    own = urllib.parse.urlsplit(endpoint)
    here = urllib.parse.urlunsplit((own.scheme, own.netloc, parts.path, parts.query, ""))
    try:
        with urllib.request.urlopen(here, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def verify(message: dict[str, Any], endpoint: str) -> None:
    """Raises InvalidSignature unless the message was signed by whom its certificate names."""
    status, pem = get(message["SigningCertURL"], endpoint)
    assert status == 200
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    text = "".join(
        f"{name}\n{message[name]}\n" for name in SIGNED[message["Type"]] if name in message
    )
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[message["SignatureVersion"]]
    signature = base64.b64decode(message["Signature"])
    key.verify(signature, text.encode(), padding.PKCS1v15(), digest)
