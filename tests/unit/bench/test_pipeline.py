"""The ledger of producers and consumers, and their order over message groups."""

import pytest

from fake_sqs import FakeSqs, parse
from tidegate.bench.flow import crew
from tidegate.bench.pipeline import Consumer, Ledger, Producer
from tidegate.bench.scripts import Site
from tidegate.bench.signing import Signer
from tidegate.bench.tally import Tally

URL = "http://fake/000000000000/q"
SECOND = 1_000_000_000


def _ledger(ordered: bool = False) -> Ledger:
    tally = Tally()
    tally.start_at, tally.end_at = 0, 10 * SECOND
    return Ledger(Site(Signer("t", "t", "us-east-1"), "fake", URL, tally, 100), ordered)


def _stamp(sent_at: int, lane: int, number: int) -> str:
    return f"{sent_at:016x}{lane:08x}{number:08x}"


def _send(producer: Producer, fake: FakeSqs, now: int) -> None:
    producer.answered(fake.handle(producer.next(now))[1], now)


def test_a_message_is_followed_from_send_to_delete():
    ledger, fake = _ledger(), FakeSqs()
    fake.createqueue({"QueueName": "q"})
    producer, consumer = Producer(ledger, 0, None), Consumer(ledger)
    _send(producer, fake, 1000)
    assert ledger.missing == 1
    consumer.answered(fake.handle(consumer.next(5000))[1], 5000)
    assert ledger.missing == 0
    assert ledger.site.tally.deliveries.max == 4000
    deletion = consumer.next(6000)
    assert producer.next(10 * SECOND) is None
    assert not ledger.settled()
    assert consumer.answered(fake.handle(deletion)[1], 6000) == 1
    assert ledger.settled()
    assert not fake.in_flight
    assert not ledger.site.tally.errors


def test_a_run_is_not_settled_while_a_message_is_missing():
    ledger, fake = _ledger(), FakeSqs()
    fake.createqueue({"QueueName": "q"})
    producer = Producer(ledger, 0, None)
    _send(producer, fake, 1)
    producer.next(10 * SECOND)
    assert producer.finished
    assert not ledger.settled()
    ledger.received(_stamp(1, 0, 1), 2)
    assert ledger.settled()


def test_a_second_delivery_is_a_note_on_a_standard_queue_and_an_error_in_order():
    standard, fifo = _ledger(), _ledger(ordered=True)
    for ledger in (standard, fifo):
        ledger.received(_stamp(1, 0, 1), 2)
        ledger.received(_stamp(1, 0, 1), 3)
    assert standard.site.tally.notes == {"delivered twice": 1}
    assert not standard.site.tally.errors
    assert fifo.site.tally.errors == {"delivered twice": 1}


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (1, 2, 4, 3)])
def test_a_message_out_of_order_is_an_error(numbers):
    ledger = _ledger(ordered=True)
    for number in numbers:
        ledger.received(_stamp(1, 7, number), 2)
    assert ledger.site.tally.errors["out of order"]


def test_groups_are_in_order_each_by_itself():
    ledger = _ledger(ordered=True)
    for lane, number in ((1, 1), (2, 1), (2, 2), (1, 2)):
        ledger.received(_stamp(1, lane, number), 2)
    assert not ledger.site.tally.errors


def test_a_foreign_message_is_an_error():
    ledger = _ledger()
    ledger.received("not a stamp of ours", 1)
    assert ledger.site.tally.error_count == 1


def test_what_comes_after_the_window_counts_for_the_ledger_and_not_for_the_latency():
    ledger = _ledger()
    ledger.acknowledged = 1
    ledger.received(_stamp(1, 0, 1), 10 * SECOND)
    assert ledger.missing == 0
    assert ledger.site.tally.deliveries.total == 0


def test_the_groups_of_a_queue_are_shared_among_the_producers():
    ledger = _ledger(ordered=True)
    producers = [script for script in crew(ledger, 10, 8, 0.0) if isinstance(script, Producer)]
    assert len(producers) == 4
    sent = {}
    for producer in producers:
        for _ in range(6):
            body = parse(producer.next(1))[2]
            sent.setdefault(body["MessageGroupId"], []).append(
                (id(producer), int(body["MessageBody"][-8:], 16), body["MessageDeduplicationId"])
            )
    assert len(sent) == 10
    for messages in sent.values():
        assert len({producer for producer, _, _ in messages}) == 1
        assert [number for _, number, _ in messages] == list(range(1, len(messages) + 1))
    identities = [identity for messages in sent.values() for _, _, identity in messages]
    assert len(set(identities)) == 24


def test_a_paced_producer_waits_for_its_time():
    producer = Producer(_ledger(), 0, None, interval_ns=10_000_000, phase=5_000_000)
    assert producer.next(1_000_000_000) is None
    assert producer.wake_at == 1_005_000_000
    assert not producer.finished
    assert _sent_at(producer.next(1_005_300_000)) == 1_005_300_000
    assert producer.next(1_006_000_000) is None
    assert producer.wake_at == 1_015_000_000


def test_a_send_that_is_late_counts_from_when_it_was_due():
    producer = Producer(_ledger(), 0, None, interval_ns=10_000_000)
    assert _sent_at(producer.next(1_000_000_000)) == 1_000_000_000
    assert _sent_at(producer.next(1_040_000_000)) == 1_010_000_000
    assert _sent_at(producer.next(1_041_000_000)) == 1_020_000_000


def _sent_at(request: bytes) -> int:
    return int(parse(request)[2]["MessageBody"][-32:-16], 16)
