"""The table of SNS's operations: handler, IAM action, resource and condition keys of each.

Who owns neither the topic nor anything else that an operation is about gets in by a topic's policy
only, and only to what such a policy may name (`catalog.topic_policy.ACTIONS`); the rest is for
owners.  Two operations decide themselves: ConfirmSubscription by its token, and Unsubscribe, whose
link needs no signature.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.api import sns
from tidegate.base.call import Operation
from tidegate.catalog.topic_policy import ACTIONS
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.arns import (
    everything,
    named_application,
    named_endpoint,
    named_topic,
)
from tidegate.services.sns.confirmation import Confirmation
from tidegate.services.sns.data_protection import DataProtection
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.permissions import Permissions
from tidegate.services.sns.platform_applications import PlatformApplications, new_application
from tidegate.services.sns.platform_endpoints import PlatformEndpoints
from tidegate.services.sns.ports import MayAlso, Outward, Seal
from tidegate.services.sns.publishing import Publishing, target_resource
from tidegate.services.sns.sms import Sms
from tidegate.services.sns.sms_sandbox import SmsOptions, SmsSandbox
from tidegate.services.sns.subscribing import Subscribing, subscribe_context
from tidegate.services.sns.subscriptions import Subscriptions
from tidegate.services.sns.tags import Tags
from tidegate.services.sns.tokens import Tokens
from tidegate.services.sns.topics import Topics, new_topic
from tidegate.services.sns.unsubscribing import Unsubscribing

_Handler = Callable[[Any, Any], None]
_Resource = Callable[[Any, Any], str]
_Context = Callable[[Any, Any], Mapping[str, str | list[str]]]


class SnsService:
    """All of SNS."""

    def __init__(
        self,
        definitions: Definitions,
        outward: Outward,
        may_also: MayAlso,
        seal: Seal,
        random_bytes: Callable[[int], bytes],
        sms: SmsOptions,
        publishing: Publishing,
    ) -> None:
        """`seal` closes the credentials of push platforms; `random_bytes(n)` is to be fit for
        secrets."""
        lookup = Lookup(definitions)
        tokens = Tokens(random_bytes)
        self._topics = Topics(definitions, lookup, may_also)
        self._permissions = Permissions(definitions, lookup)
        self._tags = Tags(definitions, lookup)
        self._data_protection = DataProtection(definitions, lookup)
        self._subscribing = Subscribing(definitions, lookup, tokens, outward)
        self._confirmation = Confirmation(definitions, lookup, tokens)
        self._unsubscribing = Unsubscribing(definitions, lookup, tokens, may_also, outward)
        self._subscriptions = Subscriptions(definitions, lookup)
        self._applications = PlatformApplications(definitions, seal)
        self._endpoints = PlatformEndpoints(definitions, outward)
        self._publishing = publishing
        self._sms = Sms(definitions)
        self._sandbox = SmsSandbox(definitions, sms, random_bytes, outward)

    def operations(self) -> list[Operation]:
        return [
            *self._on_topics(),
            *self._on_subscriptions(),
            *self._on_messages(),
            *self._on_mobile_push(),
            *self._on_sms(),
        ]

    def _on_messages(self) -> list[Operation]:
        """A batch needs the permission of Publish."""
        publishing = self._publishing
        return [
            row("Publish", publishing.publish, target_resource),
            row("PublishBatch", publishing.publish_batch, named_topic(), action="Publish"),
        ]

    def _on_topics(self) -> list[Operation]:
        topics, permissions, tags = self._topics, self._permissions, self._tags
        protection = self._data_protection
        topic, resource = named_topic(), named_topic("ResourceArn")
        return [
            row("CreateTopic", topics.create, new_topic),
            row("DeleteTopic", topics.delete, topic),
            row("ListTopics", topics.list, everything),
            row("GetTopicAttributes", topics.get_attributes, topic),
            row("SetTopicAttributes", topics.set_attributes, topic),
            row("AddPermission", permissions.add, topic),
            row("RemovePermission", permissions.remove, topic),
            row("TagResource", tags.add, resource),
            row("UntagResource", tags.remove, resource),
            row("ListTagsForResource", tags.list, resource),
            row("GetDataProtectionPolicy", protection.get, resource),
            row("PutDataProtectionPolicy", protection.put, resource),
        ]

    def _on_subscriptions(self) -> list[Operation]:
        subscriptions, topic = self._subscriptions, named_topic()
        own = subscriptions.named_subscription
        return [
            row("Subscribe", self._subscribing.subscribe, topic, subscribe_context),
            row("ConfirmSubscription", self._confirmation.confirm, topic, decides_itself=True),
            row("Unsubscribe", self._unsubscribing.unsubscribe, own, decides_itself=True),
            row("GetSubscriptionAttributes", subscriptions.get_attributes, own),
            row("SetSubscriptionAttributes", subscriptions.set_attributes, own),
            row("ListSubscriptions", subscriptions.list, everything),
            row("ListSubscriptionsByTopic", subscriptions.list_by_topic, topic),
        ]

    def _on_mobile_push(self) -> list[Operation]:
        applications, endpoints = self._applications, self._endpoints
        return [
            row("CreatePlatformApplication", applications.create, new_application),
            row("DeletePlatformApplication", applications.delete, named_application),
            row("GetPlatformApplicationAttributes", applications.get_attributes, named_application),
            row("SetPlatformApplicationAttributes", applications.set_attributes, named_application),
            row("ListPlatformApplications", applications.list, everything),
            row("CreatePlatformEndpoint", endpoints.create, named_application),
            row("DeleteEndpoint", endpoints.delete, named_endpoint),
            row("GetEndpointAttributes", endpoints.get_attributes, named_endpoint),
            row("SetEndpointAttributes", endpoints.set_attributes, named_endpoint),
            row("ListEndpointsByPlatformApplication", endpoints.list, named_application),
        ]

    def _on_sms(self) -> list[Operation]:
        sms, sandbox = self._sms, self._sandbox
        return [
            row("GetSMSAttributes", sms.get_attributes, everything),
            row("SetSMSAttributes", sms.set_attributes, everything),
            row("CheckIfPhoneNumberIsOptedOut", sms.check_opted_out, everything),
            row("ListPhoneNumbersOptedOut", sms.list_opted_out, everything),
            row("OptInPhoneNumber", sms.opt_in, everything),
            row("GetSMSSandboxAccountStatus", sandbox.status, everything),
            row("CreateSMSSandboxPhoneNumber", sandbox.create, everything),
            row("VerifySMSSandboxPhoneNumber", sandbox.verify, everything),
            row("DeleteSMSSandboxPhoneNumber", sandbox.delete, everything),
            row("ListSMSSandboxPhoneNumbers", sandbox.list, everything),
            row("ListOriginationNumbers", sandbox.origination_numbers, everything),
        ]


def row(
    name: str,
    handler: _Handler,
    resource: _Resource,
    context: _Context | None = None,
    *,
    action: str = "",
    decides_itself: bool = False,
) -> Operation:
    return Operation(
        name=name,
        input=sns.OPERATIONS[name].input,
        handler=handler,
        action=f"sns:{action or name}",
        resource=resource,
        context=context,
        signed=not decides_itself,
        owners_only=not decides_itself and (action or name) not in ACTIONS,
        decides_itself=decides_itself,
    )
