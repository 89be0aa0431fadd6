"""A server that has no key yet makes one for the root, and `tidegate root-key` another."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from server_process import ServerProcess

FLAGS = ("--development-keys", "false", "--account", "111122223333")


def shown(text: str) -> tuple[str, str]:
    found = re.search(r"access key (AKIA\w{16})\s+secret key (\S{40})", text)
    assert found is not None, text
    return found[1], found[2]


def caller(server: ServerProcess, key: tuple[str, str]) -> str:
    client = boto3.client(
        "sts",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
    )
    identity: dict[str, Any] = client.get_caller_identity()
    return str(identity["Arn"])


def test_the_first_start_makes_a_key_and_a_stopped_server_gets_another(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", *FLAGS)
    try:
        server.start().stop()
        first = shown(server.output())
        server.start()
        assert caller(server, first) == "arn:aws:iam::111122223333:root"
        server.stop()
        assert server.output().count("made just now") == 1
        assert first[1] not in server.errors()
        second = shown(root_key(server.data))
        server.start()
        assert caller(server, second) == "arn:aws:iam::111122223333:root"
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            caller(server, first)
    finally:
        server.close()


def root_key(data: Path) -> str:
    command = [sys.executable, "-m", "tidegate.cli.main", "root-key", "--data", str(data)]
    done = subprocess.run(
        [*command, "--account", "111122223333", "--replace"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
