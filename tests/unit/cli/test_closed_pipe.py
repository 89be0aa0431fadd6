"""`tidegate inspect DIR | head`: whoever reads has gone, and that is no error of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.log.files.directory import open_directory


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose server has stopped before it wrote anything."""
    open_directory(str(tmp_path)).lock.release()
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], [], ["verify", "--help"], ["inspect", "DIR"], ["verify", "DIR"]],
    ids=" ".join,
)
def test_closed_pipe_ends_the_command_quietly(arguments: list[str], data: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    given = [str(data) if argument == "DIR" else argument for argument in arguments]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tidegate.cli.main", *given],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            # Unbuffered, argparse meets the closed pipe itself, and passes over it.
            env={**os.environ, "PYTHONUNBUFFERED": ""},
        )
    finally:
        os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 141
