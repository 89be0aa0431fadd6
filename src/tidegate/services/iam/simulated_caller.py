"""Who calls in a simulation, and the context keys that it brings."""

import re
from typing import Final

from tidegate.api.iam import ContextEntry
from tidegate.auth.policy.caller import Caller, settled_keys
from tidegate.auth.policy.variables import Value
from tidegate.base.refusals import InvalidInputException, NoSuchEntityException
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Group, Role, User
from tidegate.catalog.named_principals import find_principal
from tidegate.services.iam import finding
from tidegate.services.iam.policy_owners import Owner

_ARN: Final = re.compile(
    r"arn:aws:iam::(\d{12}):(user|group|role)/(?:[\u0021-\u007e]+/)?([\w+=,.@-]+)", re.ASCII
)
_ACCOUNT: Final = re.compile(r"(?:arn:aws:iam::)?(\d{12})(?::root)?")


def source_of(entities: Entities, account: str, arn: str) -> Owner:
    """The user, group or role whose policies are simulated.

    It is the one with this very ARN, for that is what the permission to simulate was decided about.
    Raises InvalidInputException, NoSuchEntityException.
    """
    parts = _ARN.fullmatch(arn)
    if parts is None or parts[1] != account:
        raise InvalidInputException(f"Invalid Entity Arn: {arn} does not clearly define entity.")
    _, kind, name = parts.groups()
    found: Owner
    if kind == "user":
        found = finding.user(entities, account, name)
    elif kind == "group":
        found = finding.group(entities, account, name)
    else:
        found = finding.role(entities, account, name)
    if found.arn != arn:
        raise NoSuchEntityException(f"The {kind} with name {name} cannot be found.")
    return found


def known_caller(entities: Entities, asking: str, arn: str) -> User | Role | None:
    """The user or role that a request of the account `asking` names, if it is one of its own.

    Of those of other accounts nothing is known: a simulation would tell their tags and ids.
    """
    entity = find_principal(entities, arn)
    return entity if entity is not None and entity.account == asking else None


def caller_of_arn(entities: Entities, asking: str, arn: str) -> Caller:
    """The caller that a request of the account `asking` names; it need not be there.

    Raises InvalidInputException.
    """
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise InvalidInputException(f"Invalid Caller Arn: {arn}")
    account, kind, name = parts.groups()
    entity = known_caller(entities, asking, arn)
    if entity is not None:
        return caller_of(entity)
    if kind == "role":
        return Caller("AssumedRole", account=account, name=name, entity_arn=arn)
    return Caller("User", account=account, arn=arn, name=name)


def caller_of(owner: Owner) -> Caller:
    if isinstance(owner, Role):
        return Caller(
            "AssumedRole",
            account=owner.account,
            name=owner.name,
            user_id=owner.id,
            entity_arn=owner.arn,
            tags=owner.tags,
        )
    tags = owner.tags if isinstance(owner, User) else {}
    return Caller(
        "User",
        account=owner.account,
        arn=owner.arn,
        name=owner.name,
        user_id=owner.id,
        tags=tags,
    )


def context_of(
    owner: Owner | None, caller: Caller, entries: list[ContextEntry] | None
) -> dict[str, Value]:
    """The context, by names in lower case: what somebody who is there brings, and over it what the
    request gives."""
    context: dict[str, Value] = {}
    if owner is not None and not isinstance(owner, Group):
        context = settled_keys(caller)
        if isinstance(owner, Role):
            # It is the session that has this id, and there is none.
            del context["aws:userid"]
    for entry in entries or ():
        name, values = entry.ContextKeyName, entry.ContextKeyValues
        if not name or not values:
            continue
        several = len(values) > 1 or (entry.ContextKeyType or "").endswith("List")
        context[name.lower()] = tuple(values) if several else values[0]
    return context


def account_of(owner: str) -> str:
    """The account in a ResourceOwner.  Raises InvalidInputException."""
    parts = _ACCOUNT.fullmatch(owner)
    if parts is None:
        raise InvalidInputException(f"Invalid Resource Owner: {owner}")
    return parts[1]
