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
from tidegate.catalog.named_principals import find_principal

_RULES: Final = resource_rules("sqs", {"sqs": frozenset(sqs.OPERATIONS)}, needs_resource=False)


def check_policy(attributes: dict[str, str], entities: Entities) -> None:
    """Raises InvalidAttributeValue where the attributes have a policy that SQS does not take."""
    text = attributes.get("Policy")
    if not text:
        return
    if len(text) > limits.POLICY_BYTES:
        # Before it is read: a body has room for a policy that takes minutes.
        raise queue_attributes.invalid("Policy")
    try:
        compile_policy(text, _RULES, exists=lambda who: _exists(who, entities))
    except MalformedPolicy:
        raise queue_attributes.invalid("Policy") from None


def _exists(who: Named, entities: Entities) -> bool:
    """Any number may be an account's; users and roles are looked up."""
    return who.kind not in ("User", "Role") or find_principal(entities, who.value) is not None
