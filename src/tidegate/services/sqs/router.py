"""The way from a handler to the partition that owns a queue."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from tidegate.base.call import Call
from tidegate.base.refusals import Refusal
from tidegate.engine.commands import Command, DescribeQueue

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

    def run_unasked(self, command: Command) -> None:
        """Have a command run whose result nobody waits for."""


def answer_if_exists(router: Router, call: Call, arn: str, answer: Any) -> None:
    """Answers with what needs no command, a refusal or a shape, where there is such a queue.

    A wrong receipt handle on a queue that is gone is refused for the queue, not for the handle.
    """
    router.submit(call, DescribeQueue(arn), partial(_known_before, answer))


def _known_before(answer: Any, call: Call, result: object) -> Any:
    if isinstance(answer, Refusal):
        raise answer
    return answer
