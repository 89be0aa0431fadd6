"""Which operation of which service a request is for, and in which dialect it speaks.

    AWS JSON   POST with `X-Amz-Target: <target prefix>.<operation>` and a content type of AWS JSON
    Query      `Action=<operation>` in the query string, or in the form that a POST carries; the
               service is the one whose API has the request's `Version`, else the one that its
               signature is scoped to, else the one that has the action for callers without a
               signature (the links in SNS's messages are such calls), else the first

The path does not matter to the route: AWS serves an operation at `/` and at every queue's URL.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from tidegate.api.operation import OperationShape, ServiceShape
from tidegate.auth.sigv4 import scope_service
from tidegate.base.call import Operation
from tidegate.base.refusals import InvalidAction, UnknownOperationException
from tidegate.gateway.audit import Audit, Recorder
from tidegate.gateway.dialects import Dialect, Dialects, dialects_of
from tidegate.http.messages import Request
from tidegate.wire.query import parse_parameters

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = frozenset(("application/x-amz-json-1.0", "application/x-amz-json-1.1"))


class Service:
    """The operations of one service.

    `model` and `shapes` are the service's generated tables, `operations` the service's own.  Calls
    are recorded as `audit` says, none of them without it.
    """

    def __init__(
        self,
        model: ServiceShape,
        shapes: Mapping[str, OperationShape],
        operations: Iterable[Operation],
        audit: Audit | None = None,
    ) -> None:
        self.name = model.name
        self.model = model
        self.dialects: Dialects = dialects_of(model)
        self.routes: dict[str, Route] = {}
        for row in operations:
            recorder = None if audit is None else audit.recorder(model.name, row.name)
            self.routes[row.name] = Route(self, row, shapes[row.name], recorder)


class Route(msgspec.Struct, frozen=True):
    """An operation: what our service has for it, and what AWS's model says of it."""

    service: Service
    operation: Operation
    shape: OperationShape
    recorder: Recorder | None = None
    """Puts its calls into the audit trail; None where they do not belong there."""


class Routes:
    """The operations of all services.  The first service is the one of requests that name none."""

    def __init__(self, *services: Service) -> None:
        self._first = services[0]
        self._by_target: dict[str, Route] = {}
        self._by_version: dict[str, Service] = {}
        self._by_name: dict[str, Service] = {}
        self._by_open_action: dict[str, Service] = {}
        for service in services:
            self.add(service)

    def add(self, service: Service) -> None:
        """Serve one more service from now on."""
        self._by_name[service.name] = service
        self._by_version[service.model.api_version] = service
        for name, route in service.routes.items():
            if not route.operation.signed:
                self._by_open_action.setdefault(name, service)
        prefix = service.model.target_prefix
        if prefix is not None:
            for name, route in service.routes.items():
                self._by_target[f"{prefix}.{name}"] = route

    def dialect(self, request: Request, service: Service | None = None) -> Dialect:
        """How to answer `request`, whether or not it is one that anybody understands."""
        headers = request.headers
        dialects = (service or self._first).dialects
        if _speaks_json(headers.get("content-type", "")):
            return dialects.json
        if "application/json" in headers.get("accept", ""):
            return dialects.query_json
        return dialects.query_xml

    def find_target(self, request: Request) -> Route | None:
        """The route of a request in AWS JSON; None for one that is not in AWS JSON.

        Raises UnknownOperationException.
        """
        headers = request.headers
        content_type = headers.get("content-type", "")
        if content_type not in _JSON and not _speaks_json(content_type):
            return None
        route = self._by_target.get(headers.get("x-amz-target", ""))
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

    def service_of(self, request: Request, parameters: Mapping[str, str]) -> Service:
        """The service that a Query request is for."""
        service = self._by_version.get(parameters.get("Version", ""))
        if service is None:
            scope = scope_service(request)
            if scope is None:
                service = self._by_open_action.get(parameters.get("Action", ""))
            else:
                service = self._by_name.get(scope)
        return service or self._first

    def find_action(self, service: Service, parameters: Mapping[str, str]) -> Route:
        """The route of a Query request.

        Raises UnknownOperationException where it names no action, and InvalidAction for one that
        does not exist.
        """
        action = parameters.get("Action")
        if action is None:
            raise UnknownOperationException
        route = service.routes.get(action)
        if route is None:
            raise InvalidAction(f"The action {action} is not valid for this endpoint.")
        return route


def _speaks_json(content_type: str) -> bool:
    return _media_type(content_type) in _JSON


@lru_cache(maxsize=64)
def _media_type(content_type: str) -> str:
    """Without parameters such as a charset, which change nothing."""
    return content_type.partition(";")[0].strip().lower()
