"""ReceiveMessage.  Recorded answers of AWS are cited by the name of their case."""

import pytest

from tidegate.base.refusals import InvalidAttributeName, InvalidParameterValueException
from tidegate.engine.commands import AttributeValue, Delivery, Message, Receipt, Received

ATTRIBUTES = {
    "Help.Me": AttributeValue("String", "Me"),
    "Hello": AttributeValue("String", "There"),
    "General": AttributeValue("String", "Kenobi"),
}
ALL_MD5 = "4c360f3fdafd970e05fae2f149d997f5"


def delivered(message, **more):
    return Received([Delivery(Receipt(7, 1, 2), 99, 1000, 2000, message=message, **more)])


def plain(**more):
    return Message("id", "msg", "6e2baaf3b97dbeef01c0043275f9a0e7", "sender", **more)


def one(sqs, result, **parameters):
    answer = sqs.ask("ReceiveMessage", result, **parameters)
    assert len(answer.Messages) == 1
    return answer.Messages[0]


def test_defaults_leave_the_rest_to_the_queue(sqs):
    sqs.ask("ReceiveMessage", Received([]))
    command = sqs.command
    assert (command.queue, command.max_messages) == (sqs.arn, 1)
    assert (command.visibility_timeout_s, command.wait_s, command.attempt_id) == (None, None, None)


def test_parameters_become_the_command(sqs):
    sqs.ask(
        "ReceiveMessage",
        Received([]),
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        WaitTimeSeconds=20,
        ReceiveRequestAttemptId="try-1",
    )
    command = sqs.command
    assert (command.max_messages, command.visibility_timeout_s) == (10, 0)
    assert (command.wait_s, command.attempt_id) == (20, "try-1")


def test_an_empty_answer_has_no_list(sqs):
    assert sqs.ask("ReceiveMessage", Received([])).Messages is None


@pytest.mark.parametrize("count", [0, 11, -1])
def test_number_of_messages_has_a_range(refused, count):
    """Recorded as send_receive_max_number_of_messages."""
    refused(
        InvalidParameterValueException,
        f"Value {count} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 "
        "and 10, if provided.",
        "ReceiveMessage",
        MaxNumberOfMessages=count,
    )


@pytest.mark.parametrize("wait_s", [21, -1])
def test_wait_has_a_range(refused, wait_s):
    """Recorded as send_receive_wait_time_seconds."""
    refused(
        InvalidParameterValueException,
        f"Value {wait_s} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, "
        "if provided.",
        "ReceiveMessage",
        WaitTimeSeconds=wait_s,
    )


@pytest.mark.parametrize("timeout_s", [43_201, -1])
def test_visibility_timeout_has_a_range(refused, timeout_s):
    refused(
        InvalidParameterValueException,
        f"Value {timeout_s} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and "
        "<= 43200, if provided.",
        "ReceiveMessage",
        VisibilityTimeout=timeout_s,
    )


def test_attempt_id_has_the_characters_of_identifiers(refused):
    refused(
        InvalidParameterValueException,
        "Value a b for parameter ReceiveRequestAttemptId is invalid. Reason: "
        "ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to "
        "128 in length.",
        "ReceiveMessage",
        ReceiveRequestAttemptId="a b",
    )


def test_a_message_shows_body_digest_id_and_a_handle(sqs):
    message = one(sqs, delivered(plain(attributes=ATTRIBUTES, attributes_md5=ALL_MD5)))
    assert (message.MessageId, message.Body) == ("id", "msg")
    assert message.MD5OfBody == "6e2baaf3b97dbeef01c0043275f9a0e7"
    assert sqs.receipts.open(message.ReceiptHandle) == Receipt(7, 1, 2)
    assert (message.Attributes, message.MessageAttributes) == (None, None)
    assert message.MD5OfMessageAttributes is None


def test_a_moved_message_shows_its_new_id(sqs):
    assert one(sqs, delivered(plain(), message_id="new")).MessageId == "new"


# --- System attributes ---------------------------------------------------------------------------

BASIC = {
    "SenderId": "sender",
    "SentTimestamp": "1000",
    "ApproximateFirstReceiveTimestamp": "2000",
    "ApproximateReceiveCount": "2",
}


@pytest.mark.parametrize("parameter", ["AttributeNames", "MessageSystemAttributeNames"])
def test_all_system_attributes_of_a_plain_message(sqs, parameter):
    """Recorded as receive_message_attribute_names_filters."""
    assert one(sqs, delivered(plain()), **{parameter: ["All"]}).Attributes == BASIC


def test_all_system_attributes_of_a_fifo_message(sqs):
    """Recorded as fifo_message_attributes."""
    message = plain(group_id="group-1", deduplication_id="dedup-1", trace_header="Root=1")
    result = delivered(message, sequence_number="18", dead_letter_source="arn:source")
    assert one(sqs, result, AttributeNames=["All"]).Attributes == {
        **BASIC,
        "SequenceNumber": "18",
        "MessageGroupId": "group-1",
        "MessageDeduplicationId": "dedup-1",
        "AWSTraceHeader": "Root=1",
        "DeadLetterQueueSourceArn": "arn:source",
    }


def test_a_standard_queue_shows_the_group_but_no_deduplication_id(sqs):
    shown = one(sqs, delivered(plain(group_id="tenant")), AttributeNames=["All"]).Attributes
    assert shown == {**BASIC, "MessageGroupId": "tenant"}


def test_chosen_system_attributes_leave_out_what_is_not_there(sqs):
    """Recorded as receive_message_attribute_names_filters, multiple_attributes."""
    names = ["SenderId", "SequenceNumber"]
    assert one(sqs, delivered(plain()), AttributeNames=names).Attributes == {"SenderId": "sender"}
    only_absent = one(sqs, delivered(plain()), AttributeNames=["SequenceNumber"])
    assert only_absent.Attributes is None


@pytest.mark.parametrize("system_names", [["All"], ["SenderId"]])
def test_both_parameters_count_together(sqs, system_names):
    """Recorded as message_system_attribute_names_with_attribute_names."""
    shown = one(
        sqs,
        delivered(plain()),
        AttributeNames=["All"],
        MessageSystemAttributeNames=system_names,
    )
    assert shown.Attributes == BASIC


@pytest.mark.parametrize("parameter", ["AttributeNames", "MessageSystemAttributeNames"])
def test_unknown_system_attributes_are_refused(refused, parameter):
    refused(
        InvalidAttributeName,
        "Unknown Attribute Foo.",
        "ReceiveMessage",
        **{parameter: ["SenderId", "Foo"]},
    )


def test_names_of_queue_attributes_are_passed_over(sqs):
    assert one(sqs, delivered(plain()), AttributeNames=["Policy"]).Attributes is None


# --- Message attributes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "shown", "md5"),
    [
        (["All"], {"General", "Hello", "Help.Me"}, ALL_MD5),
        (["*"], {"General", "Hello", "Help.Me"}, ALL_MD5),
        ([".*"], {"General", "Hello", "Help.Me"}, ALL_MD5),
        (["General", "Hello"], {"General", "Hello"}, "fca026605781cb4126a1e9044df24232"),
        (["Hello", "Foo"], {"Hello"}, "a311262e065454b75da111d535b8dacd"),
        (["Hel.*"], {"Hello", "Help.Me"}, "83fee93c1bcd8b9a5a923ffacdc636c7"),
    ],
)
def test_filters_of_message_attributes(sqs, names, shown, md5):
    """Recorded as receive_message_message_attribute_names_filters: the digest covers what is
    shown."""
    result = delivered(plain(attributes=ATTRIBUTES, attributes_md5=ALL_MD5))
    message = one(sqs, result, MessageAttributeNames=names)
    assert set(message.MessageAttributes) == shown
    assert message.MD5OfMessageAttributes == md5
    assert message.MessageAttributes["Hello"].StringValue == "There"
    assert message.MessageAttributes["Hello"].DataType == "String"


@pytest.mark.parametrize("names", [[], ["Foo"], ["AWS."], [".foo"], ["hello"]])
def test_filters_that_match_nothing_show_nothing(sqs, names):
    """Recorded as receive_message_message_attribute_names_filters, illegal_name_1 and 2."""
    result = delivered(plain(attributes=ATTRIBUTES, attributes_md5=ALL_MD5))
    message = one(sqs, result, MessageAttributeNames=names)
    assert (message.MessageAttributes, message.MD5OfMessageAttributes) == (None, None)


def test_binary_attributes_come_back_as_bytes(sqs):
    attributes = {"b": AttributeValue("Binary.gif", None, b"\x00\xff")}
    result = delivered(plain(attributes=attributes, attributes_md5="digest"))
    message = one(sqs, result, MessageAttributeNames=["All"])
    assert message.MessageAttributes["b"].BinaryValue == b"\x00\xff"
    assert message.MessageAttributes["b"].StringValue is None
    assert message.MD5OfMessageAttributes == "digest"


def test_requests_with_other_names_do_not_mix(sqs):
    result = delivered(plain(attributes=ATTRIBUTES, attributes_md5=ALL_MD5))
    first = one(sqs, result, MessageAttributeNames=["Hello"])
    second = one(sqs, result, MessageSystemAttributeNames=["SenderId"])
    assert set(first.MessageAttributes) == {"Hello"}
    assert (second.MessageAttributes, second.Attributes) == (None, {"SenderId": "sender"})
