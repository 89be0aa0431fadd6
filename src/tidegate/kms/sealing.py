"""Sealed bytes: a secret that only this server opens, and only as what it was sealed.

    0        version, 1
    1..2     generation of the domain key      unsigned, big endian
    3..14    nonce, random
    15..     ciphertext and tag (16 bytes) of AES-256-GCM

The key is derived from the domain key.  The three bytes before the nonce and the caller's
associated data (whose secret it is) are authenticated: sealed bytes that are put in another's place
do not open.
"""

import os
from struct import Struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tidegate.kms.errors import Unsealable
from tidegate.kms.keyring import DomainKey
from tidegate.kms.secret import Secret

OVERHEAD_BYTES: Final = 31
_VERSION: Final = 1
_HEAD: Final = Struct(">BH")
_NONCE_END: Final = _HEAD.size + 12
_INFO: Final = b"tidegate seal 1"


class Sealer:
    """Seals under the newest generation of a domain key, opens under each."""

    __slots__ = ("_ciphers", "_domain")

    def __init__(self, domain: DomainKey) -> None:
        self._domain = domain
        self._ciphers: dict[int, AESGCM] = {}

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        generation = self._domain.current
        head = _HEAD.pack(_VERSION, generation)
        nonce = os.urandom(12)
        cipher = self._cipher(generation)
        return head + nonce + cipher.encrypt(nonce, plaintext, head + associated_data)

    def open(self, sealed: bytes, associated_data: bytes) -> Secret:
        """What was sealed; raises Unsealable, whatever the bytes are."""
        if len(sealed) < OVERHEAD_BYTES:
            raise Unsealable("too short for sealed bytes")
        version, generation = _HEAD.unpack_from(sealed)
        if version != _VERSION:
            raise Unsealable("of a version that is not known")
        head, nonce = sealed[: _HEAD.size], sealed[_HEAD.size : _NONCE_END]
        cipher = self._cipher(generation)
        try:
            opened = cipher.decrypt(nonce, sealed[_NONCE_END:], head + associated_data)
        except InvalidTag:
            raise Unsealable("damaged, or sealed as something else") from None
        return Secret(opened)

    def _cipher(self, generation: int) -> AESGCM:
        cipher = self._ciphers.get(generation)
        if cipher is None:
            try:
                key = self._domain.derive(generation, _INFO)
            except KeyError:
                raise Unsealable("sealed by a key that is not on the keyring") from None
            cipher = self._ciphers[generation] = AESGCM(key.reveal())
        return cipher
