"""The floor: what a durable, signed and encrypted SendMessage costs at the least.

The yardstick, and on top of it only the calls into C that no server in Python can leave out: the
hashes of a signature and of the message, the body decoded and sealed, the record encoded and
checksummed, one write and one sync a turn of the loop.  It checks nothing, keeps nothing and
answers a constant; its rate is a bound for ours on the same machine, and its share of the yardstick
says how far the goals can be reached there.
"""

import asyncio
import os
import tempfile
from hashlib import md5, sha256
from pathlib import Path

import google_crc32c
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tidegate.bench.load import Endpoint
from tidegate.bench.process import spawn
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.session import Session
from tidegate.bench.subject import Subject
from tidegate.bench.yardstick import ANSWER, Yardstick

_CONNECTIONS = (64,)
_LOG_BYTES = 64 * 1024 * 1024
"""Zeros that are written over and over, as blocks that are allocated sync quickest."""
_BLOCK = b"\0" * 64


class _SendMessage(msgspec.Struct):
    QueueUrl: str
    MessageBody: str


class Work:
    """What is done for each request, and for all of a turn."""

    def __init__(self, directory: Path) -> None:
        # It lasts as long as the process.
        self._file = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115
        self._file.write(bytes(_LOG_BYTES))
        os.fsync(self._file.fileno())
        self._position = 0
        self._gathered: list[bytes] = []
        self._waiting: list[asyncio.Transport] = []
        self._decode = msgspec.json.Decoder(_SendMessage).decode
        self._encode = msgspec.msgpack.Encoder().encode
        self._seal = AESGCM(bytes(32)).encrypt
        self._begun = sha256(_BLOCK)
        self._loop = asyncio.get_running_loop()

    def take(self, body: bytes, transport: asyncio.Transport) -> None:
        """One request; its answer leaves with the next sync."""
        digest = sha256(body).hexdigest().encode()
        # The canonical request, and the inner and outer hash of the HMAC.
        for _ in range(3):
            begun = self._begun.copy()
            begun.update(digest)
            digest = begun.hexdigest().encode()
        message = self._decode(body).MessageBody
        content_md5 = md5(message.encode(), usedforsecurity=False).hexdigest()
        sealed = self._seal(digest[:12], self._encode((message, content_md5)), digest)
        record = self._encode((1, 2, 3, digest, sealed))
        google_crc32c.value(record)
        self._gathered.append(record)
        self._waiting.append(transport)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        data = b"".join(self._gathered)
        if self._position + len(data) > _LOG_BYTES:
            self._position = 0
        os.pwrite(self._file.fileno(), data, self._position)
        self._position += len(data)
        os.fdatasync(self._file.fileno())
        for transport in self._waiting:
            transport.write(ANSWER)
        self._gathered.clear()
        self._waiting.clear()


class Floor(Yardstick):
    """One connection."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def on_message_complete(self) -> None:
        if self._transport is not None:
            self._work.take(b"".join(self._body), self._transport)


async def floor(session: Session) -> None:
    """One SendMessage is one unit; the target is the floor, not Tidegate."""
    assert session.options.data is not None
    arguments = ["tidegate.bench", "yardstick", "--port", "0"]
    server = await spawn("floor", [*arguments, "--floor", str(session.options.data)])
    try:
        subject = Subject("floor", Endpoint(server.endpoint), session.signer(), server)
        for count in session.options.connections or _CONNECTIONS:
            row, pairs = Row(f"floor/{count}", "message"), Pairs()
            for number in range(session.options.pairs):
                label = f"{row.name}, pair {number + 1} of {session.options.pairs}"
                url = f"{subject.url}/000000000000/{session.queue_name()}"
                run = await session.send(subject, url, count, label)
                await session.pair(pairs, run, count, label)
            pairs.fill(row)
            session.rows.append(row)
    finally:
        await server.kill()
