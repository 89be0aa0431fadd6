"""AWS managed policies: those about the services that are here, as AWS publishes them.

Documents, versions and their dates are from the "AWS Managed Policy Reference Guide".  Of
ReadOnlyAccess, SecurityAudit and CloudWatchReadOnlyAccess, which name many services, what is about
these services has been kept.
AWS's ids of them are not published; theirs here are made of their names.
"""

from base64 import b32encode
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from tidegate.catalog.identities import ManagedPolicy, PolicyVersion

ACCOUNT: Final = "aws"
"""What stands in their ARNs in the place of an account."""

_Statement = dict[str, Any]


def _allow(*actions: str, resource: Any = "*", **more: Any) -> _Statement:
    one = actions[0] if len(actions) == 1 else list(actions)
    return {"Effect": "Allow", "Action": one, "Resource": resource, **more}


def _policy(
    name: str,
    version: int,
    created: str,
    updated: str,
    *statements: _Statement,
    path: str = "/",
    description: str = "",
) -> ManagedPolicy:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    created_at, updated_at = _instant(created), _instant(updated)
    return ManagedPolicy(
        account=ACCOUNT,
        name=name,
        path=path,
        id="ANPA" + b32encode(sha256(name.encode()).digest()).decode()[:17],
        created_at=created_at,
        updated_at=updated_at,
        versions=(PolicyVersion(version, msgspec.json.encode(document).decode(), updated_at),),
        default=version,
        next_number=version + 1,
        description=description,
    )


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1000


def _linked_role(role: str, service: str) -> _Statement:
    return _allow(
        "iam:CreateServiceLinkedRole",
        resource=f"arn:aws:iam::*:role/aws-service-role/{role}",
        Condition={"StringLike": {"iam:AWSServiceName": service}},
    )


_LOGS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_LAMBDA_LOGS: Final = "arn:aws:logs:*:*:log-group:/aws/lambda/*"


def _account_policies() -> Iterator[ManagedPolicy]:
    yield _policy(
        "AdministratorAccess",
        1,
        "2015-02-06T18:39:46+00:00",
        "2015-02-06T18:39:46+00:00",
        _allow("*"),
        description="Provides full access to AWS services and resources.",
    )
    yield _policy(
        "PowerUserAccess",
        12,
        "2015-02-06T18:39:47+00:00",
        "2026-02-12T17:59:14+00:00",
        {
            "Effect": "Allow",
            "NotAction": ["iam:*", "organizations:*", "account:*"],
            "Resource": "*",
        },
        _allow(
            "account:GetAccountInformation",
            "account:GetGovCloudAccountInformation",
            "account:GetPrimaryEmail",
            "account:ListRegions",
            "iam:CreateServiceLinkedRole",
            "iam:DeleteServiceLinkedRole",
            "iam:ListRoles",
            "organizations:DescribeEffectivePolicy",
            "organizations:DescribeOrganization",
        ),
        description=(
            "Provides full access to AWS services and resources, but does not allow management of "
            "Users and groups."
        ),
    )
    yield _policy(
        "ReadOnlyAccess",
        87,
        "2015-02-06T18:39:48+00:00",
        "2022-05-23T20:16:18+00:00",
        _allow(
            "application-autoscaling:Describe*",
            "autoscaling:Describe*",
            "autoscaling:GetPredictiveScalingForecast",
            "cloudwatch:Describe*",
            "cloudwatch:Get*",
            "cloudwatch:List*",
            "iam:Generate*",
            "iam:Get*",
            "iam:List*",
            "iam:Simulate*",
            "kinesis:Describe*",
            "kinesis:Get*",
            "kinesis:List*",
            "kms:Describe*",
            "kms:Get*",
            "kms:List*",
            "lambda:Get*",
            "lambda:List*",
            "logs:Describe*",
            "logs:FilterLogEvents",
            "logs:Get*",
            "logs:ListTagsLogGroup",
            "logs:StartQuery",
            "logs:StopQuery",
            "logs:TestMetricFilter",
            "sns:Check*",
            "sns:Get*",
            "sns:List*",
            "sqs:Get*",
            "sqs:List*",
            "sqs:Receive*",
            "sts:GetAccessKeyInfo",
            "sts:GetCallerIdentity",
            "sts:GetSessionToken",
            "tag:DescribeReportCreation",
            "tag:Get*",
        ),
        description="Provides read-only access to AWS services and resources.",
    )
    yield _policy(
        "SecurityAudit",
        45,
        "2015-02-06T18:41:01+00:00",
        "2024-10-30T18:36:49+00:00",
        _allow(
            "application-autoscaling:Describe*",
            "autoscaling:Describe*",
            "cloudwatch:Describe*",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListDashboards",
            "cloudwatch:ListTagsForResource",
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
            "kinesis:DescribeLimits",
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamConsumer",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
            "kinesis:ListStreamConsumers",
            "kinesis:ListStreams",
            "kinesis:ListTagsForStream",
            "kms:Describe*",
            "kms:Get*",
            "kms:List*",
            "lambda:GetAccountSettings",
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetLayerVersionPolicy",
            "lambda:GetPolicy",
            "lambda:List*",
            "logs:Describe*",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:ListTagsForResource",
            "logs:ListTagsLogGroup",
            "sns:GetPlatformApplicationAttributes",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptions",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTagsForResource",
            "sns:ListTopics",
            "sqs:GetQueueAttributes",
            "sqs:ListDeadLetterSourceQueues",
            "sqs:ListQueueTags",
            "sqs:ListQueues",
            "sts:GetAccessKeyInfo",
            "tag:GetResources",
            "tag:GetTagKeys",
            Sid="BaseSecurityAuditStatement",
        ),
        description=(
            "The security audit template grants access to read security configuration metadata. It "
            "is useful for software that audits the configuration of an AWS account."
        ),
    )
    yield _policy(
        "AWSDenyAll",
        2,
        "2019-05-01T22:36:14+00:00",
        "2023-12-18T16:42:05+00:00",
        {"Sid": "DenyAll", "Effect": "Deny", "Action": ["*"], "Resource": "*"},
        description="Deny all access.",
    )


def _identity_policies() -> Iterator[ManagedPolicy]:
    yield _policy(
        "IAMFullAccess",
        2,
        "2015-02-06T18:40:38+00:00",
        "2019-06-21T19:40:00+00:00",
        _allow(
            "iam:*",
            "organizations:DescribeAccount",
            "organizations:DescribeOrganization",
            "organizations:DescribeOrganizationalUnit",
            "organizations:DescribePolicy",
            "organizations:ListChildren",
            "organizations:ListParents",
            "organizations:ListPoliciesForTarget",
            "organizations:ListRoots",
            "organizations:ListPolicies",
            "organizations:ListTargetsForPolicy",
        ),
        description="Provides full access to IAM via the AWS Management Console.",
    )
    yield _policy(
        "IAMReadOnlyAccess",
        4,
        "2015-02-06T18:40:39+00:00",
        "2018-01-25T19:11:27+00:00",
        _allow(
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
        ),
        description="Provides read only access to IAM via the AWS Management Console.",
    )
    yield _policy(
        "IAMUserChangePassword",
        2,
        "2016-11-15T00:25:16+00:00",
        "2016-11-15T23:18:55+00:00",
        _allow("iam:ChangePassword", resource=["arn:aws:iam::*:user/${aws:username}"]),
        _allow("iam:GetAccountPasswordPolicy"),
        description="Provides the ability for an IAM user to change their own password.",
    )
    yield _policy(
        "AWSKeyManagementServicePowerUser",
        2,
        "2015-02-06T18:40:40+00:00",
        "2017-03-07T00:55:11+00:00",
        _allow(
            "kms:CreateAlias",
            "kms:CreateKey",
            "kms:DeleteAlias",
            "kms:Describe*",
            "kms:GenerateRandom",
            "kms:Get*",
            "kms:List*",
            "kms:TagResource",
            "kms:UntagResource",
            "iam:ListGroups",
            "iam:ListRoles",
            "iam:ListUsers",
        ),
        description="Provides access to AWS Key Management Service (KMS).",
    )


def _messaging_policies() -> Iterator[ManagedPolicy]:
    yield _policy(
        "AmazonSQSFullAccess",
        1,
        "2015-02-06T18:41:07+00:00",
        "2015-02-06T18:41:07+00:00",
        _allow("sqs:*"),
        description="Provides full access to Amazon SQS via the AWS Management Console.",
    )
    yield _policy(
        "AmazonSQSReadOnlyAccess",
        3,
        "2015-02-06T18:41:08+00:00",
        "2023-06-15T15:37:35+00:00",
        _allow(
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ListDeadLetterSourceQueues",
            "sqs:ListQueues",
            "sqs:ListMessageMoveTasks",
        ),
        description="Provides read only access to Amazon SQS via the AWS Management Console.",
    )
    yield _policy(
        "AmazonSNSFullAccess",
        1,
        "2015-02-06T18:41:05+00:00",
        "2015-02-06T18:41:05+00:00",
        _allow("sns:*"),
        description="Provides full access to Amazon SNS via the AWS Management Console.",
    )
    yield _policy(
        "AmazonSNSReadOnlyAccess",
        1,
        "2015-02-06T18:41:06+00:00",
        "2015-02-06T18:41:06+00:00",
        _allow("sns:GetTopicAttributes", "sns:List*"),
        description="Provides read only access to Amazon SNS via the AWS Management Console.",
    )
    yield _policy(
        "AmazonKinesisFullAccess",
        1,
        "2015-02-06T18:40:29+00:00",
        "2015-02-06T18:40:29+00:00",
        _allow("kinesis:*"),
        description="Provides full access to all streams via the AWS Management Console.",
    )
    yield _policy(
        "AmazonKinesisReadOnlyAccess",
        1,
        "2015-02-06T18:40:30+00:00",
        "2015-02-06T18:40:30+00:00",
        _allow("kinesis:Get*", "kinesis:List*", "kinesis:Describe*"),
        description="Provides read only access to all streams via the AWS Management Console.",
    )


def _operations_policies() -> Iterator[ManagedPolicy]:
    yield _policy(
        "CloudWatchFullAccess",
        4,
        "2015-02-06T18:40:00+00:00",
        "2022-11-27T13:23:49+00:00",
        _allow(
            "autoscaling:Describe*",
            "cloudwatch:*",
            "logs:*",
            "sns:*",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "oam:ListSinks",
        ),
        _linked_role(
            "events.amazonaws.com/AWSServiceRoleForCloudWatchEvents*", "events.amazonaws.com"
        ),
        _allow("oam:ListAttachedLinks", resource="arn:aws:oam:*:*:sink/*"),
        description="Provides full access to CloudWatch.",
    )
    yield _policy(
        "CloudWatchReadOnlyAccess",
        14,
        "2015-02-06T18:40:01+00:00",
        "2025-12-02T16:49:09+00:00",
        _allow(
            "application-autoscaling:DescribeScalingPolicies",
            "autoscaling:Describe*",
            "cloudwatch:BatchGet*",
            "cloudwatch:Describe*",
            "cloudwatch:GenerateQuery",
            "cloudwatch:Get*",
            "cloudwatch:List*",
            "logs:Get*",
            "logs:List*",
            "logs:StartQuery",
            "logs:StopQuery",
            "logs:Describe*",
            "logs:TestMetricFilter",
            "logs:FilterLogEvents",
            "logs:StartLiveTail",
            "logs:StopLiveTail",
            "sns:Get*",
            "sns:List*",
            Sid="CloudWatchReadOnlyAccessPermissions",
        ),
        description="Provides read only access to CloudWatch.",
    )
    yield _policy(
        "AutoScalingFullAccess",
        2,
        "2017-01-12T19:31:58+00:00",
        "2018-02-06T21:59:13+00:00",
        _allow("autoscaling:*"),
        _allow("cloudwatch:PutMetricAlarm"),
        _allow(
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceAttribute",
            "ec2:DescribeInstances",
            "ec2:DescribeKeyPairs",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribePlacementGroups",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSpotInstanceRequests",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcClassicLink",
        ),
        _allow(
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTargetGroups",
        ),
        _allow(
            "iam:CreateServiceLinkedRole",
            Condition={"StringEquals": {"iam:AWSServiceName": "autoscaling.amazonaws.com"}},
        ),
        description="Provides full access to Auto Scaling.",
    )
    yield _policy(
        "AutoScalingReadOnlyAccess",
        1,
        "2017-01-12T19:39:35+00:00",
        "2017-01-12T19:39:35+00:00",
        _allow("autoscaling:Describe*"),
        description="Provides read-only access to Auto Scaling.",
    )


def _lambda_policies() -> Iterator[ManagedPolicy]:
    yield _policy(
        "AWSLambda_ReadOnlyAccess",
        2,
        "2020-11-17T21:10:51+00:00",
        "2023-07-27T17:32:05+00:00",
        _allow(
            "cloudformation:DescribeStacks",
            "cloudformation:ListStacks",
            "cloudformation:ListStackResources",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "kms:ListAliases",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoles",
            "logs:DescribeLogGroups",
            "lambda:Get*",
            "lambda:List*",
            "states:DescribeStateMachine",
            "states:ListStateMachines",
            "tag:GetResources",
            "xray:GetTraceSummaries",
            "xray:BatchGetTraces",
        ),
        _allow(
            "logs:DescribeLogStreams",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
            "logs:StartQuery",
            "logs:StopQuery",
            "logs:DescribeQueries",
            "logs:GetLogGroupFields",
            "logs:GetLogRecord",
            "logs:GetQueryResults",
            resource=_LAMBDA_LOGS,
        ),
        description="Grants read-only access to AWS Lambda service and console features.",
    )
    yield _policy(
        "AWSLambda_FullAccess",
        5,
        "2020-11-17T21:14:10+00:00",
        "2026-02-11T22:18:56+00:00",
        _allow(
            "cloudformation:DescribeStacks",
            "cloudformation:ListStackResources",
            "cloudwatch:ListMetrics",
            "cloudwatch:GetMetricData",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "kms:DescribeKey",
            "kms:ListAliases",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoles",
            "lambda:*",
            "logs:DescribeLogGroups",
            "states:DescribeStateMachine",
            "states:ListStateMachines",
            "tag:GetResources",
            "xray:GetTraceSummaries",
            "xray:BatchGetTraces",
        ),
        _allow(
            "iam:PassRole",
            Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        ),
        _allow(
            "logs:DescribeLogStreams",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
            "logs:StartLiveTail",
            "logs:StopLiveTail",
            resource=_LAMBDA_LOGS,
        ),
        _allow(
            "iam:CreateServiceLinkedRole",
            resource=(
                "arn:aws:iam::*:role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"
            ),
            Condition={"StringEquals": {"iam:AWSServiceName": "lambda.amazonaws.com"}},
        ),
        description="Grants full access to AWS Lambda service and console features.",
    )
    yield _policy(
        "AWSLambdaRole",
        1,
        "2015-02-06T18:41:28+00:00",
        "2015-02-06T18:41:28+00:00",
        _allow("lambda:InvokeFunction", resource=["*"]),
        path="/service-role/",
        description="Default policy for AWS Lambda service role.",
    )
    yield _policy(
        "AWSLambdaBasicExecutionRole",
        1,
        "2015-04-09T15:03:43+00:00",
        "2015-04-09T15:03:43+00:00",
        _allow(*_LOGS),
        path="/service-role/",
        description="Provides write permissions to CloudWatch Logs.",
    )
    yield _policy(
        "AWSLambdaSQSQueueExecutionRole",
        1,
        "2018-06-14T21:50:45+00:00",
        "2018-06-14T21:50:45+00:00",
        _allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", *_LOGS),
        path="/service-role/",
        description=(
            "Provides receive message, delete message, and read attribute access to SQS queues, "
            "and write permissions to CloudWatch logs."
        ),
    )
    yield _policy(
        "AWSLambdaKinesisExecutionRole",
        2,
        "2015-04-09T15:14:16+00:00",
        "2018-11-19T20:09:24+00:00",
        _allow(
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            *_LOGS,
        ),
        path="/service-role/",
        description=(
            "Provides list and read access to Kinesis streams and write permissions to CloudWatch "
            "logs."
        ),
    )


POLICIES: Final[dict[str, ManagedPolicy]] = {
    policy.arn: policy
    for group in (
        _account_policies,
        _identity_policies,
        _messaging_policies,
        _operations_policies,
        _lambda_policies,
    )
    for policy in group()
}
"""By ARN."""
