"""What takes AWS's sixty seconds: retention, and the rules after deleting and purging a queue.

The fixture `minute_ago` prepares all of it when the session begins; this file only waits for what
is left of the minute, which is nothing when the other files run before it.
"""

import time

from sdk.clients import create_queue


def test_message_past_its_retention_is_gone(minute_ago):
    minute_ago.wait()
    assert minute_ago.kept.bodies() == ["kept"]
    assert minute_ago.expiring.receive() == []
    assert minute_ago.expiring.depth() == (0, 0, 0)


def test_message_in_flight_past_its_retention_is_gone(minute_ago):
    minute_ago.wait()
    assert minute_ago.in_flight.depth() == (0, 0, 0)


def test_age_does_not_restart_in_a_dead_letter_queue(minute_ago):
    minute_ago.wait()
    assert minute_ago.dead_letters.receive() == []


def test_expired_fifo_message_frees_its_group(minute_ago):
    minute_ago.wait()
    minute_ago.fifo.send("new", MessageGroupId="g")
    assert minute_ago.fifo.bodies() == ["new"]


def test_name_of_a_deleted_queue_is_free_again(minute_ago):
    minute_ago.wait()
    client = minute_ago.kept.client
    url = client.create_queue(QueueName=minute_ago.deleted_name)["QueueUrl"]
    assert client.receive_message(QueueUrl=url).get("Messages", []) == []


def test_queue_can_be_purged_again(minute_ago):
    minute_ago.wait()
    minute_ago.purged.send("x")
    minute_ago.purged.purge()
    assert minute_ago.purged.depth() == (0, 0, 0)


def test_lowered_retention_holds_for_messages_that_wait(minute_ago):
    minute_ago.wait()
    queue = create_queue(minute_ago.kept.client)
    queue.send("young")
    minute_ago.aged.set(MessageRetentionPeriod="60")
    queue.set(MessageRetentionPeriod="60")
    deadline = time.monotonic() + 5
    while minute_ago.aged.depth()[0] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert minute_ago.aged.receive() == []
    assert queue.bodies() == ["young"]
