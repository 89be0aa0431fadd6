"""The table of IAM's operations: handler, IAM action, resource and condition keys of each."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tidegate.api import iam
from tidegate.base.call import Operation
from tidegate.runtime.definitions import Definitions
from tidegate.services.iam import policy_owners, resources, tags
from tidegate.services.iam.access_keys import AccessKeys, Seal
from tidegate.services.iam.account import Account
from tidegate.services.iam.account_details import AccountDetails
from tidegate.services.iam.attached_policies import AttachedPolicies
from tidegate.services.iam.boundaries import Boundaries
from tidegate.services.iam.groups import Groups
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.inline_policies import InlinePolicies
from tidegate.services.iam.instance_profiles import InstanceProfiles
from tidegate.services.iam.managed_policies import ManagedPolicies
from tidegate.services.iam.oidc_providers import OidcProviders
from tidegate.services.iam.permissions import MayAlso
from tidegate.services.iam.policy_versions import PolicyVersions
from tidegate.services.iam.resources import Resources
from tidegate.services.iam.roles import Roles
from tidegate.services.iam.simulation import Simulation
from tidegate.services.iam.tags import Tagging
from tidegate.services.iam.users import Users

Handler = Callable[[Any, Any], None]
Resource = Callable[[Any, Any], str]


class IamService:
    """All of IAM that is here, stateless."""

    def __init__(
        self,
        definitions: Definitions,
        seal: Seal,
        random_bytes: Callable[[int], bytes],
        may_also: MayAlso,
        *,
        local_providers: bool = False,
    ) -> None:
        """`seal(secret, associated_data)` closes the secrets of access keys, with the id of the key
        as associated data; `random_bytes(n)` is to be fit for secrets; with `local_providers` an
        OpenID Connect provider may be on this machine."""
        ids = Ids(random_bytes)
        self._users = Users(definitions, ids, may_also)
        self._groups = Groups(definitions, ids, may_also)
        self._roles = Roles(definitions, ids)
        self._access_keys = AccessKeys(definitions, ids, seal)
        self._managed = ManagedPolicies(definitions, ids)
        self._versions = PolicyVersions(definitions)
        self._attached = AttachedPolicies(definitions)
        self._inline = InlinePolicies(definitions)
        self._boundaries = Boundaries(definitions)
        self._profiles = InstanceProfiles(definitions, ids, may_also)
        self._providers = OidcProviders(definitions, local=local_providers)
        self._tagging = Tagging(definitions)
        self._account = Account(definitions)
        self._details = AccountDetails(definitions)
        self._simulation = Simulation(definitions)
        self._resources = Resources(definitions)

    def operations(self) -> list[Operation]:
        return [
            *self._of_users(),
            *self._of_groups(),
            *self._of_roles(),
            *self._of_managed_policies(),
            *self._of_policies_on("User", self._resources.user),
            *self._of_policies_on("Group", self._resources.group),
            *self._of_policies_on("Role", self._resources.role),
            *self._of_instance_profiles(),
            *self._of_providers(),
            *self._of_tags(),
            *self._of_the_account(),
        ]

    def _of_users(self) -> list[Operation]:
        users, keys, at = self._users, self._access_keys, self._resources
        given = resources.given_boundary
        return [
            _operation("CreateUser", users.create, resources.new_user, given),
            _operation("GetUser", users.get, at.user_or_caller),
            _operation("ListUsers", users.list, resources.users),
            _operation("UpdateUser", users.update, at.user),
            _operation("DeleteUser", users.delete, at.user),
            _operation("CreateAccessKey", keys.create, at.user_or_caller),
            _operation("UpdateAccessKey", keys.update, at.user_or_caller),
            _operation("DeleteAccessKey", keys.delete, at.user_or_caller),
            _operation("ListAccessKeys", keys.list, at.user_or_caller),
            _operation("GetAccessKeyLastUsed", keys.last_used, at.user_of_key),
            _operation(
                "PutUserPermissionsBoundary",
                partial(self._boundaries.put, policy_owners.USER),
                at.user,
                given,
            ),
            _operation(
                "DeleteUserPermissionsBoundary",
                partial(self._boundaries.delete, policy_owners.USER),
                at.user,
                partial(at.policy_on, policy_owners.USER),
            ),
        ]

    def _of_groups(self) -> list[Operation]:
        groups, at = self._groups, self._resources
        return [
            _operation("CreateGroup", groups.create, resources.new_group),
            _operation("GetGroup", groups.get, at.group),
            _operation("ListGroups", groups.list, resources.groups),
            _operation("ListGroupsForUser", groups.list_of_user, at.user),
            _operation("UpdateGroup", groups.update, at.group),
            _operation("DeleteGroup", groups.delete, at.group),
            _operation("AddUserToGroup", groups.add_user, at.group),
            _operation("RemoveUserFromGroup", groups.remove_user, at.group),
        ]

    def _of_roles(self) -> list[Operation]:
        roles, at = self._roles, self._resources
        given = resources.given_boundary
        return [
            _operation("CreateRole", roles.create, resources.new_role, given),
            _operation("GetRole", roles.get, at.role),
            _operation("ListRoles", roles.list, resources.roles),
            _operation("UpdateRole", roles.update, at.role),
            _operation("UpdateRoleDescription", roles.update_description, at.role),
            _operation("UpdateAssumeRolePolicy", roles.update_trust, at.role),
            _operation("DeleteRole", roles.delete, at.role),
            _operation(
                "PutRolePermissionsBoundary",
                partial(self._boundaries.put, policy_owners.ROLE),
                at.role,
                given,
            ),
            _operation(
                "DeleteRolePermissionsBoundary",
                partial(self._boundaries.delete, policy_owners.ROLE),
                at.role,
                partial(at.policy_on, policy_owners.ROLE),
            ),
        ]

    def _of_managed_policies(self) -> list[Operation]:
        policies, versions, by_arn = self._managed, self._versions, resources.policy
        return [
            _operation("CreatePolicy", policies.create, resources.new_policy),
            _operation("GetPolicy", policies.get, by_arn),
            _operation("ListPolicies", policies.list, resources.nothing),
            _operation("DeletePolicy", policies.delete, by_arn),
            _operation("ListEntitiesForPolicy", self._attached.list_entities, by_arn),
            _operation("CreatePolicyVersion", versions.create, by_arn),
            _operation("GetPolicyVersion", versions.get, by_arn),
            _operation("ListPolicyVersions", versions.list, by_arn),
            _operation("SetDefaultPolicyVersion", versions.set_default, by_arn),
            _operation("DeletePolicyVersion", versions.delete, by_arn),
        ]

    def _of_policies_on(self, name: str, resource: Resource) -> list[Operation]:
        """Inline and attached policies of users, of groups, or of roles."""
        kind = next(kind for kind in policy_owners.KINDS if kind.name == name)
        inline, attached = self._inline, self._attached
        asks = partial(self._resources.policy_on, kind)
        rows: list[tuple[str, Callable[[Any, Any, Any], None]]] = [
            (f"Put{name}Policy", inline.put),
            (f"Get{name}Policy", inline.get),
            (f"List{name}Policies", inline.list),
            (f"Delete{name}Policy", inline.delete),
            (f"Attach{name}Policy", attached.attach),
            (f"Detach{name}Policy", attached.detach),
            (f"ListAttached{name}Policies", attached.list),
        ]
        return [
            _operation(operation, partial(handler, kind), resource, asks)
            for operation, handler in rows
        ]

    def _of_instance_profiles(self) -> list[Operation]:
        profiles, at = self._profiles, self._resources
        by_name = at.instance_profile
        return [
            _operation("CreateInstanceProfile", profiles.create, resources.new_instance_profile),
            _operation("GetInstanceProfile", profiles.get, by_name),
            _operation("ListInstanceProfiles", profiles.list, resources.instance_profiles),
            _operation("ListInstanceProfilesForRole", profiles.list_for_role, at.role),
            _operation("AddRoleToInstanceProfile", profiles.add_role, by_name),
            _operation("RemoveRoleFromInstanceProfile", profiles.remove_role, by_name),
            _operation("DeleteInstanceProfile", profiles.delete, by_name),
        ]

    def _of_providers(self) -> list[Operation]:
        providers, by_arn = self._providers, resources.provider
        return [
            _operation("CreateOpenIDConnectProvider", providers.create, resources.new_provider),
            _operation("GetOpenIDConnectProvider", providers.get, by_arn),
            _operation("ListOpenIDConnectProviders", providers.list, resources.providers),
            _operation("DeleteOpenIDConnectProvider", providers.delete, by_arn),
            _operation("AddClientIDToOpenIDConnectProvider", providers.add_client, by_arn),
            _operation("RemoveClientIDFromOpenIDConnectProvider", providers.remove_client, by_arn),
            _operation(
                "UpdateOpenIDConnectProviderThumbprint", providers.update_thumbprints, by_arn
            ),
        ]

    def _of_tags(self) -> list[Operation]:
        tagging, at = self._tagging, self._resources
        kinds: list[tuple[str, tags.TaggedKind, Resource]] = [
            ("User", tags.USER, at.user),
            ("Role", tags.ROLE, at.role),
            ("Policy", tags.POLICY, resources.policy),
            ("InstanceProfile", tags.INSTANCE_PROFILE, at.instance_profile),
            ("OpenIDConnectProvider", tags.OIDC_PROVIDER, resources.provider),
        ]
        return [
            row
            for name, kind, resource in kinds
            for row in (
                _operation(f"Tag{name}", partial(tagging.tag, kind), resource),
                _operation(f"Untag{name}", partial(tagging.untag, kind), resource),
                _operation(f"List{name}Tags", partial(tagging.list, kind), resource),
            )
        ]

    def _of_the_account(self) -> list[Operation]:
        account, simulation = self._account, self._simulation
        nothing, source = resources.nothing, resources.policy_source
        return [
            _operation("CreateAccountAlias", account.create_alias, nothing),
            _operation("DeleteAccountAlias", account.delete_alias, nothing),
            _operation("ListAccountAliases", account.list_aliases, nothing),
            _operation("GetAccountSummary", account.summary, nothing),
            _operation("GetAccountAuthorizationDetails", self._details.get, nothing),
            _operation("SimulateCustomPolicy", simulation.custom, nothing),
            _operation("SimulatePrincipalPolicy", simulation.principal, source),
            _operation(
                "GetContextKeysForCustomPolicy", simulation.context_keys_of_policies, nothing
            ),
            _operation(
                "GetContextKeysForPrincipalPolicy", simulation.context_keys_of_principal, source
            ),
        ]


def _operation(
    name: str,
    handler: Handler,
    resource: Resource,
    context: Callable[[Any, Any], resources.Context] | None = None,
) -> Operation:
    return Operation(
        name=name,
        input=iam.OPERATIONS[name].input,
        handler=handler,
        action=f"iam:{name}",
        resource=resource,
        context=context,
        for_sessions_of_users=False,
    )
