"""The embedded default for SMS: a file of JSON lines, for people and tests to look into."""

import asyncio
import json
import os
from pathlib import Path
from typing import Final

from tidegate.workers.outcome import Outcome, delivered, retryable
from tidegate.workers.sms.text_message import TextMessage

NAME: Final = "messages.jsonl"
MOST_BYTES: Final = 8 * 1024 * 1024
"""At which the file becomes `messages.jsonl.1`, in the place of the one before."""


class SmsRecorder:
    """Appends each SMS to a file, and sends it to nobody."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._turn = asyncio.Lock()

    async def deliver(self, message: TextMessage) -> Outcome:
        line = json.dumps(
            {
                "message_id": message.message_id,
                "phone": message.phone,
                "message": message.text,
                "sender": message.sender,
                "type": message.type,
                "parts": message.parts,
            },
            ensure_ascii=False,
        )
        async with self._turn:
            try:
                await asyncio.to_thread(self._append, f"{line}\n".encode())
            except OSError as error:
                return retryable(f"the SMS cannot be recorded: {error.strerror}")
        return delivered(f"recorded in {self._folder / NAME}")

    async def close(self) -> None:
        """Nothing is open between two messages."""

    def _append(self, line: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / NAME
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(handle)
            size = os.fstat(handle).st_size
        if size >= self._most_bytes:
            path.replace(path.with_name(f"{NAME}.1"))
