"""AWS's managed policies."""

from __future__ import annotations

import json
import re

import pytest

from tidegate.auth.policy.rules import identity_rules
from tidegate.auth.policy.statements import compile_policy
from tidegate.catalog import aws_managed

POLICIES = aws_managed.POLICIES


@pytest.mark.parametrize("arn", POLICIES)
def test_each_is_a_policy(arn: str) -> None:
    policy = POLICIES[arn]
    assert policy.arn == arn
    assert compile_policy(policy.document, identity_rules(), name=arn).statements
    assert policy.created_at <= policy.updated_at
    assert policy.description
    assert re.fullmatch(r"ANPA[A-Z2-7]{17}", policy.id)


def test_no_two_share_name_or_id() -> None:
    assert len({policy.key for policy in POLICIES.values()}) == len(POLICIES)
    assert len({policy.id for policy in POLICIES.values()}) == len(POLICIES)


@pytest.mark.parametrize(
    "name",
    [
        "AdministratorAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecurityAudit",
        "IAMFullAccess",
        "IAMReadOnlyAccess",
        "AmazonSQSFullAccess",
        "AmazonSQSReadOnlyAccess",
        "AmazonSNSFullAccess",
        "AmazonSNSReadOnlyAccess",
        "AmazonKinesisFullAccess",
        "AmazonKinesisReadOnlyAccess",
        "AWSKeyManagementServicePowerUser",
        "CloudWatchFullAccess",
        "service-role/AWSLambdaSQSQueueExecutionRole",
    ],
)
def test_what_people_attach_is_there(name: str) -> None:
    assert f"arn:aws:iam::aws:policy/{name}" in POLICIES


def test_a_document_says_what_awss_says() -> None:
    """AWS Managed Policy Reference Guide, AmazonSQSReadOnlyAccess, version 3."""
    policy = POLICIES["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"]
    assert policy.default == 3
    assert json.loads(policy.document) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ListDeadLetterSourceQueues",
                    "sqs:ListQueues",
                    "sqs:ListMessageMoveTasks",
                ],
                "Resource": "*",
            }
        ],
    }
