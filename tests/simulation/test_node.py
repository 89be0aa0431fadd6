"""The whole node from one seed: random clients, a disk that fails at any moment, and a ledger.

Each world lives several lives on one disk.  A life ends with a loss of power at some write, with a
kill, with a sync that fails, or in order; the next one begins with what the disk then holds.
Clients remember what they were told, and hold every answer and the whole disk against it.

`TIDEGATE_SIMULATION_SEEDS=1000` tries that many; a seed that failed once is kept in `KEPT`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from engine_harness import arn, check_soundness, live_slots
from simulated_node import START, SimulatedNode
from simulation.client import QUEUES, Administrator, Client
from simulation.ledger import DEAD, FAILING, FLUSH_MS, Ledger
from small_log import DIRECTORY, SMALL
from tidegate.engine import commands
from tidegate.engine.codec import decode_message
from tidegate.engine.queue import Queue
from tidegate.log.files.verify import verify_log
from tidegate.runtime.commits import SyncMode
from tidegate.runtime.housekeeping import HousekeepingOptions
from tidegate.testing.files import CrashableFiles
from tidegate.testing.loop import SimClock, SimLoop

SEEDS = int(os.environ.get("TIDEGATE_SIMULATION_SEEDS", "60"))
KEPT: list[int] = [115, 169, 257]
"""Seeds that found something."""

LONG_S = 300
"""Longer than any timeout or delay that clients ask for."""


class PowerLoss(BaseException):
    """Nothing catches it on its way out, as nothing survives a loss of power."""


class World:
    def __init__(self, seed: int) -> None:
        dice = self.dice = random.Random(seed)
        self.ledger = Ledger()
        self.now_ms = START
        self.created: set[str] = set()
        self.disk = CrashableFiles()
        self.clients: list[Client] = [
            Client(f"client{number}", dice.randrange(1 << 30), self.ledger)
            for number in range(dice.choice((2, 6, 12)))
        ]
        self.clients.append(Administrator("administrator", dice.randrange(1 << 30), self.ledger))
        self.mode: SyncMode = dice.choice(("inline", "thread", "auto"))
        self.slowest_flush_s = dice.choice((0.0001, 0.002, FLUSH_MS / 2200))
        self.mean_save_s = dice.choice((0.0001, 0.01, 1.0))
        self.mean_room_s = dice.choice((None, 0.001, 0.1))
        self.log_options = replace(
            SMALL,
            segment_bytes=dice.choice((8192, 12_288)),
            step_bytes=dice.choice((1024, 2048, 4096)),
            reserve_bytes=dice.choice((1024, 2048)),
        )
        if dice.random() < 0.5:
            self.disk.capacity_bytes = dice.randrange(80, 160) << 10
            floor_bytes = dice.choice((0, 8, 24)) << 10
            self.log_options = replace(self.log_options, floor_bytes=floor_bytes, retry_s=1.0)
        self.housekeeping = HousekeepingOptions(
            snapshot_records=dice.choice((20, 100, 400)),
            idle_snapshot_bytes=dice.choice((0, 4096)),
            clean_step_messages=dice.choice((1, 64)),
            clean_step_s=dice.choice((0.001, 0.1)),
        )

    def run(self) -> None:
        for _ in range(self.dice.randint(3, 6)):
            with self._power_may_fail():
                self._live()
        self._end()

    # --- one life ---------------------------------------------------------------------------

    @contextmanager
    def _power_may_fail(self) -> Iterator[None]:
        """At the first, the hundredth or the five hundredth change of the disk, or so."""
        disk, dice = self.disk, self.dice
        changes = int(dice.expovariate(1 / dice.choice((3, 100, 500, 1e9))))
        after: list[CrashableFiles] = []

        def count() -> None:
            nonlocal changes
            changes -= 1
            if changes == 0:
                after.append(disk.power_loss(dice.randrange(1 << 30)))
                raise PowerLoss

        disk.before_change = count
        try:
            yield
        except PowerLoss:
            self.disk = after[0]
        finally:
            for client in self.clients:
                client.die_with_node()

    def _open(self) -> SimulatedNode:
        loop = SimLoop()
        mean_room_s = self.mean_room_s
        node = SimulatedNode(
            self.disk,
            loop=loop,
            clock=SimClock(loop, self.now_ms),
            mode=self.mode,
            flush_s=lambda: self.dice.uniform(0, self.slowest_flush_s),
            save_s=lambda: self.dice.expovariate(1 / self.mean_save_s),
            room_s=None if mean_room_s is None else lambda: self.dice.expovariate(1 / mean_room_s),
            log_options=self.log_options,
            housekeeping=self.housekeeping,
        )
        self._audit(node)
        return node

    def _live(self) -> None:
        node = self._open()
        try:
            self._create_queues(node)
            node.housekeeper.start()
            for client in self.clients:
                client.start(node)
            node.loop.run_for(self.dice.expovariate(1 / self.dice.choice((2, 20, 60))))
            self._end_life(node)
        finally:
            self.now_ms = node.clock.now_ms() + self.dice.choice((0, 1, 3000, 30_000))

    def _end_life(self, node: SimulatedNode) -> None:
        how = self.dice.choice(("kill", "stop", "failed sync"))
        if how == "failed sync":
            self.disk.fail = self.dice.choice(("sync", "write"))
            node.loop.run_for(10)
            self.disk.fail = None
        if how == "stop":
            for client in self.clients:
                client.rest()
            node.stop()
            assert verify_log(DIRECTORY, self.disk).is_whole
        self.disk = self.disk.killed()

    def _create_queues(self, node: SimulatedNode) -> None:
        """Those that are not there; one whose making was acknowledged is."""
        for name, attributes in QUEUES.items():
            if arn(name) not in node.partition.state.by_arn:
                assert name not in self.created, "a queue is lost"
                call = node.call(commands.CreateQueue(arn(name), attributes, {}))
                node.loop.run_for(0.2)
                assert call.result is None
                self.created.add(name)

    # --- what must hold ---------------------------------------------------------------------

    def _audit(self, node: SimulatedNode) -> None:
        """The state and the disk say what the clients know."""
        now = node.clock.now_ms()
        state = node.partition.state
        state.pass_time(now)
        check_soundness(state)
        found: set[str] = set()
        for queue in state.queues.values():
            for slot in live_slots(queue):
                body = self._audit_message(node, queue, slot, now)
                assert body not in found, "a message is there twice"
                found.add(body)
        lost = [entry.body for entry in self.ledger.must_exist(now) if entry.body not in found]
        assert not lost, "what was acknowledged is lost"

    def _audit_message(self, node: SimulatedNode, queue: Queue, slot: int, now: int) -> str:
        message = decode_message(node.log.read(queue.slots.position(slot)))
        entry = self.ledger.entries[message.body]
        assert message == entry.message
        name = queue.arn.rpartition(":")[2]
        assert name == entry.queue or (name, entry.queue) == (DEAD, FAILING)
        assert entry.may_exist(now), "a message came back"
        self.ledger.check_count(entry, queue.slots.receive_count(slot))
        if entry.hidden_until > now:
            flight = queue.in_flight.get(slot)
            assert flight is not None, "a message in flight is no longer"
            assert flight.visible_at >= entry.hidden_until
        return message.body

    def _end(self) -> None:
        """Everything comes to rest: then the disk is small, and what is left can be had."""
        self.disk.before_change = _nothing
        self.disk.capacity_bytes = 1 << 40
        node = self._open()
        self._create_queues(node)
        node.housekeeper.start()
        node.loop.run_for(LONG_S)
        self._check_size(node)
        self._audit(node)
        left = {entry.body for entry in self.ledger.must_exist(node.clock.now_ms())}
        for name in reversed(QUEUES):  # Failing ones before the dead letters that they become.
            self._take_all(node, name, left)
        assert not left, "what was acknowledged cannot be received"
        for name in QUEUES:
            assert node.counts(name) == (0, 0, 0)
        node.loop.run_for(60)
        self._check_size(node)
        node.stop()
        assert verify_log(DIRECTORY, self.disk).is_whole

    def _take_all(self, node: SimulatedNode, name: str, left: set[str]) -> None:
        for _ in range(10_000):
            deliveries = node.receive(name, 10, visibility=600)
            self.ledger.received(name, deliveries, 600, node.clock.now_ms())
            if not deliveries:
                return
            for delivery in deliveries:
                assert delivery.message is not None
                left.discard(delivery.message.body)
                self.ledger.entries[delivery.message.body].gone = True
            node.delete(name, *deliveries)
        raise AssertionError("a queue that has no end")

    def _check_size(self, node: SimulatedNode) -> None:
        live = sum(node.partition.state.usage.live_bytes.values())
        size = sum(size for _, size in node.log.segments())
        assert size <= 2 * live + 3 * self.log_options.segment_bytes, (
            "the disk does not follow what lives"
        )


def _nothing() -> None:
    return None


@pytest.mark.parametrize("seed", [*KEPT, *range(SEEDS)])
def test_node(seed: int) -> None:
    world = World(seed)
    try:
        world.run()
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
