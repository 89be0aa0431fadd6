"""Every operation of IAM, STS, KMS and SNS against botocore's serializers and parsers, and what is
refused of their inputs against a plain reading of the models that botocore has."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from made_up_values import EPOCH, MadeUp
from service_models import parsed, serialized, service_model
from tidegate.api import iam, kms, sns, sts
from tidegate.api.operation import NoInput, OperationShape, Shape
from tidegate.base.refusals import ValidationException
from tidegate.wire import aws_json, query

TABLES = {
    "iam": iam.OPERATIONS,
    "sts": sts.OPERATIONS,
    "kms": kms.OPERATIONS,
    "sns": sns.OPERATIONS,
}
PROTOCOLS = {"iam": "query", "sts": "query", "kms": "json", "sns": "query"}
EXAMPLES = 4
NESTED = ("structure", "list", "map")
REQUEST_ID = "8b3d9a4e-7c55-5a3f-9d0c-1f2e3d4c5b6a"

# The clients under test may be older than the models behind the API.
ALL = [
    (service, name)
    for service, table in TABLES.items()
    for name in sorted(table)
    if name in service_model(PROTOCOLS[service], service).operation_names
]
WITH_OUTPUT = [(service, name) for service, name in ALL if TABLES[service][name].output]


@pytest.mark.parametrize("service", TABLES)
def test_every_operation_of_the_model_is_there(service: str) -> None:
    theirs = set(service_model(PROTOCOLS[service], service).operation_names)
    assert theirs <= set(TABLES[service])


@pytest.mark.parametrize(("service", "name"), ALL)
def test_a_request_of_botocore_is_understood(service: str, name: str) -> None:
    shape = botocore_shape(service, name, "input")
    for number in range(EXAMPLES):
        made_up = MadeUp(f"{name}{number}", complete=True, instant_ms=1000)
        parameters = made_up.value(shape) if shape else {}
        if PROTOCOLS[service] == "json":
            decoded = aws_json.decode(TABLES[service][name], sent(service, name, parameters))
        else:
            form = sent(service, name, parameters)
            decoded = query.decode(TABLES[service][name], query.parse_parameters(form))
        assert as_botocore_has_it(decoded) == with_seconds(parameters)


@pytest.mark.parametrize(("service", "name"), ALL)
def test_what_the_model_does_not_allow_is_refused(service: str, name: str) -> None:
    operation, shape = TABLES[service][name], botocore_shape(service, name, "input")
    for number in range(2 * EXAMPLES):
        made_up = MadeUp(f"{name}{number}", complete=number % 2 == 0, instant_ms=1000)
        parameters = made_up.value(shape) if shape else {}
        expected = list(violations(parameters, shape, "")) if shape else []
        if not expected:
            decoded = decode_checked(service, operation, sent(service, name, parameters))
            assert as_botocore_has_it(decoded) == with_seconds(parameters)
            continue
        with pytest.raises(ValidationException) as refused:
            decode_checked(service, operation, sent(service, name, parameters))
        told = re.findall(
            r"at '([^']*)' failed to satisfy constraint: (\w+(?: \w+)*)", str(refused.value)
        )
        assert sorted(told) == sorted(expected)
        plural = "" if len(expected) == 1 else "s"
        start = f"{len(expected)} validation error{plural} detected: Value"
        assert refused.value.message.startswith(start)


@pytest.mark.parametrize(("service", "name"), WITH_OUTPUT)
def test_botocore_reads_our_answer(service: str, name: str) -> None:
    operation, shape = TABLES[service][name], botocore_shape(service, name, "output")
    assert operation.output is not None
    for number in range(EXAMPLES):
        value = MadeUp(f"{name}{number}", complete=True, instant_ms=1).value(shape)
        output = msgspec.convert(with_seconds(value), operation.output, builtin_types=(bytes,))
        if PROTOCOLS[service] == "json":
            answer = parsed("json", name, aws_json.encode(output), service=service)
        else:
            body = query.encode(operation, output, REQUEST_ID)
            answer = parsed("query", name, body, service=service)
            assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
        del answer["ResponseMetadata"]
        assert answer == value


@pytest.mark.parametrize(("service", "name"), [row for row in ALL if row not in WITH_OUTPUT])
def test_an_operation_without_output_answers_with_nothing_but_an_id(
    service: str, name: str
) -> None:
    if PROTOCOLS[service] == "json":
        assert aws_json.encode(None) == b""
        answer = parsed("json", name, b"", service=service)
    else:
        body = query.encode(TABLES[service][name], None, REQUEST_ID)
        answer = parsed("query", name, body, service=service)
        assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
    del answer["ResponseMetadata"]
    assert answer == {}


def test_an_operation_without_input_takes_anything() -> None:
    operation = iam.OPERATIONS["GetAccountSummary"]
    assert query.decode_checked(operation, {"Action": "x", "Version": "2010-05-08"}) == NoInput()


def botocore_shape(service: str, name: str, side: str) -> Any:
    model = service_model(PROTOCOLS[service], service).operation_model(name)
    return model.input_shape if side == "input" else model.output_shape


def sent(service: str, name: str, parameters: dict[str, Any]) -> bytes:
    protocol = PROTOCOLS[service]
    body = serialized(protocol, name, parameters, service)
    return body if protocol == "json" else urlencode(body).encode()


def decode_checked(service: str, operation: OperationShape, body: bytes) -> Shape:
    if PROTOCOLS[service] == "json":
        return aws_json.decode_checked(operation, body)
    return query.decode_checked(operation, query.parse_parameters(body))


def as_botocore_has_it(shape: Shape) -> Any:
    return msgspec.to_builtins(shape, builtin_types=(bytes,))


def with_seconds(value: Any) -> Any:
    """`value` with instants as our shapes have them."""
    if isinstance(value, datetime):
        return (value - EPOCH).total_seconds()
    if isinstance(value, dict):
        return {key: with_seconds(each) for key, each in value.items()}
    return [with_seconds(each) for each in value] if isinstance(value, list) else value


def violations(value: Any, shape: Any, place: str) -> Iterator[tuple[str, str]]:
    """(place, the first words of what AWS says), one for each rule of the model that is broken."""
    yield from ((place, words) for words in broken_rules(value, shape))
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            below = f"{place}.{name[0].lower()}{name[1:]}".lstrip(".")
            if name in value:
                yield from violations(value[name], member, below)
            elif name in shape.required_members:
                yield below, "Member must not be null"
    elif shape.type_name == "list":
        if shape.member.type_name in NESTED:
            for number, each in enumerate(value, 1):
                yield from violations(each, shape.member, f"{place}.{number}.member")
        elif any(list(broken_rules(each, shape.member)) for each in value):
            yield place, "Member must satisfy constraint"
    elif shape.type_name == "map":
        if any(list(broken_rules(key, shape.key)) for key in value):
            yield place, "Map keys must satisfy constraint"
        if shape.value.type_name in NESTED:
            for key, each in value.items():
                yield from violations(each, shape.value, f"{place}.{key}.member")
        elif any(list(broken_rules(each, shape.value)) for each in value.values()):
            yield place, "Map value must satisfy constraint"


def broken_rules(value: Any, shape: Any) -> Iterator[str]:
    rules = shape.metadata
    if shape.type_name != "structure" and {"min", "max"} & rules.keys():
        size = value if shape.type_name == "integer" else len(value)
        kind = "value" if shape.type_name == "integer" else "length"
        if size < rules.get("min", size):
            yield f"Member must have {kind} greater than or equal to {rules['min']}"
        if size > rules.get("max", size):
            yield f"Member must have {kind} less than or equal to {rules['max']}"
    if shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield "Member must satisfy enum value set"
        pattern = pattern_of(shape)
        if pattern and not re.fullmatch(pattern, value, re.ASCII):
            yield "Member must satisfy regular expression pattern"


def pattern_of(shape: Any) -> str | None:
    """The pattern of the model; of the letters beyond ASCII only those in the made-up values."""
    pattern: str | None = shape._shape_model.get("pattern")
    return pattern and pattern.replace(r"\p{L}\p{Z}\p{N}", "a-zA-Z \u00e9\u03a90-9")
