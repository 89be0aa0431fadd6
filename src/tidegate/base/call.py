"""The call: what a handler sees of a request, and where its answer goes.

A handler never sees headers, protocols or status codes; what a header means to it stands here.
It answers at once (`reply`), or hands a command to the router, which answers when everything the
answer depends on is durable.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec

PrincipalKind = Literal["Root", "User", "AssumedRole", "FederatedUser", "Service", "Anonymous"]


class Session(msgspec.Struct, frozen=True):
    """What temporary credentials say beside who they are for."""

    issued_at: int
    """Unix seconds, as `expires_at`."""
    expires_at: int
    policies: tuple[str, ...] = ()
    """Session policies: documents that bound what the session may do."""
    policy_arns: tuple[str, ...] = ()
    """Managed policies that do the same."""
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    transitive_tags: tuple[str, ...] = ()
    source_identity: str | None = None
    federated_provider: str | None = None
    """The OIDC provider's ARN where a web identity stands behind the session."""
    subject: str | None = None
    """The `sub` of that web identity."""
    token_issuer: str | None = None
    """ARN of the user who asked for a session token."""


class Principal(msgspec.Struct, frozen=True):
    """Who calls."""

    account: str
    arn: str
    """Of an assumed role: `arn:aws:sts::<account>:assumed-role/<role>/<session>`."""
    access_key: str
    user_id: str
    """As `aws:userid` shows it: the account, `AIDA...`, or `AROA...:<session>`."""
    kind: PrincipalKind = "Root"
    name: str = ""
    """Of a user or a role; of a federated user the name in its ARN."""
    session: Session | None = None
    """None for long-lived access keys."""


class Call(Protocol):
    """One request on its way.  Exactly one of `reply` and `fail` is called, once."""

    principal: Principal
    region: str
    """The region of the signature: where the resources of this call live."""
    resource: str
    """The ARN that the call is about, `*` where there is none: what `Operation.resource` said."""
    request_id: str

    @property
    def trace_header(self) -> str | None:
        """The AWS X-Ray trace that the request belongs to, as its client wrote it."""
        ...

    @property
    def may_hold_controls(self) -> bool:
        """False where no text of the input can hold a control character: JSON takes them in escapes
        only, and the request has none."""
        ...

    @property
    def origin(self) -> str:
        """Scheme, host and port by which the client reached us, without a trailing slash."""
        ...

    def reply(self, shape: Any) -> None:
        """Answer with an output shape (None for an operation that has none)."""

    def fail(self, error: Exception) -> None:
        """Answer with a refusal or a fault; anything else is a bug and becomes a bare 500."""

    @property
    def gone(self) -> bool:
        """True once the client has hung up: nobody will read the answer."""
        ...

    def on_gone(self, then: Callable[[], None]) -> None:
        """Have `then` called if the client hangs up before the answer."""


class Operation(msgspec.Struct, frozen=True):
    """One row of a service's table of operations."""

    name: str
    input: type[Any]
    handler: Callable[[Any, Any], None]
    """handler(call, input): answers through the call; may raise a Refusal or Fault."""
    action: str
    """The IAM action, such as `sqs:SendMessage`."""
    resource: Callable[[Any, Any], str]
    """resource(call, input): the ARN that the action is about, `*` where there is none."""
    context: Callable[[Any, Any], Mapping[str, str | list[str]]] | None = None
    """context(call, input): the condition keys of the service that the request has values for."""
    signed: bool = True
    """False for what is called without a signature."""
    owners_only: bool = False
    """Whether no policy lets another account do it."""
    for_sessions_of_users: bool = True
    """Whether GetSessionToken's and GetFederationToken's credentials may call it."""
    anonymous: bool = False
    """Whether a resource's policy may let in who signed nothing."""
    grants: Callable[[Any, Any], bool] | None = None
    """grants(call, input): whether something beside policies allows what none of them denies."""
    decides_itself: bool = False
    """The handler, not the gateway, says whether the caller may."""
