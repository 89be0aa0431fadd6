"""Every operation of SQS, in both protocols, against botocore's own serializers and parsers."""

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service_models import ANY_TEXT, XML_TEXT, parsed, serialized, service_model, values
from tidegate.api.operation import Shape
from tidegate.api.sqs import OPERATIONS
from tidegate.wire import aws_json, query

ALL = sorted(OPERATIONS)
WITH_OUTPUT = [name for name in ALL if OPERATIONS[name].output is not None]
REQUEST_ID = "8b3d9a4e-7c55-5a3f-9d0c-1f2e3d4c5b6a"


def as_botocore_has_it(shape: Shape) -> Any:
    return msgspec.to_builtins(shape, builtin_types=(bytes,))


def as_shape(operation: str, value: dict[str, Any]) -> Shape:
    output = OPERATIONS[operation].output
    assert output is not None
    return msgspec.convert(value, output, builtin_types=(bytes,))


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    metadata = answer.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    return answer


def test_every_operation_of_the_model_is_there() -> None:
    assert service_model("json").operation_names == ALL


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_json_request_of_botocore_is_understood(name: str, data: st.DataObject) -> None:
    shape = service_model("json").operation_model(name).input_shape
    parameters = data.draw(values(shape, ANY_TEXT))
    body = serialized("json", name, parameters)
    assert as_botocore_has_it(aws_json.decode(OPERATIONS[name], body)) == parameters


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_query_request_of_botocore_is_understood(name: str, data: st.DataObject) -> None:
    shape = service_model("query").operation_model(name).input_shape
    parameters = data.draw(values(shape, ANY_TEXT))
    form = urlencode(serialized("query", name, parameters)).encode()
    decoded = query.decode(OPERATIONS[name], query.parse_parameters(form))
    assert without_empty_maps(as_botocore_has_it(decoded)) == without_empty_maps(parameters)


@pytest.mark.parametrize("name", WITH_OUTPUT)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_botocore_reads_our_json_answer(name: str, data: st.DataObject) -> None:
    value = data.draw(values(service_model("json").operation_model(name).output_shape, ANY_TEXT))
    body = aws_json.encode(as_shape(name, value))
    assert without_metadata(parsed("json", name, body)) == value


@pytest.mark.parametrize("name", WITH_OUTPUT)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_botocore_reads_our_xml_answer(name: str, data: st.DataObject) -> None:
    shape = service_model("query").operation_model(name).output_shape
    value = data.draw(values(shape, XML_TEXT, least=1))
    body = query.encode(OPERATIONS[name], as_shape(name, value), REQUEST_ID)
    answer = parsed("query", name, body)
    assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
    assert without_metadata(answer) == value


@pytest.mark.parametrize("name", [name for name in ALL if name not in WITH_OUTPUT])
def test_an_operation_without_output_answers_with_nothing_but_an_id(name: str) -> None:
    assert aws_json.encode(None) == b""
    assert without_metadata(parsed("json", name, b"")) == {}
    body = query.encode(OPERATIONS[name], None, REQUEST_ID)
    answer = parsed("query", name, body)
    assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
    assert without_metadata(answer) == {}


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_the_json_form_of_a_query_answer_is_json(name: str, data: st.DataObject) -> None:
    output, response = OPERATIONS[name].output, f"{name}Response"
    shape = service_model("query").operation_model(name).output_shape
    value = None if output is None else as_shape(name, data.draw(values(shape, ANY_TEXT)))
    answer = json.loads(query.encode_json(OPERATIONS[name], value, REQUEST_ID))
    assert answer[response]["ResponseMetadata"] == {"RequestId": REQUEST_ID}
    assert (f"{name}Result" in answer[response]) == (output is not None)


def without_empty_maps(value: Any) -> Any:
    """The Query protocol cannot tell an empty map from an absent one."""
    if isinstance(value, dict):
        return {key: without_empty_maps(each) for key, each in value.items() if each != {}}
    return [without_empty_maps(each) for each in value] if isinstance(value, list) else value
