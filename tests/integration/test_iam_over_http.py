"""The commands over real sockets: HTTP, HTTPS, and servers that are not there or no IAM."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tidegate.api import iam
from tidegate.base.refusals import AccessDeniedException
from tidegate.server.authority import open_authority
from tidegate.wire import query_answer, service_errors

KEY = iam.AccessKey_(
    UserName="alice",
    AccessKeyId="AKIAIOSFODNN7EXAMPLE",
    Status="Active",
    SecretAccessKey="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)


class FakeIam(ThreadingHTTPServer):
    """Knows CreateAccessKey; DeleteUser is denied, and everything else is no IAM."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.headers: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, FakeIam)
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        status, body = self.answer(form["Action"][0])
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, action: str) -> tuple[int, bytes]:
        if action == "CreateAccessKey":
            output = iam.CreateAccessKeyResponse(AccessKey=KEY)
            return 200, query_answer.encode(iam.OPERATIONS[action], output, "an-id")
        if action == "DeleteUser":
            error = AccessDeniedException("User: x is not authorized to perform: iam:DeleteUser")
            refused = service_errors.query_error(error, "an-id", iam.SERVICE)
            return refused.status, refused.body
        return 404, b"<html>Not found</html>"

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the test's output is its own."""


@pytest.fixture
def server() -> Iterator[FakeIam]:
    server = FakeIam()
    yield server
    server.shutdown()
    server.server_close()


def tidegate(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TIDEGATE_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "tidegate.cli.main", *arguments],
        capture_output=True,
        text=True,
        env={**kept, **environment},
        timeout=30,
    )


def test_command_reaches_the_server_and_shows_its_answer(server: FakeIam) -> None:
    endpoint = f"http://127.0.0.1:{server.server_port}"
    done = tidegate("key", "create", "--user", "alice", "--json", "--endpoint", endpoint)
    assert done.returncode == 0
    created = json.loads(done.stdout)["AccessKey"]
    assert created["SecretAccessKey"] == KEY.SecretAccessKey
    assert KEY.SecretAccessKey not in done.stderr
    headers = server.headers[0]
    assert headers["host"] == f"127.0.0.1:{server.server_port}"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")


def test_session_of_the_environment_is_sent(server: FakeIam) -> None:
    done = tidegate(
        "key",
        "create",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}",
        AWS_ACCESS_KEY_ID="ASIA1",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_SESSION_TOKEN="the-token",
    )
    assert done.returncode == 0
    assert server.headers[0]["x-amz-security-token"] == "the-token"
    assert ";x-amz-security-token," in server.headers[0]["authorization"]


def test_denial_is_one_line(server: FakeIam) -> None:
    endpoint = f"http://127.0.0.1:{server.server_port}"
    done = tidegate("user", "delete", "alice", "--endpoint", endpoint)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "tidegate: AccessDenied: User: x is not authorized to perform: iam:DeleteUser\n"
    )


def test_server_without_iam_is_told(server: FakeIam) -> None:
    endpoint = f"http://127.0.0.1:{server.server_port}"
    done = tidegate("user", "list", "--endpoint", endpoint)
    assert done.returncode == 1
    assert done.stderr == "tidegate: the server has answered 404 with what is no answer of IAM\n"


def test_server_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        # Bound but not listening: nobody answers here, and nobody else gets the port.
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = tidegate("user", "list", "--endpoint", endpoint)
    assert done.returncode == 1
    assert done.stderr == f"tidegate: no answer from {endpoint}: Connection refused\n"


def test_https_trusts_the_authority_that_is_named(tmp_path: Path, server: FakeIam) -> None:
    now = datetime.now(UTC)
    authority = open_authority(tmp_path / "certs", now)
    certificate = authority.issue_server([], now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key_path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    endpoint = f"https://localhost:{server.server_port}"
    trusting = tidegate("key", "create", "--endpoint", endpoint, "--ca", str(authority.path))
    assert trusting.stderr.startswith("The secret key is shown this once")
    assert trusting.returncode == 0
    wary = tidegate("key", "create", "--endpoint", endpoint)
    assert wary.returncode == 1
    assert "certificate verify failed" in wary.stderr.lower()
    assert "Traceback" not in wary.stderr
