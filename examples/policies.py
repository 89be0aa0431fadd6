"""The policy that a queue needs to get messages of a topic."""

import json


def queue_policy(queue_arn: str, topic_arn: str) -> str:
    """Lets this topic, and no other, send to the queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
