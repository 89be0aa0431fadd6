"""Roles: who may assume them, and what a session of one may do, is called and lasts."""

import datetime
import secrets

import pytest

from sdk.access.expect import denied, eventually
from sdk.access.principals import (
    ABROAD,
    HOME,
    Account,
    Principal,
    allow,
    deny,
    policy,
    trust,
    unique,
)
from sdk.refusals import refused

INVALID_TOKEN = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken")
ASSUME = "sts:AssumeRole"


@pytest.fixture(scope="module")
def worker(home):
    """A user who may assume every role that trusts its account, and nothing else."""
    return home.new_user(allow([ASSUME, "sts:TagSession", "sts:SetSourceIdentity"]))


def send(who, queue):
    return who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def receive(who, queue):
    return who.sqs.receive_message(QueueUrl=queue.url)


def seconds_left(answer):
    return (answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)).seconds


# Who may assume it.


def test_a_session_may_what_its_role_may_and_not_what_its_user_may(home, queue):
    user = home.new_user(allow([ASSUME, "sqs:ReceiveMessage"]))
    session = user.assume(home.new_role(trust(HOME), allow("sqs:SendMessage")).arn)
    send(session, queue)
    with denied("sqs:ReceiveMessage", session.arn):
        receive(session, queue)
    with denied("sqs:SendMessage"):
        send(user, queue)


def test_trusting_the_account_needs_a_policy_of_the_user(home, nobody, worker):
    role = home.new_role(trust(HOME))
    with denied(ASSUME, nobody.arn, role.arn):
        nobody.assume(role.arn)
    worker.assume(role.arn)


def test_trusting_the_user_itself_is_enough_in_one_account(home, nobody):
    nobody.assume(home.new_role(trust(nobody.arn)).arn)


def test_a_role_that_trusts_somebody_else(home, nobody, worker):
    role = home.new_role(trust(nobody.arn))
    with denied(ASSUME):
        worker.assume(role.arn)


def test_across_accounts_both_sides_must_allow(home, abroad, queue):
    guest = abroad.new_user()
    role = home.new_role(trust(ABROAD), allow("sqs:SendMessage"))
    with denied(ASSUME):
        guest.assume(role.arn)
    guest.may(allow(ASSUME, role.arn))
    session = guest.assume(role.arn)
    assert session.arn.startswith(f"arn:aws:sts::{HOME}:assumed-role/")
    send(session, queue)
    home.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust(HOME))
    with denied(ASSUME):
        guest.assume(role.arn)


def test_roots_may_not_assume_roles(new_server, confidences):
    """They may where the development keys are taken, which is documented."""
    secret = secrets.token_hex(20)
    environment = {
        "TIDEGATE_DEVELOPMENT_KEYS": "false",
        "TIDEGATE_CREDENTIALS": f"real-root:{secret}:{ABROAD}",
    }
    server = new_server(environment=environment)
    root = Account(server.endpoint, confidences, ABROAD, "real-root", secret)
    with denied("root"):
        root.assume(root.new_role(trust(ABROAD)).arn)
    development = Account(server.endpoint, confidences, HOME)
    with refused((*INVALID_TOKEN, "SignatureDoesNotMatch"), status=None):
        development.sts.get_caller_identity()


def test_a_role_that_does_not_exist_is_denied_as_one_that_does_not_trust(worker):
    with denied(ASSUME):
        worker.assume(f"arn:aws:iam::{HOME}:role/{unique('role')}")


def test_a_deny_in_the_trust_policy(home, worker):
    statement = {"Principal": {"AWS": worker.arn}, "Action": ASSUME}
    role = home.new_role(
        policy(
            {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": ASSUME},
            {"Effect": "Deny", **statement},
        )
    )
    with denied("explicit deny"):
        worker.assume(role.arn)


@pytest.mark.parametrize(
    ("given", "works"),
    [({}, False), ({"ExternalId": "other"}, False), ({"ExternalId": "ours"}, True)],
)
def test_external_id(home, abroad, given, works):
    guest = abroad.new_user(allow(ASSUME))
    condition = {"StringEquals": {"sts:ExternalId": "ours"}}
    role = home.new_role(trust(ABROAD, Condition=condition))
    if works:
        guest.assume(role.arn, **given)
    else:
        with denied(ASSUME):
            guest.assume(role.arn, **given)


def test_the_name_of_a_session_can_be_required(home, worker):
    condition = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    role = home.new_role(trust(HOME, Condition=condition))
    with denied(ASSUME):
        worker.assume(role.arn, "somebody")
    worker.assume(role.arn, worker.name)


def test_a_service_is_no_user(home, worker):
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    role = home.new_role(policy({**statement, "Action": ASSUME}))
    with denied(ASSUME):
        worker.assume(role.arn)


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        policy(allow(ASSUME)),
        trust("arn:aws:iam::000000000000:user/nobody-has-this-name"),
        policy({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sqs:SendMessage"}),
        policy({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": ASSUME, "Resource": "*"}),
    ],
    ids=["no-json", "no-principal", "unknown-principal", "other-service", "resource"],
)
def test_documents_that_are_no_trust_policy(home, document):
    with refused("MalformedPolicyDocument"):
        home.new_role(document)


# What a session may do.


def test_a_session_policy_narrows_and_grants_nothing(home, worker, queue):
    role = home.new_role(trust(HOME), allow(["sqs:SendMessage", "sqs:ReceiveMessage"]))
    session = worker.assume(role.arn, Policy=policy(allow(["sqs:SendMessage", "sqs:PurgeQueue"])))
    send(session, queue)
    with denied("sqs:ReceiveMessage", "no session policy allows"):
        receive(session, queue)
    with denied("sqs:PurgeQueue", "no identity-based policy allows"):
        session.sqs.purge_queue(QueueUrl=queue.url)


def test_a_deny_in_a_session_policy(home, worker, queue):
    role = home.new_role(trust(HOME), allow("sqs:*"))
    session = worker.assume(role.arn, Policy=policy(allow("*"), deny("sqs:SendMessage")))
    receive(session, queue)
    with denied("explicit deny in a session policy"):
        send(session, queue)


def test_managed_policies_as_session_policies(home, worker, queue):
    role = home.new_role(trust(HOME), allow("sqs:*"))
    arn = home.new_policy(allow("sqs:SendMessage"))
    session = worker.assume(role.arn, PolicyArns=[{"arn": arn}])
    send(session, queue)
    with denied("no session policy allows"):
        receive(session, queue)


def test_session_policies_together_are_2048_characters_at_most(home, worker):
    role = home.new_role(trust(HOME))
    long = policy(allow("sqs:SendMessage", [f"arn:aws:sqs:*:*:{'q' * 70}{i}" for i in range(30)]))
    assert len(long) > 2048
    with refused(("ValidationError", "PackedPolicyTooLarge")):
        worker.assume(role.arn, Policy=long)
    with refused("MalformedPolicyDocument"):
        worker.assume(role.arn, Policy="{}")


def test_a_change_of_the_role_reaches_its_sessions(home, worker, queue):
    role = home.new_role(trust(HOME), allow("sqs:SendMessage"))
    session = worker.assume(role.arn)
    send(session, queue)
    role.may(allow("sqs:ReceiveMessage"))
    with denied("sqs:SendMessage"):
        send(session, queue)
    receive(session, queue)


def test_sessions_are_revoked_by_the_time_of_their_token(home, worker, queue):
    """The policy that the console writes for "Revoke active sessions"."""
    role = home.new_role(trust(HOME), allow("sqs:*"))
    session = worker.assume(role.arn)
    send(session, queue)
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    condition = {"DateLessThan": {"aws:TokenIssueTime": now.isoformat()}}
    role.may(deny("*", Condition=condition), name="AWSRevokeOlderSessions")
    with denied("explicit deny"):
        send(session, queue)


def test_a_session_of_a_deleted_role_may_nothing(home, worker, queue):
    role = home.new_role(trust(HOME), allow("sqs:*"))
    session = worker.assume(role.arn)
    home.iam.delete_role_policy(RoleName=role.name, PolicyName="inline")
    home.iam.delete_role(RoleName=role.name)
    with refused(("AccessDenied", "AccessDeniedException", *INVALID_TOKEN), status=None):
        send(session, queue)


def test_a_queue_may_name_the_role_or_the_session(home, worker, queue):
    role = home.new_role(trust(HOME))
    session, other = worker.assume(role.arn, "first"), worker.assume(role.arn, "second")
    queue.set(Policy=policy(allow("sqs:SendMessage", queue.arn, Principal={"AWS": session.arn})))
    send(session, queue)
    with denied("sqs:SendMessage"):
        send(other, queue)
    queue.set(Policy=policy(allow("sqs:SendMessage", queue.arn, Principal={"AWS": role.arn})))
    send(other, queue)


def test_a_user_who_can_tag_the_session_gives_it_tags(home, worker, queue):
    role = home.new_role(
        policy(
            {
                "Effect": "Allow",
                "Principal": {"AWS": HOME},
                "Action": [ASSUME, "sts:TagSession"],
            }
        ),
        allow("sqs:SendMessage", Condition={"StringEquals": {"aws:PrincipalTag/team": "video"}}),
        Tags=[{"Key": "team", "Value": "audio"}],
    )
    with denied("sqs:SendMessage"):
        send(worker.assume(role.arn), queue)
    send(worker.assume(role.arn, Tags=[{"Key": "team", "Value": "video"}]), queue)


def test_tags_need_the_permission_to_tag_the_session(home, nobody, worker):
    tags = [{"Key": "team", "Value": "video"}]
    role = home.new_role(trust(HOME))
    with denied("sts:TagSession"):
        worker.assume(role.arn, Tags=tags)
    allowed = home.new_role(
        policy(
            {
                "Effect": "Allow",
                "Principal": {"AWS": nobody.arn},
                "Action": [ASSUME, "sts:TagSession"],
                "Condition": {"StringEquals": {"aws:RequestTag/team": "video"}},
            }
        )
    )
    nobody.assume(allowed.arn, Tags=tags)
    with denied(ASSUME):
        nobody.assume(allowed.arn, Tags=[{"Key": "team", "Value": "audio"}])


def test_illegal_session_tags(home, worker):
    role = home.new_role(
        policy(
            {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": [ASSUME, "sts:TagSession"]}
        )
    )
    for tags in (
        [{"Key": f"k{i}", "Value": "v"} for i in range(51)],
        [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}],
        [{"Key": "aws:k", "Value": "1"}],
        [{"Key": "k" * 129, "Value": "1"}],
        [{"Key": "k", "Value": "v" * 257}],
    ):
        with refused(("ValidationError", "InvalidParameterValue", "PackedPolicyTooLarge")):
            worker.assume(role.arn, Tags=tags)


# Chains.


@pytest.fixture
def chain(home):
    """Two roles: the user may assume the first, the first may assume the second."""
    trusting = policy(
        {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": [ASSUME, "sts:TagSession"]}
    )
    second = home.new_role(trusting, allow("sqs:*"), MaxSessionDuration=43200)
    first = home.new_role(trusting, allow([ASSUME, "sts:TagSession"], second.arn))
    return first, second


def test_a_role_assumes_another(worker, queue, chain):
    first, second = chain
    middle = worker.assume(first.arn)
    with denied("sqs:SendMessage"):
        send(middle, queue)
    send(middle.assume(second.arn), queue)


def test_a_chained_session_lasts_an_hour_at_most(worker, chain):
    first, second = chain
    middle = worker.assume(first.arn)
    with refused("ValidationError", containing="1 hour"):
        middle.assume(second.arn, DurationSeconds=3601)
    middle.assume(second.arn, DurationSeconds=3600)
    worker.assume(second.arn, DurationSeconds=43200)


def test_transitive_tags_pass_along_a_chain(home, worker, queue, chain):
    first, second = chain
    tags = [{"Key": "team", "Value": "video"}, {"Key": "stays", "Value": "behind"}]
    middle = worker.assume(first.arn, Tags=tags, TransitiveTagKeys=["team"])
    last = middle.assume(second.arn)
    for key, works in (("team", True), ("stays", False)):
        second.may(
            allow("sqs:SendMessage", Condition={"Null": {f"aws:PrincipalTag/{key}": "false"}})
        )
        if works:
            send(last, queue)
        else:
            with denied("sqs:SendMessage"):
                send(last, queue)
    with refused(("InvalidParameterValue", "ValidationError", "AccessDenied"), status=None):
        middle.assume(second.arn, Tags=[{"Key": "team", "Value": "audio"}])


def test_the_source_identity_stays_along_a_chain_and_cannot_be_changed(home, worker, queue):
    actions = [ASSUME, "sts:SetSourceIdentity"]
    trusting = policy({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": actions})
    condition = {"StringEquals": {"aws:SourceIdentity": "alice"}}
    second = home.new_role(trusting, allow("sqs:SendMessage", Condition=condition))
    first = home.new_role(trusting, allow(actions))
    middle = worker.assume(first.arn, SourceIdentity="alice")
    send(middle.assume(second.arn), queue)
    with refused(("AccessDenied", "ValidationError"), status=None):
        middle.assume(second.arn, SourceIdentity="bob")


# How long, and with which token.


@pytest.mark.parametrize(
    ("duration", "works"), [(899, False), (900, True), (3600, True), (3601, False), (43201, False)]
)
def test_limits_of_the_duration(home, worker, duration, works):
    role = home.new_role(trust(HOME))
    parameters = {"RoleArn": role.arn, "RoleSessionName": "ab", "DurationSeconds": duration}
    client = worker.client("sts", parameter_validation=False)
    if works:
        assert duration - 60 < seconds_left(client.assume_role(**parameters)) <= duration
    else:
        with refused("ValidationError"):
            client.assume_role(**parameters)


def test_a_role_may_allow_longer_sessions(home, worker):
    role = home.new_role(trust(HOME), MaxSessionDuration=7200)
    worker.assume(role.arn, DurationSeconds=7200)
    with refused("ValidationError", containing="MaxSessionDuration"):
        worker.assume(role.arn, DurationSeconds=7201)
    home.iam.update_role(RoleName=role.name, MaxSessionDuration=3600)
    with refused("ValidationError", containing="MaxSessionDuration"):
        worker.assume(role.arn, DurationSeconds=7200)


def test_a_session_lasts_an_hour_unless_said_otherwise(home, worker):
    role = home.new_role(trust(HOME))
    answer = worker.sts.assume_role(RoleArn=role.arn, RoleSessionName="ab")
    assert 3500 < seconds_left(answer) <= 3600


@pytest.mark.parametrize("name", ["a", "a" * 65, "with space", "a/b"])
def test_names_that_no_session_can_have(home, worker, name):
    role = home.new_role(trust(HOME))
    client = worker.client("sts", parameter_validation=False)
    with refused("ValidationError"):
        client.assume_role(RoleArn=role.arn, RoleSessionName=name)


def altered(session, **changes):
    parts = {"access_key": session.access_key, "secret": session.secret, "token": session.token}
    return Principal(session.endpoint, session.confidences, **{**parts, **changes})


@pytest.fixture(scope="module")
def session(home, worker):
    role = home.new_role(trust(HOME), allow("*"))
    return worker.assume(role.arn)


@pytest.mark.parametrize("service", ["sqs", "sts", "iam", "kms"])
@pytest.mark.parametrize("change", ["none", "cut", "letter", "other", "nonsense"])
def test_a_session_without_its_own_token_is_nobody(home, worker, session, service, change):
    other = worker.assume(home.new_role(trust(HOME)).arn)
    middle = len(session.token) // 2
    letter = "A" if session.token[middle] != "A" else "B"
    token = {
        "none": None,
        "cut": session.token[:-4],
        "letter": session.token[:middle] + letter + session.token[middle + 1 :],
        "other": other.token,
        "nonsense": "nonsense",
    }[change]
    stranger = altered(session, token=token)
    ask = {
        "sqs": lambda: stranger.sqs.list_queues(),
        "sts": lambda: stranger.sts.get_caller_identity(),
        "iam": lambda: stranger.iam.list_users(),
        "kms": lambda: stranger.kms.list_keys(),
    }[service]
    codes = (*INVALID_TOKEN, "InvalidSignatureException", "SignatureDoesNotMatch")
    with refused(codes, status=None):
        ask()


def test_a_session_with_another_secret(session):
    with refused(("InvalidSignatureException", "SignatureDoesNotMatch"), status=None):
        altered(session, secret="x" * 40).sqs.list_queues()


def test_a_users_key_with_the_token_of_a_session(worker, session):
    mixed = altered(session, access_key=worker.access_key, secret=worker.secret)
    with refused((*INVALID_TOKEN, "SignatureDoesNotMatch"), status=None):
        mixed.sts.get_caller_identity()


def test_keys_of_sessions_look_like_keys_of_sessions(home, abroad, session):
    assert session.access_key.startswith("ASIA")
    assert abroad.sts.get_access_key_info(AccessKeyId=session.access_key)["Account"] == HOME


def test_a_session_outlives_the_key_that_began_it(home, queue):
    """A role's session stands on the role, not on the user who assumed it."""
    user = home.new_user(allow(ASSUME))
    session = user.assume(home.new_role(trust(HOME), allow("sqs:SendMessage")).arn)
    home.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Inactive")
    send(session, queue)


def test_last_use_of_a_role(home, worker, queue):
    role = home.new_role(trust(HOME), allow("sqs:SendMessage"))

    def last_used():
        return home.iam.get_role(RoleName=role.name)["Role"].get("RoleLastUsed") or {}

    assert last_used() == {}
    send(worker.assume(role.arn), queue)
    eventually(lambda: last_used().get("Region") == "us-east-1")
