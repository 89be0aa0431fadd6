"""The jobs, and the producer that sends them.

The producer knows the queue and nothing else: not how many encoders there are, not whether any is
alive.  It is never slowed down by them, and never told of their troubles.
"""

import json
import random
from dataclasses import asdict, dataclass
from typing import Any

BATCH = 10
"""SendMessageBatch takes no more."""

COMMON_CODEC = "h264"
NEW_CODEC = "av2"
"""What the first version of the encoder cannot read: jobs of this kind are the poison."""

CLIP_MINUTES = (2, 5)
FILM_MINUTES = 90


@dataclass(frozen=True)
class Job:
    """One video to encode.  The number is what makes the job one and the same, however often it is
    delivered; a message's id would not do, since the producer may have to send a job again."""

    number: int
    minutes: int
    codec: str

    def to_body(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_body(cls, body: str) -> "Job":
        return cls(**json.loads(body))

    @property
    def is_poison(self) -> bool:
        return self.codec == NEW_CODEC


def plan_jobs(count: int, films: int, poison: int, seed: int) -> list[Job]:
    """Clips, and among them some films that take long and some jobs that are poison."""
    chance = random.Random(seed)
    odd = chance.sample(range(count), films + poison)
    jobs = [Job(number, chance.randint(*CLIP_MINUTES), COMMON_CODEC) for number in range(count)]
    for number in odd[:films]:
        jobs[number] = Job(number, FILM_MINUTES, COMMON_CODEC)
    for number in odd[films:]:
        jobs[number] = Job(number, jobs[number].minutes, NEW_CODEC)
    return jobs


class Producer:
    """Sends the planned jobs in their order."""

    def __init__(self, sqs: Any, queue_url: str, jobs: list[Job]) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._jobs = jobs
        self.sent = 0

    def send(self, count: int) -> None:
        """Send the next `count` jobs.  Raises RuntimeError if the queue refuses one."""
        until = min(self.sent + count, len(self._jobs))
        while self.sent < until:
            batch = self._jobs[self.sent : min(self.sent + BATCH, until)]
            answer = self._sqs.send_message_batch(
                QueueUrl=self._queue_url,
                Entries=[{"Id": str(job.number), "MessageBody": job.to_body()} for job in batch],
            )
            # A batch succeeds or fails entry by entry, and its call raises nothing.
            if answer.get("Failed"):
                raise RuntimeError(f"jobs that could not be sent: {answer['Failed']}")
            self.sent += len(batch)
