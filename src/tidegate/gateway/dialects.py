"""The three forms in which a request is read and answered, each by the codecs in `wire`.

AWS JSON    the input is the body, the answer is JSON
Query       the input is a form or a query string, the answer is XML
Query JSON  the same with `Accept: application/json`
"""

from typing import Any, Protocol

from tidegate.api.operation import OperationShape
from tidegate.wire import aws_json, query
from tidegate.wire.errors import ErrorAnswer, json_error, query_error, query_json_error


class Dialect(Protocol):
    """How answers are written."""

    content_type: str

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        """The body of an answer."""
        ...

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        """The answer to what was refused, or failed."""
        ...


class AwsJson:
    """AWS JSON 1.0."""

    def __init__(self, content_type: str) -> None:
        self.content_type = content_type

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return aws_json.encode(output)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return json_error(error)


class QueryXml:
    """The Query protocol."""

    content_type = "text/xml"

    def __init__(self, xml_namespace: str) -> None:
        self._xml_namespace = xml_namespace

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return query.encode(shape, output, request_id)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return query_error(error, request_id, self._xml_namespace)


class QueryJson:
    """The Query protocol for a client that wants JSON."""

    content_type = "application/json"

    def answer(self, shape: OperationShape, output: Any, request_id: str) -> bytes:
        return query.encode_json(shape, output, request_id)

    def error(self, error: Exception, request_id: str) -> ErrorAnswer:
        return query_json_error(error, request_id)
