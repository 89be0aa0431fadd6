"""Changing entities: what these commands decide.

What a change must fulfil, its service decides on the entities as they stand; that nothing has
changed meanwhile is decided here, by their version.
"""

from typing import Final

from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import name_of
from tidegate.engine import commands, records
from tidegate.engine.commands import STALE
from tidegate.engine.ledger import Ledger
from tidegate.engine.state import NOTES

_SHARE: Final = 0.5
"""How much of the reserve changes may spend; the rest is left to deletes."""


def change_entities(ledger: Ledger, command: commands.ChangeEntities) -> int:
    entities, now = ledger.state.entities, ledger.state.now
    if command.version != entities.version:
        return STALE
    if command.puts or command.removed:
        ledger.write(
            records.EntitiesChanged(now, entities.version + 1, command.puts, command.removed),
            spends_reserve=_may_spend(entities, command),
        )
    return entities.version


def _may_spend(entities: Entities, command: commands.ChangeEntities) -> float:
    """How much of the reserve a change may spend.

    What only removes makes room.  What leaves no more entities than there were must be possible on
    a full disk as well, for it may take permissions away; but nobody waits for notes.
    """
    if not command.puts:
        return 1
    if all(isinstance(put, NOTES) for put in command.puts):
        return 0
    added = sum(not entities.has(name_of(put)) for put in command.puts)
    gone = sum(map(entities.has, command.removed))
    return _SHARE if added <= gone else 0


def observe(ledger: Ledger, command: commands.Observe) -> None:
    """Nothing changes."""
