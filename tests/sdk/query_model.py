"""SQS's service model as it was while AWS's SDKs spoke the Query protocol.

Newer models of botocore know the JSON protocol only. The shapes are the same; what is missing are
the traits of the Query protocol, which are few: how members of lists and maps are called on the
wire, and the element that wraps a result. This module puts them back, so that a test can drive
the server with botocore's own Query serializer and parser.
Source of the traits: the service model of botocore 1.31.60, the last line with Query.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session

XML_NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"

# List shape: the name of one element.
LIST_ELEMENTS = {
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

# Map shape: the names of key and value, and of the map itself where it has one.
MAP_NAMES = {
    "MessageBodyAttributeMap": ("Name", "Value", None),
    "MessageBodySystemAttributeMap": ("Name", "Value", None),
    "MessageSystemAttributeMap": ("Name", "Value", "Attribute"),
    "QueueAttributeMap": ("Name", "Value", "Attribute"),
    "TagMap": ("Key", "Value", "Tag"),
}

# Structure and member: the member's name on the wire.
MEMBER_NAMES = {
    ("CreateQueueRequest", "Attributes"): "Attribute",
    ("CreateQueueRequest", "tags"): "Tag",
    ("GetQueueAttributesResult", "Attributes"): "Attribute",
    ("ListQueueTagsResult", "Tags"): "Tag",
    ("Message", "Attributes"): "Attribute",
    ("Message", "MessageAttributes"): "MessageAttribute",
    ("MessageAttributeValue", "StringListValues"): "StringListValue",
    ("MessageAttributeValue", "BinaryListValues"): "BinaryListValue",
    ("MessageSystemAttributeValue", "StringListValues"): "StringListValue",
    ("MessageSystemAttributeValue", "BinaryListValues"): "BinaryListValue",
    ("SendMessageRequest", "MessageAttributes"): "MessageAttribute",
    ("SendMessageRequest", "MessageSystemAttributes"): "MessageSystemAttribute",
    ("SendMessageBatchRequestEntry", "MessageAttributes"): "MessageAttribute",
    ("SendMessageBatchRequestEntry", "MessageSystemAttributes"): "MessageSystemAttribute",
    ("SetQueueAttributesRequest", "Attributes"): "Attribute",
}


def query_flavour(model: dict[str, Any]) -> dict[str, Any]:
    """The given JSON model of SQS, changed in place to the Query protocol, and returned."""
    metadata = model["metadata"]
    for of_json_only in ("jsonVersion", "targetPrefix", "awsQueryCompatible", "auth"):
        metadata.pop(of_json_only, None)
    metadata |= {"protocol": "query", "protocols": ["query"], "xmlNamespace": XML_NAMESPACE}
    for operation in model["operations"].values():
        if "output" in operation:
            operation["output"]["resultWrapper"] = operation["output"]["shape"]
    shapes = model["shapes"]
    for name, element in LIST_ELEMENTS.items():
        shapes[name]["member"]["locationName"] = element
    for name, (key, value, own) in MAP_NAMES.items():
        shapes[name]["key"]["locationName"] = key
        shapes[name]["value"]["locationName"] = value
        if own is not None:
            shapes[name]["locationName"] = own
    for (structure, member), name in MEMBER_NAMES.items():
        shapes[structure]["members"][member]["locationName"] = name
    return model


def write_query_model(folder: Path) -> None:
    """Writes the model into `folder` in the layout in which botocore looks for models."""
    loader = botocore.session.Session().get_component("data_loader")
    model = query_flavour(loader.load_service_model("sqs", "service-2"))
    place = folder / "sqs" / model["metadata"]["apiVersion"]
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
