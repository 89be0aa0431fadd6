"""boto3 clients in both protocols, and new queues through them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from sdk.queue_under_test import Queue

REGION = "us-east-1"
ACCOUNT = "000000000000"

# A test sees each error itself, so nothing is tried twice; a long poll lasts 20 s at most.
SETTINGS = {"retries": {"max_attempts": 0}, "read_timeout": 30, "max_pool_connections": 50}

_numbers = itertools.count()


def unique_name(fifo: bool = False) -> str:
    name = f"queue-{os.getpid()}-{next(_numbers)}"
    return name + ".fifo" if fifo else name


class Clients:
    """Makes boto3 clients for SQS and keeps them, since making one takes longer than a test."""

    def __init__(self, query_models: Path) -> None:
        self._query_models = query_models
        self._made: dict[tuple[str, ...], Any] = {}

    def make(
        self,
        endpoint: str,
        protocol: str = "json",
        *,
        region: str = REGION,
        access_key: str = "test",
        secret: str = "test",
    ) -> Any:
        key = (endpoint, protocol, region, access_key, secret)
        if key not in self._made:
            session = botocore.session.Session()
            if protocol == "query":
                loader = session.get_component("data_loader")
                loader.search_paths.insert(0, str(self._query_models))
            self._made[key] = boto3.Session(botocore_session=session).client(
                "sqs",
                endpoint_url=endpoint,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret,
                config=Config(**SETTINGS),
            )
            assert self._made[key].meta.service_model.metadata["protocol"] == protocol
        return self._made[key]

    def close(self) -> None:
        for client in self._made.values():
            client.close()


def create_queue(client: Any, *, fifo: bool = False, **attributes: str) -> Queue:
    """A new queue; a FIFO queue deduplicates by content unless the test says otherwise."""
    if fifo:
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
    answer = client.create_queue(QueueName=unique_name(fifo), Attributes=attributes)
    return Queue(client, answer["QueueUrl"])
