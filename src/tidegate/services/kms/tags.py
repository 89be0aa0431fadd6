"""Tags of keys."""

import msgspec

from tidegate.api.kms import (
    ListResourceTagsRequest,
    ListResourceTagsResponse,
    Tag,
    TagResourceRequest,
    UntagResourceRequest,
)
from tidegate.base.call import Call
from tidegate.catalog.key_states import check_customer_managed, check_standing
from tidegate.catalog.key_tags import check_tag_key, checked_tags, with_tags, without_tags
from tidegate.catalog.keys import KmsKey
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.pages import page_of


class Tags:
    def __init__(self, definitions: Definitions, lookup: KeyLookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def add(self, call: Call, request: TagResourceRequest) -> None:
        added = checked_tags((tag.TagKey, tag.TagValue) for tag in request.Tags)

        def change(key: KmsKey, now: int) -> KmsKey:
            check_customer_managed(key)
            check_standing(key)
            return msgspec.structs.replace(key, tags=with_tags(key.tags, added))

        change_key(self._definitions, call, self._lookup.own(call, request.KeyId), change)

    def remove(self, call: Call, request: UntagResourceRequest) -> None:
        for name in request.TagKeys:
            check_tag_key(name)

        def change(key: KmsKey, now: int) -> KmsKey:
            check_customer_managed(key)
            check_standing(key)
            return msgspec.structs.replace(key, tags=without_tags(key.tags, request.TagKeys))

        change_key(self._definitions, call, self._lookup.own(call, request.KeyId), change)

    def list(self, call: Call, request: ListResourceTagsRequest) -> None:
        key = self._lookup.own(call, request.KeyId)
        page = page_of(
            key.tags.items(),
            lambda pair: pair[0],
            request.Limit,
            request.Marker,
            default=50,
            most=50,
        )
        answer = ListResourceTagsResponse(
            Tags=[Tag(TagKey=name, TagValue=value) for name, value in page.entries],
            NextMarker=page.next_marker,
            Truncated=page.truncated,
        )
        self._definitions.tell(call, answer)
