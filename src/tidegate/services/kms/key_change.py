"""One change of one key: what most operations on keys come down to."""

from collections.abc import Callable
from typing import Any

from tidegate.base.call import Call
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.keys import KmsKey
from tidegate.runtime.definitions import Decision, Definitions


def change_key(
    definitions: Definitions,
    call: Call,
    key: KmsKey,
    change: Callable[[KmsKey, int], KmsKey],
    answer: Callable[[KmsKey], Any] | None = None,
) -> None:
    """Put change(key, now in ms) in the place of a key, and answer once that is durable.

    `change` is pure, and raises refusals.
    """

    def decide(entities: Entities, now: int) -> Decision:
        current = entities.find(KmsKey, key.scope, key.id)
        assert current is not None, "it was found in this very turn"
        changed = change(current, now)
        puts = () if changed == current else (changed,)
        return Decision(Changes(puts=puts), answer(changed) if answer else None)

    definitions.change(call, decide)
