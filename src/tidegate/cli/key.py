"""`tidegate key`: access keys."""

import argparse
import sys
from collections.abc import Sequence

from tidegate.cli.access import EXPLAINED, common_arguments
from tidegate.cli.client import Client
from tidegate.cli.remote import actions_of, command_parser, run_action, show, table

EPILOG = f"""\
examples:
  tidegate key create --user video-encoder
  tidegate key deactivate AKIAIOSFODNN7EXAMPLE --user video-encoder

Without --user, the keys are those of whoever calls.

{EXPLAINED}"""


def run(arguments: Sequence[str]) -> int:
    parser = command_parser(
        "key",
        "Create, list, switch and delete access keys of a running server. The secret of a new key\n"
        "is shown once, on stdout, and never again.",
        EPILOG,
    )
    actions = actions_of(parser)
    common = common_arguments()
    common.add_argument("--user", metavar="NAME", help="whose key (default: the caller's own)")
    actions.add_parser(
        "create", parents=[common], help="create a key, and show its secret once"
    ).set_defaults(action=create)
    actions.add_parser("list", parents=[common], help="list the keys").set_defaults(action=list_all)
    for name, action, explained in (
        ("activate", activate, "let a key be used again"),
        ("deactivate", deactivate, "refuse a key until it is activated"),
        ("delete", delete, "delete a key for ever"),
    ):
        one = actions.add_parser(name, parents=[common], help=explained)
        one.add_argument("id", metavar="KEY", help="the access key, such as AKIAIOSFODNN7EXAMPLE")
        one.set_defaults(action=action)
    return run_action(parser, parser.parse_args(arguments))


def create(client: Client, given: argparse.Namespace) -> None:
    answer = client.call("CreateAccessKey", UserName=given.user)
    key = answer["AccessKey"]
    lines = [
        f"User:        {key['UserName']}",
        f"Access key:  {key['AccessKeyId']}",
        f"Secret key:  {key['SecretAccessKey']}",
    ]
    show(given, answer, lines)
    # Beside the answer, which may go into a file.
    print(
        "The secret key is shown this once, and nobody can read it again: keep it where only its "
        "user can.",
        file=sys.stderr,
    )


def list_all(client: Client, given: argparse.Namespace) -> None:
    keys = list(client.pages("ListAccessKeys", "AccessKeyMetadata", UserName=given.user))
    rows = [
        [key["AccessKeyId"], key["Status"], key["CreateDate"], key.get("UserName", "")]
        for key in keys
    ]
    heads = ["access key", "status", "created", "user"]
    show(given, {"AccessKeyMetadata": keys}, table(heads, rows))


def activate(client: Client, given: argparse.Namespace) -> None:
    _switch(client, given, "Active")


def deactivate(client: Client, given: argparse.Namespace) -> None:
    _switch(client, given, "Inactive")


def _switch(client: Client, given: argparse.Namespace, status: str) -> None:
    client.call("UpdateAccessKey", UserName=given.user, AccessKeyId=given.id, Status=status)
    show(given, {}, [f"{given.id} is {status.lower()}"])


def delete(client: Client, given: argparse.Namespace) -> None:
    client.call("DeleteAccessKey", UserName=given.user, AccessKeyId=given.id)
    show(given, {}, [f"Deleted {given.id}"])
