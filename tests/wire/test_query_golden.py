"""The Query protocol in text, as AWS's API reference and its clients write it."""

import pytest

from tidegate.api import sqs
from tidegate.wire import query

QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/MyQueue"


def decoded(operation: str, form: str) -> object:
    parameters = query.parse_parameters(form.encode())
    return query.decode(sqs.OPERATIONS[operation], {"QueueUrl": QUEUE_URL} | parameters)


def test_send_message_with_attributes() -> None:
    assert decoded(
        "SendMessage",
        "Action=SendMessage&MessageBody=This+is+a+test+message%21&Version=2012-11-05"
        "&MessageAttribute.1.Name=my_attribute_name_1"
        "&MessageAttribute.1.Value.StringValue=my_attribute_value_1"
        "&MessageAttribute.1.Value.DataType=String"
        "&MessageAttribute.2.Name=bytes"
        "&MessageAttribute.2.Value.BinaryValue=AAEC%2Bw%3D%3D"
        "&MessageAttribute.2.Value.DataType=Binary"
        "&MessageSystemAttribute.1.Name=AWSTraceHeader"
        "&MessageSystemAttribute.1.Value.StringValue=Root%3D1"
        "&MessageSystemAttribute.1.Value.DataType=String",
    ) == sqs.SendMessageRequest(
        QueueUrl=QUEUE_URL,
        MessageBody="This is a test message!",
        MessageAttributes={
            "my_attribute_name_1": sqs.MessageAttributeValue(
                StringValue="my_attribute_value_1", DataType="String"
            ),
            "bytes": sqs.MessageAttributeValue(BinaryValue=b"\0\1\2\xfb", DataType="Binary"),
        },
        MessageSystemAttributes={
            "AWSTraceHeader": sqs.MessageSystemAttributeValue(
                StringValue="Root=1", DataType="String"
            )
        },
    )


def test_send_message_batch() -> None:
    assert decoded(
        "SendMessageBatch",
        "SendMessageBatchRequestEntry.1.Id=test_msg_001"
        "&SendMessageBatchRequestEntry.1.MessageBody=test%20message%20body%201"
        "&SendMessageBatchRequestEntry.2.Id=test_msg_002"
        "&SendMessageBatchRequestEntry.2.MessageBody=test%20message%20body%202"
        "&SendMessageBatchRequestEntry.2.DelaySeconds=60"
        "&SendMessageBatchRequestEntry.2.MessageAttribute.1.Name=test_attribute_name_1"
        "&SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue=v"
        "&SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.DataType=String",
    ) == sqs.SendMessageBatchRequest(
        QueueUrl=QUEUE_URL,
        Entries=[
            sqs.SendMessageBatchRequestEntry(Id="test_msg_001", MessageBody="test message body 1"),
            sqs.SendMessageBatchRequestEntry(
                Id="test_msg_002",
                MessageBody="test message body 2",
                DelaySeconds=60,
                MessageAttributes={
                    "test_attribute_name_1": sqs.MessageAttributeValue(
                        StringValue="v", DataType="String"
                    )
                },
            ),
        ],
    )


@pytest.mark.parametrize(
    ("operation", "form", "member", "value"),
    [
        ("CreateQueue", "Attribute.1.Name=A&Attribute.1.Value=1", "Attributes", {"A": "1"}),
        ("CreateQueue", "Tag.1.Key=k&Tag.1.Value=v", "tags", {"k": "v"}),
        ("SetQueueAttributes", "Attribute.Name=A&Attribute.Value=1", "Attributes", {"A": "1"}),
        ("TagQueue", "Tag.1.Key=k&Tag.1.Value=v", "Tags", {"k": "v"}),
        ("UntagQueue", "TagKey.1=k&TagKey.2=l", "TagKeys", ["k", "l"]),
        ("GetQueueAttributes", "AttributeName.1=All", "AttributeNames", ["All"]),
        ("ReceiveMessage", "AttributeName=All", "AttributeNames", ["All"]),
        (
            "ReceiveMessage",
            "MessageSystemAttributeName.1=All",
            "MessageSystemAttributeNames",
            ["All"],
        ),
        ("ReceiveMessage", "MessageAttributeName.1=a.*", "MessageAttributeNames", ["a.*"]),
        ("AddPermission", "AWSAccountId.1=1&AWSAccountId.2=2", "AWSAccountIds", ["1", "2"]),
        ("AddPermission", "ActionName.1=SendMessage", "Actions", ["SendMessage"]),
    ],
)
def test_names_of_the_flattened_form(operation: str, form: str, member: str, value: object) -> None:
    others = "&QueueName=q&Label=l"
    assert getattr(decoded(operation, form + others), member) == value


@pytest.mark.parametrize(
    "form",
    [
        "AttributeName.1=A&AttributeName.2=B",
        "AttributeName.member.1=A&AttributeName.member.2=B",
        "AttributeNames.member.1=A&AttributeNames.member.2=B",
        "AttributeNames.1=A&AttributeNames.2=B",
        "AttributeName.20=B&AttributeName.3=A",
        "AttributeName.2=B&AttributeName.1=A&AttributeName.x=C",
    ],
)
def test_a_list_in_every_form_and_in_the_order_of_its_numbers(form: str) -> None:
    request = decoded("GetQueueAttributes", form)
    assert request == sqs.GetQueueAttributesRequest(QueueUrl=QUEUE_URL, AttributeNames=["A", "B"])


@pytest.mark.parametrize(
    "form",
    [
        "Attribute.1.Name=A&Attribute.1.Value=1",
        "Attribute.entry.1.Name=A&Attribute.entry.1.Value=1",
        "Attributes.entry.1.key=A&Attributes.entry.1.value=1",
        "Attributes.1.Name=A&Attributes.1.Value=1",
    ],
)
def test_a_map_in_every_form(form: str) -> None:
    request = decoded("SetQueueAttributes", form)
    assert request == sqs.SetQueueAttributesRequest(QueueUrl=QUEUE_URL, Attributes={"A": "1"})


def test_the_answer_to_send_message() -> None:
    answer = query.encode(
        sqs.OPERATIONS["SendMessage"],
        sqs.SendMessageResult(MD5OfMessageBody="fafb00f5", MessageId="5fea7756"),
        "27daac76",
    )
    assert answer == (
        b'<?xml version="1.0"?>'
        b'<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">'
        b"<SendMessageResult><MD5OfMessageBody>fafb00f5</MD5OfMessageBody>"
        b"<MessageId>5fea7756</MessageId></SendMessageResult>"
        b"<ResponseMetadata><RequestId>27daac76</RequestId></ResponseMetadata>"
        b"</SendMessageResponse>"
    )


def test_the_answer_to_receive_message() -> None:
    message = sqs.Message(
        MessageId="m",
        Body='{"a": "<b> & \r\n"}',
        Attributes={"SenderId": "AIDA", "SentTimestamp": "1"},
        MessageAttributes={"n": sqs.MessageAttributeValue(StringValue="3", DataType="Number")},
    )
    answer = query.encode(
        sqs.OPERATIONS["ReceiveMessage"], sqs.ReceiveMessageResult(Messages=[message]), "r"
    )
    assert (
        b"<ReceiveMessageResult><Message><MessageId>m</MessageId>"
        b"<Body>{&quot;a&quot;: &quot;&lt;b&gt; &amp; &#xD;\n&quot;}</Body>"
        b"<Attribute><Name>SenderId</Name><Value>AIDA</Value></Attribute>"
        b"<Attribute><Name>SentTimestamp</Name><Value>1</Value></Attribute>"
        b"<MessageAttribute><Name>n</Name>"
        b"<Value><StringValue>3</StringValue><DataType>Number</DataType></Value>"
        b"</MessageAttribute></Message></ReceiveMessageResult>"
    ) in answer


def test_the_answer_to_a_batch() -> None:
    answer = query.encode(
        sqs.OPERATIONS["DeleteMessageBatch"],
        sqs.DeleteMessageBatchResult(
            Successful=[sqs.DeleteMessageBatchResultEntry(Id="1")],
            Failed=[
                sqs.BatchResultErrorEntry(
                    Id="2", SenderFault=True, Code="ReceiptHandleIsInvalid", Message="no"
                )
            ],
        ),
        "r",
    )
    assert (
        b"<DeleteMessageBatchResult>"
        b"<DeleteMessageBatchResultEntry><Id>1</Id></DeleteMessageBatchResultEntry>"
        b"<BatchResultErrorEntry><Id>2</Id><SenderFault>true</SenderFault>"
        b"<Code>ReceiptHandleIsInvalid</Code><Message>no</Message></BatchResultErrorEntry>"
        b"</DeleteMessageBatchResult>"
    ) in answer


def test_an_answer_without_output() -> None:
    assert query.encode(sqs.OPERATIONS["DeleteMessage"], None, "r") == (
        b'<?xml version="1.0"?>'
        b'<DeleteMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">'
        b"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteMessageResponse>"
    )


def test_the_json_form_of_answers() -> None:
    sent = sqs.SendMessageResult(MD5OfMessageBody="fafb00f5", MessageId="5fea7756")
    assert query.encode_json(sqs.OPERATIONS["SendMessage"], sent, "r") == (
        b'{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"r"},"SendMessageResult":'
        b'{"MD5OfMessageAttributes":null,"MD5OfMessageBody":"fafb00f5",'
        b'"MD5OfMessageSystemAttributes":null,"MessageId":"5fea7756","SequenceNumber":null}}}'
    )
    assert query.encode_json(sqs.OPERATIONS["ReceiveMessage"], sqs.ReceiveMessageResult(), "r") == (
        b'{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":null},'
        b'"ResponseMetadata":{"RequestId":"r"}}}'
    )
    attributes = sqs.GetQueueAttributesResult(Attributes={"DelaySeconds": "0"})
    assert query.encode_json(sqs.OPERATIONS["GetQueueAttributes"], attributes, "r") == (
        b'{"GetQueueAttributesResponse":{"GetQueueAttributesResult":{"Attributes":'
        b'[{"Name":"DelaySeconds","Value":"0"}]},"ResponseMetadata":{"RequestId":"r"}}}'
    )
    assert query.encode_json(sqs.OPERATIONS["DeleteMessage"], None, "r") == (
        b'{"DeleteMessageResponse":{"ResponseMetadata":{"RequestId":"r"}}}'
    )
