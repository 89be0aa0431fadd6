"""The server as its parts are put together: where it listens, and how it stops."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.load import make_client
from server_in_process import ServerInProcess
from small_log import DIRECTORY
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.verify import verify_log
from tidegate.server import compose
from tidegate.server.compose import run_server
from tidegate.server.settings import load
from tidegate.server.storage import open_storage
from tidegate.testing.files import CrashableFiles


@pytest.fixture
def files() -> CrashableFiles:
    return CrashableFiles()


@pytest.fixture
def server(tmp_path: Path, files: CrashableFiles) -> Iterator[ServerInProcess]:
    server = ServerInProcess(tmp_path / "data", files).start()
    yield server
    server.stop()


def test_port_0_is_a_free_one_and_queue_urls_name_it(server: ServerInProcess) -> None:
    port = int(server.endpoint.rpartition(":")[2])
    assert port > 0
    url = make_client(server.endpoint).create_queue(QueueName="q")["QueueUrl"]
    assert url.startswith(f"http://127.0.0.1:{port}/")


def test_stop_saves_the_state_and_closes_the_log_in_order(
    server: ServerInProcess, files: CrashableFiles
) -> None:
    client = make_client(server.endpoint)
    url = client.create_queue(QueueName="q")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="x")
    server.stop()
    assert server.failure is None
    assert verify_log(DIRECTORY, files).is_whole
    assert FileSnapshots(DIRECTORY, files).load() is not None


def test_services_that_do_not_come_up_are_refused_and_queues_live_on(
    server: ServerInProcess,
    files: CrashableFiles,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compose, "_LATER", "tidegate.server.nowhere")
    client = make_client(server.endpoint)
    url = client.create_queue(QueueName="q")["QueueUrl"]
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.endpoint}/?Action=ListTopics", timeout=10)
        assert refused.value.code == 400
        refused.value.close()
    assert "tidegate.server.nowhere" in caplog.text
    client.send_message(QueueUrl=url, MessageBody="x")
    server.stop()
    assert server.failure is None
    assert verify_log(DIRECTORY, files).is_whole
    assert FileSnapshots(DIRECTORY, files).load() is not None


def test_address_in_use_leaves_the_directory_for_the_next_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = load({"port": str(port), "data": str(tmp_path / "data")}, environment={})
        with pytest.raises(OSError, match="address already in use"):
            run_server(settings, announce=lambda endpoint: None)
    open_storage(tmp_path / "data", 16 << 20).close()
