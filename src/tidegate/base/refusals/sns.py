"""The errors of SNS."""

from tidegate.base.refusals.refusal import Refusal


class AuthorizationErrorException(Refusal):
    pass


class BatchEntryIdsNotDistinctException(Refusal):
    pass


class BatchRequestTooLongException(Refusal):
    pass


class ConcurrentAccessException(Refusal):
    pass


class EmptyBatchRequestException(Refusal):
    pass


class EndpointDisabledException(Refusal):
    pass


class FilterPolicyLimitExceededException(Refusal):
    pass


class InternalErrorException(Refusal):
    pass


class InvalidBatchEntryIdException(Refusal):
    pass


class InvalidParameterException(Refusal):
    pass


class InvalidSecurityException(Refusal):
    pass


class InvalidStateException(Refusal):
    pass


class KMSAccessDeniedException(Refusal):
    pass


class KMSDisabledException(Refusal):
    pass


class KMSNotFoundException(Refusal):
    pass


class KMSOptInRequired(Refusal):
    pass


class KMSThrottlingException(Refusal):
    pass


class OptedOutException(Refusal):
    pass


class PlatformApplicationDisabledException(Refusal):
    pass


class ReplayLimitExceededException(Refusal):
    pass


class StaleTagException(Refusal):
    pass


class SubscriptionLimitExceededException(Refusal):
    pass


class TagLimitExceededException(Refusal):
    pass


class TagPolicyException(Refusal):
    pass


class ThrottledException(Refusal):
    pass


class TooManyEntriesInBatchRequestException(Refusal):
    pass


class TopicLimitExceededException(Refusal):
    pass


class UserErrorException(Refusal):
    pass


class VerificationException(Refusal):
    pass


def invalid_parameter(what: str) -> InvalidParameterException:
    """The refusal of a parameter, as SNS words nearly all of them."""
    return InvalidParameterException(f"Invalid parameter: {what}")


def among_attributes(refusal: InvalidParameterException) -> InvalidParameterException:
    """The refusal of one attribute where the request has all of them in one parameter, as
    CreateTopic and Subscribe have."""
    what = refusal.message.removeprefix("Invalid parameter: ")
    return invalid_parameter(f"Attributes Reason: {what}")
