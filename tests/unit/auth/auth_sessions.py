"""What tests of sessions share: a seal without a keyring, and entities to have sessions of."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import Entity, EntityName
from tidegate.catalog.identities import AccessKey, Role, User

ACCOUNT = "111122223333"
TRUST = '{"Version":"2012-10-17","Statement":[]}'


class FakeSeals:
    """AES-GCM under one random key."""

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, plaintext, associated_data)

    def open(self, sealed: bytes, associated_data: bytes) -> bytes | None:
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], associated_data)
        except (InvalidTag, ValueError):
            return None


def role(name: str = "Worker", role_id: str = "AROA1", **fields: object) -> Role:
    return Role(ACCOUNT, name, "/service/", role_id, 0, TRUST, **fields)  # type: ignore[arg-type]


def user(name: str = "Ann", user_id: str = "AIDA1", **fields: object) -> User:
    return User(ACCOUNT, name, "/staff/", user_id, 0, **fields)  # type: ignore[arg-type]


def key(
    seals: FakeSeals, secret: str, *, key_id: str = "AKIA1", of: str | None = "Ann"
) -> AccessKey:
    return AccessKey(key_id, ACCOUNT, of, 0, seals.seal(secret.encode(), key_id.encode()))


def put(entities: Entities, *puts: Entity) -> None:
    entities.apply(entities.version + 1, puts, ())


def remove(entities: Entities, entity: Entity) -> None:
    name = EntityName(type(entity).__name__, entity.scope, entity.key)
    entities.apply(entities.version + 1, (), (name,))
