"""`tidegate policy explain`: may a principal do something, and which statements say so."""

import argparse
from collections.abc import Sequence
from typing import Any, Final

from tidegate.cli.access import WrongUsage
from tidegate.cli.client import Client
from tidegate.cli.remote import read_document, show

_VERDICTS: Final = {
    "allowed": "allowed",
    "explicitDeny": "denied: a statement denies it",
    "implicitDeny": "denied: no statement allows it",
}
_TYPES: Final = {
    "aws:currenttime": "date",
    "aws:epochtime": "numeric",
    "aws:multifactorauthpresent": "boolean",
    "aws:principalisawsservice": "boolean",
    "aws:securetransport": "boolean",
    "aws:sourceip": "ip",
    "aws:tokenissuetime": "date",
    "aws:viaawsservice": "boolean",
    "aws:vpcsourceip": "ip",
}
"""Types of context keys that are no strings, by names in lower case."""


def add_parser(actions: Any, common: argparse.ArgumentParser) -> None:
    """Add the action to those of `tidegate policy`."""
    parser = actions.add_parser(
        "explain",
        parents=[common],
        help="say whether a principal may do something, and why",
        description="Ask the server whether a principal may do something, which policy decides, "
        "which statements match and which context keys are missing. Nothing is done.",
    )
    parser.add_argument(
        "--principal", metavar="ARN", required=True, help="of a user, a group or a role"
    )
    parser.add_argument(
        "--action",
        dest="action_names",
        metavar="ACTION",
        action="append",
        required=True,
        help="such as sqs:SendMessage; may be repeated",
    )
    parser.add_argument(
        "--resource",
        metavar="ARN",
        action="append",
        default=[],
        help="may be repeated (default: any resource)",
    )
    parser.add_argument(
        "--context",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a context key of the request, such as aws:SourceIp=192.0.2.1; repeated for one key, "
        "it has several values",
    )
    parser.add_argument(
        "--resource-policy", metavar="FILE", help="the policy of the resource, if any"
    )
    parser.set_defaults(action=explain)


def explain(client: Client, given: argparse.Namespace) -> None:
    file = given.resource_policy
    results = list(
        client.pages(
            "SimulatePrincipalPolicy",
            "EvaluationResults",
            PolicySourceArn=given.principal,
            ActionNames=given.action_names,
            ResourceArns=given.resource,
            ContextEntries=context_entries(given.context),
            ResourcePolicy=read_document(file) if file else None,
            CallerArn=given.principal if file else None,
        )
    )
    lines: list[str] = []
    for result in results:
        lines += ([""] if lines else []) + render(result)
    show(given, {"EvaluationResults": results}, lines)


def context_entries(texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the Simulate operations want of `KEY=VALUE`.  Raises WrongUsage."""
    values: dict[str, list[str]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise WrongUsage(f"--context must be KEY=VALUE, not {text!r}")
        values.setdefault(key, []).append(value)
    return [
        {
            "ContextKeyName": key,
            "ContextKeyValues": several,
            "ContextKeyType": _TYPES.get(key.lower(), "string")
            + ("List" if len(several) > 1 else ""),
        }
        for key, several in values.items()
    ]


def render(result: dict[str, Any]) -> list[str]:
    """One result for people."""
    decision = result["EvalDecision"]
    matched = result.get("MatchedStatements", [])
    missing = result.get("MissingContextValues", [])
    lines = [
        f"Action:      {result['EvalActionName']}",
        *_resources(result),
        f"Decision:    {_VERDICTS.get(decision, decision)}",
        f"Decided by:  {_deciding(result, matched)}",
        f"Matched statements: {len(matched)}",
    ]
    lines += [f"  {_statement(statement)}" for statement in matched]
    lines.append(f"Missing context keys: {len(missing)}")
    lines += [f"  {key}" for key in missing]
    details = result.get("EvalDecisionDetails", {})
    if details:
        lines.append("By type of policy:")
        lines += [f"  {kind}: {verdict}" for kind, verdict in details.items()]
    return lines


def _resources(result: dict[str, Any]) -> list[str]:
    """What was asked about: the result as a whole calls it `*`, those below it say which."""
    each = result.get("ResourceSpecificResults", [])
    if not each:
        return [f"Resource:    {result.get('EvalResourceName', '*')}"]
    if len(each) == 1:
        return [f"Resource:    {each[0]['EvalResourceName']}"]
    lines = [f"Resources:   {len(each)}, and the strictest decision on them"]
    for one in each:
        decision = one["EvalResourceDecision"]
        lines.append(f"  {one['EvalResourceName']}: {_VERDICTS.get(decision, decision)}")
    return lines


def _deciding(result: dict[str, Any], matched: Sequence[dict[str, Any]]) -> str:
    boundary = result.get("PermissionsBoundaryDecisionDetail", {})
    if boundary.get("AllowedByPermissionsBoundary") is False:
        return "the permissions boundary, which does not allow it"
    if result["EvalDecision"] == "implicitDeny":
        return "no policy"
    policies = dict.fromkeys(statement.get("SourcePolicyId", "?") for statement in matched)
    return ", ".join(policies) or "no policy"


def _statement(statement: dict[str, Any]) -> str:
    where = f"{statement.get('SourcePolicyId', '?')} ({statement.get('SourcePolicyType', '?')})"
    start, end = statement.get("StartPosition"), statement.get("EndPosition")
    if not start or not end:
        return where
    return f"{where}, from line {_place(start)} to line {_place(end)}"


def _place(position: dict[str, Any]) -> str:
    return f"{position.get('Line', '?')}, column {position.get('Column', '?')}"
