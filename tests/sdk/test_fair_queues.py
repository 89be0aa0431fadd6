"""Fair queues: a tenant with a flood does not raise the waiting time of the quiet ones.

AWS calls a tenant noisy at more than 10 % of what is in flight and at least 30 of its own in
flight. Until then order is a matter of best effort, and nothing is tested about it.
"""

import pytest

FLOOD = 300
IN_FLIGHT = 50


@pytest.fixture
def flooded(new_json_queue):
    """A queue with a noisy tenant: many messages wait and many are in flight."""
    queue = new_json_queue()
    queue.send_all([f"noisy {i}" for i in range(FLOOD)], MessageGroupId="noisy")
    taken = 0
    while taken < IN_FLIGHT:
        taken += len(queue.receive())
    return queue


def test_quiet_tenant_goes_before_the_flood(flooded):
    quiet = [f"quiet {i}" for i in range(5)]
    flooded.send_all(quiet, MessageGroupId="quiet")
    assert sorted(body for body in flooded.bodies() if body.startswith("quiet")) == quiet


def test_quiet_tenants_all_go_before_the_flood(flooded):
    for tenant in range(10):
        flooded.send(f"quiet {tenant}", MessageGroupId=f"tenant-{tenant}")
    received = flooded.bodies() + flooded.bodies()
    assert {f"quiet {tenant}" for tenant in range(10)} <= set(received)


def test_message_without_a_group_is_its_own_tenant(flooded):
    flooded.send("alone")
    assert "alone" in flooded.bodies()


def test_the_flood_is_served_when_nobody_else_waits(flooded):
    assert len(flooded.bodies()) == 10


def test_no_message_is_lost_to_fairness(flooded):
    quiet = {f"quiet {i}" for i in range(30)}
    for place, body in enumerate(sorted(quiet)):
        flooded.send(body, MessageGroupId=f"tenant-{place % 3}")
    received = []
    while bodies := flooded.bodies():
        received += bodies
    assert quiet <= set(received)
    assert len(received) == len(set(received)) == FLOOD - IN_FLIGHT + len(quiet)


def test_group_comes_back_as_a_system_attribute(new_queue):
    queue = new_queue()
    queue.send("x", MessageGroupId="tenant")
    message = queue.receive_one(AttributeNames=["All"])
    assert message["Attributes"]["MessageGroupId"] == "tenant"
    assert "SequenceNumber" not in message["Attributes"]


def test_messages_of_a_tenant_are_received_in_parallel(new_queue):
    queue = new_queue()
    queue.send_all(["a", "b", "c"], MessageGroupId="tenant")
    received = [queue.receive_one()["Body"] for _ in range(3)]
    assert sorted(received) == ["a", "b", "c"]
