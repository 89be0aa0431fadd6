"""The lines that a new server prints, pasted into a shell as they stand."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(
    importlib.util.find_spec("awscli") is None, reason="the AWS CLI is not installed here"
)
def test_printed_lines_send_a_first_message(new_server):
    server = new_server()
    printed = server.output()
    lines = [
        line.strip()
        for line in printed.splitlines()
        if line.strip().startswith(("export AWS_", "QUEUE=", "aws "))
    ]
    assert len(lines) == 3, printed
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
    }
    done = subprocess.run(
        ["sh", "-c", " && ".join(lines)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "MessageId" in done.stdout
