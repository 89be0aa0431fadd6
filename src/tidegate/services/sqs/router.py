"""The way from a handler to the partition that owns a queue."""

from collections.abc import Callable
from typing import Any, Protocol

from tidegate.base.call import Call
from tidegate.engine.commands import Command

Finish = Callable[[Call, Any], Any]
"""finish(call, result) -> output shape, None where the operation has none.  May raise a Refusal."""


class Router(Protocol):
    """Carries commands to the engine; runtime has the implementation."""

    def submit(self, call: Call, command: Command, finish: Finish) -> None:
        """Have the command run and the call answered.

        Once everything that the result depends on is durable, `call.reply(finish(call, result))`.
        A result that is `Refused` never reaches `finish`: it becomes `call.fail(refusal)`, and so
        does a Refusal that `finish` raises.
        """
