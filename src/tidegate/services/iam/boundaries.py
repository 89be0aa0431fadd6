"""Permissions boundaries of users and roles."""

from typing import Any

import msgspec

from tidegate.base.call import Call
from tidegate.base.refusals import NoSuchEntityException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.identities import Group
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.policy_owners import OwnerKind, boundary_of


class Boundaries:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def put(self, kind: OwnerKind, call: Call, request: Any) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, account, request)
            policy = finding.boundary_policy(entities, account, request.PermissionsBoundary)
            assert not isinstance(owner, Group)
            return Decision(Changes(puts=(msgspec.structs.replace(owner, boundary=policy.arn),)))

        self._definitions.change(call, decide)

    def delete(self, kind: OwnerKind, call: Call, request: Any) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, call.principal.account, request)
            if boundary_of(owner) is None:
                raise NoSuchEntityException(
                    f"The {kind.noun} with name {owner.name} does not have a permissions boundary."
                )
            return Decision(Changes(puts=(msgspec.structs.replace(owner, boundary=None),)))

        self._definitions.change(call, decide)
