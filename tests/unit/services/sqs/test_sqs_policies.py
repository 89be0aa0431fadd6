"""A queue's policy is read as a whole when it is set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidegate.base import limits
from tidegate.base.refusals import InvalidAttributeValue
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import User
from tidegate.services.sqs.policies import check_policy

ANN = "arn:aws:iam::111122223333:user/team/ann"


def check(entities: Entities | None = None, **statement: Any) -> None:
    whole = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [whole | statement]})
    check_policy({"Policy": text}, entities or Entities())


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"Action": "SQS:*"},
        {"Action": ["sqs:sendmessage", "sqs:Get*"]},
        {"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}},
        {"Principal": {"Service": "sns.amazonaws.com"}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}},
    ],
)
def test_what_sqs_takes(statement: dict[str, Any]) -> None:
    check(**statement)


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:PutObject"},
        {"Action": "SendMessage"},
        {"Action": "sqs:FlyAway"},
        {"Condition": {"StringAlmost": {"aws:SourceArn": "x"}}},
        {"Principal": {"AWS": ANN}},
        {"Principal": {"AWS": "nobody"}},
        {"Resource": "queue"},
    ],
)
def test_what_sqs_refuses(statement: dict[str, Any]) -> None:
    with pytest.raises(InvalidAttributeValue, match=r"Policy"):
        check(**statement)


def test_a_user_who_is_named_must_exist() -> None:
    entities = Entities()
    entities.apply(1, [User("111122223333", "ann", "/team/", "AIDA1", 1)], [])
    check(entities, Principal={"AWS": ANN})


def test_no_policy_is_none() -> None:
    check_policy({}, Entities())
    check_policy({"Policy": ""}, Entities())


def test_what_is_too_long_is_not_read_first() -> None:
    """A body has room for a policy of megabytes."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    check_policy({"Policy": text}, Entities())
    with pytest.raises(InvalidAttributeValue):
        check_policy({"Policy": text.rjust(limits.POLICY_BYTES + 1)}, Entities())
