"""The endpoint of the run: the one in the environment, or a Tidegate server of its own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

CONFIGURED = ("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL")
"""boto3 looks at these; the more special one first."""


@contextmanager
def sqs_endpoint() -> Iterator[str]:
    """Have an endpoint that boto3 finds in the environment, here and in the processes started from
    here.  Raises RuntimeError if no server can be started."""
    for name in CONFIGURED:
        if os.environ.get(name):
            yield os.environ[name]
            return
    with tempfile.TemporaryDirectory(prefix="video-burst-") as data, _start(data) as process:
        try:
            endpoint = _printed_endpoint(process)
            os.environ["AWS_ENDPOINT_URL"] = endpoint
            os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
            os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
            yield endpoint
        finally:
            # Before its directory is taken away.
            process.terminate()
            process.wait()


def _start(data: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tidegate.cli.main", "serve", "--port", "0", "--data", data]
    # In a session of its own, so that Ctrl-C stops the run, and the run its server.
    return subprocess.Popen(
        [*command, "--log-level", "warning"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _printed_endpoint(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise RuntimeError("no Tidegate server could be started; is it installed? make install")
