"""Temporary keys of users and roots, who everybody is, and sessions that have ended."""

import datetime
import os
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from sdk.access.expect import denied
from sdk.access.principals import ABROAD, HOME, Principal, allow, policy, trust, unique
from sdk.raw_http import FORM_TYPE, Connection, Signer, request
from sdk.refusals import refused
from server_process import ServerProcess

EXPIRED = ("ExpiredToken", "ExpiredTokenException")


def send(who, queue):
    return who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def session_of(who, **parameters):
    return who.with_key(who.sts.get_session_token(**parameters))


def federated(who, name="Bob", **parameters):
    answer = who.sts.get_federation_token(Name=name, **parameters)
    return who.with_key(answer, name=name, arn=answer["FederatedUser"]["Arn"])


# Who am I?


def test_identity_of_a_root(home, abroad):
    for root, number in ((home, HOME), (abroad, ABROAD)):
        identity = root.sts.get_caller_identity()
        assert identity["Account"] == identity["UserId"] == number
        assert identity["Arn"] == f"arn:aws:iam::{number}:root"


def test_identity_of_a_user(home):
    user = home.new_user(Path="/team/video/")
    identity = user.sts.get_caller_identity()
    assert identity["Account"] == HOME
    assert identity["Arn"] == f"arn:aws:iam::{HOME}:user/team/video/{user.name}"
    assert identity["UserId"] == home.iam.get_user(UserName=user.name)["User"]["UserId"]
    assert identity["UserId"].startswith("AIDA")


def test_identity_of_a_role(home, nobody):
    role = home.new_role(trust(nobody.arn), Path="/service/")
    session = nobody.assume(role.arn, "job@host")
    identity = session.sts.get_caller_identity()
    role_id = home.iam.get_role(RoleName=role.name)["Role"]["RoleId"]
    assert role_id.startswith("AROA")
    assert identity["UserId"] == f"{role_id}:job@host"
    # The path of a role is no part of the ARN of its sessions.
    assert identity["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/{role.name}/job@host"
    assert identity["Account"] == HOME


def test_identity_of_a_session_is_that_of_its_user(home):
    user = home.new_user()
    session = session_of(user)
    for field in ("UserId", "Account", "Arn"):
        assert session.sts.get_caller_identity()[field] == user.sts.get_caller_identity()[field]


def test_identity_of_a_federated_user(home):
    user = home.new_user(allow("sts:GetFederationToken"))
    identity = federated(user, "Bob").sts.get_caller_identity()
    assert identity["UserId"] == f"{HOME}:Bob"
    assert identity["Arn"] == f"arn:aws:sts::{HOME}:federated-user/Bob"


def test_nobody_can_be_kept_from_asking_who_they_are(home, nobody):
    user = home.new_user({"Effect": "Deny", "Action": "*", "Resource": "*"})
    assert user.sts.get_caller_identity()["Arn"] == user.arn
    assert nobody.sts.get_caller_identity()["Arn"] == nobody.arn


# GetSessionToken.


def test_a_session_may_what_its_user_may(home, queue):
    user = home.new_user(allow("sqs:SendMessage"))
    session = session_of(user, DurationSeconds=900)
    send(session, queue)
    with denied("sqs:ReceiveMessage"):
        session.sqs.receive_message(QueueUrl=queue.url)
    user.may(allow("sqs:ReceiveMessage"))
    session.sqs.receive_message(QueueUrl=queue.url)
    with denied("sqs:SendMessage"):
        send(session, queue)


def test_a_session_needs_no_permission(nobody):
    session_of(nobody)


def test_a_session_without_mfa_may_call_no_iam_and_little_of_sts(home):
    """ "You cannot call any IAM API operations unless MFA information is included."""
    user = home.new_user(allow("*"))
    session = session_of(user)
    with refused(("AccessDenied", "InvalidClientTokenId"), status=403):
        session.iam.list_users()
    session.sts.get_caller_identity()
    session.assume(home.new_role(trust(HOME)).arn)
    for ask in (
        lambda: session.sts.get_session_token(),
        lambda: session.sts.get_federation_token(Name="Bob"),
    ):
        with refused("AccessDenied", status=403):
            ask()


def test_a_role_gets_no_session_token(home, nobody):
    session = nobody.assume(home.new_role(trust(nobody.arn), allow("*")).arn)
    for ask in (
        lambda: session.sts.get_session_token(),
        lambda: session.sts.get_federation_token(Name="Bob"),
    ):
        with refused("AccessDenied", status=403):
            ask()


@pytest.mark.parametrize(
    ("duration", "works"), [(899, False), (900, True), (129600, True), (129601, False)]
)
def test_limits_of_the_duration_of_a_users_session(nobody, duration, works):
    client = nobody.client("sts", parameter_validation=False)
    if works:
        answer = client.get_session_token(DurationSeconds=duration)
        left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
        assert duration - 60 < left.total_seconds() <= duration
    else:
        with refused("ValidationError"):
            client.get_session_token(DurationSeconds=duration)


def test_a_roots_session_lasts_an_hour_at_most(home):
    answer = home.sts.get_session_token(DurationSeconds=7200)
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    assert 3500 < left.total_seconds() <= 3600
    root = home.with_key(answer)
    assert root.sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{HOME}:root"
    root.sqs.list_queues()


def test_a_session_ends_with_the_key_of_its_user(home, queue):
    """The temporary keys stand on the user: without its key, or without itself, they are void."""
    user = home.new_user(allow("sqs:*"))
    session = session_of(user)
    send(session, queue)
    home.iam.delete_user_policy(UserName=user.name, PolicyName="inline")
    home.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    home.iam.delete_user(UserName=user.name)
    codes = ("InvalidClientTokenId", "UnrecognizedClientException", "AccessDenied")
    with refused(codes, status=None):
        send(session, queue)


# GetFederationToken.


def test_a_federated_user_may_what_both_the_user_and_the_session_policy_allow(home, queue):
    user = home.new_user(allow(["sts:GetFederationToken", "sqs:SendMessage", "sqs:ListQueues"]))
    guest = federated(user, Policy=policy(allow(["sqs:SendMessage", "sqs:PurgeQueue"], queue.arn)))
    send(guest, queue)
    with denied("sqs:ListQueues", "session policy"):
        guest.sqs.list_queues()
    with denied("sqs:PurgeQueue"):
        guest.sqs.purge_queue(QueueUrl=queue.url)


def test_a_federated_user_without_a_session_policy_may_nothing(home, queue):
    guest = federated(home.new_user(allow("*")))
    with denied("sqs:SendMessage"):
        send(guest, queue)


def test_a_queue_may_name_a_federated_user(home, queue):
    guest = federated(home.new_user(allow("sts:GetFederationToken")), "Carol")
    queue.set(Policy=policy(allow("sqs:SendMessage", queue.arn, Principal={"AWS": guest.arn})))
    send(guest, queue)


def test_federation_needs_permission(nobody):
    with denied("sts:GetFederationToken"):
        nobody.sts.get_federation_token(Name="Bob")


def test_a_federated_user_calls_no_iam(home):
    guest = federated(home.new_user(allow("*")), Policy=policy(allow("*")))
    with refused(("AccessDenied", "InvalidClientTokenId"), status=403):
        guest.iam.list_users()


def test_tags_of_a_federated_user(home, queue):
    tagging = ["sts:GetFederationToken", "sts:TagSession", "sqs:SendMessage"]
    user = home.new_user(allow(tagging))
    condition = {"StringEquals": {"aws:PrincipalTag/team": "video"}}
    session_policy = policy(allow("sqs:SendMessage", Condition=condition))
    guest = federated(user, Policy=session_policy, Tags=[{"Key": "team", "Value": "video"}])
    send(guest, queue)
    other = federated(user, Policy=session_policy, Tags=[{"Key": "team", "Value": "audio"}])
    with denied("sqs:SendMessage"):
        send(other, queue)


# The end of a session.

# What the server's Python imports first: a clock that is off by the seconds in a file.
OTHER_CLOCK = """
import os, time
seconds, nanoseconds = time.time, time.time_ns
def off():
    with open(os.environ["CLOCK_FILE"]) as file:
        return int(file.read())
time.time = lambda: seconds() + off()
time.time_ns = lambda: nanoseconds() + off() * 10**9
"""
BEHIND_S = 1200
IAM, STS, SQS = ("iam", "2010-05-08"), ("sts", "2011-06-15"), ("sqs", "2012-11-05")


class Caller:
    """Asks in the Query protocol, over one connection, with signatures of any time."""

    def __init__(self, endpoint):
        self._connection = Connection(endpoint)
        self.key = {"AccessKeyId": "test", "SecretAccessKey": "test"}

    def ask(self, api, action, off_s=0, **parameters):
        service, version = api
        body = urlencode({"Action": action, "Version": version, **parameters}).encode()
        at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=off_s)
        signer = Signer(
            self.key["AccessKeyId"], self.key["SecretAccessKey"], service=service, at=at
        )
        base = {"Host": self._connection.host, "Content-Type": FORM_TYPE}
        if "SessionToken" in self.key:
            base["X-Amz-Security-Token"] = self.key["SessionToken"]
        headers = signer.headers("POST", "/", base, body)
        return self._connection.ask(request("POST", "/", headers, body))

    def made(self, api, action, **parameters):
        """The elements of the answer that have text, by their names; asked in the past."""
        answer = self.ask(api, action, -BEHIND_S, **parameters)
        assert answer.status == 200, answer
        return {
            element.tag.rpartition("}")[2]: element.text
            for element in ElementTree.fromstring(answer.text).iter()
        }

    def close(self):
        self._connection.socket.close()


@pytest.fixture(scope="module")
def after_twenty_minutes(tmp_path_factory, confidences):
    """A session that is over, one that is not, and a connection that knows the first from before.

    They are of a server whose clock was behind and then was set right.
    """
    folder = tmp_path_factory.mktemp("clock")
    (folder / "sitecustomize.py").write_text(OTHER_CLOCK)
    clock = folder / "clock"
    clock.write_text(str(-BEHIND_S))
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    environment = {"PYTHONPATH": path, "CLOCK_FILE": str(clock)}
    server = ServerProcess(folder / "data", environment=environment).start()
    caller = Caller(server.endpoint)
    name = unique("user")
    caller.made(IAM, "CreateUser", UserName=name)
    statement = policy(allow("sqs:*"))
    caller.made(IAM, "PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=statement)
    caller.key = caller.made(IAM, "CreateAccessKey", UserName=name)
    over = caller.made(STS, "GetSessionToken", DurationSeconds="900")
    alive = caller.made(STS, "GetSessionToken", DurationSeconds="3600")
    caller.key = over
    caller.made(SQS, "ListQueues")
    clock.write_text("0")
    nobody = Principal(server.endpoint, confidences)
    sessions = [nobody.with_key({"Credentials": answer}, name=name) for answer in (over, alive)]
    yield (*sessions, caller)
    caller.close()
    server.close()


@pytest.mark.parametrize("service", ["sqs", "iam", "sts", "kms"])
def test_a_session_that_is_over_is_refused_and_says_so(after_twenty_minutes, service):
    over, _, _ = after_twenty_minutes
    ask = {
        "sqs": lambda: over.sqs.list_queues(),
        "iam": lambda: over.iam.list_users(),
        "sts": lambda: over.sts.get_caller_identity(),
        "kms": lambda: over.kms.list_keys(),
    }[service]
    with refused(EXPIRED, containing="expired", status=None):
        ask()


def test_a_session_ends_on_a_connection_that_it_was_used_on(after_twenty_minutes):
    """What the server remembers of a session does not outlive it."""
    _, _, caller = after_twenty_minutes
    answer = caller.ask(SQS, "ListQueues")
    assert answer.status == 403
    assert "ExpiredToken" in answer.text


def test_a_session_that_is_not_over_goes_on(after_twenty_minutes):
    _, alive, _ = after_twenty_minutes
    assert alive.sts.get_caller_identity()["Arn"].endswith(f":user/{alive.name}")
    alive.sqs.list_queues()
