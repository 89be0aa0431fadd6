"""The `tidegate` command: finds the subcommand and hands it the rest of the command line."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from tidegate import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve SQS, SNS, IAM, STS and KMS on this machine", "tidegate.cli.serve"),
    "inspect": ("show the queues and segments of a stopped server's data", "tidegate.cli.inspect"),
    "verify": ("read the whole log of a stopped server and check it", "tidegate.cli.verify"),
    "keyring": ("show or rotate the keys of encrypted data", "tidegate.cli.keyring"),
    "cert": ("make a certificate for development", "tidegate.cli.cert"),
    "user": ("create, list, show and delete the users of a server", "tidegate.cli.user"),
    "key": ("create, list, switch and delete access keys", "tidegate.cli.key"),
    "policy": ("write, attach, check and explain policies", "tidegate.cli.policy"),
    "root-key": ("make an access key for an account's root", "tidegate.cli.root_key"),
    "bench": ("measure this server, or any other SQS endpoint", "tidegate.bench.main"),
}
"""Command: what it does, and the module whose `run(arguments)` gives the exit status.

Only the module that is asked for is imported, so that each command starts at once."""

EXAMPLES = """\
examples:
  tidegate serve                               on http://127.0.0.1:4566, data in ./data
  tidegate serve --port 0 --data /var/lib/tidegate
  tidegate serve --config tidegate.toml        with your own keys, for other machines
  tidegate inspect ./data
  tidegate verify ./data

`tidegate COMMAND --help` explains a command.
"""

PIPE_CLOSED = 141
"""What a shell shows for a program that SIGPIPE has ended: 128 and the signal's number."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status: 0, 1 for a failure, 2 for wrong usage, 141 when
    whoever reads the output has gone."""
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            # What is left in the buffer would otherwise meet the closed pipe out of our hands.
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at the exit (its documentation of SIGPIPE has this pattern).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _run(arguments: Sequence[str]) -> int:
    commands = "\n".join(f"  {name:<10}{what}" for name, (what, _) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="tidegate",
        usage="tidegate [--version] COMMAND ...",
        description="The message service that you run yourself and every AWS client already "
        f"speaks.\n\ncommands:\n{commands}",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tidegate {__version__}")
    parser.add_argument("command", nargs="?", choices=COMMANDS, help=argparse.SUPPRESS)
    # What follows the command belongs to the command, so only the first word is parsed here.
    command: str | None = parser.parse_args(arguments[:1]).command
    if command is None:
        parser.print_help()
        return 2
    status: int = importlib.import_module(COMMANDS[command][1]).run(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
