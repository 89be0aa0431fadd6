"""OpenID Connect providers: whose tokens a role's trust policy may take."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from tidegate.api.iam import (
    AddClientIDToOpenIDConnectProviderRequest,
    CreateOpenIDConnectProviderRequest,
    CreateOpenIDConnectProviderResponse,
    DeleteOpenIDConnectProviderRequest,
    GetOpenIDConnectProviderRequest,
    GetOpenIDConnectProviderResponse,
    ListOpenIDConnectProvidersRequest,
    ListOpenIDConnectProvidersResponse,
    OpenIDConnectProviderListEntry,
    RemoveClientIDFromOpenIDConnectProviderRequest,
    UpdateOpenIDConnectProviderThumbprintRequest,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    EntityAlreadyExistsException,
    InvalidInputException,
    LimitExceededException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import OidcProvider
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.runtime.oidc_keys import is_here
from tidegate.services.iam import finding
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.shapes import instant, tags_shown
from tidegate.services.iam.tags import first_tags

_THUMBPRINT: Final = re.compile(r"[0-9A-Fa-f]{40}")
_PATH: Final = r"(?:/[\u0021-\u007e]*)?"
_HOST_AND_PATH: Final = re.compile(rf"[A-Za-z0-9.-]+{_PATH}")
_WITH_PORT: Final = re.compile(rf"(?:[A-Za-z0-9.-]+|\[::1\])(?::[0-9]{{1,5}})?{_PATH}")


class OidcProviders:
    """`local`: whether a provider may be on this machine, and do without TLS there.  AWS could not
    reach it; for others than developers it would be a way into what listens here for nobody else.
    """

    def __init__(self, definitions: Definitions, *, local: bool) -> None:
        self._definitions = definitions
        self._local = local

    def create(self, call: Call, request: CreateOpenIDConnectProviderRequest) -> None:
        account = call.principal.account
        url = _checked_url(request.Url, local=self._local)
        client_ids = tuple(dict.fromkeys(request.ClientIDList or ()))
        _check_client_ids(client_ids)
        thumbprints = _checked_thumbprints(request.ThumbprintList or ())

        def decide(entities: Entities, now_ms: int) -> Decision:
            tags = first_tags(request.Tags)
            if entities.find(OidcProvider, account, url) is not None:
                raise EntityAlreadyExistsException(
                    f"Provider with url {request.Url} already exists."
                )
            if len(entities.all_of(OidcProvider, account)) >= limits.OIDC_PROVIDERS:
                raise over_quota("OpenIdConnectProvidersPerAccount", limits.OIDC_PROVIDERS)
            provider = OidcProvider(account, url, now_ms, client_ids, thumbprints, tags)
            answer = CreateOpenIDConnectProviderResponse(
                OpenIDConnectProviderArn=provider.arn, Tags=tags_shown(tags) or None
            )
            return Decision(Changes(puts=(provider,)), answer)

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetOpenIDConnectProviderRequest) -> None:
        provider = finding.oidc_provider(
            self._definitions.entities, call.principal.account, request.OpenIDConnectProviderArn
        )
        answer = GetOpenIDConnectProviderResponse(
            Url=provider.url,
            ClientIDList=list(provider.client_ids),
            ThumbprintList=list(provider.thumbprints),
            CreateDate=instant(provider.created_at),
            Tags=tags_shown(provider.tags) or None,
        )
        self._definitions.tell(call, answer)

    def list(self, call: Call, _request: ListOpenIDConnectProvidersRequest) -> None:
        providers = self._definitions.entities.all_of(OidcProvider, call.principal.account)
        answer = ListOpenIDConnectProvidersResponse(
            OpenIDConnectProviderList=[
                OpenIDConnectProviderListEntry(Arn=providers[url].arn) for url in sorted(providers)
            ]
        )
        self._definitions.tell(call, answer)

    def delete(self, call: Call, request: DeleteOpenIDConnectProviderRequest) -> None:
        """A provider that is not there is as good as deleted (API reference)."""
        account, arn = call.principal.account, request.OpenIDConnectProviderArn
        finding.check_provider_arn(arn)

        def decide(entities: Entities, _now_ms: int) -> Decision:
            provider = entities.find(OidcProvider, account, arn.partition("/")[2])
            if provider is None or provider.arn != arn:
                return Decision(Changes())
            return Decision(Changes(removed=(name_of(provider),)))

        self._definitions.change(call, decide)

    def add_client(self, call: Call, request: AddClientIDToOpenIDConnectProviderRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            provider = finding.oidc_provider(
                entities, call.principal.account, request.OpenIDConnectProviderArn
            )
            if request.ClientID in provider.client_ids:
                return Decision(Changes())
            client_ids = (*provider.client_ids, request.ClientID)
            _check_client_ids(client_ids)
            changed = msgspec.structs.replace(provider, client_ids=client_ids)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)

    def remove_client(
        self, call: Call, request: RemoveClientIDFromOpenIDConnectProviderRequest
    ) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            provider = finding.oidc_provider(
                entities, call.principal.account, request.OpenIDConnectProviderArn
            )
            if request.ClientID not in provider.client_ids:
                return Decision(Changes())
            left = tuple(each for each in provider.client_ids if each != request.ClientID)
            changed = msgspec.structs.replace(provider, client_ids=left)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)

    def update_thumbprints(
        self, call: Call, request: UpdateOpenIDConnectProviderThumbprintRequest
    ) -> None:
        thumbprints = _checked_thumbprints(request.ThumbprintList)

        def decide(entities: Entities, _now_ms: int) -> Decision:
            provider = finding.oidc_provider(
                entities, call.principal.account, request.OpenIDConnectProviderArn
            )
            changed = msgspec.structs.replace(provider, thumbprints=thumbprints)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)


def host_and_path(url: str) -> str:
    """What a provider is called by in its ARN: its URL without the scheme."""
    return url.partition("://")[2]


def _checked_url(url: str, *, local: bool) -> str:
    """Host and path of a provider's URL.  Raises InvalidInputException.

    AWS takes https and no port.  A provider on this machine may have a port, and do without TLS.
    """
    rest = host_and_path(url)
    scheme = url.partition("://")[0].lower()
    local = local and is_here(url)
    if scheme not in (("https", "http") if local else ("https",)):
        raise InvalidInputException("Invalid Open ID Connect Provider URL")
    form = _WITH_PORT if local else _HOST_AND_PATH
    # Also empty ones: what is fetched stands behind the path.
    if "?" in rest or "#" in rest or form.fullmatch(rest) is None:
        raise InvalidInputException("Invalid Open ID Connect Provider URL")
    return rest


def _check_client_ids(client_ids: Sequence[str]) -> None:
    if len(client_ids) > limits.CLIENT_IDS:
        raise over_quota("ClientIdsPerOpenIdConnectProvider", limits.CLIENT_IDS)


def _checked_thumbprints(thumbprints: Sequence[str]) -> tuple[str, ...]:
    """Raises InvalidInputException, LimitExceededException."""
    if len(thumbprints) > limits.THUMBPRINTS:
        raise LimitExceededException(
            f"Thumbprint list must contain fewer than {limits.THUMBPRINTS} entries."
        )
    for thumbprint in thumbprints:
        if _THUMBPRINT.fullmatch(thumbprint) is None:
            raise InvalidInputException(f"Thumbprint {thumbprint} is not a valid thumbprint.")
    return tuple(thumbprint.lower() for thumbprint in thumbprints)
