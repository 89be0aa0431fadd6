"""What every refusal is, and what a fault is."""

from typing import ClassVar


class Refusal(Exception):
    """A request that is refused.  `message` is the text that the client reads."""

    default: ClassVar[str] = ""
    query_code: ClassVar[str] = ""
    """The code of an error of SQS, or of every service, in the Query protocol and in a batch's
    failed entry; the name of the class where AWS has no other one."""

    def __init_subclass__(cls, query_code: str = "") -> None:
        super().__init_subclass__()
        cls.query_code = query_code or cls.__name__

    def __init__(self, message: str | None = None) -> None:
        self.message = self.default if message is None else message
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The name of the AWS error shape."""
        return type(self).__name__

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.message == self.message

    def __hash__(self) -> int:
        return hash((type(self), self.message))


class Fault(Exception):
    """The world's fault (disk full, log stopped); a client may try again later."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class StorageFull(Fault):
    """The disk has no room for new messages; receives and deletes go on."""


class LogStopped(Fault):
    """The log failed and takes nothing more; only a restart recovers from what is on disk."""
