"""An encoder: takes jobs from the queue, one after the other, until it is told to stop.

It knows the queue, the database and the topic where it says what is done, not the producer and not
the other encoders, so any number of them can run, on any number of machines.  It may hang or be
killed at any moment: a job's message is deleted only when its result is stored and announced, so
the queue hands out again what nobody finished.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import boto3
from botocore.exceptions import ClientError

from video_burst.announcements import announce
from video_burst.jobs import Job
from video_burst.mishaps import Mishap, draw_mishap
from video_burst.results import Results

VISIBILITY_TIMEOUT_S = 2
"""How long a job stays hidden from the other encoders without a sign of life from the one that has
it.  Short, so that a job is soon tried again; films take longer, hence the heartbeat."""

HEARTBEAT_S = 0.8
HANG_S = VISIBILITY_TIMEOUT_S + 1.0
LONG_POLL_S = 20
RETRY_AFTER_S = 1
SECONDS_A_MINUTE = 0.03
"""What it takes to encode a minute of video; waiting stands for the work."""


@dataclass(frozen=True)
class EncoderSettings:
    """What an encoder is told when it starts."""

    queue_url: str
    database: Path
    topic_arn: str
    """Where it announces what it has finished."""
    codecs: tuple[str, ...]
    """The videos that this version of the encoder can read."""
    seed: int
    mishap_rate: float


class UnknownCodec(Exception):
    """This version of the encoder cannot read the video, however often it tries."""


class JobLost(Exception):
    """The job is no longer ours: its visibility timeout ended, or somebody else has finished it."""


class Encoder:
    """One worker on one job at a time."""

    def __init__(self, name: str, settings: EncoderSettings) -> None:
        self._name = name
        self._settings = settings
        self._queue_url = settings.queue_url
        self._sqs: Any = boto3.client("sqs")
        self._sns: Any = boto3.client("sns")
        self._results = Results(settings.database)
        self._starter = os.getppid()
        self._is_waiting = False
        self._is_stopping = False

    def run(self) -> None:
        """Work until `stop`, or until the process that started this one is gone."""
        while not self._is_stopping and os.getppid() == self._starter:
            message = self._next_message()
            if message is not None:
                self._handle(message)

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """On SIGTERM: leave at once when idle, otherwise after the job.

        A message that arrives in the instant of leaving is nobody's; the queue hands it out again
        after its visibility timeout, as after a crash.
        """
        self._is_stopping = True
        if self._is_waiting:
            sys.exit(0)

    def _next_message(self) -> dict[str, Any] | None:
        self._is_waiting = True
        # One at a time: a second one would wait here, its visibility timeout running, while other
        # encoders are idle.  A long poll costs one call in 20 s when there is nothing to do, and
        # answers at once when there is.
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=LONG_POLL_S,
            VisibilityTimeout=VISIBILITY_TIMEOUT_S,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        self._is_waiting = False
        messages = answer.get("Messages", [])
        return messages[0] if messages else None

    def _handle(self, message: dict[str, Any]) -> None:
        job = Job.from_body(message["Body"])
        receipt_handle = message["ReceiptHandle"]
        attempt = int(message["Attributes"]["ApproximateReceiveCount"])
        mishap = draw_mishap(self._settings.seed, self._settings.mishap_rate, job.number, attempt)
        self._results.begin_attempt(job, self._name, mishap)
        try:
            self._encode(job, receipt_handle, mishap)
        except UnknownCodec:
            # Not deleted: it comes back, and after its last attempt the queue puts it aside.
            self._set_visibility(receipt_handle, RETRY_AFTER_S)
            return
        except JobLost:
            return
        # Whether this result was the first or is turned away, the job is done and may go.
        self._results.store(job, self._name)
        if mishap is Mishap.CRASH_AFTER:
            _crash()
        # Also for a result that was turned away: whoever stored it may have died before this line.
        # So listeners can hear of a job twice, and never not at all.
        announce(self._sns, self._settings.topic_arn, job)
        self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt_handle)

    def _encode(self, job: Job, receipt_handle: str, mishap: Mishap | None) -> None:
        if job.codec not in self._settings.codecs:
            raise UnknownCodec(job.codec)
        if mishap is Mishap.CRASH_BEFORE:
            _crash()
        if mishap is Mishap.HANG:
            time.sleep(HANG_S)
        remaining_s = job.minutes * SECONDS_A_MINUTE
        while remaining_s > HEARTBEAT_S:
            time.sleep(HEARTBEAT_S)
            remaining_s -= HEARTBEAT_S
            self._heartbeat(receipt_handle)
        time.sleep(remaining_s)

    def _heartbeat(self, receipt_handle: str) -> None:
        """Say that the job is in work, so that it stays hidden for another visibility timeout."""
        if not self._set_visibility(receipt_handle, VISIBILITY_TIMEOUT_S):
            raise JobLost

    def _set_visibility(self, receipt_handle: str, timeout_s: int) -> bool:
        """Hide the job for so long from now on; False if it is too late for that."""
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=timeout_s
            )
        except ClientError as error:
            # The first where the message is visible again, the second where it is deleted.
            too_late = ("MessageNotInflight", "InvalidParameterValue")
            if error.response["Error"]["Code"] not in too_late:
                raise
            return False
        return True


def _crash() -> None:
    """End without any farewell, as after `kill -9` or a loss of power."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_encoder(name: str, settings: EncoderSettings) -> None:
    """What the process of an encoder runs."""
    encoder = Encoder(name, settings)
    signal.signal(signal.SIGTERM, encoder.stop)
    # Ctrl-C in a terminal reaches this process too, but it is its starter that says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    encoder.run()
