"""Versions of a managed policy."""

import msgspec

from tidegate.api.iam import (
    CreatePolicyVersionRequest,
    CreatePolicyVersionResponse,
    DeletePolicyVersionRequest,
    GetPolicyVersionRequest,
    GetPolicyVersionResponse,
    ListPolicyVersionsRequest,
    ListPolicyVersionsResponse,
    SetDefaultPolicyVersionRequest,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    DeleteConflictException,
    LimitExceededException,
    NoSuchEntityException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.identities import ManagedPolicy, PolicyVersion
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.documents import check_managed_policy
from tidegate.services.iam.pages import page_in_order
from tidegate.services.iam.shapes import version_id, version_shown


class PolicyVersions:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def create(self, call: Call, request: CreatePolicyVersionRequest) -> None:
        def decide(entities: Entities, now_ms: int) -> Decision:
            policy = finding.own_policy(entities, call.principal.account, request.PolicyArn)
            check_managed_policy(request.PolicyDocument)
            if len(policy.versions) >= limits.POLICY_VERSIONS:
                raise LimitExceededException(
                    f"A managed policy can have up to {limits.POLICY_VERSIONS} versions. Before "
                    "you create a new version, you must delete an existing version."
                )
            version = PolicyVersion(policy.next_number, request.PolicyDocument, now_ms)
            changed = msgspec.structs.replace(
                policy,
                versions=(*policy.versions, version),
                default=version.number if request.SetAsDefault else policy.default,
                next_number=version.number + 1,
                updated_at=now_ms,
            )
            answer = CreatePolicyVersionResponse(PolicyVersion=version_shown(changed, version))
            return Decision(Changes(puts=(changed,)), answer)

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetPolicyVersionRequest) -> None:
        entities = self._definitions.entities
        policy = finding.policy(entities, call.principal.account, request.PolicyArn)
        version = _version(policy, request.VersionId)
        shown = version_shown(policy, version, with_document=True)
        self._definitions.tell(call, GetPolicyVersionResponse(PolicyVersion=shown))

    def list(self, call: Call, request: ListPolicyVersionsRequest) -> None:
        """The newest first."""
        entities = self._definitions.entities
        policy = finding.policy(entities, call.principal.account, request.PolicyArn)
        page = page_in_order(reversed(policy.versions), request)
        answer = ListPolicyVersionsResponse(
            Versions=[version_shown(policy, version) for version in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def set_default(self, call: Call, request: SetDefaultPolicyVersionRequest) -> None:
        def decide(entities: Entities, now_ms: int) -> Decision:
            policy = finding.own_policy(entities, call.principal.account, request.PolicyArn)
            version = _version(policy, request.VersionId)
            changed = msgspec.structs.replace(policy, default=version.number, updated_at=now_ms)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeletePolicyVersionRequest) -> None:
        def decide(entities: Entities, now_ms: int) -> Decision:
            policy = finding.own_policy(entities, call.principal.account, request.PolicyArn)
            version = _version(policy, request.VersionId)
            if version.number == policy.default:
                raise DeleteConflictException("Cannot delete the default version of a policy.")
            left = tuple(each for each in policy.versions if each.number != version.number)
            changed = msgspec.structs.replace(policy, versions=left, updated_at=now_ms)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)


def _version(policy: ManagedPolicy, id_: str) -> PolicyVersion:
    for version in policy.versions:
        if version_id(version.number) == id_:
            return version
    raise NoSuchEntityException(
        f"Policy {policy.arn} version {id_} does not exist or is not attachable."
    )
