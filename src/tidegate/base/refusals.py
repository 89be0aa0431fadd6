"""Refusals: the answers AWS gives to a client's fault, one class per error shape.

Raised anywhere above this layer and turned into bytes in `wire` only; in a batch a refusal is a
value.  The class name is the name of the shape in AWS's model; `query_code` is its code in the
Query protocol, which batches show in both protocols.  What else the wire makes of a refusal
(status, JSON type) stands in `wire/errors.py`.

    Refusal                 the client's fault
      ...                   one class per AWS error shape
    Fault                   the world's fault: a full or failed disk; the client may try again
"""

from typing import ClassVar


class Refusal(Exception):
    """A request that is refused.  `message` is the text that the client reads."""

    default: ClassVar[str] = ""
    query_code: ClassVar[str] = ""
    """The error's code in the Query protocol and in a batch's failed entry; the name of the class
    where AWS has no other one."""

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


# --- Errors every AWS service knows ------------------------------------------------------------


class AccessDeniedException(Refusal, query_code="AccessDenied"):
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


class InvalidParameterValueException(Refusal, query_code="InvalidParameterValue"):
    pass


class InvalidParameterCombination(Refusal):
    pass


class MissingRequiredParameterException(Refusal, query_code="MissingParameter"):
    pass


class MalformedInput(Refusal):
    """A body that cannot be read, or a value of the wrong type (JSON: `SerializationException`)."""


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


class BatchEntryIdsNotDistinct(
    Refusal, query_code="AWS.SimpleQueueService.BatchEntryIdsNotDistinct"
):
    pass


class BatchRequestTooLong(Refusal, query_code="AWS.SimpleQueueService.BatchRequestTooLong"):
    pass


class EmptyBatchRequest(Refusal, query_code="AWS.SimpleQueueService.EmptyBatchRequest"):
    pass


class InvalidAddress(Refusal):
    pass


class InvalidAttributeName(Refusal):
    pass


class InvalidAttributeValue(Refusal):
    pass


class InvalidBatchEntryId(Refusal, query_code="AWS.SimpleQueueService.InvalidBatchEntryId"):
    default = (
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long."
    )


class InvalidMessageContents(Refusal):
    pass


class InvalidSecurity(Refusal):
    pass


class MessageNotInflight(Refusal, query_code="AWS.SimpleQueueService.MessageNotInflight"):
    pass


class OverLimit(Refusal):
    pass


class PurgeQueueInProgress(Refusal, query_code="AWS.SimpleQueueService.PurgeQueueInProgress"):
    pass


class QueueDeletedRecently(Refusal, query_code="AWS.SimpleQueueService.QueueDeletedRecently"):
    default = (
        "You must wait 60 seconds after deleting a queue before you can create another with the "
        "same name."
    )


class QueueDoesNotExist(Refusal, query_code="AWS.SimpleQueueService.NonExistentQueue"):
    default = "The specified queue does not exist."


class QueueNameExists(Refusal, query_code="QueueAlreadyExists"):
    pass


class ReceiptHandleIsInvalid(Refusal):
    pass


class RequestThrottled(Refusal):
    default = "Request is throttled."


class ResourceNotFoundException(Refusal):
    pass


class TooManyEntriesInBatchRequest(
    Refusal, query_code="AWS.SimpleQueueService.TooManyEntriesInBatchRequest"
):
    pass


class UnsupportedOperation(Refusal, query_code="AWS.SimpleQueueService.UnsupportedOperation"):
    pass


def _all_refusals(parent: type[Refusal]) -> dict[str, type[Refusal]]:
    found: dict[str, type[Refusal]] = {}
    for child in parent.__subclasses__():
        found[child.__name__] = child
        found.update(_all_refusals(child))
    return found


REFUSALS: dict[str, type[Refusal]] = _all_refusals(Refusal)
"""Every refusal by the name of its shape; a refusal that crossed a socket is rebuilt from here."""


def batch_error_code(code: str) -> str:
    """What a failed entry of a batch shows for the refusal of this name: AWS's Query code."""
    return REFUSALS[code].query_code
