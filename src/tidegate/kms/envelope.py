"""Data keys: encryption at rest of messages, the hot path.

A sealed payload is

    0..11    nonce: 4 random bytes of the data key, 8 bytes that count its messages
    12..     ciphertext and tag (16 bytes) of AES-256-GCM

A data key counts, so no nonce repeats under it; it is one process's alone, and retires after 2**32
messages, and in a child that the process forks.  What opens a payload is the data key's reference,
which is kept beside it:

    SSE-SQS   0x01, generation of the domain key (2 bytes), salt (16 bytes)
    SSE-KMS   0x02, length of the canonical context (2 bytes), the context, ciphertext blob of KMS

The key of an SSE-SQS reference is derived from the domain key and the salt by HKDF with SHA-256:
every process opens it without asking anyone.  That of an SSE-KMS reference is what KMS decrypts
the blob to, in the context that the reference names.  No reference names the queue to which its
message belongs now: one that moves to another queue keeps its encryption, whatever that queue has
(AWS's page "Encryption at rest in Amazon SQS", Encryption scope).
"""

import os
import weakref
from struct import Struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tidegate.kms.errors import DataKeyRetired, Unsealable
from tidegate.kms.secret import Secret

OVERHEAD_BYTES: Final = 28
"""How much longer a sealed payload is than the payload."""
MESSAGES_PER_KEY: Final = 1 << 32
_SPARE: Final = 64
"""Messages that a data key still seals for whoever has just looked whether it may be used."""
NEVER: Final = float("inf")
_NONCE: Final = Struct(">4sQ")
_NONCE_BYTES: Final = 12
_LARGE: Final = 65_536
"""From here on a copy of the whole costs more than what it takes to avoid it."""


class OpeningKey:
    """Opens what the data key of one reference has sealed."""

    __slots__ = ("_decrypt",)

    def __init__(self, key: Secret) -> None:
        self._decrypt = AESGCM(key.reveal()).decrypt

    def open(self, sealed: bytes | bytearray | memoryview, associated_data: bytes) -> bytes:
        """The payload; raises Unsealable where it is damaged, or sealed as something else."""
        try:
            if len(sealed) < _LARGE:
                rest = sealed[_NONCE_BYTES:]
                return self._decrypt(sealed[:_NONCE_BYTES], rest, associated_data)
            view = memoryview(sealed)
            return self._decrypt(view[:_NONCE_BYTES], view[_NONCE_BYTES:], associated_data)
        except (InvalidTag, ValueError):  # A ValueError is for a nonce that is cut short.
            raise Unsealable("a sealed message is damaged or not in its place") from None


class DataKey(OpeningKey):
    """Seals the payloads of one process.

    The key must be fresh: two objects of one key would use the same nonces.
    """

    __slots__ = (
        "__weakref__",
        "_encrypt",
        "_encrypt_into",
        "_prefix",
        "_sealed",
        "reference",
        "until",
    )

    def __init__(self, key: Secret, reference: bytes) -> None:
        super().__init__(key)
        cipher = AESGCM(key.reveal())
        self._encrypt = cipher.encrypt
        self._encrypt_into = cipher.encrypt_into
        self._prefix = os.urandom(4)
        self._sealed = 0
        self.reference = reference
        """What is kept beside the sealed payloads, to find the key again."""
        self.until = NEVER
        """The instant (seconds) at which another key is to take its place; 0 when it is about to
        retire.  For whoever keeps it."""
        _LIVE.add(self)

    @property
    def retired(self) -> bool:
        return self._sealed >= MESSAGES_PER_KEY

    def seal(self, payload: bytes, associated_data: bytes) -> bytes | bytearray:
        """The sealed payload (a bytearray where it is large); raises DataKeyRetired."""
        count = self._sealed
        if count >= MESSAGES_PER_KEY - _SPARE:
            self.until = 0.0
            if count >= MESSAGES_PER_KEY:
                raise DataKeyRetired("a data key has sealed all it may")
        self._sealed = count + 1
        nonce = _NONCE.pack(self._prefix, count)
        if len(payload) < _LARGE:
            return nonce + self._encrypt(nonce, payload, associated_data)
        sealed = bytearray(len(payload) + OVERHEAD_BYTES)
        sealed[:_NONCE_BYTES] = nonce
        self._encrypt_into(nonce, payload, associated_data, memoryview(sealed)[_NONCE_BYTES:])
        return sealed

    def retire(self) -> None:
        """Have it seal nothing more; it still opens."""
        self._sealed = MESSAGES_PER_KEY
        self.until = 0.0


_LIVE: Final[weakref.WeakSet[DataKey]] = weakref.WeakSet()


def _retire_all() -> None:
    for key in list(_LIVE):
        key.retire()


# A child that a fork makes would count on from the same number, under the same key.
os.register_at_fork(after_in_child=_retire_all)
