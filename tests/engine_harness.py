"""The engine alone, driven by hand: a partition, a log that is a list, and a clock that stands."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tidegate.base.arn import queue_arn
from tidegate.base.positions import length_of, pack_position, segment_of
from tidegate.base.refusals import REFUSALS, StorageFull
from tidegate.engine import codec, commands, snapshot
from tidegate.engine.cleaning import forwarded
from tidegate.engine.commands import (
    Archived,
    Delivery,
    Entry,
    Message,
    MoveTask,
    Receipt,
    Received,
    Refused,
    Sent,
    VisibilityChange,
)
from tidegate.engine.fifo import FifoOrder
from tidegate.engine.partition import Partition
from tidegate.engine.queue import Queue
from tidegate.engine.state import State
from tidegate.engine.wheel import NEVER

REGION = "eu-central-1"
ACCOUNT = "111122223333"
START = 1_700_000_000_250
"""Not a full second, so that rounding shows."""
SEGMENT_BYTES = 2_048
"""Small, so that a handful of messages fills several segments."""
EVERYTHING = 1 << 40


def arn(name: str) -> str:
    return queue_arn(REGION, ACCOUNT, name)


def bodies(deliveries: Iterable[Delivery]) -> list[str]:
    return [body(each) for each in deliveries]


def body(delivery: Delivery) -> str:
    assert delivery.message is not None
    return delivery.message.body


class Engine:
    """A partition with everything around it.

    With `encoded`, every command and every result goes through its encoded form, as it does when
    the partition is another process's.  A verb raises the refusal that the engine answers with.
    """

    def __init__(self, *, encoded: bool = False) -> None:
        self.encoded = encoded
        self.now = START
        self.full = False
        self.room = EVERYTHING
        """How many records still go in that may spend no reserve."""
        self.records: list[tuple[int, bytes]] = []
        """The log: (position, record)."""
        self.spent: list[float] = []
        """How much of the reserve each of them might have spent."""
        self.captures: list[tuple[int, snapshot.Captured]] = []
        """Snapshots on the way: (how many records they contain, what was captured)."""
        self.partition = Partition(self._journal)
        self._by_position: dict[int, bytes] = {}
        self._segment, self._offset = 1, 0
        self._commands = 0
        self._messages = 0

    @property
    def state(self) -> State:
        return self.partition.state

    def queue(self, name: str) -> Queue:
        return self.state.by_arn[arn(name)]

    def _journal(self, record: Any, spends_reserve: float) -> int:
        if not spends_reserve:
            if self.full or not self.room:
                raise StorageFull("no room")
            self.room -= 1
        data = codec.encode_record(record)
        frame_bytes = len(data) + 16
        if self._offset and self._offset + frame_bytes > SEGMENT_BYTES:
            self._segment, self._offset = self._segment + 1, 0
        position = pack_position(self._segment, self._offset, frame_bytes)
        self._offset += frame_bytes
        self.records.append((position, data))
        self.spent.append(spends_reserve)
        self._by_position[position] = data
        return position

    # --- running ----------------------------------------------------------------------------

    def run(self, command: Any) -> Any:
        """The result of a command; raises it where it is a refusal."""
        if self.encoded:
            command = codec.decode_command(codec.encode_command(command))
        result = self.partition.execute(command, self.now)
        if isinstance(result, Received | Archived):
            for delivery in result.deliveries:
                codec.complete(delivery, self._by_position[delivery.position])
        if self.encoded:
            result = codec.decode_result(codec.encode_result(result))
        self._commands += 1
        if self._commands & (self._commands - 1) == 0:
            self.captures.append((len(self.records), snapshot.capture(self.state)))
        if isinstance(result, Refused):
            raise REFUSALS[result.code](result.message)
        return result

    def sleep(self, seconds: float) -> None:
        """Time passes, with a tick whenever the engine asks for one."""
        until = self.now + round(seconds * 1000)
        while (deadline := self.partition.next_deadline()) <= until:
            self.now = max(self.now + 1, deadline)
            self.run(commands.Tick())
        self.now = max(self.now, until)

    def awoken(self) -> set[str]:
        """The names of the queues whose waiting receives were woken since this was last asked."""
        names = {each.rpartition(":")[2] for each in self.state.awake}
        self.state.awake.clear()
        return names

    # --- queues -----------------------------------------------------------------------------

    def create(self, name: str, **attributes: str) -> None:
        """A FIFO queue deduplicates by content where nothing else is said."""
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} | attributes
        self.run(commands.CreateQueue(arn(name), attributes, {}))

    def create_with_dead_letters(self, name: str, target: str, most: int, **more: str) -> None:
        """A queue whose messages go to `target`, made with it, after `most` receives."""
        self.create(target)
        self.create(name, RedrivePolicy=redrive_policy(target, most), **more)

    def set(self, name: str, **attributes: str) -> None:
        self.run(commands.SetQueueAttributes(arn(name), attributes))

    def remove(self, name: str) -> None:
        self.run(commands.DeleteQueue(arn(name)))

    def purge(self, name: str) -> None:
        self.run(commands.PurgeQueue(arn(name)))

    def attributes(self, name: str) -> dict[str, str]:
        described = self.run(commands.DescribeQueue(arn(name)))
        assert isinstance(described, commands.QueueDescription)
        return described.attributes

    def counts(self, name: str) -> tuple[int, int, int]:
        """How many messages are visible, in flight and delayed."""
        shown = self.attributes(name)
        return (
            int(shown["ApproximateNumberOfMessages"]),
            int(shown["ApproximateNumberOfMessagesNotVisible"]),
            int(shown["ApproximateNumberOfMessagesDelayed"]),
        )

    # --- messages ---------------------------------------------------------------------------

    def entry(
        self,
        text: str,
        *,
        group: str | None = None,
        dedup: str | None = None,
        delay: int | None = None,
        size: int | None = None,
    ) -> Entry:
        self._messages += 1
        message = Message(
            id=f"id-{self._messages}",
            body=text,
            md5=hashlib.md5(text.encode()).hexdigest(),
            sender_id="AIDAEXAMPLE",
            group_id=group,
            deduplication_id=dedup,
        )
        return Entry(message, len(text.encode()) if size is None else size, delay)

    def send(self, name: str, text: str, **what: Any) -> Sent:
        sent = self.run(commands.Send(arn(name), self.entry(text, **what)))
        assert isinstance(sent, Sent)
        return sent

    def send_all(self, name: str, texts: Iterable[str], **what: Any) -> None:
        for text in texts:
            self.send(name, text, **what)

    def send_batch(self, name: str, *entries: Entry) -> list[Sent | Refused]:
        results: list[Sent | Refused] = self.run(commands.SendBatch(arn(name), list(entries)))
        return results

    def receive(
        self,
        name: str,
        most: int = 1,
        *,
        visibility: int | None = None,
        wait: int | None = None,
        attempt: str | None = None,
    ) -> list[Delivery]:
        received = self.run(commands.Receive(arn(name), most, visibility, wait, attempt))
        assert isinstance(received, Received)
        return received.deliveries

    def receive_one(self, name: str, **what: Any) -> Delivery:
        (delivery,) = self.receive(name, 1, **what)
        return delivery

    def receive_all(self, name: str, **what: Any) -> list[Delivery]:
        """Everything that can be received now, ten at a time."""
        found: list[Delivery] = []
        while deliveries := self.receive(name, 10, **what):
            found += deliveries
        return found

    def delete(self, name: str, *deliveries: Delivery) -> list[Refused | None]:
        """The results; raises the refusal of a single one."""
        return self._batch(commands.Delete(arn(name), [each.receipt for each in deliveries]))

    def hide(self, name: str, delivery: Delivery, timeout_s: int) -> None:
        """ChangeMessageVisibility."""
        self._batch(commands.ChangeVisibility(arn(name), [change(delivery, timeout_s)]))

    def _batch(self, command: Any) -> list[Refused | None]:
        results: list[Refused | None] = self.run(command)
        if len(results) == 1 and results[0] is not None:
            raise REFUSALS[results[0].code](results[0].message)
        return results

    def release(self, name: str, *deliveries: Delivery) -> None:
        """The client hung up before it had these."""
        self.run(commands.Release(arn(name), [each.receipt for each in deliveries]))

    # --- move tasks -------------------------------------------------------------------------

    def start_move(
        self, source: str, destination: str | None = None, *, rate: int | None = None
    ) -> str:
        self._messages += 1
        task_id = f"task-{self._messages}"
        to = None if destination is None else arn(destination)
        self.run(commands.StartMessageMoveTask(arn(source), to, task_id, rate))
        return task_id

    def moves(self, source: str, limit: int = 10) -> list[MoveTask]:
        listed = self.run(commands.ListMessageMoveTasks(arn(source), limit))
        assert isinstance(listed, commands.MoveTasks)
        return listed.tasks

    # --- cleaning ---------------------------------------------------------------------------

    @property
    def segment(self) -> int:
        """The one that is written to."""
        return self._segment

    def clean(self, segment: int) -> None:
        """Have all that is alive in a segment written again, and nothing read from it any more."""
        for found in self.state.messages_in_segment(segment):
            if found is None:
                continue
            queue, slot = found
            data = self._by_position[queue.slots.position(slot)]
            record = codec.decode_with_message(data)
            self.partition.ledger.write(forwarded(self.state, record, queue, slot))
        for position in [each for each in self._by_position if segment_of(each) == segment]:
            del self._by_position[position]

    # --- recovery ---------------------------------------------------------------------------

    def replayed(self) -> State:
        """The state that the whole log makes."""
        return self._rebuilt(Partition(_no_journal), 0)

    def restored(self, index: int) -> State:
        """The state that the capture of this index and the log behind it make."""
        count, captured = self.captures[index]
        return self._rebuilt(Partition(_no_journal, snapshot.restore(captured.encode())), count)

    def _rebuilt(self, partition: Partition, start: int) -> State:
        for position, data in self.records[start:]:
            partition.replay(codec.decode_record(data), position)
        return partition.state

    def crash(self, state: State) -> None:
        """Go on with a state that was rebuilt."""
        self.partition = Partition(self._journal, state)

    def check_recovery(self) -> None:
        """Whatever way the state is rebuilt, it is the same, and it is sound."""
        expected = observe(self.state, self.now)
        check_soundness(self.state)
        rebuilt = [self.replayed(), *(self.restored(index) for index in range(len(self.captures)))]
        for state in rebuilt:
            assert observe(state, self.now) == expected
            check_soundness(state)


def _no_journal(record: Any, spends_reserve: float) -> int:
    raise AssertionError(f"replay decides nothing, but it wrote {record}")


def redrive_policy(target: str, most: int) -> str:
    return f'{{"deadLetterTargetArn":"{arn(target)}","maxReceiveCount":{most}}}'


def change(delivery: Delivery, timeout_s: int) -> VisibilityChange:
    return VisibilityChange(delivery.receipt, timeout_s)


def receipt_of(delivery: Delivery, *, receive_count: int) -> Receipt:
    """A receipt of the same message's other receive."""
    return Receipt(delivery.receipt.queue_uid, delivery.receipt.slot, receive_count)


# --- What can be observed of a state -------------------------------------------------------------


def observe(state: State, now: int) -> dict[str, Any]:
    """All that a client can ever find out about the state, at `now`."""
    state.pass_time(now)
    return {
        "now": state.now,
        "next_uid": state.next_uid,
        "names": {key: names for key, names in state.names.items() if names},
        "deleted": dict(state.deleted_at),
        "shared": dict(state.usage.shared),
        "live_bytes": {key: size for key, size in state.usage.live_bytes.items() if size},
        "tasks": {
            uid: [task.describe() for task in tasks] for uid, tasks in state.tasks.items() if tasks
        },
        "running": {uid: task.task_id for uid, task in state.running.items()},
        "queues": {queue.arn: _observe_queue(queue, now) for queue in state.queues.values()},
    }


def _observe_queue(queue: Queue, now: int) -> dict[str, Any]:
    slots = live_slots(queue)
    table = queue.slots
    return {
        "uid": queue.uid,
        "definition": queue.definition,
        "purged_at": queue.purged_at,
        "next_slot": table.next_slot,
        "live": table.live,
        "messages": {
            slot: (
                table.position(slot),
                table.sent_at(slot),
                table.receive_count(slot),
                table.first_received_at(slot),
                queue.origins.of(slot),
                queue.birthplace(slot),
                queue.renewed_ids.get(slot),
            )
            for slot in slots
        },
        "in_flight": {
            slot: (flight.visible_at, flight.received_at, flight.lane.name)
            for slot, flight in queue.in_flight.items()
        },
        "delayed": sorted(queue.dump_delayed()),
        "delayed_count": queue.delayed_count(now),
        "waiting": _waiting(queue),
        "deduplication": dict(zip(*queue.deduplication.capture(now), strict=True)),
        "attempts": {
            key: attempt
            for key, attempt in queue.attempts.dump().items()
            if queue.attempts.find(key, now)
        },
    }


def live_slots(queue: Queue) -> list[int]:
    return [slot for slot in range(queue.slots.next_slot) if queue.is_alive(slot)]


def _waiting(queue: Queue) -> Any:
    order = queue.order
    if isinstance(order, FifoOrder):
        groups = {
            name: (
                [slot for slot in group.touched if queue.is_alive(slot)],
                [slot for slot in group.waiting if queue.is_alive(slot)],
            )
            for name, group in order.groups.items()
        }
        return {name: slots for name, slots in groups.items() if slots != ([], [])}
    return {
        slot
        for lane in order.lanes.values()
        for backlog in (lane.fresh, lane.returned)
        for slot in backlog
        if queue.is_available(slot)
    }


def check_soundness(state: State) -> None:
    """What must hold of every state, whatever happened before."""
    live_bytes: dict[int, int] = {}
    standing_at: Counter[int] = Counter()
    for queue in state.queues.values():
        slots = live_slots(queue)
        assert queue.slots.live == len(slots)
        standing: dict[int, list[int]] = {}
        for slot in slots:
            position = queue.slots.position(slot)
            segment = segment_of(position)
            if not standing_at[position]:
                live_bytes[segment] = live_bytes.get(segment, 0) + length_of(position)
            standing_at[position] += 1
            standing.setdefault(segment, []).append(slot)
        for segment, expected in standing.items():
            assert sorted(queue.slots.in_segment(segment)) == expected
        _check_deadlines(queue, state.now)
        _check_order(queue, slots, state.now)
    assert {key: size for key, size in state.usage.live_bytes.items() if size} == live_bytes
    shared = {position: count for position, count in standing_at.items() if count > 1}
    assert {key: count for key, count in state.usage.shared.items() if count > 1} == shared
    assert all(standing_at[position] == 1 for position in state.usage.shared.keys() - shared)


def _check_deadlines(queue: Queue, now: int) -> None:
    deadlines = [flight.visible_at for flight in queue.in_flight.values()]
    deadlines += [visible_at for _, visible_at, _ in queue.dump_delayed()]
    assert all(deadline > now for deadline in deadlines)
    assert queue.next_deadline() <= min(deadlines, default=NEVER)
    assert queue.scheduled_at <= queue.next_deadline()


def _check_order(queue: Queue, slots: list[int], now: int) -> None:
    """Exactly what is visible can be received."""
    hidden = queue.in_flight.keys() | {slot for slot, _, _ in queue.dump_delayed()}
    assert hidden <= set(slots)
    chosen = [slot for slot, _ in queue.order.choose(EVERYTHING, now)]
    assert len(chosen) == len(set(chosen))
    if isinstance(queue.order, FifoOrder):
        assert set(chosen) == _deliverable(queue, now)
    else:
        assert set(chosen) == set(slots) - hidden


def _deliverable(queue: Queue, now: int) -> set[int]:
    """Of each group, what stands before the first that is in flight or still delayed."""
    found: set[int] = set()
    grouped: list[int] = []
    for touched, waiting in _waiting(queue).values():
        group = touched + waiting
        assert group == sorted(group), "a group stands in the order it was sent"
        grouped += group
        for slot in group:
            delayed = slot not in touched and queue.delayed_until(slot) > now
            if queue.is_flying(slot) or delayed:
                break
            found.add(slot)
    assert sorted(grouped) == live_slots(queue)
    return found
