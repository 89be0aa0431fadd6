"""AddPermission and RemovePermission: statements of a topic's policy, named by a label."""

import re
from typing import Final

import msgspec

from tidegate.api import sns
from tidegate.auth.policy.rules import OUT_OF_SCOPE
from tidegate.base.call import Call
from tidegate.base.refusals import invalid_parameter
from tidegate.catalog.topic_policy import (
    ACTIONS,
    policy_text,
    with_permission,
    without_permission,
)
from tidegate.catalog.topics import Topic
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.policies import check_policy
from tidegate.services.sns.topic_change import change_topic

_ACCOUNT: Final = re.compile(r"[0-9]{12}")


class Permissions:
    def __init__(self, definitions: Definitions, lookup: Lookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def add(self, call: Call, request: sns.AddPermissionInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        if not all(map(_ACCOUNT.fullmatch, request.AWSAccountId)):
            raise invalid_parameter("A provided account ID is not valid")
        if not ACTIONS.issuperset(request.ActionName):
            raise invalid_parameter(OUT_OF_SCOPE)

        def change(topic: Topic, now: int) -> Topic:
            policy = with_permission(topic, request.Label, request.AWSAccountId, request.ActionName)
            changed = msgspec.structs.replace(topic, policy=policy)
            # As it is now: whoever has gone since the policy was set stands in it by an id.
            check_policy(policy_text(self._lookup.entities, changed), self._lookup.entities)
            return changed

        change_topic(self._definitions, call, topic, change)

    def remove(self, call: Call, request: sns.RemovePermissionInput) -> None:
        """A label that there is not is no fault."""
        topic = self._lookup.topic(call, request.TopicArn)

        def change(topic: Topic, now: int) -> Topic:
            policy = without_permission(topic, request.Label)
            return msgspec.structs.replace(topic, policy=policy)

        change_topic(self._definitions, call, topic, change)
