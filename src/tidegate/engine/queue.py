"""One queue: its messages, what is in flight, what is delayed, and when something falls due.

Every change here is the application of a fact (a record, or the passing of time), so it cannot
refuse.  Whether a command is allowed is decided in `partition.py` and its parts.

A message of a queue is in exactly one of three states:

    waiting     in `order`, to be received
    delayed     standard queues only; in `_delayed` and on the wheel
    in flight   in `in_flight` and on the wheel; `order` knows the lane or group it came from

On a FIFO queue the delay is the queue's own and holds for messages that wait already, so it is the
business of `FifoOrder`.
"""

from typing import Any

from tidegate.catalog.queues import QueueDefinition
from tidegate.engine.deduplication import Attempts, Deduplication
from tidegate.engine.fifo import FifoOrder
from tidegate.engine.origins import Origins
from tidegate.engine.slots import SlotTable, Usage, append_to_each
from tidegate.engine.standard import StandardOrder
from tidegate.engine.wheel import NEVER, Wheel

SECOND = 1000
_STALE_KEPT = 4096
"""So many slots of messages that are gone may stand in `order` before it is swept."""


class Flight:
    """Messages in flight that were handed out together.  Never changed: shared by their slots."""

    __slots__ = ("lane", "received_at", "visible_at")

    def __init__(self, visible_at: int, received_at: int, lane: Any) -> None:
        self.visible_at = visible_at
        self.received_at = received_at
        self.lane = lane
        """The lane (standard) or group (FIFO) in `order` that they came from."""


def birth(uid: int, slot: int | None = None) -> str:
    """Where a message was sent to: a queue, and the slot there for the second that a record has for
    one queue, and those after it."""
    return str(uid) if slot is None else f"{uid}/{slot}"


def _is_immediate(definition: QueueDefinition) -> bool:
    """Whether a message without a delay of its own can be received as soon as it is there."""
    return not definition.is_fifo and not definition.delay_s


class Queue:
    """The state of one queue.  Instants are log time in integer milliseconds."""

    __slots__ = (
        "_delayed",
        "_stale",
        "_usage",
        "_wheel",
        "arn",
        "attempts",
        "born",
        "carried",
        "deduplication",
        "definition",
        "in_flight",
        "is_fifo",
        "is_immediate",
        "next_expiry",
        "order",
        "origins",
        "purged_at",
        "renewed_ids",
        "scheduled_at",
        "slots",
        "uid",
    )

    order: StandardOrder | FifoOrder

    def __init__(self, uid: int, definition: QueueDefinition, usage: Usage) -> None:
        self.uid = uid
        self.arn = definition.arn
        self.definition = definition
        self.is_fifo = definition.is_fifo
        self.is_immediate = _is_immediate(definition)
        self.scheduled_at = NEVER
        """The earliest deadline that the partition has noted for this queue."""
        self.purged_at = 0
        self._usage = usage
        self._clear(0)

    def _clear(self, next_slot: int) -> None:
        self.slots = SlotTable(self._usage, next_slot)
        self.in_flight: dict[int, Flight] = {}
        self.origins = Origins()
        self.born = Origins()
        """By slot, where a message was sent to, if that is elsewhere (see `birth`)."""
        self.renewed_ids: dict[int, str] = {}
        """The ids of messages that a move task has made new ones of."""
        self.carried: dict[int, int] = {}
        """How often dead letters had been received when they came here; kept where this queue has
        a dead-letter queue of its own, which counts the receives from here alone."""
        self.deduplication = Deduplication()
        self.attempts = Attempts()
        self._wheel = Wheel()
        self._stale = 0
        """How many messages went out of the middle of `order` since it was last swept."""
        self._delayed: dict[int, tuple[int, int, str | None]] = {}
        """Delayed messages by slot: the slot, when the delay ends, and the group."""
        self.next_expiry = NEVER
        if self.is_fifo:
            self.order = FifoOrder(self.is_alive, self.is_flying, self.delayed_until)
        else:
            self.order = StandardOrder(self.is_available, self.available_of, self.in_flight_count)

    # --- what is ----------------------------------------------------------------------------

    def is_alive(self, slot: int) -> bool:
        return self.slots.position(slot) != 0

    def is_flying(self, slot: int) -> bool:
        return slot in self.in_flight

    def is_available(self, slot: int) -> bool:
        return slot not in self.in_flight and self.slots.position(slot) != 0

    def available_of(self, slots: list[int]) -> list[int]:
        in_flight = self.in_flight
        return [slot for slot in self.slots.living(slots) if slot not in in_flight]

    def in_flight_count(self) -> int:
        return len(self.in_flight)

    def delayed_until(self, slot: int) -> int:
        """When a FIFO message that was never received becomes visible."""
        delay_s = self.definition.delay_s
        return self.slots.sent_at(slot) + delay_s * SECOND if delay_s else 0

    def delayed_count(self, now: int) -> int:
        """How many messages are delayed: counted on demand on a FIFO queue, where a delay is
        the exception and its messages are the newest."""
        if not self.is_fifo:
            return len(self._delayed)
        if not self.definition.delay_s:
            return 0
        return self.slots.count_sent_after(now - self.definition.delay_s * SECOND)

    def birthplace(self, slot: int) -> tuple[int, int | None]:
        """The uid of the queue that a message was sent to, 0 for this one; and its slot there, if
        its record has several for that queue and it is not the first."""
        born = self.born.of(slot)
        if born is None:
            return 0, None
        uid, _, first_slot = born.partition("/")
        return int(uid), int(first_slot) if first_slot else None

    # --- facts ------------------------------------------------------------------------------

    def arrive(
        self,
        position: int,
        sent_at: int,
        group: str | None,
        visible_at: int,
        now: int,
        source: str | None = None,
        born: str | None = None,
    ) -> int:
        """A message enters the queue; its slot."""
        slot = self.slots.append(position, sent_at)
        if source is not None or self.origins.first_slots:
            self.origins.note(slot, source)
        if born is not None or self.born.first_slots:
            self.born.note(slot, born)
        if visible_at > now:
            self._delayed[slot] = (slot, visible_at, group)
            self._wheel.add(visible_at, slot)
        else:
            self.order.add(slot, group, now)
        if self.next_expiry == NEVER or sent_at < now:
            self._plan_expiry(sent_at)
        return slot

    def arrive_plain(self, position: int, now: int) -> int:
        """`arrive` for what most messages are: sent to a standard queue, without group or delay."""
        slot = self.slots.append(position, now)
        if self.born.first_slots:
            self.origins.note(slot, None)
            self.born.note(slot, None)
        order: Any = self.order
        order.add_plain(slot)
        if self.next_expiry == NEVER:
            self._plan_expiry(now)
        return slot

    def arrive_together(self, positions: list[int], now: int) -> None:
        """`arrive_plain` of messages that were sent in one batch."""
        first = self.slots.extend(positions, now)
        if self.born.first_slots:
            self.origins.note(first, None)
            self.born.note(first, None)
        order: Any = self.order
        order.add_plain_run(first, len(positions))
        if self.next_expiry == NEVER:
            self._plan_expiry(now)

    def receive(
        self, slots: list[int], lanes: list[str | None] | None, visible_at: int, now: int
    ) -> None:
        """Messages are handed out, in flight until `visible_at`."""
        order: Any = self.order
        self.slots.note_receives(slots, now)
        if lanes is None:
            taken: dict[str | None, Any] = {None: (order.take_plain(slots), slots)}
        else:
            taken = {}
            for slot, name in zip(slots, lanes, strict=True):
                lane = order.take(slot, name)
                taken.setdefault(name, (lane, []))[1].append(slot)
        for lane, of_lane in taken.values():
            if visible_at > now:
                # One object for all of them: whatever ends one of these flights replaces it there.
                self.in_flight.update(dict.fromkeys(of_lane, Flight(visible_at, now, lane)))
                self._wheel.add_all(visible_at, of_lane)
                order.fly(lane, len(of_lane))
            else:
                for slot in of_lane:
                    order.reappear(slot, lane, now)
        order.settle([lane for lane, _ in taken.values()], now)

    def change_visibility(self, slot: int, visible_at: int, now: int) -> None:
        """The message is in flight until `visible_at`; visible at once where that has passed."""
        order: Any = self.order
        flight = self.in_flight.get(slot)
        if flight is None:
            if visible_at <= now:
                return
            lane = order.take(slot, None)
            self._stale += 1
            self.in_flight[slot] = Flight(visible_at, now, lane)
            self._wheel.add(visible_at, slot)
            order.fly(lane)
            order.settle([lane], now)
            return
        self._wheel.remove(flight.visible_at, slot)
        if visible_at > now:
            self.in_flight[slot] = Flight(visible_at, flight.received_at, flight.lane)
            self._wheel.add(visible_at, slot)
        else:
            del self.in_flight[slot]
            order.put_back(slot, flight.lane, now)

    def release(self, slot: int, now: int) -> None:
        """The receive did not happen: the client was gone."""
        count = self.slots.receive_count(slot)
        first = self.slots.first_received_at(slot) if count > 1 else 0
        self.slots.set_history(slot, count - 1, first)
        self.change_visibility(slot, now, now)

    def remove_all(self, slots: list[int], now: int) -> None:
        """The messages are gone.  They must be there."""
        if self._delayed or self.renewed_ids or self.carried:
            for slot in slots:
                self.remove(slot, now)
            return
        self.slots.kill_all(slots)
        in_flight = self.in_flight
        landed: list[int] = []
        before: Flight | None = None
        for slot in slots:
            flight = in_flight.pop(slot, None)
            if flight is None:
                self._stale += 1
            if flight is not before:
                if before is not None:
                    self._finish(before, landed, now)
                before, landed = flight, []
            landed.append(slot)
        if before is not None:
            self._finish(before, landed, now)
        if self._stale or self.born.first_slots:
            self._tidy(now)

    def _finish(self, flight: Flight, slots: list[int], now: int) -> None:
        """Messages that shared a flight are gone."""
        self._wheel.remove_all(flight.visible_at, slots)
        order: Any = self.order
        order.finish(slots, flight.lane, flight.received_at, now)

    def remove(self, slot: int, now: int, group: str | None = None) -> None:
        """The message is gone.  It must be there.

        A FIFO queue that loses a visible message out of the middle of a group wants its `group`.
        """
        flight = self.in_flight.pop(slot, None)
        order: Any = self.order
        self.slots.kill(slot)
        if flight is not None:
            self._wheel.remove(flight.visible_at, slot)
            order.finish([slot], flight.lane, flight.received_at, now)
        elif self._delayed and slot in self._delayed:
            self._wheel.remove(self._delayed.pop(slot)[1], slot)
        else:
            self._stale += 1
            if group is not None:
                order.discard(slot, group, now)
        if self.renewed_ids:
            self.renewed_ids.pop(slot, None)
        if self.carried:
            self.carried.pop(slot, None)
        if self._stale or self.born.first_slots:
            self._tidy(now)

    def _tidy(self, now: int) -> None:
        """Keep what is noted of messages that are gone smaller than what is noted of the others,
        at a cost that each of them pays once."""
        live = self.slots.live
        if not live:
            self.origins.clear()
            self.born.clear()
        elif len(self.born) > 2 * live + 64:
            self.origins.keep(self.slots.live_slots())
            self.born.keep(self.slots.live_slots())
        if self._stale > 64 + min(live, max(_STALE_KEPT, len(self.order))):
            self._stale = 0
            self.order.sweep(now, live)

    def purge(self, now: int) -> None:
        """All messages are gone, and with them what a FIFO queue remembers of them."""
        self.slots.forget_all()
        self._clear(self.slots.next_slot)
        self.purged_at = now

    def redefine(self, definition: QueueDefinition, now: int) -> None:
        """Attributes, tags or permissions have changed."""
        before = self.definition
        self.definition = definition
        self.is_immediate = _is_immediate(definition)
        if before.retention_s != definition.retention_s:
            self.next_expiry = NEVER
            self._plan_expiry(self.slots.oldest_sent_at())
        if isinstance(self.order, FifoOrder) and before.delay_s != definition.delay_s:
            self.order.refresh_all(now)

    # --- snapshots --------------------------------------------------------------------------

    def dump_flights(self) -> list[tuple[int, int, int, str | None]]:
        """(slot, visible_at, received_at, lane or group) of every message in flight."""
        return [
            (slot, flight.visible_at, flight.received_at, flight.lane.name)
            for slot, flight in self.in_flight.items()
        ]

    def restore_flights(self, flights: list[tuple[int, int, int, str | None]]) -> None:
        """After the lanes or groups."""
        order: Any = self.order
        for slot, visible_at, received_at, name in flights:
            lane = order.lane_named(name)
            order.fly(lane)
            self.in_flight[slot] = Flight(visible_at, received_at, lane)
            self._wheel.add(visible_at, slot)

    def dump_delayed(self) -> list[tuple[int, int, str | None]]:
        """(slot, visible_at, group) of every delayed message."""
        return list(self._delayed.values())

    def restore_delayed(self, delayed: list[tuple[int, int, str | None]]) -> None:
        for each in delayed:
            slot, visible_at, _ = each
            self._delayed[slot] = each
            self._wheel.add(visible_at, slot)

    def resume(self, now: int) -> None:
        """Everything is restored: find out what is ready and what falls due."""
        if isinstance(self.order, FifoOrder):
            self.order.refresh_all(now)
        else:
            self.order.announce_all()
        self.next_expiry = NEVER
        self._plan_expiry(self.slots.oldest_sent_at())

    # --- time -------------------------------------------------------------------------------

    def next_deadline(self) -> int:
        """When `pass_time` has something to do next, or NEVER."""
        deadline = min(self._wheel.next_deadline(), self.next_expiry)
        if isinstance(self.order, FifoOrder):
            deadline = min(deadline, self.order.next_deadline())
        return deadline

    def pass_time(self, now: int) -> bool:
        """What falls due until `now` happens.  True if a message has become visible.

        The outcome depends on the state and on `now` alone: passing to t1 and then to t2 is the
        same as passing to t2, which is what lets replay skip the ticks that changed nothing.
        """
        woken = False
        order: Any = self.order
        for slot in self._wheel.pop_due(now):
            flight = self.in_flight.pop(slot, None)
            if flight is not None:
                order.put_back(slot, flight.lane, now)
                woken = True
            elif slot in self._delayed:
                order.add(slot, self._delayed.pop(slot)[2], now)
                woken = True
        if isinstance(self.order, FifoOrder) and self.order.pass_time(now):
            woken = True
        if self.next_expiry <= now and self._expire(now):
            woken = True
        return woken

    def _plan_expiry(self, sent_at: int) -> None:
        """Retention is kept to the second: a message goes with the first full second at which its
        period is over, whenever somebody looks."""
        if sent_at != NEVER:
            due = -(-(sent_at + self.definition.retention_s * SECOND) // SECOND) * SECOND
            self.next_expiry = min(self.next_expiry, due)

    def _expire(self, now: int) -> bool:
        """True if a message in flight went: what it held up may be visible."""
        cutoff = now // SECOND * SECOND - self.definition.retention_s * SECOND
        expired = self.slots.sent_before(cutoff)
        freed = any(slot in self.in_flight for slot in expired)
        self.remove_all(expired, now)
        self.next_expiry = NEVER
        self._plan_expiry(self.slots.oldest_sent_at())
        return freed


def arrive_in_each(queues: list[Queue], position: int, now: int) -> None:
    """`arrive_plain` of one message in many queues."""
    slots = append_to_each([queue.slots for queue in queues], position, now)
    for queue, slot in zip(queues, slots, strict=True):
        if queue.born.first_slots:
            queue.origins.note(slot, None)
            queue.born.note(slot, None)
        order: Any = queue.order
        order.add_plain(slot)
        if queue.next_expiry == NEVER:
            queue._plan_expiry(now)
