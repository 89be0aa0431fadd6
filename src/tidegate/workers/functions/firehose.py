"""The sender of `firehose` subscriptions: PutRecordBatch.

Notifications for a stream that come while a call is under way go with the next one, together.  Of
each, the answer says whether it was taken; one that was not is tried again by itself.

A record is the notification's document without the fields of its signature, on one line, or the
message alone where delivery is raw; a line break ends it, so that the objects which a stream writes
have one record a line.

Sources: Firehose API reference, PutRecordBatch; SNS developer guide, "Fanout to Firehose delivery
streams", its examples of stored notifications.
"""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tidegate.workers.answers import outcome_of
from tidegate.workers.documents import document_of
from tidegate.workers.functions.aws_calls import DEFAULT_REGION, AwsCalls
from tidegate.workers.functions.target import FirehoseTarget
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, delivered, permanent, retryable
from tidegate.workers.web_client import Answer, NoAnswer

MOST_RECORDS: Final = 500
MOST_RECORD_BYTES: Final = 1_000 * 1024
MOST_BATCH_BYTES: Final = 4 * 1024 * 1024
NO_ENDPOINT: Final = "no firehose_endpoint is set"
_LATER: Final = ("ServiceUnavailableException", "ThrottlingException", "LimitExceededException")
_OF_SIGNATURE: Final = ("SignatureVersion", "Signature", "SigningCertURL")


class _Waiting(msgspec.Struct):
    """A record, and whoever waits for what becomes of it."""

    data: bytes
    outcome: asyncio.Future[Outcome]

    def conclude(self, outcome: Outcome) -> None:
        """Tell, unless it is told already or nobody waits any more."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class _Response(msgspec.Struct, rename="pascal"):
    error_code: str | None = None
    error_message: str | None = None


class _BatchAnswer(msgspec.Struct, rename="pascal"):
    request_responses: list[_Response]


class _ErrorAnswer(msgspec.Struct):
    type: str = msgspec.field(default="", name="__type")
    message: str = ""


class FirehoseSender:
    """Puts records into streams, for one event loop."""

    def __init__(self, endpoint: str | None, calls: AwsCalls) -> None:
        """Without an endpoint, every notification is undeliverable."""
        self._endpoint = endpoint
        self._calls = calls
        self._waiting: dict[str, list[_Waiting]] = {}
        self._draining: dict[str, asyncio.Task[None]] = {}

    async def send(self, notification: Notification, target: FirehoseTarget) -> Outcome:
        """One try to deliver; never raises."""
        if self._endpoint is None:
            return permanent(NO_ENDPOINT)
        data = record_of(notification, is_raw=target.is_raw)
        if len(data) > MOST_RECORD_BYTES:
            return permanent("the record is larger than Firehose takes")
        stream = target.stream_arn
        waiting = _Waiting(data, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(stream, []).append(waiting)
        if stream not in self._draining:
            self._draining[stream] = asyncio.create_task(self._drain(stream, self._endpoint))
        return await waiting.outcome

    async def _drain(self, stream: str, endpoint: str) -> None:
        """Call after call, while anybody waits."""
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch(stream):
                for waiting, outcome in zip(
                    batch, await self._put(stream, endpoint, batch), strict=True
                ):
                    waiting.conclude(outcome)
        finally:
            # Where this ends with the server, or by a bug of ours, nobody is to wait for ever.
            del self._draining[stream]
            for waiting in (*batch, *self._waiting.pop(stream, [])):
                waiting.conclude(retryable("the call was given up"))

    def _next_batch(self, stream: str) -> list[_Waiting]:
        """As much as one call takes, of what somebody still waits for."""
        queue = [each for each in self._waiting.get(stream, []) if not each.outcome.done()]
        count = size = 0
        while count < min(len(queue), MOST_RECORDS):
            size += len(queue[count].data)
            if size > MOST_BATCH_BYTES:
                break
            count += 1
        self._waiting[stream] = queue[count:]
        return queue[:count]

    async def _put(
        self, stream: str, endpoint: str, batch: Sequence[_Waiting]
    ) -> Sequence[Outcome]:
        body = {
            "DeliveryStreamName": stream.rpartition("/")[2],
            "Records": [{"Data": b64encode(waiting.data).decode()} for waiting in batch],
        }
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "Firehose_20150804.PutRecordBatch",
        }
        try:
            answer = await self._calls.post(
                endpoint, "firehose", _region_of(stream), headers, msgspec.json.encode(body)
            )
        except NoAnswer as error:
            return [retryable(f"Firehose: {error}")] * len(batch)
        if answer.status != 200:
            return [_refused(answer)] * len(batch)
        try:
            responses = msgspec.json.decode(answer.body, type=_BatchAnswer).request_responses
        except msgspec.DecodeError:
            responses = []
        if len(responses) != len(batch):
            return [retryable("Firehose answers with something else", 200)] * len(batch)
        return [_outcome(response) for response in responses]

    async def close(self) -> None:
        for task in list(self._draining.values()):
            task.cancel()
        await asyncio.gather(*self._draining.values(), return_exceptions=True)
        await self._calls.close()


def record_of(notification: Notification, *, is_raw: bool) -> bytes:
    """What a stream gets of a notification."""
    if is_raw:
        return notification.message.encode() + b"\n"
    document: dict[str, Any] = document_of(notification)
    kept = {name: value for name, value in document.items() if name not in _OF_SIGNATURE}
    return msgspec.json.encode(kept) + b"\n"


def _region_of(arn: str) -> str:
    parts = arn.split(":")
    return (parts[3] if len(parts) > 5 else "") or DEFAULT_REGION


def _outcome(response: _Response) -> Outcome:
    if response.error_code is None:
        return delivered("", 200)
    return retryable(f"{response.error_code} {response.error_message or ''}".strip(), 200)


def _refused(answer: Answer) -> Outcome:
    """The whole call."""
    try:
        error = msgspec.json.decode(answer.body, type=_ErrorAnswer)
    except msgspec.DecodeError:
        error = _ErrorAnswer()
    name = error.type.rpartition("#")[2]
    text = f"{name} {error.message}".strip() or answer.text()
    if name in _LATER:
        return retryable(text, answer.status, answer.retry_after_s())
    return outcome_of(answer, text)
