"""A queue's policy, as a client sets it: it is read as it will be read to decide, and whom it names
must exist."""

from typing import Final

from tidegate.api import sqs
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.principals import Named
from tidegate.auth.policy.rules import resource_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.base import limits
from tidegate.catalog import queue_attributes
from tidegate.catalog.entities import Entities
from tidegate.catalog.named_principals import principal_exists

_RULES: Final = resource_rules("sqs", {"sqs": frozenset(sqs.OPERATIONS)}, needs_resource=False)


def check_policy(attributes: dict[str, str], entities: Entities) -> None:
    """Raises InvalidAttributeValue where the attributes have a policy that SQS does not take."""
    text = attributes.get("Policy")
    if not text:
        return
    if len(text) > limits.POLICY_BYTES:
        # Before it is read: a body has room for a policy that takes minutes.
        raise queue_attributes.invalid("Policy")

    def exists(who: Named) -> bool:
        return principal_exists(entities, who.kind, who.value)

    try:
        compile_policy(text, _RULES, exists=exists)
    except MalformedPolicy:
        raise queue_attributes.invalid("Policy") from None
