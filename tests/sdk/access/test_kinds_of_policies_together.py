"""Policies of a queue beside boundaries and session policies: which limits which.

AWS's page "Policy evaluation logic", sections "Evaluating identity-based policies with permissions
boundaries" and "Evaluating effective permissions with resource-based policies", and "IAM JSON
policy elements: Principal": what a queue gives to a user, or to one session, in the same account is
not limited by an implicit deny of a boundary or session policy; what it gives to a role is.
"""

import pytest

from sdk.access.expect import denied
from sdk.access.principals import allow, deny, policy, trust

OTHER = allow("sqs:ListQueues")


@pytest.fixture
def user(home):
    return home.new_user()


def let(queue, principal, action="sqs:SendMessage"):
    queue.set(Policy=policy(allow(action, queue.arn, Principal={"AWS": principal})))


def send(who, queue):
    who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def test_what_a_queue_gives_to_a_user_is_not_limited_by_its_boundary(home, user, queue):
    boundary = home.new_policy(OTHER)
    home.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    let(queue, user.arn)
    send(user, queue)


def test_a_deny_in_the_boundary_limits_it(home, user, queue):
    boundary = home.new_policy(allow("*"), deny("sqs:SendMessage"))
    home.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    let(queue, user.arn)
    with denied("explicit deny in a permissions boundary"):
        send(user, queue)


def test_a_deny_in_an_identity_policy_beats_what_the_queue_gives(user, queue):
    let(queue, user.arn)
    send(user, queue)
    user.may(deny("sqs:SendMessage"))
    with denied("explicit deny in an identity-based policy"):
        send(user, queue)


def test_what_a_queue_gives_to_a_role_is_limited_by_the_roles_boundary(home, user, queue):
    boundary = home.new_policy(OTHER)
    role = home.new_role(trust(user.arn), PermissionsBoundary=boundary)
    session = user.assume(role.arn)
    let(queue, role.arn)
    with denied("permissions boundary"):
        send(session, queue)
    let(queue, session.arn)
    send(session, queue)


def test_what_a_queue_gives_to_a_role_is_limited_by_the_session_policy(home, user, queue):
    role = home.new_role(trust(user.arn))
    session = user.assume(role.arn, Policy=policy(OTHER))
    let(queue, role.arn)
    with denied("session policy"):
        send(session, queue)
    let(queue, session.arn)
    send(session, queue)


def test_a_deny_in_the_session_policy_beats_what_the_queue_gives_to_the_session(home, user, queue):
    role = home.new_role(trust(user.arn))
    session = user.assume(role.arn, Policy=policy(allow("*"), deny("sqs:SendMessage")))
    let(queue, session.arn)
    with denied("explicit deny in a session policy"):
        send(session, queue)


def test_all_three_must_allow_a_session_of_a_role(home, user, queue):
    """The intersection of identity policy, boundary and session policy."""
    for missing in (None, "identity", "boundary", "session"):

        def part(kind, missing=missing):
            return OTHER if kind == missing else allow("sqs:SendMessage")

        role = home.new_role(
            trust(user.arn),
            part("identity"),
            PermissionsBoundary=home.new_policy(part("boundary")),
        )
        session = user.assume(role.arn, Policy=policy(part("session")))
        if missing is None:
            send(session, queue)
        else:
            with denied(missing):
                send(session, queue)


def test_a_user_of_another_account_is_limited_by_its_boundary(abroad, queue):
    guest = abroad.new_user(allow("sqs:*"))
    let(queue, guest.arn)
    send(guest, queue)
    boundary = abroad.new_policy(OTHER)
    abroad.iam.put_user_permissions_boundary(UserName=guest.name, PermissionsBoundary=boundary)
    with denied("sqs:SendMessage"):
        send(guest, queue)


def test_not_action_in_a_deny_leaves_only_what_it_names(home, queue):
    admin = home.new_user(allow("*"))
    statement = {"Effect": "Deny", "Principal": "*", "NotAction": "sqs:ReceiveMessage"}
    keeper = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": home.arn}}}
    queue.set(Policy=policy({**statement, "Resource": queue.arn, **keeper}))
    admin.sqs.receive_message(QueueUrl=queue.url)
    with denied("explicit deny in a resource-based policy"):
        send(admin, queue)
    send(home, queue)


def test_the_condition_on_a_role_means_the_role_and_not_its_sessions(home, user, queue):
    """aws:PrincipalArn of a session is the ARN of its role."""
    role = home.new_role(trust(user.arn), allow("sqs:*"))
    session = user.assume(role.arn)
    condition = {"ArnNotEquals": {"aws:PrincipalArn": [role.arn, home.arn]}}
    queue.set(Policy=policy(deny("sqs:SendMessage", queue.arn, Principal="*", Condition=condition)))
    send(session, queue)
    user.may(allow("sqs:*"))
    with denied("explicit deny"):
        send(user, queue)
