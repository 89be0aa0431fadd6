"""Finding what a request names, or refusing as AWS does."""

import re
from typing import Final

from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidInputException,
    NoSuchEntityException,
    ValidationException,
)
from tidegate.catalog import attachments
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import (
    AccountSettings,
    Group,
    InstanceProfile,
    ManagedPolicy,
    OidcProvider,
    Role,
    User,
)

_POLICY_ARN: Final = re.compile(
    r"arn:aws:iam::(\d{12}|aws):policy(/|/[\u0021-\u007e]+/)[\w+=,.@-]+", re.ASCII
)
_PROVIDER_ARN: Final = re.compile(r"arn:aws:iam::\d{12}:oidc-provider/[\u0021-\u007e]+")


def user(entities: Entities, account: str, name: str) -> User:
    found = entities.find(User, account, name.lower())
    if found is None:
        raise NoSuchEntityException(f"The user with name {name} cannot be found.")
    return found


def group(entities: Entities, account: str, name: str) -> Group:
    found = entities.find(Group, account, name.lower())
    if found is None:
        raise NoSuchEntityException(f"The group with name {name} cannot be found.")
    return found


def role(entities: Entities, account: str, name: str) -> Role:
    found = entities.find(Role, account, name.lower())
    if found is None:
        raise NoSuchEntityException(f"The role with name {name} cannot be found.")
    return found


def instance_profile(entities: Entities, account: str, name: str) -> InstanceProfile:
    found = entities.find(InstanceProfile, account, name.lower())
    if found is None:
        raise NoSuchEntityException(f"Instance Profile {name} cannot be found.")
    return found


def policy(entities: Entities, account: str, arn: str) -> ManagedPolicy:
    """A policy of the account's own, or one of AWS's."""
    found = _policy(entities, account, arn)
    if found is None:
        raise NoSuchEntityException(f"Policy {arn} was not found.")
    return found


def own_policy(entities: Entities, account: str, arn: str) -> ManagedPolicy:
    """A policy that the account may change."""
    found = policy(entities, account, arn)
    if found.account != account:
        raise InvalidInputException(f"Cannot modify the AWS managed policy {arn}.")
    return found


def attachable_policy(entities: Entities, account: str, arn: str) -> ManagedPolicy:
    found = _policy(entities, account, arn)
    if found is None:
        raise NoSuchEntityException(f"Policy {arn} does not exist or is not attachable.")
    return found


def boundary_policy(entities: Entities, account: str, arn: str) -> ManagedPolicy:
    found = _policy(entities, account, arn)
    if found is None:
        raise NoSuchEntityException(f"Scope ARN: {arn} does not exist or is not attachable.")
    return found


def check_policy_arn(arn: str) -> None:
    """Raises InvalidInputException for what cannot be a policy's ARN."""
    if _POLICY_ARN.fullmatch(arn) is None:
        raise InvalidInputException(f"ARN {arn} is not valid.")


def _policy(entities: Entities, account: str, arn: str) -> ManagedPolicy | None:
    check_policy_arn(arn)
    found = attachments.managed_policy(entities, arn)
    return found if found is not None and found.account in (account, "aws") else None


def oidc_provider(entities: Entities, account: str, arn: str) -> OidcProvider:
    check_provider_arn(arn)
    url = arn.partition("/")[2]
    found = entities.find(OidcProvider, account, url)
    if found is None or found.arn != arn:
        raise NoSuchEntityException(f"OpenIDConnect Provider not found for arn {arn}")
    return found


def check_provider_arn(arn: str) -> None:
    """Raises InvalidInputException for what cannot be a provider's ARN."""
    if _PROVIDER_ARN.fullmatch(arn) is None:
        raise InvalidInputException(f"Invalid ARN: {arn}")


def settings(entities: Entities, account: str) -> AccountSettings:
    return entities.find(AccountSettings, account, "") or AccountSettings(account)


def user_name(call: Call, name: str | None) -> str | None:
    """The user whom a request is about: the caller where it names nobody; None for the root.

    Raises ValidationException for a caller that is neither.
    """
    if name is not None:
        return name
    principal = call.principal
    if principal.kind == "Root":
        return None
    if principal.kind != "User":
        raise ValidationException("Must specify userName when calling with non-User credentials")
    return principal.name
