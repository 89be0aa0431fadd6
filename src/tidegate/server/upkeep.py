"""What the server notes and looks after by itself, now and then."""

import asyncio
from collections.abc import Callable
from typing import Final

from tidegate.auth.authenticator import Authenticator
from tidegate.catalog.entities import Changes
from tidegate.runtime.definitions import Definitions

_USES_S: Final = 1.0
"""How soon after the first one the uses of access keys are noted."""
_LONGEST_S: Final = 3600.0


class Upkeep:
    """Notes when access keys and roles were used, and does to KMS keys what is due."""

    def __init__(
        self,
        definitions: Definitions,
        authenticator: Authenticator,
        loop: asyncio.AbstractEventLoop,
        settle_keys: Callable[[], int | None],
    ) -> None:
        """`settle_keys` answers when it is to be called again, in ms since 1970; None for never."""
        self._definitions = definitions
        self._authenticator = authenticator
        self._loop = loop
        self._settle_keys = settle_keys
        self._uses: asyncio.TimerHandle | None = None
        self._keys: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._authenticator.on_use = self._plan_uses
        self._plan_uses()
        self._look_after_keys()

    def stop(self) -> None:
        """Note the last uses, and nothing more."""
        self._authenticator.on_use = None
        for timer in (self._uses, self._keys):
            if timer is not None:
                timer.cancel()
        self._note_uses()

    def _plan_uses(self) -> None:
        if self._uses is None:
            self._uses = self._loop.call_later(_USES_S, self._note_uses)

    def _note_uses(self) -> None:
        self._uses = None
        uses = self._authenticator.take_uses()
        if uses:
            self._definitions.note(Changes(puts=tuple(uses)))

    def _look_after_keys(self) -> None:
        due = self._settle_keys()
        # A key that gets something due meanwhile is looked after when it is asked for; this is for
        # those that nobody asks for.
        wait_s = _LONGEST_S
        if due is not None:
            wait_s = min(max((due - self._definitions.now_ms()) / 1000, 1.0), _LONGEST_S)
        self._keys = self._loop.call_later(wait_s, self._look_after_keys)
