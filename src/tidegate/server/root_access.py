"""The access key of an account's root: made at the first start of a server that others can reach,
and by `tidegate root-key` for one that has lost its own.  It is shown once; only its seal is kept.
"""

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from tidegate.base import iam_limits
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.identities import AccessKey, AccessKeyUse, AccountSettings
from tidegate.engine.codec import encode_record
from tidegate.engine.commands import ChangeEntities
from tidegate.engine.partition import Partition
from tidegate.server.keyring import open_data_keyring
from tidegate.server.seals import Seals
from tidegate.server.settings import Settings
from tidegate.server.storage import open_storage
from tidegate.services.iam.ids import Ids

Seal = Callable[[bytes, bytes], bytes]


class RootAccess(NamedTuple):
    """A new key, as it is shown this once."""

    account: str
    access_key: str
    secret_key: str

    def __repr__(self) -> str:
        return f"RootAccess({self.account!r}, {self.access_key!r})"


class TooManyRootKeys(Exception):
    """The root has as many access keys as it may."""


def is_unreachable(settings: Settings, entities: Entities) -> bool:
    """Whether nobody has a key to this server yet: not in its settings, and no root of its own."""
    if settings.development_keys or settings.credentials:
        return False
    return not any(key.user is None for key in entities.all_of(AccessKey, "").values())


def new_root_access(
    entities: Entities, account: str, seal: Seal, now_ms: int, *, replace: bool
) -> tuple[Changes, RootAccess]:
    """A key for the root of `account`, with `replace` in the place of those that it has.

    Raises TooManyRootKeys.
    """
    ids = Ids(os.urandom)
    access = RootAccess(account, ids.access_key(), ids.secret())
    settings = entities.find(AccountSettings, account, "") or AccountSettings(account)
    removed: list[EntityName] = []
    kept = settings.root_keys
    if replace:
        keys = (entities.find(AccessKey, "", id_) for id_ in kept)
        removed = [name_of(key) for key in keys if key is not None]
        removed += [EntityName(AccessKeyUse.__name__, "", id_) for id_ in kept]
        kept = ()
    if len(kept) >= iam_limits.ACCESS_KEYS:
        raise TooManyRootKeys
    sealed = seal(access.secret_key.encode(), access.access_key.encode())
    key = AccessKey(access.access_key, account, None, now_ms, sealed)
    changed = msgspec.structs.replace(settings, root_keys=(*kept, access.access_key))
    return Changes(puts=(key, changed), removed=tuple(removed)), access


def make_root_access(settings: Settings, account: str, *, replace: bool) -> RootAccess:
    """Make a key on the data directory of a stopped server.

    Raises TooManyRootKeys, and what opening the directory, its log and its keys raises.
    """
    storage = open_storage(settings.data, settings.segment_size_bytes)
    try:
        seals = Seals(open_data_keyring(settings, storage.directory))
        log = storage.log

        def journal(record: Any, spends_reserve: float) -> int:
            return log.append(encode_record(record), spends_reserve=spends_reserve)

        partition = Partition(journal, storage.recovered.state)
        entities = partition.state.entities
        now_ms = int(time.time() * 1000)
        changes, access = new_root_access(
            entities, account, seals.secrets.seal, now_ms, replace=replace
        )
        command = ChangeEntities(entities.version, list(changes.puts), list(changes.removed))  # type: ignore[arg-type]
        partition.execute(command, now_ms)
        log.begin_flush()
        log.finish_flush()
    finally:
        storage.close()
    return access
