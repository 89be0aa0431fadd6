"""The users and roles that a policy names in its Principal elements.

A user or role that the policy of a role, a queue, a topic or a key names is meant for good: AWS
keeps its id.  One that is made later under the same name is somebody else, and the policy shows the
id of the deleted one (user guide, "AWS JSON policy elements: Principal").  So beside such a policy
stand the ids of those whom it named when it was set.

    principal_exists   whether a policy may name somebody, when it is set
    named_ids          those ids, when a policy is set
    document_now       the policy as it is shown, and as access is decided by it
    arns_now           the ARNs that they have, for what names somebody and is no policy
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role, User

_PRINCIPAL: Final = re.compile(r"arn:aws:iam::(\d{12}):(user|role)/(?:.*/)?([^/]+)")


def find_principal(entities: Entities, arn: str) -> User | Role | None:
    """The user or role with an ARN."""
    parts = _PRINCIPAL.fullmatch(arn)
    if parts is None:
        return None
    account, kind, name = parts.groups()
    found: User | Role | None
    if kind == "user":
        found = entities.find(User, account, name.lower())
    else:
        found = entities.find(Role, account, name.lower())
    return found if found is not None and found.arn == arn else None


def principal_exists(entities: Entities, kind: str, arn: str) -> bool:
    """Whether a policy may name a principal of this kind: any number may be an account's; users and
    roles (`User`, `Role`) are looked up."""
    return kind not in ("User", "Role") or find_principal(entities, arn) is not None


def named_ids(entities: Entities, document: str) -> dict[str, str]:
    """The ids of the users and roles that a policy names, by ARN."""
    given = (names["AWS"] for names in _elements(json.loads(document)))
    listed = (each for names in given for each in (names if isinstance(names, list) else [names]))
    arns = sorted({each for each in listed if isinstance(each, str)})
    named = ((arn, find_principal(entities, arn)) for arn in arns)
    return {arn: entity.id for arn, entity in named if entity is not None}


def document_now(entities: Entities, document: str, ids: Mapping[str, str]) -> str:
    """A policy as it is now: a principal that was renamed has its new ARN, and one that was deleted
    has its id, which nobody has any more.

    `ids` is what `named_ids` gave when the policy was set; without one that is no longer what it
    was the text is the one that was given.
    """
    if all(_stands(entities, arn, id_) for arn, id_ in ids.items()):
        return document
    arns = arns_now(entities, ids.items())
    now = {arn: arns.get(id_, id_) for arn, id_ in ids.items()}

    def name_now(given: Any) -> Any:
        return now.get(given, given) if isinstance(given, str) else given

    # A float would be written with fewer digits, or with an exponent; a condition may as well have
    # the text of a number.
    policy = json.loads(document, parse_float=str)
    for names in _elements(policy):
        given = names["AWS"]
        names["AWS"] = [*map(name_now, given)] if isinstance(given, list) else name_now(given)
    return json.dumps(policy, separators=(",", ":"))


def _stands(entities: Entities, arn: str, id_: str) -> bool:
    found = find_principal(entities, arn)
    return found is not None and found.id == id_


def arns_now(entities: Entities, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By id, the ARN that each of those named has; whoever is gone is not in it, but others may be.

    `named` are pairs of the ARN that somebody had, and the id.  A rename keeps the account, and
    each account is gone through once, however many were named.
    """
    arns: dict[str, str] = {}
    accounts: set[str] = set()
    for arn, id_ in named:
        if _stands(entities, arn, id_):
            arns[id_] = arn
        else:
            accounts.add(arn.split(":")[4])
    for account in accounts:
        for kind in (User, Role):
            standing: Mapping[str, User | Role] = entities.all_of(kind, account)
            arns.update((each.id, each.arn) for each in standing.values())
    return arns


def _elements(policy: Any) -> Iterator[dict[str, Any]]:
    """The Principal and NotPrincipal elements that name anybody by `AWS`."""
    statements = policy.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Principal", "NotPrincipal"):
            names = statement.get(element)
            if isinstance(names, dict) and "AWS" in names:
                yield names
