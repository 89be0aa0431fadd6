"""Services as botocore sees them, SQS in both protocols, and values for their shapes."""

from copy import deepcopy
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import strategies as st

from sdk.query_model import query_flavour

XML_TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc",),
        exclude_characters="\ufffe\uffff",
        include_characters="\t\n\r\x7f\x85",
    ),
    max_size=12,
)
"""What XML 1.0 can carry, which is what messages may hold."""

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)

INTEGERS = {
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
}


@cache
def service_model(protocol: str, service: str = "sqs") -> ServiceModel:
    """The model of a service for "json" or "query"; SQS alone has both."""
    loader = botocore.session.Session().get_component("data_loader")
    model: dict[str, Any] = loader.load_service_model(service, "service-2")
    if (service, protocol) == ("sqs", "query"):
        model = query_flavour(deepcopy(model))
    return ServiceModel(model, service)


def values(shape: Any, text: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[Any]:
    """Python values as botocore takes and gives them; lists and maps have at least `least`
    entries."""
    kind = shape.type_name
    if kind == "structure":
        of_members = {name: values(of, text, least) for name, of in shape.members.items()}
        required = {name: of_members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=of_members)
    if kind == "list":
        return st.lists(values(shape.member, text, least), min_size=least, max_size=3)
    if kind == "map":
        entries = values(shape.value, text, least)
        return st.dictionaries(text, entries, min_size=least, max_size=3)
    if kind == "string":
        return text
    if kind == "blob":
        return st.binary(max_size=12)
    return INTEGERS[kind] if kind in INTEGERS else st.booleans()


def serialized(
    protocol: str, operation: str, parameters: dict[str, Any], service: str = "sqs"
) -> Any:
    """The body that botocore makes: bytes in JSON, a dict of parameters in Query."""
    operation_model = service_model(protocol, service).operation_model(operation)
    serializer = create_serializer(protocol, include_validation=False)
    return serializer.serialize_to_request(parameters, operation_model)["body"]


def parsed(
    protocol: str,
    operation: str,
    body: bytes,
    status: int = 200,
    headers: dict[str, str] | None = None,
    service: str = "sqs",
) -> dict[str, Any]:
    """What botocore makes of an answer."""
    operation_model = service_model(protocol, service).operation_model(operation)
    response = {"status_code": status, "headers": headers or {}, "body": body}
    result: dict[str, Any] = create_parser(protocol).parse(response, operation_model.output_shape)
    return result
