"""Tags of topics."""

import msgspec

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.base.refusals import ResourceNotFoundException
from tidegate.catalog.topic_tags import checked_tags, with_tags, without_tags
from tidegate.catalog.topics import Topic
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.arns import read_topic_arn
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.topic_change import change_topic


class Tags:
    def __init__(self, definitions: Definitions, lookup: Lookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def add(self, call: Call, request: sns.TagResourceRequest) -> None:
        added = checked_tags((tag.Key, tag.Value) for tag in request.Tags)

        def change(topic: Topic, now: int) -> Topic:
            return msgspec.structs.replace(topic, tags=with_tags(topic.tags, added))

        topic = self._tagged(call, request.ResourceArn)
        change_topic(self._definitions, call, topic, change, sns.TagResourceResponse())

    def remove(self, call: Call, request: sns.UntagResourceRequest) -> None:
        """A key that there is not is no fault."""

        def change(topic: Topic, now: int) -> Topic:
            return msgspec.structs.replace(topic, tags=without_tags(topic.tags, request.TagKeys))

        topic = self._tagged(call, request.ResourceArn)
        change_topic(self._definitions, call, topic, change, sns.UntagResourceResponse())

    def list(self, call: Call, request: sns.ListTagsForResourceRequest) -> None:
        topic = self._tagged(call, request.ResourceArn)
        tags = [sns.Tag(Key=key, Value=value) for key, value in topic.tags.items()]
        self._definitions.tell(call, sns.ListTagsForResourceResponse(Tags=tags))

    def _tagged(self, call: Call, arn: str) -> Topic:
        named = read_topic_arn(call, arn, "ResourceArn")
        topic = self._lookup.entities.find(Topic, named.scope, named.rest)
        if topic is None:
            raise ResourceNotFoundException("Resource does not exist")
        return topic
