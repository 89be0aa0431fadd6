"""Whether a principal may do what it asks for."""

from functools import lru_cache
from typing import Protocol

from tidegate.base.call import Call, Principal
from tidegate.base.refusals import AccessDeniedException


class Authorize(Protocol):
    """Raises AccessDeniedException where `principal` may not do `action` to `resource`.

    `context` is the call: what conditions of a policy may ask about.
    """

    def __call__(self, principal: Principal, action: str, resource: str, context: Call) -> None: ...


def authorize_root(principal: Principal, action: str, resource: str, context: Call) -> None:
    """The root of an account may do everything to the account's resources, and nothing else.

    `*` stands for an action on no resource in particular, such as ListQueues, which sees only what
    belongs to the caller's own account.
    """
    if resource != "*" and _owner(resource) != principal.account:
        raise AccessDeniedException(f"Access to the resource {resource} is denied.")


@lru_cache(maxsize=4096)
def _owner(arn: str) -> str | None:
    """The account that an ARN says; None for what is no ARN."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else None
