"""What is asked of policies beside what the gateway asks: an operation on two resources needs the
permission for both, and a service that uses a key for its client needs the client's."""

from collections.abc import Callable
from typing import Protocol

from tidegate.auth.policy.caller import Caller
from tidegate.base.call import Call, Principal
from tidegate.catalog.grants import Values


class Permissions(Protocol):
    def require(
        self,
        principal: Principal,
        action: str,
        resource: str,
        context: Values,
        granted: Callable[[], bool],
        call: Call | None,
    ) -> None:
        """Raises AccessDeniedException where a policy denies the action, or none allows it and
        `granted()` is not true.

        `context` are the condition keys of KMS, which come on top of those that the call has; there
        is no call where a service acts for the principal.
        """

    def caller(self, principal: Principal) -> Caller:
        """The principal as policies see it."""
