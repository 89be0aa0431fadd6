"""What the audit trail shows of requests and answers, and above all what it does not."""

import re
from types import NoneType
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from tidegate.api import iam, kms, sns, sqs, sts
from tidegate.api.operation import Constraint, EpochSeconds, OperationShape, Shape
from tidegate.gateway.audit_members import (
    ANSWERS,
    HIDDEN,
    MASKED,
    REQUESTS,
    hidden_texts,
    request_parameters,
    response_elements,
)

MODELS = {"sqs": sqs, "iam": iam, "sts": sts, "kms": kms, "sns": sns}
OPERATIONS = [
    pytest.param(service, operation, id=f"{service}:{operation.name}")
    for service, model in MODELS.items()
    for operation in model.OPERATIONS.values()
]
SECRET = re.compile(
    r"plaintext|cipher|secret|token|password|privatekey|signature|^mac$|receipthandle|taskhandle"
    r"|^message$|^body$|messageattributes$|messagesystemattributes$|assertion|encodedmessage"
    r"|authenticationcode|seed|qrcode|keymaterial$|credential$|attestation|^value$",
    re.IGNORECASE,
)
"""Names of members that hold what nobody may read in a trail, as far as names tell."""
HARMLESS = {
    "Value",  # of a tag, which CloudTrail shows
    "PasswordResetRequired",
    "GlobalEndpointTokenVersion",
    "IncludeKeyMaterial",
    "MD5OfMessageAttributes",
    "MD5OfMessageSystemAttributes",
    "ServiceSpecificCredential",  # its password is not shown
    "SubjectFromWebIdentityToken",  # who the token was for
}


class Filler:
    """Fills a shape with texts that each name the member that they stand in."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def fill(self, kind: type[Shape]) -> Any:
        hints = get_type_hints(kind, include_extras=True)
        return kind(**{name: self._value(name, hint) for name, hint in hints.items()})

    def _value(self, name: str, hint: Any) -> Any:
        parts = [part for part in get_args(hint) if part is not NoneType]
        if NoneType in get_args(hint):
            return self._value(name, parts[0] if len(parts) == 1 else parts)
        notes: list[Any] = list(getattr(hint, "__metadata__", ()))
        if any(isinstance(note, Constraint) and note.secret for note in notes):
            self.secrets.add(name)
        if any(isinstance(note, EpochSeconds) for note in notes):
            return 1_795_516_200.0
        if notes:
            return self._value(name, hint.__origin__)
        origin = getattr(hint, "__origin__", hint)
        if origin is list:
            return [self._value(name, parts[0])]
        if origin is dict:
            return {f"key of {name}": self._value(name, parts[1])}
        if issubclass(origin, Shape):
            return self.fill(origin)
        plain = {str: f"text of {name}!", bytes: b"bytes", int: 1, bool: True, float: 0.0}
        return plain[origin]


def shown_names(members: Any) -> set[str]:
    """The names of the members whose texts are in the trail."""
    return set(re.findall(r"text of (\w+)!", str(members)))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_no_secret_is_shown(service: str, operation: OperationShape) -> None:
    filler = Filler()
    texts = str(request_parameters(service, filler.fill(operation.input)))
    if operation.output is not None:
        texts += str(response_elements(service, filler.fill(operation.output)))
    assert "b'bytes'" not in texts
    shown = shown_names(texts) - HARMLESS
    assert not shown & filler.secrets
    assert [name for name in shown if SECRET.search(name)] == []


@pytest.mark.parametrize(
    "table", [REQUESTS, MASKED, ANSWERS], ids=["requests", "masked", "answers"]
)
def test_every_name_in_a_table_is_a_member_of_the_model(table: dict[str, frozenset[str]]) -> None:
    for service, names in table.items():
        known: set[str] = set()
        for value in vars(MODELS[service]).values():
            if isinstance(value, type) and issubclass(value, Shape):
                known |= set(value.__struct_fields__)
        assert names - known == set()


def test_send_message_is_shown_as_cloudtrail_shows_it() -> None:
    """SQS developer guide, "Logging Amazon SQS API calls using AWS CloudTrail"."""
    request = sqs.SendMessageRequest(
        QueueUrl="https://sqs.ap-southeast-4.amazonaws.com/123456789012/MyQueue",
        MessageBody="a body",
        MessageAttributes={"a": sqs.MessageAttributeValue(DataType="String", StringValue="v")},
        MessageDeduplicationId="MsgDedupIdSdk1",
        MessageGroupId="MsgGroupIdSdk16",
    )
    answer = sqs.SendMessageResult(
        MD5OfMessageBody="9a4e3f7a614d9dd9f8722092dbda17a2",
        MessageId="93bb6e2d-1090-416c-81b0-31eb1faa8cd8",
        SequenceNumber="18881790870905840128",
    )
    assert request_parameters("sqs", request) == {
        "queueUrl": "https://sqs.ap-southeast-4.amazonaws.com/123456789012/MyQueue",
        "messageBody": HIDDEN,
        "messageDeduplicationId": "MsgDedupIdSdk1",
        "messageGroupId": "MsgGroupIdSdk16",
    }
    assert response_elements("sqs", answer) == {
        "mD5OfMessageBody": "9a4e3f7a614d9dd9f8722092dbda17a2",
        "messageId": "93bb6e2d-1090-416c-81b0-31eb1faa8cd8",
        "sequenceNumber": "18881790870905840128",
    }


def test_entries_of_a_batch_are_shown_by_the_same_table() -> None:
    entry = sqs.SendMessageBatchRequestEntry(Id="1", MessageBody="a body", DelaySeconds=3)
    request = sqs.SendMessageBatchRequest(QueueUrl="u", Entries=[entry])
    assert request_parameters("sqs", request) == {
        "queueUrl": "u",
        "entries": [{"id": "1", "messageBody": HIDDEN, "delaySeconds": 3}],
    }


def test_encryption_context_is_shown_and_the_plaintext_is_not() -> None:
    """KMS developer guide, "Understanding log entries"."""
    request = kms.EncryptRequest(KeyId="k", Plaintext=b"p", EncryptionContext={"Department": "E"})
    assert request_parameters("kms", request) == {
        "keyId": "k",
        "encryptionContext": {"Department": "E"},
    }


def test_new_access_key_is_shown_without_its_secret() -> None:
    key = iam.AccessKey_(
        UserName="alice",
        AccessKeyId="AKIAIOSFODNN7EXAMPLE",
        Status="Active",
        SecretAccessKey="very secret",
        CreateDate=1_795_516_200.0,
    )
    assert response_elements("iam", iam.CreateAccessKeyResponse(AccessKey=key)) == {
        "accessKey": {
            "userName": "alice",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "status": "Active",
            "createDate": "Nov 24, 2026, 10:30:00 AM",
        }
    }


def test_credentials_are_shown_without_secret_and_token() -> None:
    credentials = sts.Credentials_(
        AccessKeyId="ASIAIOSFODNN7EXAMPLE",
        SecretAccessKey="very secret",
        SessionToken="a token",
        Expiration=1_795_561_200.0,
    )
    shown = response_elements("sts", sts.AssumeRoleResponse(Credentials=credentials))
    assert shown == {
        "credentials": {
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "expiration": "Nov 24, 2026, 11:00:00 PM",
        }
    }


def test_who_is_subscribed_and_what_is_published_are_hidden() -> None:
    subscribe = sns.SubscribeInput(
        TopicArn="t", Protocol="https", Endpoint="https://ann:secret@example.com", Attributes={}
    )
    assert request_parameters("sns", subscribe) == {
        "topicArn": "t",
        "protocol": "https",
        "endpoint": HIDDEN,
    }
    entry = sns.PublishBatchRequestEntry(Id="1", Message="a body", Subject="a subject")
    batch = sns.PublishBatchInput(TopicArn="t", PublishBatchRequestEntries=[entry])
    assert request_parameters("sns", batch) == {
        "topicArn": "t",
        "publishBatchRequestEntries": [{"id": "1", "message": HIDDEN, "subject": HIDDEN}],
    }


def test_credentials_of_a_push_platform_are_not_shown() -> None:
    request = sns.CreatePlatformApplicationInput(
        Name="news", Platform="ADM", Attributes={"PlatformCredential": "very secret"}
    )
    assert request_parameters("sns", request) == {"name": "news", "platform": "ADM"}


def test_service_without_a_table_shows_nothing() -> None:
    request = sqs.SendMessageRequest(QueueUrl="u", MessageBody="b")
    assert request_parameters("another", request) is None
    assert response_elements("another", sqs.CreateQueueResult(QueueUrl="u")) is None


def test_what_is_no_shape_shows_nothing() -> None:
    assert request_parameters("sqs", None) is None
    assert response_elements("sqs", None) is None
    assert hidden_texts("sqs", None) == []


def test_hidden_texts_are_all_that_is_not_shown() -> None:
    attribute = sqs.MessageAttributeValue(DataType="String", StringValue="of an attribute")
    entry = sqs.SendMessageBatchRequestEntry(
        Id="shown", MessageBody="of a body", MessageAttributes={"a": attribute}
    )
    request = sqs.SendMessageBatchRequest(QueueUrl="shown", Entries=[entry])
    assert hidden_texts("sqs", request) == ["of an attribute", "of a body", "String"]


def test_a_shape_is_as_it_was() -> None:
    request = sqs.SendMessageRequest(QueueUrl="u", MessageBody="b")
    before = msgspec.structs.asdict(request)
    request_parameters("sqs", request)
    assert msgspec.structs.asdict(request) == before
