"""What is asked of policies beside what the gateway asks: a rename needs the permission for the new
name as well, and who gives a role to an instance profile must be let pass it on."""

from collections.abc import Callable

from tidegate.base.call import Call

MayAlso = Callable[[Call, str, str], None]
"""may_also(call, action, resource).  Raises AccessDeniedException where the caller may not."""
