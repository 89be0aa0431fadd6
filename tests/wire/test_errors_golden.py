"""Errors on the wire: in text, and as botocore understands them.

Codes, types and statuses are those that AWS was seen to answer with, or those of its models.
"""

import json
from xml.etree import ElementTree

import pytest

from service_models import parsed
from tidegate.api import iam, kms, sns, sts
from tidegate.api.sqs import SERVICE
from tidegate.base.refusals import (
    REFUSALS,
    Fault,
    InvalidParameterValueException,
    LogStopped,
    MalformedInput,
    MissingRequiredParameterException,
    QueueDoesNotExist,
    Refusal,
    StorageFull,
    UnknownOperationException,
    batch_error_code,
)
from tidegate.wire import errors

NAMESPACE = SERVICE.xml_namespace or ""

AS_AWS_ANSWERS = [
    # refusal, status, JSON type, Query code
    (
        "InvalidParameterValueException",
        400,
        "InvalidParameterValueException",
        "InvalidParameterValue",
    ),
    (
        "MissingRequiredParameterException",
        400,
        "MissingRequiredParameterException",
        "MissingParameter",
    ),
    ("InvalidAttributeName", 400, "InvalidAttributeName", "InvalidAttributeName"),
    ("InvalidAttributeValue", 400, "InvalidAttributeValue", "InvalidAttributeValue"),
    ("QueueDoesNotExist", 400, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    ("QueueNameExists", 400, "QueueNameExists", "QueueAlreadyExists"),
    (
        "QueueDeletedRecently",
        400,
        "QueueDeletedRecently",
        "AWS.SimpleQueueService.QueueDeletedRecently",
    ),
    (
        "PurgeQueueInProgress",
        403,
        "PurgeQueueInProgress",
        "AWS.SimpleQueueService.PurgeQueueInProgress",
    ),
    (
        "BatchRequestTooLong",
        400,
        "BatchRequestTooLong",
        "AWS.SimpleQueueService.BatchRequestTooLong",
    ),
    (
        "InvalidBatchEntryId",
        400,
        "InvalidBatchEntryId",
        "AWS.SimpleQueueService.InvalidBatchEntryId",
    ),
    ("EmptyBatchRequest", 400, "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
    (
        "BatchEntryIdsNotDistinct",
        400,
        "BatchEntryIdsNotDistinct",
        "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    ),
    (
        "TooManyEntriesInBatchRequest",
        400,
        "TooManyEntriesInBatchRequest",
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    ),
    (
        "UnsupportedOperation",
        400,
        "UnsupportedOperation",
        "AWS.SimpleQueueService.UnsupportedOperation",
    ),
    ("KmsAccessDenied", 400, "KmsAccessDenied", "KMS.AccessDeniedException"),
    ("KmsDisabled", 400, "KmsDisabled", "KMS.DisabledException"),
    ("KmsInvalidKeyUsage", 400, "KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException"),
    ("KmsInvalidState", 400, "KmsInvalidState", "KMS.InvalidStateException"),
    ("KmsNotFound", 400, "KmsNotFound", "KMS.NotFoundException"),
    ("KmsOptInRequired", 403, "KmsOptInRequired", "KMS.OptInRequired"),
    ("KmsThrottled", 400, "KmsThrottled", "KMS.ThrottlingException"),
    ("MessageNotInflight", 400, "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
    ("ReceiptHandleIsInvalid", 404, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
    ("ResourceNotFoundException", 404, "ResourceNotFoundException", "ResourceNotFoundException"),
    ("OverLimit", 403, "OverLimit", "OverLimit"),
    ("RequestThrottled", 403, "RequestThrottled", "RequestThrottled"),
    ("InvalidClientTokenId", 403, "UnrecognizedClientException", "InvalidClientTokenId"),
    ("ExpiredToken", 403, "ExpiredTokenException", "ExpiredToken"),
    ("SignatureDoesNotMatch", 403, "InvalidSignatureException", "SignatureDoesNotMatch"),
    ("MalformedInput", 400, "SerializationException", "MalformedInput"),
    ("UnknownOperationException", 404, "UnknownOperationException", "UnknownOperationException"),
    ("InvalidAction", 400, "InvalidActionException", "InvalidAction"),
    ("AccessDeniedException", 403, "AccessDeniedException", "AccessDenied"),
]


@pytest.mark.parametrize(("name", "status", "json_type", "query_code"), AS_AWS_ANSWERS)
def test_botocore_reads_the_code_in_both_protocols(
    name: str, status: int, json_type: str, query_code: str
) -> None:
    error = REFUSALS[name]("What was wrong.")
    answer = errors.json_error(error)
    got = parsed("json", "SendMessage", answer.body, answer.status, dict(answer.headers))
    assert got["ResponseMetadata"]["HTTPStatusCode"] == status
    assert got["Error"]["Code"] == query_code
    assert got["Error"]["QueryErrorCode"] == json_type
    assert got["Error"]["Type"] == "Sender"
    assert got["Error"]["Message"] == "What was wrong."

    if error.code == "UnknownOperationException":
        return
    answer = errors.query_error(error, "r", NAMESPACE)
    got = parsed("query", "SendMessage", answer.body, answer.status)
    assert got["ResponseMetadata"] == {
        "RequestId": "r",
        "HTTPStatusCode": status,
        "HTTPHeaders": {},
    }
    assert got["Error"] == {
        "Code": query_code,
        "Type": "Sender",
        "Message": "What was wrong.",
        "Detail": None,
    }


def test_every_refusal_has_a_row() -> None:
    of_models = {name for service in (iam, kms, sns, sts) for name in service.ERRORS}
    assert of_models <= set(REFUSALS)
    rows = {refusal.__name__ for refusal in errors.TABLE}
    assert set(REFUSALS) - of_models <= rows
    # These SQS has, or every service, and the model of SNS as well.
    assert rows & of_models == {
        "InvalidParameterValueException",
        "ResourceNotFoundException",
        "ValidationException",
    }


def test_the_three_forms_in_text() -> None:
    error = QueueDoesNotExist()
    assert errors.json_error(error) == (
        400,
        (("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"),),
        b'{"__type":"com.amazonaws.sqs#QueueDoesNotExist",'
        b'"message":"The specified queue does not exist."}',
    )
    assert errors.query_error(error, "r", NAMESPACE) == (
        400,
        (),
        b'<?xml version="1.0"?>'
        b'<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>'
        b"<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
        b"<Message>The specified queue does not exist for this wsdl version.</Message>"
        b"<Detail/></Error><RequestId>r</RequestId></ErrorResponse>",
    )
    assert errors.query_json_error(error, "r") == (
        400,
        (),
        b'{"Error":{"Code":"AWS.SimpleQueueService.NonExistentQueue",'
        b'"Message":"The specified queue does not exist for this wsdl version.",'
        b'"Type":"Sender"},"RequestId":"r"}',
    )


def test_common_errors_have_the_common_namespace() -> None:
    for error in (InvalidParameterValueException(), MalformedInput()):
        body = json.loads(errors.json_error(error).body)
        assert body["__type"].startswith("com.amazon.coral.service#")


def test_a_query_request_without_action() -> None:
    answer = errors.query_error(UnknownOperationException(), "r", NAMESPACE)
    assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")


@pytest.mark.parametrize(
    "fault", [StorageFull("The disk is full."), LogStopped("The log stopped.")]
)
def test_a_fault_can_be_tried_again_and_says_what_it_is(fault: Fault) -> None:
    answer = errors.json_error(fault)
    got = parsed("json", "SendMessage", answer.body, answer.status, dict(answer.headers))
    assert answer.status == 503
    assert got["Error"] == {
        "Code": "ServiceUnavailable",
        "Type": "Receiver",
        "QueryErrorCode": "ServiceUnavailableException",
        "Message": fault.message,
    }
    assert b"<Type>Receiver</Type><Code>ServiceUnavailable</Code>" in (
        errors.query_error(fault, "r", NAMESPACE).body
    )


def test_a_bug_tells_the_client_nothing() -> None:
    bug = KeyError("the secret detail")
    answers = (
        errors.json_error(bug),
        errors.query_error(bug, "r", NAMESPACE),
        errors.query_json_error(bug, "r"),
    )
    for answer in answers:
        assert answer.status == 500
        assert b"InternalFailure" in answer.body
        assert b"secret" not in answer.body


@pytest.mark.parametrize("text", ["a < b & c\r", "\x00\x1b[0m", "\ud800", "\uffff", "é 🌊"])
def test_any_text_gives_a_document_that_can_be_read(text: str) -> None:
    error = InvalidParameterValueException(f"Value {text} is invalid.")
    document = ElementTree.fromstring(errors.query_error(error, "r", NAMESPACE).body)
    message = document.findtext(f"{{{NAMESPACE}}}Error/{{{NAMESPACE}}}Message")
    assert message is not None
    assert message.startswith("Value ")
    assert json.loads(errors.json_error(error).body)["message"].endswith(" is invalid.")
    assert json.loads(errors.query_json_error(error, "r").body)["RequestId"] == "r"


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (InvalidParameterValueException, "InvalidParameterValue"),
        (MissingRequiredParameterException, "MissingParameter"),
        (REFUSALS["ReceiptHandleIsInvalid"], "ReceiptHandleIsInvalid"),
        (QueueDoesNotExist, "AWS.SimpleQueueService.NonExistentQueue"),
    ],
)
def test_a_failed_entry_of_a_batch_shows_the_query_code(refusal: type[Refusal], code: str) -> None:
    assert batch_error_code(refusal().code) == code
