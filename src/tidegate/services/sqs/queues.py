"""The operations on queues: create, find, list, describe, set, tag, purge, delete."""

import re
from functools import partial
from typing import Final

from tidegate.api.sqs import (
    CreateQueueRequest,
    CreateQueueResult,
    DeleteQueueRequest,
    GetQueueAttributesRequest,
    GetQueueAttributesResult,
    GetQueueUrlRequest,
    GetQueueUrlResult,
    ListDeadLetterSourceQueuesRequest,
    ListDeadLetterSourceQueuesResult,
    ListQueuesRequest,
    ListQueuesResult,
    ListQueueTagsRequest,
    ListQueueTagsResult,
    PurgeQueueRequest,
    SetQueueAttributesRequest,
    TagQueueRequest,
    UntagQueueRequest,
)
from tidegate.base.arn import queue_arn
from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidParameterValueException,
    MissingRequiredParameterException,
    QueueDoesNotExist,
)
from tidegate.catalog import queue_attributes, queues, tags
from tidegate.catalog.entities import Entities
from tidegate.engine.commands import (
    CreateQueue,
    DeleteQueue,
    DescribeQueue,
    ListDeadLetterSources,
    ListQueues,
    PurgeQueue,
    QueueDescription,
    QueueNames,
    SetQueueAttributes,
    TagQueue,
    UntagQueue,
)
from tidegate.services.sqs.also import MayAlso
from tidegate.services.sqs.pages import page_size, shown_before, token_after
from tidegate.services.sqs.policies import check_policy
from tidegate.services.sqs.queue_urls import QueueUrls
from tidegate.services.sqs.router import Router

_ACCOUNT: Final = re.compile(r"[0-9]{12}")


def missing(parameter: str) -> MissingRequiredParameterException:
    return MissingRequiredParameterException(f"The request must contain the parameter {parameter}.")


def nothing(call: Call, result: object) -> None:
    """The answer of an operation that has none."""


class Queues:
    def __init__(
        self, router: Router, urls: QueueUrls, entities: Entities, may_also: MayAlso
    ) -> None:
        self._submit = router.submit
        self._urls = urls
        self._entities = entities
        self._may_also = may_also

    def create(self, call: Call, request: CreateQueueRequest) -> None:
        """Tags on a new queue need the permission to tag it (API reference)."""
        arn = self.named(call, request)
        attributes, tagged = request.Attributes or {}, request.tags or {}
        queues.check_new(request.QueueName, attributes)
        check_policy(attributes, self._entities)
        tags.check_tags(tagged)
        tags.merged({}, tagged, request.QueueName)
        if tagged:
            self._may_also(call, "sqs:TagQueue", arn)
        self._submit(call, CreateQueue(arn, attributes, tagged), partial(self._created, arn))

    def _created(self, arn: str, call: Call, result: None) -> CreateQueueResult:
        return CreateQueueResult(QueueUrl=self._urls.url(call.origin, arn))

    def named(self, call: Call, request: CreateQueueRequest) -> str:
        """The ARN of the queue that a request gives a name to.

        Raises MissingRequiredParameterException, InvalidParameterValueException.
        """
        if not request.QueueName:
            raise missing("QueueName")
        if not queues.is_name(request.QueueName):
            raise queues.invalid_name()
        return queue_arn(call.region, call.principal.account, request.QueueName)

    def delete(self, call: Call, request: DeleteQueueRequest) -> None:
        self._submit(call, DeleteQueue(self._arn(call, request.QueueUrl)), nothing)

    def purge(self, call: Call, request: PurgeQueueRequest) -> None:
        self._submit(call, PurgeQueue(self._arn(call, request.QueueUrl)), nothing)

    def _arn(self, call: Call, url: str) -> str:
        return self._urls.arn(url, call.region)

    # --- Finding ---------------------------------------------------------------------------------

    def get_url(self, call: Call, request: GetQueueUrlRequest) -> None:
        arn = self.looked_for(call, request)
        self._submit(call, DescribeQueue(arn), partial(self._found, arn))

    def looked_for(self, call: Call, request: GetQueueUrlRequest) -> str:
        """The ARN of the queue that a request looks for by name, in its own account or another.

        Raises MissingRequiredParameterException, and QueueDoesNotExist for what no queue is called.
        """
        if not request.QueueName:
            raise missing("QueueName")
        account = request.QueueOwnerAWSAccountId or call.principal.account
        if not queues.is_name(request.QueueName) or _ACCOUNT.fullmatch(account) is None:
            raise QueueDoesNotExist
        return queue_arn(call.region, account, request.QueueName)

    def _found(self, arn: str, call: Call, description: QueueDescription) -> GetQueueUrlResult:
        return GetQueueUrlResult(QueueUrl=self._urls.url(call.origin, arn))

    def list(self, call: Call, request: ListQueuesRequest) -> None:
        command = ListQueues(
            account=call.principal.account,
            region=call.region,
            prefix=request.QueueNamePrefix or "",
            after=shown_before(request.NextToken),
            limit=page_size(request.MaxResults),
        )
        self._submit(call, command, partial(self._listed, request.MaxResults is not None))

    def _listed(self, paged: bool, call: Call, names: QueueNames) -> ListQueuesResult:
        """Without MaxResults there is no token, however many queues are left (API reference)."""
        arns = names.arns
        return ListQueuesResult(
            QueueUrls=[self._urls.url(call.origin, arn) for arn in arns] or None,
            NextToken=token_after(_name(arns[-1])) if paged and names.more and arns else None,
        )

    def list_dead_letter_sources(
        self, call: Call, request: ListDeadLetterSourceQueuesRequest
    ) -> None:
        command = ListDeadLetterSources(
            queue=self._arn(call, request.QueueUrl),
            after=shown_before(request.NextToken),
            limit=page_size(request.MaxResults),
        )
        self._submit(call, command, partial(self._listed_sources, request.MaxResults is not None))

    def _listed_sources(
        self, paged: bool, call: Call, names: QueueNames
    ) -> ListDeadLetterSourceQueuesResult:
        arns = names.arns
        return ListDeadLetterSourceQueuesResult(
            queueUrls=[self._urls.url(call.origin, arn) for arn in arns],
            NextToken=token_after(arns[-1]) if paged and names.more and arns else None,
        )

    # --- Attributes ------------------------------------------------------------------------------

    def get_attributes(self, call: Call, request: GetQueueAttributesRequest) -> None:
        arn = self._arn(call, request.QueueUrl)
        wanted = frozenset(request.AttributeNames or ())
        for name in request.AttributeNames or ():
            if name != "All" and name not in queue_attributes.NAMES:
                raise queue_attributes.unknown(name)
        self._submit(call, DescribeQueue(arn), partial(_attributes, wanted))

    def set_attributes(self, call: Call, request: SetQueueAttributesRequest) -> None:
        """Which attributes there are depends on the queue's kind, so the queue checks them all."""
        arn = self._arn(call, request.QueueUrl)
        if not request.Attributes:
            raise missing("Attributes")
        check_policy(request.Attributes, self._entities)
        self._submit(call, SetQueueAttributes(arn, request.Attributes), nothing)

    # --- Tags ------------------------------------------------------------------------------------

    def tag(self, call: Call, request: TagQueueRequest) -> None:
        arn = self._arn(call, request.QueueUrl)
        if not request.Tags:
            raise missing("Tags")
        tags.check_tags(request.Tags)
        self._submit(call, TagQueue(arn, request.Tags), nothing)

    def untag(self, call: Call, request: UntagQueueRequest) -> None:
        arn = self._arn(call, request.QueueUrl)
        if not request.TagKeys:
            raise InvalidParameterValueException(
                "Tag keys must be between 1 and 128 characters in length."
            )
        tags.check_keys(request.TagKeys)
        self._submit(call, UntagQueue(arn, request.TagKeys), nothing)

    def list_tags(self, call: Call, request: ListQueueTagsRequest) -> None:
        self._submit(call, DescribeQueue(self._arn(call, request.QueueUrl)), _tags)


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _attributes(
    wanted: frozenset[str], call: Call, description: QueueDescription
) -> GetQueueAttributesResult:
    """An attribute that the queue does not have is left out."""
    shown = description.attributes
    if "All" not in wanted:
        shown = {name: value for name, value in shown.items() if name in wanted}
    return GetQueueAttributesResult(Attributes=shown or None)


def _tags(call: Call, description: QueueDescription) -> ListQueueTagsResult:
    return ListQueueTagsResult(Tags=description.tags or None)
