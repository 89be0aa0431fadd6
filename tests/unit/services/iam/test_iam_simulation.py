"""SimulatePrincipalPolicy, SimulateCustomPolicy and the context keys of policies."""

import json

import pytest

from tidegate.api.iam import Tag
from tidegate.base import iam_limits as limits
from tidegate.base.refusals import InvalidInputException, NoSuchEntityException

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHER = "999900001111"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1)


def statement(effect, action, resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


SEND = document(statement("Allow", "sqs:Send*"))
DENY = document(statement("Deny", "sqs:*"))


def queue(account, name="q"):
    return f"arn:aws:sqs:eu-west-1:{account}:{name}"


def custom(iam, *policies, actions=("sqs:SendMessage",), **parameters):
    answer = iam.ask(
        "SimulateCustomPolicy",
        PolicyInputList=list(policies),
        ActionNames=list(actions),
        **parameters,
    )
    return answer.EvaluationResults


def principal(iam, arn, *actions, **parameters):
    answer = iam.ask(
        "SimulatePrincipalPolicy",
        PolicySourceArn=arn,
        ActionNames=list(actions or ("sqs:SendMessage",)),
        **parameters,
    )
    return answer.EvaluationResults


def sources(result):
    return [each.SourcePolicyId for each in result.MatchedStatements]


def test_each_action_is_decided(iam):
    results = custom(iam, SEND, actions=["sqs:SendMessage", "sqs:ReceiveMessage"])
    assert [(each.EvalActionName, each.EvalDecision) for each in results] == [
        ("sqs:SendMessage", "allowed"),
        ("sqs:ReceiveMessage", "implicitDeny"),
    ]
    allowed, denied = results
    assert allowed.EvalResourceName == "*"
    assert sources(allowed) == ["PolicyInputList.1"]
    assert denied.MatchedStatements == []
    assert allowed.ResourceSpecificResults is None
    assert allowed.EvalDecisionDetails is None
    assert allowed.PermissionsBoundaryDecisionDetail is None


def test_a_deny_wins_and_is_shown_alone(iam):
    (result,) = custom(iam, SEND, DENY)
    assert result.EvalDecision == "explicitDeny"
    assert sources(result) == ["PolicyInputList.2"]


def test_a_statement_is_shown_where_it_stands(iam):
    policy = document(statement("Allow", "sns:*"), statement("Allow", "sqs:*"))
    (result,) = custom(iam, policy)
    (matched,) = result.MatchedStatements
    lines = policy.split("\n")
    start, end = matched.StartPosition, matched.EndPosition
    assert lines[start.Line - 1][: start.Column - 1] == "  },"
    assert lines[end.Line - 1][: end.Column - 1] == "  }"
    assert '"sqs:*"' in "\n".join(lines[start.Line - 1 : end.Line])
    assert matched.SourcePolicyType == "IAM Policy"


def test_each_resource_is_decided(iam):
    policy = document(
        statement("Allow", "sqs:*", queue(iam.account, "a")),
        statement("Deny", "sqs:*", queue(iam.account, "c")),
    )
    names = [queue(iam.account, name) for name in "abca"]
    (result,) = custom(iam, policy, ResourceArns=names)
    assert result.EvalDecision == "explicitDeny"
    assert [each.EvalResourceName for each in result.ResourceSpecificResults] == names[:3]
    assert [each.EvalResourceDecision for each in result.ResourceSpecificResults] == [
        "allowed",
        "implicitDeny",
        "explicitDeny",
    ]
    assert [len(each.MatchedStatements) for each in result.ResourceSpecificResults] == [1, 0, 1]
    assert len(result.MatchedStatements) == 1
    assert result.EvalDecisionDetails == {}


def test_missing_context_keys_are_named_as_the_policy_spells_them(iam):
    condition = {"StringEquals": {"aws:PrincipalTag/Team": "${aws:RequestTag/Team}"}}
    policy = document(statement("Allow", "sqs:*", Condition=condition))
    (result,) = custom(iam, policy)
    assert result.EvalDecision == "implicitDeny"
    assert result.MissingContextValues == ["aws:PrincipalTag/Team", "aws:RequestTag/Team"]
    entries = [
        {"ContextKeyName": name, "ContextKeyValues": ["x"], "ContextKeyType": "string"}
        for name in ("aws:principaltag/team", "aws:RequestTag/Team")
    ]
    (result,) = custom(iam, policy, ContextEntries=entries)
    assert (result.EvalDecision, result.MissingContextValues) == ("allowed", [])


def test_a_context_key_may_have_several_values(iam):
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}
    policy = document(statement("Allow", "sqs:*", Condition=condition))
    for values, verdict in ((["a", "b"], "allowed"), (["a", "c"], "implicitDeny")):
        entry = {
            "ContextKeyName": "aws:TagKeys",
            "ContextKeyValues": values,
            "ContextKeyType": "stringList",
        }
        (result,) = custom(iam, policy, ContextEntries=[entry])
        assert result.EvalDecision == verdict


def test_a_boundary_bounds(iam):
    (result,) = custom(
        iam, SEND, PermissionsBoundaryPolicyInputList=[document(statement("Allow", "sns:*"))]
    )
    assert result.EvalDecision == "implicitDeny"
    assert result.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary is False
    assert sources(result) == ["PolicyInputList.1"]
    (result,) = custom(iam, SEND, PermissionsBoundaryPolicyInputList=[SEND])
    assert result.EvalDecision == "allowed"
    assert result.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary is True
    (result,) = custom(iam, SEND, PermissionsBoundaryPolicyInputList=[DENY])
    assert result.EvalDecision == "explicitDeny"
    assert result.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary is False


# --- The policies of somebody ---------------------------------------------------------------------


def test_a_users_own_policies_and_its_groups_count(iam):
    bob = iam.user("bob", Path="/x/").Arn
    iam.group()
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    assert principal(iam, bob)[0].EvalDecision == "implicitDeny"
    iam.ask("PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=SEND)
    iam.ask("PutGroupPolicy", GroupName="staff", PolicyName="ours", PolicyDocument=SEND)
    iam.ask("AttachGroupPolicy", GroupName="staff", PolicyArn=ADMIN)
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=iam.policy("mine", SEND))
    (result,) = principal(iam, bob, PolicyInputList=[SEND])
    assert result.EvalDecision == "allowed"
    assert sources(result) == [
        "user_bob_own",
        "mine",
        "group_staff_ours",
        "AdministratorAccess",
        "PolicyInputList.1",
    ]


def test_groups_and_roles_can_be_simulated(iam):
    for kind, made in (("Group", iam.group()), ("Role", iam.role())):
        name = getattr(made, f"{kind}Name")
        iam.ask(f"Put{kind}Policy", PolicyName="p", PolicyDocument=SEND, **{f"{kind}Name": name})
        (result,) = principal(iam, made.Arn)
        assert sources(result) == [f"{kind.lower()}_{name}_p"]


def test_variables_of_a_user_have_its_values(iam):
    bob = iam.user("bob", Tags=[{"Key": "Team", "Value": "red"}]).Arn
    policy = document(
        statement(
            "Allow",
            "sqs:*",
            "arn:aws:sqs:*:*:${aws:username}-*",
            Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}},
        )
    )
    iam.ask("PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=policy)
    names = [queue(iam.account, name) for name in ("bob-1", "eve-1")]
    (result,) = principal(iam, bob, ResourceArns=names)
    decisions = [each.EvalResourceDecision for each in result.ResourceSpecificResults]
    assert decisions == ["allowed", "implicitDeny"]


def test_the_boundary_of_somebody_counts_unless_another_is_given(iam):
    bound = iam.policy("bound", document(statement("Allow", "sns:*")))
    bob = iam.user("bob", PermissionsBoundary=bound).Arn
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=ADMIN)
    (result,) = principal(iam, bob)
    assert result.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary is False
    assert result.EvalDecision == "implicitDeny"
    assert principal(iam, bob, "sns:Publish")[0].EvalDecision == "allowed"
    (result,) = principal(iam, bob, PermissionsBoundaryPolicyInputList=[SEND])
    assert result.EvalDecision == "allowed"


@pytest.mark.parametrize(
    ("exclusion", "left"),
    [
        ({"PolicyType": "inline"}, ["mine", "AdministratorAccess"]),
        ({"PolicyType": "user-managed"}, ["user_bob_own", "AdministratorAccess"]),
        ({"PolicyType": "aws-managed"}, ["user_bob_own", "mine"]),
        ({"PolicyType": "scp"}, ["user_bob_own", "mine", "AdministratorAccess"]),
        ({"PolicyArn": ADMIN}, ["user_bob_own", "mine"]),
        ({"PolicyArn": "arn:aws:iam::aws:policy/*tor??????"}, ["user_bob_own", "mine"]),
        (
            {
                "InlinePolicyIdentifier": {
                    "PolicyName": "own",
                    "AttachmentType": "user",
                    "AttachmentName": "b*",
                }
            },
            ["mine", "AdministratorAccess"],
        ),
        (
            {
                "InlinePolicyIdentifier": {
                    "PolicyName": "own",
                    "AttachmentType": "group",
                    "AttachmentName": "bob",
                }
            },
            ["user_bob_own", "mine", "AdministratorAccess"],
        ),
    ],
)
def test_policies_can_be_left_out(iam, exclusion, left):
    bob = iam.user("bob").Arn
    iam.ask("PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=SEND)
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=iam.policy("mine", SEND))
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=ADMIN)
    (result,) = principal(iam, bob, PolicyExclusionList=[exclusion])
    assert sources(result) == left


def test_the_boundary_can_be_left_out(iam):
    bob = iam.user("bob", PermissionsBoundary=iam.policy("bound", DENY)).Arn
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=ADMIN)
    exclusion = {"PolicyType": "permission-boundary"}
    (result,) = principal(iam, bob, PolicyExclusionList=[exclusion])
    assert result.EvalDecision == "allowed"


@pytest.mark.parametrize(
    "exclusion",
    [
        {},
        {"PolicyType": "inline", "PolicyArn": ADMIN},
        {"PolicyArn": "arn:aws:iam::*:policy/a-policy"},
        {"PolicyArn": "arn:aws:iam::aws:policy/*a*"},
    ],
)
def test_an_exclusion_must_say_what(iam, refused, exclusion):
    refused(
        InvalidInputException,
        None,
        "SimulatePrincipalPolicy",
        PolicySourceArn=iam.user().Arn,
        ActionNames=["a:b"],
        PolicyExclusionList=[exclusion],
    )


# --- A resource's policy --------------------------------------------------------------------------


def resource_policy(principal_element, effect="Allow"):
    return document(
        {"Effect": effect, "Principal": principal_element, "Action": "sqs:*", "Resource": "*"}
    )


def test_a_resources_policy_allows_within_the_account(iam):
    bob = iam.user("bob").Arn
    names = [queue(iam.account)]
    (result,) = principal(
        iam, bob, ResourceArns=names, ResourcePolicy=resource_policy({"AWS": bob})
    )
    assert result.EvalDecision == "allowed"
    (matched,) = result.MatchedStatements
    assert (matched.SourcePolicyId, matched.SourcePolicyType) == (
        "ResourcePolicy",
        "Resource Policy",
    )
    assert result.EvalDecisionDetails == {}


def test_between_accounts_both_sides_must_allow(iam):
    bob = iam.user("bob").Arn
    policy = resource_policy({"AWS": bob})
    theirs = {"ResourceArns": [queue(OTHER)], "ResourcePolicy": policy}
    (result,) = principal(iam, bob, **theirs)
    assert result.EvalDecision == "implicitDeny"
    assert result.EvalDecisionDetails == {
        "IAM Policy": "implicitDeny",
        "Resource Policy": "allowed",
    }
    (result,) = principal(iam, bob, PolicyInputList=[SEND], **theirs)
    assert result.EvalDecision == "allowed"
    theirs["ResourcePolicy"] = resource_policy({"AWS": bob}, "Deny")
    (result,) = principal(iam, bob, PolicyInputList=[SEND], **theirs)
    assert result.EvalDecision == "explicitDeny"
    assert result.EvalDecisionDetails == {
        "IAM Policy": "allowed",
        "Resource Policy": "explicitDeny",
    }


@pytest.mark.parametrize(("effect", "verdict"), [("Allow", "allowed"), ("Deny", "explicitDeny")])
def test_between_accounts_the_policy_of_a_role_tells_whom_it_trusts(iam, effect, verdict):
    bob = iam.user("bob").Arn
    trust = document({"Effect": effect, "Principal": {"AWS": bob}, "Action": "sts:AssumeRole"})
    (result,) = principal(
        iam,
        bob,
        "sts:AssumeRole",
        PolicyInputList=[document(statement("Allow", "sts:*"))],
        ResourceArns=[f"arn:aws:iam::{OTHER}:role/theirs"],
        ResourcePolicy=trust,
    )
    assert result.EvalDecision == verdict
    assert result.EvalDecisionDetails == {"IAM Policy": "allowed", "Resource Policy": verdict}


def test_the_owner_can_be_said_where_the_arn_does_not(iam):
    bob = iam.user("bob").Arn
    for owner, verdict in (
        (None, "allowed"),
        (OTHER, "implicitDeny"),
        (f"arn:aws:iam::{OTHER}:root", "implicitDeny"),
    ):
        said = {} if owner is None else {"ResourceOwner": owner}
        (result,) = principal(
            iam,
            bob,
            ResourceArns=["arn:aws:s3:::bucket"],
            ResourcePolicy=resource_policy({"AWS": bob}),
            **said,
        )
        assert result.EvalDecision == verdict


def test_somebody_elses_call_with_ones_policies(iam):
    bob, eve = iam.user("bob").Arn, iam.user("eve").Arn
    policy = resource_policy({"AWS": eve})
    names = [queue(iam.account)]
    (result,) = principal(iam, bob, ResourceArns=names, ResourcePolicy=policy)
    assert result.EvalDecision == "implicitDeny"
    (result,) = principal(iam, bob, ResourceArns=names, ResourcePolicy=policy, CallerArn=eve)
    assert result.EvalDecision == "allowed"
    (result,) = custom(iam, DENY, ResourceArns=names, ResourcePolicy=policy, CallerArn=eve)
    assert result.EvalDecision == "explicitDeny"


@pytest.mark.parametrize("key", ["aws:PrincipalTag/team", "aws:userid"])
def test_nothing_is_told_of_somebody_in_another_account(iam, key):
    bob = iam.user("bob", Tags=[Tag(Key="team", Value="blue")]).Arn
    asks = document(statement("Allow", "sqs:*", Condition={"StringLike": {key: "?*"}}))
    (result,) = custom(iam, asks, CallerArn=bob)
    assert result.EvalDecision == "allowed"
    iam.as_other_account()
    (result,) = custom(iam, asks, CallerArn=bob)
    assert result.EvalDecision == "implicitDeny"
    assert result.MissingContextValues == [key]
    (result,) = principal(iam, iam.user("eve").Arn, PolicyInputList=[asks], CallerArn=bob)
    assert result.EvalDecision == "implicitDeny"


def test_a_key_policy_decides_for_its_account(iam):
    key = f"arn:aws:kms:eu-west-1:{iam.account}:key/1"
    bob = iam.user("bob").Arn
    policy = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{iam.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    )
    asked = {"ResourceArns": [key], "ResourcePolicy": policy}
    (result,) = principal(iam, bob, "kms:Decrypt", **asked)
    assert result.EvalDecision == "implicitDeny"
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=ADMIN)
    (result,) = principal(iam, bob, "kms:Decrypt", **asked)
    assert result.EvalDecision == "allowed"
    asked["ResourcePolicy"] = resource_policy({"AWS": OTHER})
    (result,) = principal(iam, bob, "kms:Decrypt", **asked)
    assert result.EvalDecision == "implicitDeny"


# --- Refusals and pages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"PolicyInputList": ["{"]},
        {"PermissionsBoundaryPolicyInputList": ["{"]},
        {"PermissionsBoundaryPolicyInputList": [SEND, SEND]},
        {"ResourcePolicy": SEND},
        {"ResourcePolicy": resource_policy("*")},
        {"CallerArn": f"arn:aws:sts::{OTHER}:assumed-role/a/b"},
        {"CallerArn": "nobody"},
        {"ResourceOwner": "nobody"},
        {"ActionNames": ["sqs:*"]},
        {"ActionNames": ["SendMessage"]},
        {"ResourceArns": ["*"] * 1_001},
        {"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": [SEND]}]},
    ],
)
def test_a_simulation_must_be_one(refused, parameters):
    asked = {"PolicyInputList": [SEND], "ActionNames": ["sqs:SendMessage"], **parameters}
    refused(InvalidInputException, None, "SimulateCustomPolicy", **asked)


def test_the_policy_source_must_be_the_accounts_own(iam, refused):
    for operation, more in (
        ("SimulatePrincipalPolicy", {"ActionNames": ["a:b"]}),
        ("GetContextKeysForPrincipalPolicy", {}),
    ):
        for arn in (f"arn:aws:iam::{OTHER}:user/bob", f"arn:aws:iam::{iam.account}:root", "x"):
            refused(
                InvalidInputException,
                f"Invalid Entity Arn: {arn} does not clearly define entity.",
                operation,
                PolicySourceArn=arn,
                **more,
            )
        for kind in ("user", "group", "role"):
            refused(
                NoSuchEntityException,
                f"The {kind} with name x cannot be found.",
                operation,
                PolicySourceArn=f"arn:aws:iam::{iam.account}:{kind}/x",
                **more,
            )


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_the_policy_source_has_the_arn_that_is_asked_for(iam, refused, kind):
    """Who may simulate it was decided by that ARN, which a Deny may name."""
    arn = getattr(iam, kind)("Bob", Path="/a/").Arn
    assert principal(iam, arn)
    for path, name in (("", "Bob"), ("x/", "Bob"), ("a/", "BOB")):
        for operation, more in (
            ("SimulatePrincipalPolicy", {"ActionNames": ["a:b"]}),
            ("GetContextKeysForPrincipalPolicy", {}),
        ):
            refused(
                NoSuchEntityException,
                f"The {kind} with name {name} cannot be found.",
                operation,
                PolicySourceArn=f"arn:aws:iam::{iam.account}:{kind}/{path}{name}",
                **more,
            )


def test_results_come_in_pages(iam):
    actions = [f"sqs:Action{number}" for number in range(5)]
    results = iam.pages(
        "SimulateCustomPolicy", "EvaluationResults", PolicyInputList=[SEND], ActionNames=actions
    )
    assert [each.EvalActionName for each in results] == actions


def test_a_page_has_fewer_actions_where_there_are_many_resources(iam, monkeypatch):
    monkeypatch.setattr(limits, "SIMULATED_DECISIONS", 6)
    answer = iam.ask(
        "SimulateCustomPolicy",
        PolicyInputList=[SEND],
        ActionNames=[f"sqs:Action{number}" for number in range(5)],
        ResourceArns=["a", "b", "c"],
    )
    assert len(answer.EvaluationResults) == 2
    assert answer.IsTruncated is True


# --- Context keys ---------------------------------------------------------------------------------

ASKS = document(
    statement(
        "Allow",
        "sqs:*",
        ["arn:aws:sqs:*:*:${aws:username}", "*"],
        Condition={
            "StringEquals": {"AWS:UserName": "x", "sns:Protocol": ["${aws:PrincipalTag/t, 'y'}"]},
            "Bool": {"aws:SecureTransport": True},
        },
    )
)


def test_context_keys_of_policies(iam):
    plain = '{"Version":"2012-10-17","Statement":' + json.dumps(statement("Allow", "a:b")) + "}"
    answer = iam.ask("GetContextKeysForCustomPolicy", PolicyInputList=[plain, ASKS])
    assert answer.ContextKeyNames == [
        "aws:username",
        "sns:Protocol",
        "aws:PrincipalTag/t",
        "aws:SecureTransport",
    ]


def test_context_keys_of_somebody(iam):
    bob = iam.user("bob").Arn
    iam.group()
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    iam.ask("PutGroupPolicy", GroupName="staff", PolicyName="p", PolicyDocument=ASKS)
    more = document(statement("Allow", "a:b", Condition={"Null": {"aws:Referer": "true"}}))
    answer = iam.ask(
        "GetContextKeysForPrincipalPolicy", PolicySourceArn=bob, PolicyInputList=[more]
    )
    assert "aws:SecureTransport" in answer.ContextKeyNames
    assert answer.ContextKeyNames[-1] == "aws:Referer"


def test_context_keys_need_policies(refused):
    refused(
        InvalidInputException,
        "PolicyInputList.1 is not a valid policy: Syntax errors in policy.",
        "GetContextKeysForCustomPolicy",
        PolicyInputList=["{"],
    )
