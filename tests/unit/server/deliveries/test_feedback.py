"""What is written of deliveries, what they cost, and what becomes of devices that are gone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from engine_harness import arn
from tidegate.catalog.entities import Changes
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.sms import OptedOutNumber, SandboxNumber, SmsSettings, SmsSpending
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import AttributeValue, FanOut, Message, Publication
from tidegate.server.deliveries.feedback import Feedback
from tidegate.server.deliveries.spending import NOTED_S
from tidegate.services.sns.delivery_queues import device_queue, phones_queue, subscription_queue
from tidegate.services.sns.sending import direct
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.workers.jobs import Job
from tidegate.workers.outcome import Outcome, Verdict, delivered, permanent, retryable
from tidegate.workers.push.sender import DISABLED
from tidegate.workers.sms.spending import Spent
from unit.server.deliveries.house import ACCOUNT, QUEUE, REGION, TOPIC, House, pending, subscription

ROLE = f"arn:aws:iam::{ACCOUNT}:role/feedback"
SCOPE = f"{ACCOUNT}/{REGION}"
PHONES = phones_queue(ACCOUNT, REGION)
EVENTS = Topic(ACCOUNT, REGION, "events", 0)
APPLICATION = PlatformApplication(
    ACCOUNT, REGION, "ADM", "shop", 0, b"sealed key", b"sealed id", {"Enabled": "true"}
)
DEVICE = PlatformEndpoint(APPLICATION.arn, "dddddddd-0f5c-4f0e-9a44-0c8b6f2f9a11", "token", 0)


class Desk:
    """Feedback over a house; `lot` is what the next sample draws."""

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House()
        self.lot = 0.0
        self.feedback = Feedback(
            self.house.definitions, self.house.spending, self.house.events, lambda: self.lot
        )

    def record(self, job: Job, outcome: Outcome, *, is_final: bool = True) -> None:
        self.feedback.record(job, outcome, 12, is_final=is_final)
        self.house.settle()

    def published(self, topic: Topic = TOPIC, queue: str = QUEUE) -> Job:
        self.house.publish("hello", topic)
        return self.house.take_one(queue)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def entries(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    def read() -> list[dict[str, Any]]:
        found = [json.loads(record.getMessage()) for record in caplog.records]
        caplog.clear()
        return found

    with caplog.at_level(logging.INFO, "tidegate.deliveries"):
        yield read


class TestWhatIsWritten:
    def asked(self, **feedback: str) -> Topic:
        return msgspec.structs.replace(TOPIC, feedback=feedback)

    def test_nothing_that_nobody_asked_for(self, desk: Desk, entries: Any) -> None:
        desk.house.put(TOPIC, subscription())
        job = desk.published()
        desk.record(job, delivered("ok", 200))
        desk.record(job, permanent("no", 404))
        assert entries() == []

    def test_failures_if_they_are_asked_for(self, desk: Desk, entries: Any) -> None:
        topic = self.asked(HTTPFailureFeedbackRoleArn=ROLE, LambdaSuccessFeedbackRoleArn=ROLE)
        desk.house.put(topic, subscription())
        job = desk.published(topic)
        desk.record(job, retryable("later", 500), is_final=False)
        desk.record(job, delivered("ok", 200))
        assert entries() == []
        desk.record(job, retryable("no more", 500))
        [entry] = entries()
        assert entry["status"] == "FAILURE"
        assert entry["delivery"] == {
            "deliveryId": job.receipt.delivery_id,
            "destination": "http://hooks.test/orders",
            "providerResponse": "no more",
            "dwellTimeMs": 12,
            "attempts": 1,
            "statusCode": 500,
        }
        assert entry["notification"]["topicArn"] == TOPIC.arn

    @pytest.mark.parametrize(
        ("rate", "lot", "written"),
        [("30", 0.29, 1), ("30", 0.30, 0), ("0", 0.0, 0), ("100", 0.999, 1), (None, 0.999, 1)],
    )
    def test_successes_by_their_rate(
        self, desk: Desk, entries: Any, rate: str | None, lot: float, written: int
    ) -> None:
        feedback = {"HTTPSuccessFeedbackRoleArn": ROLE}
        if rate is not None:
            feedback["HTTPSuccessFeedbackSampleRate"] = rate
        topic = self.asked(**feedback)
        desk.house.put(topic, subscription())
        desk.lot = lot
        desk.record(desk.published(topic), delivered("ok", 200))
        assert len(entries()) == written

    def test_confirmations_never(self, desk: Desk, entries: Any) -> None:
        desk.house.put(self.asked(HTTPFailureFeedbackRoleArn=ROLE), pending())
        desk.house.outward.send_confirmation(pending(), "7" * 160)
        desk.house.settle()
        desk.record(desk.house.take_one(), permanent("no"))
        assert entries() == []

    def test_sms_by_the_settings_of_the_account(self, desk: Desk, entries: Any) -> None:
        asked = {"DeliveryStatusIAMRole": ROLE, "DeliveryStatusSuccessSamplingRate": "0"}
        desk.house.put(SmsSettings(SCOPE, asked))
        desk.house.outward.send_password(ACCOUNT, REGION, "+15550101000", "123456")
        desk.house.settle()
        job = desk.house.take_one(PHONES)
        desk.record(job, delivered())
        assert entries() == []
        desk.record(job, permanent("Invalid phone number"))
        assert entries()[0]["delivery"]["destination"] == "+15550101000"


class TestSms:
    def sms(self, desk: Desk) -> Job:
        desk.house.outward.send_password(ACCOUNT, REGION, "+15550101000", "123456")
        desk.house.settle()
        return desk.house.take_one(PHONES)

    def test_what_one_costs_counts_for_the_next(self, desk: Desk) -> None:
        first = self.sms(desk)
        assert first.target.spent == Spent()
        assert first.notification.attribute("AWS.SNS.SMS.SMSType") == "Transactional"
        paid = msgspec.structs.replace(delivered(), cost_micro_usd=7_500)
        desk.record(first, paid)
        desk.record(first, paid)
        assert self.sms(desk).target.spent == Spent("2023-11", 15_000)

    def test_it_is_kept_soon_and_at_the_end(self, desk: Desk) -> None:
        kept = desk.house.definitions.entities
        paid = Outcome(Verdict.DELIVERED, cost_micro_usd=5)
        desk.record(self.sms(desk), paid)
        assert kept.find(SmsSpending, SCOPE, "") is None
        desk.house.pass_time(NOTED_S)
        assert kept.find(SmsSpending, SCOPE, "") == SmsSpending(SCOPE, "2023-11", 5)
        desk.record(self.sms(desk), paid)
        desk.house.spending.stop()
        desk.house.settle()
        assert desk.house.restarted().spending.spent(SCOPE) == Spent("2023-11", 10)

    def test_it_outlasts_a_full_disk(self, desk: Desk) -> None:
        house = desk.house
        paid = Outcome(Verdict.DELIVERED, cost_micro_usd=5)
        desk.record(self.sms(desk), paid)
        room, house.sim.files.capacity_bytes = house.sim.files.capacity_bytes, 0
        for number in range(10_000):
            other = SmsSpending(f"{number:012}/{REGION}", "2023-11", 5)
            house.definitions.note(Changes(puts=(other,)))
            if house.definitions.entities.find(SmsSpending, other.account_region, "") is None:
                break
        house.pass_time(2 * NOTED_S)
        kept = house.definitions.entities
        assert kept.find(SmsSpending, SCOPE, "") is None
        assert house.spending.spent(SCOPE) == Spent("2023-11", 5)
        house.sim.files.capacity_bytes = room
        house.pass_time(2 * NOTED_S)
        assert kept.find(SmsSpending, SCOPE, "") == SmsSpending(SCOPE, "2023-11", 5)
        house.spending.add(SCOPE, 1)
        house.pass_time(NOTED_S)
        assert kept.find(SmsSpending, SCOPE, "") == SmsSpending(SCOPE, "2023-11", 6)

    def test_a_phone_that_wants_none_is_known_by_its_digits(self, desk: Desk) -> None:
        desk.house.put(
            TOPIC,
            subscription(protocol="sms", endpoint="1-555-010-1000"),
            OptedOutNumber(SCOPE, "+15550101000"),
        )
        target = desk.published().target
        assert (target.phone, target.opted_out) == ("+15550101000", True)


class TestSandbox:
    NUMBER = "+15550101000"

    def desk(self, *, in_sandbox: bool) -> Desk:
        desk = Desk(House(sms=SmsOptions(in_sandbox=in_sandbox)))
        desk.house.put(TOPIC, subscription(protocol="sms", endpoint="1-555-010-1000"))
        return desk

    def test_a_subscriber_gets_what_comes_once_its_number_is_verified(self) -> None:
        desk = self.desk(in_sandbox=True)
        assert desk.published().target.unverified is True
        desk.house.put(SandboxNumber(SCOPE, self.NUMBER))
        assert desk.published().target.unverified is True
        desk.house.put(SandboxNumber(SCOPE, self.NUMBER, "Verified"))
        assert desk.published().target.unverified is False

    def test_outside_of_it_all_do(self) -> None:
        assert self.desk(in_sandbox=False).published().target.unverified is False

    def test_a_one_time_password_goes_to_whom_it_is_to_verify(self) -> None:
        desk = self.desk(in_sandbox=True)
        desk.house.outward.send_password(ACCOUNT, REGION, self.NUMBER, "123456")
        desk.house.settle()
        assert desk.house.take_one(PHONES).target.unverified is False

    def test_what_was_published_to_a_number_that_has_gone_since_does_not_go(self) -> None:
        desk = self.desk(in_sandbox=True)
        message = Message(desk.house.new_id(), "x", "", "AIDA")
        publication = Publication(1, destination=self.NUMBER)
        published = msgspec.structs.replace(message, publication=publication)
        desk.house.sim.node.run_unasked(direct("arn:aws:sns:::sms", PHONES, published))
        desk.house.settle()
        assert desk.house.take_one(PHONES).target.unverified is True


class TestDevices:
    @pytest.fixture
    def desk(self) -> Desk:
        made = Desk()
        told = subscription(topic_arn=EVENTS.arn)
        attributes = {**APPLICATION.attributes, "EventDeliveryFailure": EVENTS.arn}
        application = msgspec.structs.replace(APPLICATION, attributes=attributes)
        made.house.put(TOPIC, EVENTS, told, application, DEVICE)
        made.house.put(subscription(protocol="application", endpoint=DEVICE.arn))
        return made

    def event(self, desk: Desk) -> dict[str, Any]:
        [job] = desk.house.take(subscription_queue(EVENTS.arn, subscription().id))
        assert job.notification.subject == "DeliveryFailure event for app shop (ADM)"
        found: dict[str, Any] = json.loads(job.notification.message)
        return found

    def test_an_event_that_comes_into_a_queue_is_noted(self, desk: Desk) -> None:
        to_queue = subscription(
            topic_arn=EVENTS.arn, id=DEVICE.key, protocol="sqs", endpoint=arn("events")
        )
        role = {"SQSFailureFeedbackRoleArn": ROLE}
        desk.house.put(to_queue, msgspec.structs.replace(EVENTS, feedback=role))
        desk.record(desk.published(), permanent(DISABLED))
        [noted] = desk.house.noted
        assert (noted.destination, noted.succeeded) == (arn("events"), False)
        assert json.loads(noted.message) == self.event(desk)

    def test_the_target_is_opened(self, desk: Desk) -> None:
        target = desk.published().target
        assert (target.token, target.enabled) == ("token", True)
        assert (target.credential_text(), target.principal_text()) == ("key", "id")

    def test_one_whose_token_is_gone_is_disabled(self, desk: Desk) -> None:
        job = desk.published()
        desk.record(job, permanent("Unregistered", 400, endpoint_gone=True))
        found = desk.house.definitions.entities.find(PlatformEndpoint, DEVICE.scope, DEVICE.key)
        assert found == msgspec.structs.replace(DEVICE, enabled=False)
        event = self.event(desk)
        assert event["FailureType"] == "InvalidPlatformToken"
        assert (event["EndpointArn"], event["Resource"]) == (DEVICE.arn, APPLICATION.arn)
        assert (event["DeliveryAttempts"], event["FailureMessage"]) == (1, "Unregistered")
        assert desk.published().target.enabled is False

    def test_not_one_that_has_another_token_by_now(self, desk: Desk) -> None:
        job = desk.published()
        renewed = msgspec.structs.replace(DEVICE, token="new")
        desk.house.put(renewed)
        desk.record(job, permanent("Unregistered", 400, endpoint_gone=True))
        entities = desk.house.definitions.entities
        assert entities.find(PlatformEndpoint, DEVICE.scope, DEVICE.key) == renewed

    def test_one_that_is_disabled_is_told_of(self, desk: Desk) -> None:
        desk.record(desk.published(), permanent(DISABLED))
        assert self.event(desk)["FailureType"] == "EndpointDisabled"

    def test_a_try_that_is_not_the_last_is_told_to_nobody(self, desk: Desk) -> None:
        desk.record(desk.published(), retryable("later"), is_final=False)
        assert desk.house.take(subscription_queue(EVENTS.arn, subscription().id)) == []

    def test_one_that_is_gone_takes_nothing(self, desk: Desk) -> None:
        desk.house.publish()
        desk.house.remove(DEVICE)
        assert desk.house.take_one().target.enabled is False

    def test_the_topic_of_another_account_is_told_nothing(self, desk: Desk) -> None:
        abroad = msgspec.structs.replace(EVENTS, account="999999999999")
        attributes = {"EventEndpointCreated": abroad.arn}
        application = msgspec.structs.replace(APPLICATION, attributes=attributes)
        desk.house.put(abroad, subscription(topic_arn=abroad.arn))
        desk.house.outward.tell_endpoint_event(application, "EventEndpointCreated", DEVICE)
        desk.house.settle()
        queue = subscription_queue(abroad.arn, subscription().id)
        assert not desk.house.has_queue(queue)

    def test_credentials_that_do_not_open_keep_the_message(self, desk: Desk) -> None:
        desk.house.put(msgspec.structs.replace(APPLICATION, sealed_credential=b"lost"))
        desk.house.publish()
        assert desk.house.take() == []
        assert desk.house.messages() == 1

    def test_a_queue_of_a_device_goes_with_it(self, desk: Desk) -> None:
        queue = device_queue(DEVICE.application_arn, DEVICE.key)
        desk.house.sim.node.run_unasked(straight_to(desk.house, queue))
        desk.house.settle()
        assert desk.house.take_one(queue).receipt.destination == DEVICE.arn
        desk.house.remove(DEVICE)
        assert not desk.house.has_queue(queue)


def straight_to(house: House, queue: str) -> FanOut:
    attributes = {"a": AttributeValue("String", "b")}
    message = Message(house.new_id(), "x", "", "AIDA", attributes, publication=Publication(1))
    return direct(DEVICE.arn, queue, message)
