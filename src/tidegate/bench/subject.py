"""What is measured: an SQS service at an endpoint, and its process where we started it."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

from tidegate.bench.framing import BadAnswer, Framer
from tidegate.bench.load import Connect, Endpoint, Pace, Run, Script, play
from tidegate.bench.process import Server, cpu_s
from tidegate.bench.scripts import Site
from tidegate.bench.signing import RequestTemplate, Signer
from tidegate.bench.tally import Tally

SNS_VERSION = "2010-03-31"
SNS = ("sns", SNS_VERSION)
IAM = ("iam", "2010-05-08")
"""Services that speak the Query protocol, each with the version of its API."""
_CALL_TIMEOUT_S = 60
_TOPIC_ARN = re.compile(r"<TopicArn>(.+)</TopicArn>")


class CallFailed(Exception):
    """A call that a scenario needs (such as CreateQueue) did not give 200."""

    def __init__(self, action: str, status: int, body: bytes) -> None:
        super().__init__(f"{action}: status {status}: {body[:300].decode('utf-8', 'replace')}")


class Subject:
    """An SQS service."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        signer: Signer,
        server: Server | None = None,
        data: Path | None = None,
    ) -> None:
        """`server` and `data`: its process and its directory, where we started it."""
        self.name = name
        self.server = server
        self.data = data
        self.url = endpoint.url
        self._endpoint = endpoint
        self._signer = signer

    def signed_by(self, signer: Signer) -> "Subject":
        """The same, as another caller sees it."""
        return Subject(self.name, self._endpoint, signer, self.server, self.data)

    def site(self, queue_url: str, tally: Tally, body_bytes: int) -> Site:
        """What scripts need to know of a queue here; requests are dated with this moment."""
        self._signer.advance(time.time())
        return Site(self._signer, self._endpoint.host_header, queue_url, tally, body_bytes)

    async def play(self, scripts: list[Script], tally: Tally, pace: Pace) -> Run:
        """Play the scripts against it; with the CPU that its process took."""
        if self.server is None:
            return await play(self._endpoint.connect, self._signer, scripts, tally, pace)
        cpu, started_at = cpu_s(self.server.pid), time.perf_counter()
        run = await play(self._endpoint.connect, self._signer, scripts, tally, pace)
        run.server_cpu = (cpu_s(self.server.pid) - cpu) / (time.perf_counter() - started_at)
        return run

    async def call(self, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One call.  Raises CallFailed, OSError."""
        self._signer.advance(time.time())
        body = msgspec.json.encode(parameters)
        host = self._endpoint.host_header
        request = RequestTemplate(self._signer, host, action, body).build(b"")
        status, answer = await _exchange(self._endpoint.connect, request)
        if status != 200:
            raise CallFailed(action, status, answer)
        found: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return found

    async def query(
        self, action: str, parameters: dict[str, str], service: tuple[str, str] = SNS
    ) -> str:
        """One call; the document that it answers.  Raises CallFailed, OSError."""
        name, version = service
        form = urlencode({"Action": action, "Version": version, **parameters}).encode()
        signer = self._signer.of(name)
        template = RequestTemplate(signer, self._endpoint.host_header, None, form)
        status, answer = await _exchange(self._endpoint.connect, template.build(b""))
        if status != 200:
            raise CallFailed(action, status, answer)
        return answer.decode()

    def publishing(self, topic_arn: str) -> RequestTemplate:
        """Publish requests; the form goes on with the text of the message.

        They are dated with this moment, which is good for some minutes."""
        signer = self._signer.of("sns")
        fixed = {"Action": "Publish", "Version": SNS_VERSION, "TopicArn": topic_arn, "Message": ""}
        return RequestTemplate(signer, self._endpoint.host_header, None, urlencode(fixed).encode())

    async def queue_arn(self, url: str) -> str:
        wanted = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
        return str((await self.call("GetQueueAttributes", wanted))["Attributes"]["QueueArn"])

    async def create_queue(self, name: str, attributes: dict[str, str] | None = None) -> str:
        """The URL of the new queue."""
        parameters = {"QueueName": name, "Attributes": attributes or {}}
        return str((await self.call("CreateQueue", parameters))["QueueUrl"])

    async def create_topic(self, name: str) -> str:
        """The ARN of the new topic.  Raises CallFailed, OSError."""
        answer = await self.query("CreateTopic", {"Name": name})
        found = _TOPIC_ARN.search(answer)
        if found is None:
            raise CallFailed("CreateTopic", 200, answer.encode())
        return found[1]

    async def delete_queue(self, url: str) -> None:
        await self.call("DeleteQueue", {"QueueUrl": url})

    async def depth(self, url: str) -> int:
        """How many messages wait in the queue, by its own account."""
        name = "ApproximateNumberOfMessages"
        answer = await self.call("GetQueueAttributes", {"QueueUrl": url, "AttributeNames": [name]})
        return int(answer["Attributes"][name])

    async def ready(self, timeout_s: float = 120) -> float:
        """Ask until it answers a call; seconds since its process was spawned.

        Raises CallFailed or OSError where it does not within `timeout_s`.
        """
        assert self.server is not None
        deadline = time.perf_counter() + timeout_s
        while True:
            try:
                await self.call("ListQueues", {})
                return time.perf_counter() - self.server.spawned_at
            except (CallFailed, OSError):
                if time.perf_counter() > deadline:
                    raise
                await asyncio.sleep(0.005)


class _OneCall(asyncio.Protocol):
    """A connection for one request."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._framer = Framer()
        self.answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports behave like asyncio's and do not inherit from them.
        transport = cast(asyncio.Transport, transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._give(self._framer.feed, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._give(self._framer.finish)
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("no answer"))

    def _give(self, take: Any, *arguments: bytes) -> None:
        try:
            answer = take(*arguments)
        except BadAnswer as error:
            if not self.answer.done():
                self.answer.set_exception(ConnectionError(str(error)))
            return
        if answer is not None and not self.answer.done():
            self.answer.set_result(answer)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def _exchange(connect: Connect, request: bytes) -> tuple[int, bytes]:
    protocol = _OneCall(request)
    await connect(protocol)
    try:
        return await asyncio.wait_for(protocol.answer, _CALL_TIMEOUT_S)
    finally:
        protocol.close()
