"""The audit trail: who did what to which resource, from where, allowed or denied and why.

    Recorder.record   in the event loop, when an operation has its answer: takes the facts of the
                      exchange, and hands them to the trail as an `Event`
    line              elsewhere, later: the event as one line of JSON in CloudTrail's record format

An event holds the shapes of the request and of the answer, which nobody changes any more, so that
taking the facts costs next to nothing; what of them is shown is decided by the tables in
`audit_members` when the line is made.

Source: CloudTrail user guide, "CloudTrail record contents for management, data, and network
activity events" (version 1.11).  Deviations: one record, not one for each of the two accounts, is
written of a call across accounts, and `recipientAccountId` is the owner of the resource.
"""

import re
import time
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import msgspec

from tidegate.auth.policy.decision import Decision
from tidegate.base.call import Principal
from tidegate.base.refusals import AccessDeniedException, Fault, Refusal
from tidegate.gateway.audit_identity import claimed_key, user_identity, web_identity
from tidegate.gateway.audit_members import (
    HIDDEN,
    hidden_texts,
    request_parameters,
    response_elements,
)
from tidegate.http.connection import Connection
from tidegate.http.messages import Request

Level = Literal["management", "all"]
"""What is recorded: control operations, or operations on messages as well."""

_EVENT_VERSION: Final = "1.11"
_MOST_PARAMETERS_BYTES: Final = 100 * 1024
_MOST_TEXT_CHARS: Final = 1024
_READING: Final = (
    "Check",
    "Decapsulate",
    "Decode",
    "Decrypt",
    "Derive",
    "Describe",
    "Encapsulate",
    "Encrypt",
    "Generate",
    "Get",
    "List",
    "ReEncrypt",
    "Receive",
    "Sign",
    "Simulate",
    "Verify",
)
"""How the names of operations begin that change no resource; KMS's own examples of records have
`readOnly` true for its cryptographic operations."""
_CHANGING: Final = frozenset({"VerifySMSSandboxPhoneNumber"})
"""Operations that change something although their names begin as if they did not."""
_DATA_EVENTS: Final = {
    "sqs": frozenset(
        {
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
        }
    ),
    "sns": frozenset({"Publish", "PublishBatch"}),
}
"""By service, the operations on messages.  CloudTrail counts five more of SQS, such as GetQueueUrl,
among the data events; they are about queues, and belong in a trail that is for nothing else."""
_GIVING: Final = ("AssumeRole", "AssumeRoot", "GetFederationToken", "GetSessionToken")
"""Those of STS that give credentials."""
_RESOURCE_TYPES: Final = {
    "sns:": "AWS::SNS::Topic",
    "sns:app": "AWS::SNS::PlatformApplication",
    "sns:endpoint": "AWS::SNS::PlatformEndpoint",
    "sqs:": "AWS::SQS::Queue",
    "kms:key": "AWS::KMS::Key",
    "kms:alias": "AWS::KMS::Alias",
    "iam:group": "AWS::IAM::Group",
    "iam:instance-profile": "AWS::IAM::InstanceProfile",
    "iam:oidc-provider": "AWS::IAM::OIDCProvider",
    "iam:policy": "AWS::IAM::ManagedPolicy",
    "iam:role": "AWS::IAM::Role",
    "iam:user": "AWS::IAM::User",
}
_VALUES: Final = re.compile(r"Value '.*' at '", re.DOTALL)
_encode: Final = msgspec.json.Encoder().encode


class Recorded(msgspec.Struct, frozen=True):
    """An operation that is recorded, and what does not differ from one record of it to another."""

    service: str
    """AWS's endpoint prefix, such as `sqs`."""
    name: str
    data_event: bool
    """Whether it is one on messages, of which there are many."""
    read_only: bool
    shows_answer: bool


class Event(msgspec.Struct, frozen=True):
    """One call that has its answer."""

    at: float
    """Unix seconds at which it was answered."""
    operation: Recorded
    principal: Principal
    region: str
    request_id: str
    resource: str
    """An ARN, or `*`."""
    peer: str
    user_agent: str
    host: str | None = None
    secure: bool = False
    tls: tuple[str, str] | None = None
    """Version and cipher suite."""
    client_subject: str | None = None
    claimed_key: str | None = None
    input: Any = None
    output: Any = None
    error_code: str | None = None
    error_message: str | None = None
    decision: Decision | None = None
    """Why the policies denied, or allowed, where that is known."""
    size_bytes: int = 0
    """About what the event keeps in memory."""

    @property
    def stranger(self) -> bool:
        """Whether it was refused to somebody of whom nothing is known."""
        return self.error_code is not None and not self.principal.account


class Trail(Protocol):
    """Where events go.  `add` neither blocks nor raises."""

    def add(self, event: Event) -> None: ...


class Audited(Protocol):
    """What the trail wants of an exchange."""

    connection: Connection
    request: Request
    request_id: str
    principal: Principal
    region: str
    resource: str


class Recorder:
    """Records the calls of one operation."""

    __slots__ = ("_add", "_clock", "_operation")

    def __init__(self, operation: Recorded, trail: Trail, clock: Callable[[], float]) -> None:
        self._operation = operation
        self._add = trail.add
        self._clock = clock

    def record(
        self,
        exchange: Audited,
        input: Any = None,
        output: Any = None,
        error: Exception | None = None,
        decision: Decision | None = None,
    ) -> None:
        """Record a call when it is answered.

        `input` is None where the request could not be read, `error` what it was refused with, which
        also says why; `decision` is of the policies.
        """
        operation = self._operation
        request, connection, principal = exchange.request, exchange.connection, exchange.principal
        headers = request.headers
        code = message = claimed = None
        if error is not None:
            code, message = _told(error)
        if not principal.account:
            claimed = claimed_key(headers.get("authorization", ""), request.query)
        # By place, which costs half of what it costs by name.
        event = Event(
            self._clock(),
            operation,
            principal,
            exchange.region,
            exchange.request_id,
            exchange.resource,
            request.peer,
            headers.get("user-agent", "")[:_MOST_TEXT_CHARS],
            headers.get("host", "")[:_MOST_TEXT_CHARS] or None,
            connection.secure,
            connection.tls,
            connection.client_subject,
            claimed,
            input,
            output if operation.shows_answer else None,
            code,
            message,
            decision,
            len(request.body) + len(request.query),
        )
        self._add(event)


class Audit:
    """What is recorded, and where.  `clock` gives Unix seconds."""

    def __init__(self, trail: Trail, level: Level, clock: Callable[[], float]) -> None:
        self._trail = trail
        self._all = level == "all"
        self._clock = clock

    def recorder(self, service: str, name: str) -> Recorder | None:
        """For an operation, by AWS's endpoint prefix of its service and its name; None if it is not
        recorded.  To be asked once, not for each request."""
        operation = recorded(service, name)
        if operation.data_event and not self._all:
            return None
        return Recorder(operation, self._trail, self._clock)


def recorded(service: str, name: str) -> Recorded:
    """What the records of an operation have in common.

    Where the operation reads, CloudTrail leaves out the answer; not so for the credentials that STS
    gives, whose key the answer names.
    """
    gives = name.startswith(_GIVING)
    read_only = gives or (name.startswith(_READING) and name not in _CHANGING)
    data_event = name in _DATA_EVENTS.get(service, ())
    return Recorded(service, name, data_event, read_only, gives or not read_only)


def _told(error: Exception) -> tuple[str, str | None]:
    """Code and message of an error; nothing is told of a bug."""
    if isinstance(error, AccessDeniedException):
        return "AccessDenied", error.message
    if isinstance(error, Refusal):
        return error.code, error.message
    if isinstance(error, Fault):
        return "ServiceUnavailable", error.message
    return "InternalFailure", None


# --- The record ----------------------------------------------------------------------------------


def line(event: Event, event_id: str) -> bytes:
    """The record of an event, with its line end.  `event_id` is unique, in the form of a UUID."""
    operation = event.operation
    service = operation.service
    record: dict[str, Any] = {
        "eventVersion": _EVENT_VERSION,
        "userIdentity": _identity(event),
        "eventTime": _time(event.at),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": operation.name,
        "awsRegion": event.region,
        "sourceIPAddress": event.peer,
        "userAgent": event.user_agent,
    }
    if event.error_code is not None:
        record["errorCode"] = event.error_code
        if event.error_message is not None:
            record["errorMessage"] = _harmless(event, event.error_message)[:_MOST_TEXT_CHARS]
    record["requestParameters"] = _bounded(request_parameters(service, event.input))
    record["responseElements"] = _bounded(response_elements(service, event.output))
    additional = _additional(event)
    if additional:
        record["additionalEventData"] = additional
    record["requestID"] = event.request_id
    record["eventID"] = event_id
    record["readOnly"] = operation.read_only
    resources = _resources(event)
    if resources:
        record["resources"] = resources
    record["eventType"] = "AwsApiCall"
    record["managementEvent"] = not operation.data_event
    record["recipientAccountId"] = _owner(event.resource) or event.principal.account
    record["eventCategory"] = "Data" if operation.data_event else "Management"
    if event.secure:
        record["tlsDetails"] = _tls_details(event)
    return _encode(record) + b"\n"


def loss_line(at: float, lost: dict[str, int], event_id: str) -> bytes:
    """The record that says how many records, by category, are not in the trail before it."""
    record = {
        "eventVersion": _EVENT_VERSION,
        "userIdentity": {"type": "AWSService", "invokedBy": "audit.tidegate"},
        "eventTime": _time(at),
        "eventSource": "audit.tidegate",
        "eventName": "RecordsLost",
        "awsRegion": "",
        "sourceIPAddress": "audit.tidegate",
        "userAgent": "audit.tidegate",
        "requestParameters": None,
        "responseElements": None,
        "eventID": event_id,
        "readOnly": True,
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": "",
        "serviceEventDetails": {"lost": lost},
        "eventCategory": "Management",
    }
    return _encode(record) + b"\n"


def _identity(event: Event) -> dict[str, Any]:
    answer = event.output
    subject = getattr(answer, "SubjectFromWebIdentityToken", None)
    if subject is not None and event.principal.kind == "Anonymous":
        return web_identity(answer.Provider or "", answer.Audience or "", subject)
    return user_identity(event.principal, event.claimed_key)


def _harmless(event: Event, message: str) -> str:
    """An error's message, without what it repeats of members that the trail does not show, and
    without lone surrogates, which JSON has not."""
    if event.input is None:
        # Of an input that broke the model's constraints nothing is known but this message.
        message = _VALUES.sub(f"Value '{HIDDEN}' at '", message)
    for text in hidden_texts(event.operation.service, event.input):
        message = message.replace(text, HIDDEN)
    return message.encode("utf-8", "replace").decode()


def _bounded(members: dict[str, Any] | None) -> Any:
    """Parameters up to CloudTrail's size; of larger ones, that there were some."""
    if members is None:
        return None
    encoded = _encode(members)
    return msgspec.Raw(encoded) if len(encoded) <= _MOST_PARAMETERS_BYTES else {"omitted": True}


def _additional(event: Event) -> dict[str, Any]:
    additional: dict[str, Any] = {}
    if event.client_subject is not None:
        additional["clientCertificateSubject"] = event.client_subject
    if event.decision is not None:
        additional["decision"] = _grounds(event.decision)
    return additional


def _grounds(decision: Decision) -> dict[str, Any]:
    """Why the policies decided so; only the trail's reader learns which statements they were."""
    grounds: dict[str, Any] = {"verdict": decision.verdict}
    if decision.policy_type is not None:
        grounds["policyType"] = decision.policy_type
    if decision.lacking:
        grounds["lacking"] = list(decision.lacking)
    matched_statements = [
        {
            "policyType": matched.policy_type,
            "policy": matched.policy,
            "statement": matched.index,
            "sid": matched.sid,
            "effect": "Allow" if matched.allows else "Deny",
        }
        for matched in decision.matched
    ]
    if matched_statements:
        grounds["matchedStatements"] = matched_statements
    return grounds


def _resources(event: Event) -> list[dict[str, str]]:
    arn, account = event.resource, _owner(event.resource)
    if arn == "*":
        account = event.principal.account
        if event.operation.name != "ListQueues" or not account:
            return []
        # CloudTrail writes a wildcard for the queue that this one has not.
        arn = f"arn:aws:sqs:{event.region}:{account}:*"
    found = {"accountId": account, "type": _resource_type(arn), "ARN": arn}
    return [{name: value for name, value in found.items() if value}]


def _resource_type(arn: str) -> str:
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return ""
    kind, slash, _ = parts[5].partition("/")
    kind = kind if slash else ""
    return _RESOURCE_TYPES.get(f"{parts[2]}:{kind}", "")


def _owner(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def _tls_details(event: Event) -> dict[str, str]:
    details = {}
    if event.tls is not None:
        details["tlsVersion"], details["cipherSuite"] = event.tls
    if event.host is not None:
        details["clientProvidedHostHeader"] = event.host
    return details


def _time(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
