"""Aliases: names for keys, unique in an account and region."""

import re
from typing import Final

import msgspec

from tidegate.api.kms import (
    AliasListEntry,
    CreateAliasRequest,
    DeleteAliasRequest,
    ListAliasesRequest,
    ListAliasesResponse,
    UpdateAliasRequest,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import ALIASES_PER_KEY
from tidegate.base.refusals import (
    AlreadyExistsException,
    InvalidAliasNameException,
    LimitExceededException,
    ValidationException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.key_states import check_customer_managed, check_standing
from tidegate.catalog.keys import KmsAlias, KmsKey, alias_arn, key_scope
from tidegate.kms.specs import KEY_SPECS
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.kms.conditions import Conditions
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.managed import RESERVED
from tidegate.services.kms.metadata import seconds
from tidegate.services.kms.pages import page_of
from tidegate.services.kms.permissions import Permissions

_CHARACTERS: Final = re.compile(r"alias/[a-zA-Z0-9/_-]+")


class Aliases:
    """To make, move or delete an alias takes the permission on the alias and on its keys
    (developer guide, "Controlling access to aliases"): the gateway asks for the one on the key that
    a request names, or else on the alias, and the rest is asked for here."""

    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        permissions: Permissions,
        conditions: Conditions,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._permissions = permissions
        self._conditions = conditions

    def create(self, call: Call, request: CreateAliasRequest) -> None:
        name = request.AliasName
        check_name(name)
        key = self._lookup.own(call, request.TargetKeyId)
        self._require(call, "kms:CreateAlias", self.arn(call, request), request)

        def decide(entities: Entities, now: int) -> Decision:
            alias = KmsAlias(key.account, key.region, name, key.id, now, now)
            if entities.find(KmsAlias, alias.scope, name) is not None:
                raise AlreadyExistsException(f"An alias with the name {alias.arn} already exists")
            _check_target(entities, key)
            return Decision(Changes((alias,)))

        self._definitions.change(call, decide)

    def update(self, call: Call, request: UpdateAliasRequest) -> None:
        name = request.AliasName
        check_name(name)
        alias = self._lookup.alias(call.principal.account, call.region, name)
        key = self._lookup.own(call, request.TargetKeyId)
        old = self._lookup.own(call, alias.target)
        for arn in (alias.arn, old.arn):
            self._require(call, "kms:UpdateAlias", arn, request)

        def decide(entities: Entities, now: int) -> Decision:
            if key.id != old.id:
                _check_target(entities, key)
            _check_alike(old, key)
            moved = msgspec.structs.replace(alias, target=key.id, updated_at=now)
            return Decision(Changes((moved,)))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteAliasRequest) -> None:
        check_name(request.AliasName)
        alias = self._lookup.alias(call.principal.account, call.region, request.AliasName)
        key = self._lookup.own(call, alias.target)
        self._require(call, "kms:DeleteAlias", key.arn, request)
        self._definitions.change(
            call, lambda entities, now: Decision(Changes(removed=(name_of(alias),)))
        )

    def _require(self, call: Call, action: str, arn: str, request: object) -> None:
        context = self._conditions.of(call, request)
        self._permissions.require(call.principal, action, arn, context, lambda: False, call)

    def arn(self, call: Call, request: CreateAliasRequest | DeleteAliasRequest) -> str:
        """The ARN of the alias that a request names, whether or not it is there."""
        return alias_arn(call.principal.account, call.region, request.AliasName)

    def list(self, call: Call, request: ListAliasesRequest) -> None:
        account, region = call.principal.account, call.region
        target = None if request.KeyId is None else self._lookup.own(call, request.KeyId).id
        self._lookup.all_keys(account, region)
        standing = self._lookup.entities.all_of(KmsAlias, key_scope(account, region)).values()
        page = page_of(
            (alias for alias in standing if target is None or alias.target == target),
            lambda alias: alias.name,
            request.Limit,
            request.Marker,
            default=50,
            most=100,
        )
        answer = ListAliasesResponse(
            Aliases=[_entry(alias) for alias in page.entries],
            NextMarker=page.next_marker,
            Truncated=page.truncated,
        )
        self._definitions.tell(call, answer)


def check_name(name: str) -> None:
    """Raises ValidationException, InvalidAliasNameException."""
    if not name.startswith("alias/"):
        raise ValidationException(
            'Alias must start with the prefix "alias/". Please see '
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        )
    if name.startswith(RESERVED):
        raise InvalidAliasNameException(
            f"{name} is reserved: AWS's own aliases start with {RESERVED}"
        )
    if _CHARACTERS.fullmatch(name) is None:
        raise ValidationException(f"{name} contains invalid characters for an alias")


def _check_target(entities: Entities, key: KmsKey) -> None:
    check_customer_managed(key)
    check_standing(key)
    aliases = entities.all_of(KmsAlias, key.scope).values()
    if sum(alias.target == key.id for alias in aliases) >= ALIASES_PER_KEY:
        raise LimitExceededException(f"A key cannot have more than {ALIASES_PER_KEY} aliases.")


def _check_alike(old: KmsKey, new: KmsKey) -> None:
    """An alias stays with keys of one type and usage (API reference, UpdateAlias)."""
    if _type(old) != _type(new) or old.usage != new.usage:
        raise ValidationException(
            f"Alias cannot be changed from a {old.spec} key for {old.usage} to a {new.spec} key "
            f"for {new.usage}"
        )


def _type(key: KmsKey) -> str:
    spec = KEY_SPECS[key.spec]
    return "asymmetric" if spec.asymmetric else spec.family


def _entry(alias: KmsAlias) -> AliasListEntry:
    return AliasListEntry(
        AliasName=alias.name,
        AliasArn=alias.arn,
        TargetKeyId=alias.target,
        CreationDate=seconds(alias.created_at),
        LastUpdatedDate=seconds(alias.updated_at),
    )
