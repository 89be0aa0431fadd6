"""The keyring while the server runs: what somebody adds to it is taken.

`tidegate keyring rotate --domain-keys` replaces the file, whole.  That is seen within a second; the
file is read again in a thread, for the root key may come from a command that takes its time; and
what is sealed from then on stands under the new keys.
"""

import asyncio
import logging
import os
from concurrent.futures import Executor, Future
from typing import Final

from tidegate.kms.errors import KeysUnusable
from tidegate.kms.keyring import KEYRING_NAME, Keyring, open_keyring
from tidegate.kms.root_key import RootKeySource

logger = logging.getLogger(__name__)

_PERIOD_S: Final = 1.0


class KeyringWatch:
    """Has a keyring in memory follow its file.

    A file that cannot be read again, because its root key is one that the settings do not give say,
    is told in the log, once, and changes nothing: the server has all keys that it needs.
    """

    def __init__(
        self,
        directory: str,
        source: RootKeySource,
        keyring: Keyring,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
    ) -> None:
        """`keyring` is what was read just now."""
        self._directory = directory
        self._source = source
        self._keyring = keyring
        self._loop = loop
        self._executor = executor
        self._seen = self._look_at_file()
        self._reading = False
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._timer = self._loop.call_later(_PERIOD_S, self._look)

    def stop(self) -> None:
        """Take nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.start()
        found = self._look_at_file()
        if found == self._seen or self._reading:
            return
        # What changes from here on, even while it is read, is a change again.
        self._seen = found
        self._reading = True
        future = self._executor.submit(open_keyring, self._directory, self._source, create=False)
        future.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._take, done))

    def _take(self, done: "Future[Keyring]") -> None:
        self._reading = False
        if self._timer is None:
            return
        try:
            has_new_keys = self._keyring.adopt(done.result())
        except (KeysUnusable, OSError) as error:
            logger.error("the server goes on with the keyring from before: %s", error)
            return
        if has_new_keys:
            logger.info("the keyring has new keys: what is sealed from now on stands under them")

    def _look_at_file(self) -> tuple[int, ...]:
        """Changes whenever the file does; empty where there is none."""
        try:
            found = os.stat(os.path.join(self._directory, KEYRING_NAME))
        except OSError:
            return ()
        return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
