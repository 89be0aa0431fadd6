"""Logs on stderr: lines for people on a terminal, one JSON object a line otherwise."""

import json
import logging
import sys
import time
from typing import TextIO


def configure_logs(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send what the process logs to `stream` (stderr).

    `form` is `human`, `json` or `auto`, which is human when the stream is a terminal; `level` is
    `debug`, `info`, `warning` or `error`.  Replaces what an earlier call has set.
    """
    target = sys.stderr if stream is None else stream
    human = form == "human" or (form == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(HumanFormatter() if human else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


class HumanFormatter(logging.Formatter):
    """`10:30:00.123 warning  the text`, in local time; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{at}.{int(record.msecs):03d} {record.levelname.lower():<7}  {record.getMessage()}"
        trace = _trace(self, record)
        return f"{line}\n{trace}" if trace else line


class JsonFormatter(logging.Formatter):
    """An object with `at` (UTC), `level`, `logger`, `message` and, for an exception, `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        entry = {
            "at": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace = _trace(self, record)
        if trace:
            entry["trace"] = trace
        return json.dumps(entry)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return formatter.formatException(record.exc_info)
    return ""
