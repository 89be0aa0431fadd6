"""Which resource each operation is about, and what conditions may ask of it.

Service authorization reference, "Actions, resources, and condition keys for AWS Identity and Access
Management".  Of what is not there yet the path is what the request says, else `/`.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.api.iam import (
    CreateGroupRequest,
    CreateInstanceProfileRequest,
    CreateOpenIDConnectProviderRequest,
    CreatePolicyRequest,
    CreateRoleRequest,
    CreateUserRequest,
    GetAccessKeyLastUsedRequest,
)
from tidegate.base.call import Call
from tidegate.catalog.identities import AccessKey, Group, InstanceProfile, Role, User, root_arn
from tidegate.runtime.definitions import Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.oidc_providers import host_and_path
from tidegate.services.iam.policy_owners import OwnerKind, boundary_of

Context = Mapping[str, str | list[str]]


class Resources:
    """Functions of a call and its request, for the rows of operations."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    # --- What a request names --------------------------------------------------------------------

    def user(self, call: Call, request: Any) -> str:
        account = call.principal.account
        found = self._definitions.entities.find(User, account, request.UserName.lower())
        return _arn(account, "user", "/", request.UserName) if found is None else found.arn

    def user_or_caller(self, call: Call, request: Any) -> str:
        """Raises ValidationException for a caller that is neither a user nor the root."""
        name = finding.user_name(call, request.UserName)
        if name is None:
            return root_arn(call.principal.account)
        return call.principal.arn if request.UserName is None else self.user(call, request)

    def group(self, call: Call, request: Any) -> str:
        account = call.principal.account
        found = self._definitions.entities.find(Group, account, request.GroupName.lower())
        return _arn(account, "group", "/", request.GroupName) if found is None else found.arn

    def role(self, call: Call, request: Any) -> str:
        account = call.principal.account
        found = self._definitions.entities.find(Role, account, request.RoleName.lower())
        return _arn(account, "role", "/", request.RoleName) if found is None else found.arn

    def instance_profile(self, call: Call, request: Any) -> str:
        account, name = call.principal.account, request.InstanceProfileName
        found = self._definitions.entities.find(InstanceProfile, account, name.lower())
        return _arn(account, "instance-profile", "/", name) if found is None else found.arn

    def user_of_key(self, call: Call, request: GetAccessKeyLastUsedRequest) -> str:
        account = call.principal.account
        entities = self._definitions.entities
        key = entities.find(AccessKey, "", request.AccessKeyId)
        if key is None or key.account != account or key.user is None:
            return f"arn:aws:iam::{account}:user/*"
        user = entities.find(User, account, key.user.lower())
        return _arn(account, "user", "/", key.user) if user is None else user.arn

    # --- Conditions ------------------------------------------------------------------------------

    def policy_on(self, kind: OwnerKind, call: Call, request: Any) -> Context:
        """Of what changes the policies of somebody: the policy, and who is bounded by what."""
        context: dict[str, str | list[str]] = {}
        arn = getattr(request, "PolicyArn", None)
        if arn is not None:
            context["iam:PolicyARN"] = arn
        name = getattr(request, kind.member)
        owner = kind.all_of(self._definitions.entities, call.principal.account).get(name.lower())
        bound = None if owner is None else boundary_of(owner)
        if bound is not None:
            context["iam:PermissionsBoundary"] = bound
        return context


def given_boundary(_call: Call, request: Any) -> Context:
    """Of what sets a permissions boundary: the one that it sets."""
    bound = request.PermissionsBoundary
    return {} if bound is None else {"iam:PermissionsBoundary": bound}


# --- What a request makes, or names by its ARN ----------------------------------------------------


def new_user(call: Call, request: CreateUserRequest) -> str:
    return _arn(call.principal.account, "user", request.Path, request.UserName)


def new_group(call: Call, request: CreateGroupRequest) -> str:
    return _arn(call.principal.account, "group", request.Path, request.GroupName)


def new_role(call: Call, request: CreateRoleRequest) -> str:
    return _arn(call.principal.account, "role", request.Path, request.RoleName)


def new_policy(call: Call, request: CreatePolicyRequest) -> str:
    return _arn(call.principal.account, "policy", request.Path, request.PolicyName)


def new_instance_profile(call: Call, request: CreateInstanceProfileRequest) -> str:
    account = call.principal.account
    return _arn(account, "instance-profile", request.Path, request.InstanceProfileName)


def new_provider(call: Call, request: CreateOpenIDConnectProviderRequest) -> str:
    url = host_and_path(request.Url)
    return f"arn:aws:iam::{call.principal.account}:oidc-provider/{url}"


def policy(_call: Call, request: Any) -> str:
    arn: str = request.PolicyArn
    return arn


def provider(_call: Call, request: Any) -> str:
    arn: str = request.OpenIDConnectProviderArn
    return arn


def policy_source(_call: Call, request: Any) -> str:
    arn: str = request.PolicySourceArn
    return arn


# --- Listings ------------------------------------------------------------------------------------


def users(call: Call, request: Any) -> str:
    return _arn(call.principal.account, "user", request.PathPrefix, "")


def groups(call: Call, request: Any) -> str:
    return _arn(call.principal.account, "group", request.PathPrefix, "")


def roles(call: Call, request: Any) -> str:
    return _arn(call.principal.account, "role", request.PathPrefix, "")


def instance_profiles(call: Call, request: Any) -> str:
    return _arn(call.principal.account, "instance-profile", request.PathPrefix, "")


def providers(call: Call, _request: Any) -> str:
    return f"arn:aws:iam::{call.principal.account}:oidc-provider/*"


def nothing(_call: Call, _request: Any) -> str:
    return "*"


def _arn(account: str, kind: str, path: str | None, name: str) -> str:
    return f"arn:aws:iam::{account}:{kind}{path or '/'}{name}"
