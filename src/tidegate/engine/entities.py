"""Changing entities: what these commands decide.

What a change must fulfil, its service decides on the entities as they stand; that nothing has
changed meanwhile is decided here, by their version.
"""

from tidegate.engine import commands, records
from tidegate.engine.commands import STALE
from tidegate.engine.ledger import Ledger


def change_entities(ledger: Ledger, command: commands.ChangeEntities) -> int:
    entities, now = ledger.state.entities, ledger.state.now
    if command.version != entities.version:
        return STALE
    if command.puts or command.removed:
        ledger.write(
            records.EntitiesChanged(now, entities.version + 1, command.puts, command.removed),
            spends_reserve=not command.puts,
        )
    return entities.version


def observe(ledger: Ledger, command: commands.Observe) -> None:
    """Nothing changes."""
