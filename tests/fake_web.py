"""A client for senders whose requests go nowhere, and are answered by the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tidegate.workers.web_client import Answer, NoAnswer


class Asked(NamedTuple):
    """A request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(status: int = 200, body: Any = b"", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, content)


class FakeWeb:
    """Keeps what it is asked, and answers what `reply` says: an answer, or what goes wrong."""

    def __init__(self, reply: Callable[[Asked], Answer] | Answer | NoAnswer | None = None) -> None:
        self.asked: list[Asked] = []
        self.reply = answer() if reply is None else reply
        self.closed = False

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return await self.request("POST", url, headers, body)

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        asked = Asked(method, url, headers, body)
        self.asked.append(asked)
        reply = self.reply(asked) if callable(self.reply) else self.reply
        if isinstance(reply, NoAnswer):
            raise reply
        return reply

    async def close(self) -> None:
        self.closed = True
