"""The table of operations as a whole."""

from contextlib import suppress
from typing import get_type_hints

import msgspec
import pytest

from tidegate.api import sns as api
from tidegate.base.refusals import InvalidParameterException, Refusal
from tidegate.catalog.entities import Entities
from tidegate.catalog.topic_policy import ACTIONS, policy_text, resource_policy
from tidegate.catalog.topics import Topic

TOPIC = Topic("111122223333", "eu-west-1", "news", 1)


def test_every_operation_has_a_row(sns) -> None:
    assert set(sns.rows) == set(api.OPERATIONS)
    assert len(sns.rows) == len(sns.service.operations())


def test_what_a_topics_policy_may_grant_is_not_for_owners_only(sns) -> None:
    itself = {"ConfirmSubscription", "Unsubscribe"}
    for name, row in sns.rows.items():
        assert row.owners_only is (name not in ACTIONS | itself | {"PublishBatch"})
        assert row.decides_itself is (name in itself)
        assert row.signed is (name not in itself)


@pytest.mark.parametrize("name", sorted(api.OPERATIONS))
def test_arns_that_are_none_are_refused_before_anything_else(sns, name) -> None:
    if name not in sns.rows:
        return
    fields = api.OPERATIONS[name].input.__struct_fields__
    arns = [field for field in fields if field.endswith("Arn") and field != "ReturnSubscriptionArn"]
    if not arns:
        return
    for value in ("", "x", "a:b:c:d:e:f", "arn:aws:sns:eu-west-1:1:a/b:c", "arn:aws:sns:::\ud800"):
        filled = {field: value for field in fields if field.endswith("Arn")}
        shape = api.OPERATIONS[name].input(
            **filled, **{field: "" for field in fields if field not in filled}
        )
        with pytest.raises(InvalidParameterException):
            sns.rows[name].resource(sns.call(), shape)


NEWS = TOPIC.arn
ODD = (
    "",
    " ",
    "x" * 5_000,
    "{}",
    "[]",
    "null",
    "{" * 2_000,
    '{"a":"\\ud800"}',
    "\x00",
    NEWS,
    f"{NEWS}:00000000-0000-0000-0000-000000000000",
    "arn:aws:sns:eu-west-1:111122223333:app/ADM/news",
    "arn:aws:sns:eu-west-1:111122223333:endpoint/ADM/news/a",
    "0" * 160,
    "-1",
    "\u0661",
    "1e400",
    '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1e400}}}',
    '{"PointType":"Timestamp","StartingPoint":"9999-12-31T23:59:59-23:59"}',
    '{"PointType":"Timestamp","StartingPoint":"0001-01-01T00:00:00+23:59"}',
    '{"deadLetterTargetArn":["a"]}',
    '{"Statement":[{"Effect":"Allow","Principal":{"AWS":[{}]},"Action":["sns:Publish"]}]}',
)
ATTRIBUTES = (
    *("ArchivePolicy", "ContentBasedDeduplication", "DeliveryPolicy", "DisplayName", "FifoTopic"),
    *("FilterPolicy", "FilterPolicyScope", "KmsMasterKeyId", "MaximumMessageSize", "Policy"),
    *("RawMessageDelivery", "RedrivePolicy", "ReplayPolicy", "SubscriptionRoleArn", "Token"),
    *("PlatformPrincipal", "PlatformCredential", "Enabled", "CustomUserData", "MonthlySpendLimit"),
    *("SQSSuccessFeedbackSampleRate", "HTTPFailureFeedbackRoleArn", "EventEndpointCreated", "odd"),
)
SENSIBLE = {"TopicArn": NEWS, "ResourceArn": NEWS, "Protocol": "https", "Platform": "APNS"}


def attempt(sns, operation, parameters):
    # The second: a number or a flag that is none, which decoding refuses.
    with suppress(Refusal, msgspec.ValidationError):
        sns.ask(operation, **parameters)


@pytest.mark.parametrize("operation", sorted(api.OPERATIONS))
def test_odd_texts_are_refused_or_taken_and_nothing_else(sns, operation) -> None:
    if operation not in sns.rows:
        return
    sns.topic()
    sns.topic("news.fifo")
    types = get_type_hints(api.OPERATIONS[operation].input)
    for odd in ODD:
        for sensible in (True, False):
            given = {}
            for name, hint in types.items():
                text = SENSIBLE.get(name, odd) if sensible else odd
                if "dict" in str(hint):
                    given[name] = dict.fromkeys(ATTRIBUTES, odd) if not sensible else {odd: odd}
                elif "list" in str(hint):
                    given[name] = [{"Key": odd, "Value": odd}] if name == "Tags" else [odd]
                elif "str" in str(hint):
                    given[name] = text
            attempt(sns, operation, given)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_odd_values_of_attributes_are_refused_or_taken(sns, name) -> None:
    fifo = sns.topic("news.fifo", {"ArchivePolicy": '{"MessageRetentionPeriod":1}'})
    sns.topic()
    queue = sns.subscribe(fifo)
    web = sns.subscribe(NEWS, "https", "https://example.com")
    for odd in ODD:
        change = {"AttributeName": name, "AttributeValue": odd}
        for topic in (NEWS, fifo):
            attempt(sns, "SetTopicAttributes", {"TopicArn": topic, **change})
            sns.topic_attributes(topic)
        for subscription in (queue, web):
            attempt(sns, "SetSubscriptionAttributes", {"SubscriptionArn": subscription, **change})
            sns.attributes(subscription)
        attributes = {"Attributes": {name: odd}}
        attempt(sns, "CreateTopic", {"Name": "other", **attributes})
        for platform in ("ADM", "APNS", "GCM"):
            attempt(
                sns,
                "CreatePlatformApplication",
                {"Name": "a", "Platform": platform, **attributes},
            )


def test_a_policy_without_statements_decides_nothing() -> None:
    entities = Entities()
    assert resource_policy(entities, TOPIC) == policy_text(entities, TOPIC)
    emptied = Topic("1", "r", "news", 1, policy='{"Version":"2008-10-17","Statement":[]}')
    assert resource_policy(entities, emptied) is None
