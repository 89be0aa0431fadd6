"""The errors of SQS."""

from tidegate.base.refusals.refusal import Refusal


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


class KmsAccessDenied(Refusal, query_code="KMS.AccessDeniedException"):
    pass


class KmsDisabled(Refusal, query_code="KMS.DisabledException"):
    pass


class KmsInvalidKeyUsage(Refusal, query_code="KMS.InvalidKeyUsageException"):
    pass


class KmsInvalidState(Refusal, query_code="KMS.InvalidStateException"):
    pass


class KmsNotFound(Refusal, query_code="KMS.NotFoundException"):
    pass


class KmsOptInRequired(Refusal, query_code="KMS.OptInRequired"):
    pass


class KmsThrottled(Refusal, query_code="KMS.ThrottlingException"):
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
