"""Errors of IAM, STS, KMS and SNS on the wire: in text, and as botocore understands them."""

import json

import pytest

from service_models import parsed, service_model
from tidegate.api import iam, kms, sns, sts
from tidegate.api.operation import ServiceShape
from tidegate.base.refusals import (
    REFUSALS,
    AccessDeniedException,
    LimitExceededException,
    LogStopped,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
    NotFoundException,
    RequestEntityTooLarge,
    UnknownOperationException,
    ValidationException,
)
from tidegate.wire import service_errors

QUERY = {
    "iam": (iam.SERVICE, "GetUser"),
    "sts": (sts.SERVICE, "AssumeRole"),
    "sns": (sns.SERVICE, "Publish"),
}
UNLIKE_THE_MODEL = {("sns", "ValidationException"): "ValidationError"}
"""Codes of which answers of the service say something else than its model."""


@pytest.mark.parametrize("service", QUERY)
def test_botocore_reads_code_and_status_of_every_error_of_a_query_service(service: str) -> None:
    shape, operation = QUERY[service]
    for row in service_model("query", service).error_shapes:
        error = REFUSALS[row.name]("What was wrong.")
        answer = service_errors.query_error(error, "r", shape)
        got = parsed("query", operation, answer.body, answer.status, service=service)
        trait = row.metadata.get("error", {})
        assert answer.headers == ()
        assert answer.status == trait.get("httpStatusCode", 400)
        code = UNLIKE_THE_MODEL.get((service, row.name), trait.get("code", row.name))
        assert got["Error"]["Code"] == code
        assert got["Error"]["Type"] == ("Receiver" if answer.status == 500 else "Sender")
        assert got["Error"]["Message"] == "What was wrong."
        assert got["ResponseMetadata"]["RequestId"] == "r"


def test_botocore_reads_the_code_of_every_error_of_kms() -> None:
    statuses = {}
    for row in service_model("json", "kms").error_shapes:
        answer = service_errors.json_error(REFUSALS[row.name]("What was wrong."), kms.SERVICE)
        got = parsed("json", "Decrypt", answer.body, answer.status, service="kms")
        assert answer.headers == ()
        assert got["Error"] == {"Code": row.name, "Message": "What was wrong."}
        statuses[row.name] = answer.status
    unlike = {name: status for name, status in statuses.items() if status != 400}
    assert unlike == {
        "DependencyTimeoutException": 503,
        "KMSInternalException": 500,
        "KeyUnavailableException": 500,
    }


@pytest.mark.parametrize(
    ("name", "status", "code", "json_code"),
    [
        ("AccessDeniedException", 403, "AccessDenied", "AccessDeniedException"),
        ("ExpiredToken", 403, "ExpiredToken", "ExpiredTokenException"),
        ("IncompleteSignature", 400, "IncompleteSignature", "IncompleteSignatureException"),
        ("InvalidAction", 400, "InvalidAction", "InvalidActionException"),
        ("InvalidClientTokenId", 403, "InvalidClientTokenId", "UnrecognizedClientException"),
        ("MalformedInput", 400, "MalformedInput", "SerializationException"),
        (
            "MissingAuthenticationToken",
            403,
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ),
        ("SignatureDoesNotMatch", 403, "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("ThrottlingException", 400, "Throttling", "ThrottlingException"),
        ("ValidationException", 400, "ValidationError", "ValidationException"),
    ],
)
def test_errors_that_every_service_has(name: str, status: int, code: str, json_code: str) -> None:
    answer = service_errors.query_error(REFUSALS[name]("No."), "r", sts.SERVICE)
    got = parsed("query", "AssumeRole", answer.body, answer.status, service="sts")
    assert (answer.status, got["Error"]["Code"]) == (status, code)
    answer = service_errors.json_error(REFUSALS[name]("No."), kms.SERVICE)
    assert answer.status == 400
    assert json.loads(answer.body) == {"__type": json_code, "message": "No."}


@pytest.mark.parametrize(
    ("refusal", "service", "status", "code"),
    [
        (LimitExceededException, iam.SERVICE, 409, "LimitExceeded"),
        (LimitExceededException, kms.SERVICE, 400, "LimitExceededException"),
        (MalformedPolicyDocumentException, sts.SERVICE, 400, "MalformedPolicyDocument"),
        (MalformedPolicyDocumentException, kms.SERVICE, 400, "MalformedPolicyDocumentException"),
    ],
)
def test_one_refusal_has_the_code_of_each_service(
    refusal: type[Exception], service: ServiceShape, status: int, code: str
) -> None:
    if service.target_prefix:
        answer = service_errors.json_error(refusal(), service)
        assert json.loads(answer.body)["__type"] == code
    else:
        answer = service_errors.query_error(refusal(), "r", service)
        assert f"<Code>{code}</Code>".encode() in answer.body
    assert answer.status == status


def test_both_forms_in_text() -> None:
    error = NoSuchEntityException("The user with name <bob> cannot be found.")
    assert service_errors.query_error(error, "r", iam.SERVICE) == (
        404,
        (),
        b'<?xml version="1.0"?>'
        b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>'
        b"<Type>Sender</Type><Code>NoSuchEntity</Code>"
        b"<Message>The user with name &lt;bob&gt; cannot be found.</Message></Error>"
        b"<RequestId>r</RequestId></ErrorResponse>",
    )
    error_of_kms = NotFoundException("Alias arn:aws:kms:eu-west-1:1:alias/x is not found.")
    assert service_errors.json_error(error_of_kms, kms.SERVICE) == (
        400,
        (),
        b'{"__type":"NotFoundException",'
        b'"message":"Alias arn:aws:kms:eu-west-1:1:alias/x is not found."}',
    )


def test_what_no_service_answers() -> None:
    answer = service_errors.query_error(UnknownOperationException(), "r", iam.SERVICE)
    assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")
    answer = service_errors.json_error(RequestEntityTooLarge(), kms.SERVICE)
    assert answer.status == 413


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (LogStopped("The log stopped."), 503, "ServiceUnavailable"),
        (KeyError("the secret detail"), 500, "InternalFailure"),
        # Another service's refusal is a bug of ours.
        (NotFoundException("the secret detail"), 500, "InternalFailure"),
    ],
)
def test_faults_and_bugs(error: Exception, status: int, code: str) -> None:
    answer = service_errors.query_error(error, "r", iam.SERVICE)
    assert answer.status == status
    assert f"<Type>Receiver</Type><Code>{code}</Code>".encode() in answer.body
    assert b"secret" not in answer.body


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\uffff", "a < b"])
def test_any_text_gives_an_answer_that_can_be_read(text: str) -> None:
    refusal = ValidationException(f"Value '{text}' at 'userName'")
    answer = service_errors.query_error(refusal, "r", iam.SERVICE)
    parsed("query", "GetUser", answer.body, answer.status, service="iam")
    json.loads(service_errors.json_error(AccessDeniedException(text), kms.SERVICE).body)


def test_sns_calls_a_denial_by_a_name_of_its_own() -> None:
    answer = service_errors.query_error(AccessDeniedException("Not you."), "r", sns.SERVICE)
    got = parsed("query", "Publish", answer.body, answer.status, service="sns")
    assert answer.status == 403
    assert got["Error"] == {"Type": "Sender", "Code": "AuthorizationError", "Message": "Not you."}
