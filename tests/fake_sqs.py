"""A tiny SQS for tests of the load generator: JSON protocol, in memory, and able to misbehave.

Nothing of it is Tidegate's, so that a mistake shared by both sides cannot hide.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any


class FakeSqs:
    """Queues that hand a message out once and forget it when it is deleted."""

    def __init__(self, origin: str = "http://fake") -> None:
        self.origin = origin
        self.queues: dict[str, list[dict[str, str]]] = {}
        self.in_flight: dict[str, dict[str, str]] = {}
        self.refuse: Callable[[str, dict[str, Any]], tuple[int, Any] | None] = lambda *_: None
        """refuse(action, parameters) -> an answer in the place of the right one."""
        self._numbers = itertools.count(1)

    def handle(self, request: bytes) -> tuple[int, bytes]:
        """A whole request in, status and body out."""
        head, _, body = request.partition(b"\r\n\r\n")
        action = head.lower().partition(b"x-amz-target: amazonsqs.")[2].partition(b"\r\n")[0]
        parameters = json.loads(body)
        wrong = self.refuse(action.decode(), parameters)
        status, answer = wrong or (200, getattr(self, action.decode())(parameters))
        return status, json.dumps(answer).encode()

    def createqueue(self, parameters: dict[str, Any]) -> dict[str, Any]:
        self.queues[parameters["QueueName"]] = []
        return {"QueueUrl": f"{self.origin}/000000000000/{parameters['QueueName']}"}

    def deletequeue(self, parameters: dict[str, Any]) -> dict[str, Any]:
        del self.queues[parameters["QueueUrl"].rpartition("/")[2]]
        return {}

    def sendmessage(self, parameters: dict[str, Any]) -> dict[str, Any]:
        message_id = f"m{next(self._numbers)}"
        message = {"MessageId": message_id, "Body": parameters["MessageBody"]}
        self._queue(parameters).append(message)
        return {"MessageId": message_id, "MD5OfMessageBody": "0" * 32}

    def sendmessagebatch(self, parameters: dict[str, Any]) -> dict[str, Any]:
        for entry in parameters["Entries"]:
            self.sendmessage({**entry, "QueueUrl": parameters["QueueUrl"]})
        return {"Successful": [{"Id": entry["Id"]} for entry in parameters["Entries"]]}

    def receivemessage(self, parameters: dict[str, Any]) -> dict[str, Any]:
        queue = self._queue(parameters)
        count = parameters.get("MaxNumberOfMessages", 1)
        taken, queue[:] = queue[:count], queue[count:]
        messages = []
        for message in taken:
            handle = f"r{next(self._numbers)}"
            self.in_flight[handle] = message
            messages.append({**message, "ReceiptHandle": handle})
        return {"Messages": messages} if messages else {}

    def deletemessagebatch(self, parameters: dict[str, Any]) -> dict[str, Any]:
        for entry in parameters["Entries"]:
            del self.in_flight[entry["ReceiptHandle"]]
        return {"Successful": [{"Id": entry["Id"]} for entry in parameters["Entries"]]}

    def _queue(self, parameters: dict[str, Any]) -> list[dict[str, str]]:
        return self.queues[parameters["QueueUrl"].rpartition("/")[2]]


def parse(request: bytes) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Request line, headers with lower-case names, and body of a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {}
    for text in lines:
        name, _, value = text.partition(": ")
        headers[name.lower()] = value
    return line, headers, json.loads(body)


async def serve(fake: FakeSqs) -> asyncio.Server:
    """The fake on a free port of loopback; it answers a long poll at once."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                status, body = fake.handle(head + await reader.readexactly(length))
                writer.write(
                    b"HTTP/1.1 %d Any\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    fake.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return server
