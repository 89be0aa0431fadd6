"""`tidegate serve`: settings, logs, then the server, until a signal stops it."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from tidegate.auth.credentials import (
    DEVELOPMENT_ACCESS_KEY,
    DEVELOPMENT_ACCOUNT,
    DEVELOPMENT_SECRET_KEY,
)
from tidegate.cli.problems import PROBLEMS, report
from tidegate.cli.root_key import shown_access
from tidegate.server.compose import run_server
from tidegate.server.logs import configure_logs
from tidegate.server.root_access import RootAccess
from tidegate.server.setting_kinds import Option, SettingsError, Switch
from tidegate.server.settings import CONFIG_VARIABLE, OPTIONS, Settings, load

EPILOG = f"""\
Each option is also a setting of the same name (with _ for -) in the file given with --config, and
a variable TIDEGATE_<NAME> in the environment. A flag wins over the environment, the environment
over the file. Access keys come from IAM (`tidegate user`, `tidegate key`); those of roots may also
come from the file or from TIDEGATE_CREDENTIALS, never from a flag:

  [[credentials]]
  access_key = "video-encoder"
  secret_key = "a long random text"
  account = "123456789012"

examples:
  tidegate serve
  tidegate serve --port 0 --data /var/lib/tidegate
  tidegate serve --host 0.0.0.0 --config tidegate.toml
  {CONFIG_VARIABLE}=tidegate.toml TIDEGATE_LOG_LEVEL=warning tidegate serve
"""

REGION = "us-east-1"


def run(arguments: Sequence[str]) -> int:
    try:
        settings = load(parse(arguments), os.environ)
    except SettingsError as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 2
    configure_logs(settings.log_format, settings.log_level)
    try:
        return run_server(
            settings, lambda endpoint, access: announce(settings, endpoint, access, sys.stdout)
        )
    except PROBLEMS as problem:
        return report(problem)


def parse(arguments: Sequence[str]) -> Mapping[str, str]:
    """The flags that were given, by the name of their option; exits on wrong usage and --help."""
    parser = argparse.ArgumentParser(
        prog="tidegate serve",
        usage="tidegate serve [--host ADDRESS] [--port PORT] [--data DIR] [--config FILE] ...",
        description="Serve SQS: a stock AWS client creates queues, sends, receives and deletes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups = {option.group: parser.add_argument_group(option.group) for option in OPTIONS}
    for option in OPTIONS:
        if option.has_flag:
            _add_flag(groups[option.group], option)
    groups["Where"].add_argument("--config", metavar="FILE", help="settings in a TOML file")
    flags: Mapping[str, str] = vars(parser.parse_args(arguments))
    return flags


def _add_flag(group: argparse._ArgumentGroup, option: Option) -> None:
    explained = option.explained.replace("%", "%%")
    if option.default is not None and not isinstance(option.kind, Switch):
        explained += f" (default: {option.default})"
    if isinstance(option.kind, Switch):
        group.add_argument(
            option.flag,
            dest=option.name,
            nargs="?",
            const="true",
            metavar=option.kind.metavar,
            help=explained,
        )
    else:
        group.add_argument(
            option.flag, dest=option.name, metavar=option.kind.metavar, help=explained
        )


def announce(settings: Settings, endpoint: str, access: RootAccess | None, out: TextIO) -> None:
    """Say where the server is, and how to send it a first message.

    `access` is an access key that was made at this start: shown here, and never again.
    """
    print(f"Tidegate serves SQS on {endpoint}", file=out)
    print(f"Data directory:  {settings.data}", file=out)
    if settings.development_keys:
        print(
            f"Development key: access key {DEVELOPMENT_ACCESS_KEY}, secret key "
            f"{DEVELOPMENT_SECRET_KEY}, account {DEVELOPMENT_ACCOUNT}",
            file=out,
        )
    if access is not None:
        for line in shown_access(access):
            print(line, file=out)
    print("\nSend a first message from another terminal:\n", file=out)
    for line in first_message(settings, endpoint, access):
        print(f"  {line}", file=out)
    print("\nStop with Ctrl-C.", file=out, flush=True)


def first_message(settings: Settings, endpoint: str, access: RootAccess | None = None) -> list[str]:
    """Three lines for a shell with the AWS CLI.  Where the key is the user's own, the secret is for
    the user to fill in: it is not printed."""
    if settings.development_keys:
        access_key, secret_key = DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_SECRET_KEY
    elif access is not None:
        access_key, secret_key = access.access_key, access.secret_key
    elif settings.credentials:
        access_key, secret_key = settings.credentials[0].principal.access_key, "'<its secret key>'"
    else:
        access_key, secret_key = "'<your access key>'", "'<its secret key>'"
    # The flag, since version 1 of the AWS CLI does not read AWS_ENDPOINT_URL for SQS.
    aws = f"aws --endpoint-url {endpoint} sqs"
    return [
        f"export AWS_ACCESS_KEY_ID={access_key} AWS_SECRET_ACCESS_KEY={secret_key} "
        f"AWS_DEFAULT_REGION={REGION} AWS_PAGER=",
        f"QUEUE=$({aws} create-queue --queue-name hello --query QueueUrl --output text)",
        f'{aws} send-message --queue-url "$QUEUE" --message-body "Hello, Tidegate"',
    ]
