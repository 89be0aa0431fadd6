"""Inline policies of users, groups and roles."""

from typing import Any

import msgspec

from tidegate.api import iam
from tidegate.base.call import Call
from tidegate.base.refusals import LimitExceededException, NoSuchEntityException
from tidegate.catalog.entities import Changes, Entities
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam.documents import check_identity_policy, size_of, url_encoded
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.policy_owners import Owner, OwnerKind

_GOT: dict[str, type[Any]] = {
    "User": iam.GetUserPolicyResponse,
    "Group": iam.GetGroupPolicyResponse,
    "Role": iam.GetRolePolicyResponse,
}
_LISTED: dict[str, type[Any]] = {
    "User": iam.ListUserPoliciesResponse,
    "Group": iam.ListGroupPoliciesResponse,
    "Role": iam.ListRolePoliciesResponse,
}


class InlinePolicies:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def put(self, kind: OwnerKind, call: Call, request: Any) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, call.principal.account, request)
            check_identity_policy(request.PolicyDocument)
            inline = {**owner.inline, request.PolicyName: request.PolicyDocument}
            if sum(map(size_of, inline.values())) > kind.inline_characters:
                raise LimitExceededException(
                    f"Maximum policy size of {kind.inline_characters} bytes exceeded for "
                    f"{kind.noun} {owner.name}"
                )
            return Decision(Changes(puts=(_with(owner, inline),)))

        self._definitions.change(call, decide)

    def get(self, kind: OwnerKind, call: Call, request: Any) -> None:
        owner = kind.named(self._definitions.entities, call.principal.account, request)
        answer = _GOT[kind.name](
            **{kind.member: owner.name},
            PolicyName=request.PolicyName,
            PolicyDocument=url_encoded(_document(kind, owner, request.PolicyName)),
        )
        self._definitions.tell(call, answer)

    def list(self, kind: OwnerKind, call: Call, request: Any) -> None:
        owner = kind.named(self._definitions.entities, call.principal.account, request)
        page = page_of(owner.inline, request, str)
        answer = _LISTED[kind.name](
            PolicyNames=page.items, IsTruncated=page.is_truncated, Marker=page.marker
        )
        self._definitions.tell(call, answer)

    def delete(self, kind: OwnerKind, call: Call, request: Any) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, call.principal.account, request)
            _document(kind, owner, request.PolicyName)
            left = {
                name: document
                for name, document in owner.inline.items()
                if name != request.PolicyName
            }
            return Decision(Changes(puts=(_with(owner, left),)))

        self._definitions.change(call, decide)


def _document(kind: OwnerKind, owner: Owner, policy: str) -> str:
    document = owner.inline.get(policy)
    if document is None:
        raise NoSuchEntityException(f"The {kind.noun} policy with name {policy} cannot be found.")
    return document


def _with(owner: Owner, inline: dict[str, str]) -> Owner:
    return msgspec.structs.replace(owner, inline=inline)
