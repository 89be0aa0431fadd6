"""The names of SQS's Query protocol, which AWS's model of SQS no longer holds.

Until 2023 the model described the Query protocol, with a `locationName` on lists and maps; today's
describes AWS JSON alone, while AWS still answers Query.  Everything here is from that older model
(API version 2012-11-05), except `MessageSystemAttributeName`, which is newer than it and stands in
the API reference of ReceiveMessage.
"""

XML_NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"

LISTS = {
    "AWSAccountIdList": "AWSAccountId",
    "ActionNameList": "ActionName",
    "AttributeNameList": "AttributeName",
    "BatchResultErrorEntryList": "BatchResultErrorEntry",
    "BinaryList": "BinaryListValue",
    "ChangeMessageVisibilityBatchRequestEntryList": "ChangeMessageVisibilityBatchRequestEntry",
    "ChangeMessageVisibilityBatchResultEntryList": "ChangeMessageVisibilityBatchResultEntry",
    "DeleteMessageBatchRequestEntryList": "DeleteMessageBatchRequestEntry",
    "DeleteMessageBatchResultEntryList": "DeleteMessageBatchResultEntry",
    "ListMessageMoveTasksResultEntryList": "ListMessageMoveTasksResultEntry",
    "MessageAttributeNameList": "MessageAttributeName",
    "MessageList": "Message",
    "MessageSystemAttributeList": "MessageSystemAttributeName",
    "QueueUrlList": "QueueUrl",
    "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
    "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
    "StringList": "StringListValue",
    "TagKeyList": "TagKey",
}
"""Name of a list in the model: name of an element.  All lists are flattened."""

MAPS = {
    "MessageBodyAttributeMap": ("MessageAttribute", "Name", "Value"),
    "MessageBodySystemAttributeMap": ("MessageSystemAttribute", "Name", "Value"),
    "MessageSystemAttributeMap": ("Attribute", "Name", "Value"),
    "QueueAttributeMap": ("Attribute", "Name", "Value"),
    "TagMap": ("Tag", "Key", "Value"),
}
"""Name of a map in the model: names of an entry, of its key and of its value.  All flattened."""

QUERY_JSON_NAMES = {
    "MessageList": "messages",
    "QueueUrlList": "queueUrls",
}
"""Lists whose member has another name when a Query request is answered in JSON: seen in what
integrations of API Gateway with SQS receive."""
