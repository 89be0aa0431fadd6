"""What policies would decide: SimulatePrincipalPolicy and SimulateCustomPolicy, and which context
keys they ask for."""

import re
from typing import Final

import msgspec

from tidegate.api.iam import (
    GetContextKeysForCustomPolicyRequest,
    GetContextKeysForPolicyResponse,
    GetContextKeysForPrincipalPolicyRequest,
    SimulateCustomPolicyRequest,
    SimulatePolicyResponse,
    SimulatePrincipalPolicyRequest,
)
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.variables import Value
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidInputException
from tidegate.catalog import attachments
from tidegate.catalog.identities import Group
from tidegate.runtime.definitions import Definitions
from tidegate.services.iam.context_keys import context_keys
from tidegate.services.iam.pages import page_in_order
from tidegate.services.iam.simulated_caller import (
    account_of,
    caller_of,
    caller_of_arn,
    context_of,
    known_caller,
    source_of,
)
from tidegate.services.iam.simulated_policies import (
    RESOURCE,
    Simulated,
    check_exclusions,
    excludes_boundary,
    given,
    left,
    of_source,
    simulated,
)
from tidegate.services.iam.verdicts import Scenario, evaluated

_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")

Request = SimulateCustomPolicyRequest | SimulatePrincipalPolicyRequest


class Simulation:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def custom(self, call: Call, request: SimulateCustomPolicyRequest) -> None:
        if request.OrderedOrganizationPolicyInputList:
            raise InvalidInputException("Service control policies are not simulated.")
        account = call.principal.account
        caller = Caller("User", account=account)
        owner = None
        if request.CallerArn is not None:
            caller = caller_of_arn(self._definitions.entities, account, request.CallerArn)
            owner = known_caller(self._definitions.entities, account, request.CallerArn)
        elif request.ResourcePolicy is not None:
            raise InvalidInputException("CallerArn is required with a ResourcePolicy.")
        self._simulate(
            call,
            request,
            caller,
            context_of(owner, caller, request.ContextEntries),
            given(request.PolicyInputList, "PolicyInputList"),
            _given_boundary(request),
        )

    def principal(self, call: Call, request: SimulatePrincipalPolicyRequest) -> None:
        entities = self._definitions.entities
        exclusions = request.PolicyExclusionList or []
        check_exclusions(exclusions)
        owner = source_of(entities, call.principal.account, request.PolicySourceArn)
        sources = left(attachments.all_policies(entities, owner), exclusions)
        boundary = _given_boundary(request)
        if boundary is None and not isinstance(owner, Group) and not excludes_boundary(exclusions):
            source = attachments.boundary_policy(entities, owner)
            boundary = None if source is None else of_source(source)
        caller = caller_of(owner)
        if request.CallerArn is not None:
            caller = caller_of_arn(entities, call.principal.account, request.CallerArn)
        self._simulate(
            call,
            request,
            caller,
            context_of(owner, caller, request.ContextEntries),
            [*map(of_source, sources), *given(request.PolicyInputList, "PolicyInputList")],
            boundary,
        )

    def _simulate(
        self,
        call: Call,
        request: Request,
        caller: Caller,
        context: dict[str, Value],
        policies: list[Simulated],
        boundary: Simulated | None,
    ) -> None:
        _check_actions(request.ActionNames)
        resources = request.ResourceArns or ["*"]
        if len(resources) > limits.SIMULATED_DECISIONS:
            raise InvalidInputException(
                f"ResourceArns can have up to {limits.SIMULATED_DECISIONS} entries."
            )
        document = request.ResourcePolicy
        owner = None if request.ResourceOwner is None else account_of(request.ResourceOwner)
        scenario = Scenario(
            caller=caller,
            context=context,
            identity=policies,
            boundary=boundary,
            resource=None if document is None else simulated(document, "ResourcePolicy", RESOURCE),
            resource_owner=owner,
            resources=list(dict.fromkeys(resources)),
        )
        # Everybody else waits for the decisions of a page.
        most = limits.SIMULATED_DECISIONS // len(resources)
        asked = msgspec.structs.replace(
            request, MaxItems=min(request.MaxItems or limits.PAGE_ITEMS, most)
        )
        page = page_in_order(list(dict.fromkeys(request.ActionNames)), asked)
        answer = SimulatePolicyResponse(
            EvaluationResults=[evaluated(scenario, action) for action in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    # --- Context keys ----------------------------------------------------------------------------

    def context_keys_of_policies(
        self, call: Call, request: GetContextKeysForCustomPolicyRequest
    ) -> None:
        policies = given(request.PolicyInputList, "PolicyInputList")
        self._tell_keys(call, policies)

    def context_keys_of_principal(
        self, call: Call, request: GetContextKeysForPrincipalPolicyRequest
    ) -> None:
        entities = self._definitions.entities
        owner = source_of(entities, call.principal.account, request.PolicySourceArn)
        sources = attachments.all_policies(entities, owner)
        more = given(request.PolicyInputList, "PolicyInputList")
        self._tell_keys(call, [*map(of_source, sources), *more])

    def _tell_keys(self, call: Call, policies: list[Simulated]) -> None:
        keys = context_keys(policy.document for policy in policies)
        self._definitions.tell(call, GetContextKeysForPolicyResponse(ContextKeyNames=keys))


def _given_boundary(request: Request) -> Simulated | None:
    boundaries = given(
        request.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList"
    )
    if len(boundaries) > 1:
        raise InvalidInputException("Only one permissions boundary can be simulated.")
    return boundaries[0] if boundaries else None


def _check_actions(actions: list[str]) -> None:
    for action in actions:
        if _ACTION.fullmatch(action) is None:
            raise InvalidInputException(f"Invalid action name: {action}")
