"""What a server sends its messages to, all at one address: Lambda, Firehose and a push platform."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

T = TypeVar("T")

GONE = "registration-that-is-gone"


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class World:
    """Answers as each platform's documentation says; a device called GONE is unregistered."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.failing: set[str] = set()
        """Paths that are answered with 500."""
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, in_path: str, count: int = 1, limit_s: float = 15.0) -> list[Request]:
        """The requests to such a path, once there are so many."""
        with self._news:
            found = self._news.wait_for(
                lambda: len(here := self.of(in_path)) >= count and here, limit_s
            )
            assert found, f"{count} of {in_path} were expected: {self.requests}"
            return found

    def of(self, in_path: str) -> list[Request]:
        return [request for request in self.requests if in_path in request.path]

    def _answer(self, request: Request) -> tuple[int, Any]:
        with self._news:
            self.requests.append(request)
            self._news.notify_all()
        path = request.path
        if path in self.failing:
            return 500, {}
        if path == "/token":
            return 200, {"access_token": "Atc|x", "expires_in": 3600}
        if path.startswith("/messaging/registrations/"):
            known = GONE not in path
            return (200, {"registrationID": "r"}) if known else (400, {"reason": "Unregistered"})
        if path.endswith("/invocations"):
            return 202, None
        if request.headers.get("x-amz-target") == "Firehose_20150804.PutRecordBatch":
            taken = [{"RecordId": "1"} for _ in request.json["Records"]]
            return 200, {"FailedPutCount": 0, "RequestResponses": taken}
        return 404, {}

    def records(self, stream: str) -> list[Any]:
        """What a delivery stream has got, as JSON."""
        puts = [request.json for request in self.requests if "x-amz-target" in request.headers]
        return [
            json.loads(base64.b64decode(record["Data"]))
            for put in puts
            if put["DeliveryStreamName"] == stream
            for record in put["Records"]
        ]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = world._answer(Request(self.path, headers, body))
                written = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def eventually(find: Callable[[], T], limit_s: float = 15.0) -> T:
    """What is found in a file of the server, once it is there."""
    until = time.monotonic() + limit_s
    while not (found := find()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)
    return found
