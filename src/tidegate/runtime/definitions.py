"""Definitions, as the services see them: to be read at once, and changed by a command.

A service decides on what stands (`Entities`), and its decision is carried out only if the same
still stands where the log is; otherwise the client is told to try again, as every SDK does.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from tidegate.base.refusals import Fault
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine.commands import STALE, ChangeEntities, Observe
from tidegate.runtime.node import Node


class Decision(msgspec.Struct, frozen=True):
    """What is to change, and what to answer once it has."""

    changes: Changes
    answer: Any = None
    """An output shape; None for an operation that has none."""


Decide = Callable[[Entities, int], Decision]
"""decide(entities, now_ms): pure.  Raises Refusals."""


class Standing(Protocol):
    """What stands, by its version."""

    definitions_version: int


class Definitions:
    """Reads are of the state in memory; `change` and `tell` answer when that is durable."""

    def __init__(self, node: Node, now_ms: Callable[[], int]) -> None:
        self._node = node
        self._state = node.partition.state
        self.standing: Standing = self._state
        """Tells whether an entity or a queue's definition has changed."""
        self.now_ms = now_ms
        """The wall clock, in integer milliseconds."""
        self._watchers: list[Callable[[Changes], None]] = []

    def watch(self, changed: Callable[[Changes], None]) -> None:
        """Have `changed` called after a change was handed to the log, which may have refused it."""
        self._watchers.append(changed)

    @property
    def entities(self) -> Entities:
        return self._state.entities

    def queue(self, arn: str) -> QueueDefinition | None:
        """The definition of the queue, None where there is none."""
        queue = self._state.by_arn.get(arn)
        return None if queue is None else queue.definition

    def redrive_sources(self, arn: str) -> list[str]:
        """ARNs of the queues whose dead letters go to the queue, and of those whose dead letters it
        has; a move task without a destination takes them back there."""
        queue = self._state.by_arn.get(arn)
        found = {
            each
            for each, source in self._state.by_arn.items()
            if source.definition.redrive_target == arn
        }
        if queue is not None:
            found |= {origin for _, origin in queue.origins.dump() if origin is not None}
        return sorted(found)

    def tell(self, call: Any, answer: Any) -> None:
        """Answer with what was read just now."""
        self._node.submit(call, Observe(), lambda _call, _result: answer)

    def change(self, call: Any, decide: Decide) -> None:
        """Carry out a decision and answer; raises what `decide` raises."""
        version = self.entities.version
        decision = decide(self.entities, self.now_ms())
        changes = decision.changes
        if not changes.puts and not changes.removed:
            self.tell(call, decision.answer)
            return

        def finish(_call: Any, result: int) -> Any:
            if result == STALE:
                raise Fault("The definitions are changing; try again.")
            return decision.answer

        command = ChangeEntities(version, list(changes.puts), list(changes.removed))  # type: ignore[arg-type]
        self._node.submit(call, command, finish)
        self._say(changes)

    def note(self, changes: Changes) -> None:
        """Change what nobody waits for, such as when a key was last used."""
        command = ChangeEntities(self.entities.version, list(changes.puts), list(changes.removed))  # type: ignore[arg-type]
        self._node.run_unasked(command)
        self._say(changes)

    def _say(self, changes: Changes) -> None:
        for changed in self._watchers:
            changed(changes)
