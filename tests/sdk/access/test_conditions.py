"""Condition keys and policy variables, as they come from a real request over a real socket."""

import datetime
import sys
import time

import pytest

from sdk.access.expect import denied, eventually
from sdk.access.principals import HOME, Account, allow, deny, policy, trust, unique
from sdk.raw_http import Connection, Signer, get_call
from server_process import ServerProcess
from tls_files import TlsFiles

NOW = datetime.datetime.now(datetime.UTC)
YESTERDAY = (NOW - datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
TOMORROW = (NOW + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def user(home):
    return home.new_user(Tags=[{"Key": "team", "Value": "video"}, {"Key": "level", "Value": "7"}])


def send(who, queue):
    who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def sends(who, queue, works):
    if works:
        send(who, queue)
    else:
        with denied("sqs:SendMessage"):
            send(who, queue)


CASES = [
    ("IpAddress", "aws:SourceIp", "127.0.0.1/32", True),
    ("IpAddress", "aws:SourceIp", "127.0.0.1", True),
    ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "127.0.0.0/8"], True),
    ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "::1/128"], False),
    ("NotIpAddress", "aws:SourceIp", "127.0.0.0/8", False),
    ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", True),
    ("Bool", "aws:SecureTransport", "false", True),
    ("Bool", "aws:SecureTransport", "true", False),
    ("Bool", "aws:ViaAWSService", "false", True),
    ("Bool", "aws:PrincipalIsAWSService", "false", True),
    ("DateGreaterThan", "aws:CurrentTime", YESTERDAY, True),
    ("DateLessThan", "aws:CurrentTime", YESTERDAY, False),
    ("DateLessThan", "aws:CurrentTime", TOMORROW, True),
    ("DateLessThan", "aws:EpochTime", str(int(time.time()) + 9999), True),
    ("NumericLessThan", "aws:EpochTime", str(int(time.time()) - 9999), False),
    ("StringEquals", "aws:PrincipalTag/team", "video", True),
    ("StringEquals", "aws:PrincipalTag/team", "VIDEO", False),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/Team", "VIDEO", True),
    ("NumericGreaterThanEquals", "aws:PrincipalTag/level", "7", True),
    ("NumericGreaterThan", "aws:PrincipalTag/level", "7", False),
    ("StringEquals", "aws:PrincipalTag/absent", "x", False),
    ("StringNotEquals", "aws:PrincipalTag/absent", "x", True),
    ("StringEqualsIfExists", "aws:PrincipalTag/absent", "x", True),
    ("Null", "aws:PrincipalTag/absent", "true", True),
    ("Null", "aws:PrincipalTag/team", "true", False),
    ("StringEquals", "aws:PrincipalAccount", HOME, True),
    ("StringEquals", "aws:PrincipalType", "User", True),
    ("StringEquals", "aws:PrincipalType", "AssumedRole", False),
    ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:user/*", True),
    ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:role/*", False),
    ("StringEquals", "aws:RequestedRegion", "us-east-1", True),
    ("StringEquals", "aws:RequestedRegion", "eu-west-1", False),
    ("StringLike", "aws:UserAgent", "Boto3/*", True),
    ("StringLike", "aws:UserAgent", "curl/*", False),
    ("StringLike", "AWS:useragent", "Boto3/*", True),
    ("StringLike", "aws:userid", "AIDA*", True),
    ("Null", "aws:Referer", "true", True),
    ("Null", "aws:MultiFactorAuthPresent", "true", True),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "true", True),
    ("Null", "aws:TokenIssueTime", "true", True),
    ("Null", "aws:SourceArn", "true", True),
    ("StringEquals", "aws:ResourceAccount", HOME, True),
]


@pytest.mark.parametrize(("operator", "key", "value", "works"), CASES)
def test_condition_of_an_identity_policy(user, queue, operator, key, value, works):
    user.may(allow("sqs:SendMessage", Condition={operator: {key: value}}))
    sends(user, queue, works)


def test_names_in_conditions(user, queue):
    for value, works in ((user.name, True), (user.name + "x", False)):
        user.may(allow("sqs:SendMessage", Condition={"StringEquals": {"aws:username": value}}))
        sends(user, queue, works)


def test_keys_of_one_operator_and_operators_must_all_match(user, queue):
    matching = {"aws:PrincipalTag/team": "video"}
    for condition, works in (
        ({"StringEquals": {**matching, "aws:PrincipalAccount": HOME}}, True),
        ({"StringEquals": {**matching, "aws:PrincipalAccount": "1"}}, False),
        ({"StringEquals": matching, "Bool": {"aws:SecureTransport": "true"}}, False),
        ({"StringEquals": matching, "Bool": {"aws:SecureTransport": "false"}}, True),
    ):
        user.may(allow("sqs:SendMessage", Condition=condition))
        sends(user, queue, works)


def test_conditions_of_the_policy_of_a_queue(home, nobody, queue):
    for condition, works in (
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"StringEquals": {"aws:PrincipalArn": nobody.arn}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": HOME}}, True),
    ):
        statement = allow("sqs:SendMessage", queue.arn, Principal="*", Condition=condition)
        queue.set(Policy=policy(statement))
        sends(nobody, queue, works)


def test_deny_unless_the_transport_is_secure(
    home, user, queue, new_queue_of, tmp_path, confidences
):
    """The statement of AWS's own examples, over HTTP and over TLS."""
    user.may(allow("sqs:SendMessage"))
    insecure = {"Bool": {"aws:SecureTransport": "false"}}

    def require_tls(queue):
        queue.set(Policy=policy(deny("sqs:*", queue.arn, Principal="*", Condition=insecure)))

    require_tls(queue)
    with denied("explicit deny in a resource-based policy"):
        send(user, queue)
    tls = TlsFiles(tmp_path / "tls")
    server = ServerProcess(tmp_path / "data", *tls.flags(), tls=tls.client()).start()
    try:
        root = Account(server.endpoint, confidences, HOME, verify=str(tls.ca))
        guarded = new_queue_of(root)
        require_tls(guarded)
        guarded.send("x")
        user = root.new_user(
            allow("sqs:SendMessage", Condition={"Bool": {"aws:SecureTransport": "true"}})
        ).at(server.endpoint, verify=str(tls.ca))
        send(user, guarded)
    finally:
        server.close()


def test_user_agent_of_the_client(user, queue):
    user.may(allow("sqs:SendMessage", Condition={"StringLike": {"aws:UserAgent": "*barge/1.?*"}}))
    with denied("sqs:SendMessage"):
        send(user, queue)
    client = user.client("sqs", user_agent_extra="barge/1.2")
    client.send_message(QueueUrl=queue.url, MessageBody="x")


def test_referer(home, user, queue):
    condition = {"StringLike": {"aws:Referer": "https://example.com/*"}}
    user.may(allow("sqs:SendMessage", Condition=condition))
    with Connection(home.endpoint) as connection:
        for referer, status in (("https://example.com/page", 200), ("https://example.org/", 403)):
            assert ask_by_hand(connection, user, queue, Referer=referer) == status


def ask_by_hand(connection, user, queue, **headers):
    """The status of a SendMessage on this connection, with headers of the test's own."""
    path = queue.url.partition("://")[2].partition("/")[2]
    call = get_call(
        connection.host,
        f"/{path}",
        {"Action": "SendMessage", "MessageBody": "x"},
        signer=Signer(user.access_key, user.secret),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    return connection.ask(call).status


def test_each_request_of_a_connection_is_decided_by_itself(home, user, queue):
    """What was decided for one request is not taken for another that differs in a header."""
    condition = {"StringLike": {"aws:UserAgent": "good/*"}}
    user.may(allow("sqs:SendMessage", Condition=condition))
    with Connection(home.endpoint) as connection:
        agents = ["good/1", "bad/1", "good/2", "good/2", "bad/2", "good/1"]
        found = [ask_by_hand(connection, user, queue, User_Agent=agent) for agent in agents]
    assert found == [200, 403, 200, 200, 403, 200]


@pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")
def test_two_addresses_of_one_machine(home, user, queue):
    user.may(allow("sqs:SendMessage", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.2"}}))
    for address, status in (("127.0.0.1", 403), ("127.0.0.2", 200), ("127.0.0.1", 403)):
        with Connection(home.endpoint, source=address) as connection:
            assert ask_by_hand(connection, user, queue) == status


def test_permission_that_ends_at_an_instant(home, user, queue):
    """The time is looked at with each request, however often it was allowed before."""
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1.2)
    condition = {"DateLessThan": {"aws:CurrentTime": end.isoformat()}}
    user.may(allow("sqs:SendMessage", Condition=condition))
    send(user, queue)

    with Connection(home.endpoint) as connection:
        eventually(lambda: ask_by_hand(connection, user, queue) == 403)
    assert datetime.datetime.now(datetime.UTC) >= end


# Tags of requests and of queues.


def test_tags_that_a_new_queue_must_have(user):
    condition = {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}
    user.may(allow(["sqs:CreateQueue", "sqs:TagQueue"], Condition=condition))
    for tags in ({}, {"team": "audio"}, {"Team": "x"}):
        with denied("sqs:CreateQueue"):
            user.sqs.create_queue(QueueName=unique("queue"), tags=tags)
    user.sqs.create_queue(QueueName=unique("queue"), tags={"team": "video", "more": "x"})


def test_keys_of_tags_that_may_be_set(home, user, queue):
    only = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}
    user.may(
        allow(
            ["sqs:TagQueue", "sqs:UntagQueue"], Condition={**only, "Null": {"aws:TagKeys": "false"}}
        )
    )
    user.sqs.tag_queue(QueueUrl=queue.url, Tags={"team": "x", "stage": "x"})
    with denied("sqs:TagQueue"):
        user.sqs.tag_queue(QueueUrl=queue.url, Tags={"team": "x", "other": "x"})
    user.sqs.untag_queue(QueueUrl=queue.url, TagKeys=["team"])
    with denied("sqs:UntagQueue"):
        user.sqs.untag_queue(QueueUrl=queue.url, TagKeys=["other"])


def test_any_key_of_a_tag(user, queue):
    user.may(
        allow("sqs:TagQueue"),
        deny("sqs:TagQueue", Condition={"ForAnyValue:StringLike": {"aws:TagKeys": "secret*"}}),
    )
    user.sqs.tag_queue(QueueUrl=queue.url, Tags={"a": "x", "b": "x"})
    with denied("explicit deny"):
        user.sqs.tag_queue(QueueUrl=queue.url, Tags={"a": "x", "secret-b": "x"})


def test_tags_of_the_queue(home, user, new_queue_of):
    video, audio = new_queue_of(home, {"team": "video"}), new_queue_of(home, {"team": "audio"})
    same = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    user.may(allow("sqs:SendMessage", Condition=same))
    sends(user, video, True)
    sends(user, audio, False)
    home.sqs.tag_queue(QueueUrl=audio.url, Tags={"team": "video"})
    sends(user, audio, True)
    home.sqs.untag_queue(QueueUrl=video.url, TagKeys=["team"])
    sends(user, video, False)


def test_tags_of_the_user_take_effect_at_once(home, queue):
    user = home.new_user(
        allow("sqs:SendMessage", Condition={"StringEquals": {"aws:PrincipalTag/a": "1"}})
    )
    sends(user, queue, False)
    home.iam.tag_user(UserName=user.name, Tags=[{"Key": "a", "Value": "1"}])
    sends(user, queue, True)
    home.iam.untag_user(UserName=user.name, TagKeys=["a"])
    sends(user, queue, False)


# Variables.


@pytest.mark.parametrize(
    ("pattern", "suffix", "works"),
    [
        ("${aws:username}-*", "{name}-x", True),
        ("${aws:username}-*", "other-x", False),
        ("${aws:PrincipalTag/team}-*", "video-x", True),
        ("${aws:PrincipalTag/none, 'guests'}-*", "guests-x", True),
        ("${aws:PrincipalTag/none}-*", "-x", False),
        ("${aws:PrincipalTag/team, 'guests'}-*", "guests-x", False),
        ("${aws:PrincipalAccount}-*", f"{HOME}-x", True),
    ],
)
def test_variables_in_resources(home, user, pattern, suffix, works):
    user.may(allow(["sqs:CreateQueue", "sqs:SendMessage"], home.queue_arn(pattern)))
    name = f"{suffix.format(name=user.name)}{unique('queue')}"
    if works:
        user.sqs.create_queue(QueueName=name)
    else:
        with denied("sqs:CreateQueue"):
            user.sqs.create_queue(QueueName=name)


def test_a_value_does_not_act_as_a_wildcard(home, queue):
    """What a variable stands for is taken letter by letter; `${*}` is a star."""
    tricky = home.new_user(allow("sqs:SendMessage", home.queue_arn("${aws:UserAgent}")))
    with Connection(home.endpoint) as connection:
        for user_agent, status in (("queue*", 403), ("*", 403), (queue.name, 200)):
            assert ask_by_hand(connection, tricky, queue, User_Agent=user_agent) == status
    star = home.new_user(allow("sqs:SendMessage", home.queue_arn("queue${*}")))
    sends(star, queue, False)


def test_variables_in_a_policy_shared_by_a_group(home, new_queue_of):
    alice, bob = home.new_user(), home.new_user()
    group = home.new_group(alice, bob)
    statement = allow("sqs:*", home.queue_arn("${aws:username}-*"))
    home.iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=policy(statement))
    url = alice.sqs.create_queue(QueueName=f"{alice.name}-jobs")["QueueUrl"]
    alice.sqs.send_message(QueueUrl=url, MessageBody="x")
    with denied("sqs:SendMessage"):
        bob.sqs.send_message(QueueUrl=url, MessageBody="x")


# What is known of a session.


@pytest.mark.parametrize(
    ("operator", "key", "value", "works"),
    [
        ("StringEquals", "aws:PrincipalType", "AssumedRole", True),
        ("StringLike", "aws:userid", "AROA*:job", True),
        ("Null", "aws:username", "true", True),
        ("Null", "aws:TokenIssueTime", "false", True),
        ("DateGreaterThan", "aws:TokenIssueTime", YESTERDAY, True),
        ("Bool", "aws:MultiFactorAuthPresent", "false", True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:role/*", True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:sts::{HOME}:assumed-role/*", False),
        ("StringEquals", "aws:PrincipalTag/team", "of-the-role", True),
    ],
)
def test_condition_on_a_session_of_a_role(home, nobody, queue, operator, key, value, works):
    role = home.new_role(
        trust(nobody.arn),
        allow("sqs:SendMessage", Condition={operator: {key: value}}),
        Tags=[{"Key": "team", "Value": "of-the-role"}],
    )
    sends(nobody.assume(role.arn, "job"), queue, works)
