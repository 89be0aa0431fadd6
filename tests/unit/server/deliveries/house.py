"""A node with topics, in virtual time, and all that stands between hidden queues and senders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from engine_harness import arn
from fake_queue_kms import FakeQueueKms
from key_disk import KeyDisk, opened
from simulated_node import SimulatedNode
from tidegate.catalog.delivery_status import DeliveryStatus
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import Entity, name_of
from tidegate.catalog.topics import IssuedToken, Subscription, Topic
from tidegate.kms.keyring import SSE_SQS, Keyring
from tidegate.runtime.definitions import Definitions
from tidegate.server.deliveries.events import DeviceEvents
from tidegate.server.deliveries.hidden_queues import HiddenQueues
from tidegate.server.deliveries.making import JobMaker
from tidegate.server.deliveries.outward import Certificate, Outward
from tidegate.server.deliveries.source import DeliverySource
from tidegate.server.deliveries.spending import Spending
from tidegate.server.deliveries.targets import Targets
from tidegate.server.topics import TopicSealing
from tidegate.services.sns.delivery_queues import subscription_queue
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.queue_feedback import QueueFeedback
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.services.sqs.encryption import Encryption
from tidegate.workers.jobs import Job

ACCOUNT, REGION = arn("q").split(":")[4], arn("q").split(":")[3]
TOPIC = Topic(ACCOUNT, REGION, "orders", 0)
ID = "6f2c1a6e-0f5c-4f0e-9a44-0c8b6f2f9a11"
QUEUE = subscription_queue(TOPIC.arn, ID)
ORIGIN = "http://sns.test:4566"
FAR = 10**15
OUT_OF_SANDBOX = SmsOptions()


def subscription(**fields: Any) -> Subscription:
    given = {
        "topic_arn": TOPIC.arn,
        "id": ID,
        "owner": ACCOUNT,
        "protocol": "http",
        "endpoint": "http://ann:secret@hooks.test/orders",
        "principal": f"arn:aws:iam::{ACCOUNT}:root",
        "created_at": 0,
    }
    return Subscription(**{**given, **fields})


def pending(**fields: Any) -> Subscription:
    return subscription(pending=True, tokens=(IssuedToken(bytes(32), FAR),), **fields)


class House:
    def __init__(
        self,
        node: SimulatedNode | None = None,
        keyring: Keyring | None = None,
        sms: SmsOptions = OUT_OF_SANDBOX,
    ) -> None:
        self.sim = node or SimulatedNode()
        self.keyring = keyring or opened(KeyDisk(), create=True)
        node_, loop = self.sim.node, self.sim.loop
        self.definitions = Definitions(node_, self.sim.clock.now_ms)
        encryption = Encryption(
            self.definitions, self.keyring.domain(SSE_SQS), FakeQueueKms(), loop.time
        )
        sealing = TopicSealing(self.definitions, encryption)
        self.shut: set[str] = set()
        """Queues that let no topic in."""
        self.forgotten: list[str] = []
        self.ready: list[str] = []
        self.new_id: Callable[[], str] = partial(next, map(_uuid, range(1, 1000)))
        self.fans = TopicFans(self.definitions)
        self.sending = Sending(self.definitions, self._may_write, sealing)
        self.spending = Spending(self.definitions, loop)
        self.noted: list[DeliveryStatus] = []
        """What was noted of deliveries into queues."""
        feedback = QueueFeedback(
            self.definitions, self.sending, self.noted.append, self.new_id, lambda: 0.0
        )
        self.events = DeviceEvents(
            node_, self.definitions, self.fans, self.sending, feedback, self.new_id
        )
        targets = Targets(self.definitions, self._open, self.spending.spent, sms)
        maker = JobMaker(self.definitions, targets, lambda: ORIGIN)
        self.hidden = HiddenQueues(node_, self.definitions, self.forgotten.append)
        self.source = DeliverySource(node_, encryption, maker, self._may_write, self.hidden, loop)
        self.outward = Outward(
            node_,
            self.definitions,
            sealing,
            self._may_write,
            self.events,
            Certificate(lambda version, text: "c2ln", lambda: f"{ORIGIN}/cert.pem"),
            lambda: ORIGIN,
            self.new_id,
        )
        self.hidden.start()
        self.source.on_ready(self.ready.append)

    def _may_write(self, topic_arn: str, queue_arn: str) -> bool:
        return queue_arn not in self.shut

    def _open(self, sealed: bytes, associated_data: bytes) -> bytes | None:
        return sealed.removeprefix(b"sealed ") if sealed.startswith(b"sealed ") else None

    def restarted(self) -> House:
        """A new process on what a killed one left."""
        return House(self.sim.restarted(), self.keyring)

    # --- what happens -----------------------------------------------------------------------

    def put(self, *entities: Entity) -> None:
        self.definitions.note(Changes(puts=entities))
        self.settle()

    def remove(self, *entities: Entity) -> None:
        self.definitions.note(Changes(removed=tuple(map(name_of, entities))))
        self.settle()

    def publish(self, text: str = "hello", topic: Topic = TOPIC, **fields: Any) -> None:
        given: dict[str, Any] = {
            "texts": {DEFAULT: text},
            "is_structured": False,
            "subject": None,
            "attributes": None,
            "group_id": None,
            "deduplication_id": None,
            "size_bytes": len(text),
        }
        content = Publishable(**{**given, **fields})
        command = self.sending.fan_out(
            topic,
            self.new_id(),
            "AIDAEXAMPLE",
            content,
            self.fans.of(topic.arn).match({}, text),
            None,
        )
        self.sim.node.run_unasked(command)
        self.settle()

    def take(self, queue: str = QUEUE, limit: int = 10) -> list[Job]:
        task = self.sim.loop.create_task(self.source.take(queue, limit))
        for _ in range(100):
            if task.done():
                break
            self.sim.loop.run_for(0.01)
        return task.result()

    def take_one(self, queue: str = QUEUE) -> Job:
        [job] = self.take(queue)
        return job

    def settle(self) -> None:
        self.sim.loop.run_for(0.05)

    def pass_time(self, seconds: float) -> None:
        self.ready.clear()
        self.sim.loop.run_for(seconds)

    def has_queue(self, queue: str = QUEUE) -> bool:
        return queue in self.sim.partition.state.by_arn

    def messages(self, queue: str = QUEUE) -> int:
        """In the queue, whether visible or not."""
        return self.sim.partition.state.by_arn[queue].slots.live


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"
