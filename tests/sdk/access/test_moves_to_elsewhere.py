"""A move task sends what it moves: to a queue to which its caller may send, and to no other."""

from __future__ import annotations

import json

import pytest

from sdk.access.expect import denied
from sdk.access.principals import allow
from sdk.queue_under_test import Queue


@pytest.fixture
def dead(home, queue, new_queue_of) -> Queue:
    """A dead-letter queue with one message that came from `queue`."""
    letters = new_queue_of(home)
    redrive = {"deadLetterTargetArn": letters.arn, "maxReceiveCount": 1}
    queue.set(RedrivePolicy=json.dumps(redrive), VisibilityTimeout="0")
    queue.send("secret")
    queue.receive_one()
    assert queue.receive() == []
    assert letters.depth() == (1, 0, 0)
    return letters


def test_not_into_a_queue_of_another_account(home, abroad, dead, new_queue_of):
    foreign = new_queue_of(abroad)
    with denied("sqs:SendMessage", foreign.arn):
        home.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=foreign.arn)
    assert foreign.depth() == (0, 0, 0)


def test_not_into_a_queue_of_ones_own_for_who_may_not_receive(home, dead, new_queue_of):
    mine = new_queue_of(home)
    user = home.new_user(
        allow("sqs:StartMessageMoveTask", dead.arn), allow("sqs:SendMessage", mine.arn)
    )
    with denied("sqs:ReceiveMessage", dead.arn):
        user.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=mine.arn)


def test_back_to_the_source_needs_the_permission_to_send_there(home, queue, dead):
    moving = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]
    reading = allow([f"sqs:{action}" for action in moving], dead.arn)
    user = home.new_user(reading)
    with denied("sqs:SendMessage", queue.arn):
        user.sqs.start_message_move_task(SourceArn=dead.arn)
    queue.set(RedrivePolicy="")
    with denied("sqs:SendMessage", queue.arn):
        # The message still knows where it came from.
        user.sqs.start_message_move_task(SourceArn=dead.arn)
