"""AssumeRole: a session of a role, for whom its trust policy names."""

import re
from collections.abc import Mapping
from typing import Final

from tidegate.api.sts import AssumeRoleRequest, AssumeRoleResponse
from tidegate.auth.tokens import Bearer, TokenMinter
from tidegate.base.call import Call, Session
from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidParameterValueException,
    ValidationException,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role
from tidegate.runtime.definitions import Definitions
from tidegate.services.sts.authority import (
    ASSUME_ROLE,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    Authority,
)
from tidegate.services.sts.credentials import (
    check_mfa,
    packed_size,
    shown,
    shown_role,
    token_size,
    token_utilization,
)
from tidegate.services.sts.session_policies import session_policies
from tidegate.services.sts.session_tags import passed_tags, role_tags

CHAINED_S: Final = 3600
"""The longest session of a role that another role's session assumed."""
DEFAULT_S: Final = 3600

_ROLE_ARN: Final = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)", re.ASCII)


class Roles:
    """`roots_assume`: whether an account's root may assume roles, which AWS refuses; a developer
    who has only the development key has nobody else to do it."""

    def __init__(
        self,
        definitions: Definitions,
        authority: Authority,
        minter: TokenMinter,
        *,
        roots_assume: bool,
    ) -> None:
        self._definitions = definitions
        self._authority = authority
        self._minter = minter
        self._roots_assume = roots_assume

    def assume(self, call: Call, request: AssumeRoleRequest) -> None:
        principal, entities = call.principal, self._definitions.entities
        if principal.kind == "Root" and not self._roots_assume:
            raise AccessDeniedException("Roles may not be assumed by root accounts.")
        if principal.kind == "FederatedUser":
            # They may call nothing of STS but GetCallerIdentity (STS model, GetFederationToken).
            raise _denied(call, ASSUME_ROLE, request)
        check_mfa(request.SerialNumber, request.TokenCode)
        if request.ProvidedContexts:
            raise InvalidParameterValueException("The context assertion is not valid.")
        role = find_role(entities, request.RoleArn)
        passed = passed_tags(request.Tags)
        tags = role_tags(passed, request.TransitiveTagKeys or (), principal.session)
        source = _source_identity(call, request)
        actions = [ASSUME_ROLE]
        if tags.tags:
            # Tags that are inherited need it as well.
            actions.append(TAG_SESSION)
        if source is not None:
            actions.append(SET_SOURCE_IDENTITY)
        self._authority.check_trust(call, request, actions, request.RoleArn, entities, role)
        assert role is not None, "no role that does not exist may be assumed"
        chained = principal.kind == "AssumedRole"
        duration_s = check_duration(role, request.DurationSeconds, chained=chained)
        documents, arns = session_policies(
            entities, role.account, request.Policy, request.PolicyArns
        )
        now = self._definitions.now_ms() // 1000
        session = Session(
            issued_at=now,
            expires_at=now + duration_s,
            policies=documents,
            policy_arns=arns,
            tags=tags.tags,
            transitive_tags=tags.transitive,
            source_identity=source,
        )
        bearer = bearer_of(role, request.RoleSessionName)
        minted = self._minter.mint(bearer, session, least=request.MinimumSessionTokenSize or 0)
        answer = AssumeRoleResponse(
            Credentials=shown(minted),
            AssumedRoleUser=shown_role(minted),
            PackedPolicySize=packed_size(minted),
            SourceIdentity=source,
            SessionTokenUtilization=token_utilization(minted),
            SessionTokenSize=token_size(minted),
        )
        self._definitions.tell(call, answer)


def assume_role_keys(call: Call, request: AssumeRoleRequest) -> Mapping[str, str | list[str]]:
    """The condition keys of AssumeRole (user guide, "IAM and AWS STS condition context keys")."""
    keys: dict[str, str | list[str]] = {"sts:RoleSessionName": request.RoleSessionName}
    if request.ExternalId is not None:
        keys["sts:ExternalId"] = request.ExternalId
    if request.SourceIdentity is not None:
        keys["sts:SourceIdentity"] = request.SourceIdentity
    if request.TransitiveTagKeys:
        keys["sts:TransitiveTagKeys"] = list(request.TransitiveTagKeys)
    return keys


def find_role(entities: Entities, arn: str) -> Role | None:
    """The role with an ARN, None where there is none; raises ValidationException for what is no
    role's ARN."""
    found = _ROLE_ARN.fullmatch(arn)
    if found is None:
        raise ValidationException(
            f"{arn} is invalid" if not arn.startswith("arn:aws:") else "Request ARN is invalid"
        )
    account, name = found.groups()
    role = entities.find(Role, account, name.lower())
    return role if role is not None and role.arn == arn else None


def bearer_of(role: Role, session_name: str) -> Bearer:
    return Bearer("AssumedRole", role.account, role.id, role.name, session_name)


def check_duration(role: Role, asked_s: int | None, *, chained: bool) -> int:
    """How long a session of a role lasts; raises ValidationException."""
    duration_s = DEFAULT_S if asked_s is None else asked_s
    if chained and duration_s > CHAINED_S:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining"
        )
    if duration_s > role.max_session_s:
        raise ValidationException(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return duration_s


def _source_identity(call: Call, request: AssumeRoleRequest) -> str | None:
    """Once set, it stays through a chain of roles.  Raises AccessDeniedException,
    ValidationException."""
    session = call.principal.session
    inherited = None if session is None else session.source_identity
    asked = request.SourceIdentity
    if asked is not None:
        check_source_identity(asked)
        if inherited is not None and asked != inherited:
            raise _denied(call, SET_SOURCE_IDENTITY, request)
    return inherited if asked is None else asked


def _denied(call: Call, action: str, request: AssumeRoleRequest) -> AccessDeniedException:
    return AccessDeniedException(
        f"User: {call.principal.arn} is not authorized to perform: {action} "
        f"on resource: {request.RoleArn}"
    )


def check_source_identity(text: str) -> None:
    """Raises ValidationException for a name that AWS keeps for itself."""
    if text.lower().startswith("aws:"):
        raise ValidationException(
            "Invalid SourceIdentity. The prefix aws: is reserved for internal use."
        )
