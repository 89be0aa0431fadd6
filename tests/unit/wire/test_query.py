import re
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidegate.api.sqs import OPERATIONS, SendMessageBatchRequest, TagQueueRequest
from tidegate.base.refusals import (
    MalformedInput,
    MalformedQueryString,
    MissingRequiredParameterException,
    Refusal,
)
from tidegate.wire import query


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
def test_parameters_are_read_as_urllib_reads_them(parameters: dict[str, str]) -> None:
    raw = urlencode(parameters).encode()
    expected = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    assert query.parse_parameters(raw) == expected == parameters


@given(st.text("%=4fFgz\r\n +&_", max_size=12))
@example("%F4&%")
def test_a_form_is_read_if_all_its_escapes_are_whole(form: str) -> None:
    if re.search(r"%(?![0-9A-Fa-f]{2})", form):
        # A pair before the broken one may be no UTF-8, and is refused first.
        with pytest.raises((MalformedQueryString, MalformedInput)):
            query.parse_parameters(form.encode())
    else:
        expected = dict(parse_qsl(form, keep_blank_values=True, errors="surrogateescape"))
        if all(name.isascii() and value.isascii() for name, value in expected.items()):
            assert query.parse_parameters(form.encode()) == expected
        else:
            with pytest.raises(MalformedInput):
                query.parse_parameters(form.encode())


@pytest.mark.parametrize("text", ["a=b==", "100% + 1 = 101%", "=41=\r\n", "tail \t", "_x_ ~"])
def test_a_value_with_signs_of_other_encodings(text: str) -> None:
    assert query.parse_parameters(b"a=" + quote_plus(text).encode()) == {"a": text}
    unescaped = text.replace("%", "%25").replace("+", "%2b")
    assert query.parse_parameters(b"a=" + unescaped.encode()) == {"a": text}


def test_empty_parts_are_passed_over() -> None:
    assert query.parse_parameters(b"&a=1&&b&c=&") == {"a": "1", "b": "", "c": ""}


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"a=%", MalformedQueryString),
        (b"a=%4", MalformedQueryString),
        (b"a=%zz", MalformedQueryString),
        (b"a=%ff", MalformedInput),
        (b"a=\xff", MalformedInput),
        (b"a=%ed%a0%80", MalformedInput),
        (b"&".join(b"a%d=1" % n for n in range(query.MAX_PARAMETERS + 1)), MalformedQueryString),
    ],
)
def test_bad_forms_are_refused(raw: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        query.parse_parameters(raw)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({}, "The request must contain the parameter MessageBody."),
        (
            {"MessageBody": "b", "MessageAttribute.1.Name": "a"},
            "The request must contain the parameter MessageAttribute.Value.",
        ),
        (
            {
                "MessageBody": "b",
                "MessageAttribute.1.Name": "a",
                "MessageAttribute.1.Value.StringValue": "v",
            },
            "The request must contain the parameter DataType.",
        ),
    ],
)
def test_a_missing_parameter_is_named(parameters: dict[str, str], text: str) -> None:
    with pytest.raises(MissingRequiredParameterException) as refused:
        query.decode(OPERATIONS["SendMessage"], {"QueueUrl": "q"} | parameters)
    assert refused.value.message == text


@pytest.mark.parametrize(
    "parameters",
    [
        {"DelaySeconds": "ten"},
        {"DelaySeconds": ""},
        {"DelaySeconds": " 5"},
        {"DelaySeconds": "2147483648"},
        {"DelaySeconds": "1_0"},
        {"DelaySeconds": "٣"},
        {"DelaySeconds.1": "1"},
        {"MessageBody.1": "b"},
        {"MessageAttribute.1": "a"},
        {"MessageAttribute.1.Name": "a", "MessageAttribute.1.Value": "v"},
        {
            "MessageAttribute.1.Name": "a",
            "MessageAttribute.1.Value.DataType": "Binary",
            "MessageAttribute.1.Value.BinaryValue": "no base64",
        },
        {"MessageAttribute.1234567890.Name": "a"},
        {"MessageAttribute.1": "a", "MessageAttribute.1.Name": "b"},
    ],
)
def test_values_of_wrong_types_are_malformed(parameters: dict[str, str]) -> None:
    whole = {"QueueUrl": "q", "MessageBody": "b"} | parameters
    if "MessageBody.1" in whole:
        del whole["MessageBody"]
    with pytest.raises(MalformedInput):
        query.decode(OPERATIONS["SendMessage"], whole)


@pytest.mark.parametrize(
    "strange",
    [
        {"....": "dots", "..": "fewer"},
        {"Color": "blue", "Color.1.Shade": "dark"},
        {"Color.1.Shade": "dark", "Color": "blue", "Color.1": "x", "Color.2.Shade": "light"},
        {"MessageAttribute.1.Color": "blue", "MessageAttribute.1.Color.Shade": "dark"},
    ],
)
def test_unknown_parameters_are_ignored_however_strange(strange: dict[str, str]) -> None:
    known = {
        "QueueUrl": "q",
        "MessageBody": "b",
        "MessageAttribute.1.Name": "a",
        "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "v",
    }
    operation = OPERATIONS["SendMessage"]
    expected = query.decode(operation, known)
    assert query.decode(operation, known | strange) == expected
    assert query.decode(operation, strange | known) == expected


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("DelaySeconds", {"DelaySeconds": "1", "DelaySeconds.1": "2"}),
        ("MessageAttribute", {"MessageAttribute": "a", "MessageAttribute.1.Name": "b"}),
        ("MessageAttribute", {"MessageAttribute.1": "a", "MessageAttribute.1.Name": "b"}),
        (
            "MessageAttribute.Value",
            {
                "MessageAttribute.1.Name": "b",
                "MessageAttribute.1.Value.DataType": "String",
                "MessageAttribute.1.Value": "v",
            },
        ),
    ],
)
def test_known_parameters_that_contradict_each_other_are_malformed(
    name: str, parameters: dict[str, str]
) -> None:
    whole = {"QueueUrl": "q", "MessageBody": "b"} | parameters
    for ordered in (whole, dict(reversed(whole.items()))):
        with pytest.raises(MalformedInput) as refused:
            query.decode(OPERATIONS["SendMessage"], ordered)
        assert refused.value.message == f"The parameters of {name} contradict each other."


def test_a_required_list_or_map_that_is_absent_is_empty() -> None:
    batch = query.decode(OPERATIONS["SendMessageBatch"], {"QueueUrl": "q"})
    assert batch == SendMessageBatchRequest(QueueUrl="q", Entries=[])
    tags = query.decode(OPERATIONS["TagQueue"], {"QueueUrl": "q"})
    assert tags == TagQueueRequest(QueueUrl="q", Tags={})
