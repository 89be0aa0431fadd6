"""The table of STS's operations: handler, IAM action, resource and condition keys of each.

AssumeRoleWithSAML, AssumeRoot, GetDelegatedAccessToken and GetWebIdentityToken are not offered.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.api import sts
from tidegate.auth.tokens import TokenMinter
from tidegate.base.call import Call, Operation
from tidegate.runtime.definitions import Definitions
from tidegate.services.sts.authority import Authority, Standing
from tidegate.services.sts.identity import AccountOfKey, Identities
from tidegate.services.sts.roles import Roles, assume_role_keys
from tidegate.services.sts.sessions import Sessions, federated_user_arn
from tidegate.services.sts.web_identities import IssuerKeys, WebIdentities

_Keys = Callable[[Any, Any], Mapping[str, str | list[str]]]


class StsService:
    """All of STS.  It keeps nothing: what it gives out says by itself what it is worth."""

    def __init__(
        self,
        definitions: Definitions,
        minter: TokenMinter,
        standing: Standing,
        issuer_keys: IssuerKeys,
        account_of_key: AccountOfKey,
        *,
        roots_assume: bool = False,
    ) -> None:
        authority = Authority(standing)
        self._identities = Identities(definitions, account_of_key)
        self._roles = Roles(definitions, authority, minter, roots_assume=roots_assume)
        self._sessions = Sessions(definitions, authority, minter)
        self._web = WebIdentities(definitions, authority, standing, minter, issuer_keys)

    def operations(self) -> list[Operation]:
        identities, sessions = self._identities, self._sessions
        return [
            _operation(
                "AssumeRole", self._roles.assume, _role, assume_role_keys, decides_itself=True
            ),
            _operation(
                "AssumeRoleWithWebIdentity",
                self._web.assume,
                _role,
                _session_name,
                decides_itself=True,
                signed=False,
            ),
            _operation("DecodeAuthorizationMessage", identities.decode_authorization_message),
            _operation("GetAccessKeyInfo", identities.get_access_key_info),
            _operation("GetCallerIdentity", identities.get_caller_identity, decides_itself=True),
            _operation("GetFederationToken", sessions.get_federation_token, federated_user_arn),
            _operation("GetSessionToken", sessions.get_session_token, decides_itself=True),
        ]


def _no_resource(call: Call, request: Any) -> str:
    return "*"


def _role(call: Call, request: sts.AssumeRoleRequest | sts.AssumeRoleWithWebIdentityRequest) -> str:
    return request.RoleArn


def _session_name(
    call: Call, request: sts.AssumeRoleWithWebIdentityRequest
) -> Mapping[str, str | list[str]]:
    return {"sts:RoleSessionName": request.RoleSessionName}


def _operation(
    name: str,
    handler: Callable[[Any, Any], None],
    resource: Callable[[Any, Any], str] = _no_resource,
    context: _Keys | None = None,
    *,
    decides_itself: bool = False,
    signed: bool = True,
) -> Operation:
    return Operation(
        name=name,
        input=sts.OPERATIONS[name].input,
        handler=handler,
        action=f"sts:{name}",
        resource=resource,
        context=context,
        decides_itself=decides_itself,
        signed=signed,
    )
