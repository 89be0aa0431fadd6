"""The keyring: the domain keys of a data directory, wrapped by its root key.

Everything that is sealed stands under a domain key, a random key of one purpose:

    identity   seals the secrets of access keys
    kms        seals the material of KMS keys, and import tokens
    sse-sqs    derives the data keys of queues with SSE-SQS
    sts        seals session tokens

A domain key has generations, numbered from 1: what is new is sealed under the newest, what is old
still opens under its own.  None of them seals anything itself: each use derives a key of its own
from it (`DomainKey.derive`).

The file `keyring` is JSON: {"format": 1, "root_key_id": hex, "keys": [{"purpose", "generation",
"wrapped"}, ...]}.  `wrapped` is the base64 of nonce, ciphertext and tag of AES-256-GCM under the
root key; format, purpose and generation are its associated data, so that no key passes for another.
Nothing in the file is a secret.  Whoever changes it (`rotation`) replaces it whole; a running
server holds the domain keys in memory, and takes those that are new (`Keyring.adopt`).
"""

import os
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tidegate.kms.errors import KeyringDamaged, KeyringMissing, RootKeyMissing, RootKeyWrong
from tidegate.kms.files import KeyFiles, OsKeyFiles
from tidegate.kms.root_key import KeyFile, RootKey, RootKeySource
from tidegate.kms.secret import Secret

FORMAT: Final = 1
KEYRING_NAME: Final = "keyring"
LOCK_NAME: Final = "keyring.lock"
ROOT_KEY_NAME: Final = "root.key"
DOMAIN_KEY_BYTES: Final = 32
MOST_GENERATIONS: Final = 65_535
"""Sealed bytes name the generation in two bytes."""

IDENTITY: Final = "identity"
KMS: Final = "kms"
SSE_SQS: Final = "sse-sqs"
STS: Final = "sts"
PURPOSES: Final = (IDENTITY, KMS, SSE_SQS, STS)

_LOST: Final = (
    "The secrets of access keys, the KMS keys, sessions, and the messages of encrypted queues in "
    "this data directory are sealed with it, and nobody can recover them without it."
)


class WrappedKey(msgspec.Struct, frozen=True):
    """A generation of a domain key as the file has it."""

    purpose: str
    generation: int
    wrapped: bytes


class KeyringFile(msgspec.Struct, frozen=True):
    """The whole file."""

    format: int
    root_key_id: str
    keys: tuple[WrappedKey, ...]


class DomainKey:
    """The generations of one purpose's key; grows in place when the keyring does."""

    __slots__ = ("_generations", "current", "purpose")

    def __init__(self, purpose: str, generations: Mapping[int, Secret]) -> None:
        self.purpose = purpose
        self._generations = dict(generations)
        self.current = max(self._generations)
        """The generation that seals what is new."""

    @property
    def generations(self) -> Mapping[int, Secret]:
        return self._generations

    def agrees_with(self, other: "DomainKey") -> bool:
        """Whether the generations that both have are the same keys."""
        shared = self._generations.keys() & other._generations.keys()
        return all(self._generations[each] == other._generations[each] for each in shared)

    def adopt(self, newer: "DomainKey") -> None:
        """Take the generations that `newer` has besides."""
        self._generations.update(newer._generations)
        self.current = max(self._generations)

    def derive(self, generation: int, info: bytes, salt: bytes | None = None) -> Secret:
        """A key of 32 bytes for one use, by HKDF with SHA-256 (RFC 5869); raises KeyError for a
        generation that this key does not have."""
        derivation = HKDF(SHA256(), 32, salt, info)
        return Secret(derivation.derive(self._generations[generation].reveal()))

    def __repr__(self) -> str:
        return f"DomainKey({self.purpose!r}, generations={len(self._generations)})"


class Keyring:
    """The domain keys in memory, by their purpose."""

    __slots__ = ("_domains", "root_key_id")

    def __init__(self, root_key_id: str, domains: Iterable[DomainKey]) -> None:
        self.root_key_id = root_key_id
        self._domains = {domain.purpose: domain for domain in domains}

    def domain(self, purpose: str) -> DomainKey:
        return self._domains[purpose]

    def adopt(self, newer: "Keyring") -> bool:
        """Take what `newer`, the same keyring read again, has besides, and tell whether it has
        anything; whoever holds a domain key of this one has its new generations at once.

        Raises KeyringDamaged, and takes nothing, where the two do not agree on what they share:
        with the keys of another directory nothing that was sealed here would open.
        """
        pairs = [(domain, newer.domain(purpose)) for purpose, domain in self._domains.items()]
        if not all(domain.agrees_with(other) for domain, other in pairs):
            raise KeyringDamaged("The keyring is not the one that this server has opened.")
        before = [domain.current for domain, _ in pairs]
        for domain, other in pairs:
            domain.adopt(other)
        self.root_key_id = newer.root_key_id
        return [domain.current for domain, _ in pairs] != before

    def __repr__(self) -> str:
        return f"Keyring(root_key_id={self.root_key_id!r})"


def open_keyring(
    directory: str, source: RootKeySource, *, create: bool, files: KeyFiles | None = None
) -> Keyring:
    """The keyring of a data directory.

    With `create` (nothing in the directory is sealed yet) a root key file and a keyring are made
    where there are none; without it a missing one is an error.  Raises KeysUnusable, OSError.
    """
    files = files or OsKeyFiles()
    with files.alone(os.path.join(directory, LOCK_NAME)):
        stored = read_keyring_file(directory, files)
        if stored is not None:
            root_key = root_key_of(directory, stored, source)
            return unwrap_keyring(stored, root_key)
        if not create:
            raise lost_keyring(directory)
        root_key = _root_key_of_a_new_directory(source)
        domains = [DomainKey(purpose, {1: new_domain_secret()}) for purpose in PURPOSES]
        write_keyring_file(directory, wrap_keyring(domains, root_key), files)
        return Keyring(root_key.id, domains)


def lost_keyring(directory: str) -> KeyringMissing:
    """What to tell of a directory that had a keyring."""
    return KeyringMissing(
        f"The keyring {_path(directory)} is missing. {_LOST} Put it back from a backup of the "
        "directory."
    )


def new_domain_secret() -> Secret:
    return Secret(os.urandom(DOMAIN_KEY_BYTES))


def _root_key_of_a_new_directory(source: RootKeySource) -> RootKey:
    try:
        return source.read()[0]
    except RootKeyMissing:
        if not isinstance(source, KeyFile):
            raise
    root_key = RootKey.random()
    source.write(root_key)
    return root_key


def root_key_of(directory: str, stored: KeyringFile, source: RootKeySource) -> RootKey:
    """The key of the source that wraps the stored keyring; raises KeysUnusable."""
    try:
        keys = source.read()
    except RootKeyMissing as missing:
        raise RootKeyMissing(
            f"{missing} It must give the root key {stored.root_key_id} of {directory}. {_LOST}"
        ) from None
    for key in keys:
        if key.id == stored.root_key_id:
            return key
    raise RootKeyWrong(
        f"{source.name} gives the root key {keys[0].id}, but {_path(directory)} is wrapped by "
        f"{stored.root_key_id}. {_LOST} Give that one; if it is lost, only a new data directory "
        "can be served."
    )


def wrap_keyring(domains: Iterable[DomainKey], root_key: RootKey) -> KeyringFile:
    keys = [
        WrappedKey(
            domain.purpose,
            generation,
            root_key.wrap(secret.reveal(), _associated(domain.purpose, generation)),
        )
        for domain in domains
        for generation, secret in sorted(domain.generations.items())
    ]
    return KeyringFile(FORMAT, root_key.id, tuple(keys))


def unwrap_keyring(stored: KeyringFile, root_key: RootKey) -> Keyring:
    """The keyring in memory; raises KeyringDamaged."""
    found: dict[str, dict[int, Secret]] = {}
    for key in stored.keys:
        secret = root_key.unwrap(key.wrapped, _associated(key.purpose, key.generation))
        found.setdefault(key.purpose, {})[key.generation] = secret
    missing = [purpose for purpose in PURPOSES if purpose not in found]
    if missing:
        raise KeyringDamaged(f"The keyring has no key of the purpose {missing[0]}.")
    return Keyring(root_key.id, [DomainKey(purpose, keys) for purpose, keys in found.items()])


def _associated(purpose: str, generation: int) -> bytes:
    return b"tidegate keyring %d %d " % (FORMAT, generation) + purpose.encode()


def read_keyring_file(directory: str, files: KeyFiles) -> KeyringFile | None:
    """The stored keyring, None where there is none; raises KeyringDamaged."""
    path = _path(directory)
    try:
        stored = msgspec.json.decode(files.read(path), type=KeyringFile)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise KeyringDamaged(f"{path} is damaged: {error}. {_LOST}") from None
    if stored.format != FORMAT:
        raise KeyringDamaged(f"{path} has format {stored.format}, this server reads {FORMAT}.")
    return stored


def write_keyring_file(directory: str, stored: KeyringFile, files: KeyFiles) -> None:
    content = msgspec.json.format(msgspec.json.encode(stored)) + b"\n"
    files.replace(_path(directory), content)


def _path(directory: str) -> str:
    return os.path.join(directory, KEYRING_NAME)
