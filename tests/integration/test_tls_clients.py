"""The clients that people use, over TLS, against a server in a process of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError, SSLError

from server_process import ServerProcess
from tls_files import TlsFiles


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return TlsFiles(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(files: TlsFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One that asks for certificates, and takes clients without."""
    data = tmp_path_factory.mktemp("secure") / "data"
    options = (*files.flags(), "--tls-client-ca", str(files.ca))
    process = ServerProcess(data, *options, tls=files.client()).start()
    yield process
    process.close()


def client(endpoint: str, **more: Any) -> Any:
    config = Config(
        retries={"max_attempts": 0},
        connect_timeout=5,
        read_timeout=10,
        client_cert=more.pop("client_cert", None),
    )
    return boto3.Session().client(
        "sqs",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
        **more,
    )


def test_boto3_sends_and_receives(server: ServerProcess, files: TlsFiles) -> None:
    sqs = client(server.endpoint, verify=str(files.ca))
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert url.startswith(f"{server.endpoint}/")
    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == url
    sqs.send_message(QueueUrl=url, MessageBody="over TLS")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "over TLS"


def test_authority_may_be_named_in_the_environment(
    server: ServerProcess, files: TlsFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(files.ca))
    assert "ResponseMetadata" in client(server.endpoint).list_queues()


def test_host_name_of_the_certificate_serves_too(server: ServerProcess, files: TlsFiles) -> None:
    endpoint = server.endpoint.replace("127.0.0.1", "localhost")
    url = client(endpoint, verify=str(files.ca)).create_queue(QueueName="named")["QueueUrl"]
    assert url.startswith(f"{endpoint}/")


def test_other_authority_is_refused_by_the_client(server: ServerProcess, tmp_path: Path) -> None:
    others = TlsFiles(tmp_path)
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        client(server.endpoint, verify=str(others.ca)).list_queues()


def test_http_client_is_told(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as http:
        http.sendall(b"GET /_tidegate/health HTTP/1.1\r\nHost: a\r\n\r\n")
        said = b""
        while piece := http.recv(4096):
            said += piece
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"this port takes HTTPS only" in said


def test_silent_clients_keep_nobody_out(server: ServerProcess) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    try:
        assert server.get("/_tidegate/health") == 200
    finally:
        for each in silent:
            each.close()


@pytest.fixture
def strict(files: TlsFiles, tmp_path: Path) -> Iterator[ServerProcess]:
    """One that takes nobody without a certificate."""
    options = (*files.flags(), "--tls-client-ca", str(files.ca), "--tls-client-required")
    own = files.client(files.client_certificate("probe"))
    process = ServerProcess(tmp_path / "data", *options, tls=own).start()
    yield process
    process.close()


def test_only_clients_with_a_certificate_are_served(
    strict: ServerProcess, files: TlsFiles, tmp_path: Path
) -> None:
    verify = str(files.ca)
    ours = files.client_certificate("encoder")
    known = client(strict.endpoint, verify=verify, client_cert=pair(ours))
    assert "ResponseMetadata" in known.list_queues()
    with pytest.raises((HTTPClientError, NoConnection)):
        client(strict.endpoint, verify=verify).list_queues()
    stranger = TlsFiles(tmp_path / "others").client_certificate("encoder")
    with pytest.raises((HTTPClientError, NoConnection)):
        client(strict.endpoint, verify=verify, client_cert=pair(stranger)).list_queues()


def pair(certificate: Any) -> tuple[str, str]:
    return str(certificate.path), str(certificate.key_path)


def test_stop_with_connections_open_is_in_order_and_clients_find_back(
    files: TlsFiles, tmp_path: Path
) -> None:
    process = ServerProcess(tmp_path / "data", *files.flags(), tls=files.client()).start()
    try:
        sqs = client(process.endpoint, verify=str(files.ca))
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        assert process.stop() == 0
        process.start()
        assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == url
        assert process.stop() == 0
    finally:
        process.close()


@pytest.mark.parametrize("plain", [True, False])
def test_both_on_one_port_where_it_is_allowed(files: TlsFiles, tmp_path: Path, plain: bool) -> None:
    process = ServerProcess(
        tmp_path / "data", *files.flags(), "--plain-http", tls=files.client()
    ).start()
    try:
        endpoint = process.endpoint.replace("https", "http") if plain else process.endpoint
        url = client(endpoint, verify=str(files.ca)).create_queue(QueueName="q")["QueueUrl"]
        assert url.startswith(f"{endpoint}/")
    finally:
        process.close()


def test_start_with_a_key_that_does_not_fit_says_so_in_one_line(
    files: TlsFiles, tmp_path: Path
) -> None:
    key = TlsFiles(tmp_path / "others").server.key_path
    flags = ("--tls-certificate", str(files.server.path), "--tls-key", str(key))
    process = ServerProcess(tmp_path / "data", *flags, tls=files.client())
    with pytest.raises(RuntimeError, match="the server ended with 1"):
        process.start()
    # Before it there is only the notice that a root key was made.
    [*_, line] = process.errors().splitlines()
    assert "Traceback" not in process.errors()
    assert line.startswith("tidegate: ")
    assert line.endswith("do not work together: key values mismatch")
    process.close()
