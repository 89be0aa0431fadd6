"""AWS's own rates, where a team wants them."""

import pytest

from engine_harness import Engine
from simulated_node import SimulatedNode
from tidegate.base.arn import queue_arn
from tidegate.base.refusals import ThrottlingException
from tidegate.engine import commands
from tidegate.engine.queue import Queue
from tidegate.runtime import quotas
from tidegate.runtime.quotas import Quotas

HIGH_THROUGHPUT = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
SEND = commands.SendBatch("", [])


def make_queue(engine: Engine, name: str, **attributes: str) -> Queue:
    engine.create(name, **attributes)
    return engine.queue(name)


def allowed(checked: Quotas, queue: Queue | None, command: commands.Command, now: int) -> int:
    """How many calls go through at this moment."""
    for count in range(100_000):
        try:
            checked.check(queue, command, now)
        except ThrottlingException:
            return count
    return 100_000


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_fifo_queue_takes_300_calls_a_second_of_each_action(engine: Engine) -> None:
    queue, checked = make_queue(engine, "q.fifo"), Quotas()
    assert allowed(checked, queue, SEND, 1000) == 300
    assert allowed(checked, queue, commands.Receive(""), 1000) == 300
    assert allowed(checked, queue, commands.Delete("", []), 1000) == 300
    assert allowed(checked, queue, commands.ChangeVisibility("", []), 1000) == 300


def test_single_calls_and_batches_share_one_rate(engine: Engine) -> None:
    queue, checked = make_queue(engine, "q.fifo"), Quotas()
    for _ in range(150):
        checked.check(queue, commands.Send("", engine.entry("x")), 1000)
    assert allowed(checked, queue, SEND, 1000) == 150


def test_calls_come_back_with_time_and_never_more_than_a_second_of_them(engine: Engine) -> None:
    queue, checked = make_queue(engine, "q.fifo"), Quotas()
    assert allowed(checked, queue, SEND, 1000) == 300
    assert allowed(checked, queue, SEND, 1010) == 3
    assert allowed(checked, queue, SEND, 1510) == 150
    assert allowed(checked, queue, SEND, 60_000) == 300


def test_clock_that_is_set_back_gives_and_takes_nothing(engine: Engine) -> None:
    queue, checked = make_queue(engine, "q.fifo"), Quotas()
    assert allowed(checked, queue, SEND, 60_000) == 300
    assert allowed(checked, queue, SEND, 1000) == 0
    assert allowed(checked, queue, SEND, 2000) == 300


def test_queues_have_rates_of_their_own(engine: Engine) -> None:
    checked = Quotas()
    assert allowed(checked, make_queue(engine, "a.fifo"), SEND, 1000) == 300
    assert allowed(checked, make_queue(engine, "b.fifo"), SEND, 1000) == 300


def test_standard_queue_has_no_limit(engine: Engine) -> None:
    assert allowed(Quotas(), make_queue(engine, "q"), SEND, 1000) == 100_000


def test_other_calls_and_queues_that_are_not_there_have_no_limit(engine: Engine) -> None:
    checked = Quotas()
    assert allowed(checked, None, SEND, 1000) == 100_000
    queue = make_queue(engine, "q.fifo")
    assert allowed(checked, queue, commands.DescribeQueue(""), 1000) == 100_000


@pytest.mark.parametrize(
    ("region", "rate"),
    [("us-east-1", 70_000), ("eu-central-1", 19_000), ("ap-south-1", 9_000), ("nowhere-1", 2_400)],
)
def test_high_throughput_is_as_in_the_region(engine: Engine, region: str, rate: int) -> None:
    name = queue_arn(region, "111122223333", "q.fifo")
    engine.run(commands.CreateQueue(name, {"FifoQueue": "true", **HIGH_THROUGHPUT}, {}))
    assert allowed(Quotas(), engine.state.by_arn[name], SEND, 1000) == rate


def test_new_rate_holds_from_the_next_call_on(engine: Engine) -> None:
    queue, checked = make_queue(engine, "q.fifo"), Quotas()
    assert allowed(checked, queue, SEND, 1000) == 300
    engine.set("q.fifo", **HIGH_THROUGHPUT)
    assert allowed(checked, queue, SEND, 1000) == 19_000


def test_what_rests_is_forgotten(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "MOST_BUCKETS", 10)
    checked = Quotas()
    busy = make_queue(engine, "busy.fifo")
    for number in range(30):
        checked.check(make_queue(engine, f"{number}.fifo"), SEND, 1000 + number * 1000)
        allowed(checked, busy, SEND, 1000 + number * 1000)
    assert len(checked) <= 11
    assert allowed(checked, busy, SEND, 30_000) == 0


def test_node_throttles_the_call() -> None:
    node = SimulatedNode(quotas=Quotas())
    node.create("q.fifo")
    calls = [node.receive_later("q.fifo", wait=0) for _ in range(301)]
    assert all(call.deliveries == [] for call in calls[:300])
    assert isinstance(calls[300].error, ThrottlingException)
    node.loop.run_for(1)
    assert node.receive("q.fifo") == []


def test_node_throttles_nobody_unless_it_is_told_to() -> None:
    node = SimulatedNode()
    node.create("q.fifo")
    calls = [node.receive_later("q.fifo", wait=0) for _ in range(1000)]
    assert all(call.deliveries == [] for call in calls)
