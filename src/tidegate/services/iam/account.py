"""The account: its alias, and how much of everything it has."""

import msgspec

from tidegate.api.iam import (
    CreateAccountAliasRequest,
    DeleteAccountAliasRequest,
    GetAccountSummaryResponse,
    ListAccountAliasesRequest,
    ListAccountAliasesResponse,
)
from tidegate.api.operation import NoInput
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import EntityAlreadyExistsException, NoSuchEntityException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.identities import (
    AccountSettings,
    Group,
    InstanceProfile,
    ManagedPolicy,
    OidcProvider,
    Role,
    User,
)
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.policy_owners import Uses


class Account:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def create_alias(self, call: Call, request: CreateAccountAliasRequest) -> None:
        """Takes the place of the account's alias, if it has one."""
        account, alias = call.principal.account, request.AccountAlias

        def decide(entities: Entities, _now_ms: int) -> Decision:
            for scope in entities.scopes(AccountSettings):
                if scope != account and finding.settings(entities, scope).alias == alias:
                    raise EntityAlreadyExistsException(f"The account alias {alias} already exists.")
            settings = finding.settings(entities, account)
            return Decision(Changes(puts=(msgspec.structs.replace(settings, alias=alias),)))

        self._definitions.change(call, decide)

    def delete_alias(self, call: Call, request: DeleteAccountAliasRequest) -> None:
        alias = request.AccountAlias

        def decide(entities: Entities, _now_ms: int) -> Decision:
            settings = finding.settings(entities, call.principal.account)
            if settings.alias != alias:
                raise NoSuchEntityException(f"The account alias {alias} does not exist.")
            return Decision(Changes(puts=(msgspec.structs.replace(settings, alias=None),)))

        self._definitions.change(call, decide)

    def list_aliases(self, call: Call, request: ListAccountAliasesRequest) -> None:
        alias = finding.settings(self._definitions.entities, call.principal.account).alias
        page = page_of([] if alias is None else [alias], request, str)
        answer = ListAccountAliasesResponse(
            AccountAliases=page.items, IsTruncated=page.is_truncated, Marker=page.marker
        )
        self._definitions.tell(call, answer)

    def summary(self, call: Call, _request: NoInput) -> None:
        summary = _summary(self._definitions.entities, call.principal.account)
        self._definitions.tell(call, GetAccountSummaryResponse(SummaryMap=summary))


def _summary(entities: Entities, account: str) -> dict[str, int]:
    policies = entities.all_of(ManagedPolicy, account)
    uses = Uses(entities, account)
    root_keys = finding.settings(entities, account).root_keys
    return {
        "Users": len(entities.all_of(User, account)),
        "UsersQuota": limits.USERS,
        "Groups": len(entities.all_of(Group, account)),
        "GroupsQuota": limits.GROUPS,
        "Roles": len(entities.all_of(Role, account)),
        "RolesQuota": limits.ROLES,
        "Policies": len(policies),
        "PoliciesQuota": limits.POLICIES,
        "PolicyVersionsInUse": len(uses.attached.keys() | uses.bounding.keys()),
        "InstanceProfiles": len(entities.all_of(InstanceProfile, account)),
        "InstanceProfilesQuota": limits.INSTANCE_PROFILES,
        "Providers": len(entities.all_of(OidcProvider, account)),
        "AccountAccessKeysPresent": int(bool(root_keys)),
        "AccountMFAEnabled": 0,
        "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0,
        "MFADevices": 0,
        "MFADevicesInUse": 0,
        "ServerCertificates": 0,
        "AccessKeysPerUserQuota": limits.ACCESS_KEYS,
        "GroupsPerUserQuota": limits.GROUPS_OF_USER,
        "AttachedPoliciesPerUserQuota": limits.ATTACHED_POLICIES,
        "AttachedPoliciesPerGroupQuota": limits.ATTACHED_POLICIES,
        "AttachedPoliciesPerRoleQuota": limits.ATTACHED_POLICIES,
        "UserPolicySizeQuota": limits.USER_INLINE_CHARACTERS,
        "GroupPolicySizeQuota": limits.GROUP_INLINE_CHARACTERS,
        "RolePolicySizeQuota": limits.ROLE_INLINE_CHARACTERS,
        "PolicySizeQuota": limits.MANAGED_POLICY_CHARACTERS,
        "AssumeRolePolicySizeQuota": limits.TRUST_POLICY_CHARACTERS,
        "VersionsPerPolicyQuota": limits.POLICY_VERSIONS,
    }
