"""The forms in which a service is asked and answers, each by the codecs in `wire`.

AWS JSON    the input is the body, the answer is JSON
Query       the input is a form or a query string, the answer is XML
Query JSON  the same with `Accept: application/json`, which only SQS knows

SQS words itself what is wrong with an input, and how its errors look; of the other services AWS's
models say both.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from tidegate.api.operation import OperationShape, ServiceShape
from tidegate.wire import aws_json, errors, query, query_answer, service_errors
from tidegate.wire.errors import ErrorAnswer

Decode = Callable[[OperationShape, Any], Any]
"""decode(operation, body or parameters) -> the input's shape.  Raises refusals."""


class Dialect(Protocol):
    """How a service is asked and answers in one protocol."""

    content_type: str
    decode: Decode

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        """The body of an answer."""
        ...

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        """The answer to what was refused, or failed."""
        ...


class Dialects(msgspec.Struct, frozen=True):
    """Those of one service.  A service answers in all of them what it understands in one."""

    json: Dialect
    query_xml: Dialect
    query_json: Dialect


def dialects_of(model: ServiceShape) -> Dialects:
    """How the service of a model is spoken to."""
    if model.errors:
        query_xml = _Query(model)
        return Dialects(_Json(model), query_xml, query_xml)
    return Dialects(_SqsJson(model), _SqsQuery(model), _SqsQueryJson())


def _json_content_type(model: ServiceShape) -> str:
    return f"application/x-amz-json-{model.json_version or '1.0'}"


class _SqsJson:
    def __init__(self, model: ServiceShape) -> None:
        self.content_type = _json_content_type(model)
        self.decode: Decode = aws_json.decode

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return aws_json.encode(output)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return errors.json_error(error)


class _SqsQuery:
    content_type = "text/xml"

    def __init__(self, model: ServiceShape) -> None:
        self._xml_namespace = model.xml_namespace or ""
        self.decode: Decode = query.decode

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return query_answer.encode(shape, output, request_id)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return errors.query_error(error, request_id, self._xml_namespace)


class _SqsQueryJson:
    content_type = "application/json"

    def __init__(self) -> None:
        self.decode: Decode = query.decode

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return query_answer.encode_json(shape, output, request_id)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return errors.query_json_error(error, request_id)


class _Json:
    def __init__(self, model: ServiceShape) -> None:
        self._model = model
        self.content_type = _json_content_type(model)
        self.decode: Decode = aws_json.decode_checked

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return aws_json.encode(output)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return service_errors.json_error(error, self._model)


class _Query:
    content_type = "text/xml"

    def __init__(self, model: ServiceShape) -> None:
        self._model = model
        self.decode: Decode = query.decode_checked

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return query_answer.encode(shape, output, request_id)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return service_errors.query_error(error, request_id, self._model)
