"""Scripts against a fake queue, without a socket: what they send, and what they make of answers."""

import json

import pytest

from fake_sqs import FakeSqs, parse
from tidegate.bench.scripts import (
    STAMP_BYTES,
    BatchSender,
    Drainer,
    Sender,
    Site,
    Waiter,
    filler,
)
from tidegate.bench.signing import Signer
from tidegate.bench.tally import Tally

BODY_BYTES = 1024
URL = "http://fake/000000000000/q"


def _site() -> Site:
    tally = Tally()
    tally.start_at, tally.end_at = 0, 1000
    return Site(Signer("test", "test", "us-east-1"), "fake", URL, tally, BODY_BYTES)


def _fake() -> FakeSqs:
    fake = FakeSqs()
    fake.createqueue({"QueueName": "q"})
    return fake


def _play(script, fake, tally, turns: int, now: int = 1) -> int:
    """Play up to `turns` requests; returns the units."""
    units = 0
    for _ in range(turns):
        request = script.next(now)
        if request is None:
            break
        status, body = fake.handle(request)
        if status == 200:
            units += script.answered(body, now)
        else:
            tally.error(f"status {status}")
            script.failed()
    return units


@pytest.mark.parametrize("stock", [0, 2, 10])
def test_messages_have_the_size_asked_for_and_differ_from_each_other(stock):
    site, fake = _site(), _fake()
    assert _play(Sender(site, 3, stock), fake, site.tally, 5) == 5
    bodies = [message["Body"] for message in fake.queues["q"]]
    assert {len(body) for body in bodies} == {BODY_BYTES}
    assert [int(body[-8:], 16) for body in bodies] == [1, 2, 3, 4, 5]
    assert {int(body[-16:-8], 16) for body in bodies} == {3}


def test_a_stock_of_signatures_gives_the_requests_that_signing_on_the_way_gives():
    site = _site()
    stocked, plain = Sender(site, 1, 3), Sender(site, 1)
    assert [stocked.next(1) for _ in range(5)] == [plain.next(1) for _ in range(5)]


def test_a_sender_ends_with_the_window():
    site = _site()
    sender = Sender(site, 0)
    assert sender.next(999) is not None
    assert sender.next(1000) is None
    assert sender.finished


def test_an_answer_without_a_message_id_is_an_error():
    site = _site()
    assert Sender(site, 0).answered(b"{}", 1) == 0
    assert site.tally.error_count == 1


def test_batches_stop_at_their_quota():
    site, fake = _site(), _fake()
    assert _play(BatchSender(site, 0, 45), fake, site.tally, 100) == 40
    assert len(fake.queues["q"]) == 40
    assert {len(message["Body"]) for message in fake.queues["q"]} == {BODY_BYTES}


def test_failed_and_missing_entries_of_a_batch_are_errors():
    site = _site()
    sender = BatchSender(site, 0)
    answer = {"Successful": [{"Id": "0"}] * 7, "Failed": [{"Id": "7"}, {"Id": "8"}]}
    assert sender.answered(json.dumps(answer).encode(), 1) == 7
    assert site.tally.errors == {
        "failed entries of SendMessageBatch": 2,
        "entries of SendMessageBatch without an answer": 1,
    }


def test_a_drainer_deletes_what_it_received_and_ends_when_the_queue_is_empty():
    site, fake = _site(), _fake()
    _play(BatchSender(site, 0, 30), fake, site.tally, 100)
    fake.queues["q"].pop()
    drainer = Drainer(site)
    assert _play(drainer, fake, site.tally, 100) == 29
    assert drainer.finished
    assert not fake.queues["q"]
    assert not fake.in_flight
    assert not site.tally.errors


def test_a_drainer_deletes_what_it_holds_after_the_end_of_the_window():
    site, fake = _site(), _fake()
    _play(BatchSender(site, 0, 10), fake, site.tally, 100)
    drainer = Drainer(site)
    drainer.answered(fake.handle(drainer.next(1))[1], 1)
    assert _play(drainer, fake, site.tally, 100, now=1000) == 10
    assert drainer.finished


def test_a_refused_delete_is_given_up_and_the_next_receive_follows():
    site, fake = _site(), _fake()
    _play(BatchSender(site, 0, 20), fake, site.tally, 100)
    refusals = iter([(500, {})])
    fake.refuse = lambda action, _: next(refusals, None) if action[:6] == "delete" else None
    assert _play(Drainer(site), fake, site.tally, 100) == 10
    assert site.tally.errors == {"status 500": 1}


def test_a_waiter_asks_for_long_polls_and_complains_of_messages():
    site, fake = _site(), _fake()
    waiter = Waiter(site, 20)
    request = waiter.next(1)
    assert parse(request)[2] == {"QueueUrl": URL, "WaitTimeSeconds": 20}
    assert waiter.answered(fake.handle(request)[1], 1) == 1
    assert site.tally.error_count == 0
    fake.sendmessage({"QueueUrl": URL, "MessageBody": "x"})
    waiter.answered(fake.handle(waiter.next(1))[1], 1)
    assert site.tally.error_count == 1
    assert waiter.next(1000) is None


def test_filler_is_the_same_in_every_run_and_hard_to_compress():
    text = filler(BODY_BYTES - STAMP_BYTES)
    assert text == filler(BODY_BYTES - STAMP_BYTES)
    assert len(set(text)) > 50
