"""From a message and its subscribers to the copies in their queues.  Recorded answers of AWS are
cited by the name of their case."""

import json

import pytest

from tidegate.base.arn import HIDDEN_MARK
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.engine.commands import FanOut
from tidegate.services.sns.delivery_queues import topic_queue

ACCOUNT, REGION = "111122223333", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
FIFO = f"{NEWS}.fifo"
WEB = {"protocol": "https", "endpoint": "https://example.com/hook"}
KEY = {"KmsMasterKeyId": "alias/mine"}
SSE = {"SqsManagedSseEnabled": "true"}
ARCHIVED = {
    "ContentBasedDeduplication": "true",
    "ArchivePolicy": '{"MessageRetentionPeriod":1}',
}


@pytest.fixture(autouse=True)
def topic(sns):
    return sns.topic()


def queue(name):
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def subscribed(sns, name, topic=NEWS, attributes=None, **queue_attributes):
    """A queue of this name that is subscribed; the id of the subscription."""
    sns.create_queue(name, **queue_attributes)
    return sns.subscribe(topic, endpoint=queue(name), attributes=attributes).rpartition(":")[2]


def redrive(name):
    return {"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue(name)})}


RAW = {"RawMessageDelivery": "true"}


def bodies(sns, name):
    return [each.message.body for each in sns.received(name)]


def through(sns, name):
    """Of each message in a queue: the id of the subscription, and whether it is a notification."""
    found = [each.message.through for each in sns.received(name)]
    return [(each.subscription.rpartition(":")[2], each.is_notification) for each in found]


@pytest.fixture
def fans(sns):
    """fans(...): what a publish asks of the engine, as a list of (body, names of queues)."""

    def published(message="text", topic=NEWS, **parameters):
        commands = []
        run = sns.node.engine.run

        def spy(command):
            if type(command) is FanOut:
                commands.append(command)
            return run(command)

        sns.node.engine.run = spy
        sns.publish(message, topic, **parameters)
        sns.node.engine.run = run
        (command,) = commands
        return [
            (fan.message.body, [queue.rpartition(":")[2] for queue in fan.targets.queues])
            for fan in command.fans
        ]

    return published


# --- What is shared ------------------------------------------------------------------------------


def test_queues_that_are_not_encrypted_share_a_copy(sns, fans) -> None:
    for name in "abc":
        subscribed(sns, name)
    assert fans() == [("text", ["a", "b", "c"])]


def test_raw_and_enveloped_share_a_copy(sns, fans) -> None:
    a = subscribed(sns, "a")
    b = subscribed(sns, "b", attributes=RAW)
    assert fans() == [("text", ["a", "b"])]
    assert through(sns, "a") == [(a, True)]
    assert through(sns, "b") == [(b, False)]


def test_what_is_sealed_with_the_topics_own_key_is_shared(sns, fans) -> None:
    for name, attributes in (("a", SSE), ("b", {}), ("c", SSE), ("d", {})):
        subscribed(sns, name, **attributes)
    assert fans() == [("[own]text", ["a", "c"]), ("text", ["b", "d"])]


def test_a_queue_with_a_key_of_kms_has_its_own_copy(sns, fans) -> None:
    for name, attributes in (("a", KEY), ("b", KEY), ("c", SSE), ("d", SSE)):
        subscribed(sns, name, **attributes)
    assert fans() == [("[a]text", ["a"]), ("[b]text", ["b"]), ("[own]text", ["c", "d"])]


def test_what_seals_may_change(sns, fans) -> None:
    subscribed(sns, "a")
    assert fans() == [("text", ["a"])]
    sns.remove_queue("a")
    assert fans() == []
    sns.now += 61_000
    sns.node.engine.now += 61_000
    sns.create_queue("a", **SSE)
    assert fans() == [("[own]text", ["a"])]


# --- Texts ---------------------------------------------------------------------------------------


def test_each_protocol_has_its_text(sns, fans) -> None:
    """message_structure_json_to_sqs"""
    subscribed(sns, "a")
    web = sns.subscribe(**WEB)
    sns.ask("ConfirmSubscription", TopicArn=NEWS, Token=sns.sent.confirmations[-1][1])
    message = json.dumps({"default": "d", "sqs": "q", "http": "not https"})
    hidden = f"~sns-{web.rpartition(':')[2]}"
    assert fans(message, MessageStructure="json") == [("q", ["a"]), ("d", [hidden])]
    structured = [each.message.publication.is_structured for each in sns.received("a")]
    structured += [each.message.publication.is_structured for each in sns.received(hidden)]
    assert structured == [True, False]


@pytest.mark.parametrize("platform", ["GCM", "APNS", "APNS_SANDBOX", "ADM", "BAIDU", "WNS"])
def test_a_device_has_the_text_of_its_platform(sns, fans, platform) -> None:
    application = PlatformApplication(ACCOUNT, REGION, platform, "app", 0, b"sealed")
    device = PlatformEndpoint(application.arn, "6f2c1a6e-0f5c-4f0e-9a44-0c8b6f2f9a11", "token", 0)
    sns.put(application, device)
    endpoint = device.arn
    sns.subscribe(protocol="application", endpoint=endpoint)
    message = json.dumps({"default": "d", platform: "its own", "application": "no"})
    ((body, _),) = fans(message, MessageStructure="json")
    assert body == "its own"
    ((body, _),) = fans(json.dumps({"default": "d", "XYZ": "no"}), MessageStructure="json")
    assert body == "d"


def test_an_empty_text_is_a_text(sns, fans) -> None:
    subscribed(sns, "a")
    assert fans('{"default": "d", "sqs": ""}', MessageStructure="json") == [("", ["a"])]


def test_without_a_structure_a_message_is_what_it_is(sns, fans) -> None:
    subscribed(sns, "a")
    message = json.dumps({"default": "d", "sqs": "q"})
    assert fans(message) == [(message, ["a"])]
    (received,) = sns.received("a")
    assert not received.message.publication.is_structured


# --- Who is out, and dead letters ----------------------------------------------------------------


def test_a_queue_that_is_gone_costs_the_others_nothing(sns, fans) -> None:
    subscribed(sns, "a")
    subscribed(sns, "b")
    sns.remove_queue("a")
    assert fans() == [("text", ["b"])]


@pytest.mark.parametrize("why", ["gone", "policy", "kms", "too long"])
@pytest.mark.parametrize("raw", [False, True])
def test_what_a_queue_would_refuse_goes_to_the_dead_letter_queue(sns, why, raw) -> None:
    """subscription_after_failure_to_deliver"""
    sns.create_queue("dead")
    attributes = {**redrive("dead"), **(RAW if raw else {})}
    of_queue = {"kms": KEY, "too long": {"MaximumMessageSize": "1024"}}.get(why, {})
    subscription = subscribed(sns, "a", attributes=attributes, **of_queue)
    if why == "policy":
        sns.kept_out.add(queue("a"))
    elif why == "kms":
        sns.sealing.refused.add(queue("a"))
    elif why == "gone":
        sns.remove_queue("a")
    sns.create_queue("anything")
    sns.publish("x" * 1025)
    assert sns.received("a") == []
    assert through(sns, "dead") == [(subscription, not raw)]


@pytest.mark.parametrize("why", ["gone", "policy", "kms", "standard"])
def test_or_away_where_that_refuses_as_well(sns, fans, why) -> None:
    sns.create_queue("dead", **(KEY if why == "kms" else {}))
    subscribed(sns, "a", attributes=redrive("dead"))
    sns.remove_queue("a")
    if why == "gone":
        sns.remove_queue("dead")
    elif why == "policy":
        sns.kept_out.add(queue("dead"))
        sns.create_queue("anything")
    elif why == "kms":
        sns.sealing.refused.add(queue("dead"))
    assert fans() == ([("text", ["dead"])] if why == "standard" else [])


def test_a_dead_letter_queue_may_serve_several(sns) -> None:
    sns.create_queue("dead")
    found = [subscribed(sns, name, attributes=redrive("dead")) for name in "ab"]
    for name in "ab":
        sns.remove_queue(name)
    sns.publish()
    received = sns.received("dead")
    assert len({each.message_id for each in received}) == 2
    assert sorted(each.message.through.subscription[-36:] for each in received) == sorted(found)


def test_kms_is_asked_again_for_each_message(sns, fans) -> None:
    subscribed(sns, "a", **KEY)
    subscribed(sns, "b")
    sns.sealing.refused.add(queue("a"))
    assert fans() == [("text", ["b"])]
    sns.sealing.refused.clear()
    assert fans() == [("[a]text", ["a"]), ("text", ["b"])]


def test_how_long_a_message_is_for_a_queue_goes_by_its_own_text(sns, fans) -> None:
    # An envelope takes some 900 bytes of its own.
    subscribed(sns, "a", MaximumMessageSize="1924")
    subscribed(sns, "b")
    message = json.dumps({"default": "x" * 2_000, "sqs": "x" * 1_024})
    assert fans(message, MessageStructure="json") == [("x" * 1_024, ["a", "b"])]
    assert fans("x" * 1_025) == [("x" * 1_025, ["b"])]
    assert fans("x" * 1_024) == [("x" * 1_024, ["a", "b"])]


def attributes(count):
    return {f"a{n}": {"DataType": "String", "StringValue": "v"} for n in range(count)}


def test_a_raw_message_has_ten_attributes_at_most(sns, fans) -> None:
    """Developer guide, "Amazon SNS message attributes"; its dead-letter queue has it enveloped."""
    sns.create_queue("dead")
    raw = subscribed(sns, "a", attributes={**RAW, **redrive("dead")})
    subscribed(sns, "b")
    sns.publish(MessageAttributes=attributes(10))
    assert through(sns, "a") == [(raw, False)]
    sns.publish(MessageAttributes=attributes(11))
    assert sns.received("a") == []
    assert through(sns, "dead") == [(raw, True)]
    assert len(sns.received("b")) == 2


def test_what_leaves_the_server_has_no_such_limit(sns, fans) -> None:
    sns.subscribe(**WEB, attributes=RAW)
    sns.ask("ConfirmSubscription", TopicArn=NEWS, Token=sns.sent.confirmations[-1][1])
    ((_, (name,)),) = fans("x" * 200_000, MessageAttributes=attributes(11))
    assert HIDDEN_MARK[1:] in name


# --- Who is subscribed ---------------------------------------------------------------------------


def test_changes_count_from_the_next_message_on(sns, fans) -> None:
    subscribed(sns, "a")
    assert fans() == [("text", ["a"])]
    subscribed(sns, "b")
    assert fans() == [("text", ["a", "b"])]
    subscription = sns.subscribe(endpoint=queue("a"))
    sns.ask("Unsubscribe", SubscriptionArn=subscription)
    assert fans() == [("text", ["b"])]
    sns.kept_out.add(queue("b"))
    assert fans() == [("text", ["b"])], "nobody has said so"
    sns.create_queue("c")
    assert fans() == []


def test_only_whom_the_filter_lets_through(sns, fans) -> None:
    policy = {"FilterPolicy": json.dumps({"colour": ["red"]})}
    subscribed(sns, "red", attributes=policy)
    subscribed(sns, "all")

    def of(colour):
        given = {"colour": {"DataType": "String", "StringValue": colour}}
        return sorted(fans(MessageAttributes=given)[0][1])

    assert of("red") == ["all", "red"]
    assert of("blue") == ["all"]
    assert of("red") == ["all", "red"]
    assert fans() == [("text", ["all"])]


def test_a_body_is_filtered_too(sns, fans) -> None:
    policy = {"FilterPolicy": '{"n": [1]}', "FilterPolicyScope": "MessageBody"}
    subscribed(sns, "one", attributes=policy)
    assert fans('{"n": 1}') == [('{"n": 1}', ["one"])]
    assert fans('{"n": 2}') == []


def test_who_has_not_confirmed_gets_nothing(sns, fans) -> None:
    sns.subscribe(**WEB)
    assert fans() == []


def test_two_topics_know_nothing_of_each_other(sns, fans) -> None:
    sns.topic("other")
    subscribed(sns, "a")
    other = NEWS.replace("news", "other")
    subscribed(sns, "b", other)
    assert fans() == [("text", ["a"])]
    assert fans(topic=other) == [("text", ["b"])]


# --- FIFO topics ---------------------------------------------------------------------------------


@pytest.fixture
def ordered(sns):
    return sns.topic("news.fifo", {"ContentBasedDeduplication": "true"})


def test_a_fifo_topic_sends_to_queues_of_both_kinds(sns, ordered, fans) -> None:
    """fifo_topic_to_regular_sqs"""
    subscribed(sns, "a", ordered)
    subscribed(sns, "b.fifo", ordered)
    assert fans(topic=ordered, MessageGroupId="g") == [("text", ["a", "b.fifo"])]
    assert [each.sequence_number for each in sns.received("a")] == [None]
    (received,) = sns.received("b.fifo")
    assert received.sequence_number
    assert received.message.through.sequence_number
    assert received.message.deduplication_id


def test_a_fifo_topic_without_subscribers_deduplicates_all_the_same(sns, ordered, fans) -> None:
    assert fans(topic=ordered, MessageGroupId="g") == [("text", [])]
    subscribed(sns, "b.fifo", ordered)
    sns.publish("text", ordered, MessageGroupId="g")
    assert sns.received("b.fifo") == []


def test_the_archive_has_its_own_copy(sns, fans) -> None:
    """Whatever keys its queues have."""
    topic = sns.topic("news.fifo", ARCHIVED)
    subscribed(sns, "a.fifo", topic, **KEY)
    message = json.dumps({"default": "d", "sqs": "q"})
    found = fans(message, topic, MessageGroupId="g", MessageStructure="json")
    assert found == [("q", []), ("[a.fifo]q", ["a.fifo"])]
    assert sns.node.partition.state.by_arn[topic_queue(topic)].slots.live == 1


def test_the_archive_shares_where_it_can(sns, fans) -> None:
    topic = sns.topic("news.fifo", ARCHIVED)
    subscribed(sns, "k.fifo", topic, **KEY)
    subscribed(sns, "a.fifo", topic)
    found = fans("text", topic, MessageGroupId="g")
    assert found == [("text", ["a.fifo"]), ("[k.fifo]text", ["k.fifo"])]


def test_dead_letters_of_a_fifo_topic_are_taken_once(sns, ordered) -> None:
    """publish_fifo_messages_to_dlq"""
    sns.create_queue("dead.fifo")
    for name in ("a.fifo", "b.fifo"):
        subscribed(sns, name, ordered, attributes=redrive("dead.fifo"))
        sns.remove_queue(name)
    sns.publish("1", ordered, MessageGroupId="g")
    sns.publish("2", ordered, MessageGroupId="g")
    assert bodies(sns, "dead.fifo") == ["1", "2"]
