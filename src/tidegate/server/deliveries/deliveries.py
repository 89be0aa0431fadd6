"""Everything that sends what waits in hidden queues, built and started together."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from tidegate.http.client import HttpClient, system_trust
from tidegate.http.networks import Networks
from tidegate.kms.notary import Notary
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node
from tidegate.server.deliveries.events import DeviceEvents
from tidegate.server.deliveries.feedback import Feedback
from tidegate.server.deliveries.hidden_queues import HiddenQueues
from tidegate.server.deliveries.making import JobMaker
from tidegate.server.deliveries.outward import Certificate, Outward
from tidegate.server.deliveries.source import DeliverySource
from tidegate.server.deliveries.spending import Spending
from tidegate.server.deliveries.targets import OpenSecret, Targets
from tidegate.server.senders import late_senders
from tidegate.server.settings import Settings
from tidegate.services.sns.places import Sealing
from tidegate.services.sns.queue_feedback import QueueFeedback
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import MayWrite, TopicFans
from tidegate.services.sqs.encryption import Encryption
from tidegate.workers.delivery_workers import DeliveryWorkers
from tidegate.workers.http_delivery import HttpDelivery
from tidegate.workers.http_sender import HttpSender
from tidegate.workers.jobs import Sender
from tidegate.workers.signatures import Signer

GRACE_S: Final = 5.0
"""For what is being sent when the server stops; the rest is sent after the next start."""
_SIGNING_THREADS: Final = 2


class Deliveries:
    """The workers, what they take from, and what goes out by itself."""

    def __init__(
        self,
        settings: Settings,
        node: Node,
        definitions: Definitions,
        encryption: Encryption,
        open_secret: OpenSecret,
        notary: Notary,
        sealing: Sealing,
        may_write: MayWrite,
        fans: TopicFans,
        sending: Sending,
        queue_feedback: QueueFeedback,
        sms: SmsOptions,
        new_id: Callable[[], str],
        origin: Callable[[], str],
    ) -> None:
        """`origin()` is the scheme, host and port under which the world reaches the server."""
        loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(_SIGNING_THREADS, thread_name_prefix="signing")

        def sign(version: Any, text: bytes) -> str:
            return notary.seal.sign(version, text)

        def certificate_url() -> str:
            return f"{origin()}/{notary.seal.certificate_name}"

        signer = Signer(sign, certificate_url, self._threads)
        self._client = HttpClient(
            Networks(settings.allowed_networks), trust=partial(_trust, settings)
        )
        self._late = late_senders(settings, signer, definitions.now_ms)
        http = HttpDelivery(HttpSender(self._client), signer)
        senders: dict[str, Sender] = {"http": http, "https": http, **self._late}
        events = DeviceEvents(node, definitions, fans, sending, queue_feedback, new_id)
        self._spending = Spending(definitions, loop)
        self._hidden = HiddenQueues(node, definitions, self._forget)
        targets = Targets(definitions, open_secret, self._spending.spent, sms)
        self._source = DeliverySource(
            node, encryption, JobMaker(definitions, targets, origin), may_write, self._hidden, loop
        )
        feedback = Feedback(definitions, self._spending, events, random.random)
        self._workers = DeliveryWorkers(self._source, senders, feedback, definitions.now_ms)
        self.outward = Outward(
            node,
            definitions,
            sealing,
            may_write,
            events,
            Certificate(sign, certificate_url),
            origin,
            new_id,
        )

    def start(self) -> None:
        self._hidden.start()
        self._workers.start()

    async def stop(self) -> None:
        await self._workers.stop(GRACE_S)
        self._source.stop()
        self._spending.stop()
        self._client.close()
        for sender in self._late.values():
            await sender.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _forget(self, queue: str) -> None:
        self._source.forget(queue)
        self._workers.forget(queue)


def _trust(settings: Settings) -> Any:
    return system_trust(None if settings.endpoint_ca is None else str(settings.endpoint_ca))
