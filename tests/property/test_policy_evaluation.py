"""The evaluation against a naive one, and what must be so whatever the policies say."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import policy_model
from policy_cases import ACCOUNT, CALLERS, QUEUE, RESOURCE, SEND, identity_policy
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule, prepare
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy

callers = st.sampled_from([caller for caller in CALLERS.values() if caller.kind != "Federated"])

keys = st.sampled_from(
    ["aws:SourceIp", "aws:Referer", "aws:TagKeys", "aws:PrincipalTag/team", "aws:username"]
)
texts = st.sampled_from(["ann", "payments", "7", "true", "", "203.0.113.9", QUEUE])
patterns = texts | st.sampled_from(
    ["a*", "?nn", "*", "${aws:username}", "${aws:Referer}", "arn:aws:sqs:*:*:${aws:username}*"]
)


def _one_or_more(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


def _operators(*names: str) -> st.SearchStrategy[str]:
    quantifiers = st.sampled_from(["", "ForAllValues:", "ForAnyValue:"])
    return st.tuples(
        quantifiers, st.sampled_from(names), st.sampled_from(["", "IfExists"])
    ).map("".join)  # fmt: skip


def _tests(
    operators: st.SearchStrategy[str], values: st.SearchStrategy[str]
) -> st.SearchStrategy[dict[str, Any]]:
    tests = st.dictionaries(keys, _one_or_more(values), min_size=1, max_size=2)
    return st.dictionaries(operators, tests, min_size=1, max_size=1)


conditions = st.one_of(
    _tests(_operators("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"), patterns),
    _tests(_operators("ArnLike", "ArnNotLike"), patterns),
    _tests(_operators("NumericLessThan"), st.sampled_from(["7", "8"])),
    _tests(_operators("IpAddress", "NotIpAddress"), st.sampled_from(["203.0.113.0/24", "::/0"])),
    _tests(_operators("Bool"), st.sampled_from(["true", "False"])),
    _tests(st.just("Null"), st.sampled_from(["true", "false"])),
)
actions = st.sampled_from(["sqs:*", "SQS:Send*", "sqs:ReceiveMessage", "*", "s3:*"])
resources = st.sampled_from(
    ["*", QUEUE, "arn:aws:sqs:*:*:q*", "arn:aws:sqs:*:*:${aws:username}", "arn:aws:sqs:*:*:x",
     "arn:aws:sqs:us-east-1:*:${aws:Referer}"]
)  # fmt: skip
principals = st.sampled_from(
    [
        "*",
        {"AWS": "*"},
        *({"AWS": caller.arn} for caller in CALLERS.values() if caller.account),
        *({"AWS": caller.entity_arn} for caller in CALLERS.values() if caller.entity_arn),
        {"AWS": [ACCOUNT, CALLERS["ann"].arn]},
        {"AWS": ["999999999999", CALLERS["foreign-session"].entity_arn]},
        {"AWS": [ACCOUNT, CALLERS["session"].arn, CALLERS["session"].entity_arn]},
        {"Service": "sns.amazonaws.com"},
    ]
)


@st.composite
def statements(draw: st.DrawFn, of_resource: bool = False) -> dict[str, Any]:
    # Allows are made more often: most of what is interesting happens behind an allow.
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
        _one_or_more(actions)
    )
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(
        _one_or_more(resources)
    )
    if of_resource:
        element = draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))
        statement[element] = draw(principals)
    if draw(st.booleans()):
        statement["Condition"] = draw(conditions)
    return statement


documents = st.lists(statements(), min_size=1, max_size=3)
resource_documents = st.lists(statements(of_resource=True), min_size=1, max_size=3)
requests = st.dictionaries(
    keys.map(str.lower), texts | st.lists(texts, max_size=2), max_size=4
)  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "identity": draw(st.lists(documents, max_size=2)),
        "boundary": draw(st.none() | documents),
        "session": draw(st.none() | st.lists(documents, max_size=2)),
        "policy": draw(st.none() | resource_documents),
    }


rules = st.sampled_from([ResourceRule.STANDARD, ResourceRule.KEY])


def _compiled(given: dict[str, Any], rule: ResourceRule) -> PolicySet:
    return PolicySet(
        identity=tuple(map(identity_policy, given["identity"])),
        boundary=None if given["boundary"] is None else identity_policy(given["boundary"]),
        session=None if given["session"] is None else tuple(map(identity_policy, given["session"])),
        resource=None if given["policy"] is None else _resource(given["policy"]),
        resource_account=ACCOUNT,
        rule=rule,
    )


def _resource(statements: list[dict[str, Any]]) -> CompiledPolicy:
    return compile_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), RESOURCE)


@given(callers, policies(), rules, st.lists(requests, min_size=1, max_size=4))
def test_prepared_and_decided_is_what_a_naive_evaluation_says(
    caller: Caller, given: dict[str, Any], rule: ResourceRule, several: list[dict[str, Any]]
) -> None:
    prepared = prepare(caller, SEND, QUEUE, _compiled(given, rule))
    for request in several:
        expected = policy_model.evaluate(
            caller,
            SEND,
            QUEUE,
            request,
            owner=ACCOUNT,
            must_allow=rule is ResourceRule.KEY,
            **given,
        )
        assert prepared.decide(request.get).verdict == expected
        assert prepared.explain(request.get).verdict == expected


@given(callers, policies(), rules, requests, st.sampled_from(["identity", "policy", "session"]))
def test_a_deny_always_wins(
    caller: Caller, given: dict[str, Any], rule: ResourceRule, request: dict[str, Any], where: str
) -> None:
    deny: dict[str, Any] = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if where == "policy":
        given["policy"] = [*(given["policy"] or []), {**deny, "Principal": "*"}]
    else:
        given[where] = [*(given[where] or []), [deny]]
    decision = prepare(caller, SEND, QUEUE, _compiled(given, rule)).decide(request.get)
    assert decision.verdict == "explicitDeny"


@given(callers, policies(), rules, requests, st.randoms(use_true_random=False))
def test_order_does_not_matter(
    caller: Caller, given: dict[str, Any], rule: ResourceRule, request: dict[str, Any], random: Any
) -> None:
    before = prepare(caller, SEND, QUEUE, _compiled(given, rule)).decide(request.get)
    for name in ("identity", "session"):
        for document in given[name] or []:
            random.shuffle(document)
        random.shuffle(given[name] or [])
    random.shuffle(given["policy"] or [])
    random.shuffle(given["boundary"] or [])
    after = prepare(caller, SEND, QUEUE, _compiled(given, rule)).decide(request.get)
    for field in ("verdict", "policy_type", "lacking", "cross_account"):
        assert getattr(before, field) == getattr(after, field)


@given(callers, policies(), rules, requests, statements(), statements(of_resource=True))
def test_one_more_allow_never_denies(
    caller: Caller,
    given: dict[str, Any],
    rule: ResourceRule,
    request: dict[str, Any],
    own: dict[str, Any],
    of_resource: dict[str, Any],
) -> None:
    before = prepare(caller, SEND, QUEUE, _compiled(given, rule)).decide(request.get)
    given["identity"] = [*given["identity"], [{**own, "Effect": "Allow"}]]
    given["policy"] = [*(given["policy"] or []), {**of_resource, "Effect": "Allow"}]
    after = prepare(caller, SEND, QUEUE, _compiled(given, rule)).decide(request.get)
    assert after.allowed or not before.allowed
    assert (after.verdict == "explicitDeny") is (before.verdict == "explicitDeny")
