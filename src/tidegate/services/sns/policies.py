"""A topic's policy, as a client sets it: it is read as it will be read to decide, and whom it names
must exist."""

from typing import Final

from tidegate.api import sns
from tidegate.auth.policy.grammar import read
from tidegate.auth.policy.malformed import InvalidPrincipal, MalformedPolicy
from tidegate.auth.policy.principals import Named
from tidegate.auth.policy.rules import OUT_OF_SCOPE, resource_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.auth.policy.wildcard import wildcard
from tidegate.base.refusals import invalid_parameter
from tidegate.base.sns_limits import POLICY_BYTES
from tidegate.catalog.entities import Entities
from tidegate.catalog.named_principals import principal_exists
from tidegate.catalog.topic_policy import ACTIONS

_RULES: Final = resource_rules("sns", {"sns": ACTIONS}, needs_resource=False)
_IN_NO_POLICY: Final = sns.OPERATIONS.keys() - ACTIONS - {"PublishBatch"}
"""Actions that a topic's policy may not name.  PublishBatch is none: it needs that of Publish."""
_OUT_OF_SCOPE: Final = frozenset(f"sns:{name}".lower() for name in _IN_NO_POLICY)


def check_policy(text: str, entities: Entities) -> None:
    """Raises InvalidParameterException for what cannot be the policy of a topic."""
    if len(text.encode(errors="surrogatepass")) > POLICY_BYTES:
        raise invalid_parameter("Policy Error: Policy is too long")

    def exists(who: Named) -> bool:
        return principal_exists(entities, who.kind, who.value)

    try:
        compile_policy(text, _RULES, exists=exists)
        _, statements = read(text, _RULES)
    except InvalidPrincipal:
        raise invalid_parameter("Policy Error: PrincipalNotFound") from None
    except MalformedPolicy as error:
        what = OUT_OF_SCOPE if error.text == OUT_OF_SCOPE else "Policy Error: null"
        raise invalid_parameter(what) from None
    for statement in statements:
        # A wildcard must not reach what no topic's policy decides, as `SNS:*` would.
        if any(map(_reaches_out, statement.actions)) and not statement.not_action:
            raise invalid_parameter(OUT_OF_SCOPE)


def _reaches_out(action: str) -> bool:
    pattern = wildcard(action.lower())
    return any(map(pattern.matches, _OUT_OF_SCOPE))
