"""The `tidegate` command itself."""

import subprocess
import sys

import pytest

from tidegate import __version__
from tidegate.cli.main import COMMANDS, main


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name, (what, _) in COMMANDS.items():
        assert f"{name:<10}{what}" in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tidegate {__version__}\n"


def test_nothing_asked_for_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["sreve"], ["--port", "1"]])
def test_unknown_command_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_rest_of_the_command_line_belongs_to_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    assert "tidegate verify" in capsys.readouterr().out


def test_command_that_is_not_asked_for_is_not_imported() -> None:
    script = (
        "import sys, tidegate.cli.main as m\n"
        "try: m.main(['--version'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('tidegate.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['tidegate.cli', 'tidegate.cli.main']"
