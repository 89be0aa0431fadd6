"""Refusals: the answers AWS gives to a client's fault, one class per error shape.

Raised anywhere above this layer and turned into bytes in `wire` only; in a batch a refusal is a
value.  The class name is the name of the shape in AWS's model; what the wire makes of it (status,
legacy query code) stands in `wire/errors.py`.

    Refusal                 the client's fault
      ...                   one class per AWS error shape
    Fault                   the world's fault: a full or failed disk; the client may try again
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - AWS's word is "error", ours says whose fault it is
    """A request that is refused.  `message` is the text that the client reads."""

    default: ClassVar[str] = ""

    def __init__(self, message: str | None = None) -> None:
        self.message = self.default if message is None else message
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The name of the AWS error shape."""
        return type(self).__name__

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.message == self.message  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.message))


class Fault(Exception):  # noqa: N818
    """The world's fault (disk full, log stopped); a client may try again later."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class StorageFull(Fault):
    """The disk has no room for new messages; receives and deletes go on."""


class LogStopped(Fault):
    """The log failed and takes nothing more; only a restart recovers from what is on disk."""


# --- Errors every AWS service knows ------------------------------------------------------------


class AccessDeniedException(Refusal):
    pass


class IncompleteSignature(Refusal):
    pass


class InvalidClientTokenId(Refusal):
    default = "The security token included in the request is invalid."


class MissingAuthenticationToken(Refusal):
    default = "Request is missing Authentication Token"


class SignatureDoesNotMatch(Refusal):
    default = (
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details."
    )


class InvalidParameterValueException(Refusal):
    pass


class InvalidParameterCombination(Refusal):
    pass


class MissingRequiredParameterException(Refusal):
    pass


class MalformedInput(Refusal):
    """A body that is no JSON, or a value of the wrong type (`SerializationException` on the wire)."""


class MalformedQueryString(Refusal):
    pass


class UnknownOperationException(Refusal):
    pass


class InvalidAction(Refusal):
    pass


class ThrottlingException(Refusal):
    default = "Rate exceeded"


class RequestEntityTooLarge(Refusal):
    pass


# --- SQS ---------------------------------------------------------------------------------------


class BatchEntryIdsNotDistinct(Refusal):
    pass


class BatchRequestTooLong(Refusal):
    pass


class EmptyBatchRequest(Refusal):
    pass


class InvalidAddress(Refusal):
    pass


class InvalidAttributeName(Refusal):
    pass


class InvalidAttributeValue(Refusal):
    pass


class InvalidBatchEntryId(Refusal):
    default = (
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long."
    )


class InvalidMessageContents(Refusal):
    pass


class InvalidSecurity(Refusal):
    pass


class MessageNotInflight(Refusal):
    pass


class OverLimit(Refusal):
    pass


class PurgeQueueInProgress(Refusal):
    pass


class QueueDeletedRecently(Refusal):
    default = (
        "You must wait 60 seconds after deleting a queue before you can create another with the "
        "same name."
    )


class QueueDoesNotExist(Refusal):
    default = "The specified queue does not exist."


class QueueNameExists(Refusal):
    pass


class ReceiptHandleIsInvalid(Refusal):
    pass


class RequestThrottled(Refusal):
    default = "Request is throttled."


class ResourceNotFoundException(Refusal):
    pass


class TooManyEntriesInBatchRequest(Refusal):
    pass


class UnsupportedOperation(Refusal):
    pass


def _all_refusals(parent: type[Refusal]) -> dict[str, type[Refusal]]:
    found: dict[str, type[Refusal]] = {}
    for child in parent.__subclasses__():
        found[child.__name__] = child
        found.update(_all_refusals(child))
    return found


REFUSALS: dict[str, type[Refusal]] = _all_refusals(Refusal)
"""Every refusal by the name of its shape; a refusal that crossed a socket is rebuilt from here."""
