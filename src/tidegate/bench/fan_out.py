"""The scenario fan-out: publishing to topics with more and more queues.

A message in a queue is one unit, and none counts before the publish is acknowledged.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tidegate.bench.load import Script
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.scripts import STAMP_BYTES, Repeater, filler
from tidegate.bench.session import Session
from tidegate.bench.signing import RequestTemplate
from tidegate.bench.subject import Subject
from tidegate.bench.tally import Tally

_QUEUES = (1, 10, 100)
_CONNECTIONS = 64
_AT_ONCE = 10
"""Queues that are made, or deleted, at the same time."""


class Topic:
    """A topic and its queues."""

    def __init__(self, arn: str, urls: list[str]) -> None:
        self.arn = arn
        self.urls = urls


class Publisher(Repeater):
    """Publish after Publish."""

    def __init__(
        self, tally: Tally, template: RequestTemplate, text: bytes, stock: int, queues: int
    ) -> None:
        """`text` is the message, with a place for the number of the request."""
        super().__init__(tally, template, text, stock)
        self._queues = queues

    def answered(self, body: bytes, now: int) -> int:
        if b"<MessageId>" not in body:
            self.tally.error("an answer without a message id", body[:300].decode())
            return 0
        return self._queues


async def fan_out(session: Session) -> None:
    """One message in one queue is one unit."""
    connections = (session.options.connections or (_CONNECTIONS,))[0]
    async with session.subject() as subject:
        for queues in _QUEUES:
            row = Row(f"fan-out/{queues}", "message in a queue")
            pairs = Pairs()
            for number in range(session.options.pairs):
                label = f"{row.name}, pair {number + 1} of {session.options.pairs}"
                async with _topic(session, subject, queues) as topic:
                    tally = Tally()
                    scripts = _publishers(session, subject, topic, tally, connections)
                    run = await subject.play(scripts, tally, session.pace(label))
                    await _check(subject, topic, tally)
                    await session.pair(pairs, run, connections, label)
            pairs.fill(row)
            session.rows.append(row)


def _publishers(
    session: Session, subject: Subject, topic: Topic, tally: Tally, connections: int
) -> list[Script]:
    template = subject.publishing(topic.arn)
    text = filler(session.options.body_bytes - STAMP_BYTES).encode()
    stock = session.stock(connections)
    return [
        Publisher(tally, template, text + b"%016x%08x%%08x" % (0, lane), stock, len(topic.urls))
        for lane in range(connections)
    ]


async def _check(subject: Subject, topic: Topic, tally: Tally) -> None:
    """Count what was acknowledged and is not there."""
    published = tally.units_ever // len(topic.urls)
    for url in topic.urls:
        missing = published - await subject.depth(url)
        if missing > 0:
            tally.error("messages missing in a queue", url, missing)


@asynccontextmanager
async def _topic(session: Session, subject: Subject, queues: int) -> AsyncIterator[Topic]:
    """A topic with so many queues, all of them gone afterwards.  Raises CallFailed, OSError."""
    name = session.queue_name()
    topic = Topic(await subject.create_topic(name), [])
    names = [f"{name}-{number}" for number in range(queues)]
    for start in range(0, queues, _AT_ONCE):
        made = [_queue(subject, topic.arn, each) for each in names[start : start + _AT_ONCE]]
        topic.urls += await asyncio.gather(*made)
    try:
        yield topic
    finally:
        await subject.query("DeleteTopic", {"TopicArn": topic.arn})
        for start in range(0, queues, _AT_ONCE):
            some = topic.urls[start : start + _AT_ONCE]
            await asyncio.gather(*map(subject.delete_queue, some))


async def _queue(subject: Subject, topic_arn: str, name: str) -> str:
    """The URL of a new queue that lets the topic in, and is subscribed to it."""
    url = await subject.create_queue(name)
    arn = await subject.queue_arn(url)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    await subject.call("SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": policy}})
    wanted = {"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": arn}
    await subject.query("Subscribe", wanted)
    return url
