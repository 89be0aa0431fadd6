"""The order of a FIFO queue: what AWS documents and shows of message groups."""

from __future__ import annotations

import pytest

from engine_harness import Engine, bodies, body
from tidegate.base.refusals import (
    InvalidParameterValueException,
    MissingRequiredParameterException,
)
from tidegate.engine.fifo import FifoOrder


def send(engine: Engine, *texts: str) -> None:
    """Send messages such as `g1-m2` to the group they name."""
    for text in texts:
        engine.send("q.fifo", text, group=text.partition("-")[0])


# --- Groups --------------------------------------------------------------------------------------


def test_a_receive_drains_a_group_before_the_next(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g1-m1", "g2-m1", "g2-m2", "g3-m1", "g1-m2")
    assert bodies(engine.receive("q.fifo", 3)) == ["g1-m1", "g1-m2", "g2-m1"]


def test_with_a_timeout_of_zero_the_groups_that_were_used_go_to_the_back(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g1-m1", "g2-m1", "g2-m2", "g3-m1", "g1-m2")
    engine.receive("q.fifo", 3, visibility=0)
    expected = ["g3-m1", "g1-m1", "g1-m2", "g2-m1", "g2-m2"]
    assert bodies(engine.receive("q.fifo", 10, visibility=0)) == expected


def test_a_message_in_flight_blocks_its_group_and_no_other(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2", "h-1")
    delivery = engine.receive_one("q.fifo")
    assert bodies(engine.receive("q.fifo", 10)) == ["h-1"]
    assert engine.receive("q.fifo", 10) == []
    engine.delete("q.fifo", delivery)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-2"]


def test_deleting_some_of_those_received_does_not_unblock_the_group(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2", "g-3")
    first, second = engine.receive("q.fifo", 2)
    engine.delete("q.fifo", first)
    assert engine.receive("q.fifo", 10) == []
    engine.delete("q.fifo", second)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-3"]


def test_deleting_the_later_one_first_does_not_unblock_the_group(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2", "g-3")
    first, second = engine.receive("q.fifo", 2)
    engine.delete("q.fifo", second)
    assert engine.receive("q.fifo", 10) == []
    engine.delete("q.fifo", first)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-3"]


def test_what_comes_back_comes_before_what_was_not_received(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2", "g-3")
    engine.receive("q.fifo", 2, visibility=5)
    engine.sleep(5)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-1", "g-2", "g-3"]


def test_a_group_that_was_emptied_takes_messages_again(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1")
    engine.delete("q.fifo", engine.receive_one("q.fifo"))
    assert engine.receive("q.fifo") == []
    send(engine, "g-2")
    assert bodies(engine.receive("q.fifo")) == ["g-2"]


def test_a_message_sent_to_a_blocked_group_waits(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1")
    delivery = engine.receive_one("q.fifo")
    engine.awoken()
    send(engine, "g-2")
    assert engine.awoken() == set()
    assert engine.receive("q.fifo", 10) == []
    engine.delete("q.fifo", delivery)
    assert engine.awoken() == {"q.fifo"}
    assert bodies(engine.receive("q.fifo", 10)) == ["g-2"]


def test_deleting_where_nothing_becomes_free_wakes_nobody(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2", "g-3")
    first, _ = engine.receive("q.fifo", 2)
    engine.awoken()
    engine.delete("q.fifo", first)
    assert engine.awoken() == set()


# --- Visibility ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("extended", "visible"), [(0, ""), (1, "a"), (2, "ab")])
def test_extending_the_kth_message_hides_it_and_all_after_it(
    engine: Engine, extended: int, visible: str
) -> None:
    engine.create("q.fifo", VisibilityTimeout="5")
    engine.send_all("q.fifo", "abc", group="g")
    deliveries = engine.receive("q.fifo", 10)
    engine.hide("q.fifo", deliveries[extended], 60)
    engine.sleep(5)
    assert bodies(engine.receive("q.fifo", 10)) == list(visible)


def test_after_the_extension_the_rest_comes_back_in_order(engine: Engine) -> None:
    engine.create("q.fifo", VisibilityTimeout="5")
    engine.send_all("q.fifo", "abc", group="g")
    deliveries = engine.receive("q.fifo", 10)
    engine.hide("q.fifo", deliveries[1], 60)
    engine.sleep(5)
    engine.delete("q.fifo", engine.receive_one("q.fifo"))
    assert engine.receive("q.fifo") == []
    engine.sleep(55)
    assert bodies(engine.receive("q.fifo", 10)) == ["b", "c"]


def test_a_later_message_made_visible_waits_for_the_earlier(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "ab", group="g")
    first, second = engine.receive("q.fifo", 2)
    engine.hide("q.fifo", second, 0)
    assert engine.receive("q.fifo", 10) == []
    engine.hide("q.fifo", first, 0)
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "b"]


def test_an_expired_receipt_cannot_hide_a_message_again(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g")
    delivery = engine.receive_one("q.fifo", visibility=1)
    engine.sleep(1)
    with pytest.raises(InvalidParameterValueException, match="not available for visibility"):
        engine.hide("q.fifo", delivery, 10)
    assert bodies(engine.receive("q.fifo")) == ["a"]


def test_the_counts_follow_the_messages(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "abcd", group="g")
    assert engine.counts("q.fifo") == (4, 0, 0)
    first, second = engine.receive("q.fifo", 2)
    assert engine.counts("q.fifo") == (2, 2, 0)
    engine.delete("q.fifo", first)
    assert engine.counts("q.fifo") == (2, 1, 0)
    engine.hide("q.fifo", second, 0)
    assert engine.counts("q.fifo") == (3, 0, 0)


# --- Delay ---------------------------------------------------------------------------------------


def test_the_delay_of_the_queue_holds_for_every_message(engine: Engine) -> None:
    engine.create("q.fifo", DelaySeconds="10")
    send(engine, "g-1")
    engine.sleep(5)
    send(engine, "g-2")
    assert engine.counts("q.fifo") == (0, 0, 2)
    engine.sleep(5)
    assert engine.counts("q.fifo") == (1, 0, 1)
    assert bodies(engine.receive("q.fifo", 10, visibility=0)) == ["g-1"]
    engine.sleep(5)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-1", "g-2"]


def test_the_end_of_a_delay_wakes_those_who_wait(engine: Engine) -> None:
    engine.create("q.fifo", DelaySeconds="10")
    engine.awoken()
    send(engine, "g-1")
    assert engine.awoken() == set()
    engine.sleep(9.999)
    assert engine.awoken() == set()
    engine.sleep(0.001)
    assert engine.awoken() == {"q.fifo"}


def test_a_message_cannot_have_a_delay_of_its_own(engine: Engine) -> None:
    engine.create("q.fifo")
    with pytest.raises(
        InvalidParameterValueException, match="Value 5 for parameter DelaySeconds is invalid"
    ):
        engine.send("q.fifo", "x", group="g", delay=5)
    engine.send("q.fifo", "x", group="g", delay=0)


def test_a_shorter_delay_holds_for_what_waits_already(engine: Engine) -> None:
    """On a FIFO queue another DelaySeconds "affects the delay of messages already in the queue"
    (delay queues)."""
    engine.create("q.fifo", DelaySeconds="900")
    send(engine, "g-1", "h-1")
    engine.sleep(10)
    engine.awoken()
    engine.set("q.fifo", DelaySeconds="5")
    assert engine.awoken() == {"q.fifo"}
    assert bodies(engine.receive("q.fifo", 10)) == ["g-1", "h-1"]


def test_a_longer_delay_holds_for_what_waits_already(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "h-1")
    engine.set("q.fifo", DelaySeconds="20")
    assert engine.receive("q.fifo", 10) == []
    assert engine.counts("q.fifo") == (0, 0, 2)
    engine.sleep(20)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-1", "h-1"]


def test_a_longer_delay_leaves_alone_what_was_received(engine: Engine) -> None:
    engine.create("q.fifo")
    send(engine, "g-1", "g-2")
    engine.receive_one("q.fifo", visibility=5)
    engine.set("q.fifo", DelaySeconds="900")
    assert engine.counts("q.fifo") == (0, 1, 1)
    engine.sleep(5)
    assert engine.counts("q.fifo") == (1, 0, 1)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-1"]


def test_a_delayed_message_holds_up_nobody_but_those_behind_it(engine: Engine) -> None:
    engine.create("q.fifo", DelaySeconds="10")
    send(engine, "g-1")
    engine.sleep(6)
    send(engine, "h-1", "g-2")
    engine.sleep(4)
    delivery = engine.receive_one("q.fifo", visibility=100)
    engine.sleep(6)
    assert bodies(engine.receive("q.fifo", 10)) == ["h-1"]
    engine.delete("q.fifo", delivery)
    assert bodies(engine.receive("q.fifo", 10)) == ["g-2"]


def test_a_delayed_message_behind_an_expired_one_wakes_those_who_wait(engine: Engine) -> None:
    engine.create("q.fifo", DelaySeconds="5", MessageRetentionPeriod="60")
    send(engine, "g-1")
    engine.sleep(61)
    send(engine, "g-2")
    assert engine.receive("q.fifo") == []
    engine.awoken()
    engine.sleep(5)
    assert engine.awoken() == {"q.fifo"}


def test_a_message_that_expires_before_the_next_is_visible_wakes_nobody_early(
    engine: Engine,
) -> None:
    engine.create("q.fifo", DelaySeconds="5", MessageRetentionPeriod="60")
    send(engine, "g-1")
    engine.sleep(58)
    send(engine, "g-2")
    engine.sleep(3)
    assert engine.receive("q.fifo") == []
    engine.awoken()
    engine.sleep(2)
    assert engine.awoken() == {"q.fifo"}
    assert bodies(engine.receive("q.fifo")) == ["g-2"]


# --- What a send needs ---------------------------------------------------------------------------


def test_a_single_message_without_a_group_is_refused(engine: Engine) -> None:
    engine.create("q.fifo")
    with pytest.raises(
        MissingRequiredParameterException,
        match=r"The request must contain the parameter MessageGroupId\.",
    ):
        engine.send("q.fifo", "x")


def test_a_batch_with_one_message_without_a_group_is_refused_whole(engine: Engine) -> None:
    engine.create("q.fifo")
    with pytest.raises(
        InvalidParameterValueException,
        match=r"The request must contain the parameter MessageGroupId\.",
    ):
        engine.send_batch("q.fifo", engine.entry("a", group="g"), engine.entry("b"))
    assert engine.receive("q.fifo", 10) == []


# --- Sequence numbers ----------------------------------------------------------------------------


def numbers(engine: Engine, *texts: str) -> list[str]:
    found = []
    for text in texts:
        sent = engine.send("q.fifo", text, group=text)
        assert sent.sequence_number is not None
        found.append(sent.sequence_number)
    return found


def test_sequence_numbers_have_20_digits_and_grow_over_all_groups(engine: Engine) -> None:
    engine.create("q.fifo")
    found = numbers(engine, *"abcde")
    assert found == sorted(set(found))
    assert {len(each) for each in found} == {20}
    received = [each.sequence_number for each in engine.receive("q.fifo", 10)]
    assert received == found


def test_sequence_numbers_grow_over_a_purge_and_a_queue_made_anew(engine: Engine) -> None:
    engine.create("q.fifo")
    found = numbers(engine, "a", "b")
    engine.purge("q.fifo")
    found += numbers(engine, "c", "d")
    engine.remove("q.fifo")
    engine.sleep(60)
    engine.create("q.fifo")
    found += numbers(engine, "e")
    assert found == sorted(set(found))


# --- A big backlog -------------------------------------------------------------------------------


class Watched:
    """A FIFO order that counts how often it looks at a message."""

    def __init__(self) -> None:
        self.looks = 0
        self.dead: set[int] = set()
        self.flying: set[int] = set()
        self.order = FifoOrder(self.alive, self.is_flying, lambda slot: 0)

    def alive(self, slot: int) -> bool:
        self.looks += 1
        return slot not in self.dead

    def is_flying(self, slot: int) -> bool:
        self.looks += 1
        return slot in self.flying

    def receive(self, limit: int) -> list[int]:
        chosen = self.order.choose(limit, 0)
        used = {}
        for slot, name in chosen:
            group = self.order.take(slot, name)
            used[group.name] = group
            self.flying.add(slot)
        self.order.settle(list(used.values()), 0)
        return [slot for slot, _ in chosen]

    def delete(self, slots: list[int], name: str) -> None:
        group = self.order.groups[name]
        self.flying.difference_update(slots)
        self.dead.update(slots)
        self.order.finish(slots, group, 0, 0)


def test_all_messages_in_one_group_cost_the_same_each() -> None:
    watched, count = Watched(), 20_000
    for slot in range(count):
        watched.order.add(slot, "g", 0)
    sending = watched.looks
    assert sending <= 4 * count
    received = []
    while slots := watched.receive(10):
        received += slots
        watched.delete(slots, "g")
    assert received == list(range(count))
    assert watched.looks - sending <= 12 * count
    assert len(watched.order) == 0


def test_many_groups_cost_the_same_each() -> None:
    watched, groups, each = Watched(), 2_000, 5
    for slot in range(groups * each):
        watched.order.add(slot, f"g{slot % groups}", 0)
    received = []
    while slots := watched.receive(10):
        received += slots
    assert len(received) == groups * each
    assert watched.looks <= 20 * groups * each


def test_a_group_that_is_blocked_costs_a_send_the_same_however_long_it_is() -> None:
    watched = Watched()
    watched.order.add(0, "g", 0)
    watched.receive(1)
    watched.looks = 0
    for slot in range(1, 5_000):
        watched.order.add(slot, "g", 0)
    assert watched.looks <= 4 * 5_000


def test_expired_messages_in_front_are_passed_once() -> None:
    watched, count = Watched(), 10_000
    for slot in range(count):
        watched.order.add(slot, "g", 0)
    watched.dead.update(range(count - 5))
    watched.looks = 0
    for slot in range(count - 5, count):
        assert watched.receive(1) == [slot]
        watched.delete([slot], "g")
    assert watched.looks <= 5 * count


def test_delayed_messages_of_a_group_take_one_place_among_the_deadlines() -> None:
    order = FifoOrder(lambda slot: True, lambda slot: False, lambda slot: 1_000 + slot)
    for slot in range(1_000):
        order.add(slot, "g", slot)
    assert len(order._delayed) == 1
    assert order.next_deadline() == 1_000


def test_a_big_backlog_comes_out_whole(engine: Engine) -> None:
    engine.create("q.fifo")
    for number in range(300):
        engine.send("q.fifo", str(number), group="g")
    found: list[str] = []
    while deliveries := engine.receive("q.fifo", 10):
        found += map(body, deliveries)
        engine.delete("q.fifo", *deliveries)
    assert found == [str(number) for number in range(300)]


def test_a_group_made_anew_is_not_looked_at_when_its_predecessor_was_due() -> None:
    due = {0: 10, 1: 20}
    dead: set[int] = set()
    order = FifoOrder(lambda slot: slot not in dead, lambda slot: False, due.__getitem__)
    order.add(0, "g", 0)
    dead.add(0)
    order.sweep(5, 0)
    assert len(order) == 0
    order.add(1, "g", 5)
    assert order.pass_time(10) == []
    assert order.next_deadline() == 20
    assert order.pass_time(20) == ["g"]
