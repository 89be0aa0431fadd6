"""Platform endpoints: an app on one device.

An endpoint's UUID is made of the token with which it was created, so that the endpoint of a token
is found without looking at the others of the application, of which there may be millions.  Where
the token was changed since, or the UUID is taken, a `MovedToken` says where the endpoint is.
"""

import re
from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_URL, uuid3

import msgspec

from tidegate.api import sns
from tidegate.base import sns_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidParameterException,
    NotFoundException,
    invalid_parameter,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import Entity, EntityName, name_of
from tidegate.catalog.push import MovedToken, PlatformApplication, PlatformEndpoint
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import read_push_arn
from tidegate.services.sns.pages import page_of
from tidegate.services.sns.platform_applications import find_application
from tidegate.services.sns.ports import Outward
from tidegate.services.sns.push_credentials import APPLE

_APPLE_TOKEN: Final = re.compile(r"[0-9a-f]{1,400}")
_OF_BAIDU: Final = frozenset({"ChannelId", "UserId"})


class PlatformEndpoints:
    def __init__(self, definitions: Definitions, outward: Outward) -> None:
        self._definitions = definitions
        self._outward = outward

    def create(self, call: Call, request: sns.CreatePlatformEndpointInput) -> None:
        """Succeeds for a token that has an endpoint already from which nothing differs."""
        entities, arn = self._definitions.entities, request.PlatformApplicationArn
        application = find_application(entities, call, arn)
        given = dict(request.Attributes or {})
        if request.CustomUserData is not None:
            given["CustomUserData"] = request.CustomUserData
        if not request.Token:
            raise invalid_parameter("Token Reason: cannot be empty")
        given.setdefault("Token", request.Token)
        fields = _checked(application, given)
        token = fields["Token"]
        standing = _endpoint_of(entities, arn, token)
        now = self._definitions.now_ms()
        id = _free_id(entities, arn, token) if standing is None else standing.id
        base = standing or PlatformEndpoint(arn, id, token, now)
        asked = _with(base, fields)
        if standing is not None and asked != standing:
            raise invalid_parameter(
                f"Token Reason: Endpoint {standing.arn} already exists with the same Token, but "
                "different attributes."
            )

        def decide(entities: Entities, now: int) -> Decision:
            puts: tuple[Entity, ...] = () if standing is not None else (asked,)
            if standing is None and id != _id_of(arn, token):
                puts = (asked, MovedToken(arn, token, id))
            return Decision(Changes(puts), sns.CreateEndpointResponse(EndpointArn=asked.arn))

        self._definitions.change(call, decide)
        if standing is None:
            self._tell(application, "EventEndpointCreated", asked)

    def delete(self, call: Call, request: sns.DeleteEndpointInput) -> None:
        """Its subscriptions stay.  One that is not there is deleted as well."""
        found = self._find(call, request.EndpointArn)
        if found is None:
            self._definitions.tell(call, None)
            return
        application, endpoint = found

        def decide(entities: Entities, now: int) -> Decision:
            return Decision(Changes(removed=(name_of(endpoint), *_moved(entities, endpoint))))

        self._definitions.change(call, decide)
        self._tell(application, "EventEndpointDeleted", endpoint)

    def get_attributes(self, call: Call, request: sns.GetEndpointAttributesInput) -> None:
        _, endpoint = self._found(call, request.EndpointArn)
        answer = sns.GetEndpointAttributesResponse(Attributes=_shown(endpoint))
        self._definitions.tell(call, answer)

    def set_attributes(self, call: Call, request: sns.SetEndpointAttributesInput) -> None:
        application, endpoint = self._found(call, request.EndpointArn)
        fields = _checked(application, request.Attributes)
        changed = _with(endpoint, fields)
        entities = self._definitions.entities
        if changed.token != endpoint.token:
            other = _endpoint_of(entities, endpoint.application_arn, changed.token)
            if other is not None:
                raise invalid_parameter(
                    f"Token Reason: Endpoint {other.arn} already exists with the same Token, but "
                    "different attributes."
                )

        def decide(entities: Entities, now: int) -> Decision:
            if changed.token == endpoint.token:
                return Decision(Changes(puts=(changed,)))
            moved = MovedToken(changed.application_arn, changed.token, changed.id)
            back = changed.id == _id_of(changed.application_arn, changed.token)
            puts = (changed,) if back else (changed, moved)
            return Decision(Changes(puts, _moved(entities, endpoint)))

        self._definitions.change(call, decide)
        self._tell(application, "EventEndpointUpdated", changed)

    def list(self, call: Call, request: sns.ListEndpointsByPlatformApplicationInput) -> None:
        entities = self._definitions.entities
        application = find_application(entities, call, request.PlatformApplicationArn)
        endpoints = entities.all_of(PlatformEndpoint, application.arn)
        page = page_of(endpoints, str, request.NextToken)
        shown = [
            sns.Endpoint(EndpointArn=endpoints[id].arn, Attributes=_shown(endpoints[id]))
            for id in page.results
        ]
        answer = sns.ListEndpointsByPlatformApplicationResponse(
            Endpoints=shown, NextToken=page.next_token
        )
        self._definitions.tell(call, answer)

    def _find(self, call: Call, arn: str) -> tuple[PlatformApplication, PlatformEndpoint] | None:
        named = read_push_arn(call, arn, "EndpointArn", "endpoint", 3)
        key, _, id = named.rest.rpartition("/")
        entities = self._definitions.entities
        application = entities.find(PlatformApplication, named.scope, key)
        if application is None:
            return None
        endpoint = entities.find(PlatformEndpoint, application.arn, id)
        return None if endpoint is None else (application, endpoint)

    def _found(self, call: Call, arn: str) -> tuple[PlatformApplication, PlatformEndpoint]:
        """Raises InvalidParameterException, NotFoundException."""
        found = self._find(call, arn)
        if found is None:
            raise NotFoundException("Endpoint does not exist")
        return found

    def _tell(
        self, application: PlatformApplication, event: str, endpoint: PlatformEndpoint
    ) -> None:
        if event in application.attributes:
            self._outward.tell_endpoint_event(application, event, endpoint)


def _id_of(application_arn: str, token: str, number: int = 0) -> str:
    name = f"{application_arn}/{number}/{token}"
    # JSON in an attribute may hold half of a surrogate pair, which has no UTF-8.
    return str(uuid3(NAMESPACE_URL, name.encode(errors="replace").decode()))


def _free_id(entities: Entities, application_arn: str, token: str) -> str:
    number = 0
    while entities.find(PlatformEndpoint, application_arn, _id_of(application_arn, token, number)):
        number += 1
    return _id_of(application_arn, token, number)


def _endpoint_of(entities: Entities, application_arn: str, token: str) -> PlatformEndpoint | None:
    moved = entities.find(MovedToken, application_arn, token)
    id = _id_of(application_arn, token) if moved is None else moved.endpoint_id
    endpoint = entities.find(PlatformEndpoint, application_arn, id)
    return endpoint if endpoint is not None and endpoint.token == token else None


def _moved(entities: Entities, endpoint: PlatformEndpoint) -> tuple[EntityName, ...]:
    """What says where the endpoint's token is, if anything does."""
    moved = entities.find(MovedToken, endpoint.application_arn, endpoint.token)
    return () if moved is None else (name_of(moved),)


def _checked(application: PlatformApplication, given: Mapping[str, str]) -> dict[str, str]:
    """The attributes, each in the form in which it is kept; raises InvalidParameterException."""
    checked = dict(given)
    for name, value in given.items():
        if name == "Token":
            checked[name] = _token(application.platform, value)
        elif name == "Enabled":
            if value.lower() not in ("true", "false"):
                raise _invalid("Enabled: must be true or false")
            checked[name] = value.lower()
        elif name == "CustomUserData":
            if len(value.encode(errors="replace")) > limits.CUSTOM_USER_DATA_BYTES:
                raise _invalid(
                    f"CustomUserData: must be at most {limits.CUSTOM_USER_DATA_BYTES} bytes long "
                    "in UTF-8 encoding"
                )
        elif not (name in _OF_BAIDU and application.platform == "BAIDU"):
            raise invalid_parameter(f"Attributes Reason: Invalid attribute name: {name}")
    return checked


def _token(platform: str, value: str) -> str:
    if not value:
        raise _invalid("Token: cannot be empty")
    if platform in APPLE:
        if _APPLE_TOKEN.fullmatch(value.lower()) is None:
            raise invalid_parameter(
                "Token Reason: iOS device tokens must be no more than 400 hexadecimal characters"
            )
        return value.lower()
    if len(value) > limits.DEVICE_TOKEN_CHARACTERS:
        raise _invalid(f"Token: must be at most {limits.DEVICE_TOKEN_CHARACTERS} characters long")
    return value


def _with(endpoint: PlatformEndpoint, given: Mapping[str, str]) -> PlatformEndpoint:
    """The endpoint with attributes that were checked."""
    of_baidu = {name: value for name, value in given.items() if name in _OF_BAIDU}
    custom = given.get("CustomUserData", endpoint.custom_user_data)
    return msgspec.structs.replace(
        endpoint,
        token=given.get("Token", endpoint.token),
        enabled=given["Enabled"] == "true" if "Enabled" in given else endpoint.enabled,
        custom_user_data=custom or None,
        attributes={**endpoint.attributes, **of_baidu},
    )


def _shown(endpoint: PlatformEndpoint) -> dict[str, str]:
    shown = {
        "Enabled": "true" if endpoint.enabled else "false",
        "Token": endpoint.token,
        **endpoint.attributes,
    }
    if endpoint.custom_user_data is not None:
        shown["CustomUserData"] = endpoint.custom_user_data
    return shown


def _invalid(what: str) -> InvalidParameterException:
    return invalid_parameter(f"Attributes Reason: Invalid value for attribute: {what}")
