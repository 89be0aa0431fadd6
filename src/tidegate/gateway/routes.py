"""Which operation a request is for, and in which dialect it speaks.

    AWS JSON   POST with `X-Amz-Target: AmazonSQS.<operation>` and the service's content type
    Query      `Action=<operation>` in the query string, or in the form that a POST carries

The path does not matter to the route: AWS serves an operation at `/` and at every queue's URL.
"""

from collections.abc import Iterable, Mapping

import msgspec

from tidegate.api.operation import OperationShape, ServiceShape
from tidegate.base.call import Operation
from tidegate.base.refusals import InvalidAction, UnknownOperationException
from tidegate.gateway.dialects import AwsJson, Dialect, QueryJson, QueryXml
from tidegate.http.messages import Request
from tidegate.wire.query import parse_parameters

_FORM = "application/x-www-form-urlencoded"


class Route(msgspec.Struct, frozen=True):
    """An operation: what our service has for it, and what AWS's model says of it."""

    operation: Operation
    shape: OperationShape


class Routes:
    """The operations of one service.

    `shapes` is the service's generated table, `operations` the service's own.
    """

    def __init__(
        self,
        service: ServiceShape,
        shapes: Mapping[str, OperationShape],
        operations: Iterable[Operation],
    ) -> None:
        self._by_name = {row.name: Route(row, shapes[row.name]) for row in operations}
        self.json_content_type = f"application/x-amz-json-{service.json_version}"
        self._by_target = {
            f"{service.target_prefix}.{name}": route for name, route in self._by_name.items()
        }
        self.json: Dialect = AwsJson(self.json_content_type)
        self._query_xml: Dialect = QueryXml(service.xml_namespace or "")
        self._query_json: Dialect = QueryJson()

    def dialect(self, request: Request) -> Dialect:
        """How to answer `request`, whether or not it is one that anybody understands."""
        headers = request.headers
        content_type = headers.get("content-type", "")
        if content_type == self.json_content_type:
            return self.json
        if _media_type(content_type) == self.json_content_type:
            return self.json
        if "application/json" in headers.get("accept", ""):
            return self._query_json
        return self._query_xml

    def find_target(self, request: Request) -> Route:
        """The route of a request in AWS JSON.  Raises UnknownOperationException."""
        route = self._by_target.get(request.headers.get("x-amz-target", ""))
        if route is None or request.method != "POST":
            raise UnknownOperationException
        return route

    def parameters(self, request: Request) -> dict[str, str]:
        """The parameters of a Query request: those of its query string, then those of its form.

        Raises what `wire.query.parse_parameters` raises.
        """
        if request.method not in ("GET", "POST"):
            return {}
        parameters = parse_parameters(request.query.encode("latin-1")) if request.query else {}
        content_type = request.headers.get("content-type", _FORM)
        if request.method == "POST" and _media_type(content_type) == _FORM:
            parameters.update(parse_parameters(request.body))
        return parameters

    def find_action(self, parameters: dict[str, str]) -> Route:
        """The route of a Query request.

        Raises UnknownOperationException where it names no action, and InvalidAction for one that
        does not exist.
        """
        action = parameters.get("Action")
        if action is None:
            raise UnknownOperationException
        route = self._by_name.get(action)
        if route is None:
            raise InvalidAction(f"The action {action} is not valid for this endpoint.")
        return route


def _media_type(content_type: str) -> str:
    """Without parameters such as a charset, which change nothing."""
    return content_type.partition(";")[0].strip().lower()
