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
        # Parameters, such as a charset, change nothing.
        if content_type.partition(";")[0].strip().lower() == self.json_content_type:
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

    def find_action(self, request: Request) -> tuple[Route, dict[str, str]]:
        """The route and parameters of a Query request.

        Raises UnknownOperationException where it names no action, InvalidAction for one that does
        not exist, and what `wire.query.parse_parameters` raises.
        """
        parameters = _parameters(request)
        action = parameters.get("Action")
        if action is None:
            raise UnknownOperationException
        route = self._by_name.get(action)
        if route is None:
            raise InvalidAction(f"The action {action} is not valid for this endpoint.")
        return route, parameters


def _parameters(request: Request) -> dict[str, str]:
    parameters = parse_parameters(request.query.encode("latin-1")) if request.query else {}
    if request.method == "POST":
        content_type = request.headers.get("content-type", _FORM)
        if content_type.partition(";")[0].strip().lower() == _FORM:
            parameters.update(parse_parameters(request.body))
    elif request.method != "GET":
        return {}
    return parameters
