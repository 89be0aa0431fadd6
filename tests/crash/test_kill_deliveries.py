"""SIGKILL while messages are on their way to an endpoint: none that was acknowledged is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sdk.access.principals import HOME, Account, Confidences
from sdk.sns.topic_under_test import create_topic
from sdk.sns.webhook import Arrival, Webhook, get
from sdk.sns.world import eventually
from server_process import ServerProcess

KILLS = 3
EACH_ROUND = 60


class Flaky:
    """Fails at every fifth notification, so that some wait for their retry when the kill comes."""

    def __init__(self) -> None:
        self.count = 0
        self.accepted: set[str] = set()

    def __call__(self, arrival: Arrival) -> int:
        self.count += 1
        if self.count % 5 == 0:
            return 500
        self.accepted.add(arrival.json["Message"])
        return 200


@pytest.fixture
def flaky() -> Flaky:
    return Flaky()


@pytest.fixture
def webhook(flaky: Flaky) -> Iterator[Webhook]:
    made = Webhook(flaky)
    yield made
    made.close()


@pytest.mark.slow
def test_what_was_acknowledged_arrives(
    new_server: Callable[..., ServerProcess], webhook: Webhook, flaky: Flaky
) -> None:
    server = new_server()
    topic = create_topic(Account(server.endpoint, Confidences(), HOME))
    retries = {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 50}
    topic.subscribe(webhook.url(), "http", DeliveryPolicy={"healthyRetryPolicy": retries})
    asked = webhook.wait("SubscriptionConfirmation")[0].json["SubscribeURL"]
    assert get(asked, server.endpoint)[0] == 200
    acknowledged: set[str] = set()
    for round_ in range(KILLS):
        for number in range(EACH_ROUND):
            text = f"{round_}-{number}"
            topic.publish(text)
            acknowledged.add(text)
        server.kill()
        server.start()
    eventually(lambda: acknowledged <= flaky.accepted, limit_s=60)
