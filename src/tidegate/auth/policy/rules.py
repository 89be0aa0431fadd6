"""What each kind of policy document may say, and the texts with which IAM refuses the rest."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Actions = Mapping[str, frozenset[str]]
"""The actions of each service that is known, by its prefix: `sqs` to `SendMessage` and so on."""

_NONE: Final[Actions] = {}


class Rules(msgspec.Struct, frozen=True):
    """The rules for one kind of document.

    An identity policy has no principal; a resource's policy needs one; so does a role's trust
    policy, which names no resource.
    """

    kind: Literal["identity", "resource", "trust"]
    actions: Actions = _NONE
    """An action without a wildcard of a service in here must be one of its actions."""
    service: str | None = None
    """The only service whose actions the policy may name."""
    needs_resource: bool = True
    needs_latest_version: bool = False
    """Whether the Version element must be there and be 2012-10-17."""
    plain_sids: bool = False
    """Whether a Sid is of letters and digits only."""


def identity_rules(actions: Actions = _NONE) -> Rules:
    """Managed and inline policies, permissions boundaries and session policies."""
    return Rules("identity", actions, needs_latest_version=True, plain_sids=True)


def resource_rules(
    service: str | None = None, actions: Actions = _NONE, *, needs_resource: bool = True
) -> Rules:
    """The policy of a queue, a topic or a key.  Without a resource, a statement is about the
    resource that has the policy."""
    return Rules("resource", actions, service, needs_resource)


TRUST: Final = Rules("trust", needs_resource=False, plain_sids=True)
"""A role's trust policy."""

TRUST_ACTIONS: Final = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)

VERSIONS: Final = ("2008-10-17", "2012-10-17")
POLICY_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
STATEMENT_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)

SYNTAX: Final = "Syntax errors in policy."
LEGACY: Final = "The policy failed legacy parsing"
NO_JSON: Final = "This policy contains invalid Json"
OLD_VERSION: Final = "Policy document must be version 2012-10-17 or greater."
NO_VERSION: Final = "The policy must contain a valid version string"
HAS_PRINCIPAL: Final = "Policy document should not specify a principal."
NO_ACTIONS: Final = "Policy statement must contain actions."
NO_RESOURCES: Final = "Policy statement must contain resources."
NO_VENDOR: Final = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
COLONS: Final = "Actions/Condition can contain only one colon."
SAME_SIDS: Final = "Statement IDs (SID) in a single policy must be unique."
ODD_SID: Final = (
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
    "expression [0-9A-Za-z]*"
)
OUT_OF_SCOPE: Final = "Policy statement action out of service scope!"
TRUST_SCOPE: Final = "AssumeRole policy may only specify STS AssumeRole actions."
VENDOR_PATTERN: Final = "Resource vendor must be fully qualified and cannot contain regexes."
IAM_PATHS: Final = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
IAM_PATH: Final = f'IAM resource path must either be "*" or start with {", ".join(IAM_PATHS)}.'
