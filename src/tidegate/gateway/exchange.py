"""One request on its way: what a handler sees of it, and how its answer goes back."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from tidegate.base.call import Principal
from tidegate.base.refusals import Fault, Refusal
from tidegate.gateway.dialects import Dialect
from tidegate.gateway.origin import Origins
from tidegate.gateway.routes import Route
from tidegate.http.connection import Connection

_log = logging.getLogger("tidegate.gateway")

NOBODY = Principal(account="", arn="", access_key="", user_id="")
"""The principal of what is refused before it is known who sent it."""


class Exchange(msgspec.Struct):
    """A `base.call.Call`.  A struct, because one is made for each request.

    Principal, region and route are there for every handler; what is refused before it comes to a
    handler has none.
    """

    connection: Connection
    dialect: Dialect
    request_id: str
    host: str | None
    origins: Origins
    principal: Principal = NOBODY
    region: str = ""
    route: Route | None = None
    trace_header: str | None = None
    answered: bool = False

    @property
    def origin(self) -> str:
        return self.origins.of(self.host, self.connection.secure)

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
        try:
            assert route is not None
            body = dialect.answer(route.shape, shape, request_id)
        except Exception as error:
            # Whoever replies is answering others too, and must not suffer from this one.
            self._send_error(error)
            return
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
