"""`tidegate user`: the users of an account."""

import argparse
from collections.abc import Sequence
from typing import Any

from tidegate.cli.access import EXPLAINED, WrongUsage, common_arguments
from tidegate.cli.client import Client
from tidegate.cli.remote import actions_of, command_parser, run_action, show, table

EPILOG = f"""\
examples:
  tidegate user create video-encoder --tag team=video
  tidegate user show video-encoder
  tidegate user delete video-encoder --force

{EXPLAINED}"""


def run(arguments: Sequence[str]) -> int:
    parser = command_parser(
        "user",
        "Create, list, show and delete users (IAM) of a running server. A new user may do nothing\n"
        "before a policy lets it.",
        EPILOG,
    )
    actions = actions_of(parser)
    common = common_arguments()
    create_user = actions.add_parser("create", parents=[common], help="create a user")
    create_user.add_argument("name", metavar="NAME")
    create_user.add_argument("--path", metavar="PATH", help="such as /video/ (default: /)")
    create_user.add_argument(
        "--tag", metavar="KEY=VALUE", action="append", default=[], help="may be repeated"
    )
    create_user.add_argument(
        "--boundary", metavar="ARN", help="policy that bounds what the user may do"
    )
    create_user.set_defaults(action=create)
    list_users = actions.add_parser("list", parents=[common], help="list the users")
    list_users.add_argument("--path-prefix", metavar="PATH", help="only those below a path")
    list_users.set_defaults(action=list_all)
    show_user = actions.add_parser(
        "show", parents=[common], help="show a user with its keys, groups and policies"
    )
    show_user.add_argument("name", metavar="NAME")
    show_user.set_defaults(action=show_one)
    delete_user = actions.add_parser("delete", parents=[common], help="delete a user")
    delete_user.add_argument("name", metavar="NAME")
    delete_user.add_argument(
        "--force",
        action="store_true",
        help="first delete its keys and inline policies, detach its policies and take it out of "
        "its groups",
    )
    delete_user.set_defaults(action=delete)
    return run_action(parser, parser.parse_args(arguments))


def create(client: Client, given: argparse.Namespace) -> None:
    answer = client.call(
        "CreateUser",
        UserName=given.name,
        Path=given.path,
        PermissionsBoundary=given.boundary,
        Tags=[_tag(text) for text in given.tag],
    )
    user = answer["User"]
    lines = [
        f"Created {user['Arn']}",
        f"Give it an access key with: tidegate key create --user {user['UserName']}",
    ]
    show(given, answer, lines)


def list_all(client: Client, given: argparse.Namespace) -> None:
    users = list(client.pages("ListUsers", "Users", PathPrefix=given.path_prefix))
    rows = [[user["UserName"], user["CreateDate"], user["Arn"]] for user in users]
    show(given, {"Users": users}, table(["user", "created", "arn"], rows))


def show_one(client: Client, given: argparse.Namespace) -> None:
    user = client.call("GetUser", UserName=given.name)["User"]
    answer = {
        "User": user,
        "AccessKeyMetadata": _keys(client, given.name),
        "Groups": _groups(client, given.name),
        "AttachedPolicies": _attached(client, given.name),
        "PolicyNames": _inline(client, given.name),
    }
    show(given, answer, _page(answer))


def delete(client: Client, given: argparse.Namespace) -> None:
    name = given.name
    if given.force:
        for key in _keys(client, name):
            client.call("DeleteAccessKey", UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in _inline(client, name):
            client.call("DeleteUserPolicy", UserName=name, PolicyName=policy)
        for attached in _attached(client, name):
            client.call("DetachUserPolicy", UserName=name, PolicyArn=attached["PolicyArn"])
        for group in _groups(client, name):
            client.call("RemoveUserFromGroup", UserName=name, GroupName=group["GroupName"])
    client.call("DeleteUser", UserName=name)
    show(given, {}, [f"Deleted {name}"])


def _keys(client: Client, name: str) -> list[Any]:
    return list(client.pages("ListAccessKeys", "AccessKeyMetadata", UserName=name))


def _groups(client: Client, name: str) -> list[Any]:
    return list(client.pages("ListGroupsForUser", "Groups", UserName=name))


def _attached(client: Client, name: str) -> list[Any]:
    return list(client.pages("ListAttachedUserPolicies", "AttachedPolicies", UserName=name))


def _inline(client: Client, name: str) -> list[Any]:
    return list(client.pages("ListUserPolicies", "PolicyNames", UserName=name))


def _page(answer: dict[str, Any]) -> list[str]:
    user = answer["User"]
    boundary = user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    lines = [
        f"User:      {user['UserName']}",
        f"ARN:       {user['Arn']}",
        f"Id:        {user['UserId']}",
        f"Created:   {user['CreateDate']}",
    ]
    if boundary:
        lines.append(f"Boundary:  {boundary}")
    parts = [
        ("Tags", [f"{tag['Key']}={tag['Value']}" for tag in user.get("Tags", [])]),
        (
            "Access keys",
            [f"{key['AccessKeyId']} ({key['Status']})" for key in answer["AccessKeyMetadata"]],
        ),
        ("Groups", [group["GroupName"] for group in answer["Groups"]]),
        ("Policies", [policy["PolicyArn"] for policy in answer["AttachedPolicies"]]),
        ("Inline policies", answer["PolicyNames"]),
    ]
    for title, entries in parts:
        lines.append(f"{title}: {len(entries)}")
        lines += [f"  {entry}" for entry in entries]
    return lines


def _tag(text: str) -> dict[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise WrongUsage(f"--tag must be KEY=VALUE, not {text!r}")
    return {"Key": key, "Value": value}
