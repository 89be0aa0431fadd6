"""What is prepared once, and what is left to each request."""

from __future__ import annotations

from typing import Any

from policy_cases import ACCOUNT, CALLERS, QUEUE, RESOURCE, SEND, context, document, identity_policy
from tidegate.auth.policy.evaluation import PolicySet, Prepared, prepare
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy

ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FROM_OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
OFFICE = context({"aws:SourceIp": "203.0.113.9"})
ELSEWHERE = context({"aws:SourceIp": "198.51.100.9"})


def _queue_policy(*statements: dict[str, Any]) -> CompiledPolicy:
    return compile_policy(document(list(statements)), RESOURCE, name="queue")


def _prepared(
    *statements: dict[str, Any], caller: str = "ann", resource: CompiledPolicy | None = None
) -> Prepared:
    policies = PolicySet(
        identity=(identity_policy(list(statements), "policy"),) if statements else (),
        resource=resource,
        resource_account=ACCOUNT,
    )
    return prepare(CALLERS[caller], SEND, QUEUE, policies)


def test_without_conditions_the_decision_is_constant() -> None:
    prepared = _prepared(ALLOW_ALL)
    assert prepared.constant is not None
    assert prepared.constant.allowed
    assert prepared.decide(context({})) is prepared.constant


def test_conditions_on_the_caller_are_settled_before_any_request() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "payments"}}
    ann = _prepared({**ALLOW_ALL, "Condition": condition})
    bob = _prepared({**ALLOW_ALL, "Condition": condition}, caller="bob")
    assert ann.constant is not None
    assert ann.constant.allowed
    assert bob.constant is not None
    assert not bob.constant.allowed


def test_a_request_cannot_say_who_its_caller_is() -> None:
    statement = {
        **ALLOW_ALL,
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:Referer}"}},
    }
    forged = context({"aws:PrincipalTag/team": "payments", "aws:Referer": "payments"})
    assert not _prepared(statement, caller="bob").decide(forged).allowed
    assert _prepared(statement, caller="ann").decide(forged).allowed


def test_a_condition_that_cannot_change_the_decision_is_not_asked() -> None:
    prepared = _prepared(ALLOW_ALL, {**ALLOW_ALL, "Condition": FROM_OFFICE})
    assert prepared.constant is not None
    denied = _prepared(
        {**ALLOW_ALL, "Condition": FROM_OFFICE}, {**ALLOW_ALL, "Effect": "Deny"}
    ).constant
    assert denied is not None
    assert denied.verdict == "explicitDeny"


def test_a_denial_is_constant_only_where_its_reason_is() -> None:
    policies = PolicySet(
        identity=(identity_policy({**ALLOW_ALL, "Condition": FROM_OFFICE}),),
        boundary=identity_policy({**ALLOW_ALL, "Action": "s3:*"}),
        resource_account=ACCOUNT,
    )
    prepared = prepare(CALLERS["ann"], SEND, QUEUE, policies)
    assert prepared.decide(OFFICE).policy_type == "permissions boundary"
    assert prepared.decide(ELSEWHERE).policy_type == "identity-based policy"


def test_a_condition_that_can_is_asked_each_time() -> None:
    prepared = _prepared({**ALLOW_ALL, "Condition": FROM_OFFICE})
    assert prepared.constant is None
    assert prepared.decide(OFFICE).allowed
    assert not prepared.decide(ELSEWHERE).allowed
    assert prepared.decide(OFFICE) is prepared.decide(OFFICE)


def test_statements_about_others_leave_nothing_to_a_request() -> None:
    others = [
        {
            "Sid": f"s{number}",
            "Effect": "Allow",
            "Principal": {"AWS": f"{number:012}"},
            "Action": "sqs:*",
            "Condition": FROM_OFFICE,
        }
        for number in range(19)
    ]
    own = {"Effect": "Allow", "Principal": {"AWS": CALLERS["ann"].arn}, "Action": "sqs:*"}
    prepared = _prepared(resource=_queue_policy(*others, own))
    assert prepared.constant is not None
    assert prepared.constant.allowed


def test_more_open_statements_than_decisions_are_remembered() -> None:
    statements = [
        {
            **ALLOW_ALL,
            "Effect": "Deny" if number % 2 else "Allow",
            "Condition": {"StringEquals": {f"test:key{number}": "yes"}},
        }
        for number in range(12)
    ]
    prepared = _prepared(*statements)
    for held in range(1 << 12):
        values = {f"test:key{number}": "yes" for number in range(12) if held >> number & 1}
        denied = any(held >> number & 1 for number in range(1, 12, 2))
        expected = "explicitDeny" if denied else "allowed" if held else "implicitDeny"
        assert prepared.decide(context(values)).verdict == expected


def test_more_requests_than_answers_are_remembered() -> None:
    prepared = _prepared({**ALLOW_ALL, "Condition": FROM_OFFICE})
    for _ in range(2):
        for number in range(600):
            address = f"203.0.{112 + number % 2}.{number % 250}"
            decision = prepared.decide(context({"aws:SourceIp": address}))
            assert decision.allowed is bool(number % 2)


def test_time_passes_between_two_requests() -> None:
    condition = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}
    prepared = _prepared({**ALLOW_ALL, "Condition": condition})
    assert prepared.decide(context({"aws:CurrentTime": "2025-12-31T23:59:59Z"})).allowed
    assert not prepared.decide(context({"aws:CurrentTime": "2026-01-01T00:00:00Z"})).allowed


def test_explain_names_every_statement_that_applies_and_what_was_missing() -> None:
    prepared = _prepared(
        {**ALLOW_ALL, "Sid": "First"},
        {**ALLOW_ALL, "Sid": "Second", "Condition": FROM_OFFICE},
        {**ALLOW_ALL, "Sid": "Third", "Condition": {"StringLike": {"aws:Referer": "x*"}}},
        {**ALLOW_ALL, "Sid": "Other", "Action": "s3:*"},
    )
    decision = prepared.explain(OFFICE)
    assert [(one.policy, one.index, one.sid) for one in decision.matched] == [
        ("policy", 0, "First"),
        ("policy", 1, "Second"),
    ]
    assert decision.missing == ("aws:referer",)
    assert decision.allowed


def test_a_simulation_gives_all_keys_in_its_context() -> None:
    policies = PolicySet(
        identity=(
            identity_policy(
                {
                    **ALLOW_ALL,
                    "Resource": "arn:aws:sqs:*:*:${aws:username}",
                    "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}},
                }
            ),
        ),
        resource_account=ACCOUNT,
    )
    prepared = prepare(CALLERS["bob"], SEND, QUEUE, policies, settled={})
    assert prepared.explain(context({})).missing == ("aws:principaltag/team", "aws:username")
    given = {"aws:username": "q", "aws:PrincipalTag/team": "a"}
    assert prepared.explain(context(given)).allowed


def test_a_variable_without_a_value_fits_nothing_and_frees_nobody() -> None:
    unknown = "arn:aws:sqs:*:*:${aws:PrincipalTag/nothing}"
    excluded = {"Effect": "Allow", "Action": "*", "NotResource": unknown}
    assert not _prepared(excluded).decide(context({})).allowed
    assert _prepared(ALLOW_ALL, {**excluded, "Effect": "Deny"}).decide(context({})).verdict == (
        "explicitDeny"
    )
    differs = {"StringNotEquals": {"aws:Referer": "${aws:PrincipalTag/nothing}"}}
    referred = context({"aws:Referer": "x"})
    assert not _prepared({**ALLOW_ALL, "Condition": differs}).decide(referred).allowed
    denied = _prepared(ALLOW_ALL, {**ALLOW_ALL, "Effect": "Deny", "Condition": differs})
    assert denied.decide(referred).verdict == "explicitDeny"


def test_without_an_owner_a_resource_is_nobodys() -> None:
    policies = PolicySet(identity=(identity_policy(ALLOW_ALL),))
    decision = prepare(CALLERS["ann"], SEND, QUEUE, policies).decide(context({}))
    assert not decision.allowed
    assert decision.cross_account


def test_an_answer_to_long_values_is_not_remembered() -> None:
    prepared = _prepared(
        {**ALLOW_ALL, "Condition": {"StringLike": {"kms:EncryptionContext:x": "b*"}}}
    )
    for size, remembered in ((513, 0), (512, 1)):
        for letter, allowed in (("b", True), ("a", False)):
            asked = context({"kms:EncryptionContext:x": letter * size})
            assert prepared.decide(asked).allowed is allowed
        assert len(prepared._answers) == 2 * remembered
