"""Tags of users, roles, customer managed policies, instance profiles and OIDC providers.

User guide, "Rules for tagging in IAM and AWS STS": keys are the same whatever their case, and the
case that was set first stays.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from tidegate.api.iam import (
    ListInstanceProfileTagsResponse,
    ListOpenIDConnectProviderTagsResponse,
    ListPolicyTagsResponse,
    ListRoleTagsResponse,
    ListUserTagsResponse,
    Tag,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidInputException, LimitExceededException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.identities import InstanceProfile, ManagedPolicy, OidcProvider, Role, User
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.pages import page_in_order
from tidegate.services.iam.shapes import tags_shown

Tagged = User | Role | ManagedPolicy | InstanceProfile | OidcProvider
Find = Callable[[Entities, str, Any], Tagged]
"""find(entities, account, request): what a request is about."""


class TaggedKind(msgspec.Struct, frozen=True):
    """A kind of entity that has tags."""

    find: Find
    listed: type[Any]
    """The answer of its listing of tags."""


USER: Final = TaggedKind(
    lambda entities, account, request: finding.user(entities, account, request.UserName),
    ListUserTagsResponse,
)
ROLE: Final = TaggedKind(
    lambda entities, account, request: finding.role(entities, account, request.RoleName),
    ListRoleTagsResponse,
)
POLICY: Final = TaggedKind(
    lambda entities, account, request: finding.own_policy(entities, account, request.PolicyArn),
    ListPolicyTagsResponse,
)
INSTANCE_PROFILE: Final = TaggedKind(
    lambda entities, account, request: finding.instance_profile(
        entities, account, request.InstanceProfileName
    ),
    ListInstanceProfileTagsResponse,
)
OIDC_PROVIDER: Final = TaggedKind(
    lambda entities, account, request: finding.oidc_provider(
        entities, account, request.OpenIDConnectProviderArn
    ),
    ListOpenIDConnectProviderTagsResponse,
)


class Tagging:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def tag(self, kind: TaggedKind, call: Call, request: Any) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            entity = kind.find(entities, call.principal.account, request)
            return _retagged(entity, with_tags(entity.tags, request.Tags))

        self._definitions.change(call, decide)

    def untag(self, kind: TaggedKind, call: Call, request: Any) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            entity = kind.find(entities, call.principal.account, request)
            return _retagged(entity, _without(entity.tags, request.TagKeys))

        self._definitions.change(call, decide)

    def list(self, kind: TaggedKind, call: Call, request: Any) -> None:
        entity = kind.find(self._definitions.entities, call.principal.account, request)
        page = page_in_order(tags_shown(entity.tags), request)
        answer = kind.listed(Tags=page.items, IsTruncated=page.is_truncated, Marker=page.marker)
        self._definitions.tell(call, answer)


def _retagged(entity: Tagged, tags: dict[str, str]) -> Decision:
    if tags == entity.tags:
        return Decision(Changes())
    return Decision(Changes(puts=(msgspec.structs.replace(entity, tags=tags),)))


def first_tags(tags: Sequence[Tag] | None) -> dict[str, str]:
    """The tags that something is made with."""
    return with_tags({}, tags or ())


def with_tags(tags: dict[str, str], added: Sequence[Tag]) -> dict[str, str]:
    """Raises InvalidInputException, LimitExceededException."""
    merged = dict(tags)
    names = {key.lower(): key for key in tags}
    seen: set[str] = set()
    for tag in added:
        folded = tag.Key.lower()
        if folded in seen:
            raise InvalidInputException(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        if folded.startswith("aws:"):
            raise InvalidInputException(
                "System tags are reserved for internal use, tag keys may not start with aws:"
            )
        seen.add(folded)
        merged[names.setdefault(folded, tag.Key)] = tag.Value
    if len(merged) > limits.TAGS:
        raise LimitExceededException("The number of tags has reached the maximum limit.")
    return merged


def _without(tags: dict[str, str], keys: Sequence[str]) -> dict[str, str]:
    gone = {key.lower() for key in keys}
    return {key: value for key, value in tags.items() if key.lower() not in gone}
