"""Grants: made, listed, retired and revoked."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from tidegate.api.kms import (
    CreateGrantRequest,
    CreateGrantResponse,
    GrantConstraints,
    GrantListEntry,
    ListGrantsRequest,
    ListGrantsResponse,
    ListRetirableGrantsRequest,
    RetireGrantRequest,
    RevokeGrantRequest,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import GRANT_CONTEXT_CHARACTERS, GRANT_CONTEXT_PAIRS, GRANTS_PER_KEY
from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidArnException,
    LimitExceededException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.grants import (
    granted_to,
    grants_of,
    may_retire,
    operations_of,
    retirable_by,
    same_grant,
    with_ids,
)
from tidegate.catalog.identities import root_arn
from tidegate.catalog.key_states import SYMMETRIC, check_customer_managed, check_enabled
from tidegate.catalog.keys import KmsGrant, KmsKey, key_arn, key_scope
from tidegate.catalog.named_principals import arns_now, find_principal
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.kms.conditions import Conditions
from tidegate.services.kms.dry_runs import stop_dry_run
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.lookup import KeyLookup, Named
from tidegate.services.kms.metadata import seconds
from tidegate.services.kms.pages import Page, page_of
from tidegate.services.kms.permissions import Permissions

_PRINCIPAL: Final = re.compile(
    r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:root|(?:user|role)/.+)"
    r"|arn:aws[a-z-]*:sts::[0-9]{12}:(?:assumed-role/[^/]+/.+|federated-user/.+)"
)
_OF_IAM: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:user|role)/.+")
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")


class Grants:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        tokens: GrantTokens,
        permissions: Permissions,
        conditions: Conditions,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._tokens = tokens
        self._permissions = permissions
        self._conditions = conditions

    # --- Making ----------------------------------------------------------------------------------

    def create(self, call: Call, request: CreateGrantRequest) -> None:
        key = self._lookup.by_key_id(call, request.KeyId)
        check_enabled(key)
        self._tokens.check(request.GrantTokens)
        check_customer_managed(key)
        asked = _asked(call, request, key, os.urandom(32).hex())
        stop_dry_run(request)

        def decide(entities: Entities, now: int) -> Decision:
            for name in filter(None, (asked.grantee, asked.retiring)):
                _check_is_there(entities, name)
            wanted = with_ids(entities, asked)
            standing = grants_of(entities, key.account, key.region, key.id)
            # A named grant that is asked for once more is the same grant, with another token.
            again = next((each for each in standing if _is_again(each, wanted)), None)
            if again is not None:
                return Decision(Changes(), self._created(again))
            if len(standing) >= GRANTS_PER_KEY:
                raise LimitExceededException(
                    f"A key cannot have more than {GRANTS_PER_KEY} grants."
                )
            made = msgspec.structs.replace(wanted, created_at=now)
            return Decision(Changes((made,)), self._created(made))

        self._definitions.change(call, decide)

    def _created(self, grant: KmsGrant) -> CreateGrantResponse:
        return CreateGrantResponse(GrantToken=self._tokens.make(grant), GrantId=grant.id)

    # --- Listing ---------------------------------------------------------------------------------

    def list(self, call: Call, request: ListGrantsRequest) -> None:
        key = self._lookup.by_key_id(call, request.KeyId)
        grantee = _either(
            "GranteePrincipal", request.GranteePrincipal, request.GranteeServicePrincipal
        )
        grants = grants_of(self._lookup.entities, key.account, key.region, key.id)
        if request.GrantId is not None:
            grants = [grant for grant in grants if grant.id == request.GrantId]
        if grantee is not None:
            grants = list(granted_to(self._lookup.entities, grants, grantee))
        self._tell(call, _page(grants, request.Limit, request.Marker))

    def list_retirable(self, call: Call, request: ListRetirableGrantsRequest) -> None:
        """Of all keys in the region, also those of other accounts, the grants that a principal in
        the caller's account may retire (API reference).

        A service is in no account; of one, the grants on the caller's own keys are listed.
        """
        retiring = _either(
            "RetiringPrincipal", request.RetiringPrincipal, request.RetiringServicePrincipal
        )
        if retiring is None:
            raise ValidationException("A RetiringPrincipal must be specified.")
        entities, account = self._lookup.entities, call.principal.account
        scopes = [scope for scope in entities.scopes(KmsGrant) if scope.endswith(f"/{call.region}")]
        if not retiring.startswith("arn:"):
            scopes = [key_scope(account, call.region)]
        elif retiring.split(":", 5)[4:5] != [account]:
            raise AccessDeniedException(
                f"User: {call.principal.arn} is not authorized to perform: "
                f"kms:ListRetirableGrants on resource: {retiring} because the retiring principal "
                "is in another account"
            )
        grants = retirable_by(entities, scopes, retiring)
        self._tell(call, _page(grants, request.Limit, request.Marker))

    def _tell(self, call: Call, page: Page[KmsGrant]) -> None:
        arns = arns_now(self._lookup.entities, _named(page.entries))
        answer = ListGrantsResponse(
            Grants=[_entry(grant, arns) for grant in page.entries],
            NextMarker=page.next_marker,
            Truncated=page.truncated,
        )
        self._definitions.tell(call, answer)

    # --- Ending ----------------------------------------------------------------------------------

    def retire(self, call: Call, request: RetireGrantRequest) -> None:
        """The grant itself says who may retire it, beside those whom policies let."""
        key, grant = self._to_retire(call, request)
        self._permissions.require(
            call.principal,
            "kms:RetireGrant",
            key.arn,
            self._conditions.of(call, request),
            lambda: may_retire(self._lookup.entities, grant, call.principal),
            call,
        )
        stop_dry_run(request)
        self._remove(call, grant)

    def retired(self, call: Call, request: RetireGrantRequest) -> str:
        """The ARN of the key whose grant a request retires."""
        return self._to_retire(call, request)[0].arn

    def _to_retire(self, call: Call, request: RetireGrantRequest) -> tuple[KmsKey, KmsGrant]:
        if request.GrantToken is None:
            if request.KeyId is None or request.GrantId is None:
                raise ValidationException(
                    "You must specify either a grant token, or a key ID and a grant ID."
                )
            key = self._lookup.by_key_id(call, request.KeyId)
            return key, self._grant(key, request.GrantId)
        if request.KeyId is not None or request.GrantId is not None:
            raise ValidationException(
                "You cannot specify a grant token together with a key ID or a grant ID."
            )
        content = self._tokens.read(request.GrantToken)
        grant = self._lookup.entities.find(KmsGrant, content.scope, content.grant_id)
        if grant is None:
            raise NotFoundException(f"Grant ID {content.grant_id} not found")
        key = self._lookup.named(Named("key", grant.account, grant.region, grant.key_id))
        return key, grant

    def revoke(self, call: Call, request: RevokeGrantRequest) -> None:
        key = self._lookup.by_key_id(call, request.KeyId)
        grant = self._grant(key, request.GrantId)
        stop_dry_run(request)
        self._remove(call, grant)

    def _grant(self, key: KmsKey, grant_id: str) -> KmsGrant:
        grant = self._lookup.entities.find(KmsGrant, key.scope, grant_id)
        if grant is None or grant.key_id != key.id:
            raise NotFoundException(f"Grant ID {grant_id} not found")
        return grant

    def _remove(self, call: Call, grant: KmsGrant) -> None:
        self._definitions.change(
            call, lambda entities, now: Decision(Changes(removed=(name_of(grant),)))
        )


def _asked(call: Call, request: CreateGrantRequest, key: KmsKey, grant_id: str) -> KmsGrant:
    """The grant that a request asks for, if it may be.

    Raises ValidationException, InvalidArnException.
    """
    grantee = _either("GranteePrincipal", request.GranteePrincipal, request.GranteeServicePrincipal)
    retiring = _either(
        "RetiringPrincipal", request.RetiringPrincipal, request.RetiringServicePrincipal
    )
    if grantee is None:
        raise ValidationException("A GranteePrincipal must be specified.")
    for name in filter(None, (grantee, retiring)):
        _check_principal(name)
    constraints = request.Constraints or GrantConstraints()
    if request.GranteeServicePrincipal is not None:
        _check_for_service(constraints, retiring)
    _check_operations(request.Operations, key)
    _check_constraints(constraints, key)
    return KmsGrant(
        account=key.account,
        region=key.region,
        id=grant_id,
        key_id=key.id,
        grantee=grantee,
        created_at=0,
        operations=tuple(dict.fromkeys(request.Operations)),
        issuer=call.principal.account,
        retiring=retiring,
        name=request.Name,
        context_equals=constraints.EncryptionContextEquals,
        context_subset=constraints.EncryptionContextSubset,
        source_arn=constraints.SourceArn,
    )


def _is_again(grant: KmsGrant, wanted: KmsGrant) -> bool:
    return wanted.name is not None and same_grant(grant, wanted)


def _either(member: str, principal: str | None, service: str | None) -> str | None:
    """A principal's ARN or a service's name; a request may have one of them."""
    if principal is not None and service is not None:
        other = member.replace("Principal", "ServicePrincipal")
        raise ValidationException(f"You can specify either {member} or {other}, but not both.")
    return principal if principal is not None else service


def _check_principal(name: str) -> None:
    if _PRINCIPAL.fullmatch(name) is None and _SERVICE.fullmatch(name) is None:
        raise InvalidArnException(f"Invalid arn {name}")


def _check_is_there(entities: Entities, name: str) -> None:
    """A grant is for somebody: not for whoever has this name one day."""
    if _OF_IAM.fullmatch(name) is not None and find_principal(entities, name) is None:
        raise InvalidArnException(f"ARN does not refer to a valid principal: {name}")


def _check_for_service(constraints: GrantConstraints, retiring: str | None) -> None:
    if constraints.SourceArn is None:
        raise ValidationException(
            "You must specify a SourceArn grant constraint with a GranteeServicePrincipal."
        )
    if retiring is None:
        raise ValidationException(
            "You must specify a RetiringPrincipal or a RetiringServicePrincipal with a "
            "GranteeServicePrincipal."
        )


def _check_operations(operations: Iterable[str], key: KmsKey) -> None:
    wrong = sorted(set(operations) - operations_of(key))
    if wrong:
        raise ValidationException(
            f"A grant on a {key.spec} key for {key.usage} cannot have the operations "
            f"{', '.join(wrong)}."
        )


def _check_constraints(constraints: GrantConstraints, key: KmsKey) -> None:
    contexts = (constraints.EncryptionContextEquals, constraints.EncryptionContextSubset)
    given = [context for context in contexts if context is not None]
    if given and key.spec != SYMMETRIC:
        raise ValidationException(
            "Encryption context constraints are valid for symmetric encryption keys only."
        )
    for context in given:
        size = sum(len(name) + len(value) for name, value in context.items())
        if len(context) > GRANT_CONTEXT_PAIRS or size > GRANT_CONTEXT_CHARACTERS:
            raise ValidationException(
                f"A grant constraint can have {GRANT_CONTEXT_PAIRS} pairs with "
                f"{GRANT_CONTEXT_CHARACTERS} characters at most."
            )


def _page(grants: Iterable[KmsGrant], limit: int | None, marker: str | None) -> Page[KmsGrant]:
    return page_of(grants, lambda grant: grant.id, limit, marker, default=50, most=100)


def _named(grants: Iterable[KmsGrant]) -> Iterator[tuple[str, str]]:
    """The users and roles that grants mean: the ARN by which each was named, and the id."""
    for grant in grants:
        if grant.grantee_id is not None:
            yield grant.grantee, grant.grantee_id
        if grant.retiring is not None and grant.retiring_id is not None:
            yield grant.retiring, grant.retiring_id


def _entry(grant: KmsGrant, arns: Mapping[str, str]) -> GrantListEntry:
    """A grant as it is listed, with the ARNs that the users and roles that it means have now.

    As in policies, whoever is gone is shown by the id.
    """
    grantee = _shown(grant.grantee, grant.grantee_id, arns)
    retiring = None if grant.retiring is None else _shown(grant.retiring, grant.retiring_id, arns)
    by_service = not grant.grantee.startswith("arn:")
    retired_by_service = grant.retiring is not None and not grant.retiring.startswith("arn:")
    return GrantListEntry(
        KeyId=key_arn(grant.account, grant.region, grant.key_id),
        GrantId=grant.id,
        Name=grant.name or "",
        CreationDate=seconds(grant.created_at),
        GranteePrincipal=None if by_service else grantee,
        GranteeServicePrincipal=grantee if by_service else None,
        RetiringPrincipal=None if retired_by_service else retiring,
        RetiringServicePrincipal=retiring if retired_by_service else None,
        IssuingAccount=root_arn(grant.issuer),
        Operations=list(grant.operations),
        Constraints=_constraints(grant),
    )


def _shown(name: str, id_: str | None, arns: Mapping[str, str]) -> str:
    return name if id_ is None else arns.get(id_, id_)


def _constraints(grant: KmsGrant) -> GrantConstraints | None:
    constraints = GrantConstraints(
        EncryptionContextEquals=grant.context_equals,
        EncryptionContextSubset=grant.context_subset,
        SourceArn=grant.source_arn,
    )
    return None if constraints == GrantConstraints() else constraints
