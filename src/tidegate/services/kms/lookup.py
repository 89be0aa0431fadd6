"""Which key a client means: by its id, its ARN, an alias's name or an alias's ARN.

Source: developer guide, "Key identifiers (KeyId)".
"""

import re
from typing import Final, Literal

import msgspec

from tidegate.base.call import Call
from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidArnException,
    NotFoundException,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.key_times import is_gone
from tidegate.catalog.keys import KmsAlias, KmsKey, alias_arn, key_arn, key_scope
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.managed import ManagedKeys
from tidegate.services.kms.upkeep import Upkeep

_KEY_ID: Final = re.compile(r"(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):([0-9]{12}):(key|alias)/(.+)")


class Named(msgspec.Struct, frozen=True):
    """A key or alias that a client names."""

    kind: Literal["key", "alias"]
    account: str
    region: str
    name: str
    """A key's id, or an alias's name with its `alias/`."""

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def arn(self) -> str:
        made = key_arn if self.kind == "key" else alias_arn
        return made(self.account, self.region, self.name)


def read_key_id(text: str, account: str, region: str) -> Named:
    """What a KeyId names, for a caller of this account and region.

    Raises InvalidArnException, and NotFoundException for what is no identifier of a key.
    """
    if text.startswith("arn:"):
        return _read_arn(text, region)
    if text.startswith("alias/"):
        return Named("alias", account, region, text)
    if _KEY_ID.fullmatch(text) is None:
        raise NotFoundException(f"Invalid keyId '{text}'")
    return Named("key", account, region, text)


def _read_arn(text: str, region: str) -> Named:
    named = read_arn(text)
    if named is None:
        raise InvalidArnException(f"Invalid arn {text}")
    if named.region != region:
        raise InvalidArnException(f"Invalid arn {named.region}")
    return named


def read_arn(text: str) -> Named | None:
    """What an ARN names, in any region; None where it is not the ARN of a key or an alias."""
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    region, account, kind, name = found.groups()
    if kind == "alias":
        return Named("alias", account, region, f"alias/{name}")
    return Named("key", account, region, name)


class KeyLookup:
    """Finds keys as they are now: what is due for a key happens before it is found."""

    def __init__(self, definitions: Definitions, upkeep: Upkeep, managed: ManagedKeys) -> None:
        self._definitions = definitions
        self._upkeep = upkeep
        self._managed = managed

    @property
    def entities(self) -> Entities:
        return self._definitions.entities

    def any(self, call: Call, key_id: str) -> KmsKey:
        """The key that a caller may name in any way, also in another account.

        Raises NotFoundException, InvalidArnException.
        """
        return self.named(read_key_id(key_id, call.principal.account, call.region))

    def by_key_id(self, call: Call, key_id: str) -> KmsKey:
        """As `any`, but no alias will do."""
        named = read_key_id(key_id, call.principal.account, call.region)
        if named.kind == "alias":
            if key_id.startswith("arn:"):
                raise InvalidArnException(f"Invalid arn {key_id}")
            raise NotFoundException(f"Invalid keyId '{key_id}'")
        return self.named(named)

    def own(self, call: Call, key_id: str) -> KmsKey:
        """As `by_key_id`, in the caller's own account; raises AccessDeniedException too."""
        key = self.by_key_id(call, key_id)
        if key.account != call.principal.account:
            raise AccessDeniedException(
                f"User: {call.principal.arn} is not authorized to perform this operation on "
                f"resource: {key.arn} because the resource is in another account"
            )
        return key

    def described(self, call: Call, key_id: str) -> KmsKey:
        """As `any`; an AWS managed key of the caller's account that is not there yet is made."""
        named = read_key_id(key_id, call.principal.account, call.region)
        if named.account == call.principal.account:
            return self.for_service(named)
        return self.named(named)

    def described_arn(self, call: Call, key_id: str) -> str:
        """The ARN of what `described` finds.  It makes nothing, for nobody has decided yet that the
        caller may ask: of a key that would be made it is the ARN of any key."""
        named = read_key_id(key_id, call.principal.account, call.region)
        own = named.account == call.principal.account
        if own and self._managed.lacks(named.account, named.region, named.name):
            return key_arn(named.account, named.region, "*")
        return self.named(named).arn

    def for_service(self, named: Named) -> KmsKey:
        """As `named`, with an AWS managed key made if it is not there yet."""
        if named.kind == "alias":
            self._managed.ensure(named.account, named.region, named.name)
        return self.named(named)

    def named(self, named: Named) -> KmsKey:
        """Raises NotFoundException."""
        if named.kind == "alias":
            return self._behind_alias(named)
        key = self._standing(named.scope, named.name)
        if key is None:
            raise NotFoundException(f"Key '{named.arn}' does not exist")
        return key

    def _behind_alias(self, named: Named) -> KmsKey:
        alias = self.entities.find(KmsAlias, named.scope, named.name)
        # With its key an alias goes too.
        key = None if alias is None else self._standing(named.scope, alias.target)
        if key is None:
            raise NotFoundException(f"Alias {named.arn} is not found.")
        return key

    def _standing(self, scope: str, key_id: str) -> KmsKey | None:
        key = self.entities.find(KmsKey, scope, key_id)
        if key is None:
            return None
        self._upkeep.settle(key)
        key = self.entities.find(KmsKey, scope, key_id)
        if key is None or is_gone(key, self._definitions.now_ms()):
            return None
        return key

    def all_keys(self, account: str, region: str) -> list[KmsKey]:
        """The keys of an account in a region, in no particular order."""
        scope = key_scope(account, region)
        for key in list(self.entities.all_of(KmsKey, scope).values()):
            self._upkeep.settle(key)
        return list(self.entities.all_of(KmsKey, scope).values())

    def alias(self, account: str, region: str, name: str) -> KmsAlias:
        """An alias that stands; raises NotFoundException."""
        self.named(Named("alias", account, region, name))
        alias = self.entities.find(KmsAlias, key_scope(account, region), name)
        assert alias is not None, "the key behind it was found"
        return alias
