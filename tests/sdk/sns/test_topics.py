"""Topics: made, made again, listed, tagged, deleted."""

import json

import pytest

from sdk.access.principals import Account, Confidences, unique
from sdk.refusals import refused
from sdk.sns.topic_under_test import Topic, create_topic

DELIVERY = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }
}


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def tags_of(topic):
    answer = topic.owner.sns.list_tags_for_resource(ResourceArn=topic.arn)
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}


def default_policy(arn, account):
    """The policy that a topic has until another is set, as AWS shows it."""
    actions = "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic"
    actions += " Subscribe ListSubscriptionsByTopic Publish"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


# What a topic is made with, and has.


def test_a_new_topic_has_these_attributes_and_no_others(home, topic):
    assert topic.arn == f"arn:aws:sns:us-east-1:{home.number}:{topic.name}"
    attributes = topic.attributes()
    assert json.loads(attributes.pop("Policy")) == default_policy(topic.arn, home.number)
    assert json.loads(attributes.pop("EffectiveDeliveryPolicy")) == DELIVERY
    assert attributes == {
        "TopicArn": topic.arn,
        "Owner": home.number,
        "DisplayName": "",
        "SubscriptionsConfirmed": "0",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }


def test_a_fifo_topic_says_that_it_is_one(home):
    name = unique("topic") + ".fifo"
    arn = home.sns.create_topic(Name=name, Attributes={"FifoTopic": "true"})["TopicArn"]
    attributes = Topic(home, arn).attributes()
    assert attributes["FifoTopic"] == "true"
    assert attributes["ContentBasedDeduplication"] == "false"


def test_a_topic_that_is_said_to_be_no_fifo_topic_shows_nothing_of_it(home):
    made = home.sns.create_topic(Name=unique("topic"), Attributes={"FifoTopic": "false"})
    attributes = Topic(home, made["TopicArn"]).attributes()
    assert "FifoTopic" not in attributes
    assert "ContentBasedDeduplication" not in attributes


@pytest.mark.parametrize("name", ["", "a b", "a.b", "ä", "a" * 257, "a/b", ".fifo", "a.fifo"])
def test_names_that_no_topic_can_have(home, name):
    with refused("InvalidParameter", containing="Topic Name"):
        home.sns.create_topic(Name=name)


@pytest.mark.parametrize("name", ["a.b.fifo", ".fifo", "a" * 252 + ".fifo", "plain"])
def test_names_that_no_fifo_topic_can_have(home, name):
    with refused("InvalidParameter"):
        home.sns.create_topic(Name=name, Attributes={"FifoTopic": "true"})


@pytest.mark.parametrize("length", [1, 256])
def test_a_name_has_1_to_256_letters(home, length):
    name = "-_Az09"[:length] if length < 6 else unique("n").ljust(length, "x")
    arn = home.sns.create_topic(Name=name)["TopicArn"]
    assert arn.endswith(f":{name}")
    home.sns.delete_topic(TopicArn=arn)


# CreateTopic for a topic that is there.


def test_making_a_topic_again_gives_the_same_topic(home):
    given = {"Attributes": {"DisplayName": "d"}, "Tags": tags(a="1", b="2")}
    name = unique("topic")
    arn = home.sns.create_topic(Name=name, **given)["TopicArn"]
    for again in ({}, given, {"Tags": tags(a="1")}, {"Tags": []}):
        assert home.sns.create_topic(Name=name, **again)["TopicArn"] == arn


@pytest.mark.parametrize("other", [{"a": "2"}, {"a": "1", "b": "2"}, {"b": "2"}])
def test_making_a_topic_again_with_other_tags(home, other):
    name = unique("topic")
    home.sns.create_topic(Name=name, Tags=tags(a="1"))
    reason = "Invalid parameter: Tags Reason: Topic already exists with different tags"
    with refused("InvalidParameter", reason):
        home.sns.create_topic(Name=name, Tags=tags(**other))


@pytest.mark.parametrize("attribute", [{"DisplayName": "other"}, {"SignatureVersion": "2"}])
def test_making_a_topic_again_with_other_attributes(home, attribute):
    name = unique("topic")
    home.sns.create_topic(Name=name, Attributes={"DisplayName": "one"})
    with refused("InvalidParameter", containing="Topic already exists with different attributes"):
        home.sns.create_topic(Name=name, Attributes=attribute)


def test_a_deleted_topic_leaves_nothing_to_the_next_one_of_its_name(home, subscribe):
    name = unique("topic")
    made = home.sns.create_topic(Name=name, Attributes={"DisplayName": "d"}, Tags=tags(a="1"))
    topic = Topic(home, made["TopicArn"])
    old = subscribe(topic)
    home.sns.delete_topic(TopicArn=topic.arn)
    home.sns.create_topic(Name=name, Tags=tags(b="2"))
    assert topic.attributes()["DisplayName"] == ""
    assert tags_of(topic) == {"b": "2"}
    assert topic.subscriptions() == []
    topic.publish()
    assert old.messages() == []


# Attributes.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DisplayName", "Orders of the day"),
        ("DisplayName", "d" * 100),
        ("SignatureVersion", "2"),
        ("TracingConfig", "Active"),
        ("KmsMasterKeyId", "alias/aws/sns"),
        ("MaximumMessageSize", "1024"),
        ("MaximumMessageSize", "1048576"),
        ("HTTPSuccessFeedbackSampleRate", "50"),
        ("SQSFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/feedback"),
        ("LambdaSuccessFeedbackRoleArn", "arn:aws:iam::000000000000:role/feedback"),
    ],
)
def test_attributes_that_are_shown_as_they_were_set(topic, name, value):
    assert topic.attributes().get(name, "") == ""
    topic.set(**{name: value})
    assert topic.attributes()[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ContentBasedDeduplication", "true"),
        ("FifoThroughputScope", "MessageGroup"),
        ("ArchivePolicy", '{"MessageRetentionPeriod":"30"}'),
    ],
)
def test_attributes_of_fifo_topics(new_topic, name, value):
    topic = new_topic(fifo=True, ContentBasedDeduplication="false")
    topic.set(**{name: value})
    assert topic.attributes()[name] == value
    if name == "ArchivePolicy":
        assert "BeginningArchiveTime" in topic.attributes()
        with refused("InvalidState"):
            topic.owner.sns.delete_topic(TopicArn=topic.arn)
        topic.set(ArchivePolicy="{}")
        topic.owner.sns.delete_topic(TopicArn=topic.arn)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NoSuchAttribute", "x"),
        ("FifoTopic", "true"),
        ("TopicArn", "arn:aws:sns:us-east-1:000000000000:other"),
        ("Owner", "111111111111"),
        ("SubscriptionsConfirmed", "7"),
        ("DisplayName", "d" * 101),
        ("SignatureVersion", "3"),
        ("TracingConfig", "Loud"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MaximumMessageSize", "many"),
        ("HTTPSuccessFeedbackSampleRate", "101"),
        ("HTTPSuccessFeedbackSampleRate", "-1"),
        ("Policy", "no policy"),
        ("DeliveryPolicy", "{"),
        ("ContentBasedDeduplication", "true"),
        ("FifoThroughputScope", "MessageGroup"),
        ("ArchivePolicy", '{"MessageRetentionPeriod":"30"}'),
    ],
)
def test_attributes_that_a_standard_topic_cannot_get(topic, name, value):
    before = topic.attributes()
    with refused("InvalidParameter"):
        topic.set(**{name: value})
    assert topic.attributes() == before


@pytest.mark.parametrize("days", ["0", "366", "x", ""])
def test_archives_that_cannot_be(fifo_topic, days):
    with refused("InvalidParameter"):
        fifo_topic.set(ArchivePolicy={"MessageRetentionPeriod": days})


def test_a_delivery_policy_is_completed_where_it_is_in_effect(new_topic):
    """As recorded: what was set is shown as it is, and beside it what follows from it."""
    request = {"headerContentType": "application/json"}
    topic = new_topic(
        SignatureVersion="2", DeliveryPolicy=json.dumps({"http": {"defaultRequestPolicy": request}})
    )
    attributes = topic.attributes()
    shown = {"disableSubscriptionOverrides": False, "defaultRequestPolicy": request}
    assert json.loads(attributes["DeliveryPolicy"]) == {"http": shown}
    effective = {"http": {**DELIVERY["http"], "defaultRequestPolicy": request}}
    assert json.loads(attributes["EffectiveDeliveryPolicy"]) == effective

    retries = {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}
    topic.set(DeliveryPolicy={"http": {"defaultHealthyRetryPolicy": retries}})
    attributes = topic.attributes()
    shown = {"defaultHealthyRetryPolicy": retries, "disableSubscriptionOverrides": False}
    assert json.loads(attributes["DeliveryPolicy"]) == {"http": shown}
    all_retries = {**DELIVERY["http"]["defaultHealthyRetryPolicy"], **retries}
    effective = {"http": {**DELIVERY["http"], "defaultHealthyRetryPolicy": all_retries}}
    assert json.loads(attributes["EffectiveDeliveryPolicy"]) == effective

    topic.set(DeliveryPolicy="")
    attributes = topic.attributes()
    assert "DeliveryPolicy" not in attributes
    assert json.loads(attributes["EffectiveDeliveryPolicy"]) == DELIVERY


@pytest.mark.parametrize(
    "retries",
    [
        {"minDelayTarget": 0, "maxDelayTarget": 6, "numRetries": 1},
        {"minDelayTarget": 5, "maxDelayTarget": 3601, "numRetries": 1},
        {"minDelayTarget": 7, "maxDelayTarget": 6, "numRetries": 1},
        {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 101},
        {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": -1},
        {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1, "numNoDelayRetries": 2},
        {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1, "backoffFunction": "cubic"},
    ],
)
def test_delivery_policies_that_cannot_be(topic, retries):
    """SNS Developer Guide, "Amazon SNS message delivery retries"."""
    with refused("InvalidParameter"):
        topic.set(DeliveryPolicy={"http": {"defaultHealthyRetryPolicy": retries}})


def test_numbers_of_subscriptions_are_counted(home, topic, subscribe):
    first, _ = subscribe(topic), subscribe(topic)
    topic.subscribe("http://127.0.0.1:9/never", "http")
    home.sns.unsubscribe(SubscriptionArn=first.arn)
    attributes = topic.attributes()
    assert attributes["SubscriptionsConfirmed"] == "1"
    assert attributes["SubscriptionsPending"] == "1"
    assert attributes["SubscriptionsDeleted"] == "1"


# Tags.


def test_tags_are_set_overwritten_and_taken_away(home, topic):
    tag, untag = home.sns.tag_resource, home.sns.untag_resource
    assert tags_of(topic) == {}
    tag(ResourceArn=topic.arn, Tags=tags(a="1", b="2", c=""))
    tag(ResourceArn=topic.arn, Tags=tags(b="3"))
    untag(ResourceArn=topic.arn, TagKeys=["a", "never there"])
    assert tags_of(topic) == {"b": "3", "c": ""}


def test_tags_that_cannot_be(home, topic):
    tag = home.sns.tag_resource
    with refused("TagLimitExceeded"):
        tag(ResourceArn=topic.arn, Tags=tags(**{f"k{i}": "v" for i in range(51)}))
    assert tags_of(topic) == {}
    for key, value in [("k" * 129, "v"), ("k", "v" * 257), ("aws:k", "v")]:
        with refused(("InvalidParameter", "ValidationError")):
            tag(ResourceArn=topic.arn, Tags=[{"Key": key, "Value": value}])
    with refused("InvalidParameter"):
        tag(ResourceArn=topic.arn, Tags=[*tags(a="1"), *tags(a="2")])


def test_tags_of_a_topic_that_is_not_there(home, topic):
    missing = topic.arn + "-missing"
    with refused("ResourceNotFound", status=404):
        home.sns.list_tags_for_resource(ResourceArn=missing)
    with refused("ResourceNotFound", status=404):
        home.sns.tag_resource(ResourceArn=missing, Tags=tags(a="1"))
    with refused("ResourceNotFound", status=404):
        home.sns.untag_resource(ResourceArn=missing, TagKeys=["a"])


# Lists.


@pytest.fixture(scope="module")
def crowded(publisher):
    """An account and region with 205 topics, and one of them with 205 subscriptions."""
    account = Account(publisher.endpoint, Confidences(), "222222222222", region="eu-west-1")
    arns = [account.sns.create_topic(Name=f"t{i}")["TopicArn"] for i in range(205)]
    topic = Topic(account, arns[0])
    queues = [account.queue_arn(f"q{i}") for i in range(205)]
    for queue in queues:
        account.sns.subscribe(TopicArn=topic.arn, Protocol="sqs", Endpoint=queue)
    return account, arns, queues, topic


def pages(operation, member, **parameters):
    found = []
    while True:
        answer = operation(**parameters)
        found.append(answer[member])
        if not answer.get("NextToken"):
            return found
        parameters["NextToken"] = answer["NextToken"]


def test_topics_are_listed_a_hundred_a_page(crowded):
    account, arns, _, _ = crowded
    found = pages(account.sns.list_topics, "Topics")
    assert [len(page) for page in found] == [100, 100, 5]
    listed = [topic["TopicArn"] for page in found for topic in page]
    assert sorted(listed) == sorted(arns)


@pytest.mark.parametrize("by_topic", [True, False])
def test_subscriptions_are_listed_a_hundred_a_page(crowded, by_topic):
    account, _, queues, topic = crowded
    operation, parameters = account.sns.list_subscriptions, {}
    if by_topic:
        operation = account.sns.list_subscriptions_by_topic
        parameters = {"TopicArn": topic.arn}
    found = pages(operation, "Subscriptions", **parameters)
    assert [len(page) for page in found] == [100, 100, 5]
    listed = [subscription for page in found for subscription in page]
    assert sorted(one["Endpoint"] for one in listed) == sorted(queues)
    assert {one["TopicArn"] for one in listed} == {topic.arn}
    assert all(
        set(one) == {"SubscriptionArn", "Owner", "Protocol", "Endpoint", "TopicArn"}
        for one in listed
    )


@pytest.mark.parametrize("token", ["nonsense", "", "\N{SNOWMAN}"])
def test_tokens_that_no_page_gave(crowded, token):
    account = crowded[0]
    if not token:
        assert len(account.sns.list_topics(NextToken="")["Topics"]) == 100
        return
    with refused("InvalidParameter"):
        account.sns.list_topics(NextToken=token)


def test_lists_are_of_an_account_and_a_region(publisher, crowded):
    _, arns, _, _ = crowded
    for number, region in (("222222222222", "us-east-1"), ("333333333333", "eu-west-1")):
        other = Account(publisher.endpoint, Confidences(), number, region=region)
        assert other.sns.list_topics()["Topics"] == []
        mine = create_topic(other)
        assert other.sns.list_topics()["Topics"] == [{"TopicArn": mine.arn}]
        assert mine.arn not in arns


# The end.


def test_deleting_a_topic_twice(home, topic, subscriber):
    home.sns.delete_topic(TopicArn=topic.arn)
    home.sns.delete_topic(TopicArn=topic.arn)
    with refused("NotFound", "Topic does not exist", status=404):
        topic.attributes()
    with refused("NotFound", "Topic does not exist", status=404):
        topic.publish()
    listed = pages(home.sns.list_topics, "Topics")
    assert {"TopicArn": topic.arn} not in [one for page in listed for one in page]
