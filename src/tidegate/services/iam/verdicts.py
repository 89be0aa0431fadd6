"""What a simulation decides about an action, as answers show it."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tidegate.api.iam import (
    EvaluationResult,
    PermissionsBoundaryDecisionDetail_,
    Position,
    ResourceSpecificResult,
    Statement,
)
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.decision import Decision, Matched
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule, prepare
from tidegate.auth.policy.variables import Value
from tidegate.services.iam.context_keys import spellings
from tidegate.services.iam.simulated_policies import Simulated

_STRICTEST_FIRST: Final = ("explicitDeny", "implicitDeny", "allowed")
_BOUNDARY: Final = "permissions boundary"


class Scenario(msgspec.Struct, frozen=True):
    """What is simulated, but for the action."""

    caller: Caller
    context: dict[str, Value]
    """By names in lower case."""
    identity: Sequence[Simulated]
    boundary: Simulated | None
    resource: Simulated | None
    """The resource's policy, which all resources have."""
    resource_owner: str | None
    """Of resources whose ARN does not say whose they are."""
    resources: Sequence[str]

    @property
    def policies(self) -> list[Simulated]:
        others = (self.boundary, self.resource)
        return [*self.identity, *(policy for policy in others if policy is not None)]


def evaluated(scenario: Scenario, action: str) -> EvaluationResult:
    """One result for all resources: the strictest verdict, and the statements behind it."""
    decisions = [_decide(scenario, action, resource) for resource in scenario.resources]
    verdict = min((each.verdict for each in decisions), key=_STRICTEST_FIRST.index)
    of_verdict = [each for each in decisions if each.verdict == verdict]
    one_by_one = scenario.resources != ["*"]
    results = [
        _of_resource(scenario, resource, decision)
        for resource, decision in zip(scenario.resources, decisions, strict=True)
    ]
    return EvaluationResult(
        EvalActionName=action,
        EvalResourceName="*",
        EvalDecision=verdict,
        MatchedStatements=_statements(scenario, of_verdict),
        MissingContextValues=_missing(scenario, decisions),
        PermissionsBoundaryDecisionDetail=_of_boundary(scenario, decisions),
        EvalDecisionDetails=_details(decisions) if one_by_one else None,
        ResourceSpecificResults=results if one_by_one else None,
    )


def _of_resource(scenario: Scenario, resource: str, decision: Decision) -> ResourceSpecificResult:
    return ResourceSpecificResult(
        EvalResourceName=resource,
        EvalResourceDecision=decision.verdict,
        MatchedStatements=_statements(scenario, [decision]),
        MissingContextValues=_missing(scenario, [decision]),
        EvalDecisionDetails=_details([decision]),
        PermissionsBoundaryDecisionDetail=_of_boundary(scenario, [decision]),
    )


def _decide(scenario: Scenario, action: str, resource: str) -> Decision:
    policies = PolicySet(
        identity=tuple(policy.compiled for policy in scenario.identity),
        boundary=None if scenario.boundary is None else scenario.boundary.compiled,
        resource=None if scenario.resource is None else scenario.resource.compiled,
        resource_account=_owner(scenario, resource),
        rule=_rule(scenario, resource),
    )
    prepared = prepare(scenario.caller, action, resource, policies, settled={})
    return prepared.explain(scenario.context.get)


def _owner(scenario: Scenario, resource: str) -> str:
    """Without a resource's policy there is but the caller's side (API reference, ResourceOwner)."""
    own = scenario.caller.account
    if scenario.resource is None:
        return own
    parts = resource.split(":", 5)
    named = parts[4] if len(parts) == 6 else ""
    return named or scenario.resource_owner or own


def _rule(scenario: Scenario, resource: str) -> ResourceRule:
    if scenario.resource is not None:
        if resource.startswith("arn:aws:kms:"):
            return ResourceRule.KEY
        if resource.startswith("arn:aws:iam:") and ":role/" in resource:
            return ResourceRule.TRUST
    return ResourceRule.STANDARD


def _statements(scenario: Scenario, decisions: Iterable[Decision]) -> list[Statement]:
    """Where something denies, only what denies (API reference, EvaluationResult); never those of
    the boundary."""
    found: dict[tuple[str, int], Statement] = {}
    by_id = {policy.id: policy for policy in scenario.policies}
    for decision in decisions:
        denied = decision.verdict == "explicitDeny"
        for matched in decision.matched:
            if matched.policy_type != _BOUNDARY and matched.allows is not denied:
                policy = by_id[matched.policy]
                found[matched.policy, matched.index] = _statement(policy, matched)
    return list(found.values())


def _statement(policy: Simulated, matched: Matched) -> Statement:
    start, end = policy.spans[matched.index]
    return Statement(
        SourcePolicyId=policy.id,
        SourcePolicyType=policy.kind,
        StartPosition=Position(Line=start.line, Column=start.column),
        EndPosition=Position(Line=end.line, Column=end.column),
    )


def _missing(scenario: Scenario, decisions: Iterable[Decision]) -> list[str]:
    missing = {key for decision in decisions for key in decision.missing}
    if not missing:
        return []
    spelled = spellings(policy.document for policy in scenario.policies)
    return [shown for key, shown in spelled.items() if key in missing]


def _of_boundary(
    scenario: Scenario, decisions: Iterable[Decision]
) -> PermissionsBoundaryDecisionDetail_ | None:
    if scenario.boundary is None:
        return None
    return PermissionsBoundaryDecisionDetail_(
        AllowedByPermissionsBoundary=all(map(_boundary_allows, decisions))
    )


def _boundary_allows(decision: Decision) -> bool:
    effects = {each.allows for each in decision.matched if each.policy_type == _BOUNDARY}
    return effects == {True}


def _details(decisions: Sequence[Decision]) -> dict[str, str]:
    """What each side says between accounts; nothing within one."""
    crossing = [decision for decision in decisions if decision.cross_account]
    details: dict[str, str] = {}
    for name, kinds in (
        ("IAM Policy", ("identity-based policy",)),
        ("Resource Policy", ("resource-based policy", "role trust policy")),
    ):
        verdicts = [_side(decision, kinds) for decision in crossing]
        if verdicts:
            details[name] = min(verdicts, key=_STRICTEST_FIRST.index)
    return details


def _side(decision: Decision, kinds: tuple[str, ...]) -> str:
    effects = {each.allows for each in decision.matched if each.policy_type in kinds}
    if False in effects:
        return "explicitDeny"
    return "allowed" if True in effects else "implicitDeny"
