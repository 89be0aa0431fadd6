"""Each of the operations of SQS: denied by default, allowed by its action, denied by a deny."""

import pytest

from sdk.access.expect import denied
from sdk.access.principals import allow, deny, unique
from sdk.access.sqs_operations import OPERATIONS
from sdk.refusals import NO_SUCH_QUEUE, refused

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def permissions(operation, prepared):
    """The statements with exactly what AWS documents that the operation needs."""
    made = [allow([operation.action, *operation.also], prepared.resource)]
    if prepared.target is not None:
        made.append(allow("sqs:SendMessage", prepared.target))
    return made


@pytest.fixture(scope="module")
def user(home):
    """A user whose inline policy each test replaces."""
    return home.new_user()


def test_the_table_has_every_operation(home):
    documented = set(home.sqs.meta.service_model.operation_names)
    assert {operation.name for operation in OPERATIONS} == documented


@every_operation
def test_denied_to_a_user_without_a_policy(home, nobody, operation):
    prepared = operation.prepare(home)
    with denied(nobody.arn, "not authorized to perform", operation.action, "identity-based policy"):
        operation.perform(nobody.sqs, prepared)


@every_operation
def test_allowed_by_exactly_its_permission(home, user, operation):
    prepared = operation.prepare(home)
    user.may(*permissions(operation, prepared))
    operation.perform(user.sqs, prepared)


@every_operation
def test_not_allowed_by_all_other_permissions(home, user, operation):
    prepared = operation.prepare(home)
    user.may({"Effect": "Allow", "NotAction": operation.action, "Resource": "*"})
    with denied(operation.action):
        operation.perform(user.sqs, prepared)


@every_operation
def test_explicit_deny_wins(home, user, operation):
    prepared = operation.prepare(home)
    user.may(allow("*"), deny(operation.action, prepared.resource))
    with denied(operation.action, "explicit deny in an identity-based policy"):
        operation.perform(user.sqs, prepared)


@pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if operation.name not in ("ListQueues", "CreateQueue")],
    ids=str,
)
def test_not_allowed_by_the_permission_on_another_queue(home, user, operation):
    prepared = operation.prepare(home)
    user.may(allow("sqs:*", prepared.resource + "-other"))
    with denied(operation.action, prepared.resource):
        operation.perform(user.sqs, prepared)


@every_operation
def test_the_root_of_the_account_may_do_everything(home, operation):
    operation.perform(home.sqs, operation.prepare(home))


@pytest.mark.parametrize("missing", ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
def test_a_move_task_needs_the_rights_to_take_from_the_queue(home, user, missing):
    """ "Configuring queue permissions for dead-letter queue redrive" lists them."""
    operation = next(one for one in OPERATIONS if one.name == "StartMessageMoveTask")
    prepared = operation.prepare(home)
    user.may(*permissions(operation, prepared))
    user.may(deny(f"sqs:{missing}", prepared.resource), name="deny")
    try:
        with denied(f"sqs:{missing}"):
            operation.perform(user.sqs, prepared)
    finally:
        home.iam.delete_user_policy(UserName=user.name, PolicyName="deny")


def test_a_move_task_needs_the_right_to_send_where_it_moves_to(home, user):
    operation = next(one for one in OPERATIONS if one.name == "StartMessageMoveTask")
    prepared = operation.prepare(home)
    user.may(allow([operation.action, *operation.also], prepared.resource))
    with denied("sqs:SendMessage", prepared.target):
        operation.perform(user.sqs, prepared)


def test_creating_a_queue_with_tags_needs_the_right_to_tag(home, user):
    name = unique("queue")
    user.may(allow("sqs:CreateQueue"))
    with denied("sqs:TagQueue"):
        user.sqs.create_queue(QueueName=name, tags={"stage": "test"})
    user.may(allow(["sqs:CreateQueue", "sqs:TagQueue"]))
    url = user.sqs.create_queue(QueueName=name, tags={"stage": "test"})["QueueUrl"]
    assert home.sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"stage": "test"}


def test_one_who_may_ask_learns_that_a_queue_is_missing(home, user, queue):
    user.may(allow("sqs:*"))
    with refused(NO_SUCH_QUEUE):
        user.sqs.send_message(QueueUrl=queue.url + "-missing", MessageBody="x")


def test_a_denied_send_leaves_nothing_behind(home, nobody, queue):
    with denied("sqs:SendMessage"):
        nobody.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    assert queue.depth() == (0, 0, 0)


@pytest.mark.parametrize(
    "action", ["sqs:*", "*", "sqs:Send*", "SQS:sendmessage", "sqs:Send?essage"]
)
def test_actions_match_with_wildcards_and_in_any_case(user, queue, action):
    user.may(allow(action, queue.arn))
    user.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


@pytest.mark.parametrize(
    "action", ["sqs:SendMessageBatch", "sns:*", "sqs:SendMessag", "sqs:Send?Message"]
)
def test_other_actions_do_not_match(user, queue, action):
    user.may(allow(action))
    with denied("sqs:SendMessage"):
        user.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    with denied("sqs:SendMessage"):
        user.sqs.send_message_batch(QueueUrl=queue.url, Entries=[{"Id": "0", "MessageBody": "x"}])
