"""Instance profiles: what hands a role to a machine."""

import msgspec

from tidegate.api.iam import (
    AddRoleToInstanceProfileRequest,
    CreateInstanceProfileRequest,
    CreateInstanceProfileResponse,
    DeleteInstanceProfileRequest,
    GetInstanceProfileRequest,
    GetInstanceProfileResponse,
    ListInstanceProfilesForRoleRequest,
    ListInstanceProfilesForRoleResponse,
    ListInstanceProfilesRequest,
    ListInstanceProfilesResponse,
    RemoveRoleFromInstanceProfileRequest,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    NoSuchEntityException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import InstanceProfile
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding, ids
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.permissions import MayAlso
from tidegate.services.iam.shapes import profile_shown
from tidegate.services.iam.tags import first_tags


class InstanceProfiles:
    def __init__(self, definitions: Definitions, ids: Ids, may_also: MayAlso) -> None:
        self._definitions = definitions
        self._ids = ids
        self._may_also = may_also

    def create(self, call: Call, request: CreateInstanceProfileRequest) -> None:
        account, name = call.principal.account, request.InstanceProfileName
        new_id = self._ids.of(ids.INSTANCE_PROFILE)

        def decide(entities: Entities, now_ms: int) -> Decision:
            tags = first_tags(request.Tags)
            if entities.find(InstanceProfile, account, name.lower()) is not None:
                raise EntityAlreadyExistsException(f"Instance Profile {name} already exists.")
            if len(entities.all_of(InstanceProfile, account)) >= limits.INSTANCE_PROFILES:
                raise over_quota("InstanceProfilesPerAccount", limits.INSTANCE_PROFILES)
            profile = InstanceProfile(account, name, request.Path or "/", new_id, now_ms, tags=tags)
            shown = profile_shown(entities, profile)
            answer = CreateInstanceProfileResponse(InstanceProfile=shown)
            return Decision(Changes(puts=(profile,)), answer)

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetInstanceProfileRequest) -> None:
        entities, account = self._definitions.entities, call.principal.account
        profile = finding.instance_profile(entities, account, request.InstanceProfileName)
        shown = profile_shown(entities, profile)
        self._definitions.tell(call, GetInstanceProfileResponse(InstanceProfile=shown))

    def list(self, call: Call, request: ListInstanceProfilesRequest) -> None:
        prefix = request.PathPrefix or "/"
        entities = self._definitions.entities
        profiles = entities.all_of(InstanceProfile, call.principal.account).values()
        found = (profile for profile in profiles if profile.path.startswith(prefix))
        page = page_of(found, request, lambda profile: profile.key)
        answer = ListInstanceProfilesResponse(
            InstanceProfiles=[profile_shown(entities, profile) for profile in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def list_for_role(self, call: Call, request: ListInstanceProfilesForRoleRequest) -> None:
        entities, account = self._definitions.entities, call.principal.account
        role = finding.role(entities, account, request.RoleName)
        profiles = entities.all_of(InstanceProfile, account).values()
        found = (profile for profile in profiles if profile.role == role.name)
        page = page_of(found, request, lambda profile: profile.key)
        answer = ListInstanceProfilesForRoleResponse(
            InstanceProfiles=[profile_shown(entities, profile) for profile in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def add_role(self, call: Call, request: AddRoleToInstanceProfileRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            profile = finding.instance_profile(entities, account, request.InstanceProfileName)
            role = finding.role(entities, account, request.RoleName)
            if profile.role is not None:
                raise over_quota(
                    "InstanceSessionsPerInstanceProfile", limits.ROLES_OF_INSTANCE_PROFILE
                )
            self._may_also(call, "iam:PassRole", role.arn)
            changed = msgspec.structs.replace(profile, role=role.name)
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)

    def remove_role(self, call: Call, request: RemoveRoleFromInstanceProfileRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            profile = finding.instance_profile(entities, account, request.InstanceProfileName)
            role = finding.role(entities, account, request.RoleName)
            if profile.role != role.name:
                raise NoSuchEntityException(
                    f"The role with name {request.RoleName} cannot be found in instance profile "
                    f"{profile.name}."
                )
            return Decision(Changes(puts=(msgspec.structs.replace(profile, role=None),)))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteInstanceProfileRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            profile = finding.instance_profile(entities, account, request.InstanceProfileName)
            if profile.role is not None:
                raise DeleteConflictException(
                    "Cannot delete entity, must remove roles from instance profile first."
                )
            return Decision(Changes(removed=(name_of(profile),)))

        self._definitions.change(call, decide)
