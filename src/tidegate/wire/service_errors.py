"""Errors of the services whose models word them: code and status of each stand in `ServiceShape`.

Query       <ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/>
AWS JSON    {"__type":"NotFoundException","message":".."}

An error that every service has is as in the table of `wire/errors.py`, but that a service in AWS
JSON answers all of a client's faults with 400 (seen in answers of KMS), and that it names errors
without a namespace.
"""

from typing import Final

import msgspec

from tidegate.api.operation import ServiceShape
from tidegate.base.refusals import (
    AccessDeniedException,
    Refusal,
    RequestEntityTooLarge,
    ThrottlingException,
    UnknownOperationException,
)
from tidegate.wire.errors import Described, ErrorAnswer, describe, encodable
from tidegate.wire.xml_text import document, escape

_QUERY_CODES: Final[dict[type[Exception], str]] = {ThrottlingException: "Throttling"}
"""Codes of common errors that are not those of SQS ("Common Errors" in the API reference)."""
_NOT_AUTHORIZED: Final = "AuthorizationErrorException"
"""What SNS has instead of AccessDenied."""
_encode: Final = msgspec.json.Encoder().encode


def json_error(error: Exception, service: ServiceShape) -> ErrorAnswer:
    """The answer in AWS JSON."""
    it = _describe(error, service)
    body = _encode({"__type": it.type.rpartition("#")[2], "message": it.message})
    in_http = isinstance(error, RequestEntityTooLarge)
    status = it.status if it.status >= 500 or in_http else 400
    return ErrorAnswer(status, (), body)


def query_error(error: Exception, request_id: str, service: ServiceShape) -> ErrorAnswer:
    """The answer in the Query protocol."""
    if isinstance(error, UnknownOperationException):
        # A Query request without an action reaches no service, whose form of errors it could have.
        return ErrorAnswer(404, (), b"<UnknownOperationException/>\n")
    it = _describe(error, service)
    body = document(
        [
            f'<?xml version="1.0"?><ErrorResponse xmlns="{service.xml_namespace}"><Error>',
            f"<Type>{it.fault}</Type><Code>{it.code}</Code>",
            f"<Message>{escape(it.message)}</Message></Error>",
            f"<RequestId>{request_id}</RequestId></ErrorResponse>",
        ]
    )
    return ErrorAnswer(it.status, (), body)


def _describe(error: Exception, service: ServiceShape) -> Described:
    row = service.errors.get(_shape_of(error, service)) if isinstance(error, Refusal) else None
    if row is None or not isinstance(error, Refusal):
        common = describe(error)
        return common._replace(code=_QUERY_CODES.get(type(error), common.code))
    fault = "Receiver" if row.status >= 500 else "Sender"
    return Described(row.status, error.code, row.code, fault, encodable(error.message))


def _shape_of(error: Refusal, service: ServiceShape) -> str:
    """The name that the service has for the error."""
    if isinstance(error, AccessDeniedException) and _NOT_AUTHORIZED in service.errors:
        return _NOT_AUTHORIZED
    return error.code
