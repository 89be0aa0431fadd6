"""Whatever stands where a policy is expected: a policy comes out, or what is wrong with it; and a
policy that came out answers every request."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_cases import CALLERS
from tidegate.auth.policy.decision import denial_text
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule, prepare
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.operators import OPERATORS
from tidegate.auth.policy.principals import parse_principal_arn
from tidegate.auth.policy.rules import TRUST, Rules, identity_rules, resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy

RULES = [
    identity_rules(),
    identity_rules({"sqs": frozenset({"SendMessage"})}),
    resource_rules("sqs", needs_resource=False),
    resource_rules(),
    TRUST,
]

words = st.sampled_from(
    [
        "*", "", "sqs:*", "sts:AssumeRole", "sqs:SendMessage", "arn:aws:sqs:*:*:q", "arn:aws:sqs",
        "arn:aws:sqs:::${aws:username}", "${aws:username, 'x'}", "${", "${*}${?}${$}", "${a:b}}",
        "111111111111", "arn:aws:iam::111111111111:root", "sns.amazonaws.com", "true", "2020-02-30",
        "2020-02-29T24:00Z", "9999-12-31T23:59:60-99:99", "0000", "1e999999", "٣", "10.0.0.0/33",
        "::ffff:1.2.3.4", "fe80::1%eth0", "QQ==", "=", "\ud800", "Allow", "Deny", "2012-10-17",
    ]
)  # fmt: skip
scalars = words | st.text(max_size=8) | st.integers() | st.floats() | st.booleans() | st.none()
lists = scalars | st.lists(scalars, max_size=3)
names = st.sampled_from(
    [quantifier + name + suffix
     for name in OPERATORS
     for quantifier in ("", "ForAllValues:", "ForAnyValue:")
     for suffix in ("", "IfExists")]
) | st.text(max_size=5)  # fmt: skip
context_keys = st.sampled_from(["aws:SourceIp", "aws:username", "a:b", "aws:TagKeys"]) | words
elements = {
    "Sid": lists,
    "Effect": st.sampled_from(["Allow", "Deny"]) | lists,
    "Principal": lists | st.dictionaries(st.sampled_from(["AWS", "Service", "Federated"]), lists),
    "NotPrincipal": lists | st.dictionaries(st.sampled_from(["AWS", "Service"]), lists),
    "Action": lists,
    "NotAction": lists,
    "Resource": lists,
    "NotResource": lists,
    "Condition": lists
    | st.dictionaries(names, lists | st.dictionaries(context_keys, lists, max_size=2), max_size=2),
    "Other": lists,
}
loose = st.fixed_dictionaries({}, optional=elements)
fitting = {
    "string": words.filter(bool) | st.text(max_size=5),
    "arn": words,
    "numeric": st.integers().map(str) | st.floats(0, 1e9).map("{:.3f}".format) | st.integers(),
    "date": st.dates().map(str) | st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format) | st.just(0),
    "bool": st.booleans() | st.just("${aws:username}"),
    "null": st.booleans(),
    "binary": st.binary(max_size=3).map(lambda data: base64.b64encode(data).decode()),
    "ip": st.ip_addresses().map(str),
    "notip": st.ip_addresses().map("{}/9".format),
}


def _fitting(name: str) -> st.SearchStrategy[dict[str, Any]]:
    operator = name.lower().rpartition(":")[2]
    family = next(family for family in fitting if operator.startswith(family))
    tests = st.dictionaries(context_keys.filter(lambda key: ":" in key.strip(":")),
                            st.lists(fitting[family], max_size=3), max_size=2)  # fmt: skip
    return tests.map(lambda made: {name: made})


well_named = st.tuples(
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(sorted(OPERATORS)),
    st.sampled_from(["", "IfExists"]),
).map(lambda parts: "".join(parts) if parts[1] != "null" else "Null")
tidy = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={"Condition": well_named.flatmap(_fitting)},
).flatmap(
    lambda statement: st.tuples(
        st.sampled_from(["Action", "NotAction"]),
        st.sampled_from(["Resource", "NotResource"]),
        st.sampled_from(["Principal", "NotPrincipal"]),
        st.booleans(),
    ).map(
        lambda picked: {
            **statement,
            picked[0]: ["sqs:*", "sqs:Send?essage"],
            picked[1]: ["arn:aws:sqs:*:*:${aws:username}", "arn:aws:sqs:*:*:${a:b, 'q'}"],
            **({picked[2]: "*"} if picked[3] else {}),
        }
    )
)
tidy_documents = st.fixed_dictionaries(
    {
        "Version": st.just("2012-10-17"),
        "Statement": st.lists(tidy, min_size=1, max_size=3),
    }
)
documents = st.fixed_dictionaries(
    {"Statement": tidy | st.lists(tidy | loose, max_size=3) | lists},
    optional={"Version": st.just("2012-10-17") | lists, "Id": lists, "Other": lists},
)
values = st.none() | words | st.text(max_size=9) | st.lists(words | st.text(max_size=4), max_size=3)
contexts = st.dictionaries(
    st.sampled_from(["aws:sourceip", "aws:username", "a:b", "aws:tagkeys"]), values
)


def _policy(text: str, rules: Rules) -> CompiledPolicy | None:
    try:
        return compile_policy(text, rules)
    except MalformedPolicy:
        return None


def _ask(
    policy: CompiledPolicy, caller_name: str, context: dict[str, Any], *, settled: bool
) -> None:
    caller = CALLERS[caller_name]
    for policies in (
        PolicySet(identity=(policy,), resource_account="111111111111"),
        PolicySet(resource=policy, boundary=policy, rule=ResourceRule.KEY),
        PolicySet(resource=policy, session=(policy,), rule=ResourceRule.TRUST),
    ):
        for resource in ("*", "arn:aws:sqs:us-east-1:111111111111:q", "", "\ud800"):
            prepared = prepare(
                caller, "sqs:SendMessage", resource, policies, {} if settled else None
            )
            for decision in (prepared.decide(context.get), prepared.explain(context.get)):
                assert decision.allowed is (decision.verdict == "allowed")
                denial_text(caller, "sqs:SendMessage", resource, decision, "111111111111")


@given(
    documents | tidy_documents,
    st.sampled_from(RULES),
    st.sampled_from(list(CALLERS)),
    contexts,
    st.booleans(),
)
def test_documents(
    document: Any, rules: Rules, caller: str, context: dict[str, Any], settled: bool
) -> None:
    policy = _policy(json.dumps(document), rules)
    if policy is not None:
        _ask(policy, caller, context, settled=settled)


@given(st.text(max_size=60) | st.recursive(scalars, st.lists, max_leaves=9).map(json.dumps))
def test_texts(text: str) -> None:
    for rules in RULES:
        assert _policy(text, rules) is None


WHOLE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:*:*:${aws:username}",
                "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
            }
        ],
    }
)


def test_the_document_that_is_damaged_is_valid() -> None:
    assert _policy(WHOLE, RULES[0]) is not None


@given(st.binary(max_size=4), st.integers(0, 400), st.integers(0, 400), st.sampled_from(RULES))
def test_damaged_documents(noise: bytes, start: int, length: int, rules: Rules) -> None:
    text = WHOLE[:start] + noise.decode("latin-1") + WHOLE[start + length % 9 :]
    policy = _policy(text, rules)
    if policy is not None:
        _ask(policy, "ann", {"aws:currenttime": "2029-01-01"}, settled=True)


@pytest.mark.parametrize("opening", ["[", '{"Statement":', '{"Statement":[{"Condition":'])
def test_deep_nesting(opening: str) -> None:
    for rules in RULES:
        assert _policy(opening * 100_000, rules) is None


def test_long_numbers_and_names() -> None:
    digits = "9" * 100_000
    document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",'
    for tail in (
        f'"Condition":{{"NumericEquals":{{"a:b":{digits}}}}}}}}}',
        f'"Condition":{{"DateEquals":{{"a:b":"{digits}"}}}}}}}}',
    ):
        assert _policy(document + tail, identity_rules()) is None
    assert parse_principal_arn(f"arn:aws:iam::111111111111:user/{'a/' * 50_000}*") is None
