"""What is asked of policies beside what the gateway asks: an operation that touches a second queue,
or does what has an action of its own, needs the permission for that as well."""

from collections.abc import Callable

from tidegate.base.call import Call

MayAlso = Callable[[Call, str, str], None]
"""may_also(call, action, resource).  Raises AccessDeniedException where the caller may not."""
