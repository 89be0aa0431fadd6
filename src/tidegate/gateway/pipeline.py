"""The one path of every request:

    health         /_tidegate/health and /_tidegate/ready are answered here
    route          which operation, in which dialect                     (routes, dialects)
    authenticate   who signed it, for which region                       (auth)
    decode         the body or the parameters to the input's shape       (wire)
    authorize      whether they may do that to this resource             (authorization)
    call           the operation's handler, which answers now or later   (a service)
    encode         the output's shape, or the error, to bytes            (exchange, dialects)

How many requests are under way is bounded by the number of connections, for each has one at most.
"""

from collections.abc import Callable
from typing import Protocol

from tidegate.auth.authenticator import Authenticated
from tidegate.gateway.authorization import Authorize
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.origin import Origins
from tidegate.gateway.request_ids import RequestIds
from tidegate.gateway.routes import Routes
from tidegate.http.connection import Connection
from tidegate.http.messages import Request
from tidegate.wire import aws_json, query

_PLAIN = b"Content-Type: text/plain\r\n"


class Authenticate(Protocol):
    """Who sent a request; raises refusals where that cannot be told."""

    def authenticate(self, view: Request) -> Authenticated: ...


class Gateway:
    """The handler of a listener's requests."""

    def __init__(
        self,
        routes: Routes,
        authenticator: Authenticate,
        authorize: Authorize,
        origins: Origins,
        ready: Callable[[], bool],
        request_ids: RequestIds,
    ) -> None:
        self._routes = routes
        self._authenticate = authenticator.authenticate
        self._authorize = authorize
        self._origins = origins
        self._ready = ready
        self._take_id = request_ids.take

    def __call__(self, request: Request, connection: Connection) -> None:
        if request.path != "/" and self._serve_health(request, connection):
            return
        routes, headers = self._routes, request.headers
        exchange: Exchange | None = None
        try:
            dialect = routes.dialect(request)
            if dialect is routes.json:
                parameters = None
                route = routes.find_target(request)
            else:
                parameters = routes.parameters(request)
                route = routes.find_action(parameters)
            caller = self._authenticate(request)
            exchange = Exchange(
                connection,
                dialect,
                self._take_id(),
                headers.get("host"),
                self._origins,
                caller.principal,
                caller.region,
                route,
                headers.get("x-amzn-trace-id") or None,
            )
            if parameters is None:
                shape = aws_json.decode(route.shape, request.body)
            else:
                self._name_queue(request, exchange, parameters)
                shape = query.decode(route.shape, parameters)
            operation = route.operation
            resource = operation.resource(exchange, shape)
            self._authorize(caller.principal, operation.action, resource, exchange)
            operation.handler(exchange, shape)
        except Exception as error:
            # A refusal, a fault, or a bug, which the exchange logs: each is this client's alone.
            if exchange is None:
                dialect = routes.dialect(request)
                exchange = Exchange(connection, dialect, self._take_id(), None, self._origins)
            exchange.fail(error)

    def _name_queue(self, request: Request, exchange: Exchange, parameters: dict[str, str]) -> None:
        """A request at a queue's own URL need not name the queue again."""
        if "QueueUrl" not in parameters and request.path.count("/") >= 2:
            parameters["QueueUrl"] = exchange.origin + request.path

    def _serve_health(self, request: Request, connection: Connection) -> bool:
        if request.method not in ("GET", "HEAD"):
            return False
        if request.path == "/_tidegate/health":
            connection.respond(200, _PLAIN, b"ok\n")
        elif request.path != "/_tidegate/ready":
            return False
        elif self._ready():
            connection.respond(200, _PLAIN, b"ready\n")
        else:
            connection.respond(503, _PLAIN, b"not ready\n")
        return True
