"""Platform applications: an app on a push platform, and the credentials to reach it with."""

import re
from collections.abc import Mapping
from typing import Final

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
from tidegate.catalog.entity import name_of
from tidegate.catalog.push import (
    MovedToken,
    PlatformApplication,
    PlatformEndpoint,
    application_arn,
)
from tidegate.catalog.topic_attributes import feedback_role, sample_rate
from tidegate.catalog.topics import topic_scope
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import read_push_arn, read_topic_arn
from tidegate.services.sns.pages import page_of
from tidegate.services.sns.ports import Seal
from tidegate.services.sns.push_credentials import (
    APPLE,
    BUNDLE_ID,
    PLATFORMS,
    TEAM_ID,
    check_pair,
    read_credentials,
)
from tidegate.services.sns.removal import remove_all

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_PRINCIPAL: Final = "PlatformPrincipal"
_CREDENTIAL: Final = "PlatformCredential"
_EVENTS: Final = frozenset(
    {"EventDeliveryFailure", "EventEndpointCreated", "EventEndpointDeleted", "EventEndpointUpdated"}
)
_FEEDBACK_ROLES: Final = frozenset({"FailureFeedbackRoleArn", "SuccessFeedbackRoleArn"})
_SAMPLE_RATE: Final = "SuccessFeedbackSampleRate"
_PLAIN: Final = frozenset({"Enabled", _SAMPLE_RATE, *_EVENTS, *_FEEDBACK_ROLES})
_OF_APPLE: Final = frozenset({TEAM_ID, BUNDLE_ID})


def new_application(call: Call, request: sns.CreatePlatformApplicationInput) -> str:
    """The ARN of the application that a request gives a name to."""
    if not request.Name:
        raise invalid_parameter(f"{request.Name} Reason: cannot be empty")
    if len(request.Name) > limits.APPLICATION_NAME_CHARACTERS:
        raise invalid_parameter(
            f"{request.Name} Reason: must be at most {limits.APPLICATION_NAME_CHARACTERS} "
            "characters long"
        )
    if _NAME.fullmatch(request.Name) is None:
        raise invalid_parameter(
            f"{request.Name} Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', "
            "'_', '-', and '.'"
        )
    if request.Platform not in PLATFORMS:
        raise invalid_parameter(f"Platform Reason: {request.Platform} is not supported")
    return application_arn(call.principal.account, call.region, request.Platform, request.Name)


def find_application(entities: Entities, call: Call, arn: str) -> PlatformApplication:
    """Raises InvalidParameterException, NotFoundException."""
    named = read_push_arn(call, arn, "PlatformApplicationArn", "app", 2)
    found = entities.find(PlatformApplication, named.scope, named.rest)
    if found is None:
        raise NotFoundException("PlatformApplication does not exist")
    return found


class PlatformApplications:
    def __init__(self, definitions: Definitions, seal: Seal) -> None:
        self._definitions = definitions
        self._seal = seal

    def create(self, call: Call, request: sns.CreatePlatformApplicationInput) -> None:
        """Succeeds for one that is there already and has the same attributes; its credentials are
        replaced."""
        arn = new_application(call, request)
        given = request.Attributes
        plain = {"Enabled": "true", **_checked(call, request.Platform, given)}
        principal, credential = given.get(_PRINCIPAL, ""), given.get(_CREDENTIAL, "")
        told = read_credentials(request.Platform, principal, credential, plain)
        account, region = call.principal.account, call.region
        application = PlatformApplication(
            account, region, request.Platform, request.Name, self._definitions.now_ms(), b""
        )
        application = self._with_credentials(application, principal, credential)
        application = msgspec.structs.replace(application, attributes={**plain, **told})

        def decide(entities: Entities, now: int) -> Decision:
            standing = entities.find(PlatformApplication, application.scope, application.key)
            put = application
            if standing is not None:
                if standing.attributes != application.attributes:
                    raise invalid_parameter(
                        "Name Reason: An application with the same name but different properties "
                        "already exists"
                    )
                put = msgspec.structs.replace(application, created_at=standing.created_at)
            answer = sns.CreatePlatformApplicationResponse(PlatformApplicationArn=arn)
            return Decision(Changes(puts=(put,)), answer)

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: sns.DeletePlatformApplicationInput) -> None:
        """Takes the endpoints with it.  One that is not there is deleted as well."""
        arn = request.PlatformApplicationArn
        named = read_push_arn(call, arn, "PlatformApplicationArn", "app", 2)
        entities = self._definitions.entities
        application = entities.find(PlatformApplication, named.scope, named.rest)
        names = [
            name_of(each)
            for kind in (PlatformEndpoint, MovedToken)
            for each in entities.all_of(kind, arn).values()
        ]
        if application is not None:
            names.append(name_of(application))
        remove_all(self._definitions, call, names)

    def get_attributes(
        self, call: Call, request: sns.GetPlatformApplicationAttributesInput
    ) -> None:
        entities = self._definitions.entities
        found = find_application(entities, call, request.PlatformApplicationArn)
        answer = sns.GetPlatformApplicationAttributesResponse(Attributes=dict(found.attributes))
        self._definitions.tell(call, answer)

    def set_attributes(
        self, call: Call, request: sns.SetPlatformApplicationAttributesInput
    ) -> None:
        """An empty text takes an attribute away."""
        entities = self._definitions.entities
        found = find_application(entities, call, request.PlatformApplicationArn)
        given = request.Attributes
        principal, credential = given.get(_PRINCIPAL, ""), given.get(_CREDENTIAL, "")
        check_pair(found.platform, principal, credential)
        attributes = {**found.attributes, **_checked(call, found.platform, given)}
        changed = found
        if credential:
            told = read_credentials(found.platform, principal, credential, attributes)
            attributes = {**attributes, **told}
            changed = self._with_credentials(found, principal, credential)
        kept = {name: value for name, value in attributes.items() if value}
        changed = msgspec.structs.replace(changed, attributes=kept)
        self._definitions.change(call, lambda entities, now: Decision(Changes(puts=(changed,))))

    def list(self, call: Call, request: sns.ListPlatformApplicationsInput) -> None:
        scope = topic_scope(call.principal.account, call.region)
        applications = self._definitions.entities.all_of(PlatformApplication, scope)
        page = page_of(applications.values(), lambda each: each.key, request.NextToken)
        shown = [
            sns.PlatformApplication(
                PlatformApplicationArn=each.arn, Attributes=dict(each.attributes)
            )
            for each in page.results
        ]
        answer = sns.ListPlatformApplicationsResponse(
            PlatformApplications=shown, NextToken=page.next_token
        )
        self._definitions.tell(call, answer)

    def _with_credentials(
        self, application: PlatformApplication, principal: str, credential: str
    ) -> PlatformApplication:
        arn = application.arn
        sealed = self._seal(credential.encode(), f"{arn}#credential".encode())
        of_principal = b""
        if principal:
            of_principal = self._seal(principal.encode(), f"{arn}#principal".encode())
        return msgspec.structs.replace(
            application, sealed_credential=sealed, sealed_principal=of_principal
        )


def _checked(call: Call, platform: str, given: Mapping[str, str]) -> dict[str, str]:
    """The attributes that are no secrets; raises InvalidParameterException."""
    checked: dict[str, str] = {}
    for name, value in given.items():
        if name in (_PRINCIPAL, _CREDENTIAL):
            continue
        if not (name in _PLAIN or (name in _OF_APPLE and platform in APPLE)):
            raise invalid_parameter(f"Attributes Reason: Invalid attribute name: {name}")
        checked[name] = _value(call, name, value) if value else value
    return checked


def _value(call: Call, name: str, value: str) -> str:
    try:
        if name in _EVENTS:
            read_topic_arn(call, value)
        elif name in _FEEDBACK_ROLES:
            feedback_role(name, value)
        elif name == _SAMPLE_RATE:
            sample_rate(name, value)
        elif name == "Enabled":
            return _enabled(value)
    except InvalidParameterException as refusal:
        what = refusal.message.removeprefix("Invalid parameter: ")
        raise invalid_parameter(f"Attributes Reason: Invalid value for attribute: {what}") from None
    return value


def _enabled(value: str) -> str:
    if value.lower() not in ("true", "false"):
        raise invalid_parameter("Enabled: must be true or false")
    return value.lower()
