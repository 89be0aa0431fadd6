"""Does to keys what is due: a key is looked after when it is asked for, and all of them when the
server has a moment, so that the material of a deleted key does not outlive its day by much."""

from tidegate.catalog.entities import Changes
from tidegate.catalog.key_states import SYMMETRIC
from tidegate.catalog.key_times import (
    due_at,
    is_gone,
    is_rotation_due,
    names_with,
    rotated,
    without_expired,
)
from tidegate.catalog.keys import KmsKey
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.materials import Materials, next_material_number


class Upkeep:
    def __init__(self, definitions: Definitions, materials: Materials) -> None:
        self._definitions = definitions
        self._materials = materials

    def settle(self, key: KmsKey) -> None:
        """Have happen what is due for the key."""
        now = self._definitions.now_ms()
        due = due_at(key)
        if due is None or due > now:
            return
        if is_gone(key, now):
            gone = names_with(self._definitions.entities, key)
            self._definitions.note(Changes(removed=gone))
            return
        key = without_expired(key, now)
        if is_rotation_due(key, now):
            secret = self._materials.generate(SYMMETRIC)
            number = next_material_number(key)
            key = rotated(key, self._materials.sealed(key.arn, number, secret, now), now)
        self._definitions.note(Changes(puts=(key,)))

    def run(self) -> int | None:
        """Have happen what is due for any key; answers when the next thing is due (ms), None for
        never."""
        for key in self._keys():
            self.settle(key)
        return min((due for key in self._keys() if (due := due_at(key)) is not None), default=None)

    def _keys(self) -> list[KmsKey]:
        entities = self._definitions.entities
        return [
            key
            for scope in entities.scopes(KmsKey)
            for key in entities.all_of(KmsKey, scope).values()
        ]
