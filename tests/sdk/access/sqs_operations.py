"""Each operation of SQS: the action of IAM that allows it, and how a caller performs it.

The actions are those of "Amazon SQS API permissions: Actions and resource reference"; batches need
the action of the single operation. The other actions that move tasks need are those of "Configuring
queue permissions for dead-letter queue redrive".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sdk.access.principals import Account, unique
from sdk.queue_under_test import Queue


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to be made: its parameters, and the ARN that it is about."""

    parameters: dict[str, Any]
    resource: str
    # The ARN of a second queue that the operation writes to.
    target: str | None = None


@dataclass(frozen=True)
class Operation:
    name: str
    action: str
    prepare: Callable[[Account], Prepared]
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def perform(self, client: Any, prepared: Prepared) -> dict[str, Any]:
        method = "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in self.name
        )
        answer: dict[str, Any] = getattr(client, method[1:])(**prepared.parameters)
        assert not answer.get("Failed"), answer
        return answer


def _queue(owner: Account, **attributes: str) -> Queue:
    answer = owner.sqs.create_queue(QueueName=unique("queue"), Attributes=attributes)
    return Queue(owner.sqs, answer["QueueUrl"])


def _on_queue(**parameters: Any) -> Callable[[Account], Prepared]:
    """A call with a new queue's URL and these parameters."""

    def prepare(owner: Account) -> Prepared:
        queue = _queue(owner)
        return Prepared({"QueueUrl": queue.url, **parameters}, queue.arn)

    return prepare


def _on_message(entries: bool = False, **parameters: Any) -> Callable[[Account], Prepared]:
    """A call about a message in flight, alone or as the entry of a batch."""

    def prepare(owner: Account) -> Prepared:
        queue = _queue(owner)
        queue.send("prepared")
        about = {"ReceiptHandle": queue.receive_one()["ReceiptHandle"], **parameters}
        call = {"Entries": [{"Id": "0", **about}]} if entries else about
        return Prepared({"QueueUrl": queue.url, **call}, queue.arn)

    return prepare


def _create(owner: Account) -> Prepared:
    name = unique("queue")
    return Prepared({"QueueName": name}, owner.queue_arn(name))


def _find(owner: Account) -> Prepared:
    queue = _queue(owner)
    return Prepared({"QueueName": queue.name}, queue.arn)


def _list(owner: Account) -> Prepared:
    return Prepared({}, "*")


def _with_permission(owner: Account) -> Prepared:
    queue = _queue(owner)
    owner.sqs.add_permission(
        QueueUrl=queue.url, Label="label", AWSAccountIds=[owner.number], Actions=["SendMessage"]
    )
    return Prepared({"QueueUrl": queue.url, "Label": "label"}, queue.arn)


def _dead_letters(owner: Account) -> tuple[Queue, Queue]:
    """A dead-letter queue that holds messages, and a queue whose dead-letter queue it is."""
    dead = _queue(owner)
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
    source = _queue(owner, RedrivePolicy=json.dumps(redrive))
    dead.send_all([str(number) for number in range(10)])
    return dead, source


def _start_task(owner: Account) -> Prepared:
    dead, source = _dead_letters(owner)
    parameters = {"SourceArn": dead.arn, "DestinationArn": source.arn}
    return Prepared(parameters, dead.arn, source.arn)


def _cancel_task(owner: Account) -> Prepared:
    dead, source = _dead_letters(owner)
    task = owner.sqs.start_message_move_task(
        SourceArn=dead.arn, DestinationArn=source.arn, MaxNumberOfMessagesPerSecond=1
    )
    return Prepared({"TaskHandle": task["TaskHandle"]}, dead.arn)


def _list_tasks(owner: Account) -> Prepared:
    dead, _ = _dead_letters(owner)
    return Prepared({"SourceArn": dead.arn}, dead.arn)


_MOVING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_FRIEND = {"Label": "friend", "AWSAccountIds": ["222222222222"], "Actions": ["SendMessage"]}
_SENT = {"Id": "0", "MessageBody": "sent"}

OPERATIONS = [
    Operation("AddPermission", "sqs:AddPermission", _on_queue(**_FRIEND)),
    Operation("CancelMessageMoveTask", "sqs:CancelMessageMoveTask", _cancel_task, _MOVING),
    Operation(
        "ChangeMessageVisibility", "sqs:ChangeMessageVisibility", _on_message(VisibilityTimeout=60)
    ),
    Operation(
        "ChangeMessageVisibilityBatch",
        "sqs:ChangeMessageVisibility",
        _on_message(entries=True, VisibilityTimeout=60),
    ),
    Operation("CreateQueue", "sqs:CreateQueue", _create),
    Operation("DeleteMessage", "sqs:DeleteMessage", _on_message()),
    Operation("DeleteMessageBatch", "sqs:DeleteMessage", _on_message(entries=True)),
    Operation("DeleteQueue", "sqs:DeleteQueue", _on_queue()),
    Operation("GetQueueAttributes", "sqs:GetQueueAttributes", _on_queue(AttributeNames=["All"])),
    Operation("GetQueueUrl", "sqs:GetQueueUrl", _find),
    Operation("ListDeadLetterSourceQueues", "sqs:ListDeadLetterSourceQueues", _on_queue()),
    Operation("ListMessageMoveTasks", "sqs:ListMessageMoveTasks", _list_tasks, _MOVING),
    Operation("ListQueueTags", "sqs:ListQueueTags", _on_queue()),
    Operation("ListQueues", "sqs:ListQueues", _list),
    Operation("PurgeQueue", "sqs:PurgeQueue", _on_queue()),
    Operation("ReceiveMessage", "sqs:ReceiveMessage", _on_queue()),
    Operation("RemovePermission", "sqs:RemovePermission", _with_permission),
    Operation("SendMessage", "sqs:SendMessage", _on_queue(MessageBody="sent")),
    Operation("SendMessageBatch", "sqs:SendMessage", _on_queue(Entries=[_SENT])),
    Operation(
        "SetQueueAttributes", "sqs:SetQueueAttributes", _on_queue(Attributes={"DelaySeconds": "1"})
    ),
    Operation("StartMessageMoveTask", "sqs:StartMessageMoveTask", _start_task, _MOVING),
    Operation("TagQueue", "sqs:TagQueue", _on_queue(Tags={"stage": "test"})),
    Operation("UntagQueue", "sqs:UntagQueue", _on_queue(TagKeys=["stage"])),
]
