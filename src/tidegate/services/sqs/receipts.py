"""Receipt handles: what a client must show to delete a message that it received.

A handle is the standard base64 (48 characters, no padding) of 36 bytes:

    0        version, 1
    1..8     uid of the queue         unsigned, big endian
    9..16    slot of the message      unsigned, big endian
    17..20   receive count            unsigned, big endian
    21..35   MAC, 15 bytes

Nobody without the key makes one, and the uid binds it to its queue; whether it is still good the
engine decides.  Handles outlive a restart as long as the key does.

The MACs of four neighbouring slots come from one hash.  BLAKE2b under the server's key, of the uid,
the receive count and slot / 4, gives 64 bytes, and slot mod 4 chooses the fifteen that are the MAC;
a keyed BLAKE2 is a pseudo-random function, so none of the four says anything of the others.  The
messages of a receive are mostly neighbours, and come back as neighbours to be deleted: the last
hash is kept, and a handle costs a quarter of one.
"""

import hashlib
from binascii import a2b_base64, b2a_base64
from hmac import compare_digest
from struct import Struct
from typing import Final

from tidegate.base.refusals import MissingRequiredParameterException, ReceiptHandleIsInvalid
from tidegate.engine.commands import Receipt, Refused
from tidegate.engine.messaging import HANDLE_PLACEHOLDER

_VERSION: Final = 1
_FIELDS: Final = Struct(">BQQI")
_BLOCK: Final = Struct(">QQI")
_FIELDS_BYTES: Final = 21
_MAC_BYTES: Final = 15
_NEIGHBOURS: Final = 4
_HANDLE_BYTES: Final = _FIELDS_BYTES + _MAC_BYTES


class Receipts:
    """Seals and opens receipt handles under one key of 16 to 64 bytes."""

    __slots__ = ("_block", "_hash", "_keyed")

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a receipt key needs at least 16 bytes")
        # A copy of a keyed state costs half of what keying costs.
        self._keyed = hashlib.blake2b(key=key, digest_size=_NEIGHBOURS * 16)
        self._block = (0, 0, 0)
        self._hash = self._hash_of(self._block)

    def _hash_of(self, block: tuple[int, int, int]) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(_BLOCK.pack(*block))
        return keyed.digest()

    def _mac(self, queue_uid: int, slot: int, receive_count: int) -> bytes:
        block = (queue_uid, slot >> 2, receive_count)
        if block != self._block:
            self._hash = self._hash_of(block)
            self._block = block
        start = (slot & 3) * 16
        return self._hash[start : start + _MAC_BYTES]

    def seal(self, receipt: Receipt) -> str:
        queue_uid, slot = receipt.queue_uid, receipt.slot
        receive_count = receipt.receive_count
        fields = _FIELDS.pack(_VERSION, queue_uid, slot, receive_count)
        mac = self._mac(queue_uid, slot, receive_count)
        return b2a_base64(fields + mac, newline=False).decode()

    def open(self, handle: str) -> Receipt:
        """What the handle says.  Raises ReceiptHandleIsInvalid for one that we never gave."""
        if not handle:
            raise MissingRequiredParameterException(
                "The request must contain the parameter ReceiptHandle."
            )
        try:
            sealed = a2b_base64(handle, strict_mode=True)
        except ValueError:
            raise invalid_handle(handle) from None
        if len(sealed) != _HANDLE_BYTES or sealed[0] != _VERSION:
            raise invalid_handle(handle)
        _, queue_uid, slot, receive_count = _FIELDS.unpack_from(sealed)
        mac = self._mac(queue_uid, slot, receive_count)
        if not compare_digest(mac, sealed[_FIELDS_BYTES:]):
            raise invalid_handle(handle)
        return Receipt(queue_uid, slot, receive_count)


def invalid_handle(handle: str) -> ReceiptHandleIsInvalid:
    return ReceiptHandleIsInvalid(
        f'The input receipt handle "{handle}" is not a valid receipt handle.'
    )


def refused_handle_text(refused: Refused, handle: str) -> str:
    """The engine's text with the handle in its place."""
    return refused.message.replace(HANDLE_PLACEHOLDER, handle)
