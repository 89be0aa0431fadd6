"""The Celery application of the Celery test, imported by the worker process and by the test.

It is what a user writes for AWS, with the address of the server in the broker's URL.
"""

import os

from celery import Celery

app = Celery("sdk.celery_app")
app.conf.update(
    broker_url=os.environ.get("CELERY_TEST_BROKER", "sqs://test:test@localhost:1//"),
    broker_transport_options={
        "region": "us-east-1",
        "is_secure": False,
        "wait_time_seconds": 2,
        "polling_interval": 0.1,
        "visibility_timeout": 60,
        "queue_name_prefix": os.environ.get("CELERY_TEST_PREFIX", ""),
    },
    worker_hijack_root_logger=False,
    task_acks_late=True,
)


@app.task
def add(folder: str, left: int, right: int) -> None:
    """Leaves the sum as a file, so that no result backend is needed."""
    with open(os.path.join(folder, f"{left}+{right}"), "a") as file:
        file.write(f"{left + right}\n")
