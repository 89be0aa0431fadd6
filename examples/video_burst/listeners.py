"""Three listeners to "job finished", of three kinds: a queue, a webhook, and mails.

    search     a queue     the index of videos takes every one in, at its own speed
    site       a webhook   the web server is told of every one at once
    uploader   e-mail      of films only, for these are what somebody waits for

Each remembers the jobs that it was told of by their numbers, since it may be told twice.
"""

import email
import email.policy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.request import urlopen

from server import Endpoint
from video_burst.jobs import FILM_MINUTES, Job
from video_burst.queues import Queue
from webhook.subscriber import Webhook

CONFIRMED_WITHIN_S = 10.0
UPLOADER = "uploader@example.com"
_CONFIRM = re.compile(r"http\S+Action=ConfirmSubscription\S+")
_READY = re.compile(r"Your video (\d+) is ready")


class Listener(Protocol):
    """Somebody who is told of jobs."""

    name: str

    def wants(self, job: Job) -> bool:
        """Whether it is to be told of this one."""

    def told(self) -> set[int]:
        """The numbers of the jobs that it was told of so far."""

    def close(self) -> None: ...


class SearchIndex:
    """Subscribes a queue, and reads it when it likes."""

    name = "search index, by a queue"

    def __init__(self, sns: Any, sqs: Any, topic_arn: str, queue_name: str) -> None:
        self._told: set[int] = set()
        self._queue = Queue(sqs, queue_name)
        self._queue.let_in(topic_arn)
        # Raw: the message as it was published, without the envelope of a notification.
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=self._queue.arn,
            Attributes={"RawMessageDelivery": "true"},
        )

    def wants(self, job: Job) -> bool:
        return True

    def told(self) -> set[int]:
        for body in self._queue.take_all():
            self._told.add(Job.from_body(body).number)
        return self._told

    def close(self) -> None:
        self._queue.delete()


class Site:
    """Subscribes an HTTP endpoint of this process."""

    name = "site, by a webhook"

    def __init__(self, sns: Any, topic_arn: str, endpoint: str) -> None:
        self._told: set[int] = set()
        self._webhook = Webhook("127.0.0.1", endpoint, topic_arn, self._hear)
        sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=self._webhook.url)
        if not self._webhook.confirmed.wait(CONFIRMED_WITHIN_S):
            raise RuntimeError("the webhook was not asked to confirm its subscription")

    def _hear(self, notification: dict[str, Any]) -> None:
        self._told.add(Job.from_body(notification["Message"]).number)

    def wants(self, job: Job) -> bool:
        return True

    def told(self) -> set[int]:
        return set(self._told)

    def close(self) -> None:
        self._webhook.close()


class Uploader:
    """Gets mails, which a server without an SMTP server writes into its directory."""

    name = "uploader, by e-mail about films"

    def __init__(self, sns: Any, topic_arn: str, mails: Path) -> None:
        self._mails = mails
        only_films = {"minutes": [{"numeric": [">=", FILM_MINUTES]}]}
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol="email",
            Endpoint=UPLOADER,
            Attributes={"FilterPolicy": json.dumps(only_films)},
        )
        with urlopen(_wait_for(self._confirmation_link)):
            pass

    def wants(self, job: Job) -> bool:
        return job.minutes >= FILM_MINUTES

    def told(self) -> set[int]:
        found = (_READY.search(text) for text in self._texts())
        return {int(match[1]) for match in found if match}

    def close(self) -> None:
        """The mails go with the server's directory."""

    def _confirmation_link(self) -> str | None:
        found = (_CONFIRM.search(text) for text in self._texts())
        return next((match[0] for match in found if match), None)

    def _texts(self) -> list[str]:
        return [_plain_text(path.read_bytes()) for path in self._mails.glob("*.eml")]


def _plain_text(mail: bytes) -> str:
    body = email.message_from_bytes(mail, policy=email.policy.default).get_body(("plain",))
    text: str = "" if body is None else body.get_content()
    return text


def _wait_for(find: Callable[[], str | None]) -> str:
    """What is found within the time; raises RuntimeError."""
    gives_up = time.monotonic() + CONFIRMED_WITHIN_S
    while time.monotonic() < gives_up:
        found = find()
        if found is not None:
            return found
        time.sleep(0.1)
    raise RuntimeError("no mail asked the uploader to confirm the subscription")


class Listeners:
    """The topic of the run, and those who listen to it."""

    def __init__(self, sns: Any, sqs: Any, endpoint: Endpoint, name: str) -> None:
        """On an endpoint that is not the run's own only the queue listens: another machine may not
        reach this one, nor this one that one's mails."""
        self._sns = sns
        self.topic_arn: str = sns.create_topic(Name=name)["TopicArn"]
        self._all: list[Listener] = [SearchIndex(sns, sqs, self.topic_arn, f"{name}-search")]
        if endpoint.data is not None:
            self._all.append(Site(sns, self.topic_arn, endpoint.url))
            self._all.append(Uploader(sns, self.topic_arn, endpoint.data / "mail"))

    def missed(self, jobs: list[Job]) -> dict[str, int]:
        """Of how many jobs each has yet to be told, by the listener's name."""
        return {each.name: len(_wanted(each, jobs) - each.told()) for each in self._all}

    def told(self, jobs: list[Job]) -> dict[str, int]:
        return {each.name: len(_wanted(each, jobs) & each.told()) for each in self._all}

    def close(self) -> None:
        for each in self._all:
            each.close()
        self._sns.delete_topic(TopicArn=self.topic_arn)


def _wanted(listener: Listener, jobs: list[Job]) -> set[int]:
    return {job.number for job in jobs if listener.wants(job)}
