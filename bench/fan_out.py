"""What a delivery to a queue costs: publishing without HTTP.

    python bench/fan_out.py [--queues 1,10,100] [--deliveries N] [--repeat N] [--profile]

Prints CPU microseconds a delivery: of the engine alone (the command is decided, its record encoded
and applied) and of all of SNS behind the protocol (who is subscribed, which queues take it,
sealing, engine).  The best of `--repeat` turns counts.  No log keeps the records; messages are of
1 KB, and queues are purged between turns.
"""

import argparse
import cProfile
import itertools
import json
import pstats
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tidegate.api.sns import PublishInput
from tidegate.base.call import Principal
from tidegate.base.positions import pack_position
from tidegate.catalog.topics import Subscription, Topic
from tidegate.engine.codec import encode_record
from tidegate.engine.commands import (
    ChangeEntities,
    CreateQueue,
    Fan,
    FanOut,
    FanTarget,
    FanTargets,
    Message,
    PurgeQueue,
)
from tidegate.engine.partition import Partition
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.policies import Policies
from tidegate.kms.keyring import SSE_SQS, DomainKey
from tidegate.kms.secret import Secret
from tidegate.runtime.definitions import Definitions
from tidegate.server.compose import tune_collector
from tidegate.server.topics import TopicSealing, TopicsMayWrite
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.queue_feedback import QueueFeedback
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.ids import message_ids

ACCOUNT, REGION = "000000000000", "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:bench"
BODY = "x" * 1024
NOW = 1_700_000_000_000


class Log:
    """Encodes records and forgets them."""

    def __init__(self) -> None:
        self._number = 0

    def journal(self, record: Any, spends_reserve: float) -> int:
        self._number += 1
        return pack_position(
            1 + self._number // 10_000, 64 * self._number, len(encode_record(record))
        )


class Node:
    """A partition that answers at once."""

    def __init__(self) -> None:
        self.partition = Partition(Log().journal)
        self.now = NOW

    def submit(self, call: Any, command: Any, finish: Callable[[Any, Any], Any]) -> None:
        finish(call, self.partition.execute(command, self.now))
        self.partition.state.awake.clear()


def queue_arn(number: int) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:q{number}"


def create_queues(node: Node, count: int) -> None:
    for number in range(count):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn(number),
            "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        node.partition.execute(CreateQueue(queue_arn(number), {"Policy": policy}, {}), NOW)


def purge(node: Node, count: int) -> None:
    node.now += 61_000
    for number in range(count):
        node.partition.execute(PurgeQueue(queue_arn(number)), node.now)


def engine_alone(node: Node, queues: int) -> Callable[[], None]:
    targets = FanTargets.of(
        [FanTarget(queue_arn(n), UUID(int=n).bytes, True) for n in range(queues)]
    )
    message = Message(str(UUID(int=1)), BODY, "md5", "AIDA")

    def publish() -> None:
        node.partition.execute(FanOut(TOPIC, [Fan(message, targets)]), node.now)
        node.partition.state.awake.clear()

    return publish


def whole(node: Node, queues: int) -> Callable[[], None]:
    puts: list[Any] = [Topic(ACCOUNT, REGION, "bench", NOW)]
    for number in range(queues):
        puts.append(
            Subscription(TOPIC, str(UUID(int=number)), ACCOUNT, "sqs", queue_arn(number), "", NOW)
        )
    node.partition.execute(ChangeEntities(0, puts, []), NOW)
    definitions = Definitions(node, lambda: node.now)  # type: ignore[arg-type]
    domain = DomainKey(SSE_SQS, {1: Secret(bytes(32))})
    encryption = Encryption(definitions, domain, None, time.monotonic)  # type: ignore[arg-type]
    sealing = TopicSealing(definitions, encryption)
    authorizer = Authorizer(Policies(definitions), time.time)
    fans, new_id = TopicFans(definitions), message_ids()
    sending = Sending(definitions, TopicsMayWrite(definitions, authorizer), sealing)
    publishing = Publishing(
        definitions,
        node,
        fans,
        sending,
        QueueFeedback(definitions, sending, lambda status: None, new_id, lambda: 0.0),
        SmsOptions(),
        sealing,
        lambda call, topic: None,
        lambda topic_arn, publish: False,
        new_id,
    )
    principal = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "test", "test")
    call: Any = SimpleNamespace(principal=principal, region=REGION)
    request = PublishInput(Message=BODY, TopicArn=TOPIC)
    return lambda: publishing.publish(call, request)


def measure(make: Callable[[Node, int], Callable[[], None]], queues: int, given: Any) -> float:
    """CPU microseconds a delivery."""
    rounds = max(1, given.deliveries // queues)
    node = Node()
    create_queues(node, queues)
    publish = make(node, queues)
    publish()
    tune_collector()
    best = float("inf")
    for _ in range(given.repeat):
        purge(node, queues)
        started = time.thread_time()
        for _ in itertools.repeat(None, rounds):
            publish()
        best = min(best, (time.thread_time() - started) / rounds / queues)
    return best * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queues", default="1,10,100")
    parser.add_argument("--deliveries", type=int, default=100_000, help="of one turn")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    profile = cProfile.Profile() if given.profile else None
    for queues in map(int, given.queues.split(",")):
        alone = measure(engine_alone, queues, given)
        if profile is not None:
            profile.enable()
        together = measure(whole, queues, given)
        if profile is not None:
            profile.disable()
        print(f"{queues:>5} queues   engine {alone:6.2f} us   in all {together:6.2f} us a delivery")
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
