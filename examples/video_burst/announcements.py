"""What an encoder says when a video is ready: once, to a topic, whoever listens there."""

import json
from typing import Any

from video_burst.jobs import Job


def announce(sns: Any, topic_arn: str, job: Job) -> None:
    """Say that the job is done.  Programs get the job itself, people a sentence."""
    texts = {
        "default": job.to_body(),
        "email": f"Your video {job.number} is ready: {job.minutes} minutes.",
    }
    sns.publish(
        TopicArn=topic_arn,
        Subject="Your video is ready",
        Message=json.dumps(texts),
        MessageStructure="json",
        MessageAttributes={"minutes": {"DataType": "Number", "StringValue": str(job.minutes)}},
    )
