"""What the wire makes of an error of SQS, or of every service: statuses, JSON types, three forms.

JSON        {"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":".."} and the header
            `x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender`, from which SDKs
            take the code that the same error had in the Query protocol
Query       <ErrorResponse><Error><Type/><Code/><Message/><Detail/></Error><RequestId/>
Query JSON  {"Error":{"Code":..,"Message":..,"Type":..},"RequestId":..}

Statuses and Query codes of SQS's own errors are those of AWS's models; those of the common ones
are from the page "Common Errors" of the API reference and from recorded answers.  A refusal's Query
code stands in its class.  Whoever adds a refusal that no service's model has adds a row here; a
test holds that.  How the other services answer errors stands in `wire/service_errors.py`.
"""

from typing import Final, NamedTuple

import msgspec

from tidegate.base.refusals import (
    AccessDeniedException,
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    ExpiredToken,
    Fault,
    IncompleteSignature,
    InvalidAction,
    InvalidAddress,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidBatchEntryId,
    InvalidClientTokenId,
    InvalidMessageContents,
    InvalidParameterCombination,
    InvalidParameterValueException,
    InvalidSecurity,
    KmsAccessDenied,
    KmsDisabled,
    KmsInvalidKeyUsage,
    KmsInvalidState,
    KmsNotFound,
    KmsOptInRequired,
    KmsThrottled,
    MalformedInput,
    MalformedQueryString,
    MessageNotInflight,
    MissingAuthenticationToken,
    MissingRequiredParameterException,
    OverLimit,
    PurgeQueueInProgress,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
    ReceiptHandleIsInvalid,
    Refusal,
    RequestEntityTooLarge,
    RequestThrottled,
    ResourceNotFoundException,
    SignatureDoesNotMatch,
    ThrottlingException,
    TooManyEntriesInBatchRequest,
    UnknownOperationException,
    UnsupportedOperation,
    ValidationException,
)
from tidegate.wire.xml_text import document, escape

_COMMON: Final = "com.amazon.coral.service#"
_SQS: Final = "com.amazonaws.sqs#"

TABLE: Final[dict[type[Refusal], tuple[int, str]]] = {
    AccessDeniedException: (403, _COMMON + "AccessDeniedException"),
    ExpiredToken: (403, _COMMON + "ExpiredTokenException"),
    IncompleteSignature: (400, _COMMON + "IncompleteSignatureException"),
    InvalidAction: (400, _COMMON + "InvalidActionException"),
    InvalidClientTokenId: (403, _COMMON + "UnrecognizedClientException"),
    InvalidParameterCombination: (400, _COMMON + "InvalidParameterCombinationException"),
    InvalidParameterValueException: (400, _COMMON + "InvalidParameterValueException"),
    MalformedInput: (400, _COMMON + "SerializationException"),
    MalformedQueryString: (404, _COMMON + "MalformedQueryStringException"),
    MissingAuthenticationToken: (403, _COMMON + "MissingAuthenticationTokenException"),
    MissingRequiredParameterException: (400, _COMMON + "MissingRequiredParameterException"),
    RequestEntityTooLarge: (413, _COMMON + "RequestEntityTooLargeException"),
    SignatureDoesNotMatch: (403, _COMMON + "InvalidSignatureException"),
    ThrottlingException: (400, _COMMON + "ThrottlingException"),
    UnknownOperationException: (404, _COMMON + "UnknownOperationException"),
    ValidationException: (400, _COMMON + "ValidationException"),
    BatchEntryIdsNotDistinct: (400, _SQS + "BatchEntryIdsNotDistinct"),
    BatchRequestTooLong: (400, _SQS + "BatchRequestTooLong"),
    EmptyBatchRequest: (400, _SQS + "EmptyBatchRequest"),
    InvalidAddress: (404, _SQS + "InvalidAddress"),
    InvalidAttributeName: (400, _SQS + "InvalidAttributeName"),
    InvalidAttributeValue: (400, _SQS + "InvalidAttributeValue"),
    InvalidBatchEntryId: (400, _SQS + "InvalidBatchEntryId"),
    InvalidMessageContents: (400, _SQS + "InvalidMessageContents"),
    InvalidSecurity: (403, _SQS + "InvalidSecurity"),
    KmsAccessDenied: (400, _SQS + "KmsAccessDenied"),
    KmsDisabled: (400, _SQS + "KmsDisabled"),
    KmsInvalidKeyUsage: (400, _SQS + "KmsInvalidKeyUsage"),
    KmsInvalidState: (400, _SQS + "KmsInvalidState"),
    KmsNotFound: (400, _SQS + "KmsNotFound"),
    KmsOptInRequired: (403, _SQS + "KmsOptInRequired"),
    KmsThrottled: (400, _SQS + "KmsThrottled"),
    MessageNotInflight: (400, _SQS + "MessageNotInflight"),
    OverLimit: (403, _SQS + "OverLimit"),
    PurgeQueueInProgress: (403, _SQS + "PurgeQueueInProgress"),
    QueueDeletedRecently: (400, _SQS + "QueueDeletedRecently"),
    QueueDoesNotExist: (400, _SQS + "QueueDoesNotExist"),
    QueueNameExists: (400, _SQS + "QueueNameExists"),
    ReceiptHandleIsInvalid: (404, _SQS + "ReceiptHandleIsInvalid"),
    RequestThrottled: (403, _SQS + "RequestThrottled"),
    ResourceNotFoundException: (404, _SQS + "ResourceNotFoundException"),
    TooManyEntriesInBatchRequest: (400, _SQS + "TooManyEntriesInBatchRequest"),
    UnsupportedOperation: (400, _SQS + "UnsupportedOperation"),
}
"""Status and JSON type of the refusals of SQS, and of those that every service has."""

_INTERNAL_TEXT: Final = "The request failed because of an internal error of the server."
_QUERY_TEXT_OF_MISSING_QUEUE: Final = (
    "The specified queue does not exist for this wsdl version."  # AWS's words in Query only
)
_encode: Final = msgspec.json.Encoder().encode


class ErrorAnswer(NamedTuple):
    """An error as it goes out; `headers` are those that only an error has."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Described(NamedTuple):
    """What is said of an error, in whichever form."""

    status: int
    type: str
    code: str
    fault: str
    """Whose: "Sender" or "Receiver"."""
    message: str


def json_error(error: Exception) -> ErrorAnswer:
    """The answer in AWS JSON."""
    it = describe(error)
    headers = (("x-amzn-query-error", f"{it.code};{it.fault}"),)
    return ErrorAnswer(it.status, headers, _encode({"__type": it.type, "message": it.message}))


def query_error(error: Exception, request_id: str, xml_namespace: str) -> ErrorAnswer:
    """The answer in the Query protocol, as XML."""
    if isinstance(error, UnknownOperationException):
        # A Query request without an action reaches no service, whose form of errors it could have.
        return ErrorAnswer(404, (), b"<UnknownOperationException/>\n")
    it = describe(error)
    body = document(
        [
            f'<?xml version="1.0"?><ErrorResponse xmlns="{xml_namespace}"><Error>',
            f"<Type>{it.fault}</Type><Code>{it.code}</Code>",
            f"<Message>{escape(_query_message(error, it))}</Message><Detail/></Error>",
            f"<RequestId>{request_id}</RequestId></ErrorResponse>",
        ]
    )
    return ErrorAnswer(it.status, (), body)


def query_json_error(error: Exception, request_id: str) -> ErrorAnswer:
    """The answer to a Query request that asks for JSON."""
    it = describe(error)
    what = {"Code": it.code, "Message": _query_message(error, it), "Type": it.fault}
    return ErrorAnswer(it.status, (), _encode({"Error": what, "RequestId": request_id}))


def describe(error: Exception) -> Described:
    """What this module's table says of an error.

    A refusal that is not in it, being another service's, is a bug like any other.
    """
    if isinstance(error, Refusal) and type(error) in TABLE:
        status, json_type = TABLE[type(error)]
        return Described(status, json_type, error.query_code, "Sender", encodable(error.message))
    if isinstance(error, Fault):
        json_type = _COMMON + "ServiceUnavailableException"
        return Described(503, json_type, "ServiceUnavailable", "Receiver", encodable(error.message))
    # A bug of ours: the client learns that it was one, and nothing more.
    return Described(
        500, _COMMON + "InternalFailure", "InternalFailure", "Receiver", _INTERNAL_TEXT
    )


def _query_message(error: Exception, described: Described) -> str:
    if isinstance(error, QueueDoesNotExist) and error.message == QueueDoesNotExist.default:
        return _QUERY_TEXT_OF_MISSING_QUEUE
    return described.message


def encodable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 has not; a file's name can hold one."""
    return text.encode("utf-8", "replace").decode()
