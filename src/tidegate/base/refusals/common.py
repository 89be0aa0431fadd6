"""Errors that every AWS service knows, and those that several have."""

from tidegate.base.refusals.refusal import Refusal


class AccessDeniedException(Refusal, query_code="AccessDenied"):
    pass


class IncompleteSignature(Refusal):
    pass


class ExpiredToken(Refusal):
    default = "The security token included in the request is expired"


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


class ValidationException(Refusal, query_code="ValidationError"):
    """An input breaks the constraints of the service's model; `wire/validate.py` words it."""


class LimitExceededException(Refusal):
    pass


class MalformedPolicyDocumentException(Refusal):
    pass
