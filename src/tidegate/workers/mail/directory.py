"""The embedded default for mails: a directory of .eml files, for people and tests to look into."""

import asyncio
import os
import re
from pathlib import Path
from typing import Final

from tidegate.workers.mail.message import Mail
from tidegate.workers.outcome import Outcome, delivered, retryable

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9.@+-]")


class MailDirectory:
    """Puts each mail into a file of its own: `<message id>.<subscription>.<receiver>.eml`.

    A mail that is tried again takes the place of itself.  The oldest files go when there are more
    than `most_files`.
    """

    def __init__(self, path: Path, most_files: int) -> None:
        self._path = path
        self._most_files = most_files
        self._turn = asyncio.Lock()

    async def deliver(self, mail: Mail) -> Outcome:
        async with self._turn:
            try:
                await asyncio.to_thread(self._write, mail)
            except OSError as error:
                return retryable(f"the mail cannot be written: {error.strerror}")
        return delivered(f"written to {self._path}")

    async def close(self) -> None:
        """Nothing is open between two mails."""

    def _write(self, mail: Mail) -> None:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _NOT_IN_NAMES.sub("_", f"{mail.name}.{mail.recipient}")[:200]
        # Whoever looks on sees a mail whole, or not at all.
        part = self._path / f".{name}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(mail.content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path / f"{name}.eml")
        self._remove_oldest()

    def _remove_oldest(self) -> None:
        mails = list(self._path.glob("*.eml"))
        if len(mails) > self._most_files:
            mails.sort(key=_age_key)
            for mail in mails[: -self._most_files]:
                mail.unlink(missing_ok=True)


def _age_key(path: Path) -> int:
    """When a file was written; somebody else may have removed it."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
