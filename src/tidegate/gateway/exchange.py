"""One request on its way: what a handler sees of it, and how its answer goes back."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from tidegate.auth.policy.decision import Decision
from tidegate.base.call import Principal
from tidegate.base.refusals import Fault, Refusal
from tidegate.gateway.dialects import Dialect
from tidegate.gateway.origin import Origins
from tidegate.gateway.routes import Route
from tidegate.http.connection import Connection
from tidegate.http.messages import Request

_log = logging.getLogger("tidegate.gateway")

NOBODY = Principal(account="", arn="", access_key="", user_id="")
"""The principal of what is refused before it is known who sent it."""


class Exchange(msgspec.Struct):
    """A `base.call.Call`.  A struct, because one is made for each request.

    Route, dialect, principal, region and resource are there for every handler; what is refused
    before it comes to a handler may have none.
    """

    connection: Connection
    request: Request
    request_id: str
    origins: Origins
    route: Route | None = None
    dialect: Dialect | None = None
    is_json: bool = False
    """Whether the input is AWS JSON."""
    principal: Principal = NOBODY
    region: str = ""
    resource: str = "*"
    content: Any = None
    """What the input is read from: a body of JSON, or parameters."""
    input: Any = None
    """The input's shape."""
    decision: Decision | None = None
    """What the policies said."""
    answered: bool = False

    @property
    def may_hold_controls(self) -> bool:
        return not self.is_json or b"\\" in self.request.body

    @property
    def service(self) -> str:
        """The name of the service that is called; "" before that is known."""
        return "" if self.route is None else self.route.service.name

    @property
    def origin(self) -> str:
        return self.origins.of(self.request.headers.get("host"), self.connection.secure)

    @property
    def trace_header(self) -> str | None:
        return self.request.headers.get("x-amzn-trace-id") or None

    @property
    def gone(self) -> bool:
        return self.connection.gone

    def on_gone(self, then: Callable[[], None]) -> None:
        if not self.answered:
            self.connection.on_gone(then)

    def reply(self, shape: Any) -> None:
        if self.answered:
            self._report_second_answer()
            return
        self.answered = True
        dialect, request_id, route = self.dialect, self.request_id, self.route
        assert dialect is not None, "only a handler replies"
        assert route is not None
        try:
            body = dialect.answer(route.shape, shape, request_id)
        except Exception as error:
            # Whoever replies is answering others too, and must not suffer from this one.
            self._send_error(error)
            return
        recorder = route.recorder
        if recorder is not None:
            recorder.record(self, self.input, shape, None, self.decision)
        self.connection.respond(
            200,
            f"x-amzn-RequestId: {request_id}\r\nContent-Type: {dialect.content_type}\r\n".encode(),
            body,
        )

    def fail(self, error: Exception) -> None:
        if self.answered:
            self._report_second_answer()
            return
        self.answered = True
        self._send_error(error)

    def _report_second_answer(self) -> None:
        _log.error("%s: answered twice", self._name(), stack_info=True)

    def _send_error(self, error: Exception) -> None:
        if not isinstance(error, Refusal | Fault):
            _log.error("%s: a bug", self._name(), exc_info=error)
        assert self.dialect is not None, "the gateway finds one for whatever comes"
        route = self.route
        if route is not None and route.recorder is not None:
            route.recorder.record(self, self.input, None, error, self.decision)
        answer = self.dialect.error(error, self.request_id)
        fields = [
            f"x-amzn-RequestId: {self.request_id}\r\n",
            f"Content-Type: {self.dialect.content_type}\r\n",
        ]
        fields += [f"{name}: {value}\r\n" for name, value in answer.headers]
        self.connection.respond(answer.status, "".join(fields).encode("latin-1"), answer.body)

    def _name(self) -> str:
        """For the log: the request, by nothing that is secret."""
        operation = "?" if self.route is None else self.route.operation.name
        return f"request {self.request_id} ({operation})"
