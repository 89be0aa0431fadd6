"""The tables of policy cases: documents, callers and requests, as the tests want them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule
from tidegate.auth.policy.rules import TRUST, identity_rules, resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.auth.policy.variables import Context

CASES = Path(__file__).parent / "unit" / "auth" / "policy" / "cases"
ACCOUNT = "111111111111"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
SEND = "sqs:SendMessage"

IDENTITY = identity_rules()
RESOURCE = resource_rules(needs_resource=False)


def tables(name: str) -> list[dict[str, Any]]:
    """The cases of a file, each with the source and an id of its own."""
    groups = json.loads((CASES / f"{name}.json").read_text())
    return [
        {"source": group["source"], "id": f"{name}/{group['title']}/{place}", **case}
        for group in groups
        for place, case in enumerate(group["cases"])
    ]


CALLERS = {
    name: Caller(**fields)
    for name, fields in json.loads((CASES / "callers.json").read_text()).items()
}


def document(statements: Any, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": statements})


def identity_policy(statements: Any, name: str = "policy") -> CompiledPolicy:
    return compile_policy(document(statements), IDENTITY, name=name)


def policy_set(case: dict[str, Any]) -> PolicySet:
    """The policies of a case, whose statements stand without a document around them."""
    rule = ResourceRule[case.get("rule", "STANDARD")]
    resource = case.get("resource")
    session = case.get("session")
    boundary = case.get("boundary")
    return PolicySet(
        identity=tuple(identity_policy(statement) for statement in case.get("identity", ())),
        boundary=None if boundary is None else identity_policy(boundary, "boundary"),
        session=None if session is None else tuple(map(identity_policy, session)),
        resource=None
        if resource is None
        else compile_policy(
            document(resource), TRUST if rule is ResourceRule.TRUST else RESOURCE, name="resource"
        ),
        resource_account=ACCOUNT,
        rule=rule,
    )


def context(values: dict[str, Any]) -> Context:
    """A request's context; AWS's key names are the same in any case."""
    return {key.lower(): value for key, value in values.items()}.get
