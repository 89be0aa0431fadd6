"""A turn of the event loop: the commands of all the requests that it brought, carried out together.

Requests that come in one turn go through the server stage by stage, all of them through each
(`gateway.pipeline`); running the commands is the last stage but one, and writing what they have
changed the last.  A stage is a short loop over the same code, which stays in the processor's caches
then: a SendMessage of 64 that come together costs two thirds of one that goes all the way alone.
The idea is known as cohort scheduling (Larus and Parkes, "Using Cohort Scheduling to Enhance Server
Performance", USENIX 2002).
"""

import logging
from typing import Any

from tidegate.runtime.commits import Commits
from tidegate.runtime.node import Finish, Node

logger = logging.getLogger(__name__)


class Turns:
    """Takes commands as the node does, and holds them back while a turn gathers."""

    def __init__(self, node: Node, commits: Commits) -> None:
        self._node = node
        self._commits = commits
        self._gathering = False
        self._gathered: list[tuple[Any, Any, Finish]] = []
        self.run_unasked = node.run_unasked

    def begin(self) -> None:
        """From now until the turn's end commands are gathered."""
        self._gathering = True

    def submit(self, call: Any, command: Any, finish: Finish) -> None:
        """Run a command with the others of this turn, or now if no turn gathers, and answer `call`
        with finish(call, result) once the result is durable.

        Raises what `Node.submit` raises, where the command runs now.
        """
        if self._gathering:
            self._gathered.append((call, command, finish))
        else:
            self._node.submit(call, command, finish)

    def end(self) -> None:
        """Run what was gathered, in its order, and have it written."""
        self._gathering = False
        gathered, self._gathered = self._gathered, []
        submit = self._node.submit
        for call, command, finish in gathered:
            try:
                submit(call, command, finish)
            except Exception as error:  # of one client alone, as everywhere
                self._fail(call, error)
        self._commits.flush()

    @staticmethod
    def _fail(call: Any, error: Exception) -> None:
        try:
            call.fail(error)
        except Exception:
            # A bug of whoever takes it must cost the others of the turn nothing.
            logger.exception("a failure could not be told")
