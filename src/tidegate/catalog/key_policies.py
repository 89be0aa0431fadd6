"""The key policies that AWS writes: of a key that is made without one, and of its own keys.

Sources: developer guide, "Default key policy" and "Viewing the key policy" (of an AWS managed key).
"""

import json
from typing import Any, Final

from tidegate.catalog.identities import root_arn

POLICY_NAME: Final = "default"
"""The name of the one policy that a key has."""

DESCRIPTIONS: Final = {
    "sqs": "Default key that protects my SQS messages when no other key is defined",
    "sns": "Default key that protects my SNS data when no other key is defined",
    "kinesis": "Default key that protects my Kinesis data when no other key is defined",
}
"""Of the AWS managed keys, by the service that each is for."""

_TITLES: Final = {
    "sqs": "Simple Queue Service (SQS)",
    "sns": "Simple Notification Service (SNS)",
    "kinesis": "Kinesis",
}


def default_policy(account: str) -> str:
    """Leaves it to the account's identity policies who may use the key."""
    return _written(
        "key-default-1",
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": root_arn(account)},
            "Action": "kms:*",
            "Resource": "*",
        },
    )


def managed_policy(service: str, account: str, region: str) -> str:
    """Lets everyone in the account use the key through its service, and look at it."""
    title = _TITLES[service]
    return _written(
        f"auto-{service}-1",
        {
            "Sid": f"Allow access through {title} for all principals in the account that are "
            f"authorized to use {title}",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:CreateGrant",
                "kms:DescribeKey",
            ],
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": f"{service}.{region}.amazonaws.com",
                    "kms:CallerAccount": account,
                }
            },
        },
        {
            "Sid": "Allow direct access to key metadata to the account",
            "Effect": "Allow",
            "Principal": {"AWS": root_arn(account)},
            "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
            "Resource": "*",
        },
    )


def _written(name: str, *statements: dict[str, Any]) -> str:
    document = {"Version": "2012-10-17", "Id": name, "Statement": statements}
    return json.dumps(document, indent=2, separators=(",", " : "))
