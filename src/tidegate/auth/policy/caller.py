"""Who asks: the principal of a request as policies see it, and the context keys that it settles."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from tidegate.auth.policy.variables import Value

Kind = Literal["Root", "User", "AssumedRole", "FederatedUser", "Service", "Federated", "Anonymous"]

_NO_TAGS: Final[Mapping[str, str]] = {}
_NO_KEYS: Final[Mapping[str, Value]] = {}


class Caller(msgspec.Struct, frozen=True):
    """A principal.

    `Service` is an AWS service that acts for itself; `Federated` is somebody whom only an identity
    provider vouches for, as in AssumeRoleWithWebIdentity; `Anonymous` has not signed.  These three
    have no account and no policies of their own.
    """

    kind: Kind
    account: str = ""
    arn: str = ""
    """The session's ARN where there is a session."""
    name: str = ""
    """A user's name."""
    user_id: str = ""
    """`aws:userid`: AIDA..., AROA...:session, account:name, or a root's account number."""
    entity_arn: str = ""
    """Whose policies a session has: the role's ARN (with its path), or the ARN of the user or root
    that called GetFederationToken."""
    service: str = ""
    """The service's principal, such as `sns.amazonaws.com`."""
    provider: str = ""
    """The identity provider's ARN or host name."""
    tags: Mapping[str, str] = _NO_TAGS
    """Tags of the user, or of the role with those of the session over them."""
    keys: Mapping[str, Value] = _NO_KEYS
    """What else the credentials settle, by names in lower case: `aws:tokenissuetime`,
    `aws:multifactorauthpresent`, `aws:sourceidentity`, `aws:federatedprovider`."""

    @property
    def is_root(self) -> bool:
        """Whether no identity policy limits it: the root, and a federated user of the root's."""
        return self.kind == "Root" or self.entity_arn.endswith(":root")


ANONYMOUS: Final = Caller("Anonymous")


_SETTLED: Final = frozenset(
    {
        "aws:federatedprovider",
        "aws:multifactorauthpresent",
        "aws:sourceidentity",
        "aws:tokenissuetime",
        "aws:userid",
        "aws:username",
    }
)


def is_settled(key: str) -> bool:
    """Whether the caller alone settles a context key, whose name is in lower case."""
    return key.startswith("aws:principal") or key in _SETTLED


def settled_keys(caller: Caller) -> dict[str, Value]:
    """The context keys that the caller settles, by names in lower case.

    User guide, "AWS global condition context keys" (properties of the principal) and the table of
    principal key values in "IAM policy elements: Variables and tags".
    """
    keys: dict[str, Value] = {"aws:principalisawsservice": "false"}
    if caller.kind == "Service":
        keys["aws:principalisawsservice"] = "true"
        keys["aws:principalservicename"] = caller.service
        keys["aws:principalservicenameslist"] = (caller.service,)
    elif caller.kind == "Anonymous":
        keys["aws:principaltype"] = "Anonymous"
    elif caller.kind != "Federated":
        keys["aws:principaltype"] = "Account" if caller.kind == "Root" else caller.kind
        keys["aws:principalaccount"] = caller.account
        keys["aws:principalarn"] = caller.entity_arn if caller.kind == "AssumedRole" else caller.arn
        keys["aws:userid"] = caller.user_id
        if caller.kind == "User":
            keys["aws:username"] = caller.name
    keys.update((f"aws:principaltag/{name.lower()}", value) for name, value in caller.tags.items())
    keys.update(caller.keys)
    return keys
