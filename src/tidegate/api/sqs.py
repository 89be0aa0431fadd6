"""Amazon Simple Queue Service, API version 2012-11-05.

Generated from AWS's service model by tools/generate_api.py; do not edit.
"""

from typing import Annotated

from tidegate.api.operation import (
    FlatList,
    FlatMap,
    Integer,
    Long,
    OperationShape,
    ServiceShape,
    Shape,
)

AWSAccountIdList = Annotated[list[str], FlatList("AWSAccountId")]

ActionNameList = Annotated[list[str], FlatList("ActionName")]


class AddPermissionRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Label: str
    AWSAccountIds: AWSAccountIdList
    Actions: ActionNameList


class CancelMessageMoveTaskRequest(Shape, frozen=True, kw_only=True):
    TaskHandle: str


class CancelMessageMoveTaskResult(Shape, frozen=True, kw_only=True):
    ApproximateNumberOfMessagesMoved: Long | None = None


class ChangeMessageVisibilityRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    ReceiptHandle: str
    VisibilityTimeout: Integer


class ChangeMessageVisibilityBatchRequestEntry(Shape, frozen=True, kw_only=True):
    Id: str
    ReceiptHandle: str
    VisibilityTimeout: Integer | None = None


ChangeMessageVisibilityBatchRequestEntryList = Annotated[
    list[ChangeMessageVisibilityBatchRequestEntry],
    FlatList("ChangeMessageVisibilityBatchRequestEntry"),
]


class ChangeMessageVisibilityBatchRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Entries: ChangeMessageVisibilityBatchRequestEntryList


class ChangeMessageVisibilityBatchResultEntry(Shape, frozen=True, kw_only=True):
    Id: str


ChangeMessageVisibilityBatchResultEntryList = Annotated[
    list[ChangeMessageVisibilityBatchResultEntry],
    FlatList("ChangeMessageVisibilityBatchResultEntry"),
]


class BatchResultErrorEntry(Shape, frozen=True, kw_only=True):
    Id: str
    SenderFault: bool
    Code: str
    Message: str | None = None


BatchResultErrorEntryList = Annotated[
    list[BatchResultErrorEntry],
    FlatList("BatchResultErrorEntry"),
]


class ChangeMessageVisibilityBatchResult(Shape, frozen=True, kw_only=True):
    Successful: ChangeMessageVisibilityBatchResultEntryList | None = None
    Failed: BatchResultErrorEntryList | None = None


QueueAttributeMap = Annotated[dict[str, str], FlatMap("Attribute", "Name", "Value")]

TagMap = Annotated[dict[str, str], FlatMap("Tag", "Key", "Value")]


class CreateQueueRequest(Shape, frozen=True, kw_only=True):
    QueueName: str
    Attributes: QueueAttributeMap | None = None
    tags: TagMap | None = None


class CreateQueueResult(Shape, frozen=True, kw_only=True):
    QueueUrl: str | None = None


class DeleteMessageRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    ReceiptHandle: str


class DeleteMessageBatchRequestEntry(Shape, frozen=True, kw_only=True):
    Id: str
    ReceiptHandle: str


DeleteMessageBatchRequestEntryList = Annotated[
    list[DeleteMessageBatchRequestEntry],
    FlatList("DeleteMessageBatchRequestEntry"),
]


class DeleteMessageBatchRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Entries: DeleteMessageBatchRequestEntryList


class DeleteMessageBatchResultEntry(Shape, frozen=True, kw_only=True):
    Id: str


DeleteMessageBatchResultEntryList = Annotated[
    list[DeleteMessageBatchResultEntry],
    FlatList("DeleteMessageBatchResultEntry"),
]


class DeleteMessageBatchResult(Shape, frozen=True, kw_only=True):
    Successful: DeleteMessageBatchResultEntryList | None = None
    Failed: BatchResultErrorEntryList | None = None


class DeleteQueueRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str


AttributeNameList = Annotated[list[str], FlatList("AttributeName")]


class GetQueueAttributesRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    AttributeNames: AttributeNameList | None = None


class GetQueueAttributesResult(Shape, frozen=True, kw_only=True):
    Attributes: QueueAttributeMap | None = None


class GetQueueUrlRequest(Shape, frozen=True, kw_only=True):
    QueueName: str
    QueueOwnerAWSAccountId: str | None = None


class GetQueueUrlResult(Shape, frozen=True, kw_only=True):
    QueueUrl: str | None = None


class ListDeadLetterSourceQueuesRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    NextToken: str | None = None
    MaxResults: Integer | None = None


QueueUrlList = Annotated[list[str], FlatList("QueueUrl", "queueUrls")]


class ListDeadLetterSourceQueuesResult(Shape, frozen=True, kw_only=True):
    queueUrls: QueueUrlList | None = None
    NextToken: str | None = None


class ListMessageMoveTasksRequest(Shape, frozen=True, kw_only=True):
    SourceArn: str
    MaxResults: Integer | None = None


class ListMessageMoveTasksResultEntry(Shape, frozen=True, kw_only=True):
    TaskHandle: str | None = None
    Status: str | None = None
    SourceArn: str | None = None
    DestinationArn: str | None = None
    MaxNumberOfMessagesPerSecond: Integer | None = None
    ApproximateNumberOfMessagesMoved: Long | None = None
    ApproximateNumberOfMessagesToMove: Long | None = None
    FailureReason: str | None = None
    StartedTimestamp: Long | None = None


ListMessageMoveTasksResultEntryList = Annotated[
    list[ListMessageMoveTasksResultEntry],
    FlatList("ListMessageMoveTasksResultEntry"),
]


class ListMessageMoveTasksResult(Shape, frozen=True, kw_only=True):
    Results: ListMessageMoveTasksResultEntryList | None = None


class ListQueueTagsRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str


class ListQueueTagsResult(Shape, frozen=True, kw_only=True):
    Tags: TagMap | None = None


class ListQueuesRequest(Shape, frozen=True, kw_only=True):
    QueueNamePrefix: str | None = None
    NextToken: str | None = None
    MaxResults: Integer | None = None


class ListQueuesResult(Shape, frozen=True, kw_only=True):
    QueueUrls: QueueUrlList | None = None
    NextToken: str | None = None


class PurgeQueueRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str


MessageSystemAttributeList = Annotated[list[str], FlatList("MessageSystemAttributeName")]

MessageAttributeNameList = Annotated[list[str], FlatList("MessageAttributeName")]


class ReceiveMessageRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    AttributeNames: AttributeNameList | None = None
    MessageSystemAttributeNames: MessageSystemAttributeList | None = None
    MessageAttributeNames: MessageAttributeNameList | None = None
    MaxNumberOfMessages: Integer | None = None
    VisibilityTimeout: Integer | None = None
    WaitTimeSeconds: Integer | None = None
    ReceiveRequestAttemptId: str | None = None


MessageSystemAttributeMap = Annotated[dict[str, str], FlatMap("Attribute", "Name", "Value")]

StringList = Annotated[list[str], FlatList("StringListValue")]

BinaryList = Annotated[list[bytes], FlatList("BinaryListValue")]


class MessageAttributeValue(Shape, frozen=True, kw_only=True):
    StringValue: str | None = None
    BinaryValue: bytes | None = None
    StringListValues: StringList | None = None
    BinaryListValues: BinaryList | None = None
    DataType: str


MessageBodyAttributeMap = Annotated[
    dict[str, MessageAttributeValue],
    FlatMap("MessageAttribute", "Name", "Value"),
]


class Message(Shape, frozen=True, kw_only=True):
    MessageId: str | None = None
    ReceiptHandle: str | None = None
    MD5OfBody: str | None = None
    Body: str | None = None
    Attributes: MessageSystemAttributeMap | None = None
    MD5OfMessageAttributes: str | None = None
    MessageAttributes: MessageBodyAttributeMap | None = None


MessageList = Annotated[list[Message], FlatList("Message", "messages")]


class ReceiveMessageResult(Shape, frozen=True, kw_only=True):
    Messages: MessageList | None = None


class RemovePermissionRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Label: str


class MessageSystemAttributeValue(Shape, frozen=True, kw_only=True):
    StringValue: str | None = None
    BinaryValue: bytes | None = None
    StringListValues: StringList | None = None
    BinaryListValues: BinaryList | None = None
    DataType: str


MessageBodySystemAttributeMap = Annotated[
    dict[str, MessageSystemAttributeValue],
    FlatMap("MessageSystemAttribute", "Name", "Value"),
]


class SendMessageRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    MessageBody: str
    DelaySeconds: Integer | None = None
    MessageAttributes: MessageBodyAttributeMap | None = None
    MessageSystemAttributes: MessageBodySystemAttributeMap | None = None
    MessageDeduplicationId: str | None = None
    MessageGroupId: str | None = None


class SendMessageResult(Shape, frozen=True, kw_only=True):
    MD5OfMessageBody: str | None = None
    MD5OfMessageAttributes: str | None = None
    MD5OfMessageSystemAttributes: str | None = None
    MessageId: str | None = None
    SequenceNumber: str | None = None


class SendMessageBatchRequestEntry(Shape, frozen=True, kw_only=True):
    Id: str
    MessageBody: str
    DelaySeconds: Integer | None = None
    MessageAttributes: MessageBodyAttributeMap | None = None
    MessageSystemAttributes: MessageBodySystemAttributeMap | None = None
    MessageDeduplicationId: str | None = None
    MessageGroupId: str | None = None


SendMessageBatchRequestEntryList = Annotated[
    list[SendMessageBatchRequestEntry],
    FlatList("SendMessageBatchRequestEntry"),
]


class SendMessageBatchRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Entries: SendMessageBatchRequestEntryList


class SendMessageBatchResultEntry(Shape, frozen=True, kw_only=True):
    Id: str
    MessageId: str
    MD5OfMessageBody: str
    MD5OfMessageAttributes: str | None = None
    MD5OfMessageSystemAttributes: str | None = None
    SequenceNumber: str | None = None


SendMessageBatchResultEntryList = Annotated[
    list[SendMessageBatchResultEntry],
    FlatList("SendMessageBatchResultEntry"),
]


class SendMessageBatchResult(Shape, frozen=True, kw_only=True):
    Successful: SendMessageBatchResultEntryList | None = None
    Failed: BatchResultErrorEntryList | None = None


class SetQueueAttributesRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Attributes: QueueAttributeMap


class StartMessageMoveTaskRequest(Shape, frozen=True, kw_only=True):
    SourceArn: str
    DestinationArn: str | None = None
    MaxNumberOfMessagesPerSecond: Integer | None = None


class StartMessageMoveTaskResult(Shape, frozen=True, kw_only=True):
    TaskHandle: str | None = None


class TagQueueRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    Tags: TagMap


TagKeyList = Annotated[list[str], FlatList("TagKey")]


class UntagQueueRequest(Shape, frozen=True, kw_only=True):
    QueueUrl: str
    TagKeys: TagKeyList


SERVICE = ServiceShape(
    name="sqs",
    api_version="2012-11-05",
    target_prefix="AmazonSQS",
    json_version="1.0",
    xml_namespace="http://queue.amazonaws.com/doc/2012-11-05/",
)

OPERATIONS: dict[str, OperationShape] = {
    "AddPermission": OperationShape(
        service=SERVICE,
        name="AddPermission",
        input=AddPermissionRequest,
        output=None,
        errors=(
            "OverLimit",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "CancelMessageMoveTask": OperationShape(
        service=SERVICE,
        name="CancelMessageMoveTask",
        input=CancelMessageMoveTaskRequest,
        output=CancelMessageMoveTaskResult,
        errors=(
            "ResourceNotFoundException",
            "RequestThrottled",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "ChangeMessageVisibility": OperationShape(
        service=SERVICE,
        name="ChangeMessageVisibility",
        input=ChangeMessageVisibilityRequest,
        output=None,
        errors=(
            "MessageNotInflight",
            "ReceiptHandleIsInvalid",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidAddress",
            "InvalidSecurity",
        ),
    ),
    "ChangeMessageVisibilityBatch": OperationShape(
        service=SERVICE,
        name="ChangeMessageVisibilityBatch",
        input=ChangeMessageVisibilityBatchRequest,
        output=ChangeMessageVisibilityBatchResult,
        errors=(
            "TooManyEntriesInBatchRequest",
            "EmptyBatchRequest",
            "BatchEntryIdsNotDistinct",
            "InvalidBatchEntryId",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidAddress",
            "InvalidSecurity",
        ),
    ),
    "CreateQueue": OperationShape(
        service=SERVICE,
        name="CreateQueue",
        input=CreateQueueRequest,
        output=CreateQueueResult,
        errors=(
            "QueueDeletedRecently",
            "QueueNameExists",
            "RequestThrottled",
            "InvalidAddress",
            "InvalidAttributeName",
            "InvalidAttributeValue",
            "UnsupportedOperation",
            "InvalidSecurity",
        ),
    ),
    "DeleteMessage": OperationShape(
        service=SERVICE,
        name="DeleteMessage",
        input=DeleteMessageRequest,
        output=None,
        errors=(
            "InvalidIdFormat",
            "ReceiptHandleIsInvalid",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidSecurity",
            "InvalidAddress",
        ),
    ),
    "DeleteMessageBatch": OperationShape(
        service=SERVICE,
        name="DeleteMessageBatch",
        input=DeleteMessageBatchRequest,
        output=DeleteMessageBatchResult,
        errors=(
            "TooManyEntriesInBatchRequest",
            "EmptyBatchRequest",
            "BatchEntryIdsNotDistinct",
            "InvalidBatchEntryId",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidAddress",
            "InvalidSecurity",
        ),
    ),
    "DeleteQueue": OperationShape(
        service=SERVICE,
        name="DeleteQueue",
        input=DeleteQueueRequest,
        output=None,
        errors=(
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidAddress",
            "UnsupportedOperation",
            "InvalidSecurity",
        ),
    ),
    "GetQueueAttributes": OperationShape(
        service=SERVICE,
        name="GetQueueAttributes",
        input=GetQueueAttributesRequest,
        output=GetQueueAttributesResult,
        errors=(
            "InvalidAttributeName",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidSecurity",
            "InvalidAddress",
        ),
    ),
    "GetQueueUrl": OperationShape(
        service=SERVICE,
        name="GetQueueUrl",
        input=GetQueueUrlRequest,
        output=GetQueueUrlResult,
        errors=(
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "ListDeadLetterSourceQueues": OperationShape(
        service=SERVICE,
        name="ListDeadLetterSourceQueues",
        input=ListDeadLetterSourceQueuesRequest,
        output=ListDeadLetterSourceQueuesResult,
        errors=(
            "QueueDoesNotExist",
            "RequestThrottled",
            "InvalidSecurity",
            "InvalidAddress",
            "UnsupportedOperation",
        ),
    ),
    "ListMessageMoveTasks": OperationShape(
        service=SERVICE,
        name="ListMessageMoveTasks",
        input=ListMessageMoveTasksRequest,
        output=ListMessageMoveTasksResult,
        errors=(
            "ResourceNotFoundException",
            "RequestThrottled",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "ListQueueTags": OperationShape(
        service=SERVICE,
        name="ListQueueTags",
        input=ListQueueTagsRequest,
        output=ListQueueTagsResult,
        errors=(
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "InvalidAddress",
            "InvalidSecurity",
        ),
    ),
    "ListQueues": OperationShape(
        service=SERVICE,
        name="ListQueues",
        input=ListQueuesRequest,
        output=ListQueuesResult,
        errors=(
            "RequestThrottled",
            "InvalidSecurity",
            "InvalidAddress",
            "UnsupportedOperation",
        ),
    ),
    "PurgeQueue": OperationShape(
        service=SERVICE,
        name="PurgeQueue",
        input=PurgeQueueRequest,
        output=None,
        errors=(
            "QueueDoesNotExist",
            "PurgeQueueInProgress",
            "RequestThrottled",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "ReceiveMessage": OperationShape(
        service=SERVICE,
        name="ReceiveMessage",
        input=ReceiveMessageRequest,
        output=ReceiveMessageResult,
        errors=(
            "UnsupportedOperation",
            "OverLimit",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "KmsDisabled",
            "KmsInvalidState",
            "KmsNotFound",
            "KmsOptInRequired",
            "KmsThrottled",
            "KmsAccessDenied",
            "KmsInvalidKeyUsage",
            "InvalidAddress",
        ),
    ),
    "RemovePermission": OperationShape(
        service=SERVICE,
        name="RemovePermission",
        input=RemovePermissionRequest,
        output=None,
        errors=(
            "InvalidAddress",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "SendMessage": OperationShape(
        service=SERVICE,
        name="SendMessage",
        input=SendMessageRequest,
        output=SendMessageResult,
        errors=(
            "InvalidMessageContents",
            "UnsupportedOperation",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "KmsDisabled",
            "KmsInvalidState",
            "KmsNotFound",
            "KmsOptInRequired",
            "KmsThrottled",
            "KmsAccessDenied",
            "KmsInvalidKeyUsage",
            "InvalidAddress",
        ),
    ),
    "SendMessageBatch": OperationShape(
        service=SERVICE,
        name="SendMessageBatch",
        input=SendMessageBatchRequest,
        output=SendMessageBatchResult,
        errors=(
            "TooManyEntriesInBatchRequest",
            "EmptyBatchRequest",
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "InvalidBatchEntryId",
            "UnsupportedOperation",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "KmsDisabled",
            "KmsInvalidState",
            "KmsNotFound",
            "KmsOptInRequired",
            "KmsThrottled",
            "KmsAccessDenied",
            "KmsInvalidKeyUsage",
            "InvalidAddress",
        ),
    ),
    "SetQueueAttributes": OperationShape(
        service=SERVICE,
        name="SetQueueAttributes",
        input=SetQueueAttributesRequest,
        output=None,
        errors=(
            "InvalidAttributeName",
            "InvalidAttributeValue",
            "RequestThrottled",
            "QueueDoesNotExist",
            "UnsupportedOperation",
            "OverLimit",
            "InvalidAddress",
            "InvalidSecurity",
        ),
    ),
    "StartMessageMoveTask": OperationShape(
        service=SERVICE,
        name="StartMessageMoveTask",
        input=StartMessageMoveTaskRequest,
        output=StartMessageMoveTaskResult,
        errors=(
            "ResourceNotFoundException",
            "RequestThrottled",
            "InvalidAddress",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "TagQueue": OperationShape(
        service=SERVICE,
        name="TagQueue",
        input=TagQueueRequest,
        output=None,
        errors=(
            "InvalidAddress",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
    "UntagQueue": OperationShape(
        service=SERVICE,
        name="UntagQueue",
        input=UntagQueueRequest,
        output=None,
        errors=(
            "InvalidAddress",
            "RequestThrottled",
            "QueueDoesNotExist",
            "InvalidSecurity",
            "UnsupportedOperation",
        ),
    ),
}
