"""Grants: who may do what by them, and which a key may have.

A grant lets its grantee do some operations on one key, if its constraints are met; it never denies.
Grants hold at once, so a grant token, with which AWS bridges the minutes until a grant has spread,
adds nothing.  Source: developer guide, "Grants in AWS KMS".

A user or role that a grant names is meant for good, as by a policy (`catalog.named_principals`):
its id is kept beside the ARN, and counts instead of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from tidegate.base.call import Principal
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role
from tidegate.catalog.key_states import SYMMETRIC
from tidegate.catalog.keys import KmsGrant, KmsKey, key_scope
from tidegate.catalog.named_principals import find_principal

Values = Mapping[str, str | list[str]]
"""Condition keys of a request, as `Operation.context` gives them."""

CONTEXT_PREFIX: Final = "kms:EncryptionContext:"
SOURCE_ARN: Final = "aws:SourceArn"

_ALWAYS: Final = frozenset({"CreateGrant", "RetireGrant", "DescribeKey"})
_WITH_CONTEXT: Final = frozenset(
    {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    }
)
"""Operations that have an encryption context, and to which its constraints apply."""
_ASYMMETRIC: Final = {
    "ENCRYPT_DECRYPT": frozenset(
        {"Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey"}
    ),
    "SIGN_VERIFY": frozenset({"Sign", "Verify", "GetPublicKey"}),
    "GENERATE_VERIFY_MAC": frozenset({"GenerateMac", "VerifyMac"}),
    "KEY_AGREEMENT": frozenset({"DeriveSharedSecret", "GetPublicKey"}),
}
_ANY: Final = _WITH_CONTEXT.union(_ALWAYS, *_ASYMMETRIC.values())


def operations_of(key: KmsKey) -> frozenset[str]:
    """The operations that a grant on this key may name."""
    if key.spec == SYMMETRIC:
        return _WITH_CONTEXT | _ALWAYS
    return _ASYMMETRIC[key.usage] | _ALWAYS


def grants_of(entities: Entities, account: str, region: str, key_id: str) -> list[KmsGrant]:
    """The grants of a key, in no particular order."""
    of_scope = entities.all_of(KmsGrant, key_scope(account, region)).values()
    return [grant for grant in of_scope if grant.key_id == key_id]


def grant_allows(
    entities: Entities, key_arn: str, principal: Principal, action: str, context: Values
) -> bool:
    """Whether a grant on the key lets the principal do the action, such as `kms:Decrypt`.

    `context` are the condition keys of the request as `Operation.context` gives them: the
    encryption context is read from them, whose names are told apart by their case.  RetireGrant is
    not decided here, for it is about one grant: see `may_retire`.
    """
    operation = action.removeprefix("kms:")
    parts = key_arn.split(":", 5)
    if operation not in _ANY or operation == "RetireGrant" or len(parts) != 6:
        return False
    kind, _, key_id = parts[5].partition("/")
    if kind != "key":
        return False
    grants = grants_of(entities, parts[4], parts[3], key_id)
    if not grants:
        return False
    names = names_of(entities, principal)
    return any(
        _meant(grant.grantee, grant.grantee_id) in names
        and operation in grant.operations
        and _is_met(grant, operation, context)
        for grant in grants
    )


def may_retire(entities: Entities, grant: KmsGrant, principal: Principal) -> bool:
    """Whether the grant itself lets the principal retire it."""
    names = names_of(entities, principal)
    if _meant(grant.retiring, grant.retiring_id) in names:
        return True
    is_grantee = _meant(grant.grantee, grant.grantee_id) in names
    return is_grantee and "RetireGrant" in grant.operations


def names_of(entities: Entities, principal: Principal) -> frozenset[str]:
    """What a grant may mean a principal by: its ARN and id, those of the role behind a session, and
    those of the user or root behind a federated user; a service's name."""
    names = {principal.arn, principal.user_id}
    if principal.kind == "AssumedRole":
        names.add(principal.user_id.partition(":")[0])
        role = entities.find(Role, principal.account, principal.name.lower())
        if role is not None:
            names.add(role.arn)
    elif principal.kind == "FederatedUser" and principal.session is not None:
        names |= _known_as(entities, principal.session.token_issuer or "")
    return frozenset(names - {""})


# --- Whom a grant means --------------------------------------------------------------------------


def with_ids(entities: Entities, grant: KmsGrant) -> KmsGrant:
    """The grant with whom it means, now that it is asked for."""
    return msgspec.structs.replace(
        grant,
        grantee_id=_id_of(entities, grant.grantee),
        retiring_id=None if grant.retiring is None else _id_of(entities, grant.retiring),
    )


def _id_of(entities: Entities, name: str) -> str | None:
    """The id of a user or role by its ARN; None for others, and where there is no such one."""
    found = find_principal(entities, name)
    return None if found is None else found.id


def _meant(name: str | None, id_: str | None) -> str | None:
    return name if id_ is None else id_


def _known_as(entities: Entities, name: str) -> set[str]:
    """What grants may mean somebody by who has this name now."""
    id_ = _id_of(entities, name)
    return {name} if id_ is None else {name, id_}


def granted_to(
    entities: Entities, grants: Iterable[KmsGrant], principal: str
) -> Iterator[KmsGrant]:
    """Those of the grants whose grantee this is, an ARN or the name of a service."""
    known_as = _known_as(entities, principal)
    return (each for each in grants if _meant(each.grantee, each.grantee_id) in known_as)


def retirable_by(entities: Entities, scopes: Iterable[str], principal: str) -> Iterator[KmsGrant]:
    """The grants in these scopes whose retiring principal this is."""
    known_as = _known_as(entities, principal)
    for scope in scopes:
        for grant in entities.all_of(KmsGrant, scope).values():
            if _meant(grant.retiring, grant.retiring_id) in known_as:
                yield grant


# --- Constraints ---------------------------------------------------------------------------------


def _is_met(grant: KmsGrant, operation: str, context: Values) -> bool:
    if grant.source_arn is not None and context.get(SOURCE_ARN) != grant.source_arn:
        return False
    if operation == "CreateGrant":
        return _passes_on(grant, context)
    if operation not in _WITH_CONTEXT:
        return True
    given = encryption_context_in(context)
    if grant.context_equals is not None and given != grant.context_equals:
        return False
    return grant.context_subset is None or _includes(given, grant.context_subset)


def _passes_on(grant: KmsGrant, context: Values) -> bool:
    """Whether a grant that lets its grantee make others lets this one be made: with no operation
    that it has not itself, and with a constraint that is at least as strict."""
    wanted = context.get("kms:GrantOperations", [])
    if not set(wanted) <= set(grant.operations):
        return False
    given = encryption_context_in(context)
    if grant.context_equals is not None:
        is_exact = context.get("kms:GrantConstraintType") == "EncryptionContextEquals"
        return is_exact and given == grant.context_equals
    return grant.context_subset is None or _includes(given, grant.context_subset)


def encryption_context_in(context: Values) -> dict[str, str]:
    """The encryption context among the condition keys of a request."""
    at = len(CONTEXT_PREFIX)
    return {
        key[at:]: value
        for key, value in context.items()
        if key.startswith(CONTEXT_PREFIX) and isinstance(value, str)
    }


def _includes(given: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(given.get(key) == value for key, value in wanted.items())


def same_grant(grant: KmsGrant, other: KmsGrant) -> bool:
    """Whether a named grant that is asked for again is the one that stands."""
    return (
        _substance(grant) == _substance(other)
        and _is_same(grant.grantee, grant.grantee_id, other.grantee, other.grantee_id)
        and _is_same(grant.retiring, grant.retiring_id, other.retiring, other.retiring_id)
    )


def _is_same(name: str | None, id_: str | None, other: str | None, other_id: str | None) -> bool:
    # A grant from before ids were kept has none, and is not to be made once more for that.
    return name == other if id_ is None or other_id is None else id_ == other_id


def _substance(grant: KmsGrant) -> Sequence[object]:
    return (
        grant.name,
        frozenset(grant.operations),
        grant.context_equals,
        grant.context_subset,
        grant.source_arn,
        grant.issuer,
    )
