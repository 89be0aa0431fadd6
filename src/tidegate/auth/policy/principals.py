"""Principals: whom a Principal or NotPrincipal element names, and whether a caller is among them.

User guide, "AWS JSON policy elements: Principal" and "... NotPrincipal".  How directly a caller is
named decides what an Allow is worth within one account (user guide, "How AWS enforcement code logic
evaluates requests", table on resource-based policies and implicit denies):

    DIRECT    the user, the session, the service itself, or everyone: nothing else need allow
    ENTITY    the role or the user behind the session: the boundary and the session policy must
              allow too
    ACCOUNT   the account: it is up to the account's own policies, and to nobody for its root
    NOBODY    not named
"""

import re
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Final, Literal

import msgspec

from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.malformed import InvalidPrincipal, MalformedPolicy


class Grant(IntEnum):
    NOBODY = 0
    ACCOUNT = 1
    ENTITY = 2
    DIRECT = 3


class Named(msgspec.Struct, frozen=True):
    """A principal that a policy names."""

    kind: Literal[
        "Account", "User", "Role", "AssumedRole", "FederatedUser", "Id", "Service", "Federated",
        "CanonicalUser",
    ]  # fmt: skip
    value: str
    """As it stands in the policy; an account's is its number."""
    account: str = ""
    name: str = ""
    """What follows `user/` or `role/` in the ARN, path included; for an assumed role, the role's
    name; for a federated user, the user's."""


Exists = Callable[[Named], bool]
"""Whether there is such a principal."""

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
_NAME: Final = r"[\w+=,.@-]{1,128}"
_IAM_ARN: Final = re.compile(
    rf"arn:aws(?:-[a-z]+)*:iam::([0-9]{{12}}):(?:(root)|(user|role)/((?:[!-)+-.0->@-~]+/)*{_NAME}))",
    re.ASCII,
)
_STS_ARN: Final = re.compile(
    rf"arn:aws(?:-[a-z]+)*:sts::([0-9]{{12}}):"
    rf"(?:(assumed-role)/({_NAME})/{_NAME}|(federated-user)/({_NAME}))",
    re.ASCII,
)
_SERVICE: Final = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)"
)
_PROVIDER: Final = re.compile(
    r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:saml|oidc)-provider/[!-)+->@-~]+"
    r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
_CANONICAL: Final = re.compile(r"[0-9a-f]{64}")


def parse_principal_arn(arn: str) -> Named | None:
    """The principal of an ARN of IAM or STS: account (root), user, role, or session."""
    if found := _IAM_ARN.fullmatch(arn):
        account, root, kind, name = found.groups()
        if root:
            return Named("Account", account, account)
        return Named("User" if kind == "user" else "Role", arn, account, name)
    if found := _STS_ARN.fullmatch(arn):
        account, assumed, role, _, user = found.groups()
        if assumed:
            return Named("AssumedRole", arn, account, role)
        return Named("FederatedUser", arn, account, user)
    return None


def _parse_aws(value: str) -> Named | None:
    if _ACCOUNT.fullmatch(value):
        return Named("Account", value, value)
    if _UNIQUE_ID.fullmatch(value):
        return Named("Id", value)
    return parse_principal_arn(value)


def _parse(kind: str, value: str) -> Named | None:
    if kind == "AWS":
        return _parse_aws(value)
    if kind == "Service":
        return Named("Service", value) if _SERVICE.fullmatch(value) else None
    if kind == "Federated":
        return Named("Federated", value) if _PROVIDER.fullmatch(value) else None
    return Named("CanonicalUser", value) if _CANONICAL.fullmatch(value) else None


class Principals:
    """The principals of one element."""

    __slots__ = ("_accounts", "_everyone", "_identities", "_providers", "_services")

    def __init__(self, names: Iterable[Named], *, everyone: bool = False) -> None:
        names = tuple(names)
        self._everyone = everyone
        self._accounts = _values(names, "Account")
        self._services = _values(names, "Service")
        self._providers = _values(names, "Federated")
        # S3's canonical ids are nobody's here.
        self._identities = _values(names, "User", "Role", "AssumedRole", "FederatedUser", "Id")

    def grant(self, caller: Caller) -> Grant:
        """How directly a Principal element names the caller."""
        if self._everyone:
            return Grant.DIRECT
        account, entity, itself = self._named(caller)
        if itself:
            return Grant.DIRECT
        if entity:
            return Grant.ENTITY
        return Grant.ACCOUNT if account else Grant.NOBODY

    def grant_to_others(self, caller: Caller, *, allows: bool) -> Grant:
        """What a NotPrincipal element says of the caller.

        AWS looks at the account, then at the role, then at the session.  An Allow is for nobody who
        is named on any of these; a Deny spares only whom it names on all of them (user guide,
        "NotPrincipal with Deny": name the account and the role too).
        """
        if self._everyone:
            return Grant.NOBODY
        named = [name for name in self._named(caller) if name is not None]
        spared = any(named) if allows else bool(named) and all(named)
        return Grant.NOBODY if spared else Grant.DIRECT

    def _named(self, caller: Caller) -> tuple[bool | None, bool | None, bool | None]:
        """Whether the account, the entity behind the session, and the caller itself are named;
        None where the caller has no such thing."""
        account = caller.account in self._accounts if caller.account else None
        named = self._identities
        if caller.kind in ("AssumedRole", "FederatedUser"):
            if caller.entity_arn.endswith(":root"):
                return account, account, caller.arn in named
            entity = caller.entity_arn in named or caller.user_id.partition(":")[0] in named
            return account, entity, caller.arn in named
        if caller.kind == "User":
            return account, None, caller.arn in named or caller.user_id in named
        if caller.kind == "Service":
            return None, None, caller.service in self._services
        if caller.kind == "Federated":
            return None, None, caller.provider in self._providers
        return account, None, None


def _values(names: Iterable[Named], *kinds: str) -> frozenset[str]:
    return frozenset(name.value for name in names if name.kind in kinds)


def parse_principals(element: object, exists: Exists) -> Principals:
    """A Principal or NotPrincipal element of a policy.

    Raises InvalidPrincipal for a name that cannot be one or that `exists` does not know, and
    MalformedPolicy where the element has not the shape of one.
    """
    if element == "*":
        return Principals((), everyone=True)
    if not isinstance(element, dict) or not element:
        if isinstance(element, str):
            raise InvalidPrincipal("AWS", element)
        raise MalformedPolicy("Syntax errors in policy.")
    names: list[Named] = []
    everyone = False
    for kind, values in element.items():
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            raise MalformedPolicy(f"Unknown principal type {kind}")
        for value in values if isinstance(values, list) else [values]:
            if type(value) is not str:
                raise MalformedPolicy("Syntax errors in policy.")
            if kind == "AWS" and value == "*":
                everyone = True
                continue
            name = _parse(kind, value)
            if name is None or not exists(name):
                raise InvalidPrincipal(kind, value)
            names.append(name)
    if not names and not everyone:
        raise MalformedPolicy("Missing required field Principal")
    return Principals(names, everyone=everyone)
