"""The one path of every request:

    public         /_tidegate/health, /_tidegate/ready and public documents are answered here
    route          which operation, in which dialect                     (routes, dialects)
    authenticate   who signed it, for which region                       (auth)
    decode         the body or the parameters to the input's shape       (dialects, wire)
    authorize      whether they may do that to this resource             (authorization)
    call           the operation's handler, which answers now or later   (a service)
    encode         the output's shape, or the error, to bytes            (exchange, dialects)

Requests that come in one turn of the event loop take these stages together, all of them through
each from `route` to `call` (why: `runtime.turns`).

How many requests are under way is bounded by the number of connections, for each has one at most;
so is what waits for services that come up when they are first asked for.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from tidegate.auth.authenticator import Authenticated
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    InvalidAction,
    MissingAuthenticationToken,
    UnknownOperationException,
)
from tidegate.gateway.authorization import Authorize
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.origin import Origins
from tidegate.gateway.request_ids import RequestIds
from tidegate.gateway.routes import Routes
from tidegate.http.connection import Connection
from tidegate.http.messages import Request

_PLAIN = b"Content-Type: text/plain\r\n"
NOT_SIGNED: Final = Authenticated(
    Principal(account="", arn="", access_key="", user_id="anonymous", kind="Anonymous"), "", ""
)
"""Who sent what nobody signed; the region is the one that the resource says."""
_NOT_UNDERSTOOD: Final = (UnknownOperationException, InvalidAction)


class Authenticate(Protocol):
    """Who sent a request; raises refusals where that cannot be told."""

    def authenticate(self, view: Request, service: str) -> Authenticated: ...


class Turns(Protocol):
    """Carries out what handlers want done, together."""

    def begin(self) -> None:
        """Gather from now on."""

    def end(self) -> None:
        """Carry out what was gathered."""


Stage = Callable[[Exchange], None]


class Document(NamedTuple):
    """What anybody may read."""

    content_type: str
    content: bytes


FindDocument = Callable[[str], Document | None]
"""find(path): the public document at a path; None where there is none."""


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
        turns: Turns,
        call_soon: Callable[[Callable[[], None]], object],
        find_document: FindDocument = lambda path: None,
    ) -> None:
        self._routes = routes
        self._authenticate = authenticator.authenticate
        self._authorize = authorize
        self._origins = origins
        self._ready = ready
        self._take_id = request_ids.take
        self._find_document = find_document
        self._turns = turns
        self._call_soon = call_soon
        self._stages = self._route, self._identify, self._decode, self._admit, self._handle
        self._arrived: list[tuple[Request, Connection]] = []
        self._postponed: list[tuple[Request, Connection]] | None = None
        self._ask_for_services: Callable[[], None] | None = None

    def expect_services(self, ask: Callable[[], None]) -> None:
        """More services can be added to the routes.  What none understands yet waits for them;
        `ask()` is called with the first such request."""
        self._postponed = []
        self._ask_for_services = ask

    def all_services_are_there(self) -> None:
        """Serve what has waited."""
        postponed, self._postponed = self._postponed, None
        for request, connection in postponed or ():
            self(request, connection)

    def __call__(self, request: Request, connection: Connection) -> None:
        self._arrived.append((request, connection))
        if len(self._arrived) == 1:
            self._call_soon(self._serve)

    def _serve(self) -> None:
        """Take what has arrived through the stages, all of it through each."""
        arrived, self._arrived = self._arrived, []
        exchanges = [
            Exchange(connection, request, self._take_id(), self._origins)
            for request, connection in arrived
            if request.path == "/" or not self._is_public(request, connection)
        ]
        self._turns.begin()
        try:
            for stage in self._stages:
                exchanges = self._pass(stage, exchanges)
        finally:
            self._turns.end()

    def _pass(self, stage: Stage, exchanges: list[Exchange]) -> list[Exchange]:
        """Those that are not refused at this stage."""
        passed = []
        for exchange in exchanges:
            try:
                stage(exchange)
            except Exception as error:
                # A refusal, a fault, or a bug, which the exchange logs: each is one client's alone.
                try:
                    self._refuse(exchange, error)
                except Exception as bug:
                    exchange.connection.fail(bug)
            else:
                passed.append(exchange)
        return passed

    def _is_public(self, request: Request, connection: Connection) -> bool:
        """Whether it is answered, for anybody, also by a failure that costs the others nothing."""
        try:
            return self._serve_public(request, connection)
        except Exception as bug:
            connection.fail(bug)
            return True

    def _route(self, exchange: Exchange) -> None:
        routes, request = self._routes, exchange.request
        route = routes.find_target(request)
        if route is not None:
            exchange.route = route
            exchange.dialect = route.service.dialects.json
            exchange.content = request.body
            exchange.is_json = True
            return
        content = routes.parameters(request)
        service = routes.service_of(request, content)
        exchange.dialect = routes.dialect(request, service)
        exchange.route = routes.find_action(service, content)
        exchange.content = content
        self._name_queue(exchange, content)

    def _identify(self, exchange: Exchange) -> None:
        route = exchange.route
        assert route is not None
        try:
            caller = self._authenticate(exchange.request, route.service.name)
        except MissingAuthenticationToken:
            if route.operation.signed and not route.operation.anonymous:
                raise
            caller = NOT_SIGNED
        exchange.principal, exchange.region = caller.principal, caller.region

    def _decode(self, exchange: Exchange) -> None:
        route, dialect = exchange.route, exchange.dialect
        assert route is not None
        assert dialect is not None
        exchange.input = shape = dialect.decode(route.shape, exchange.content)
        exchange.resource = route.operation.resource(exchange, shape)

    def _admit(self, exchange: Exchange) -> None:
        assert exchange.route is not None
        self._authorize(exchange, exchange.route.operation, exchange.input)

    def _handle(self, exchange: Exchange) -> None:
        assert exchange.route is not None
        exchange.route.operation.handler(exchange, exchange.input)

    def _refuse(self, exchange: Exchange, error: Exception) -> None:
        if self._postponed is not None and isinstance(error, _NOT_UNDERSTOOD):
            self._postponed.append((exchange.request, exchange.connection))
            if len(self._postponed) == 1 and self._ask_for_services is not None:
                self._ask_for_services()
            return
        if exchange.dialect is None:
            exchange.dialect = self._routes.dialect(exchange.request)
        exchange.fail(error)

    def _name_queue(self, exchange: Exchange, parameters: dict[str, str]) -> None:
        """A request at a queue's own URL need not name the queue again."""
        path = exchange.request.path
        if "QueueUrl" not in parameters and path.count("/") >= 2:
            parameters["QueueUrl"] = exchange.origin + path

    def _serve_public(self, request: Request, connection: Connection) -> bool:
        if request.method not in ("GET", "HEAD"):
            return False
        if request.path == "/_tidegate/health":
            connection.respond(200, _PLAIN, b"ok\n")
        elif request.path != "/_tidegate/ready":
            return self._serve_document(request.path, connection)
        elif self._ready():
            connection.respond(200, _PLAIN, b"ready\n")
        else:
            connection.respond(503, _PLAIN, b"not ready\n")
        return True

    def _serve_document(self, path: str, connection: Connection) -> bool:
        document = self._find_document(path)
        if document is None:
            return False
        head = f"Content-Type: {document.content_type}\r\n".encode()
        connection.respond(200, head, document.content)
        return True
