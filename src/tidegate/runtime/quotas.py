"""AWS's own rates, for a team that wants to rehearse against them.

A FIFO queue takes 300 calls a second of each action; with high throughput (deduplication and
throughput limit by message group), as many as AWS allows in the queue's region.  Standard queues
have no such limit.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

from typing import Any

from tidegate.base.arn import parse_queue_arn
from tidegate.base.refusals import ThrottlingException
from tidegate.engine import commands
from tidegate.engine.queue import Queue

CALLS_PER_S = 300
HIGH_THROUGHPUT_CALLS_PER_S = {
    "us-east-1": 70_000,
    "us-west-2": 70_000,
    "eu-west-1": 70_000,
    "us-east-2": 19_000,
    "eu-central-1": 19_000,
    "ap-south-1": 9_000,
    "ap-southeast-1": 9_000,
    "ap-southeast-2": 9_000,
    "ap-northeast-1": 9_000,
    "eu-west-2": 4_500,
    "sa-east-1": 4_500,
}
OTHER_REGIONS_CALLS_PER_S = 2_400
MOST_BUCKETS = 10_000
"""With more than this, those are forgotten that have rested for a second: they are full again."""

_ACTIONS: dict[type, str] = {
    commands.Send: "send",
    commands.SendBatch: "send",
    commands.Receive: "receive",
    commands.Delete: "delete",
    commands.ChangeVisibility: "change visibility",
}


class Bucket:
    """A token bucket that holds one second's worth of calls."""

    __slots__ = ("_at", "_rate", "_tokens")

    def __init__(self, rate: int, now_ms: int) -> None:
        self._rate = rate
        self._tokens = float(rate)
        self._at = now_ms

    def rests(self, now_ms: int) -> bool:
        """Whether it is as good as new."""
        return now_ms - self._at >= 1000

    def take(self, now_ms: int) -> bool:
        elapsed_s = max(0, now_ms - self._at) / 1000
        self._tokens = min(self._rate, self._tokens + elapsed_s * self._rate)
        self._at = now_ms
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Quotas:
    """Counts the calls of each action on each FIFO queue."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, str, int], Bucket] = {}
        self._sweep_at = MOST_BUCKETS

    def __len__(self) -> int:
        return len(self._buckets)

    def check(self, queue: Queue | None, command: Any, now_ms: int) -> None:
        """Raises ThrottlingException where AWS does ("requests over 300 TPS get the
        ThrottlingException error", developer guide, FIFO throttling)."""
        action = _ACTIONS.get(type(command))
        if action is None or queue is None or not queue.is_fifo:
            return
        rate = _rate(queue)
        key = (queue.uid, action, rate)
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._sweep_at:
                self._forget_resting(now_ms)
            bucket = self._buckets[key] = Bucket(rate, now_ms)
        if not bucket.take(now_ms):
            raise ThrottlingException

    def _forget_resting(self, now_ms: int) -> None:
        busy = {key: each for key, each in self._buckets.items() if not each.rests(now_ms)}
        self._buckets = busy
        self._sweep_at = max(MOST_BUCKETS, 2 * len(busy))


def _rate(queue: Queue) -> int:
    definition = queue.definition
    if (
        definition.fifo_throughput_limit == "perMessageGroupId"
        and definition.deduplication_scope == "messageGroup"
    ):
        parts = parse_queue_arn(queue.arn)
        assert parts is not None
        return HIGH_THROUGHPUT_CALLS_PER_S.get(parts[0], OTHER_REGIONS_CALLS_PER_S)
    return CALLS_PER_S
