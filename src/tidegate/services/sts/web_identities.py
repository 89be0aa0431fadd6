"""AssumeRoleWithWebIdentity: a session of a role, for whom an OpenID Connect provider speaks.

The request is not signed: its token is what proves who asks.  It is looked at in this order: is it
a token at all; does the role's account have a provider of its issuer; is it for one of the
provider's clients, and good now; did the issuer sign it; does the role trust whom it names.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from tidegate.api.sts import AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.variables import Context, Value
from tidegate.auth.tokens import TokenMinter
from tidegate.auth.web_identity import (
    IdentityToken,
    Jwk,
    SessionClaims,
    check_claims,
    read_token,
    session_claims,
    verify_signature,
)
from tidegate.base.call import Call, Session
from tidegate.base.refusals import InvalidIdentityTokenException
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import OidcProvider
from tidegate.runtime.definitions import Definitions
from tidegate.services.sts.authority import (
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    WITH_WEB_IDENTITY,
    Authority,
    Standing,
)
from tidegate.services.sts.credentials import (
    packed_size,
    shown,
    shown_role,
    token_size,
    token_utilization,
)
from tidegate.services.sts.roles import (
    bearer_of,
    check_duration,
    check_source_identity,
    find_role,
)
from tidegate.services.sts.session_policies import session_policies
from tidegate.services.sts.session_tags import check_names, role_tags

_SCHEMES: Final = ("https://", "http://")


class IssuerKeys(Protocol):
    """The keys that issuers publish."""

    def get(
        self,
        issuer: str,
        key_id: str | None,
        then: Callable[[Sequence[Jwk] | Exception], None],
    ) -> None:
        """Calls `then` with the keys or with why they are not to be had, now or later."""


class WebIdentities:
    def __init__(
        self,
        definitions: Definitions,
        authority: Authority,
        standing: Standing,
        minter: TokenMinter,
        keys: IssuerKeys,
    ) -> None:
        self._definitions = definitions
        self._authority = authority
        self._standing = standing
        self._minter = minter
        self._keys = keys

    def assume(self, call: Call, request: AssumeRoleWithWebIdentityRequest) -> None:
        # Whether the role exists is told to nobody before the token is verified.
        find_role(self._definitions.entities, request.RoleArn)
        if request.ProviderId is not None:
            raise _no_provider(request.ProviderId)
        token = read_token(request.WebIdentityToken)
        self._check(request, token)
        self._keys.get(
            token.issuer, token.key_id, partial(self._answer_later, call, request, token)
        )

    def _check(
        self, request: AssumeRoleWithWebIdentityRequest, token: IdentityToken
    ) -> tuple[OidcProvider, str]:
        """The provider of a token and the client that it is for."""
        account = request.RoleArn.split(":", 5)[4]
        provider = _provider(self._definitions.entities, account, token.issuer)
        now = self._definitions.now_ms() // 1000
        return provider, check_claims(token, provider.client_ids, now)

    def _answer_later(
        self,
        call: Call,
        request: AssumeRoleWithWebIdentityRequest,
        token: IdentityToken,
        keys: Sequence[Jwk] | Exception,
    ) -> None:
        """The gateway is not above this any more, so what is raised here goes to the client from
        here: a refusal, a fault, or a bug, which the call reports."""
        try:
            if isinstance(keys, Exception):
                raise keys
            answer = self._answer(call, request, token, keys)
            self._definitions.tell(call, answer)
        except Exception as error:
            call.fail(error)

    def _answer(
        self,
        call: Call,
        request: AssumeRoleWithWebIdentityRequest,
        token: IdentityToken,
        keys: Sequence[Jwk],
    ) -> AssumeRoleWithWebIdentityResponse:
        entities = self._definitions.entities
        provider, audience = self._check(request, token)
        verify_signature(token, keys)
        wanted = session_claims(token)
        check_names(wanted.tags)
        tags = role_tags(wanted.tags, wanted.transitive_tags, None)
        if wanted.source_identity is not None:
            check_source_identity(wanted.source_identity)
        role = find_role(entities, request.RoleArn)
        own = _keys_of(request, token, provider, audience, wanted)
        self._authority.check_federated(
            _caller(provider),
            _over(own, self._standing.keys(call, request)),
            _actions(wanted),
            request.RoleArn,
            entities,
            role,
        )
        assert role is not None, "no role that does not exist trusts anybody"
        duration_s = check_duration(role, request.DurationSeconds, chained=False)
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
            source_identity=wanted.source_identity,
            federated_provider=provider.arn,
            subject=token.subject,
        )
        minted = self._minter.mint(
            bearer_of(role, request.RoleSessionName),
            session,
            least=request.MinimumSessionTokenSize or 0,
        )
        return AssumeRoleWithWebIdentityResponse(
            Credentials=shown(minted),
            SubjectFromWebIdentityToken=token.subject,
            AssumedRoleUser=shown_role(minted),
            PackedPolicySize=packed_size(minted),
            Provider=provider.arn,
            Audience=audience,
            SourceIdentity=wanted.source_identity,
            SessionTokenUtilization=token_utilization(minted),
            SessionTokenSize=token_size(minted),
        )


def _provider(entities: Entities, account: str, issuer: str) -> OidcProvider:
    """The provider that an account has of an issuer; raises InvalidIdentityTokenException."""
    for scheme in _SCHEMES:
        if issuer.startswith(scheme):
            provider = entities.find(OidcProvider, account, issuer[len(scheme) :])
            if provider is not None:
                return provider
    raise _no_provider(issuer)


def _no_provider(issuer: str) -> InvalidIdentityTokenException:
    return InvalidIdentityTokenException(
        f"No OpenIDConnect provider found in your account for {issuer}"
    )


def _caller(provider: OidcProvider) -> Caller:
    return Caller("Federated", provider=provider.arn, keys={"aws:federatedprovider": provider.arn})


def _actions(wanted: SessionClaims) -> list[str]:
    actions = [WITH_WEB_IDENTITY]
    if wanted.tags:
        actions.append(TAG_SESSION)
    if wanted.source_identity is not None:
        actions.append(SET_SOURCE_IDENTITY)
    return actions


def _keys_of(
    request: AssumeRoleWithWebIdentityRequest,
    token: IdentityToken,
    provider: OidcProvider,
    audience: str,
    wanted: SessionClaims,
) -> dict[str, Value]:
    """The condition keys that a token settles, by names in lower case (user guide, "Available keys
    for AWS OIDC federation")."""
    prefix = provider.url.lower()
    keys: dict[str, Value] = {
        f"{prefix}:aud": audience,
        f"{prefix}:sub": token.subject,
        "sts:rolesessionname": request.RoleSessionName,
    }
    claims: Mapping[str, Any] = token.claims
    original = claims.get("aud")
    if claims.get("azp") and isinstance(original, str):
        keys[f"{prefix}:oaud"] = original
    methods = claims.get("amr")
    if isinstance(methods, list) and all(isinstance(each, str) for each in methods):
        keys[f"{prefix}:amr"] = tuple(methods)
    if wanted.source_identity is not None:
        keys["sts:sourceidentity"] = wanted.source_identity
    if wanted.tags:
        keys["aws:tagkeys"] = tuple(wanted.tags)
        keys |= {f"aws:requesttag/{name.lower()}": tag for name, tag in wanted.tags.items()}
    if wanted.transitive_tags:
        keys["sts:transitivetagkeys"] = wanted.transitive_tags
    return keys


def _over(own: Mapping[str, Value], keys: Context) -> Context:
    return lambda key: own[key] if key in own else keys(key)
