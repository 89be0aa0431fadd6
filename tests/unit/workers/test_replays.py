"""Replays: old messages first, then the new ones; none is missed and none comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from engine_harness import ACCOUNT, REGION, arn
from simulated_node import Call, SimulatedNode
from tidegate.api.sns import PublishBatchInput, PublishBatchRequestEntry, PublishInput
from tidegate.base.call import Principal
from tidegate.base.refusals import Fault
from tidegate.catalog.delivery_status import DeliveryStatus
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import name_of
from tidegate.catalog.topics import Replay, ReplayProgress, Subscription, Topic
from tidegate.engine.commands import Delivery, Message
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.queue_feedback import QueueFeedback
from tidegate.services.sns.replaying import Replaying
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.workers.replays import Replays

ROOT = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIAROOT", ACCOUNT)
TOPIC = Topic(ACCOUNT, REGION, "t.fifo", 5, True, archive_days=7, archived_since=5)
ID = "00000000-0000-4000-8000-00000000000"
LATE = 1_900_000_000_000


class PublishCall(Call):
    principal = ROOT
    region = REGION
    resource = TOPIC.arn


class Unsealed:
    def way(self, queue_arn: str) -> str:
        return ""

    def is_certain(self, way: str) -> bool:
        return True

    def key_of(self, topic_arn: str, way: str) -> None:
        return None

    def key(self, topic_arn: str, queue_arn: str) -> None:
        return None

    def seal(self, key: Any, message: Message) -> Message:
        return message


class Server:
    """A node with SNS's publishing and its replays."""

    def __init__(self, node: SimulatedNode) -> None:
        self.node = node
        self.loop = node.loop
        self.definitions = Definitions(node.node, node.clock.now_ms)
        sealing = Unsealed()
        sending = Sending(self.definitions, lambda topic, queue: True, sealing)
        fans = TopicFans(self.definitions)
        self.noted: list[DeliveryStatus] = []
        feedback = QueueFeedback(
            self.definitions, sending, self.noted.append, lambda: "id", lambda: 0.0
        )
        self.unopened: str | None = None
        replaying = Replaying(sending, feedback, self._open)
        self.replays = Replays(node.node, self.definitions, node.loop, topic_queue, replaying.again)
        self.ids = iter(range(10**6))
        self.publishing = Publishing(
            self.definitions,
            node.node,
            fans,
            sending,
            feedback,
            SmsOptions(),
            sealing,
            lambda call, topic: None,
            self.replays.hold,
            lambda: f"00000000-0000-4000-8000-{next(self.ids):012x}",
        )
        self.replays.start()

    def _open(self, queue_arn: str, deliveries: Sequence[Delivery]) -> list[Message]:
        opened = [each.message for each in deliveries if each.message is not None]
        if any(message.body == self.unopened for message in opened):
            raise Fault("A message could not be opened.")
        return opened

    def killed(self) -> Server:
        """What comes after a crash of the process."""
        return Server(self.node.restarted())

    def put(self, *entities: Any) -> None:
        self.definitions.note(Changes(puts=entities))

    def subscribe(self, queue: str, *, pending: bool = False, **replay: Any) -> None:
        """Anew, with the same id."""
        number = 2 if queue.endswith(".fifo") else 1
        self.put(
            Subscription(
                TOPIC.arn,
                f"{ID}{number}",
                ACCOUNT,
                "sqs",
                arn(queue),
                ROOT.arn,
                5,
                pending=pending,
                raw=True,
                replay=Replay("{}", **{"starting_at": 0, **replay}),
            )
        )

    def subscription(self, queue: str = "q") -> Subscription:
        (found,) = [
            each
            for each in self.definitions.entities.all_of(Subscription, TOPIC.arn).values()
            if each.endpoint == arn(queue)
        ]
        return found

    def status(self, queue: str = "q") -> str | None:
        replay = self.subscription(queue).replay
        return None if replay is None else replay.status

    def progress(self) -> list[int]:
        noted = self.definitions.entities.all_of(ReplayProgress, TOPIC.arn)
        return [each.after_slot for each in noted.values()]

    @property
    def next_slot(self) -> int:
        """Grows with each message that is published."""
        return self.node.partition.state.by_arn[topic_queue(TOPIC.arn)].slots.next_slot

    def publish(self, *texts: str) -> list[PublishCall]:
        calls = []
        for each in texts:
            calls.append(PublishCall(self.node.clock))
            request = PublishInput(
                Message=each,
                TopicArn=TOPIC.arn,
                MessageGroupId="g",
                MessageDeduplicationId=each,
            )
            self.publishing.publish(calls[-1], request)
        return calls

    def turn_until(self, slot: int) -> None:
        """Until the replay has come so far."""
        for _ in range(1_000):
            if self.progress() == [slot]:
                return
            self.loop.turn()
        raise AssertionError("it never came there")

    def settle(self) -> None:
        self.loop.run_for(1)

    def got(self, queue: str = "q") -> list[str]:
        """All that has come, taken and deleted."""
        found: list[str] = []
        while deliveries := self.node.receive(queue, 10):
            found += [each.message.body for each in deliveries if each.message is not None]
            self.node.delete(queue, *deliveries)
        return found


def texts(count: int, start: int = 0) -> list[str]:
    return [f"{number:04}" for number in range(start, start + count)]


@pytest.fixture
def server() -> Server:
    made = Server(SimulatedNode())
    made.node.create("q")
    made.node.create("q.fifo")
    made.put(TOPIC)
    made.settle()
    return made


def test_what_is_old_comes_first_and_then_what_is_new(server: Server) -> None:
    server.publish(*texts(120))
    server.subscribe("q.fifo")
    server.publish("meanwhile")
    server.settle()
    assert server.status("q.fifo") == "Completed"
    server.publish("later")
    server.settle()
    assert server.got("q.fifo") == [*texts(120), "meanwhile", "later"]
    assert server.progress() == []


def test_what_comes_again_is_noted_where_the_topic_asks_for_it(server: Server) -> None:
    server.publish("old")
    roles = {f"SQS{kind}FeedbackRoleArn": "a role" for kind in ("Success", "Failure")}
    server.put(msgspec.structs.replace(TOPIC, feedback=roles))
    published_at = server.node.clock.now_ms()
    server.loop.run_for(60)
    server.subscribe("q")
    server.subscribe("gone.fifo")
    server.settle()
    ends = {(each.destination, each.succeeded, each.message) for each in server.noted}
    assert ends == {(arn("q"), True, "old"), (arn("gone.fifo"), False, "old")}
    assert len(server.noted) == 2
    assert {each.published_at for each in server.noted} == {published_at}
    assert all(each.dwell_ms >= 60_000 for each in server.noted)


def test_an_archive_without_messages_is_done_at_once(server: Server) -> None:
    server.subscribe("q")
    server.settle()
    assert server.status() == "Completed"
    server.publish("x")
    server.settle()
    assert server.got() == ["x"]


def test_a_crash_makes_it_go_on_where_it_was(server: Server) -> None:
    """At any moment; into a standard queue, since it would show what comes twice."""
    server.publish(*texts(130))
    server.settle()
    server.subscribe("q")
    seen = set()
    while server.status() != "Completed":
        server.loop.turn()
        after = server.killed()
        if not after.definitions.entities.all_of(Subscription, TOPIC.arn):
            continue
        seen.update(after.progress())
        after.publish("new")
        after.settle()
        assert after.status() == "Completed"
        assert sorted(after.got()) == [*texts(130), "new"]
    assert seen == {-1, 49, 99}


def test_several_replays_take_turns(server: Server) -> None:
    server.publish(*texts(130))
    server.subscribe("q")
    server.subscribe("q.fifo")
    seen = []
    while server.status() != "Completed":
        server.loop.turn()
        seen.append(sorted(server.progress()))
    assert [49, 49] in seen
    server.settle()
    assert sorted(server.got()) == server.got("q.fifo") == texts(130)


def test_it_comes_to_its_end_while_others_publish(server: Server) -> None:
    """Each flush takes long, and at no time all is durable that there is."""
    slow = Server(server.node.restarted(mode="thread", flush_s=lambda: 0.01))
    slow.publish(*texts(60))
    slow.subscribe("q.fifo")
    calls = []
    for start in range(60, 560, 2):
        calls += slow.publish(*texts(2, start))
        slow.loop.run_for(0.004)
    assert slow.status("q.fifo") == "Completed"
    assert not all(call.answered for call in calls)
    slow.settle()
    assert all(call.answered and call.error is None for call in calls)
    assert slow.got("q.fifo") == texts(560)


def test_batches_wait_like_single_messages(server: Server) -> None:
    server.publish("0")
    server.settle()
    server.subscribe("q.fifo")
    calls = []
    for start in range(1, 60, 2):
        calls.append(PublishCall(server.node.clock))
        entries = [
            PublishBatchRequestEntry(
                Id=each, Message=each, MessageGroupId="g", MessageDeduplicationId=each
            )
            for each in (str(start), str(start + 1))
        ]
        request = PublishBatchInput(TopicArn=TOPIC.arn, PublishBatchRequestEntries=entries)
        server.publishing.publish_batch(calls[-1], request)
        server.loop.run_for(0.0004)
    server.settle()
    assert [len(call.result.Successful) for call in calls] == [2] * 30
    assert server.got("q.fifo") == [str(number) for number in range(61)]


def test_who_waits_to_publish_does_so_when_the_server_stops(server: Server) -> None:
    slow = Server(server.node.restarted(mode="thread", flush_s=lambda: 0.01))
    slow.publish(*texts(60))
    slow.subscribe("q")
    calls: list[PublishCall] = []
    for number in range(1_000):
        before = slow.next_slot
        calls += slow.publish(f"new-{number}")
        if slow.next_slot == before:
            break
        slow.loop.run_for(0.003)
    else:
        raise AssertionError("nobody ever waited")
    slow.replays.stop()
    slow.settle()
    assert calls[-1].result.MessageId


def test_an_archive_that_ends_fails_the_replay(server: Server) -> None:
    server.publish(*texts(200))
    server.settle()
    server.subscribe("q")
    server.turn_until(49)
    server.put(msgspec.structs.replace(TOPIC, archive_days=None, archived_since=None))
    server.settle()
    assert server.status() == "Failed"
    server.publish("new")
    server.settle()
    assert sorted(server.got()) == [*texts(50), "new"]


def test_a_message_that_does_not_open_fails_the_replay(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.unopened = "b"
    server.publish("a", "b", "c")
    server.subscribe("q")
    server.settle()
    assert server.status() == "Failed"
    assert "replay" in caplog.text
    server.publish("d")
    server.settle()
    assert server.got() == ["d"]


@pytest.mark.parametrize(
    ("at", "unopened", "end", "got"),
    [("In progress", None, "Completed", ["a", "b", "c"]), ("Failed", "b", "Failed", ["c"])],
)
def test_a_bug_in_a_step_costs_neither_others_nor_publishers(
    server: Server,
    caplog: pytest.LogCaptureFixture,
    at: str,
    unopened: str | None,
    end: str,
    got: list[str],
) -> None:
    bugs = [ZeroDivisionError()]

    def changed(changes: Changes) -> None:
        for put in changes.puts:
            if isinstance(put, Subscription) and put.replay and put.replay.status == at and bugs:
                raise bugs.pop()

    server.definitions.watch(changed)
    server.unopened = unopened
    server.publish("a", "b")
    server.subscribe("q")
    server.subscribe("q.fifo")
    server.loop.run_for(5)
    assert not bugs
    assert "ZeroDivisionError" in caplog.text
    assert (server.status("q"), server.status("q.fifo")) == (end, end)
    server.publish("c")
    server.settle()
    assert sorted(server.got("q")) == server.got("q.fifo") == got


def test_messages_of_an_earlier_archive_are_no_part_of_it(server: Server) -> None:
    server.publish("old")
    server.loop.run_for(1)
    server.put(msgspec.structs.replace(TOPIC, archived_since=server.node.clock.now_ms()))
    server.publish("new")
    server.subscribe("q")
    server.settle()
    assert server.got() == ["new"]


def test_the_starting_and_the_ending_point_are_heeded(server: Server) -> None:
    for each in "abcd":
        server.publish(each)
        server.loop.run_for(1)
    now = server.node.clock.now_ms()
    server.subscribe("q", starting_at=now - 3_500, ending_at=now - 1_500)
    server.settle()
    assert server.status() == "Completed"
    server.publish("e")
    server.settle()
    assert sorted(server.got()) == ["b", "c"]


def test_until_an_ending_point_to_come_messages_come_as_they_are_published(
    server: Server,
) -> None:
    server.publish("a")
    server.subscribe("q.fifo", ending_at=server.node.clock.now_ms() + 10_000)
    for each in "bc":
        server.settle()
        server.publish(each)
    server.settle()
    assert server.status("q.fifo") == "In progress"
    assert server.got("q.fifo") == ["a", "b", "c"]
    server.loop.run_for(10)
    assert server.status("q.fifo") == "Completed"
    server.publish("d")
    server.settle()
    assert server.got("q.fifo") == []


def test_another_policy_begins_anew(server: Server) -> None:
    server.publish(*texts(200))
    server.subscribe("q", ending_at=LATE)
    server.settle()
    assert len(server.got()) == 200
    server.subscribe("q")
    server.settle()
    assert sorted(server.got()) == texts(200)


def test_without_a_policy_it_stops_and_what_is_new_comes(server: Server) -> None:
    server.publish(*texts(200))
    server.settle()
    server.subscribe("q")
    server.turn_until(99)
    server.put(msgspec.structs.replace(server.subscription(), replay=None))
    server.publish("new")
    server.settle()
    assert server.progress() == []
    assert sorted(server.got()) == [*texts(100), "new"]


def test_nothing_is_left_of_a_subscription_that_has_gone(server: Server) -> None:
    server.publish("a")
    server.subscribe("q", ending_at=LATE)
    server.settle()
    assert server.progress() == [0]
    server.definitions.note(Changes(removed=(name_of(server.subscription()),)))
    server.settle()
    assert server.progress() == []


def test_what_a_crash_left_of_one_goes_with_the_next_start(server: Server) -> None:
    server.put(ReplayProgress(TOPIC.arn, ID, 7))
    after = server.killed()
    assert after.progress() == []


def test_one_that_is_not_confirmed_waits_for_that(server: Server) -> None:
    server.publish("a")
    server.subscribe("q", ending_at=LATE, pending=True)
    server.settle()
    assert server.status() == "Pending"
    assert server.got() == []
    server.put(msgspec.structs.replace(server.subscription(), pending=False))
    server.settle()
    assert server.got() == ["a"]
