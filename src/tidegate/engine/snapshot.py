"""The state as a snapshot holds it: a sequence of parts.

`capture` must be quick, since nothing else happens meanwhile: it takes the big columns by
reference (the slot table copies a chunk before it changes it) and copies the rest.  `encode` turns
the capture into bytes, piece by piece, and may run in another thread.  `restore` reads the parts
back in their order.

    StatePart                           once, first
    EntityPart SharedPart               any number
    QueuePart                           for each queue, before its other parts
      ChunkPart LanePart GroupPart FlightPart DelayPart SentPart    any number of each
    EndPart                             once, last

To change a part: give it a new tag and keep reading the old one.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from tidegate.catalog.entities import AnyEntity
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine.deduplication import Attempt, Remembered
from tidegate.engine.fifo import FifoOrder
from tidegate.engine.moves import Task
from tidegate.engine.queue import Queue
from tidegate.engine.slots import Chunk, ChunkState, chunk_state
from tidegate.engine.state import State

_PIECE_SLOTS = 1 << 17
"""A megabyte of slots."""
_PIECE_ITEMS = 2_000


class TaskState(msgspec.Struct, frozen=True, array_like=True):
    uid: int
    task_id: str
    source: str
    destination: str | None
    max_per_second: int | None
    started_at: int
    to_move: int
    status: str
    moved: int
    failure_reason: str | None


class StatePart(msgspec.Struct, frozen=True, array_like=True, tag=1):
    now: int
    next_uid: int
    live_bytes: dict[int, int]
    deleted_at: dict[str, int]
    tasks: list[TaskState]


class EntityPart(msgspec.Struct, frozen=True, array_like=True, tag=10):
    """Some of the entities."""

    version: int
    entities: list[AnyEntity]


class QueuePart(msgspec.Struct, frozen=True, array_like=True, tag=2):
    uid: int
    definition: QueueDefinition
    next_slot: int
    purged_at: int
    origins: list[tuple[int, str | None]]
    renewed_ids: dict[int, str]
    attempts: dict[str, Attempt]
    carried: dict[int, int] = {}
    born: list[tuple[int, str | None]] = []


class ChunkPart(msgspec.Struct, frozen=True, array_like=True, tag=3):
    uid: int
    chunk: ChunkState


class LanePart(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Some more waiting messages of a lane of a standard queue."""

    uid: int
    name: str | None
    last_sent_at: int
    fresh: bytes
    returned: bytes


class GroupPart(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Some groups of a FIFO queue; a big one comes in several pieces."""

    uid: int
    groups: list[tuple[str, list[int], bytes]]


class FlightPart(msgspec.Struct, frozen=True, array_like=True, tag=6):
    uid: int
    flights: list[tuple[int, int, int, str | None]]


class DelayPart(msgspec.Struct, frozen=True, array_like=True, tag=7):
    uid: int
    delayed: list[tuple[int, int, str | None]]


class SentPart(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """Some of the deduplication ids that are remembered, in the order of their time."""

    uid: int
    ids: list[tuple[str, Remembered]]


class SharedPart(msgspec.Struct, frozen=True, array_like=True, tag=11):
    """Some of the records that several messages share: (position, how many)."""

    shared: list[tuple[int, int]]


class EndPart(msgspec.Struct, frozen=True, array_like=True, tag=8):
    queues: int


QueuesPart = ChunkPart | LanePart | GroupPart | FlightPart | DelayPart | SentPart
Part = StatePart | EntityPart | SharedPart | QueuePart | QueuesPart | EndPart

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Part] = msgspec.msgpack.Decoder(Part)


# --- Capture -------------------------------------------------------------------------------------


class CapturedQueue:
    """One queue at the moment of the capture."""

    __slots__ = ("chunks", "delayed", "flights", "groups", "lanes", "part", "sent")

    def __init__(self, queue: Queue, now: int) -> None:
        self.part = QueuePart(
            queue.uid,
            queue.definition,
            queue.slots.next_slot,
            queue.purged_at,
            queue.origins.dump(),
            dict(queue.renewed_ids),
            queue.attempts.dump(),
            dict(queue.carried),
            queue.born.dump(),
        )
        self.sent = queue.deduplication.capture(now)
        self.chunks: list[tuple[int, Chunk]] = queue.slots.capture()
        self.flights = queue.dump_flights()
        self.delayed = queue.dump_delayed()
        self.lanes: list[tuple[str | None, int, array[int], array[int]]] = []
        self.groups: list[tuple[str, list[int], array[int]]] = []
        order = queue.order
        if isinstance(order, FifoOrder):
            ready = list(order.ready.values())
            blocked = (each for name, each in order.groups.items() if name not in order.ready)
            self.groups = [
                (group.name, list(group.touched), group.waiting.capture())
                for group in (*ready, *blocked)
            ]
        else:
            self.lanes = [
                (lane.name, lane.last_sent_at, lane.fresh.capture(), lane.returned.capture())
                for lane in order.lanes.values()
            ]


class Captured:
    """The whole state at one moment."""

    __slots__ = ("entities", "entities_version", "head", "queues", "shared")

    def __init__(self, state: State) -> None:
        tasks = [
            TaskState(
                uid,
                task.task_id,
                task.source,
                task.destination,
                task.max_per_second,
                task.started_at,
                task.to_move,
                task.status,
                task.moved,
                task.failure_reason,
            )
            for uid, of_source in state.tasks.items()
            for task in of_source
        ]
        self.head = StatePart(
            state.now,
            state.next_uid,
            dict(state.usage.live_bytes),
            dict(state.deleted_at),
            tasks,
        )
        self.entities = list(state.entities)
        self.shared = list(state.usage.shared.items())
        self.entities_version = state.entities.version
        self.queues = [CapturedQueue(queue, state.now) for queue in state.queues.values()]

    def encode(self) -> Iterator[bytes]:
        """The parts as bytes, a megabyte or so each."""
        yield _encoder.encode(self.head)
        yield _encoder.encode(EntityPart(self.entities_version, []))
        for entities in _batches(self.entities):
            yield _encoder.encode(EntityPart(self.entities_version, entities))
        for shared in _batches(self.shared):
            yield _encoder.encode(SharedPart(shared))
        for queue in self.queues:
            for part in _parts(queue):
                yield _encoder.encode(part)
        yield _encoder.encode(EndPart(len(self.queues)))


def capture(state: State) -> Captured:
    return Captured(state)


def _parts(queue: CapturedQueue) -> Iterator[Part]:
    uid = queue.part.uid
    yield queue.part
    for index, chunk in queue.chunks:
        yield ChunkPart(uid, chunk_state(index, chunk))
    for name, last_sent_at, fresh, returned in queue.lanes:
        for piece in _pieces(fresh):
            yield LanePart(uid, name, last_sent_at, piece, b"")
        for piece in _pieces(returned):
            yield LanePart(uid, name, last_sent_at, b"", piece)
    yield from _group_parts(uid, queue.groups)
    for flights in _batches(queue.flights):
        yield FlightPart(uid, flights)
    for delayed in _batches(queue.delayed):
        yield DelayPart(uid, delayed)
    for ids in _batches(zip(*queue.sent, strict=True)):
        yield SentPart(uid, ids)


def _group_parts(
    uid: int, groups: "list[tuple[str, list[int], array[int]]]"
) -> Iterator[GroupPart]:
    batch: list[tuple[str, list[int], bytes]] = []
    for name, touched, waiting in groups:
        pieces = list(_pieces(waiting)) or [b""]
        batch.append((name, touched, pieces[0]))
        for piece in pieces[1:]:
            yield GroupPart(uid, batch)
            batch = [(name, [], piece)]
        if len(batch) >= _PIECE_ITEMS:
            yield GroupPart(uid, batch)
            batch = []
    if batch:
        yield GroupPart(uid, batch)


def _pieces(slots: "array[int]") -> Iterator[bytes]:
    for start in range(0, len(slots), _PIECE_SLOTS):
        yield slots[start : start + _PIECE_SLOTS].tobytes()


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _PIECE_ITEMS)):
        yield batch


# --- Restore -------------------------------------------------------------------------------------


class IncompleteSnapshot(Exception):
    """The parts are not those of a whole snapshot."""


def restore(parts: Iterable[bytes]) -> State:
    """The state that was captured.  Raises IncompleteSnapshot, and msgspec.DecodeError."""
    state = State()
    queues: dict[int, Queue] = {}
    ended = False
    for data in parts:
        part = _decoder.decode(data)
        if isinstance(part, StatePart):
            _restore_head(state, part)
        elif isinstance(part, EntityPart):
            state.entities.apply(part.version, part.entities, ())
        elif isinstance(part, SharedPart):
            state.usage.shared.update(part.shared)
        elif isinstance(part, QueuePart):
            queues[part.uid] = _restore_queue(state, part)
        elif isinstance(part, EndPart):
            ended = part.queues == len(queues)
        else:
            _restore_part(queues[part.uid], part)
    if not ended:
        raise IncompleteSnapshot("a snapshot that has no end")
    for queue in queues.values():
        queue.resume(state.now)
        state.schedule(queue)
    return state


def _restore_head(state: State, part: StatePart) -> None:
    state.now = part.now
    state.next_uid = part.next_uid
    state.usage.live_bytes = part.live_bytes
    state.deleted_at = part.deleted_at
    for saved in part.tasks:
        task = Task(
            task_id=saved.task_id,
            source=saved.source,
            destination=saved.destination,
            max_per_second=saved.max_per_second,
            started_at=saved.started_at,
            to_move=saved.to_move,
            next_at=part.now,
            status=saved.status,
            moved=saved.moved,
            failure_reason=saved.failure_reason,
        )
        state.tasks.setdefault(saved.uid, []).append(task)
        if task.status == "RUNNING":
            state.running[saved.uid] = task


def _restore_queue(state: State, part: QueuePart) -> Queue:
    queue = Queue(part.uid, part.definition, state.usage)
    queue.slots.next_slot = part.next_slot
    queue.purged_at = part.purged_at
    queue.origins.restore(part.origins)
    queue.renewed_ids = part.renewed_ids
    queue.carried = part.carried
    # A snapshot from before this was noted says only that messages have come from elsewhere.
    queue.born.restore(part.born or ([(0, None)] if part.origins else []))
    queue.attempts.restore(part.attempts)
    state.add_queue(queue)
    return queue


def _restore_part(queue: Queue, part: QueuesPart) -> None:
    order: Any = queue.order
    if isinstance(part, ChunkPart):
        queue.slots.restore(part.chunk)
    elif isinstance(part, LanePart):
        lane = order.lane_named(part.name)
        lane.last_sent_at = part.last_sent_at
        lane.fresh.extend(part.fresh)
        lane.returned.extend(part.returned)
    elif isinstance(part, GroupPart):
        for name, touched, waiting in part.groups:
            group = order.lane_named(name)
            group.touched.extend(touched)
            group.waiting.extend(waiting)
    elif isinstance(part, FlightPart):
        queue.restore_flights(part.flights)
    elif isinstance(part, DelayPart):
        queue.restore_delayed(part.delayed)
    else:
        queue.deduplication.restore(part.ids)
