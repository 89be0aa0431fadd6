"""How deliveries have gone: for whoever wants to read it, for the account's bill, and for devices
that are gone.

What a topic, an application or an account's SMS settings ask for, as AWS has it written to
CloudWatch Logs, is a line of JSON in the log `tidegate.deliveries`.

    HTTP, Lambda, Firehose   <P>SuccessFeedbackRoleArn, <P>FailureFeedbackRoleArn of the topic
    queues                   the same with SQS: see `services.sns.queue_feedback`
    devices                  those of the application, and Application... of the topic
    SMS                      DeliveryStatusIAMRole of the account

Failures are all written, successes by the sample rate beside.  Source: SNS developer guide, "Amazon
SNS message delivery status".
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tidegate.catalog.delivery_status import (
    Asked,
    DeliveryStatus,
    asked_by,
    log_entry,
    percent_of,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.push import PlatformEndpoint
from tidegate.catalog.sms import SmsSettings
from tidegate.runtime.definitions import Definitions
from tidegate.server.deliveries.events import DELIVERY_FAILURE, DeviceEvents
from tidegate.server.deliveries.spending import Spending
from tidegate.server.deliveries.taken import Taken
from tidegate.workers.jobs import Job
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.push.sender import DISABLED

logger = logging.getLogger("tidegate.deliveries")

_PREFIXES: Final[Mapping[str, str]] = {
    "application": "Application",
    "firehose": "Firehose",
    "http": "HTTP",
    "https": "HTTP",
    "lambda": "Lambda",
}
_ROLE_OF_SMS: Final = "DeliveryStatusIAMRole"
_RATE_OF_SMS: Final = "DeliveryStatusSuccessSamplingRate"


class Feedback:
    """The port `workers.jobs.Feedback`."""

    def __init__(
        self,
        definitions: Definitions,
        spending: Spending,
        events: DeviceEvents,
        random: Callable[[], float],
    ) -> None:
        """`random()` is at least 0 and below 1."""
        self._definitions = definitions
        self._spending = spending
        self._events = events
        self._random = random

    def record(self, job: Job, outcome: Outcome, dwell_ms: int, *, is_final: bool) -> None:
        taken: Taken = job.receipt
        if outcome.cost_micro_usd:
            self._spending.add(taken.account_region, outcome.cost_micro_usd)
        if not is_final:
            return
        succeeded = outcome.verdict is Verdict.DELIVERED
        if not succeeded and taken.device is not None:
            self._device_failed(job, taken, outcome)
        if not taken.is_confirmation and self._is_wanted(job.protocol, taken, succeeded):
            write_status(_status(job, taken, outcome, dwell_ms, succeeded))

    # --- Devices ---------------------------------------------------------------------------------

    def _device_failed(self, job: Job, taken: Taken, outcome: Outcome) -> None:
        """A token that its platform does not know any more is tried no further."""
        assert taken.device is not None
        application, endpoint = taken.device.application, taken.device.endpoint
        more: dict[str, object] = {}
        if outcome.endpoint_gone:
            more["FailureType"] = "InvalidPlatformToken"
            self._disable(endpoint)
        elif outcome.text == DISABLED:
            more["FailureType"] = "EndpointDisabled"
        self._events.tell(
            application,
            DELIVERY_FAILURE,
            endpoint,
            DeliveryAttempts=job.attempt,
            FailureMessage=outcome.text,
            **more,
        )

    def _disable(self, endpoint: PlatformEndpoint) -> None:
        found = self._entities.find(PlatformEndpoint, endpoint.scope, endpoint.key)
        if found is not None and found.enabled and found.token == endpoint.token:
            disabled = msgspec.structs.replace(found, enabled=False)
            self._definitions.note(Changes(puts=(disabled,)))

    # --- The log ---------------------------------------------------------------------------------

    def _is_wanted(self, protocol: str, taken: Taken, succeeded: bool) -> bool:
        return any(asked.wants(succeeded, self._random) for asked in self._asked(protocol, taken))

    def _asked(self, protocol: str, taken: Taken) -> list[Asked]:
        if protocol == "sms":
            settings = self._entities.find(SmsSettings, taken.account_region, "")
            return [] if settings is None else _of_sms(settings.attributes)
        found = []
        prefix = _PREFIXES.get(protocol)
        if taken.topic is not None and prefix is not None:
            found.append(asked_by(taken.topic.feedback, prefix))
        if taken.device is not None:
            found.append(asked_by(taken.device.application.attributes, ""))
        return [asked for asked in found if asked is not None]

    @property
    def _entities(self) -> Entities:
        return self._definitions.entities


def write_status(status: DeliveryStatus) -> None:
    """Write the log's line of one delivery."""
    logger.info("%s", json.dumps(log_entry(status), separators=(",", ":")))


def _of_sms(attributes: Mapping[str, str]) -> list[Asked]:
    if not attributes.get(_ROLE_OF_SMS):
        return []
    return [Asked(True, True, percent_of(attributes.get(_RATE_OF_SMS)))]


def _status(
    job: Job, taken: Taken, outcome: Outcome, dwell_ms: int, succeeded: bool
) -> DeliveryStatus:
    topic = taken.topic
    return DeliveryStatus(
        message_id=job.notification.message_id,
        topic_arn="" if topic is None else topic.arn,
        message=job.notification.message,
        published_at=job.published_at,
        delivery_id=taken.delivery_id,
        destination=taken.destination,
        provider_response=outcome.text,
        dwell_ms=dwell_ms,
        attempts=job.attempt,
        status_code=outcome.status,
        succeeded=succeeded,
    )
