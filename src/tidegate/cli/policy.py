"""`tidegate policy`: managed policies of an account, inline policies of users, groups and roles."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote

from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import TRUST, identity_rules, resource_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.base.iam_limits import POLICY_VERSIONS
from tidegate.cli import explain
from tidegate.cli.access import EXPLAINED, common_arguments
from tidegate.cli.client import Client, ServerRefusal
from tidegate.cli.remote import (
    Failed,
    actions_of,
    command_parser,
    read_document,
    run_action,
    show,
    table,
)

EPILOG = f"""\
examples:
  tidegate policy validate may-send.json
  tidegate policy put may-send may-send.json
  tidegate policy attach may-send --user video-encoder
  tidegate policy put inline-name may-send.json --user video-encoder
  tidegate policy explain --principal arn:aws:iam::123456789012:user/video-encoder \\
      --action sqs:SendMessage --resource arn:aws:sqs:us-east-1:123456789012:video

With --user, --group or --role, put, list, show and delete are about the inline policies of that
one, and list about those attached to it as well.

{EXPLAINED}"""

_RULES: Final = {"identity": identity_rules(), "resource": resource_rules(), "trust": TRUST}


def run(arguments: Sequence[str]) -> int:
    parser = command_parser(
        "policy", "Write, read, attach and explain the policies of a running server.", EPILOG
    )
    actions = actions_of(parser)
    common = common_arguments()

    put_one = actions.add_parser(
        "put", parents=[common], help="write a policy, or a new version of it that is in force"
    )
    put_one.add_argument("name", metavar="NAME")
    put_one.add_argument("file", metavar="FILE", help="the document; - for stdin")
    put_one.add_argument("--description", metavar="TEXT", help="of a new managed policy")
    put_one.set_defaults(action=put)

    list_all = actions.add_parser("list", parents=[common], help="list the policies")
    list_all.add_argument("--aws", action="store_true", help="those that AWS manages as well")
    list_all.set_defaults(action=list_policies)

    show_one = actions.add_parser("show", parents=[common], help="print a policy's document")
    show_one.add_argument("name", metavar="POLICY", help="name or ARN")
    show_one.add_argument("--version", metavar="vN", help="of a managed policy")
    show_one.set_defaults(action=show_document)

    delete_one = actions.add_parser("delete", parents=[common], help="delete a policy")
    delete_one.add_argument("name", metavar="POLICY", help="name or ARN")
    delete_one.set_defaults(action=delete)

    for name, action, explained in (
        ("attach", attach, "give a managed policy to a user, a group or a role"),
        ("detach", detach, "take a managed policy away"),
    ):
        one = actions.add_parser(name, parents=[common], help=explained)
        one.add_argument("name", metavar="POLICY", help="name or ARN")
        one.set_defaults(action=action)
        _add_owner(one, required=True)
    for one in (put_one, list_all, show_one, delete_one):
        _add_owner(one)

    check = actions.add_parser("validate", help="check a document, without a server")
    check.add_argument("file", metavar="FILE", help="the document; - for stdin")
    check.add_argument(
        "--kind",
        choices=_RULES,
        default="identity",
        help="what it is for: an identity, a resource such as a queue, or a role's trust "
        "(default: identity)",
    )
    check.set_defaults(validate=True)
    explain.add_parser(actions, common)

    given = parser.parse_args(arguments)
    if getattr(given, "validate", False):
        return validate(given.file, given.kind)
    return run_action(parser, given)


def _add_owner(parser: argparse.ArgumentParser, required: bool = False) -> None:
    owner = parser.add_mutually_exclusive_group(required=required)
    owner.add_argument("--user", metavar="NAME")
    owner.add_argument("--group", metavar="NAME")
    owner.add_argument("--role", metavar="NAME")


def _owner(given: argparse.Namespace) -> tuple[str, dict[str, str]]:
    """What the operations call the owner, and the parameter that names it; "" without one."""
    for kind in ("User", "Group", "Role"):
        name = getattr(given, kind.lower())
        if name is not None:
            return kind, {f"{kind}Name": name}
    return "", {}


# --- The actions ----------------------------------------------------------------------------------


def put(client: Client, given: argparse.Namespace) -> None:
    document = read_document(given.file)
    kind, owner = _owner(given)
    if kind:
        client.call(f"Put{kind}Policy", PolicyName=given.name, PolicyDocument=document, **owner)
        show(given, {}, [f"Wrote {given.name} into {kind.lower()} {owner[f'{kind}Name']}"])
        return
    try:
        answer = client.call(
            "CreatePolicy",
            PolicyName=given.name,
            PolicyDocument=document,
            Description=given.description,
        )
    except ServerRefusal as refusal:
        if refusal.code != "EntityAlreadyExists":
            raise
    else:
        policy = answer["Policy"]
        show(given, answer, [f"Created {policy['Arn']}"])
        return
    arn = _find(client, given.name)
    _make_room(client, arn)
    answer = client.call(
        "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document, SetAsDefault=True
    )
    show(given, answer, [f"{arn} is at version {answer['PolicyVersion']['VersionId']}"])


def list_policies(client: Client, given: argparse.Namespace) -> None:
    kind, owner = _owner(given)
    if kind:
        attached = list(client.pages(f"ListAttached{kind}Policies", "AttachedPolicies", **owner))
        names = list(client.pages(f"List{kind}Policies", "PolicyNames", **owner))
        rows = [[policy["PolicyName"], policy["PolicyArn"]] for policy in attached]
        rows += [[name, "inline"] for name in names]
        answer: dict[str, Any] = {"AttachedPolicies": attached, "PolicyNames": names}
        show(given, answer, table(["policy", "arn"], rows))
        return
    scope = "All" if given.aws else "Local"
    policies = list(client.pages("ListPolicies", "Policies", Scope=scope))
    rows = [
        [
            policy["PolicyName"],
            policy.get("DefaultVersionId", ""),
            str(policy.get("AttachmentCount", 0)),
            policy["Arn"],
        ]
        for policy in policies
    ]
    show(given, {"Policies": policies}, table(["policy", "version", "attached", "arn"], rows))


def show_document(client: Client, given: argparse.Namespace) -> None:
    kind, owner = _owner(given)
    if kind:
        text = client.call(f"Get{kind}Policy", PolicyName=given.name, **owner)["PolicyDocument"]
    else:
        arn = _find(client, given.name)
        version = given.version
        if version is None:
            version = client.call("GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = client.call("GetPolicyVersion", PolicyArn=arn, VersionId=version)
        text = found["PolicyVersion"]["Document"]
    document = unquote(text)
    show(given, json.loads(document), [document])


def delete(client: Client, given: argparse.Namespace) -> None:
    kind, owner = _owner(given)
    if kind:
        client.call(f"Delete{kind}Policy", PolicyName=given.name, **owner)
        show(given, {}, [f"Deleted {given.name}"])
        return
    arn = _find(client, given.name)
    for version in _old_versions(client, arn):
        client.call("DeletePolicyVersion", PolicyArn=arn, VersionId=version)
    client.call("DeletePolicy", PolicyArn=arn)
    show(given, {}, [f"Deleted {arn}"])


def attach(client: Client, given: argparse.Namespace) -> None:
    kind, owner = _owner(given)
    arn = _find(client, given.name)
    client.call(f"Attach{kind}Policy", PolicyArn=arn, **owner)
    show(given, {}, [f"Attached {arn} to {kind.lower()} {owner[f'{kind}Name']}"])


def detach(client: Client, given: argparse.Namespace) -> None:
    kind, owner = _owner(given)
    arn = _find(client, given.name)
    client.call(f"Detach{kind}Policy", PolicyArn=arn, **owner)
    show(given, {}, [f"Detached {arn} from {kind.lower()} {owner[f'{kind}Name']}"])


def validate(file: str, kind: str) -> int:
    """Say whether a document is a policy; returns the exit status."""
    try:
        compile_policy(read_document(file), _RULES[kind])
    except MalformedPolicy as malformed:
        print(f"{file}: {malformed.text}", file=sys.stderr)
        return 1
    except Failed as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 1
    print(f"{file}: a valid {kind} policy")
    return 0


# --- Inside ---------------------------------------------------------------------------------------


def _find(client: Client, name: str) -> str:
    """The ARN of a managed policy; the account's own go before AWS's.  Raises Failed."""
    if name.startswith("arn:"):
        return name
    for scope in ("Local", "AWS"):
        for policy in client.pages("ListPolicies", "Policies", Scope=scope):
            if policy["PolicyName"] == name:
                arn: str = policy["Arn"]
                return arn
    raise Failed(f"there is no managed policy {name}")


def _old_versions(client: Client, arn: str) -> list[str]:
    """The versions that are not in force, newest first, as IAM lists them."""
    versions = client.pages("ListPolicyVersions", "Versions", PolicyArn=arn)
    return [
        version["VersionId"] for version in versions if not version.get("IsDefaultVersion", False)
    ]


def _make_room(client: Client, arn: str) -> None:
    """Delete the oldest version where there are as many as IAM takes, and one more is to come."""
    old = _old_versions(client, arn)
    if len(old) + 1 >= POLICY_VERSIONS:
        client.call("DeletePolicyVersion", PolicyArn=arn, VersionId=old[-1])
