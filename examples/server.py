"""The endpoint of a run: the one in the environment, or a Tidegate server of its own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIGURED = ("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL")
"""boto3 looks at these; the more special one first."""


@dataclass(frozen=True)
class Endpoint:
    url: str
    data: Path | None = None
    """The data directory, where the server is the run's own."""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Have an endpoint that boto3 finds in the environment, here and in the processes started from
    here.  Raises RuntimeError if no server can be started."""
    for name in CONFIGURED:
        if os.environ.get(name):
            yield Endpoint(os.environ[name])
            return
    with tempfile.TemporaryDirectory(prefix="tidegate-") as data, _start(data) as process:
        try:
            url = _printed_url(process)
            os.environ["AWS_ENDPOINT_URL"] = url
            os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
            os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
            yield Endpoint(url, Path(data))
        finally:
            # Before its directory is taken away.
            process.terminate()
            process.wait()


def _start(data: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tidegate.cli.main", "serve", "--port", "0", "--data", data]
    # In a session of its own, so that Ctrl-C stops the run, and the run its server.
    return subprocess.Popen(
        [*command, "--log-level", "error"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _printed_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise RuntimeError("no Tidegate server could be started; is it installed? make install")
