"""Sessions of users and roots: GetSessionToken and GetFederationToken."""

from typing import Final

from tidegate.api.sts import (
    FederatedUser_,
    GetFederationTokenRequest,
    GetFederationTokenResponse,
    GetSessionTokenRequest,
    GetSessionTokenResponse,
)
from tidegate.auth.tokens import Bearer, SessionKind, TokenMinter
from tidegate.base.call import Call, Principal, Session
from tidegate.runtime.definitions import Definitions
from tidegate.services.sts.authority import TAG_SESSION, Authority
from tidegate.services.sts.credentials import (
    check_long_lived,
    check_mfa,
    packed_size,
    shown,
    token_size,
    token_utilization,
)
from tidegate.services.sts.session_policies import session_policies
from tidegate.services.sts.session_tags import passed_tags

USER_S: Final = 43_200
ROOT_S: Final = 3_600
"""Sessions of a root last no longer, whatever is asked for."""


class Sessions:
    def __init__(self, definitions: Definitions, authority: Authority, minter: TokenMinter) -> None:
        self._definitions = definitions
        self._authority = authority
        self._minter = minter

    def get_session_token(self, call: Call, request: GetSessionTokenRequest) -> None:
        """No policy has a say in it (user guide, "Permissions for GetSessionToken")."""
        principal = call.principal
        check_long_lived("GetSessionToken", session=principal.session is not None)
        check_mfa(request.SerialNumber, request.TokenCode)
        session = self._session(principal, request.DurationSeconds)
        kind: SessionKind = "Root" if principal.kind == "Root" else "User"
        minted = self._minter.mint(
            _bearer(principal, kind, ""),
            session,
            principal.arn,
            least=request.MinimumSessionTokenSize or 0,
        )
        answer = GetSessionTokenResponse(
            Credentials=shown(minted),
            SessionTokenUtilization=token_utilization(minted),
            SessionTokenSize=token_size(minted),
        )
        self._definitions.tell(call, answer)

    def get_federation_token(self, call: Call, request: GetFederationTokenRequest) -> None:
        principal = call.principal
        check_long_lived("GetFederationToken", session=principal.session is not None)
        tags = passed_tags(request.Tags)
        if tags:
            arn = federated_user_arn(call, request)
            self._authority.check(call, request, (TAG_SESSION,), arn)
        documents, arns = session_policies(
            self._definitions.entities, principal.account, request.Policy, request.PolicyArns
        )
        session = self._session(principal, request.DurationSeconds, documents, arns, tags)
        minted = self._minter.mint(
            _bearer(principal, "FederatedUser", request.Name),
            session,
            principal.arn,
            least=request.MinimumSessionTokenSize or 0,
        )
        answer = GetFederationTokenResponse(
            Credentials=shown(minted),
            FederatedUser=FederatedUser_(
                FederatedUserId=minted.principal.user_id, Arn=minted.principal.arn
            ),
            PackedPolicySize=packed_size(minted),
            SessionTokenUtilization=token_utilization(minted),
            SessionTokenSize=token_size(minted),
        )
        self._definitions.tell(call, answer)

    def _session(
        self,
        principal: Principal,
        asked_s: int | None,
        documents: tuple[str, ...] = (),
        arns: tuple[str, ...] = (),
        tags: dict[str, str] | None = None,
    ) -> Session:
        duration_s = USER_S if asked_s is None else asked_s
        if principal.kind == "Root":
            duration_s = min(duration_s, ROOT_S)
        now = self._definitions.now_ms() // 1000
        return Session(
            issued_at=now,
            expires_at=now + duration_s,
            policies=documents,
            policy_arns=arns,
            tags=tags or {},
        )


def federated_user_arn(call: Call, request: GetFederationTokenRequest) -> str:
    return f"arn:aws:sts::{call.principal.account}:federated-user/{request.Name}"


def _bearer(principal: Principal, kind: SessionKind, session_name: str) -> Bearer:
    """A root has no unique id but its account."""
    unique_id = "" if principal.kind == "Root" else principal.user_id
    return Bearer(kind, principal.account, unique_id, principal.name, session_name)
