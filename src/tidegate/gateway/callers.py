"""A principal as policies see it."""

from tidegate.auth.policy.caller import ANONYMOUS, Caller
from tidegate.auth.policy.variables import Value
from tidegate.base.call import Principal, Session
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role, User


def caller_of(principal: Principal, entities: Entities) -> Caller:
    """Tags are those of the user or role now, with those of the session over them."""
    if principal.kind == "Service":
        return Caller("Service", arn=principal.arn, service=principal.arn)
    if principal.kind == "Anonymous":
        return ANONYMOUS
    session = principal.session
    entity = _entity(principal, entities)
    tags = dict(entity.tags) if entity is not None else {}
    if session is not None:
        tags |= session.tags
    return Caller(
        principal.kind,
        account=principal.account,
        arn=principal.arn,
        name=principal.name,
        user_id=principal.user_id,
        entity_arn=_entity_arn(principal, entity),
        tags=tags,
        keys={} if session is None else _session_keys(session),
    )


def _entity(principal: Principal, entities: Entities) -> User | Role | None:
    if principal.kind == "User":
        return entities.find(User, principal.account, principal.name.lower())
    if principal.kind == "AssumedRole":
        return entities.find(Role, principal.account, principal.name.lower())
    return None


def _entity_arn(principal: Principal, entity: User | Role | None) -> str:
    session = principal.session
    if principal.kind == "AssumedRole":
        return entity.arn if entity is not None else ""
    if principal.kind == "FederatedUser" and session is not None:
        return session.token_issuer or ""
    return ""


def _session_keys(session: Session) -> dict[str, Value]:
    keys: dict[str, Value] = {
        "aws:tokenissuetime": str(session.issued_at),
        "aws:multifactorauthpresent": "false",
    }
    if session.source_identity is not None:
        keys["aws:sourceidentity"] = session.source_identity
    if session.federated_provider is not None:
        keys["aws:federatedprovider"] = session.federated_provider
    return keys
