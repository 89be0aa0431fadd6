"""From a delivery queue to an endpoint that checks signatures with a stock library."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from requests_cache import CachedSession
from sns_message_validator import (
    SignatureVerificationFailureException,
    SNSMessageValidator,
)

from http_endpoint import OK, HttpEndpoint, hang, slam, status
from key_disk import DATA, KeyDisk, opened
from notifications import PUBLISHED_AT, notification
from tidegate.catalog.delivery_policy import RetryPolicy
from tidegate.catalog.notifications import string_to_sign
from tidegate.http.client import HttpClient, Timeouts
from tidegate.http.networks import KINDS, Networks
from tidegate.kms.keyring import KMS
from tidegate.kms.notary import Notary, Seal
from tidegate.kms.sealing import Sealer
from tidegate.workers.delivery_workers import DeliveryWorkers
from tidegate.workers.http_delivery import HttpDelivery, HttpTarget
from tidegate.workers.http_sender import HttpSender
from tidegate.workers.jobs import Job
from tidegate.workers.outcome import Outcome
from tidegate.workers.signatures import Signer

ORIGIN = "https://sns.test:4566"
LINK = f"{ORIGIN}/?Action=Unsubscribe"


@pytest.fixture(scope="module")
def seal() -> Seal:
    disk = KeyDisk()
    sealer = Sealer(opened(disk, create=True).domain(KMS))
    return Notary(DATA, sealer, lambda: datetime.now(UTC), disk).seal


class Queue:
    """A delivery queue that gives what failed at once again."""

    def __init__(self, jobs: list[Job]) -> None:
        self._jobs = jobs
        self.ended: list[str] = []
        self.all_ended = asyncio.Event()
        self._count = len(jobs)
        self._say: Callable[[str], None] = lambda queue: None

    def on_ready(self, callback: Callable[[str], None]) -> None:
        self._say = callback
        for job in self._jobs:
            callback(job.queue)

    async def take(self, queue: str, limit: int) -> list[Job]:
        found = [job for job in self._jobs if job.queue == queue][:limit]
        for job in found:
            self._jobs.remove(job)
        return found

    def max_receives_per_second(self, queue: str) -> int | None:
        return None

    def done(self, job: Job) -> None:
        self._end(job, "done")

    def retry(self, job: Job, delay_s: int) -> None:
        self._jobs.append(msgspec.structs.replace(job, attempt=job.attempt + 1))
        self._say(job.queue)

    def give_up(self, job: Job, outcome: Outcome) -> None:
        self._end(job, outcome.text)

    def _end(self, job: Job, how: str) -> None:
        self.ended.append(f"{job.queue} {job.attempt} {how}")
        if len(self.ended) == self._count:
            self.all_ended.set()


class NoNotes:
    def record(self, job: Job, outcome: Outcome, dwell_ms: int, *, is_final: bool) -> None:
        pass


class Posts:
    """The sender, impatient."""

    def __init__(self, client: HttpClient) -> None:
        self._sender = HttpSender(client)

    async def send(self, url: str, headers: Any, body: bytes) -> Outcome:
        return await self._sender.send(url, headers, body, Timeouts(total_s=0.2))


def job(queue: str, url: str, version: str = "1", **more: Any) -> Job:
    return Job(
        queue=queue,
        receipt=None,
        attempt=1,
        published_at=PUBLISHED_AT,
        protocol="http",
        notification=notification(**more),
        target=HttpTarget(url, signature_version=version),  # type: ignore[arg-type]
        policy=RetryPolicy(num_retries=2),
    )


async def deliver(seal: Seal, jobs: list[Job]) -> list[str]:
    """How each has ended."""
    queue = Queue(jobs)
    client = HttpClient(Networks(KINDS))
    with ThreadPoolExecutor(1) as threads:
        signer = Signer(seal.sign, lambda: f"{ORIGIN}/{seal.certificate_name}", threads)
        delivery = HttpDelivery(Posts(client), signer)
        workers = DeliveryWorkers(queue, {"http": delivery}, NoNotes(), lambda: PUBLISHED_AT)
        workers.start()
        await asyncio.wait_for(queue.all_ended.wait(), 10)
        await workers.stop(1.0)
    client.close()
    return queue.ended


def delivered_document(seal: Seal, version: str = "1", **more: Any) -> dict[str, Any]:
    """What one notification arrives as."""

    async def test() -> bytes:
        endpoint = await HttpEndpoint(OK).start()
        assert await deliver(seal, [job("q", endpoint.url(), version, **more)]) == ["q 1 done"]
        await endpoint.stop()
        return endpoint.requests[0].body

    document: dict[str, Any] = json.loads(asyncio.run(test()))
    return document


class Served:
    """What the certificate's URL answers with."""

    def __init__(self, seal: Seal) -> None:
        self.content = seal.certificate_pem


KINDS_OF_DOCUMENTS: list[dict[str, Any]] = [
    {"unsubscribe_url": LINK},
    {"unsubscribe_url": LINK, "subject": "Grüße", "message": 'line\n"quoted" \\ \N{GRINNING FACE}'},
    {"type": "SubscriptionConfirmation", "token": "t" * 64, "subscribe_url": f"{ORIGIN}/?A=B&C=D"},
    {"type": "UnsubscribeConfirmation", "token": "t" * 64, "subscribe_url": f"{ORIGIN}/?A=B&C=D"},
]


@pytest.mark.parametrize("fields", KINDS_OF_DOCUMENTS)
def test_stock_validator_accepts_what_arrives(seal: Seal, fields: dict[str, Any]) -> None:
    document = delivered_document(seal, **fields)
    assert document["SigningCertURL"] == f"{ORIGIN}/{seal.certificate_name}"
    validator = SNSMessageValidator(cert_url_regex=r"^https://sns\.test:4566/")
    with patch.object(CachedSession, "get", lambda self, url: Served(seal)):
        validator.validate_message(document)
        with pytest.raises(SignatureVerificationFailureException):
            validator.validate_message(document | {"Message": "other"})


@pytest.mark.parametrize("fields", KINDS_OF_DOCUMENTS)
def test_signature_of_version_2_verifies_by_the_certificate(
    seal: Seal, fields: dict[str, Any]
) -> None:
    """The stock validators of Python know SHA-1 alone."""
    document = delivered_document(seal, "2", **fields)
    assert document["SignatureVersion"] == "2"
    key = x509.load_pem_x509_certificate(seal.certificate_pem).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(document["Signature"])
    key.verify(signature, string_to_sign(document), padding.PKCS1v15(), hashes.SHA256())


def test_endpoints_fail_and_come_back(seal: Seal) -> None:
    scripts = {
        "fails twice": [status(500), status(503), OK],
        "fails always": [status(500, body=b"broken")],
        "slams": [slam, OK],
        "hangs once": [hang, OK],
        "redirects": [status(301, "Location: /elsewhere", body=b"moved")],
        "is gone": [status(404, body=b"gone")],
        "is busy": [status(429), OK],
    }

    async def test() -> list[str]:
        endpoints = {
            name: await HttpEndpoint(*script).start()  # type: ignore[arg-type]
            for name, script in scripts.items()
        }
        jobs = [job(name, endpoint.url()) for name, endpoint in endpoints.items()]
        ended = await deliver(seal, jobs)
        for endpoint in endpoints.values():
            ids = {request.headers["x-amz-sns-message-id"] for request in endpoint.requests}
            assert len(ids) == 1, "a retry has the id of the first try"
            await endpoint.stop()
        return sorted(ended)

    assert asyncio.run(test()) == [
        "fails always 3 broken",
        "fails twice 3 done",
        "hangs once 2 done",
        "is busy 2 done",
        "is gone 1 gone",
        "redirects 1 moved",
        "slams 2 done",
    ]


def test_many_go_over_few_connections(seal: Seal) -> None:
    async def test() -> HttpEndpoint:
        endpoint = await HttpEndpoint(OK).start()
        jobs = [job("q", endpoint.url(), message=str(number)) for number in range(60)]
        ended = await deliver(seal, jobs)
        assert ended == ["q 1 done"] * 60
        await endpoint.stop()
        return endpoint

    endpoint = asyncio.run(test())
    assert len(endpoint.requests) == 60
    assert endpoint.connections <= 16 + 8
