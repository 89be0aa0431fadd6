"""How a command that calls a server runs: its actions, its answers, and what goes wrong."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tidegate.cli.access import WrongUsage, connect
from tidegate.cli.client import Client, NoAnswer, ServerRefusal

Action = Callable[[Client, argparse.Namespace], None]
"""action(client, arguments): calls the server and prints."""


class Failed(Exception):
    """What was asked for cannot be done; the text says why."""


class _ActionParser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)


def command_parser(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """The parser of `tidegate <name>`, which has actions."""
    return argparse.ArgumentParser(
        prog=f"tidegate {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def actions_of(parser: argparse.ArgumentParser) -> Any:
    """Where the actions of a command are added."""
    return parser.add_subparsers(title="actions", metavar="ACTION", parser_class=_ActionParser)


def run_action(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Do the action that the arguments name; returns the exit status: 0, 1 for a failure or a
    refusal, 2 for wrong usage."""
    action: Action | None = getattr(given, "action", None)
    if action is None:
        parser.print_help()
        return 2
    try:
        action(connect(given, os.environ), given)
    except WrongUsage as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 2
    except (Failed, ServerRefusal, NoAnswer) as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 1
    return 0


def read_document(file: str) -> str:
    """The text of a policy's file, `-` for stdin.  Raises Failed."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise Failed(f"cannot read {file}: {reason}") from None


def show(given: argparse.Namespace, answer: Any, lines: Iterable[str]) -> None:
    """Print the answer as JSON, or the lines for people."""
    if given.json:
        print(json.dumps(answer, indent=2))
    else:
        for line in lines:
            print(line)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as what is in them."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]
