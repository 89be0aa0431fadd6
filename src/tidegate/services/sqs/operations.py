"""The table of SQS's operations: handler, IAM action and resource of each."""

from collections.abc import Callable
from typing import Any

from tidegate.api import sqs
from tidegate.base.call import Call, Operation
from tidegate.runtime.definitions import Definitions
from tidegate.services.sqs import move_tasks
from tidegate.services.sqs.also import MayAlso
from tidegate.services.sqs.batches import Batches
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.envelopes import Envelopes
from tidegate.services.sqs.ids import MessageIds
from tidegate.services.sqs.messages import Messages
from tidegate.services.sqs.move_tasks import MoveTaskOperations
from tidegate.services.sqs.permissions import OWNERS_ONLY, Permissions
from tidegate.services.sqs.queue_urls import QueueUrlOptions, QueueUrls
from tidegate.services.sqs.queues import Queues
from tidegate.services.sqs.receipts import Receipts
from tidegate.services.sqs.receive import Receiving
from tidegate.services.sqs.router import Router


class SqsService:
    """All of SQS, stateless: what it is asked becomes a command for the router."""

    def __init__(
        self,
        router: Router,
        receipts: Receipts,
        ids: MessageIds,
        encryption: Encryption,
        envelopes: Envelopes,
        definitions: Definitions,
        may_also: MayAlso,
        options: QueueUrlOptions,
    ) -> None:
        self._urls = QueueUrls(options)
        self._messages = Messages(router, self._urls, receipts, ids, encryption)
        self._receiving = Receiving(router, self._urls, receipts, encryption, envelopes)
        self._batches = Batches(router, self._urls, receipts, ids, encryption)
        self._queues = Queues(router, self._urls, definitions.entities, may_also)
        self._permissions = Permissions(router, self._urls)
        self._move_tasks = MoveTaskOperations(router, ids, definitions.redrive_sources, may_also)

    def operations(self) -> list[Operation]:
        queues, permissions, tasks = self._queues, self._permissions, self._move_tasks
        messages, batches, by_url = self._messages, self._batches, self._queue_of
        return [
            _operation("AddPermission", permissions.add, by_url),
            _operation("CancelMessageMoveTask", tasks.cancel, _source_in_handle),
            _operation("ChangeMessageVisibility", messages.change_visibility, by_url),
            _operation(
                "ChangeMessageVisibilityBatch",
                batches.change_visibility,
                by_url,
                action="ChangeMessageVisibility",
            ),
            _operation("CreateQueue", queues.create, queues.named),
            _operation("DeleteMessage", messages.delete, by_url),
            _operation("DeleteMessageBatch", batches.delete, by_url, action="DeleteMessage"),
            _operation("DeleteQueue", queues.delete, by_url),
            _operation("GetQueueAttributes", queues.get_attributes, by_url),
            _operation("GetQueueUrl", queues.get_url, queues.looked_for),
            _operation("ListDeadLetterSourceQueues", queues.list_dead_letter_sources, by_url),
            _operation("ListMessageMoveTasks", tasks.list, _source),
            _operation("ListQueueTags", queues.list_tags, by_url),
            _operation("ListQueues", queues.list, _no_resource),
            _operation("PurgeQueue", queues.purge, by_url),
            _operation("ReceiveMessage", self._receiving.receive, by_url),
            _operation("RemovePermission", permissions.remove, by_url),
            _operation("SendMessage", messages.send, by_url),
            _operation("SendMessageBatch", batches.send, by_url, action="SendMessage"),
            _operation("SetQueueAttributes", queues.set_attributes, by_url),
            _operation("StartMessageMoveTask", tasks.start, _source),
            _operation("TagQueue", queues.tag, by_url),
            _operation("UntagQueue", queues.untag, by_url),
        ]

    def _queue_of(self, call: Call, request: Any) -> str:
        return self._urls.arn(request.QueueUrl, call.region)


def _operation(
    name: str,
    handler: Callable[[Any, Any], None],
    resource: Callable[[Any, Any], str],
    action: str = "",
) -> Operation:
    """A batch needs the permission of its single operation (developer guide, API permissions)."""
    return Operation(
        name=name,
        input=sqs.OPERATIONS[name].input,
        handler=handler,
        action=f"sqs:{action or name}",
        resource=resource,
        owners_only=name in OWNERS_ONLY,
        anonymous=name not in OWNERS_ONLY,
    )


def _no_resource(call: Call, request: sqs.ListQueuesRequest) -> str:
    return "*"


def _source(
    call: Call, request: sqs.StartMessageMoveTaskRequest | sqs.ListMessageMoveTasksRequest
) -> str:
    return move_tasks.source_of(call, request.SourceArn)


def _source_in_handle(call: Call, request: sqs.CancelMessageMoveTaskRequest) -> str:
    return move_tasks.source_of(call, move_tasks.open_handle(request.TaskHandle)[1])
