"""One change of one topic: what many operations on topics come down to."""

from collections.abc import Callable

from tidegate.base.call import Call
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.topics import Topic
from tidegate.runtime.definitions import Decision, Definitions

Change = Callable[[Topic, int], Topic]
"""change(topic, now in ms): pure.  Raises refusals."""


def change_topic(
    definitions: Definitions, call: Call, topic: Topic, change: Change, answer: object = None
) -> None:
    """Put the changed topic in its place, and answer once that is durable."""

    def decide(entities: Entities, now: int) -> Decision:
        changed = change(topic, now)
        return Decision(Changes(puts=() if changed == topic else (changed,)), answer)

    definitions.change(call, decide)
