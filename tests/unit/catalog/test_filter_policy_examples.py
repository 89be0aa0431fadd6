"""The examples of AWS's documentation, and what AWS was seen to deliver.

`messages` are pairs of what a message carries and whether it passes.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidegate.catalog.filter_policy.documents import compile_filter
from tidegate.catalog.filter_policy.messages import Attributes

Example = tuple[str, dict[str, Any], list[tuple[dict[str, Any], bool]]]


def _string(value: str) -> tuple[str, str]:
    return "String", value


def _array(*values: object) -> tuple[str, str]:
    return "String.Array", json.dumps(values)


def _number(text: str) -> tuple[str, str]:
    return "Number", text


ATTRIBUTE_EXAMPLES: list[Example] = [
    (
        "String value matching: exact matching",
        {"customer_interests": ["rugby", "tennis"]},
        [
            ({"customer_interests": _string("rugby")}, True),
            ({"customer_interests": _string("tennis")}, True),
            ({"customer_interests": _array("rugby", "tennis")}, True),
            ({"customer_interests": _string("baseball")}, False),
            ({"customer_interests": _array("baseball")}, False),
        ],
    ),
    (
        "String value matching: anything-but matching",
        {"customer_interests": [{"anything-but": ["rugby", "tennis"]}]},
        [
            ({"customer_interests": _string("baseball")}, True),
            ({"customer_interests": _string("football")}, True),
            ({"customer_interests": _array("rugby", "baseball")}, True),
            ({"customer_interests": _string("rugby")}, False),
            ({"customer_interests": _array("rugby")}, False),
        ],
    ),
    (
        "String value matching: a prefix with anything-but",
        {"event": [{"anything-but": {"prefix": "order-"}}]},
        [
            ({"event": _string("data-entry")}, True),
            ({"event": _string("order_number")}, True),
            ({"event": _string("order-cancelled")}, False),
        ],
    ),
    (
        "String value matching: IP address matching",
        {"source_ip": [{"cidr": "10.0.0.0/24"}]},
        [
            ({"source_ip": _string("10.0.0.0")}, True),
            ({"source_ip": _string("10.0.0.255")}, True),
            ({"source_ip": _string("10.1.1.0")}, False),
        ],
    ),
    (
        "String value matching: prefix matching",
        {"customer_interests": [{"prefix": "bas"}]},
        [
            ({"customer_interests": _string("baseball")}, True),
            ({"customer_interests": _string("basketball")}, True),
            ({"customer_interests": _string("rugby")}, False),
        ],
    ),
    (
        "Numeric value matching: exact matching",
        {"price_usd": [{"numeric": ["=", 301.5]}]},
        [
            ({"price_usd": _number("301.5")}, True),
            ({"price_usd": _number("3.015e2")}, True),
            ({"price_usd": _number("301.6")}, False),
        ],
    ),
    (
        "Numeric value matching: anything-but matching",
        {"price": [{"anything-but": [100, 500]}]},
        [
            ({"price": _number("101")}, True),
            ({"price": _number("100.1")}, True),
            ({"price": ("Number.Array", "[100, 50]")}, True),
            ({"price": _number("100")}, False),
        ],
    ),
    (
        "Numeric value matching: value range matching",
        {"price_usd": [{"numeric": ["<", 0]}]},
        [
            ({"price_usd": _number("-0.01")}, True),
            ({"price_usd": _number("0")}, False),
        ],
    ),
    (
        "Numeric value matching: value range matching",
        {"price_usd": [{"numeric": [">", 0, "<=", 150]}]},
        [
            ({"price_usd": _number("150")}, True),
            ({"price_usd": _number("0.00001")}, True),
            ({"price_usd": _number("0")}, False),
            ({"price_usd": _number("150.00001")}, False),
        ],
    ),
    (
        "AND/OR logic: AND logic",
        {"customer_interests": ["rugby"], "price_usd": [{"numeric": [">", 100]}]},
        [
            ({"customer_interests": _string("rugby"), "price_usd": _number("101")}, True),
            ({"customer_interests": _string("rugby"), "price_usd": _number("100")}, False),
            ({"customer_interests": _string("rugby")}, False),
            ({"price_usd": _number("101")}, False),
        ],
    ),
    (
        "AND/OR logic: OR operator",
        {
            "source": ["aws.cloudwatch"],
            "$or": [{"metricName": ["CPUUtilization"]}, {"namespace": ["AWS/EC2"]}],
        },
        [
            ({"source": _string("aws.cloudwatch"), "metricName": _string("CPUUtilization")}, True),
            ({"source": _string("aws.cloudwatch"), "namespace": _string("AWS/EC2")}, True),
            ({"source": _string("aws.cloudwatch"), "namespace": _string("AWS/ES")}, False),
            ({"metricName": _string("CPUUtilization"), "namespace": _string("AWS/EC2")}, False),
        ],
    ),
    (
        "Key matching: exists",
        {"store": [{"exists": True}]},
        [
            ({"store": _string("fans"), "customer_interests": _array("baseball")}, True),
            ({"customer_interests": _array("baseball", "basketball")}, False),
        ],
    ),
    (
        "Key matching: does not exist, and an empty set of attributes does not match",
        {"store": [{"exists": False}]},
        [
            ({"store": _string("fans"), "customer_interests": _array("baseball")}, False),
            ({"customer_interests": _array("baseball", "basketball")}, True),
            ({}, False),
        ],
    ),
    (
        "Example filter policies: one that accepts the example message",
        {
            "store": ["example_corp"],
            "event": [{"anything-but": "order_cancelled"}],
            "customer_interests": ["rugby", "football", "baseball"],
            "price_usd": [{"numeric": [">=", 100]}],
        },
        [
            (
                {
                    "customer_interests": _array("soccer", "rugby", "hockey"),
                    "store": _string("example_corp"),
                    "event": _string("order_placed"),
                    "price_usd": _number("210.75"),
                },
                True,
            )
        ],
    ),
    (
        "Example filter policies: one that rejects the example message",
        {
            "store": ["example_corp"],
            "event": ["order_cancelled"],
            "encrypted": [False],
            "customer_interests": ["basketball", "baseball"],
        },
        [
            (
                {
                    "customer_interests": _array("soccer", "rugby", "hockey"),
                    "store": _string("example_corp"),
                    "event": _string("order_placed"),
                    "price_usd": _number("210.75"),
                },
                False,
            )
        ],
    ),
    (
        "What's New 2025/07: wildcards, as they were tried against AWS",
        {"event": [{"wildcard": "*-error"}]},
        [({"event": _string("system-error")}, True), ({"event": _string("system-warning")}, False)],
    ),
    (
        "What's New 2025/07: anything-but with a wildcard",
        {"env": [{"anything-but": {"wildcard": "test-*"}}]},
        [({"env": _string("prod-us")}, True), ({"env": _string("test-staging")}, False)],
    ),
    (
        "recorded: null and anything-but, and a message without attributes",
        {"attr1": [None, {"anything-but": "whatever"}]},
        [({}, True), ({"attr1": _string("whatever")}, False)],
    ),
    (
        "recorded: numbers",
        {"attr1": [{"numeric": [">", 0, "<=", 100]}]},
        [({"attr1": _number("99")}, True), ({"attr1": _number("111")}, False)],
    ),
    (
        "recorded: an array has the value",
        {"store": ["value1"]},
        [({"store": _array("value1")}, True), ({"store": _array("value2", "value1")}, True)],
    ),
]

TRANSACTION = {
    "customer_interests": ["soccer", "rugby", "hockey"],
    "store": "example_corp",
    "event": "order_placed",
    "price_usd": 210.75,
}

BODY_EXAMPLES: list[Example] = [
    (
        "String value matching: equals-ignore-case",
        {"customer_interests": [{"equals-ignore-case": "tennis"}]},
        [({"customer_interests": "TENNIS"}, True), ({"customer_interests": "tenni"}, False)],
    ),
    (
        "String value matching: suffix matching",
        {"customer_interests": [{"suffix": "ball"}]},
        [({"customer_interests": "baseball"}, True), ({"customer_interests": "rugby"}, False)],
    ),
    (
        "String value matching: anything-but matching",
        {"customer_interests": [{"anything-but": ["rugby", "tennis"]}]},
        [
            ({"customer_interests": ["rugby", "baseball"]}, True),
            ({"customer_interests": ["rugby"]}, False),
            ({"customer_interests": "rugby"}, False),
        ],
    ),
    (
        "Numeric value matching: anything-but matching",
        {"price": [{"anything-but": [100, 500]}]},
        [
            ({"price": 101}, True),
            ({"price": 100.1}, True),
            ({"price": [100, 50]}, True),
            ({"price": 100}, False),
        ],
    ),
    (
        "Example filter policies: one that accepts the example message",
        {
            "store": ["example_corp"],
            "event": [{"anything-but": "order_cancelled"}],
            "customer_interests": ["rugby", "football", "baseball"],
            "price_usd": [{"numeric": [">=", 100]}],
        },
        [(TRANSACTION, True)],
    ),
    (
        "Example filter policies: one that rejects the example message",
        {
            "store": ["example_corp"],
            "event": ["order_cancelled"],
            "encrypted": [False],
            "customer_interests": ["basketball", "baseball"],
        },
        [(TRANSACTION, False)],
    ),
    (
        "recorded: a dot in a name is a level",
        {"object.nested": ["string.value"]},
        [
            ({"object": {"nested": "string.value"}}, True),
            ({"object.nested": "string.value"}, True),
            ({"object": {"nested.value": "string.value"}}, False),
        ],
    ),
    (
        "recorded: dots and levels in any mixture",
        {"object": {"nested": {"test": ["string.value"]}}},
        [
            ({"object": {"nested": {"test": "string.value"}}}, True),
            ({"object.nested.test": "string.value"}, True),
            ({"object.nested": {"test": "string.value"}}, True),
            ({"object": {"nested.test": "string.value"}}, True),
        ],
    ),
    (
        "recorded: arrays in a body",
        {"headers": {"route-to": ["queue1"]}},
        [
            ({"headers": {"route-to": ["queue1", "queue2"]}}, True),
            ({"headers": {"route-to": ["queue1"]}}, True),
            ({"headers": {"route-to": ["queue2"]}}, False),
        ],
    ),
    (
        "recorded: networks of both versions",
        {
            "detail": {
                "$or": [
                    {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]},
                    {"sourceIPAddressV6": [{"cidr": "2001:db8:1234:1a00::/64"}]},
                ]
            }
        },
        [
            ({"detail": {"sourceIPAddress": "10.0.0.255"}}, True),
            ({"detail": {"sourceIPAddress": "10.0.0.256"}}, False),
            ({"detail": {"sourceIPAddressV6": "2001:0db8:1234:1a00:0000:0000:0000:0000"}}, True),
            ({"detail": {"sourceIPAddressV6": "2001:0db8:1234:1a01:0000:0000:0000:0000"}}, False),
        ],
    ),
]


@pytest.mark.parametrize(
    ("policy", "attributes", "passes"),
    [
        pytest.param(policy, attributes, passes, id=source)
        for source, policy, messages in ATTRIBUTE_EXAMPLES
        for attributes, passes in messages
    ],
)
def test_attributes(policy: dict[str, Any], attributes: Attributes, passes: bool) -> None:
    compiled = compile_filter(json.dumps(policy), "MessageAttributes")

    assert compiled.matches(attributes, "a body that is no JSON") is passes


@pytest.mark.parametrize(
    ("policy", "body", "passes"),
    [
        pytest.param(policy, body, passes, id=source)
        for source, policy, messages in BODY_EXAMPLES
        for body, passes in messages
    ],
)
def test_body(policy: dict[str, Any], body: dict[str, Any], passes: bool) -> None:
    compiled = compile_filter(json.dumps(policy), "MessageBody")

    assert compiled.matches({}, json.dumps(body)) is passes
