"""SendMessage.  Recorded answers of AWS are cited by the name of their case."""

import hashlib

import pytest

from tidegate.api.sqs import MessageAttributeValue, MessageSystemAttributeValue
from tidegate.base.refusals import (
    InvalidMessageContents,
    InvalidParameterValueException,
    MissingRequiredParameterException,
    UnsupportedOperation,
)
from tidegate.engine.commands import AttributeValue, Sent
from tidegate.services.sqs.attributes import valid_utf8

SENT = Sent("id")


def string(value, data_type="String"):
    return MessageAttributeValue(DataType=data_type, StringValue=value)


def binary(value, data_type="Binary"):
    return MessageAttributeValue(DataType=data_type, BinaryValue=value)


def test_message_becomes_a_command_with_digest_size_and_sender(sqs):
    sqs.ask("SendMessage", SENT, MessageBody="grüße", DelaySeconds=5)
    assert sqs.command.queue == sqs.arn
    assert sqs.command.entry.size_bytes == 7
    assert sqs.command.entry.delay_s == 5
    message = sqs.command.entry.message
    assert message.body == "grüße"
    assert message.md5 == hashlib.md5("grüße".encode()).hexdigest()
    assert message.sender_id == "sender"
    assert message.attributes is None


def test_answer_shows_the_digest_and_what_the_queue_said(sqs):
    answer = sqs.ask("SendMessage", Sent("id-1", "18"), MessageBody="a")
    assert answer.MessageId == "id-1"
    assert answer.SequenceNumber == "18"
    assert answer.MD5OfMessageBody == "0cc175b9c0f1b6a831c399e269772661"
    assert answer.MD5OfMessageAttributes is None
    assert answer.MD5OfMessageSystemAttributes is None


def test_without_a_delay_the_queue_decides(sqs):
    sqs.ask("SendMessage", SENT, MessageBody="a")
    assert sqs.command.entry.delay_s is None


def test_every_message_has_its_own_id(sqs):
    sqs.ask("SendMessage", SENT, MessageBody="a")
    sqs.ask("SendMessage", SENT, MessageBody="a")
    first, second = (command.entry.message.id for command in sqs.commands)
    assert first != second


def test_empty_body_is_missing(refused):
    """Recorded as send_empty_message."""
    refused(
        MissingRequiredParameterException,
        "The request must contain the parameter MessageBody.",
        "SendMessage",
        MessageBody="",
    )


def test_empty_queue_url_is_missing(refused):
    refused(
        MissingRequiredParameterException,
        "The request must contain the parameter QueueUrl.",
        "SendMessage",
        QueueUrl="",
        MessageBody="a",
    )


TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."


def test_body_of_exactly_a_mebibyte_is_sent(sqs):
    sqs.ask("SendMessage", SENT, MessageBody="a" * 1_048_576)
    assert sqs.command.entry.size_bytes == 1_048_576


def test_size_counts_bytes_not_characters(refused):
    refused(InvalidParameterValueException, TOO_LONG, "SendMessage", MessageBody="é" * 524_289)


def test_size_counts_names_types_and_values_of_attributes(sqs, refused):
    fits = 1_048_576 - len("name") - len("String") - len("value")
    attributes = {"name": string("value")}
    sqs.ask("SendMessage", SENT, MessageBody="a" * fits, MessageAttributes=attributes)
    sqs.commands.clear()
    refused(
        InvalidParameterValueException,
        TOO_LONG,
        "SendMessage",
        MessageBody="a" * (fits + 1),
        MessageAttributes=attributes,
    )


INVALID_CHARACTERS = (
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
    "#xE000 to #xFFFD | #x10000 to #x10FFFF"
)


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ufffe", "\uffff", "\ud800"]
)
def test_characters_outside_xml_are_refused(refused, character):
    refused(InvalidMessageContents, INVALID_CHARACTERS, "SendMessage", MessageBody=f"a{character}é")


@pytest.mark.parametrize("character", ["\t", "\n", "\r", " ", "\x7f", "\ufffd", "\U0010ffff", "中"])
def test_characters_of_xml_are_sent(sqs, character):
    sqs.ask("SendMessage", SENT, MessageBody=character)
    assert sqs.command.entry.message.body == character


@pytest.mark.parametrize("delay_s", [-1, 901])
def test_delay_outside_its_range_is_refused(refused, delay_s):
    refused(
        InvalidParameterValueException,
        f"Value {delay_s} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 "
        "and <= 900.",
        "SendMessage",
        MessageBody="a",
        DelaySeconds=delay_s,
    )


@pytest.mark.parametrize("parameter", ["MessageDeduplicationId", "MessageGroupId"])
@pytest.mark.parametrize("value", ["", "a" * 129, "group 123", "ü"])
def test_identifiers_are_punctuation_and_alphanumerics(refused, parameter, value):
    """Recorded as message_deduplication_id_invalid."""
    refused(
        InvalidParameterValueException,
        f"Value {value} for parameter {parameter} is invalid. Reason: {parameter} can only include "
        "alphanumeric and punctuation characters. 1 to 128 in length.",
        "SendMessage",
        MessageBody="a",
        **{parameter: value},
    )


def test_identifiers_go_into_the_message(sqs):
    sqs.ask(
        "SendMessage", SENT, MessageBody="a", MessageGroupId="g!", MessageDeduplicationId="~" * 128
    )
    message = sqs.command.entry.message
    assert (message.group_id, message.deduplication_id) == ("g!", "~" * 128)


# --- Message attributes --------------------------------------------------------------------------


def test_attributes_have_the_digest_that_aws_computes(sqs):
    """Recorded as receive_message_message_attribute_names_filters."""
    answer = sqs.ask(
        "SendMessage",
        SENT,
        MessageBody="msg",
        MessageAttributes={
            "Help.Me": string("Me"),
            "Hello": string("There"),
            "General": string("Kenobi"),
        },
    )
    assert answer.MD5OfMessageAttributes == "4c360f3fdafd970e05fae2f149d997f5"


def test_attributes_are_kept_with_their_custom_types(sqs):
    sqs.ask(
        "SendMessage",
        SENT,
        MessageBody="msg",
        MessageAttributes={
            "n": string("3.50", "Number.float"),
            "b": binary(b"\x00\xff", "Binary.gif"),
        },
    )
    assert sqs.command.entry.message.attributes == {
        "n": AttributeValue("Number.float", "3.50"),
        "b": AttributeValue("Binary.gif", None, b"\x00\xff"),
    }
    assert sqs.command.entry.size_bytes == 3 + (1 + 12 + 4) + (1 + 10 + 2)


def test_binary_values_have_another_digest_than_strings(sqs):
    as_string = sqs.ask(
        "SendMessage", SENT, MessageBody="a", MessageAttributes={"x": string("v", "String")}
    )
    as_binary = sqs.ask(
        "SendMessage", SENT, MessageBody="a", MessageAttributes={"x": binary(b"v", "Binary")}
    )
    layout = b"\0\0\0\1x" + b"\0\0\0\6" + b"%s" + b"%s" + b"\0\0\0\1v"
    assert as_string.MD5OfMessageAttributes == hashlib.md5(layout % (b"String", b"\1")).hexdigest()
    assert as_binary.MD5OfMessageAttributes == hashlib.md5(layout % (b"Binary", b"\2")).hexdigest()


def refuse_attributes(refused, text, attributes, refusal=InvalidParameterValueException):
    refused(refusal, text, "SendMessage", MessageBody="a", MessageAttributes=attributes)


def test_ten_attributes_are_the_most(refused, sqs):
    ten = {f"a{n}": string("v") for n in range(10)}
    sqs.ask("SendMessage", SENT, MessageBody="a", MessageAttributes=ten)
    sqs.commands.clear()
    refuse_attributes(
        refused,
        "Number of message attributes [11] exceeds the allowed maximum [10].",
        {**ten, "b": string("v")},
    )


@pytest.mark.parametrize(
    "name",
    ["", "a" * 257, ".a", "a.", "a..b", "a b", "ä", "aws.x", "AWS.x", "Amazon.x", "a/b"],
)
def test_names_that_no_attribute_may_have(refused, name):
    refuse_attributes(refused, None, {name: string("v")})


@pytest.mark.parametrize("name", ["a", "A_b-c.9", "awsx", "a" * 256])
def test_names_that_an_attribute_may_have(sqs, name):
    sqs.ask("SendMessage", SENT, MessageBody="a", MessageAttributes={name: string("v")})
    assert list(sqs.command.entry.message.attributes) == [name]


@pytest.mark.parametrize("data_type", ["string", "Integer", "Strings", "String" + "." + "x" * 250])
def test_types_have_one_of_three_prefixes(refused, data_type):
    refuse_attributes(
        refused,
        "The type of message (user) attribute 'my-attribute' is invalid. You must use only the "
        "following supported type prefixes: Binary, Number, String.",
        {"my-attribute": string("v", data_type)},
    )


def test_type_may_not_be_empty(refused):
    refuse_attributes(refused, None, {"x": string("v", "")})


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (string(""), "String"),
        (string(None), "String"),
        (string("", "Number"), "Number"),
        (binary(b""), "Binary"),
        (MessageAttributeValue(DataType="Binary.x", StringValue="v"), "Binary"),
        (MessageAttributeValue(DataType="String", BinaryValue=b"v"), "String"),
    ],
)
def test_empty_values_are_refused(refused, value, kind):
    """Recorded as send_message_with_empty_string_attribute."""
    refuse_attributes(
        refused,
        f"Message (user) attribute 'ErrorDetails' must contain a non-empty value of type '{kind}'.",
        {"ErrorDetails": value},
    )


@pytest.mark.parametrize(
    "number", ["0", "-1", "+1.5", ".5", "5.", "1e126", "1E-128", "9" * 38, "0e999", "-0.0"]
)
def test_numbers(sqs, number):
    sqs.ask("SendMessage", SENT, MessageBody="a", MessageAttributes={"n": string(number, "Number")})
    assert sqs.command.entry.message.attributes["n"].string_value == number


@pytest.mark.parametrize(
    "text",
    ["one", "1,5", "0x10", "1e127", "1e-129", "9" * 39, "NaN", "Infinity", " 1", "1e99999", "٣"],
)
def test_what_is_no_number(refused, text):
    refuse_attributes(
        refused,
        "Can't cast the value of message (user) attribute 'n' to a number.",
        {"n": string(text, "Number")},
    )


def test_lists_of_values_are_not_supported(refused):
    refuse_attributes(
        refused,
        "Message attribute list values in SendMessage operation are not supported.",
        {"x": MessageAttributeValue(DataType="String", StringListValues=["a"])},
        UnsupportedOperation,
    )


def test_attribute_values_keep_to_the_characters_of_xml(refused):
    refuse_attributes(refused, INVALID_CHARACTERS, {"x": string("\x00")}, InvalidMessageContents)


# --- The trace header ----------------------------------------------------------------------------

HEADER = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


def system(value, data_type="String"):
    return MessageSystemAttributeValue(DataType=data_type, StringValue=value)


def test_trace_header_is_kept_and_does_not_count(sqs):
    """Recorded as aws_trace_header_propagation."""
    answer = sqs.ask(
        "SendMessage",
        SENT,
        MessageBody="test",
        MessageSystemAttributes={"AWSTraceHeader": system(HEADER)},
    )
    assert sqs.command.entry.message.trace_header == HEADER
    assert sqs.command.entry.size_bytes == 4
    name = b"\0\0\0\x0eAWSTraceHeader\0\0\0\6String\1" + len(HEADER).to_bytes(4, "big")
    assert answer.MD5OfMessageSystemAttributes == hashlib.md5(name + HEADER.encode()).hexdigest()


def test_trace_header_of_the_request_goes_with_the_message(sqs):
    """Recorded as aws_trace_header_propagation.  No digest is of what the client did not send as a
    parameter."""
    sqs.trace_header = HEADER
    answer = sqs.ask("SendMessage", SENT, MessageBody="test")
    assert sqs.command.entry.message.trace_header == HEADER
    assert sqs.command.entry.size_bytes == 4
    assert answer.MD5OfMessageSystemAttributes is None


def test_trace_header_of_the_parameters_comes_before_the_one_of_the_request(sqs):
    sqs.trace_header = "Root=1-00000000-000000000000000000000000"
    answer = sqs.ask(
        "SendMessage",
        SENT,
        MessageBody="test",
        MessageSystemAttributes={"AWSTraceHeader": system(HEADER)},
    )
    assert sqs.command.entry.message.trace_header == HEADER
    assert answer.MD5OfMessageSystemAttributes is not None


@pytest.mark.parametrize(
    "attributes",
    [
        {"Other": system("x")},
        {"AWSTraceHeader": system("1", "Number")},
        {"AWSTraceHeader": system("")},
    ],
)
def test_no_other_system_attribute_may_be_sent(refused, attributes):
    refused(
        InvalidParameterValueException,
        None,
        "SendMessage",
        MessageBody="a",
        MessageSystemAttributes=attributes,
    )


def test_text_of_a_request_that_can_hold_no_control_characters_needs_no_look():
    assert valid_utf8("plain", may_hold_controls=False) == b"plain"
    with pytest.raises(InvalidMessageContents):
        valid_utf8("\uffff", may_hold_controls=False)
    with pytest.raises(InvalidMessageContents):
        valid_utf8("\x01")
