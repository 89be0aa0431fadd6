"""Filter policies from the setting to the queue: what of six or so messages arrives.

The operators are those of the SNS Developer Guide, "Amazon SNS subscription filter policies".
"""

import json

import pytest

from sdk.refusals import refused
from sdk.sns.topic_under_test import text

ABSENT = object()


def attributes(values):
    """Message attributes of Python values: texts, numbers, lists, and bytes."""
    made = {}
    for name, value in values.items():
        if isinstance(value, bytes):
            made[name] = {"DataType": "Binary", "BinaryValue": value}
        elif isinstance(value, list):
            made[name] = text(json.dumps(value), "String.Array")
        elif isinstance(value, int | float):
            made[name] = text(json.dumps(value), "Number")
        else:
            made[name] = text(value)
    return made


# A condition on "key", values of "key" that match, and values that do not.
CONDITIONS = [
    (["a"], ["a"], ["A", "b", "aa", ABSENT]),
    (["a", "b"], ["a", "b"], ["c", "ab", ABSENT]),
    ([1], [1, 1.0, 1.000000], [2, -1, "x", ABSENT]),
    ([{"prefix": "ab"}], ["ab", "abc"], ["a", "xab", "AB", ABSENT]),
    ([{"suffix": "yz"}], ["yz", "xyz"], ["z", "yzx", ABSENT]),
    ([{"equals-ignore-case": "aB"}], ["ab", "AB", "aB"], ["abc", ABSENT]),
    ([{"wildcard": "a*z"}], ["az", "abcz"], ["a", "za", ABSENT]),
    ([{"wildcard": "*x*x*"}], ["xx", "axbxc"], ["x", "ax", ABSENT]),
    ([{"anything-but": ["a", "b"]}], ["c", "A", 1], ["a", "b", ABSENT]),
    ([{"anything-but": "a"}], ["b"], ["a", ABSENT]),
    ([{"anything-but": [1, 2]}], [3, "x"], [1, 2, ABSENT]),
    ([{"anything-but": {"prefix": "ab"}}], ["a", "xab"], ["ab", "abc", ABSENT]),
    ([{"numeric": ["=", 5]}], [5, 5.0], [4.99999, 6, ABSENT]),
    ([{"numeric": [">", 0, "<=", 100]}], [0.00001, 99.12, 100], [0, 100.00001, -5, ABSENT]),
    ([{"numeric": [">=", -1.5]}], [-1.5, 7], [-1.50001, ABSENT]),
    ([{"numeric": ["<", 0]}], [-0.00001], [0, 1, ABSENT]),
    ([{"cidr": "10.0.0.0/24"}], ["10.0.0.0", "10.0.0.255"], ["10.0.1.0", "x", ABSENT]),
    ([{"cidr": "2001:db8::/32"}], ["2001:db8::1"], ["2001:db9::1", "10.0.0.1", ABSENT]),
    ([{"exists": True}], ["a", 1], [ABSENT]),
    ([{"exists": False}], [ABSENT], ["a", 1]),
    (["a", {"prefix": "b"}, {"numeric": ["=", 1]}], ["a", "bb", 1], ["c", 2, ABSENT]),
]


@pytest.mark.parametrize(
    ("condition", "matching", "other"),
    [pytest.param(*case, id=json.dumps(case[0])[1:40]) for case in CONDITIONS],
)
@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
def test_a_condition(topic, subscribe, scope, condition, matching, other):
    subscriber = subscribe(
        topic,
        FilterPolicy={"key": condition},
        FilterPolicyScope=scope,
        RawMessageDelivery="true",
    )
    expected = []
    entries = []
    for place, value in enumerate([*matching, *other]):
        values = {} if value is ABSENT else {"key": value}
        entry = {"Message": json.dumps({**values, "place": place})}
        if scope == "MessageAttributes":
            entry["MessageAttributes"] = attributes({**values, "place": place})
        entries.append(entry)
        if place < len(matching):
            expected.append(place)
    topic.publish_batch(entries)
    found = sorted(json.loads(body)["place"] for body in subscriber.bodies())
    assert found == expected


def arrived(topic, subscriber, *bodies):
    """Which of these bodies get through, by their places."""
    topic.publish_batch([{"Message": json.dumps(body)} for body in bodies])
    texts = subscriber.texts()
    return [place for place, body in enumerate(bodies) if json.dumps(body) in texts]


def test_keys_are_and_conditions_of_a_key_are_or(topic, subscribe):
    policy = {"store": ["one", "two"], "price": [{"numeric": [">", 10]}]}
    subscriber = subscribe(topic, FilterPolicy=policy)
    for place, values in enumerate(
        [
            {"store": "one", "price": 11},
            {"store": "two", "price": 10.5, "more": "x"},
            {"store": "three", "price": 11},
            {"store": "one", "price": 10},
            {"store": "one"},
            {"price": 11},
            {},
        ]
    ):
        topic.publish(str(place), MessageAttributes=attributes(values))
    assert sorted(subscriber.texts()) == ["0", "1"]


def test_one_of_several_ways(topic, subscribe):
    policy = {"source": ["aws"], "$or": [{"a": ["1"]}, {"b": [{"prefix": "2"}], "c": ["3"]}]}
    subscriber = subscribe(topic, FilterPolicy=policy, FilterPolicyScope="MessageBody")
    assert arrived(
        topic,
        subscriber,
        {"source": "aws", "a": "1"},
        {"source": "aws", "b": "22", "c": "3"},
        {"source": "aws", "b": "22"},
        {"source": "aws"},
        {"a": "1"},
    ) == [0, 1]


def test_an_array_matches_with_any_of_its_values(topic, subscribe):
    subscriber = subscribe(topic, FilterPolicy={"key": ["a", 2, True]})
    for place, values in enumerate([["x", "a"], [1, 2], [True], ["x"], [], [None]]):
        topic.publish(str(place), MessageAttributes=attributes({"key": values}))
    assert sorted(subscriber.texts()) == ["0", "1", "2"]


def test_anything_but_of_an_array_is_satisfied_by_one_other_value(topic, subscribe):
    """SNS Developer Guide: "if at least one of the values ... isn't included"."""
    subscriber = subscribe(topic, FilterPolicy={"key": [{"anything-but": ["a", "b"]}]})
    for place, values in enumerate([["a", "c"], ["a", "b"], ["c"]]):
        topic.publish(str(place), MessageAttributes=attributes({"key": values}))
    assert sorted(subscriber.texts()) == ["0", "2"]


def test_binary_attributes_match_nothing_but_their_existence(topic, subscribe):
    """SNS Developer Guide: "Amazon SNS ignores message attributes with the Binary data type"."""
    by_value = subscribe(topic, FilterPolicy={"key": ["x"]})
    topic.publish(MessageAttributes=attributes({"key": b"x"}))
    assert by_value.messages() == []


# Bodies.


def test_null_and_booleans_in_bodies(topic, subscribe):
    policy = {"key": [None, True]}
    subscriber = subscribe(topic, FilterPolicy=policy, FilterPolicyScope="MessageBody")
    bodies = [{"key": None}, {"key": True}, {"key": False}, {"key": "null"}, {}, {"key": "true"}]
    assert arrived(topic, subscriber, *bodies) == [0, 1]


def test_nested_keys(topic, subscribe):
    policy = {"order": {"customer": {"country": ["DE", "AT"]}, "total": [{"numeric": [">=", 5]}]}}
    subscriber = subscribe(topic, FilterPolicy=policy, FilterPolicyScope="MessageBody")
    assert arrived(
        topic,
        subscriber,
        {"order": {"customer": {"country": "DE"}, "total": 5}},
        {"order": {"customer": {"country": "CH"}, "total": 5}},
        {"order": {"customer": {"country": "DE"}, "total": 4}},
        {"customer": {"country": "DE"}, "total": 5},
        {"order": "DE"},
        {"order": [{"customer": {"country": "AT"}, "total": 9}]},
    ) == [0, 5]


@pytest.mark.parametrize(
    "body",
    [
        {"object": {"nested": {"test": "string.value"}}},
        {"object.nested.test": "string.value"},
        {"object.nested": {"test": "string.value"}},
        {"object": {"nested.test": "string.value"}},
    ],
)
def test_dots_in_names_are_levels(topic, subscribe, body):
    """As recorded: a dot in the policy or the body stands for a level."""
    scope = {"FilterPolicyScope": "MessageBody"}
    dotted = subscribe(topic, FilterPolicy={"object.nested.test": ["string.value"]}, **scope)
    nested = {"object": {"nested": {"test": ["string.value"]}}}
    levelled = subscribe(topic, FilterPolicy=nested, **scope)
    for subscriber in (dotted, levelled):
        assert arrived(topic, subscriber, body, {"object": "string.value"}) == [0]
        subscriber.messages()


def test_arrays_in_bodies(topic, subscribe):
    """As recorded."""
    scope = {"FilterPolicyScope": "MessageBody"}
    queues = {
        name: subscribe(topic, FilterPolicy={"headers": {"route-to": [name]}}, **scope)
        for name in ("queue1", "queue2", "queue3")
    }
    for routes in (["queue1", "queue2"], ["queue1"], ["queue2"], [], "queue1"):
        topic.publish(json.dumps({"headers": {"route-to": routes}}))
    counts = {name: len(queue.messages()) for name, queue in queues.items()}
    assert counts == {"queue1": 3, "queue2": 2, "queue3": 0}


@pytest.mark.parametrize("body", ["no json", "", "[]", '"a"', "7", "null", '{"key": "a"', "{}"])
def test_bodies_that_no_policy_is_about(topic, subscribe, body):
    subscriber = subscribe(
        topic, FilterPolicy={"key": [{"exists": True}]}, FilterPolicyScope="MessageBody"
    )
    topic.publish(body or " ")
    assert subscriber.messages() == []


# Setting them.


def test_every_subscriber_gets_what_it_asked_for(topic, subscribe):
    colours = ("red", "green", "blue")
    subscribers = {
        colour: subscribe(topic, FilterPolicy={"colour": [colour]}) for colour in colours
    }
    everything = subscribe(topic)
    for colour in (*colours, "red"):
        topic.publish(colour, MessageAttributes={"colour": text(colour)})
    assert sorted(everything.texts()) == ["blue", "green", "red", "red"]
    for colour, subscriber in subscribers.items():
        assert set(subscriber.texts()) == {colour}


def test_the_scope_may_be_set_before_the_policy(topic, subscriber):
    """As recorded: without a policy the scope is not shown."""
    subscriber.set(FilterPolicyScope="MessageBody")
    assert "FilterPolicyScope" not in subscriber.attributes()
    subscriber.set(FilterPolicy={"attr": ["match-this"]})
    shown = subscriber.attributes()
    assert shown["FilterPolicyScope"] == "MessageBody"
    assert json.loads(shown["FilterPolicy"]) == {"attr": ["match-this"]}
    topic.publish('{"attr": "match-this"}')
    topic.publish("x", MessageAttributes={"attr": text("match-this")})
    assert subscriber.texts() == ['{"attr": "match-this"}']


def test_a_scope_is_changed_with_its_policy(topic, subscribe):
    subscriber = subscribe(topic, FilterPolicy={"attr": ["a"]})
    subscriber.set(FilterPolicyScope="MessageBody")
    topic.publish("{}", MessageAttributes={"attr": text("a")})
    topic.publish('{"attr": "a"}')
    assert subscriber.texts() == ['{"attr": "a"}']
    nested = subscribe(topic, FilterPolicy={"a": {"b": ["c"]}}, FilterPolicyScope="MessageBody")
    with refused("InvalidParameter"):
        nested.set(FilterPolicyScope="MessageAttributes")


def test_a_policy_of_150_combinations_and_5_keys(topic, subscribe):
    policy = {
        "a": [str(i) for i in range(15)],
        "b": [str(i) for i in range(10)],
        "c": ["1"],
        "d": ["1"],
        "e": ["1"],
    }
    subscriber = subscribe(topic, FilterPolicy=policy)
    values = {"a": "14", "b": "9", "c": "1", "d": "1", "e": "1"}
    topic.publish("x", MessageAttributes=attributes(values))
    assert subscriber.texts() == ["x"]


def test_a_topic_has_200_policies(home, topic):
    for place in range(200):
        topic.subscribe(home.queue_arn(f"none-{place}"), FilterPolicy={"a": [str(place)]})
    with refused("FilterPolicyLimitExceeded", status=403):
        topic.subscribe(home.queue_arn("none-200"), FilterPolicy={"a": ["200"]})
    plain = topic.subscribe(home.queue_arn("none-201"))
    with refused("FilterPolicyLimitExceeded", status=403):
        home.sns.set_subscription_attributes(
            SubscriptionArn=plain,
            AttributeName="FilterPolicy",
            AttributeValue='{"a": ["201"]}',
        )
