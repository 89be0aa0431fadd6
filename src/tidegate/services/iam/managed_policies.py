"""Managed policies: the account's own, which it may change, and those of AWS."""

from collections.abc import Iterator
from itertools import chain

from tidegate.api.iam import (
    CreatePolicyRequest,
    CreatePolicyResponse,
    DeletePolicyRequest,
    GetPolicyRequest,
    GetPolicyResponse,
    ListPoliciesRequest,
    ListPoliciesResponse,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import DeleteConflictException, EntityAlreadyExistsException
from tidegate.catalog import aws_managed
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import ManagedPolicy, PolicyVersion
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding, ids
from tidegate.services.iam.documents import check_managed_policy, over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.policy_owners import Uses
from tidegate.services.iam.shapes import policy_shown
from tidegate.services.iam.tags import first_tags


class ManagedPolicies:
    def __init__(self, definitions: Definitions, ids: Ids) -> None:
        self._definitions = definitions
        self._ids = ids

    def create(self, call: Call, request: CreatePolicyRequest) -> None:
        account = call.principal.account
        new_id = self._ids.of(ids.POLICY)

        def decide(entities: Entities, now_ms: int) -> Decision:
            policy = _new_policy(entities, account, request, new_id, now_ms)
            shown = policy_shown(policy, 0, 0, listed=True)
            return Decision(Changes(puts=(policy,)), CreatePolicyResponse(Policy=shown))

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetPolicyRequest) -> None:
        entities, account = self._definitions.entities, call.principal.account
        policy = finding.policy(entities, account, request.PolicyArn)
        shown = policy_shown(policy, *Uses(entities, account).of(policy.arn))
        self._definitions.tell(call, GetPolicyResponse(Policy=shown))

    def list(self, call: Call, request: ListPoliciesRequest) -> None:
        entities, account = self._definitions.entities, call.principal.account
        uses = Uses(entities, account)
        page = page_of(_found(entities, account, request, uses), request, page_key)
        answer = ListPoliciesResponse(
            Policies=[
                policy_shown(policy, *uses.of(policy.arn), listed=True) for policy in page.items
            ],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def delete(self, call: Call, request: DeletePolicyRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            policy = finding.own_policy(entities, account, request.PolicyArn)
            if any(Uses(entities, account).of(policy.arn)):
                raise DeleteConflictException("Cannot delete a policy attached to entities.")
            if len(policy.versions) > 1:
                raise DeleteConflictException(
                    "This policy has more than one version. Before you delete a policy, you must "
                    "delete the policy's versions. The default version is deleted with the policy."
                )
            return Decision(Changes(removed=(name_of(policy),)))

        self._definitions.change(call, decide)


def page_key(policy: ManagedPolicy) -> str:
    """Names are unique among an account's own policies, and among AWS's."""
    return f"{policy.key}/{'aws' if policy.account == aws_managed.ACCOUNT else ''}"


def _found(
    entities: Entities, account: str, request: ListPoliciesRequest, uses: Uses
) -> Iterator[ManagedPolicy]:
    own = entities.all_of(ManagedPolicy, account).values() if request.Scope != "AWS" else ()
    of_aws = aws_managed.POLICIES.values() if request.Scope != "Local" else ()
    prefix = request.PathPrefix or "/"
    for policy in chain(own, of_aws):
        attached, bounding = uses.of(policy.arn)
        used = {"PermissionsPolicy": attached, "PermissionsBoundary": bounding}
        counted = used.get(request.PolicyUsageFilter or "", attached + bounding)
        wanted = counted or not (request.OnlyAttached or request.PolicyUsageFilter)
        if wanted and policy.path.startswith(prefix):
            yield policy


def _new_policy(
    entities: Entities, account: str, request: CreatePolicyRequest, new_id: str, now_ms: int
) -> ManagedPolicy:
    tags = first_tags(request.Tags)
    check_managed_policy(request.PolicyDocument)
    if entities.find(ManagedPolicy, account, request.PolicyName.lower()) is not None:
        raise EntityAlreadyExistsException(
            f"A policy called {request.PolicyName} already exists. Duplicate names are not allowed."
        )
    if len(entities.all_of(ManagedPolicy, account)) >= limits.POLICIES:
        raise over_quota("PoliciesPerAccount", limits.POLICIES)
    return ManagedPolicy(
        account,
        request.PolicyName,
        request.Path or "/",
        new_id,
        created_at=now_ms,
        updated_at=now_ms,
        versions=(PolicyVersion(1, request.PolicyDocument, now_ms),),
        default=1,
        next_number=2,
        description=request.Description or "",
        tags=tags,
    )
