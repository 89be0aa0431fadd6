"""Records of the audit trail: taken from an exchange, written in CloudTrail's format."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from tidegate.api import iam, sqs, sts
from tidegate.auth.policy.decision import Decision, Matched
from tidegate.base.call import Principal, Session
from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidClientTokenId,
    LogStopped,
    QueueDoesNotExist,
    ReceiptHandleIsInvalid,
    Refusal,
    ValidationException,
)
from tidegate.gateway.audit import Audit, Event, Level, Recorder, line, loss_line, recorded
from tidegate.gateway.audit_identity import claimed_key
from tidegate.gateway.audit_members import HIDDEN
from tidegate.http.connection import Connection, ConnectionOptions, Shared
from tidegate.http.messages import Request
from unit.http.http_fakes import FakeHandler

ARN = "arn:aws:sqs:eu-west-1:111122223333:video"
ALICE = Principal(
    account="111122223333",
    arn="arn:aws:iam::111122223333:user/alice",
    access_key="AKIAIOSFODNN7EXAMPLE",
    user_id="AIDAJ45Q7YFFAREXAMPLE",
    kind="User",
    name="alice",
)
NOBODY = Principal(account="", arn="", access_key="", user_id="")
ANONYMOUS = Principal(account="", arn="", access_key="", user_id="anonymous", kind="Anonymous")
SESSION = Session(issued_at=1_795_514_400, expires_at=1_795_518_000)
CREATE = sqs.CreateQueueRequest(QueueName="video", tags={"team": "video"})
CREATED = sqs.CreateQueueResult(QueueUrl="http://127.0.0.1:4566/111122223333/video")


def connection(**facts: Any) -> Connection:
    return Connection(Shared(FakeHandler(), ConnectionOptions(), 1), **facts)


def request(headers: dict[str, str] | None = None, query: str = "") -> Request:
    sent = {"host": "queues:4566", "user-agent": "Boto3/1.43", **(headers or {})}
    return Request("POST", "/", query, sent, b"{}", True, 1, "192.0.2.1")


@dataclass
class FakeExchange:
    principal: Principal = ALICE
    region: str = "eu-west-1"
    resource: str = ARN
    request_id: str = "c4584600-fe8a-4aa3-a5ba-1bc42f055fae"
    request: Request = field(default_factory=request)
    connection: Connection = field(default_factory=connection)


class FakeTrail:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        self.events.append(event)


def record(
    exchange: FakeExchange | None = None,
    service: str = "sqs",
    name: str = "CreateQueue",
    **facts: Any,
) -> dict[str, Any]:
    """The record of a call, as a reader of the trail has it."""
    trail = FakeTrail()
    recorder = Audit(trail, "all", lambda: 1_795_516_200.5).recorder(service, name)
    assert recorder is not None
    recorder.record(exchange or FakeExchange(), **facts)
    written = line(trail.events[0], "98c735d8-70e0-4644-9432-b6ced4d791b1")
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    read: dict[str, Any] = msgspec.json.decode(written)
    return read


def test_call_that_succeeds_is_recorded_as_cloudtrail_does() -> None:
    assert record(input=CREATE, output=CREATED) == {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAJ45Q7YFFAREXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/alice",
            "accountId": "111122223333",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "userName": "alice",
        },
        "eventTime": "2026-11-24T10:30:00Z",
        "eventSource": "sqs.amazonaws.com",
        "eventName": "CreateQueue",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "Boto3/1.43",
        "requestParameters": {"queueName": "video", "tags": {"team": "video"}},
        "responseElements": {"queueUrl": "http://127.0.0.1:4566/111122223333/video"},
        "requestID": "c4584600-fe8a-4aa3-a5ba-1bc42f055fae",
        "eventID": "98c735d8-70e0-4644-9432-b6ced4d791b1",
        "readOnly": False,
        "resources": [{"accountId": "111122223333", "type": "AWS::SQS::Queue", "ARN": ARN}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    }


class TestErrors:
    def test_denial_says_why(self) -> None:
        text = "User: alice is not authorized to perform: sqs:deletequeue with an explicit deny"
        matched = Matched("identity-based policy", "arn:aws:iam::1:policy/p", 1, "NoDelete", False)
        decision = Decision(False, "explicitDeny", "identity-based policy", (matched,))
        read = record(error=AccessDeniedException(text), decision=decision)
        assert (read["errorCode"], read["errorMessage"]) == ("AccessDenied", text)
        assert read["responseElements"] is None
        assert read["additionalEventData"]["decision"] == {
            "verdict": "explicitDeny",
            "policyType": "identity-based policy",
            "matchedStatements": [
                {
                    "policyType": "identity-based policy",
                    "policy": "arn:aws:iam::1:policy/p",
                    "statement": 1,
                    "sid": "NoDelete",
                    "effect": "Deny",
                }
            ],
        }

    def test_missing_permission_says_which_policies_lack_it(self) -> None:
        decision = Decision(False, "implicitDeny", "session policy", lacking=("session policy",))
        grounds = record(decision=decision)["additionalEventData"]["decision"]
        assert grounds == {
            "verdict": "implicitDeny",
            "policyType": "session policy",
            "lacking": ["session policy"],
        }

    @pytest.mark.parametrize(
        ("error", "code", "message"),
        [
            (QueueDoesNotExist("gone"), "QueueDoesNotExist", "gone"),
            (LogStopped("the disk failed"), "ServiceUnavailable", "the disk failed"),
            (KeyError("a secret"), "InternalFailure", None),
        ],
    )
    def test_other_errors(self, error: Exception, code: str, message: str | None) -> None:
        read = record(error=error)
        assert (read["errorCode"], read.get("errorMessage")) == (code, message)

    def test_message_does_not_repeat_what_is_hidden(self) -> None:
        handle = "AQEBsecrethandle"
        read = record(
            name="DeleteMessage",
            input=sqs.DeleteMessageRequest(QueueUrl="u", ReceiptHandle=handle),
            error=ReceiptHandleIsInvalid(f'The input receipt handle "{handle}" is not valid.'),
        )
        assert read["errorMessage"] == f'The input receipt handle "{HIDDEN}" is not valid.'
        assert read["requestParameters"] == {"queueUrl": "u"}

    def test_message_about_an_input_that_broke_constraints_repeats_no_value(self) -> None:
        text = (
            "2 validation errors detected: Value '' at 'a' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1; Value 'it' at 'se\ncret' at 'tokenCode' "
            "failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9]+"
        )
        assert record(service="sts", error=ValidationException(text))["errorMessage"] == (
            f"2 validation errors detected: Value '{HIDDEN}' at 'tokenCode' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [0-9]+"
        )

    def test_message_with_half_a_character_is_written(self) -> None:
        assert record(error=Refusal("a\ud800b"))["errorMessage"] == "a?b"

    def test_long_texts_are_cut(self) -> None:
        exchange = FakeExchange(request=request({"user-agent": "u" * 5000}))
        read = record(exchange, error=Refusal("m" * 5000))
        assert (len(read["userAgent"]), len(read["errorMessage"])) == (1024, 1024)

    def test_an_event_keeps_no_more_of_a_head_than_is_written(self) -> None:
        """Thousands of them may wait for a disk, and a head may be long."""
        trail = FakeTrail()
        recorder = Audit(trail, "all", lambda: 0.0).recorder("sqs", "CreateQueue")
        assert recorder is not None
        long = {"user-agent": "u" * 60_000, "host": "h" * 60_000}
        recorder.record(FakeExchange(request=request(long)))
        assert [len(trail.events[0].user_agent), len(trail.events[0].host or "")] == [1024, 1024]


class TestWho:
    def identity(self, principal: Principal, **facts: Any) -> dict[str, Any]:
        found: dict[str, Any] = record(FakeExchange(principal), **facts)["userIdentity"]
        return found

    def test_root(self) -> None:
        root = Principal("1", "arn:aws:iam::1:root", "AKIAROOT", "1")
        assert self.identity(root) == {
            "type": "Root",
            "principalId": "1",
            "arn": "arn:aws:iam::1:root",
            "accountId": "1",
            "accessKeyId": "AKIAROOT",
        }

    def test_assumed_role_names_the_role_and_since_when(self) -> None:
        """CloudTrail user guide, "CloudTrail userIdentity element"."""
        session = msgspec.structs.replace(
            SESSION, source_identity="alice", federated_provider="arn:aws:iam::1:oidc-provider/p"
        )
        arn = "arn:aws:sts::1:assumed-role/encoder/s"
        role = Principal("1", arn, "ASIA1", "AROA1:s", "AssumedRole", "encoder", session)
        identity = self.identity(role)
        assert (identity["type"], identity["principalId"]) == ("AssumedRole", "AROA1:s")
        assert "userName" not in identity
        assert identity["sessionContext"] == {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROA1",
                "arn": "arn:aws:iam::1:role/encoder",
                "accountId": "1",
                "userName": "encoder",
            },
            "webIdFederationData": {
                "federatedProvider": "arn:aws:iam::1:oidc-provider/p",
                "attributes": {},
            },
            "sourceIdentity": "alice",
            "attributes": {"creationDate": "2026-11-24T10:00:00Z", "mfaAuthenticated": "false"},
        }

    def test_session_token_of_a_user(self) -> None:
        identity = self.identity(msgspec.structs.replace(ALICE, session=SESSION))
        assert identity["type"] == "IAMUser"
        assert list(identity["sessionContext"]) == ["attributes"]

    @pytest.mark.parametrize(
        ("issuer", "expected"),
        [
            (
                "arn:aws:iam::1:user/ops/alice",
                {
                    "type": "IAMUser",
                    "arn": "arn:aws:iam::1:user/ops/alice",
                    "accountId": "1",
                    "userName": "alice",
                },
            ),
            (
                "arn:aws:iam::1:root",
                {"type": "Root", "arn": "arn:aws:iam::1:root", "accountId": "1"},
            ),
        ],
    )
    def test_federated_user_names_who_asked(self, issuer: str, expected: dict[str, str]) -> None:
        session = msgspec.structs.replace(SESSION, token_issuer=issuer)
        federated = Principal(
            "1", "arn:aws:sts::1:federated-user/bob", "ASIA1", "1:bob", "FederatedUser", "bob"
        )
        identity = self.identity(msgspec.structs.replace(federated, session=session))
        assert identity["sessionContext"]["sessionIssuer"] == expected

    def test_service(self) -> None:
        service = Principal("", "sns.amazonaws.com", "", "", "Service", "sns.amazonaws.com")
        assert self.identity(service) == {"type": "AWSService", "invokedBy": "sns.amazonaws.com"}

    def test_anonymous(self) -> None:
        expected = {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
        assert self.identity(ANONYMOUS) == expected

    def test_web_identity_that_got_a_role(self) -> None:
        answer = sts.AssumeRoleWithWebIdentityResponse(
            SubjectFromWebIdentityToken="subject", Audience="app", Provider="accounts.example.com"
        )
        identity = self.identity(
            ANONYMOUS, service="sts", name="AssumeRoleWithWebIdentity", output=answer
        )
        assert identity == {
            "type": "WebIdentityUser",
            "principalId": "accounts.example.com:app:subject",
            "userName": "subject",
            "identityProvider": "accounts.example.com",
        }

    def test_unproven_key_is_named(self) -> None:
        signature = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261124/us-east-1/sqs/..."
        exchange = FakeExchange(NOBODY, "", "*", request=request({"authorization": signature}))
        read = record(exchange, error=InvalidClientTokenId())
        assert read["userIdentity"] == {
            "type": "Unknown",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        }
        assert read["errorCode"] == "InvalidClientTokenId"
        assert read["requestParameters"] is None

    @pytest.mark.parametrize(
        ("authorization", "query", "key"),
        [
            ("", "X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F2026", "ASIAIOSFODNN7EXAMPLE"),
            ("Credential=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY/2026", "", None),
            ("Credential=AKIAIOSFODNN7EXAMPLEANDMORE/2026", "", None),
            ("Basic dXNlcjpwYXNzd29yZA==", "", None),
        ],
    )
    def test_only_what_looks_like_a_key_is_taken_for_one(
        self, authorization: str, query: str, key: str | None
    ) -> None:
        assert claimed_key(authorization, query) == key


class TestWhat:
    @pytest.mark.parametrize(
        ("service", "resource", "kind"),
        [
            ("kms", "arn:aws:kms:eu-west-1:1:key/k", "AWS::KMS::Key"),
            ("iam", "arn:aws:iam::1:user/ops/alice", "AWS::IAM::User"),
            ("sts", "arn:aws:iam::1:role/encoder", "AWS::IAM::Role"),
            ("sns", "arn:aws:sns:r:1:news", "AWS::SNS::Topic"),
            ("sns", "arn:aws:sns:r:1:endpoint/GCM/a/b", "AWS::SNS::PlatformEndpoint"),
        ],
    )
    def test_resource(self, service: str, resource: str, kind: str) -> None:
        read = record(FakeExchange(resource=resource), service, "X")
        assert read["resources"] == [{"accountId": "1", "type": kind, "ARN": resource}]
        assert read["recipientAccountId"] == "1"

    def test_resource_of_an_unknown_kind_has_no_type(self) -> None:
        arn = "arn:aws:iam::1:mfa/alice"
        assert record(FakeExchange(resource=arn), "iam", "X")["resources"] == [
            {"accountId": "1", "ARN": arn}
        ]

    def test_list_queues_has_a_wildcard(self) -> None:
        """SQS developer guide: "the ARN field [...] uses a wildcard (*) instead"."""
        read = record(FakeExchange(resource="*"), name="ListQueues")
        assert read["resources"][0]["ARN"] == "arn:aws:sqs:eu-west-1:111122223333:*"

    def test_no_resource(self) -> None:
        assert "resources" not in record(FakeExchange(resource="*"), "iam", "ListUsers")
        assert "resources" not in record(FakeExchange(resource="*"), name="CreateQueue")
        assert "resources" not in record(FakeExchange(NOBODY, "", "*"), name="ListQueues")

    def test_answers_of_reads_are_left_out(self) -> None:
        answer = sqs.GetQueueUrlResult(QueueUrl="u")
        read = record(name="GetQueueUrl", output=answer)
        assert (read["readOnly"], read["responseElements"]) == (True, None)

    def test_credentials_that_sts_gives_are_named(self) -> None:
        given = sts.Credentials_(
            AccessKeyId="ASIA1", SecretAccessKey="s" * 40, SessionToken="t" * 40, Expiration=0.0
        )
        read = record(
            service="sts", name="AssumeRole", output=sts.AssumeRoleResponse(Credentials=given)
        )
        assert read["readOnly"] is True
        assert read["responseElements"]["credentials"]["accessKeyId"] == "ASIA1"

    def test_very_large_parameters_are_omitted(self) -> None:
        large = iam.PutUserPolicyRequest(
            UserName="alice", PolicyName="p", PolicyDocument="x" * 200_000
        )
        read = record(service="iam", name="PutUserPolicy", input=large)
        assert read["requestParameters"] == {"omitted": True}

    @pytest.mark.parametrize(
        ("service", "name", "reads"),
        [
            ("sqs", "ReceiveMessage", True),
            ("sqs", "ListQueues", True),
            ("sqs", "DeleteMessage", False),
            ("sqs", "PurgeQueue", False),
            ("iam", "SimulatePrincipalPolicy", True),
            ("iam", "CreateAccessKey", False),
            ("kms", "GenerateDataKey", True),
            ("kms", "CreateGrant", False),
            ("sts", "AssumeRole", True),
            ("sns", "CheckIfPhoneNumberIsOptedOut", True),
            ("sns", "VerifySMSSandboxPhoneNumber", False),
        ],
    )
    def test_read_only(self, service: str, name: str, reads: bool) -> None:
        assert recorded(service, name).read_only is reads


class TestHow:
    def test_tls_is_described(self) -> None:
        secure = connection(secure=True, tls=("TLSv1.3", "TLS_AES_256_GCM_SHA384"))
        assert record(FakeExchange(connection=secure))["tlsDetails"] == {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_256_GCM_SHA384",
            "clientProvidedHostHeader": "queues:4566",
        }

    def test_clients_certificate_is_named(self) -> None:
        secure = connection(secure=True, client_subject="CN=encoder")
        read = record(FakeExchange(connection=secure))
        assert read["additionalEventData"] == {"clientCertificateSubject": "CN=encoder"}

    def test_without_tls_nothing_is_said_of_it(self) -> None:
        assert "tlsDetails" not in record()


class TestLevels:
    def covered(self, level: Level) -> set[str]:
        audit = Audit(FakeTrail(), level, lambda: 0.0)
        return {name for name in sqs.OPERATIONS if audit.recorder("sqs", name) is not None}

    def test_management_leaves_out_the_operations_on_messages(self) -> None:
        assert set(sqs.OPERATIONS) - self.covered("management") == {
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
        }

    def test_all_is_all(self) -> None:
        assert self.covered("all") == set(sqs.OPERATIONS)

    def test_operation_on_messages_is_a_data_event(self) -> None:
        read = record(name="SendMessage")
        assert (read["managementEvent"], read["eventCategory"]) == (False, "Data")


class TestStrangers:
    def stranger(self, principal: Principal, error: Exception | None) -> bool:
        trail = FakeTrail()
        recorder = Recorder(recorded("sqs", "CreateQueue"), trail, lambda: 0.0)
        recorder.record(FakeExchange(principal), error=error)
        return trail.events[0].stranger

    def test_refusal_of_nobody_is_a_strangers(self) -> None:
        assert self.stranger(NOBODY, InvalidClientTokenId())
        assert self.stranger(ANONYMOUS, AccessDeniedException("no"))

    def test_others_are_known(self) -> None:
        assert not self.stranger(ALICE, AccessDeniedException("no"))
        assert not self.stranger(ANONYMOUS, None)


def test_loss_is_a_record_too() -> None:
    read = msgspec.json.decode(loss_line(1_795_516_200.0, {"data": 7}, "an-id"))
    assert (read["eventName"], read["eventType"]) == ("RecordsLost", "AwsServiceEvent")
    assert read["eventTime"] == "2026-11-24T10:30:00Z"
    assert read["serviceEventDetails"] == {"lost": {"data": 7}}
