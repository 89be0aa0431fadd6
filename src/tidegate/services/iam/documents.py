"""Policy documents: how they are checked, counted, and written into answers."""

import re
from typing import Final
from urllib.parse import quote

from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.principals import Named
from tidegate.auth.policy.rules import TRUST, identity_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.base import iam_limits as limits
from tidegate.base.refusals import LimitExceededException, MalformedPolicyDocumentException
from tidegate.catalog.entities import Entities
from tidegate.catalog.named_principals import principal_exists

IDENTITY: Final = identity_rules()
"""IAM does not look whether an action of an identity's policy exists."""

_WHITE_SPACE: Final = re.compile(r"\s+")


def url_encoded(document: str) -> str:
    """As IAM answers documents (RFC 3986)."""
    return quote(document, safe="")


def size_of(document: str) -> int:
    """The characters that count: IAM does not count white space (user guide, quotas)."""
    return len(_WHITE_SPACE.sub("", document))


def check_identity_policy(document: str) -> None:
    """Raises MalformedPolicyDocumentException."""
    try:
        compile_policy(document, IDENTITY)
    except MalformedPolicy as error:
        raise MalformedPolicyDocumentException(error.text) from None


def check_managed_policy(document: str) -> None:
    """Raises MalformedPolicyDocumentException, LimitExceededException."""
    check_identity_policy(document)
    if size_of(document) > limits.MANAGED_POLICY_CHARACTERS:
        raise over_quota("PolicySize", limits.MANAGED_POLICY_CHARACTERS)


def check_trust_policy(entities: Entities, document: str) -> None:
    """Raises MalformedPolicyDocumentException, LimitExceededException."""

    def exists(who: Named) -> bool:
        return principal_exists(entities, who.kind, who.value)

    try:
        compile_policy(document, TRUST, exists=exists)
    except MalformedPolicy as error:
        raise MalformedPolicyDocumentException(error.text) from None
    if size_of(document) > limits.TRUST_POLICY_CHARACTERS:
        raise over_quota("ACLSizePerRole", limits.TRUST_POLICY_CHARACTERS)


def over_quota(quota: str, limit: int) -> LimitExceededException:
    return LimitExceededException(f"Cannot exceed quota for {quota}: {limit}")
