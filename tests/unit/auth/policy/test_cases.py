"""Tables of policy cases, each with the page of AWS's documentation that says so."""

import json
from typing import Any

import pytest

from policy_cases import (
    ACCOUNT,
    CALLERS,
    QUEUE,
    RESOURCE,
    SEND,
    context,
    document,
    policy_set,
    tables,
)
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.decision import denial_text
from tidegate.auth.policy.evaluation import PolicySet, prepare
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.principals import Named
from tidegate.auth.policy.rules import TRUST, Rules, identity_rules, resource_rules
from tidegate.auth.policy.statements import compile_policy

NAMES = (
    "conditions", "denials", "elements", "evaluation", "grammar", "principals", "services",
    "variables",
)  # fmt: skip


def _table(name: str) -> pytest.MarkDecorator:
    cases = tables(name)
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def _applies(
    statement: dict[str, Any],
    case: dict[str, Any],
    *,
    caller: Caller = CALLERS["ann"],
    action: str = SEND,
    simulated: bool = False,
) -> bool:
    """Whether a statement is about a request: whether it allows, as its principal's only policy."""
    statement = {"Effect": "Allow", "Principal": "*", **statement}
    version = case.get("version", "2012-10-17")
    policy = compile_policy(document(statement, version), RESOURCE)
    account = caller.account or ACCOUNT
    policies = PolicySet(resource=policy, resource_account=account)
    prepared = prepare(
        caller, action, case.get("on", QUEUE), policies, settled={} if simulated else None
    )
    return prepared.decide(context(case.get("context", {}))).allowed


def test_there_are_many_cases_and_each_has_a_source() -> None:
    cases = [case for name in NAMES for case in tables(name)]
    assert len(cases) >= 300
    assert all(case["source"].startswith("https://") for case in cases)


@_table("conditions")
def test_condition(case: dict[str, Any]) -> None:
    statement = {"Action": "*", "Resource": "*", "Condition": case["condition"]}
    assert _applies(statement, case, simulated=True) is case["holds"]


@_table("elements")
def test_action_and_resource(case: dict[str, Any]) -> None:
    assert _applies(case["statement"], case, action=case["action"]) is case["applies"]


@_table("variables")
def test_variable(case: dict[str, Any]) -> None:
    caller = CALLERS[case["caller"]]
    action = case["statement"]["Action"].replace("*", "DoIt")
    assert _applies(case["statement"], case, caller=caller, action=action) is case["applies"]


@_table("principals")
def test_principal(case: dict[str, Any]) -> None:
    statement = {"Effect": case.get("effect", "Allow"), "Action": "*", **case["element"]}
    policy = compile_policy(document(statement), RESOURCE)
    caller = CALLERS[case["caller"]]
    assert bool(policy.statements[0].grant(caller)) is case["applies"]


@_table("evaluation")
def test_evaluation(case: dict[str, Any]) -> None:
    _evaluate(case)


@_table("services")
def test_policies_of_services(case: dict[str, Any]) -> None:
    _evaluate(case)


def _evaluate(case: dict[str, Any]) -> None:
    prepared = prepare(
        CALLERS[case["caller"]],
        case.get("action", SEND),
        case.get("on", QUEUE),
        policy_set(case),
    )
    values = context(case.get("context", {}))
    for decision in (prepared.decide(values), prepared.explain(values)):
        assert decision.verdict == case["expect"]
        assert decision.policy_type == case["by"]
        assert decision.allowed is (case["expect"] == "allowed")
        if "lacking" in case:
            assert list(decision.lacking) == case["lacking"]


@_table("denials")
def test_denial_text(case: dict[str, Any]) -> None:
    caller = CALLERS[case["caller"]]
    action, resource = case.get("action", SEND), case.get("on", QUEUE)
    decision = prepare(caller, action, resource, policy_set(case)).decide(context({}))
    assert denial_text(caller, action, resource, decision, ACCOUNT) == case["text"]


ACTIONS = {"sqs": frozenset({"SendMessage", "ReceiveMessage"})}
RULES: dict[str, Rules] = {
    "identity": identity_rules(ACTIONS),
    "resource": resource_rules("sqs", ACTIONS),
    "trust": TRUST,
}


def _exists(principal: Named) -> bool:
    return principal.name != "nobody"


@_table("grammar")
def test_grammar(case: dict[str, Any]) -> None:
    text = case["text"] if "text" in case else json.dumps(case["document"])
    assert _error(text, RULES[case["kind"]]) == case["error"]


def _error(text: str, rules: Rules) -> str | None:
    try:
        compile_policy(text, rules, exists=_exists)
    except MalformedPolicy as error:
        return error.text
    return None
