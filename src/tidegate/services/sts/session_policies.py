"""Session policies: documents and managed policies that bound what a session may do."""

from collections.abc import Sequence
from typing import Final

from tidegate.api.sts import PolicyDescriptorType
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import identity_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.base.refusals import (
    MalformedPolicyDocumentException,
    PackedPolicyTooLargeException,
    ValidationException,
)
from tidegate.catalog import aws_managed
from tidegate.catalog.attachments import managed_policy
from tidegate.catalog.entities import Entities

POLICY_CHARACTERS: Final = 2_048
"""Of a document and the ARNs together, before they are packed (STS model, AssumeRole)."""
MANAGED_POLICIES: Final = 10

_RULES: Final = identity_rules()


def session_policies(
    entities: Entities,
    account: str,
    document: str | None,
    managed: Sequence[PolicyDescriptorType] | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(documents, ARNs of managed policies) of a session in an account.

    Raises MalformedPolicyDocumentException, PackedPolicyTooLargeException, ValidationException.
    """
    arns = tuple(dict.fromkeys(each.arn for each in managed or () if each.arn is not None))
    if len(arns) > MANAGED_POLICIES:
        raise ValidationException(
            f"The number of managed session policies must not exceed {MANAGED_POLICIES}."
        )
    for arn in arns:
        _check_managed(entities, account, arn)
    documents = () if document is None else (document,)
    characters = sum(map(len, (*documents, *arns)))
    if characters > POLICY_CHARACTERS:
        percent = -(-characters * 100 // POLICY_CHARACTERS)
        raise PackedPolicyTooLargeException(
            f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )
    for text in documents:
        try:
            compile_policy(text, _RULES)
        except MalformedPolicy as error:
            raise MalformedPolicyDocumentException(error.text) from None
    return documents, arns


def _check_managed(entities: Entities, account: str, arn: str) -> None:
    """It must be AWS's or the account's own."""
    policy = managed_policy(entities, arn)
    if policy is None or policy.account not in (account, aws_managed.ACCOUNT):
        raise ValidationException(f"Policy {arn} does not exist or is not attachable.")
