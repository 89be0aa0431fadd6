"""The order of a standard queue: by age, and fair between tenants.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
"""

from __future__ import annotations

import pytest

from engine_harness import Engine, bodies
from tidegate.engine.commands import Delivery
from tidegate.engine.standard import NOISY_MINIMUM, StandardOrder


def tenants(deliveries: list[Delivery]) -> list[str | None]:
    return [each.message.group_id for each in deliveries if each.message is not None]


def flood(engine: Engine, tenant: str, count: int) -> None:
    for start in range(0, count, 10):
        numbers = range(start, min(start + 10, count))
        engine.send_batch("q", *[engine.entry(f"{tenant}{n}", group=tenant) for n in numbers])


def lanes(engine: Engine) -> int:
    order = engine.queue("q").order
    assert isinstance(order, StandardOrder)
    return len(order)


# --- By age --------------------------------------------------------------------------------------


def test_tenants_are_served_as_one_queue_as_long_as_nobody_is_noisy(engine: Engine) -> None:
    engine.create("q")
    sent = ["a", "b", None, "a", "c", None, "b", "a"]
    for number, tenant in enumerate(sent):
        engine.send("q", str(number), group=tenant)
    assert bodies(engine.receive("q", 10)) == [str(number) for number in range(len(sent))]


def test_messages_without_a_group_come_with_those_that_have_one(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "abc")
    engine.send("q", "tenant", group="t")
    engine.send("q", "d")
    assert bodies(engine.receive("q", 10)) == ["a", "b", "c", "tenant", "d"]


def test_messages_of_one_tenant_are_received_in_parallel(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "t", 3)
    assert len(engine.receive("q", 2)) == 2
    assert len(engine.receive("q", 2)) == 1


def test_what_comes_back_to_its_tenant_is_received_again(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x", group="t")
    engine.send("q", "y", group="u")
    engine.receive("q", 10, visibility=5)
    engine.sleep(5)
    again = engine.receive("q", 10)
    assert sorted(tenants(again), key=str) == ["t", "u"]
    engine.delete("q", *again)
    assert engine.receive("q") == []


def test_a_message_hidden_again_without_a_receive_is_handed_out_once(engine: Engine) -> None:
    engine.create("q")
    for text in ("first", "x", "last"):
        engine.send("q", text, group="t")
    deliveries = engine.receive("q", 3, visibility=1)
    engine.sleep(1)
    engine.hide("q", deliveries[1], 1)
    engine.sleep(1)
    assert sorted(bodies(engine.receive("q", 10))) == ["first", "last", "x"]


def test_the_same_holds_where_its_tenant_is_noisy(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "t", 60)
    held = [engine.receive("q", 10, visibility=1_000) for _ in range(3)]
    assert len(held[-1]) == 10
    back = engine.receive("q", 10, visibility=1)
    engine.sleep(1)
    for delivery in back[3:5]:
        engine.hide("q", delivery, 1)
    engine.sleep(1)
    found = engine.receive_all("q")
    assert len(bodies(found)) == len(set(bodies(found))) == 30


def test_lanes_of_tenants_that_are_done_are_forgotten(engine: Engine) -> None:
    engine.create("q")
    for number in range(50):
        engine.send("q", "x", group=str(number))
    deliveries = [each for _ in range(5) for each in engine.receive("q", 10)]
    assert lanes(engine) == 51
    engine.delete("q", *deliveries)
    assert lanes(engine) == 1
    engine.send("q", "plain")
    assert bodies(engine.receive("q")) == ["plain"]


def test_lanes_of_tenants_whose_messages_went_otherwise_do_not_pile_up(engine: Engine) -> None:
    engine.create("q")
    for number in range(400):
        engine.send("q", "x", group=str(number))
        delivery = engine.receive_one("q", visibility=0)
        engine.delete("q", delivery)
    assert lanes(engine) < 100


# --- Fair ----------------------------------------------------------------------------------------


def test_a_flood_does_not_delay_quiet_tenants(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 200)
    for _ in range(3):
        engine.receive("q", 10)
    engine.send("q", "q1", group="quiet")
    engine.send("q", "s1", group="silent")
    assert tenants(engine.receive("q", 10)) == ["quiet", "silent", *["loud"] * 8]


def test_messages_without_a_group_are_quiet_tenants(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 200)
    for _ in range(3):
        engine.receive("q", 10)
    engine.send_all("q", "ab")
    assert bodies(engine.receive("q", 2)) == ["a", "b"]


def test_messages_without_a_group_are_never_noisy(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", map(str, range(100)))
    for _ in range(4):
        engine.receive("q", 10)
    engine.send("q", "later", group="t")
    assert bodies(engine.receive("q", 1)) == ["40"]


def test_fewer_than_30_in_flight_make_no_noise(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 100)
    engine.receive("q", 10)
    engine.receive("q", 10)
    engine.receive("q", NOISY_MINIMUM - 21)
    engine.send("q", "q1", group="quiet")
    assert tenants(engine.receive("q", 1)) == ["loud"]
    assert tenants(engine.receive("q", 1)) == ["quiet"]


def test_a_tenth_of_what_is_in_flight_makes_no_noise(engine: Engine) -> None:
    """30 in flight are noise among 299, and none among 300."""
    engine.create("q")
    engine.send_all("q", map(str, range(270)))
    flood(engine, "loud", 50)
    for _ in range(30):
        engine.receive("q", 10)
    engine.send("q", "q1", group="quiet")
    assert engine.counts("q")[1] == 300
    assert tenants(engine.receive("q", 1)) == ["loud"]


def test_more_than_a_tenth_of_what_is_in_flight_makes_noise(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", map(str, range(260)))
    flood(engine, "loud", 50)
    for _ in range(29):
        engine.receive("q", 10)
    engine.send("q", "q1", group="quiet")
    assert engine.counts("q")[1] == 290
    assert tenants(engine.receive("q", 1)) == ["quiet"]


def test_much_processing_time_makes_noise_too(engine: Engine) -> None:
    """One at a time, never 30 in flight, but slow."""
    engine.create("q", VisibilityTimeout="600")
    flood(engine, "slow", 100)
    for _ in range(3):
        deliveries = engine.receive("q", 10)
        engine.sleep(5)
        engine.delete("q", *deliveries)
    engine.send("q", "q1", group="quiet")
    assert tenants(engine.receive("q", 1)) == ["quiet"]


def test_a_noisy_tenant_is_served_when_nobody_else_is_there(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 100)
    assert sum(len(engine.receive("q", 10)) for _ in range(12)) == 100


def test_a_tenant_is_noisy_until_its_backlog_is_drained(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 40)
    held = [each for _ in range(4) for each in engine.receive("q", 10)]
    assert len(held) == 40
    engine.delete("q", *held[5:])
    engine.send("q", "l1", group="loud")
    engine.send("q", "q1", group="quiet")
    assert bodies(engine.receive("q", 2)) == ["l1", "q1"]


def test_a_tenant_that_let_go_is_still_noisy_while_its_backlog_stands(engine: Engine) -> None:
    engine.create("q")
    flood(engine, "loud", 100)
    held = [each for _ in range(3) for each in engine.receive("q", 10)]
    engine.send("q", "q1", group="quiet")
    assert tenants(engine.receive("q", 1)) == ["quiet"]
    for delivery in held:
        engine.delete("q", delivery)
    engine.send("q", "q2", group="quiet")
    assert tenants(engine.receive("q", 1)) == ["quiet"]


@pytest.mark.parametrize(("pause_s", "first"), [(299, "quiet"), (300, "loud")])
def test_a_tenant_is_quiet_again_after_five_minutes_without_a_message(
    engine: Engine, pause_s: int, first: str
) -> None:
    engine.create("q")
    flood(engine, "loud", 100)
    held = [each for _ in range(3) for each in engine.receive("q", 10)]
    engine.send("q", "q1", group="quiet")
    engine.delete("q", engine.receive_one("q"))
    engine.delete("q", *held)
    engine.sleep(pause_s)
    engine.send("q", "q2", group="quiet")
    assert tenants(engine.receive("q", 1)) == [first]


def test_two_noisy_tenants_are_served_by_age(engine: Engine) -> None:
    engine.create("q")
    for number in range(50):
        engine.send("q", str(number), group="ab"[number % 2])
    for _ in range(7):
        engine.receive("q", 10, visibility=1)
        engine.sleep(0.1)
    engine.sleep(2)
    assert len(engine.receive_all("q")) == 50


def test_nothing_is_lost_or_given_twice_among_many_tenants(engine: Engine) -> None:
    engine.create("q")
    for number in range(200):
        engine.send("q", str(number), group=f"t{number % 7}" if number % 5 else None)
    first = [each for _ in range(10) for each in engine.receive("q", 10, visibility=2)]
    assert len(set(bodies(first))) == 100
    engine.sleep(2)
    everything = engine.receive_all("q")
    assert sorted(bodies(everything), key=int) == [str(number) for number in range(200)]
