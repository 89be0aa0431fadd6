"""The data keys in use: one that seals for each queue, and those that open what was sealed.

Nothing here reads a clock: `now` is the caller's, in seconds of a clock that does not step.  A data
key that KMS gave
belongs to one caller, so that who may not use the KMS key finds no key that another got.  A KMS key
that was disabled or withdrawn stays in use until the reuse period of its data keys is over, unless
`forget_kms` is called.
"""

import os
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from struct import Struct
from struct import error as StructError
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from tidegate.kms.context import canonical_context, context_of
from tidegate.kms.envelope import DataKey, OpeningKey
from tidegate.kms.errors import Unsealable
from tidegate.kms.keyring import DomainKey
from tidegate.kms.secret import Secret

SSE_SQS_KIND: Final = 1
SSE_KMS_KIND: Final = 2
SALT_BYTES: Final = 16
CONTEXT_NAME: Final = "aws:sqs:arn"
"""What the encryption context of a queue is called (page "Amazon SQS Key management")."""
_DERIVED: Final = Struct(">BH16s")
_BY_KMS: Final = Struct(">BH")
_INFO: Final = b"tidegate sse-sqs data key 1"
_PURGE_S: Final = 60
"""How often, at most, those whose period is over are looked for."""

_Key = TypeVar("_Key", bound=OpeningKey)


class KeyService(Protocol):
    """KMS, as it is seen from here.  Its refusals pass through to whoever wants a data key.

    `request` is what the caller asks for, as it was handed to `sealing_kms` or `opening`; only KMS
    looks at it.
    """

    def generate(
        self, request: Any, key_id: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        """GenerateDataKey of 32 bytes: the plaintext and its ciphertext blob."""

    def decrypt(self, request: Any, blob: bytes, context: Mapping[str, str]) -> Secret:
        """Decrypt."""


class _Cached(NamedTuple, Generic[_Key]):
    key: _Key
    until: float
    by_kms: bool


class _Cache(Generic[_Key]):
    """Keys until an instant each, the least recently used ones dropped first."""

    __slots__ = ("_capacity", "_entries")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, _Cached[_Key]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: Hashable, now: float) -> _Key | None:
        entry = self._entries.get(name)
        if entry is None:
            return None
        if now >= entry.until:
            del self._entries[name]
            return None
        self._entries.move_to_end(name)
        return entry.key

    def put(self, name: Hashable, key: _Key, until: float, by_kms: bool) -> _Key:
        self._entries[name] = _Cached(key, until, by_kms)
        self._entries.move_to_end(name)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
        return key

    def purge(self, now: float) -> None:
        self._drop([name for name, entry in self._entries.items() if now >= entry.until])

    def drop_kms(self) -> None:
        self._drop([name for name, entry in self._entries.items() if entry.by_kms])

    def _drop(self, names: list[Hashable]) -> None:
        for name in names:
            del self._entries[name]


class DataKeys:
    """The data keys of one process."""

    __slots__ = ("_domain", "_kms", "_opening", "_purge_at", "_sealing")

    def __init__(self, domain: DomainKey, kms: KeyService, capacity: int = 4096) -> None:
        """`domain` is the domain key of SSE-SQS; `capacity` bounds each of the two caches."""
        self._domain = domain
        self._kms = kms
        self._sealing: _Cache[DataKey] = _Cache(capacity)
        self._opening: _Cache[OpeningKey] = _Cache(capacity)
        self._purge_at = 0.0

    # --- to seal --------------------------------------------------------------------------------

    def sealing_sqs(self, queue_arn: str, reuse_s: int, now: float) -> DataKey:
        """The data key that seals for a queue with SSE-SQS, until the instant that it says."""
        key = self._sealing.get(queue_arn, now)
        if key is None or now >= key.until:
            self._tidy(now)
            generation = self._domain.current
            reference = _DERIVED.pack(SSE_SQS_KIND, generation, os.urandom(SALT_BYTES))
            key = DataKey(self._derive(reference), reference)
            key.until = now + reuse_s
            self._sealing.put(queue_arn, key, key.until, by_kms=False)
        return key

    def sealing_kms(
        self,
        queue_arn: str,
        caller: Hashable,
        key_id: str,
        reuse_s: int,
        now: float,
        request: Any,
    ) -> DataKey:
        """The data key that seals what `caller` sends to a queue with SSE-KMS, until the instant
        that it says.

        The encryption context is the one that AWS documents for a queue.  KMS's refusals pass
        through.
        """
        name = (queue_arn, key_id, caller)
        key = self._sealing.get(name, now)
        if key is None or now >= key.until:
            self._tidy(now)
            context = {CONTEXT_NAME: queue_arn}
            plaintext, blob = self._kms.generate(request, key_id, context)
            canonical = canonical_context(context)
            reference = _BY_KMS.pack(SSE_KMS_KIND, len(canonical)) + canonical + blob
            key = DataKey(plaintext, reference)
            key.until = now + reuse_s
            self._sealing.put(name, key, key.until, by_kms=True)
        return key

    # --- to open --------------------------------------------------------------------------------

    def opening(
        self, reference: bytes, caller: Hashable, reuse_s: int, now: float, request: Any
    ) -> OpeningKey:
        """The key of a reference, for a caller who receives.

        Raises Unsealable for what is no reference; KMS's refusals pass through.
        """
        by_kms = reference[:1] == b"\x02"
        name = (reference, caller) if by_kms else reference
        key = self._opening.get(name, now)
        if key is None:
            self._tidy(now)
            secret = self._by_kms(reference, request) if by_kms else self._derive(reference)
            key = OpeningKey(secret)
            self._opening.put(name, key, now + reuse_s, by_kms)
        return key

    def _derive(self, reference: bytes) -> Secret:
        if len(reference) != _DERIVED.size:
            raise Unsealable("no reference of a data key")
        kind, generation, salt = _DERIVED.unpack(reference)
        if kind != SSE_SQS_KIND:
            raise Unsealable("no reference of a data key")
        try:
            return self._domain.derive(generation, _INFO, salt)
        except KeyError:
            raise Unsealable("sealed by a key that is not on the keyring") from None

    def _by_kms(self, reference: bytes, request: Any) -> Secret:
        try:
            _, context_bytes = _BY_KMS.unpack_from(reference)
            blob_at = _BY_KMS.size + context_bytes
            context = context_of(reference[_BY_KMS.size : blob_at])
        except (StructError, ValueError):
            raise Unsealable("no reference of a data key") from None
        return self._kms.decrypt(request, reference[blob_at:], context)

    # --- housekeeping ---------------------------------------------------------------------------

    def _tidy(self, now: float) -> None:
        """Drop the keys whose period is over, when a new one comes and a minute has passed."""
        if now >= self._purge_at:
            self._purge_at = now + _PURGE_S
            self._sealing.purge(now)
            self._opening.purge(now)

    def forget_kms(self) -> None:
        """Drop all data keys that KMS gave: the next use asks it again.  For whoever changes the
        state, the policy or the grants of a KMS key and wants it to matter at once."""
        self._sealing.drop_kms()
        self._opening.drop_kms()

    def __len__(self) -> int:
        return len(self._sealing) + len(self._opening)
