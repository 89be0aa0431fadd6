"""AddPermission and RemovePermission: statements of a queue's policy, named by a label."""

import re
from typing import Final

from tidegate.api.sqs import AddPermissionRequest, RemovePermissionRequest
from tidegate.base import limits
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidParameterValueException, OverLimit
from tidegate.engine.commands import AddPermission, RemovePermission
from tidegate.services.sqs.queue_urls import QueueUrls
from tidegate.services.sqs.queues import missing, nothing
from tidegate.services.sqs.router import Router

_LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_GRANTABLE: Final = frozenset(
    {
        "*",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
        "ReceiveMessage",
        "SendMessage",
    }
)
OWNERS_ONLY: Final = frozenset(
    {
        "AddPermission",
        "CancelMessageMoveTask",
        "CreateQueue",
        "DeleteQueue",
        "ListMessageMoveTasks",
        "ListQueueTags",
        "ListQueues",
        "RemovePermission",
        "SetQueueAttributes",
        "StartMessageMoveTask",
        "TagQueue",
        "UntagQueue",
    }
)
"""Actions of which the API reference says that cross-account permissions do not apply."""


class Permissions:
    def __init__(self, router: Router, urls: QueueUrls) -> None:
        self._submit = router.submit
        self._urls = urls

    def add(self, call: Call, request: AddPermissionRequest) -> None:
        arn = self._urls.arn(request.QueueUrl, call.region)
        _check_label(request.Label)
        _check_actions(request.Actions)
        accounts = request.AWSAccountIds
        if not accounts or not all(map(_ACCOUNT.fullmatch, accounts)):
            raise InvalidParameterValueException(
                f"Value [{', '.join(accounts)}] for parameter PrincipalId is invalid. Reason: "
                "Unable to verify."
            )
        command = AddPermission(arn, request.Label, accounts, request.Actions)
        self._submit(call, command, nothing)

    def remove(self, call: Call, request: RemovePermissionRequest) -> None:
        arn = self._urls.arn(request.QueueUrl, call.region)
        _check_label(request.Label)
        self._submit(call, RemovePermission(arn, request.Label), nothing)


def _check_label(label: str) -> None:
    if not label:
        raise missing("Label")
    if _LABEL.fullmatch(label) is None:
        raise InvalidParameterValueException(
            f"Value {label} for parameter Label is invalid. Reason: Can only include alphanumeric "
            "characters, hyphens, or underscores. 1 to 80 in length."
        )


def _check_actions(actions: list[str]) -> None:
    if not actions:
        raise missing("Actions")
    if len(actions) > limits.PERMISSION_ACTIONS:
        raise OverLimit(
            f"{len(actions)} Actions were found, maximum allowed is {limits.PERMISSION_ACTIONS}."
        )
    for action in actions:
        if action in OWNERS_ONLY:
            raise InvalidParameterValueException(
                f"Value SQS:{action} for parameter ActionName is invalid. Reason: Only the queue "
                "owner is allowed to invoke this action."
            )
        if action not in _GRANTABLE:
            raise InvalidParameterValueException(
                f"Value SQS:{action} for parameter ActionName is invalid. Reason: Please refer to "
                "the appropriate WSDL for a list of valid actions."
            )
