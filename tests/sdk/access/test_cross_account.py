"""Queues of another account: who owns the queue opens it, and who owns the user lets it go."""

import json
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from sdk.access.expect import DENIED, denied
from sdk.access.principals import ABROAD, HOME, allow, deny, policy
from sdk.access.sqs_operations import OPERATIONS
from sdk.refusals import NO_SUCH_QUEUE, refused

# "Cross-account permissions don't apply to this action": AWS's reference, on each of these.
OWNER_ONLY = {
    "AddPermission",
    "CancelMessageMoveTask",
    "CreateQueue",
    "DeleteQueue",
    "ListMessageMoveTasks",
    "ListQueues",
    "ListQueueTags",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
}


def let_in(queue, *principals, action="sqs:*", effect="Allow", **more):
    """Sets the policy of the queue to one statement about these principals."""
    statement = {"Effect": effect, "Principal": {"AWS": list(principals)}, "Action": action}
    queue.set(Policy=policy({**statement, "Resource": queue.arn, **more}))


def send(who, queue):
    return who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.name not in ("CreateQueue", "ListQueues", "GetQueueUrl")],
    ids=str,
)
def test_another_account_is_denied_by_default(home, abroad, operation):
    prepared = operation.prepare(home)
    with refused((*DENIED, NO_SUCH_QUEUE), status=None):
        operation.perform(abroad.sqs, prepared)


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.name not in OWNER_ONLY], ids=str
)
def test_the_policy_of_the_queue_lets_another_account_in(home, abroad, operation):
    prepared = operation.prepare(home)
    name = prepared.resource.rpartition(":")[2]
    url = home.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    statement = allow(operation.action, prepared.resource, Principal={"AWS": ABROAD})
    home.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement)})
    if operation.name == "GetQueueUrl":
        prepared.parameters["QueueOwnerAWSAccountId"] = HOME
    operation.perform(abroad.sqs, prepared)


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.name in OWNER_ONLY - {"CreateQueue", "ListQueues"}],
    ids=str,
)
def test_what_the_policy_of_a_queue_cannot_give_away(home, abroad, operation):
    prepared = operation.prepare(home)
    name = prepared.resource.rpartition(":")[2]
    url = home.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    statement = allow("sqs:*", prepared.resource, Principal={"AWS": ABROAD})
    home.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement)})
    with refused((*DENIED, NO_SUCH_QUEUE, "InvalidParameterValue"), status=None):
        operation.perform(abroad.sqs, prepared)


@pytest.mark.parametrize(
    "named", [ABROAD, f"arn:aws:iam::{ABROAD}:root", "*"], ids=["number", "root", "everyone"]
)
def test_ways_to_name_an_account(abroad, queue, named):
    let_in(queue, named, action="sqs:SendMessage")
    send(abroad, queue)
    with denied("sqs:ReceiveMessage"):
        abroad.sqs.receive_message(QueueUrl=queue.url)


def test_a_user_of_another_account_needs_both_sides(abroad, queue):
    user = abroad.new_user()
    let_in(queue, ABROAD)
    with denied("sqs:SendMessage", user.arn, queue.arn):
        send(user, queue)
    user.may(allow("sqs:SendMessage", queue.arn))
    send(user, queue)
    let_in(queue, "222222222222")
    with denied("sqs:SendMessage", user.arn, queue.arn):
        send(user, queue)


def test_a_user_of_another_account_that_is_named_itself_needs_both_sides_too(abroad, queue):
    user, colleague = abroad.new_user(), abroad.new_user(allow("sqs:*"))
    let_in(queue, user.arn)
    with denied("sqs:SendMessage"):
        send(user, queue)
    user.may(allow("sqs:SendMessage"))
    send(user, queue)
    with denied("sqs:SendMessage"):
        send(colleague, queue)


def test_a_user_of_the_same_account_needs_one_side(home, nobody, queue):
    let_in(queue, nobody.arn, action="sqs:SendMessage")
    send(nobody, queue)
    let_in(queue, HOME, action="sqs:SendMessage")
    with denied("sqs:SendMessage"):
        send(nobody, queue)


def test_a_deny_of_the_queue_beats_every_allow(home, abroad, queue):
    user = home.new_user(allow("*"))
    send(user, queue)
    let_in(queue, user.arn, effect="Deny", action="sqs:SendMessage")
    with denied("explicit deny in a resource-based policy"):
        send(user, queue)
    send(home, queue)


def test_a_deny_for_everyone_holds_for_the_root_of_the_owner_too(home, queue):
    let_in(queue, "*", effect="Deny", action="sqs:SendMessage")
    with denied("explicit deny"):
        send(home, queue)
    let_in(queue, ABROAD, action="sqs:SendMessage")
    send(home, queue)


def test_not_principal_denies_all_others(home, abroad, queue):
    user, other = home.new_user(allow("sqs:*")), home.new_user(allow("sqs:*"))
    statement = deny("sqs:SendMessage", queue.arn)
    exempt = [user.arn, f"arn:aws:iam::{HOME}:root"]
    queue.set(Policy=policy({**statement, "NotPrincipal": {"AWS": exempt}}))
    send(user, queue)
    with denied("explicit deny"):
        send(other, queue)


def test_a_service_in_the_policy_is_nobody_else(abroad, nobody, anonymous, queue):
    statement = allow("sqs:SendMessage", queue.arn, Principal={"Service": "sns.amazonaws.com"})
    queue.set(Policy=policy(statement))
    for who in (abroad, nobody, anonymous):
        with refused((*DENIED, "MissingAuthenticationToken", NO_SUCH_QUEUE), status=None):
            send(who, queue)


def test_permission_is_added_and_taken_back(home, abroad, queue):
    with refused((*DENIED, NO_SUCH_QUEUE), status=None):
        send(abroad, queue)
    home.sqs.add_permission(
        QueueUrl=queue.url, Label="send", AWSAccountIds=[ABROAD], Actions=["SendMessage"]
    )
    send(abroad, queue)
    with denied("sqs:ReceiveMessage"):
        abroad.sqs.receive_message(QueueUrl=queue.url)
    home.sqs.add_permission(QueueUrl=queue.url, Label="all", AWSAccountIds=[ABROAD], Actions=["*"])
    assert len(abroad.sqs.receive_message(QueueUrl=queue.url)["Messages"]) == 1
    home.sqs.remove_permission(QueueUrl=queue.url, Label="all")
    with denied("sqs:ReceiveMessage"):
        abroad.sqs.receive_message(QueueUrl=queue.url)
    home.sqs.remove_permission(QueueUrl=queue.url, Label="send")
    with refused((*DENIED, NO_SUCH_QUEUE), status=None):
        send(abroad, queue)


def test_added_permission_for_an_account_holds_for_its_users_with_their_policies(
    home, abroad, queue
):
    user = abroad.new_user()
    home.sqs.add_permission(
        QueueUrl=queue.url, Label="send", AWSAccountIds=[ABROAD], Actions=["SendMessage"]
    )
    with denied("sqs:SendMessage"):
        send(user, queue)
    user.may(allow("sqs:SendMessage", queue.arn))
    send(user, queue)


def test_the_sender_id_of_a_message_is_who_sent_it(home, abroad, queue):
    user = home.new_user(allow("sqs:*"))
    let_in(queue, ABROAD)
    for who, expected in (
        (user, user.sts.get_caller_identity()["UserId"]),
        (abroad, ABROAD),
        (home, HOME),
    ):
        send(who, queue)
        message = queue.receive_one(AttributeNames=["SenderId"])
        assert message["Attributes"]["SenderId"] == expected
        queue.delete(message)


def test_the_url_of_a_queue_is_found_by_those_whom_its_policy_lets(abroad, queue):
    ask = {"QueueName": queue.name, "QueueOwnerAWSAccountId": HOME}
    with refused((*DENIED, NO_SUCH_QUEUE), status=None):
        abroad.sqs.get_queue_url(**ask)
    let_in(queue, ABROAD, action="sqs:GetQueueUrl")
    assert abroad.sqs.get_queue_url(**ask)["QueueUrl"] == queue.url


def test_a_statement_about_another_queue_opens_nothing(abroad, queue, new_queue_of, home):
    """Whether SQS takes such a policy at all is left open."""
    other = new_queue_of(home)
    statement = allow("sqs:*", queue.arn, Principal="*")
    with suppress(ClientError):
        other.set(Policy=policy(statement))
    for one in (queue, other):
        with refused((*DENIED, NO_SUCH_QUEUE), status=None):
            send(abroad, one)


OPEN = allow("sqs:*", Principal="*")
NOBODY = {"AWS": f"arn:aws:iam::{HOME}:user/nobody-has-this-name"}
MALFORMED = {
    "no json": "no json",
    "list": "[]",
    "no statement": '{"Version": "2012-10-17"}',
    "version": policy(OPEN).replace("2012-10-17", "2011-01-01"),
    "effect": policy({**OPEN, "Effect": "Maybe"}),
    "no principal": policy(allow("sqs:*")),
    "unknown action": policy({**OPEN, "Action": "sqs:FlyToTheMoon"}),
    "unknown principal": policy({**OPEN, "Principal": NOBODY}),
    "unknown operator": policy({**OPEN, "Condition": {"SoundsLike": {"aws:UserAgent": "x"}}}),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_documents_that_are_no_policy_of_a_queue(queue, kind):
    with refused(("InvalidAttributeValue", "InvalidParameterValue"), containing="Policy"):
        queue.set(Policy=MALFORMED[kind])
    assert "Policy" not in queue.attributes("Policy")


def test_a_policy_that_names_a_user_outlives_it_without_opening_to_a_namesake(home, queue):
    """AWS turns a principal's ARN into its unique id: "AWS JSON policy elements: Principal"."""
    user = home.new_user()
    let_in(queue, user.arn, action="sqs:SendMessage")
    send(user, queue)
    home.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    home.iam.delete_user(UserName=user.name)
    home.iam.create_user(UserName=user.name)
    key = home.iam.create_access_key(UserName=user.name)
    with denied("sqs:SendMessage"):
        send(home.with_key(key), queue)
    document = json.loads(queue.attributes("Policy")["Policy"])
    (principal,) = [one["Principal"]["AWS"] for one in document["Statement"]]
    assert str(principal).startswith(("AIDA", "['AIDA"))
