"""A server that speaks HTTP/2 and stands in for APNs: it keeps requests, and answers as it is told.

It checks what Apple's documentation says of the token of a request, and of the client's
certificate.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any

import h2.config
import h2.connection
import h2.events
import jwt


class Push:
    """One request, whole."""

    def __init__(self, headers: dict[str, str], connection: int, client: str | None) -> None:
        self.headers = headers
        self.body = b""
        self.connection = connection
        """Number of the connection that it came by."""
        self.client = client
        """The common name of the client's certificate."""


class ApnsStandIn:
    """Takes tokens that `public_key` verifies; without it, no tokens at all."""

    def __init__(self, tls: ssl.SSLContext | None, public_key: bytes | None = None) -> None:
        self.pushes: list[Push] = []
        self.connections: list[_Connection] = []
        self.status = 200
        self.reason = ""
        self.silent = False
        self._tls = tls
        self._public_key = public_key

    async def start(self) -> str:
        """Its address."""
        loop = asyncio.get_running_loop()
        make = lambda: _Connection(self)  # noqa: E731
        self._server = await loop.create_server(make, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        return self.url

    def stop(self) -> None:
        self._server.close()
        for connection in self.connections:
            connection.transport.close()

    def answer(self, push: Push) -> tuple[int, bytes]:
        self.pushes.append(push)
        status, reason = self.status, self.reason
        if not push.headers[":path"].startswith("/3/device/"):
            status, reason = 404, "BadPath"
        problem = self._problem_with_token(push.headers.get("authorization", ""))
        if problem:
            status, reason = 403, problem
        return status, json.dumps({"reason": reason}).encode() if status != 200 else b""

    def _problem_with_token(self, authorization: str) -> str:
        if self._public_key is None:
            return "InvalidProviderToken" if authorization else ""
        scheme, _, token = authorization.partition(" ")
        if scheme != "bearer":
            return "MissingProviderToken"
        try:
            # The clock of the tests is not that of the machine.
            options: Any = {"verify_iat": False, "require": ["iss", "iat"]}
            jwt.decode(token, self._public_key, algorithms=["ES256"], options=options)
        except jwt.PyJWTError:
            return "InvalidProviderToken"
        return "" if "kid" in jwt.get_unverified_header(token) else "InvalidProviderToken"


class _Connection(asyncio.Protocol):
    def __init__(self, server: ApnsStandIn) -> None:
        self._server = server
        self._pushes: dict[int, Push] = {}
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self._h2 = h2.connection.H2Connection(config)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._number = len(self._server.connections)
        self._server.connections.append(self)
        self._client: str | None = None
        certificate = transport.get_extra_info("peercert")
        if certificate:
            names = dict(pair for part in certificate["subject"] for pair in part)
            self._client = names["commonName"]
        self._h2.initiate_connection()
        transport.write(self._h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                headers = dict(event.headers)
                self._pushes[event.stream_id] = Push(headers, self._number, self._client)
            elif isinstance(event, h2.events.DataReceived):
                self._pushes[event.stream_id].body += event.data
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self._answer(event.stream_id)
        self.transport.write(self._h2.data_to_send())

    def _answer(self, stream: int) -> None:
        status, body = self._server.answer(self._pushes.pop(stream))
        if self._server.silent:
            return
        headers = [(":status", str(status)), ("apns-id", "x")]
        self._h2.send_headers(stream, headers, end_stream=not body)
        if body:
            self._h2.send_data(stream, body, end_stream=True)

    def go_away(self) -> None:
        """As a server does that is about to be replaced."""
        self._h2.close_connection()
        self.transport.write(self._h2.data_to_send())
        self.transport.close()
