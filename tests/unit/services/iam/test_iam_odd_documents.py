"""Documents that come from strangers: an answer or a refusal comes out, and nothing else."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.base.refusals import Refusal

BOB = "arn:aws:iam::111122223333:user/bob"
NAMES = st.sampled_from(
    ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "AWS", "Condition",
     "StringEquals", "Null", "aws:username", "NotAction", "NotResource", "NotPrincipal", "Sid"]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["2012-10-17", "Allow", "Deny", "*", "sqs:*", "sts:AssumeRole",
     "arn:aws:sqs:*:*:${aws:username}", "${", "aws:\ud800", "\x00", "\ud800", "é", "",
     BOB, "111122223333"]
)  # fmt: skip
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=12,
)
CONDITIONS = st.dictionaries(
    st.sampled_from(["StringEquals", "ForAnyValue:StringLike", "Null", "IpAddress"]),
    st.dictionaries(st.sampled_from(["aws:\ud800", "aws:\x00", "aws:a"]), TEXTS, max_size=2),
)


@st.composite
def documents(draw):
    """Nearly policies."""
    statement = {
        "Effect": "Allow",
        "Action": draw(st.sampled_from(["sqs:*", "sts:AssumeRole"])),
    }
    if draw(st.booleans()):
        statement["Principal"] = {"AWS": draw(st.sampled_from([BOB, [BOB, "*"], "*"]))}
    else:
        statement["Resource"] = draw(TEXTS | st.lists(TEXTS, max_size=2))
    statement["Condition"] = draw(CONDITIONS)
    statement.update(draw(st.dictionaries(NAMES, VALUES, max_size=1)))
    policy = {"Version": "2012-10-17", "Statement": draw(st.sampled_from([statement, [statement]]))}
    policy.update(draw(st.dictionaries(NAMES, VALUES, max_size=1)))
    return json.dumps(policy, indent=draw(st.sampled_from([None, 2])))


ODD = documents() | VALUES.map(json.dumps) | st.text(max_size=40)


def asked(iam, operation, **parameters):
    try:
        iam.ask(operation, **parameters)
    except Refusal:
        return False
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(document=ODD)
def test_any_text_may_be_given_as_a_policy(iam, document):
    if not iam.ask("ListUsers").Users:
        iam.user("bob")
        iam.user("eve")
        iam.role("worker")
    if asked(iam, "PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=document):
        iam.ask("GetUserPolicy", UserName="bob", PolicyName="p")
        arn = f"arn:aws:iam::{iam.account}:user/bob"
        iam.ask("GetContextKeysForPrincipalPolicy", PolicySourceArn=arn)
        iam.ask("SimulatePrincipalPolicy", PolicySourceArn=arn, ActionNames=["sqs:SendMessage"])
    if asked(iam, "UpdateAssumeRolePolicy", RoleName="worker", PolicyDocument=document):
        iam.ask("UpdateUser", UserName="bob", NewUserName="robert")
        iam.ask("GetRole", RoleName="worker")
        iam.ask("UpdateUser", UserName="robert", NewUserName="bob")
        iam.ask("GetRole", RoleName="worker")
    asked(
        iam,
        "SimulateCustomPolicy",
        PolicyInputList=[document],
        ResourcePolicy=document,
        CallerArn=BOB,
        ActionNames=["sqs:SendMessage"],
    )


def test_a_key_that_no_answer_can_hold_is_shown_as_well_as_can_be(iam):
    condition = {"StringEquals": {"aws:\ud800": "x"}}
    statement = {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    answer = iam.ask("GetContextKeysForCustomPolicy", PolicyInputList=[document])
    assert answer.ContextKeyNames == ["aws:?"]
    (result,) = iam.ask(
        "SimulateCustomPolicy", PolicyInputList=[document], ActionNames=["a:b"]
    ).EvaluationResults
    assert result.MissingContextValues == ["aws:?"]


@pytest.mark.parametrize("depth", [100_000])
def test_a_deep_document_is_refused(iam, depth):
    iam.user("bob")
    document = "[" * depth
    assert not asked(iam, "PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=document)
