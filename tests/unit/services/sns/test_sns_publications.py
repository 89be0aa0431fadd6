"""What may be published, and how long it is.  Recorded answers of AWS are cited by the name of
their case."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.api.sns import MessageAttributeValue, PublishInput
from tidegate.base.refusals import InvalidParameterException, InvalidParameterValueException
from tidegate.engine.commands import AttributeValue
from tidegate.services.sns.publications import DEFAULT, check


def text(value, data_type="String"):
    return MessageAttributeValue(DataType=data_type, StringValue=value)


def binary(value, data_type="Binary"):
    return MessageAttributeValue(DataType=data_type, BinaryValue=value)


def checked(message="text", **parameters):
    return check(PublishInput(Message=message, **parameters))


def refused(message="text", refusal=InvalidParameterException, **parameters):
    with pytest.raises(refusal) as caught:
        checked(message, **parameters)
    assert type(caught.value) is refusal
    return caught.value.message


# --- Text and subject ----------------------------------------------------------------------------


def test_a_plain_message() -> None:
    found = checked("h\u00e9llo\t\r\n\U0001f600")
    assert found.texts == {DEFAULT: "h\u00e9llo\t\r\n\U0001f600"}
    assert (found.is_structured, found.subject, found.attributes) == (False, None, None)
    assert (found.group_id, found.deduplication_id) == (None, None)
    assert found.size_bytes == 13


def test_an_empty_message_is_refused() -> None:
    """empty_sns_message"""
    assert refused("") == "Invalid parameter: Empty message"


@pytest.mark.parametrize(
    "message", ["a\x00", "\x08", "\x0b", "\x1f", "\ufffe", "a\uffff", "\ud800"]
)
def test_what_no_document_can_hold_is_refused(message: str) -> None:
    assert refused(message) == "Invalid parameter: Message"


@pytest.mark.parametrize(
    "subject", ["a", "A subject of the usual kind!", "x" * 100, " a", "caf\u00e9 \u6f22"]
)
def test_subjects(subject: str) -> None:
    assert checked(Subject=subject).subject == subject


@pytest.mark.parametrize("subject", ["", "a\nb", "a\tb", "x" * 101, "a\u2028b", "\x7f"])
def test_other_subjects_are_refused(subject: str) -> None:
    """publish_with_empty_subject; API reference of Publish, Subject"""
    assert refused(Subject=subject) == "Invalid parameter: Subject"


# --- Structure -----------------------------------------------------------------------------------


def structured(**texts):
    return checked(json.dumps(texts), MessageStructure="json")


def test_each_protocol_has_its_own_text_or_the_default() -> None:
    found = structured(default="d", sqs="q", GCM='{"data":{}}', http="")
    assert found.is_structured
    assert found.text_for("sqs") == "q"
    assert found.text_for("GCM") == '{"data":{}}'
    assert found.text_for("APNS") == found.text_for("email") == "d"
    assert found.text_for("http") == "", "the empty string is allowed"


def test_values_that_are_no_texts_are_ignored() -> None:
    """API reference of Publish, Message: non-string values will cause the key to be ignored."""
    assert structured(default="d", sqs=1, http=None, lambda_={}).texts == {DEFAULT: "d"}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("no json", "JSON message body failed to parse"),
        ('["default"]', "JSON message body failed to parse"),
        ("[" * 100_000, "JSON message body failed to parse"),
        ('{"default": "a"} x', "JSON message body failed to parse"),
        ('{"sqs": "a"}', "No default entry in JSON message body"),
        ('{"default": 1}', "No default entry in JSON message body"),
        ('{"default": null}', "No default entry in JSON message body"),
    ],
)
def test_a_structure_needs_an_object_with_a_default(message: str, reason: str) -> None:
    found = refused(message, MessageStructure="json")
    assert found == f"Invalid parameter: Message Structure - {reason}"


def test_a_structure_that_names_a_protocol_twice_is_refused() -> None:
    """API reference of Publish, Message: duplicate keys are not allowed."""
    message = '{"default": "a", "sqs": "b", "sqs": "c"}'
    assert refused(message, MessageStructure="json") == (
        "Invalid parameter: Message Structure - JSON message body failed to parse"
    )


def test_texts_cannot_smuggle_in_what_no_document_can_hold() -> None:
    message = json.dumps({"default": "a\x00"})
    assert "\\u0000" in message
    assert refused(message, MessageStructure="json").startswith("Invalid parameter: Message")


@pytest.mark.parametrize("structure", ["", "JSON", "xml"])
def test_no_other_structure(structure: str) -> None:
    assert refused("{}", MessageStructure=structure) == "Invalid parameter: MessageStructure"


def test_all_of_a_structure_counts_and_each_queue_only_its_own_text() -> None:
    found = structured(default="d", sqs="qq")
    assert found.size_bytes == len('{"default": "d", "sqs": "qq"}')
    assert (found.size_of("sqs"), found.size_of(DEFAULT)) == (2, 1)
    assert checked("text").size_of(DEFAULT) == 4


# --- Groups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MessageGroupId", "MessageDeduplicationId"])
def test_identifiers(name: str) -> None:
    found = checked(**{name: "a!~" * 42})
    assert "a!~" * 42 in (found.group_id, found.deduplication_id)
    for wrong in ("", "a b", "x" * 129, "\u00e9"):
        assert refused(**{name: wrong}).startswith(f"Invalid parameter: {name}")


# --- Attributes ----------------------------------------------------------------------------------


def test_attributes_of_all_types() -> None:
    found = checked(
        MessageAttributes={
            "a": text("x"),
            "b": text("x", "String.label"),
            "c": text("-1.5e3", "Number"),
            "d": text('["a", 1, true, null]', "String.Array"),
            "e": binary(b"\x00\xff"),
            "f": text("7", "Number.int"),
        }
    )
    assert found.attributes == {
        "a": AttributeValue("String", "x"),
        "b": AttributeValue("String.label", "x"),
        "c": AttributeValue("Number", "-1.5e3"),
        "d": AttributeValue("String.Array", '["a", 1, true, null]'),
        "e": AttributeValue("Binary", None, b"\x00\xff"),
        "f": AttributeValue("Number.int", "7"),
    }


def test_names_types_and_values_count() -> None:
    """All parts of the message attribute, including name, type, and value, are included in the
    message size restriction (MessageAttributeValue in the service model)."""
    attributes = {"ab": text("\u00e9"), "c": binary(b"123", "Binary.gif")}
    assert checked("text", MessageAttributes=attributes).size_bytes == 4 + 2 + 6 + 2 + 1 + 10 + 3


@pytest.mark.parametrize("name", ["", "a b", "\u00e9", "x" * 257, ".a", "a.", "a..b", "AWS.a"])
def test_names_of_attributes_are_checked(name: str) -> None:
    found = refused(refusal=InvalidParameterValueException, MessageAttributes={name: text("x")})
    assert found.startswith(f"The message attribute name '{name}' is invalid.")


@pytest.mark.parametrize("name", ["AWS.SNS.SMS.SenderID", "AWS.MM.SMS.OriginationNumber", "a.b"])
def test_names_that_tell_how_to_deliver(name: str) -> None:
    assert name in checked(MessageAttributes={name: text("x")}).attributes


@pytest.mark.parametrize("data_type", ["", "string", "Float", "Strings", "String.", "Number.\n"])
def test_types_of_attributes_are_checked(data_type: str) -> None:
    found = refused(
        refusal=InvalidParameterValueException, MessageAttributes={"a": text("x", data_type)}
    )
    assert found == (
        "The message attribute 'a' has an invalid message attribute type, the set of supported "
        "type prefixes is Binary, Number, and String."
    )


@pytest.mark.parametrize("value", [text(None), text(""), binary(b""), text("x", "Binary")])
def test_an_attribute_has_a_value_of_its_type(value: MessageAttributeValue) -> None:
    found = refused(refusal=InvalidParameterValueException, MessageAttributes={"a": value})
    assert found == (
        "The message attribute 'a' must contain non-empty message attribute value for message "
        f"attribute type '{value.DataType}'."
    )


@pytest.mark.parametrize("value", ["a", "1,5", "0x10", "--1", "1e", "NaN", ""])
def test_a_number_is_one(value: str) -> None:
    refused(refusal=InvalidParameterValueException, MessageAttributes={"a": text(value, "Number")})


@pytest.mark.parametrize("value", ["a", "{}", '[["a"]]', '[{"a": 1}]', "1", "[" * 100_000])
def test_an_array_is_one_of_scalars(value: str) -> None:
    found = refused(MessageAttributes={"a": text(value, "String.Array")})
    assert found.startswith("Invalid parameter: ")


def test_values_are_characters() -> None:
    assert refused(MessageAttributes={"a": text("\x00")}).startswith("Invalid parameter: ")


@given(st.text(), st.text(max_size=5) | st.none(), st.none() | st.just("json"))
def test_a_message_is_good_or_refused(message: str, subject: str | None, structure: str) -> None:
    request = PublishInput(Message=message, Subject=subject, MessageStructure=structure)
    try:
        found = check(request)
    except InvalidParameterException:
        return
    assert found.size_bytes == len(message.encode())
    assert found.text_for("sqs").encode() is not None
