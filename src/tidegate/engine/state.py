"""The state of a partition, and how facts change it.

`apply(record, position)` is the only way in, for live traffic and for replay alike; it cannot
refuse.  Deciding what becomes a fact is the business of `partition.py`.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from tidegate.base import limits
from tidegate.base.arn import HIDDEN_MARK, is_hidden, parse_queue_arn
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import AccessKeyUse, RoleUse
from tidegate.catalog.sms import SmsSpending
from tidegate.catalog.topics import ReplayProgress
from tidegate.engine import records
from tidegate.engine.commands import Message
from tidegate.engine.deduplication import Attempt, deduplication_key
from tidegate.engine.fanned import FEW, has_queue_twice
from tidegate.engine.fifo import FifoOrder
from tidegate.engine.moves import TASKS_KEPT, Task
from tidegate.engine.queue import Queue, arrive_in_each, birth
from tidegate.engine.slots import Usage
from tidegate.engine.wheel import NEVER

DELETED_NAME_MS = limits.DELETED_NAME_S * 1000
"""How long the name of a deleted queue cannot be used again."""
NOTES = (AccessKeyUse, ReplayProgress, RoleUse, SmsSpending)
"""What nothing that is derived from definitions depends on.  They come each minute for each key
that is used, and all of it would be derived again as often."""


class State:
    """Queues, tasks, and the log's time."""

    def __init__(self) -> None:
        self.now = 0
        """Log time: integer milliseconds, never running back."""
        self.next_uid = 1
        self.usage = Usage()
        self.queues: dict[int, Queue] = {}
        self.by_arn: dict[str, Queue] = {}
        self.names: dict[tuple[str, str], list[str]] = {}
        """(region, account) -> names of queues, sorted."""
        self.hidden: set[str] = set()
        """ARNs of the server's own queues, which have no names there."""
        self.deleted_at: dict[str, int] = {}
        """When queues were deleted lately, by ARN."""
        self.definitions_version = 0
        """Grows whenever a queue or an entity comes, goes or is defined anew, but for the server's
        own queues and for notes of when one was used."""
        self.entities = Entities()
        self.tasks: dict[int, list[Task]] = {}
        """Move tasks by the uid of their source, oldest first."""
        self.running: dict[int, Task] = {}
        """The task that runs on a source, by its uid."""
        self.awake: dict[str, None] = {}
        """ARNs of queues where a message has become visible; whoever runs waiting receives
        empties it."""
        self._deadlines: list[tuple[int, int]] = []
        self._apply: dict[type, Callable[[Any, int], None]] = {
            records.MessageSent: self.message_sent,
            records.MessageRewritten: self._message_rewritten,
            records.MessagesReceived: self._messages_received,
            records.MessagesDeleted: self._messages_deleted,
            records.VisibilityChanged: self._visibility_changed,
            records.MessagesReleased: self._messages_released,
            records.MessageMoved: self._message_moved,
            records.QueueCreated: self._queue_created,
            records.QueueDefined: self._queue_defined,
            records.QueueDeleted: self._queue_deleted,
            records.QueuePurged: self._queue_purged,
            records.MoveTaskStarted: self._move_task_started,
            records.MoveTaskEnded: self._move_task_ended,
            records.EntitiesChanged: self._entities_changed,
            records.MessagesFannedOut: self._messages_fanned_out,
            records.FanOutRewritten: self._fan_out_rewritten,
        }

    def apply(self, record: Any, position: int) -> None:
        """Make a fact true.  `position` is where its record stands."""
        if record.at > self.now:
            self.pass_time(record.at)
        self._apply[type(record)](record, position)

    # --- time -------------------------------------------------------------------------------

    def pass_time(self, now: int) -> None:
        """Everything that falls due until `now` happens."""
        if now <= self.now:
            return
        self.now = now
        deadlines = self._deadlines
        while deadlines and deadlines[0][0] <= now:
            deadline, uid = heappop(deadlines)
            queue = self.queues.get(uid)
            if queue is None or queue.scheduled_at != deadline:
                continue
            if queue.pass_time(now):
                self.awake[queue.arn] = None
            queue.scheduled_at = NEVER
            self.schedule(queue)

    def schedule(self, queue: Queue) -> None:
        """Note when the queue next has something due, if that is earlier than was known."""
        deadline = queue.next_deadline()
        if deadline < queue.scheduled_at:
            queue.scheduled_at = deadline
            heappush(self._deadlines, (deadline, queue.uid))

    def next_deadline(self) -> int:
        """When something falls due next, move tasks included; NEVER where nothing does."""
        deadlines = self._deadlines
        while deadlines:
            deadline, uid = deadlines[0]
            queue = self.queues.get(uid)
            if queue is not None and queue.scheduled_at == deadline:
                break
            heappop(deadlines)
        earliest = deadlines[0][0] if deadlines else NEVER
        for task in self.running.values():
            earliest = min(earliest, task.next_at)
        return earliest

    # --- messages ---------------------------------------------------------------------------

    def message_sent(self, record: records.MessageSent, position: int) -> None:
        """`apply` for the record that is written most."""
        queue = self.queues[record.uid]
        message = record.message
        if message.group_id is None and not record.visible_at:
            slot = queue.arrive_plain(position, record.at)
            assert slot == record.slot, "slots are given in order"
            if queue.next_expiry < queue.scheduled_at:
                self.schedule(queue)
            self.awake[queue.arn] = None
            return
        self._arrive(queue, record.slot, message, position, record.at, record.visible_at)

    def _arrive(
        self,
        queue: Queue,
        slot: int,
        message: Message,
        position: int,
        at: int,
        visible_at: int,
        born: str | None = None,
    ) -> None:
        """A message that may be delayed, of a group, or not the only one of its record in its queue
        enters it."""
        given = queue.arrive(position, at, message.group_id, visible_at, at, None, born)
        assert given == slot, "slots are given in order"
        order = queue.order
        if isinstance(order, FifoOrder):
            assert message.group_id is not None
            assert message.deduplication_id is not None
            key = deduplication_key(
                queue.definition.deduplication_scope, message.group_id, message.deduplication_id
            )
            queue.deduplication.remember(key, slot, message.id, at)
            self.schedule(queue)
            if message.group_id in order.ready:
                self.awake[queue.arn] = None
            return
        if visible_at or queue.next_expiry < queue.scheduled_at:
            self.schedule(queue)
        if visible_at <= at:
            self.awake[queue.arn] = None

    def _messages_fanned_out(self, record: records.MessagesFannedOut, position: int) -> None:
        self._spread(record, position)
        self.usage.share(position, sum(len(fan.uids) for fan in record.fans) + record.is_archived)

    def _spread(self, record: records.MessagesFannedOut, position: int) -> None:
        if record.topic_uid:
            self._remember_in_topic(record, position)
        at, queues = record.at, self.queues
        seen: set[int] | None = set() if has_queue_twice(record.fans) else None
        for fan in record.fans:
            message = fan.message
            if message.group_id is not None or fan.visible_at or seen is not None:
                delays = fan.visible_at or [0] * len(fan.uids)
                for uid, slot, visible_at in zip(fan.uids, fan.slots, delays, strict=True):
                    born = None
                    if seen is not None:
                        born = birth(uid, slot) if uid in seen else None
                        seen.add(uid)
                    self._arrive(queues[uid], slot, message, position, at, visible_at, born)
                continue
            if len(fan.uids) <= FEW:
                for uid in fan.uids:
                    queue = queues[uid]
                    queue.arrive_plain(position, at)
                    if queue.next_expiry < queue.scheduled_at:
                        self.schedule(queue)
                    self.awake[queue.arn] = None
                continue
            reached = [queues[uid] for uid in fan.uids]
            arrive_in_each(reached, position, at)
            for queue in [each for each in reached if each.next_expiry < each.scheduled_at]:
                self.schedule(queue)
            self.awake.update(dict.fromkeys([queue.arn for queue in reached]))

    def _remember_in_topic(self, record: records.MessagesFannedOut, position: int) -> None:
        """The topic's own queue gives the order, knows the deduplication ids, and is the archive;
        nobody receives from it."""
        queue, message = self.queues[record.topic_uid], record.fans[0].message
        self._arrive(queue, record.topic_slot, message, position, record.at, 0)
        if not record.is_archived:
            queue.remove(record.topic_slot, record.at, message.group_id)
            self.schedule(queue)

    def _fan_out_rewritten(self, record: records.FanOutRewritten, position: int) -> None:
        places = [(record.topic_uid, record.topic_slot)] if record.topic_uid else []
        for fan in record.fans:
            places += zip(fan.uids, fan.slots, strict=True)
        count = 0
        for uid, slot in places:
            queue = self.queues.get(uid)
            if queue is not None and queue.is_alive(slot):
                queue.slots.relocate(slot, position)
                count += 1
        self.usage.share(position, count)

    def messages_sent(self, queue: Queue, positions: list[int]) -> None:
        """`message_sent` for what was sent to a standard queue in one batch, at log time, without
        group or delay."""
        queue.arrive_together(positions, self.now)
        if queue.next_expiry < queue.scheduled_at:
            self.schedule(queue)
        self.awake[queue.arn] = None

    def _message_rewritten(self, record: records.MessageRewritten, position: int) -> None:
        queue = self.queues.get(record.uid)
        if queue is not None and queue.is_alive(record.slot):
            queue.slots.relocate(record.slot, position)

    def _messages_received(self, record: records.MessagesReceived, position: int) -> None:
        queue = self.queues[record.uid]
        queue.receive(record.slots, record.lanes, record.visible_at, record.at)
        if record.attempt_id is not None:
            attempt = Attempt(record.at, record.slots, record.visible_at)
            queue.attempts.remember(record.attempt_id, attempt)
        if record.visible_at <= record.at:
            self.awake[queue.arn] = None
        self.schedule(queue)

    def _messages_deleted(self, record: records.MessagesDeleted, position: int) -> None:
        queue = self.queues[record.uid]
        # Who waits while too much is in flight waits for room.
        full = len(queue.in_flight) >= limits.IN_FLIGHT
        queue.remove_all(record.slots, record.at)
        order = queue.order
        if isinstance(order, FifoOrder):
            # The group behind a deleted message may be free.
            if order.ready:
                self.awake[queue.arn] = None
            self.schedule(queue)
        elif full:
            self.awake[queue.arn] = None

    def _visibility_changed(self, record: records.VisibilityChanged, position: int) -> None:
        queue = self.queues[record.uid]
        for slot, visible_at in zip(record.slots, record.visible_at, strict=True):
            queue.change_visibility(slot, visible_at, record.at)
            if visible_at <= record.at:
                self.awake[queue.arn] = None
        if record.attempt_id is not None:
            queue.attempts.renew(record.attempt_id, record.visible_at[0])
        self.schedule(queue)

    def _messages_released(self, record: records.MessagesReleased, position: int) -> None:
        queue = self.queues[record.uid]
        for slot in record.slots:
            queue.release(slot, record.at)
        self.awake[queue.arn] = None
        self.schedule(queue)

    def _message_moved(self, record: records.MessageMoved, position: int) -> None:
        source = self.queues[record.uid]
        target = self.queues[record.target_uid]
        slot, at = record.slot, record.at
        stands_at = source.slots.position(slot)
        sent_at = source.slots.sent_at(slot)
        receive_count = source.slots.receive_count(slot)
        first_received_at = source.slots.first_received_at(slot)
        # A move task makes a new message; a dead letter keeps its age, but for FIFO queues:
        # "the enqueue timestamp resets when the message is moved to a dead-letter queue".
        if record.task_id is not None or target.is_fifo:
            sent_at = at
        # Nobody is told of the server's own queues, and nothing is moved back into one.
        is_shown = record.task_id is None and HIDDEN_MARK not in source.arn
        origin = source.arn if is_shown else None
        born = source.born.of(slot) or birth(source.uid)
        source.remove(slot, at, record.group)
        moved = target.arrive(stands_at, sent_at, record.group, 0, at, origin, born)
        assert moved == record.target_slot, "slots are given in order"
        self.usage.join(stands_at)
        if record.task_id is None:
            target.slots.set_history(moved, receive_count, first_received_at)
            if target.definition.redrive_target is not None:
                target.carried[moved] = receive_count
        else:
            self.running[source.uid].moved += 1
        if record.message_id is not None:
            target.renewed_ids[moved] = record.message_id
        self.awake[target.arn] = None
        self.schedule(source)
        self.schedule(target)

    # --- queues -----------------------------------------------------------------------------

    def _queue_created(self, record: records.QueueCreated, position: int) -> None:
        queue = Queue(record.uid, record.definition, self.usage)
        self.add_queue(queue)
        self.next_uid = record.uid + 1
        self.deleted_at.pop(queue.arn, None)

    def add_queue(self, queue: Queue) -> None:
        """Know a queue by uid, ARN and name."""
        self.queues[queue.uid] = self.by_arn[queue.arn] = queue
        region, account, name = _parts(queue.arn)
        if is_hidden(name):
            self.hidden.add(queue.arn)
        else:
            self.definitions_version += 1
            insort(self.names.setdefault((region, account), []), name)

    def _queue_defined(self, record: records.QueueDefined, position: int) -> None:
        queue = self.queues[record.uid]
        self.definitions_version += 1
        queue.redefine(record.definition, record.at)
        self.awake[queue.arn] = None
        self.schedule(queue)

    def _queue_deleted(self, record: records.QueueDeleted, position: int) -> None:
        queue = self.queues.pop(record.uid)
        del self.by_arn[queue.arn]
        region, account, name = _parts(queue.arn)
        if not is_hidden(name):
            self.definitions_version += 1
            names = self.names[region, account]
            del names[bisect_left(names, name)]
            self._forget_deleted(record.at)
            self.deleted_at[queue.arn] = record.at
        else:
            self.hidden.remove(queue.arn)
        queue.slots.forget_all()
        self.tasks.pop(queue.uid, None)
        self.running.pop(queue.uid, None)
        self.awake[queue.arn] = None

    def _forget_deleted(self, now: int) -> None:
        for arn in [arn for arn, at in self.deleted_at.items() if at + DELETED_NAME_MS <= now]:
            del self.deleted_at[arn]

    def _queue_purged(self, record: records.QueuePurged, position: int) -> None:
        queue = self.queues[record.uid]
        queue.purge(record.at)
        self.schedule(queue)

    # --- entities ---------------------------------------------------------------------------

    def _entities_changed(self, record: records.EntitiesChanged, position: int) -> None:
        if record.removed or not all(isinstance(put, NOTES) for put in record.puts):
            self.definitions_version += 1
        self.entities.apply(record.version, record.puts, record.removed)

    # --- move tasks -------------------------------------------------------------------------

    def _move_task_started(self, record: records.MoveTaskStarted, position: int) -> None:
        task = Task(
            task_id=record.task_id,
            source=self.queues[record.uid].arn,
            destination=record.destination,
            max_per_second=record.max_per_second,
            started_at=record.at,
            to_move=record.to_move,
            next_at=record.at,
        )
        tasks = self.tasks.setdefault(record.uid, [])
        tasks.append(task)
        del tasks[:-TASKS_KEPT]
        self.running[record.uid] = task

    def _move_task_ended(self, record: records.MoveTaskEnded, position: int) -> None:
        task = self.running.pop(record.uid)
        task.status = record.status
        task.failure_reason = record.failure_reason

    # --- segments ---------------------------------------------------------------------------

    def messages_in_segment(self, segment: int) -> Iterator[tuple[Queue, int] | None]:
        """The messages whose records stand in `segment`; None now and then, for the caller to
        take a breath.  The state may change in between."""
        for queue in list(self.queues.values()):
            for slot in queue.slots.in_segment(segment):
                yield queue, slot
            yield None


def _parts(arn: str) -> tuple[str, str, str]:
    parts = parse_queue_arn(arn)
    assert parts is not None, "the engine's keys are ARNs of queues"
    return parts
