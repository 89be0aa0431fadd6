"""The log's two forms."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from tidegate.server.logs import configure_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def log_failure() -> None:
    try:
        raise OSError("no room")
    except OSError:
        logging.getLogger("tidegate.log").exception("write of %s failed", "00001.log")


def test_json_line_holds_the_message_and_the_trace() -> None:
    stream = io.StringIO()
    configure_logs("auto", "info", stream)
    log_failure()
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["level"] == "error"
    assert entry["logger"] == "tidegate.log"
    assert entry["message"] == "write of 00001.log failed"
    assert "OSError: no room" in entry["trace"]
    assert entry["at"].endswith("Z")


def test_terminal_gets_plain_lines() -> None:
    stream = Terminal()
    configure_logs("auto", "info", stream)
    log_failure()
    first, *trace = stream.getvalue().splitlines()
    assert first.endswith("error    write of 00001.log failed")
    assert trace[-1] == "OSError: no room"


def test_what_is_below_the_level_is_left_out() -> None:
    stream = io.StringIO()
    configure_logs("human", "warning", stream)
    logging.getLogger("tidegate").info("hidden")
    logging.getLogger("tidegate").warning("shown")
    assert "hidden" not in stream.getvalue()
    assert "shown" in stream.getvalue()


def test_second_configuration_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logs("human", "info", first)
    configure_logs("json", "info", second)
    logging.getLogger("tidegate").info("once")
    assert first.getvalue() == ""
    assert json.loads(second.getvalue())["message"] == "once"
