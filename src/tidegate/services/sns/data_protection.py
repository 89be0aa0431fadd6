"""Data protection policies of topics, which are kept and shown."""

import msgspec

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.catalog.data_protection import check_data_protection
from tidegate.catalog.topics import Topic
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.topic_change import change_topic


class DataProtection:
    def __init__(self, definitions: Definitions, lookup: Lookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def get(self, call: Call, request: sns.GetDataProtectionPolicyInput) -> None:
        """Empty where the topic has none."""
        topic = self._lookup.topic(call, request.ResourceArn)
        policy = topic.data_protection_policy or ""
        answer = sns.GetDataProtectionPolicyResponse(DataProtectionPolicy=policy)
        self._definitions.tell(call, answer)

    def put(self, call: Call, request: sns.PutDataProtectionPolicyInput) -> None:
        """An empty policy takes the topic's away."""
        topic = self._lookup.topic(call, request.ResourceArn)
        policy = request.DataProtectionPolicy or None
        if policy is not None:
            check_data_protection(policy)

        def change(topic: Topic, now: int) -> Topic:
            return msgspec.structs.replace(topic, data_protection_policy=policy)

        change_topic(self._definitions, call, topic, change)
