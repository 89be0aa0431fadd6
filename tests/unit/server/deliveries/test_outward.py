"""Queues of other accounts are asked as well, with the document itself."""

from __future__ import annotations

import json

import msgspec
import pytest

from engine_harness import arn
from tidegate.catalog.topics import CancelledSubscription, IssuedToken
from unit.server.deliveries.house import FAR, ORIGIN, TOPIC, House, pending, subscription

TOKEN = "7" * 160


@pytest.fixture
def house() -> House:
    made = House()
    made.put(msgspec.structs.replace(TOPIC, signature_version="2"))
    return made


def the_message(house: House, name: str) -> tuple[str, str | None]:
    """Of a queue without encryption: its body and its group."""
    [delivery] = house.sim.receive(name, 10)
    assert delivery.message is not None
    assert delivery.message.through is not None
    assert not delivery.message.through.is_notification
    return delivery.message.body, delivery.message.group_id


def test_a_queue_is_asked(house: House) -> None:
    house.sim.create("q", SqsManagedSseEnabled="false")
    asked = pending(protocol="sqs", endpoint=arn("q"))
    house.put(asked)
    house.outward.send_confirmation(asked, TOKEN)
    house.settle()
    body, _ = the_message(house, "q")
    document = json.loads(body)
    assert (document["Type"], document["Token"]) == ("SubscriptionConfirmation", TOKEN)
    assert document["SubscribeURL"].startswith(f"{ORIGIN}/?Action=ConfirmSubscription&")
    assert (document["SignatureVersion"], document["Signature"]) == ("2", "c2ln")
    assert document["SigningCertURL"] == f"{ORIGIN}/cert.pem"
    assert not house.ready


def test_a_fifo_queue_is_told_in_a_group(house: House) -> None:
    house.sim.create("q.fifo", SqsManagedSseEnabled="false")
    ended = subscription(protocol="sqs", endpoint=arn("q.fifo"))
    house.put(CancelledSubscription(ended, IssuedToken(bytes(32), FAR)))
    house.outward.send_cancellation(ended, TOKEN)
    house.settle()
    body, group = the_message(house, "q.fifo")
    assert json.loads(body)["Type"] == "UnsubscribeConfirmation"
    assert group == ended.id


def test_a_queue_that_lets_no_topic_in_is_not_asked(house: House) -> None:
    house.sim.create("q")
    house.shut.add(arn("q"))
    for name in ("q", "gone"):
        asked = pending(protocol="sqs", endpoint=arn(name))
        house.outward.send_confirmation(asked, TOKEN)
    house.settle()
    assert house.messages(arn("q")) == 0
