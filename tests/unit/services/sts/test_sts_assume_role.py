"""AssumeRole: whom a role trusts, how long a session lasts, and what it has.

Source: the STS service model (botocore 1.44.5, AssumeRole), and the IAM user guide's pages "Roles
terms and concepts", "Passing session tags in AWS STS" and "Monitor and control actions taken with
assumed roles".
"""

import json

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidParameterValueException,
    MalformedPolicyDocumentException,
    PackedPolicyTooLargeException,
    ValidationException,
)

ACCOUNT = "111122223333"
OTHER = "444455556666"
ALLOW_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


def statement(principal, *, action="sts:AssumeRole", effect="Allow", **condition):
    found = {"Effect": effect, "Principal": principal, "Action": action}
    return found | ({"Condition": condition} if condition else {})


def assume(sts, principal, role, keys=None, **members):
    members = {"RoleSessionName": "one"} | members
    return sts.ask("AssumeRole", principal, keys, RoleArn=role.arn, **members)


def denied(sts, principal, arn, keys=None, **members):
    members = {"RoleSessionName": "one"} | members
    refusal = sts.refused("AssumeRole", principal, keys, RoleArn=arn, **members)
    assert isinstance(refusal, AccessDeniedException)
    return refusal.message


def test_answer(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    answer = assume(sts, ann, role, RoleSessionName="job-7", SourceIdentity="ann")
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/job-7"
    assert answer.AssumedRoleUser.Arn == arn
    assert answer.AssumedRoleUser.AssumedRoleId == f"{role.id}:job-7"
    assert answer.SourceIdentity == "ann"
    assert answer.PackedPolicySize is None
    assert answer.Credentials.Expiration == sts.now + 3600
    assert answer.Credentials.AccessKeyId.startswith("ASIA")
    assert answer.SessionTokenSize == len(answer.Credentials.SessionToken)
    assert answer.SessionTokenUtilization in range(1, 15)
    principal = sts.open(answer.Credentials)
    assert (principal.kind, principal.arn, principal.name) == ("AssumedRole", arn, "worker")
    assert principal.session.issued_at == sts.now


def test_minimum_size_of_the_token(sts):
    ann = sts.user()
    answer = assume(sts, ann, sts.role(ann.arn), MinimumSessionTokenSize=4096)
    assert len(answer.Credentials.SessionToken) >= 4096
    assert answer.SessionTokenUtilization >= 100
    sts.open(answer.Credentials)


# --- Whom a role trusts --------------------------------------------------------------------------


def test_user_who_is_named_needs_no_policy(sts):
    ann = sts.user()
    assume(sts, ann, sts.role(ann.arn))


def test_account_that_is_named_lets_its_own_policies_decide(sts):
    role = sts.role(f"arn:aws:iam::{ACCOUNT}:root")
    assume(sts, sts.user("ann", allow="sts:AssumeRole"), role)
    assert denied(sts, sts.user("bob"), role.arn) == (
        f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: sts:AssumeRole on "
        f"resource: {role.arn} because no identity-based policy allows the sts:AssumeRole action"
    )


def test_policy_alone_is_not_enough(sts):
    ann = sts.user(allow="*")
    role = sts.role(sts.user("bob").arn)
    assert denied(sts, ann, role.arn).startswith(
        f"User: {ann.arn} is not authorized to perform: sts:AssumeRole on resource: {role.arn}"
    )


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("trusted", ["user", "account", "nobody"])
def test_both_accounts_must_allow(sts, own, trusted):
    ann = sts.user(account=OTHER, allow="sts:AssumeRole" if own else None)
    trust = {
        "user": ann.arn,
        "account": f"arn:aws:iam::{OTHER}:root",
        "nobody": f"arn:aws:iam::{ACCOUNT}:root",
    }[trusted]
    role = sts.role(trust)
    if own and trusted != "nobody":
        assert assume(sts, ann, role).AssumedRoleUser.Arn.startswith(f"arn:aws:sts::{ACCOUNT}:")
    else:
        # Whose policy it was is not told to another account.
        assert denied(sts, ann, role.arn) == (
            f"User: {ann.arn} is not authorized to perform: sts:AssumeRole on resource: {role.arn}"
        )


@pytest.mark.parametrize("account", [ACCOUNT, OTHER])
def test_role_that_is_not_there_is_denied_like_one_that_trusts_nobody(sts, account):
    ann = sts.user(allow="*")
    role = sts.role(f"arn:aws:iam::{999999999999}:root", account=account)
    missing = f"arn:aws:iam::{account}:role/missing"
    assert denied(sts, ann, missing) == denied(sts, ann, role.arn).replace(role.arn, missing)


def test_path_is_a_part_of_a_roles_name(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    denied(sts, ann, role.arn.replace("role/", "role/team/"))


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/ann", "Request ARN is invalid"),
        ("arn:aws:iam::12:role/worker-of-ann", "Request ARN is invalid"),
        ("a-role-that-has-no-arn", "a-role-that-has-no-arn is invalid"),
    ],
)
def test_what_is_no_roles_arn(sts, arn, text):
    refusal = sts.refused("AssumeRole", sts.user(), RoleArn=arn, RoleSessionName="one")
    assert refusal == ValidationException(text)


def test_root_assumes_no_role(sts, sts_with):
    role = sts.role(f"arn:aws:iam::{ACCOUNT}:root")
    assert denied(sts, sts.root(), role.arn) == "Roles may not be assumed by root accounts."
    lenient = sts_with(roots_assume=True)
    assume(lenient, lenient.root(), lenient.role(f"arn:aws:iam::{ACCOUNT}:root"))
    nobody = lenient.role(f"arn:aws:iam::{OTHER}:root", "closed")
    denied(lenient, lenient.root(), nobody.arn)


def test_explicit_deny_of_the_trust_policy(sts):
    ann = sts.user()
    role = sts.role([statement("*"), statement({"AWS": ann.arn}, effect="Deny")])
    assert denied(sts, ann, role.arn).endswith("with an explicit deny in the role trust policy")


def test_user_who_was_made_again_is_somebody_else(sts):
    ann = sts.user(user_id="AIDA111111111111")
    role = sts.role(ann.arn, trusted_ids={ann.arn: "AIDA111111111111"})
    assume(sts, ann, role)
    again = sts.user(user_id="AIDA222222222222")
    denied(sts, again, role.arn)


# --- Conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {"ExternalId": "x-1"}, {"ExternalId": "x-2"}),
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {"ExternalId": "x-1"}, {}),
        (
            {"StringLike": {"sts:RoleSessionName": "${aws:username}"}},
            {"RoleSessionName": "ann"},
            {"RoleSessionName": "bob"},
        ),
        (
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}},
            {},
            None,
        ),
        (
            {"StringLike": {"sts:SourceIdentity": "a*"}},
            {"SourceIdentity": "ann"},
            {"SourceIdentity": "bob"},
        ),
        ({"StringEquals": {"aws:ResourceTag/Team": "a"}}, {}, None),
        ({"StringEquals": {"iam:ResourceTag/team": "a"}}, {}, None),
    ],
)
def test_condition_of_a_trust_policy(sts, condition, good, bad):
    ann = sts.user(allow="sts:*")
    trust = {"Effect": "Allow", "Principal": {"AWS": ann.arn}, "Condition": condition}
    action = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    role = sts.role([trust | {"Action": action}], tags={"team": "a"})
    assume(sts, ann, role, **good)
    if bad is None:
        other = sts.user("bob")
        denied(sts, other, role.arn, **good)
    else:
        denied(sts, ann, role.arn, **bad)


def test_condition_on_the_request(sts):
    ann = sts.user()
    role = sts.role([statement({"AWS": ann.arn}, IpAddress={"aws:SourceIp": "10.0.0.0/8"})])
    assume(sts, ann, role, {"aws:sourceip": "10.1.2.3"})
    denied(sts, ann, role.arn, {"aws:sourceip": "11.1.2.3"})


def test_multi_factor_authentication_is_never_there(sts):
    ann = sts.user()
    role = sts.role([statement({"AWS": ann.arn}, Bool={"aws:MultiFactorAuthPresent": "true"})])
    denied(sts, ann, role.arn)
    members = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/ann", "TokenCode": "123456"}
    assert denied(sts, ann, role.arn, **members).startswith("MultiFactorAuthentication failed")


# --- How long ------------------------------------------------------------------------------------


def test_duration(sts):
    ann = sts.user()
    role = sts.role(ann.arn, max_session_s=7200)
    for seconds in (900, 7200):
        answer = assume(sts, ann, role, DurationSeconds=seconds)
        assert answer.Credentials.Expiration == sts.now + seconds
    refusal = sts.refused(
        "AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", DurationSeconds=7201
    )
    assert refusal == ValidationException(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def test_chained_role_lasts_an_hour_at_most(sts):
    ann = sts.user()
    first = sts.role(ann.arn)
    second = sts.role(first.arn, "second", max_session_s=43200)
    session = sts.assumed(ann, first)
    assert assume(sts, session, second).Credentials.Expiration == sts.now + 3600
    refusal = sts.refused(
        "AssumeRole", session, RoleArn=second.arn, RoleSessionName="one", DurationSeconds=3601
    )
    assert refusal == ValidationException(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining"
    )


# --- Session policies ----------------------------------------------------------------------------


def test_session_policies_come_with_the_session(sts):
    ann = sts.user()
    managed = sts.policy("small")
    aws = "arn:aws:iam::aws:policy/AdministratorAccess"
    answer = assume(
        sts,
        ann,
        sts.role(ann.arn),
        Policy=ALLOW_ALL,
        PolicyArns=[{"arn": managed.arn}, {"arn": aws}],
    )
    session = sts.open(answer.Credentials).session
    assert session.policies == (ALLOW_ALL,)
    assert session.policy_arns == (managed.arn, aws)
    assert answer.PackedPolicySize in range(1, 30)


def test_session_policy_bounds_what_the_session_may_assume(sts):
    ann = sts.user()
    first = sts.role(ann.arn, inline={"own": ALLOW_ALL})
    second = sts.role(f"arn:aws:iam::{ACCOUNT}:root", "second")
    assume(sts, sts.assumed(ann, first), second)
    nothing = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
    for policy in (nothing, ALLOW_ALL.replace('"Action":"*"', '"Action":"sqs:*"')):
        denied(sts, sts.assumed(ann, first, Policy=policy), second.arn)


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("{", "Syntax errors in policy."),
        ('{"Version":"2012-10-17"}', "Syntax errors in policy."),
        (
            ALLOW_ALL.replace("{", '{"Principal":"*",', 2).replace('{"Principal":"*",', "{", 1),
            "Policy document should not specify a principal.",
        ),
    ],
)
def test_malformed_session_policy(sts, policy, text):
    ann = sts.user()
    role = sts.role(ann.arn)
    refusal = sts.refused("AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", Policy=policy)
    assert refusal == MalformedPolicyDocumentException(text)


def test_too_much_policy(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    resources = [f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue-{number}" for number in range(60)]
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "*", "Resource": resources},
        }
    )
    refusal = sts.refused("AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", Policy=policy)
    percent = -(-len(policy) * 100 // 2048)
    assert refusal == PackedPolicyTooLargeException(
        f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
    )


def test_managed_session_policies_must_be_there(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    foreign = sts.policy("foreign", OTHER)
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/missing", foreign.arn):
        refusal = sts.refused(
            "AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", PolicyArns=[{"arn": arn}]
        )
        assert refusal == ValidationException(f"Policy {arn} does not exist or is not attachable.")


def test_ten_managed_session_policies_at_most(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    arns = [{"arn": sts.policy(f"p{number}").arn} for number in range(11)]
    assume(sts, ann, role, PolicyArns=arns[:10])
    refusal = sts.refused(
        "AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", PolicyArns=arns
    )
    assert isinstance(refusal, ValidationException)


# --- Session tags --------------------------------------------------------------------------------


def tags(**values):
    return [{"Key": name, "Value": value} for name, value in values.items()]


def test_session_tags(sts):
    ann = sts.user()
    session = sts.assumed(
        ann, sts.role(ann.arn), Tags=tags(team="a", cost="7"), TransitiveTagKeys=["team"]
    ).session
    assert session.tags == {"team": "a", "cost": "7"}
    assert session.transitive_tags == ("team",)


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_tags_and_source_identity_need_permissions_of_their_own(sts, action):
    ann = sts.user()
    role = sts.role([statement({"AWS": ann.arn})])
    members = {"Tags": tags(team="a")} if "Tag" in action else {"SourceIdentity": "ann"}
    assert denied(sts, ann, role.arn, **members).startswith(
        f"User: {ann.arn} is not authorized to perform: {action} on resource: {role.arn}"
    )


def test_both_accounts_must_allow_tags(sts):
    ann = sts.user(account=OTHER, allow="sts:AssumeRole")
    role = sts.role(ann.arn)
    assert "sts:TagSession" in denied(sts, ann, role.arn, Tags=tags(team="a"))
    assume(sts, sts.user(account=OTHER, allow="sts:*"), role, Tags=tags(team="a"))


def test_trust_policy_tells_which_tags(sts):
    ann = sts.user()
    trust = statement(
        {"AWS": ann.arn}, action="sts:TagSession", StringEquals={"aws:RequestTag/Team": "a"}
    )
    role = sts.role([statement({"AWS": ann.arn}), trust])
    assume(sts, ann, role, Tags=tags(team="a"))
    denied(sts, ann, role.arn, Tags=tags(team="b"))


def test_transitive_tags_pass_on_and_others_do_not(sts):
    ann = sts.user()
    first = sts.role(ann.arn)
    second = sts.role(first.arn, "second")
    third = sts.role(second.arn, "third")
    session = sts.assumed(ann, first, Tags=tags(team="a", cost="7"), TransitiveTagKeys=["Team"])
    session = sts.assumed(session, second, Tags=tags(cost="8"))
    assert session.session.tags == {"team": "a", "cost": "8"}
    session = sts.assumed(session, third)
    assert session.session.tags == {"team": "a"}
    assert session.session.transitive_tags == ("team",)


def test_inherited_tags_need_the_permission_to_tag(sts):
    ann = sts.user()
    first = sts.role(ann.arn)
    second = sts.role([statement({"AWS": first.arn})], "second")
    session = sts.assumed(ann, first, Tags=tags(team="a"), TransitiveTagKeys=["team"])
    assert "sts:TagSession" in denied(sts, session, second.arn)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"Tags": tags(team="a", Team="b")},
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            {"Tags": [{"Key": "aws:x", "Value": "a"}]},
            "aws: prefixed tag key names are not allowed for external use.",
        ),
        (
            {"Tags": tags(team="a"), "TransitiveTagKeys": ["cost"]},
            "The specified transitive tag key must be included in the requested tags.",
        ),
    ],
)
def test_bad_tags(sts, members, text):
    ann = sts.user()
    role = sts.role(ann.arn)
    refusal = sts.refused("AssumeRole", ann, RoleArn=role.arn, RoleSessionName="one", **members)
    assert refusal == InvalidParameterValueException(text)


def test_inherited_tag_stays_what_it_is(sts):
    ann = sts.user()
    first = sts.role(ann.arn)
    second = sts.role(first.arn, "second")
    session = sts.assumed(ann, first, Tags=tags(team="a"), TransitiveTagKeys=["team"])
    refusal = sts.refused(
        "AssumeRole", session, RoleArn=second.arn, RoleSessionName="one", Tags=tags(Team="b")
    )
    assert refusal == InvalidParameterValueException(
        "One of the specified transitive tag keys can't be set because it conflicts with a "
        "transitive tag key from the calling session."
    )


def test_source_identity_stays_through_a_chain(sts):
    ann = sts.user()
    first = sts.role(ann.arn)
    second = sts.role(first.arn, "second")
    session = sts.assumed(ann, first, SourceIdentity="ann")
    assert sts.assumed(session, second).session.source_identity == "ann"
    assert sts.assumed(session, second, SourceIdentity="ann").session.source_identity == "ann"
    message = denied(sts, session, second.arn, SourceIdentity="bob")
    assert "sts:SetSourceIdentity" in message


# --- Who may not ---------------------------------------------------------------------------------


def test_federated_user_assumes_no_role(sts):
    ann = sts.user()
    answer = sts.ask("GetFederationToken", ann, Name="guest", Policy=ALLOW_ALL)
    role = sts.role(ann.arn)
    denied(sts, sts.open(answer.Credentials), role.arn)


def test_session_of_a_user_assumes_roles(sts):
    ann = sts.user()
    answer = sts.ask("GetSessionToken", ann)
    assume(sts, sts.open(answer.Credentials), sts.role(ann.arn))


def test_context_assertions_are_nobodys(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    refusal = sts.refused(
        "AssumeRole",
        ann,
        RoleArn=role.arn,
        RoleSessionName="one",
        ProvidedContexts=[{"ProviderArn": role.arn, "ContextAssertion": "abcd"}],
    )
    assert isinstance(refusal, InvalidParameterValueException)


@pytest.mark.parametrize(
    "members",
    [
        {"RoleSessionName": "a"},
        {"RoleSessionName": "a b"},
        {"DurationSeconds": 899},
        {"DurationSeconds": 43201},
        {"ExternalId": "x"},
        {"TokenCode": "12345"},
        {"SourceIdentity": "aws:me"},
        {"MinimumSessionTokenSize": 4097},
        {"Policy": "\u0100"},
    ],
)
def test_members_out_of_bounds(sts, members):
    ann = sts.user()
    role = sts.role(ann.arn)
    members = {"RoleSessionName": "one"} | members
    refusal = sts.refused("AssumeRole", ann, RoleArn=role.arn, **members)
    assert isinstance(refusal, ValidationException)
