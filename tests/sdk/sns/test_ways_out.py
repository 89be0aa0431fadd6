"""Mails, SMS, functions, streams and devices, as one server with stand-ins around it sends them."""

import email
import email.policy
import json
import re

import pytest
from botocore.exceptions import ClientError

from sdk.access.principals import HOME, Account, Confidences, unique
from sdk.sns.topic_under_test import create_queue, create_subscriber, create_topic
from sdk.sns.webhook import get, verify
from sdk.sns.world import GONE, World, eventually
from server_process import ServerProcess

FUNCTION = f"arn:aws:lambda:us-east-1:{HOME}:function:"
STREAM = f"arn:aws:firehose:us-east-1:{HOME}:deliverystream/"
ROLE = f"arn:aws:iam::{HOME}:role/feedback"
SECRETS = {"PlatformPrincipal": "client-id", "PlatformCredential": "client-secret"}


@pytest.fixture(scope="module")
def world():
    made = World()
    yield made
    made.close()


@pytest.fixture(scope="module")
def surrounded(tmp_path_factory, world):
    options = {
        "lambda-endpoint": world.url,
        "firehose-endpoint": world.url,
        "adm-url": world.url,
        "adm-token-url": f"{world.url}/token",
        "sms-price-usd": "0.4",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    process = ServerProcess(tmp_path_factory.mktemp("surrounded") / "data", *flags).start()
    yield process
    process.close()


@pytest.fixture(scope="module")
def owner(surrounded):
    return Account(surrounded.endpoint, Confidences(), HOME)


@pytest.fixture
def topic(owner):
    return create_topic(owner)


@pytest.fixture
def mails(surrounded):
    """The mails that a receiver has got, once there are so many."""

    def find(receiver, count=1):
        folder = surrounded.data / "mail"

        def found():
            paths = list(folder.glob(f"*{receiver}*.eml"))
            return len(paths) >= count and sorted(paths, key=lambda path: path.stat().st_mtime_ns)

        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in eventually(found)
        ]

    return find


def sent_by(process, phone, count=1):
    """The SMS that a phone has got, once there are so many."""
    path = process.data / "sms" / "messages.jsonl"

    def found():
        lines = path.read_text().splitlines() if path.exists() else []
        here = [each for each in map(json.loads, lines) if each["phone"] == phone]
        return len(here) >= count and here

    return eventually(found)


@pytest.fixture
def texts(surrounded):
    """The SMS that a phone has got, once there are so many."""

    def find(phone, count=1):
        return sent_by(surrounded, phone, count)

    return find


@pytest.fixture
def noted(surrounded):
    """The entries about deliveries to somebody that the server has logged, once there is one."""

    def find(destination):
        def found():
            lines = [line for line in surrounded.errors().splitlines() if line.startswith("{")]
            entries = [
                json.loads(each["message"])
                for each in map(json.loads, lines)
                if each["logger"] == "tidegate.deliveries"
            ]
            return [each for each in entries if each["delivery"]["destination"] == destination]

        return eventually(found)

    return find


# Mails.


def test_a_mail_asks_and_then_tells(owner, topic, mails):
    receiver = f"{unique('ann')}@test.example"
    topic.set(DisplayName="Orders")
    topic.subscribe(receiver, "email")
    [asked] = mails(receiver)
    text = asked.get_body(("plain",)).get_content()
    [link] = re.findall(r"http://\S+Action=ConfirmSubscription\S+", text)
    assert get(link, owner.endpoint)[0] == 200
    topic.publish("It is there.", Subject="Order 7")
    told = mails(receiver, 2)[-1]
    assert (told["Subject"], told["From"]) == ("Order 7", "Orders <no-reply@localhost>")
    assert told.get_content().startswith("It is there.")
    [link] = re.findall(r"http://\S+Action=Unsubscribe\S+", told.get_content())
    assert get(link, owner.endpoint)[0] == 200
    assert topic.subscriptions() == []
    assert mails(receiver, 3)[-1]["Subject"] == "AWS Notification - Unsubscribe Confirmation"


def test_a_mail_of_json_is_signed(owner, topic, mails):
    receiver = f"{unique('bob')}@test.example"
    topic.subscribe(receiver, "email-json")
    asked = json.loads(mails(receiver)[0].get_content())
    verify(asked, owner.endpoint)
    assert get(asked["SubscribeURL"], owner.endpoint)[0] == 200
    topic.publish("x")
    told = json.loads(mails(receiver, 2)[-1].get_content())
    assert told["Message"] == "x"
    verify(told, owner.endpoint)


# SMS.


def test_an_sms_to_a_subscriber_and_to_a_number(owner, topic, texts):
    topic.subscribe("+1-555-010-1000", "sms")
    topic.publish(json.dumps({"default": "long", "sms": "short"}), MessageStructure="json")
    assert texts("+15550101000")[0]["message"] == "short"
    owner.sns.publish(PhoneNumber="+15550101001", Message="for you alone")
    assert texts("+15550101001")[0]["message"] == "for you alone"


def test_the_password_of_the_sandbox_comes_by_sms(surrounded, texts):
    number = "+15550101002"
    other = Account(surrounded.endpoint, Confidences(), "333333333333")
    other.sns.create_sms_sandbox_phone_number(PhoneNumber=number)
    [sms] = texts(number)
    [password] = re.findall(r"\b\d{6}\b", sms["message"])
    assert sms["type"] == "Transactional"
    other.sns.verify_sms_sandbox_phone_number(PhoneNumber=number, OneTimePassword=password)


def test_what_sms_may_cost_is_kept_over_a_restart(surrounded, world, texts, noted):
    """A dollar a month, where nobody asked for more: two SMS, and never a third."""
    other = Account(surrounded.endpoint, Confidences(), "222222222222")
    other.sns.set_sms_attributes(attributes={"DeliveryStatusIAMRole": ROLE})
    number = "+15550101003"
    for count in (1, 2):
        other.sns.publish(PhoneNumber=number, Message="x")
        texts(number, count)
    surrounded.restart()
    other.sns.publish(PhoneNumber=number, Message="x")
    entries = eventually(lambda: (found := noted(number)) and len(found) == 3 and found)
    assert [entry["status"] for entry in entries] == ["SUCCESS", "SUCCESS", "FAILURE"]
    assert entries[2]["delivery"]["providerResponse"] == "No quota left for account"
    assert len(texts(number)) == 2


@pytest.fixture
def sandboxed(tmp_path):
    """A server that has accounts in the sandbox."""
    process = ServerProcess(tmp_path / "data", "--sms-sandbox=true").start()
    yield process
    process.close()


def test_in_the_sandbox_only_a_verified_number_is_published_to(sandboxed):
    account = Account(sandboxed.endpoint, Confidences(), HOME)
    number = "+15550101009"
    assert account.sns.get_sms_sandbox_account_status()["IsInSandbox"] is True
    with pytest.raises(ClientError, match="is not verified in the SMS sandbox") as caught:
        account.sns.publish(PhoneNumber=number, Message="too early")
    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    account.sns.create_sms_sandbox_phone_number(PhoneNumber=number)
    [password] = re.findall("[0-9]{6}", sent_by(sandboxed, number)[0]["message"])
    account.sns.verify_sms_sandbox_phone_number(PhoneNumber=number, OneTimePassword=password)
    account.sns.publish(PhoneNumber=number, Message="in time")
    assert sent_by(sandboxed, number, 2)[1]["message"] == "in time"


# Queues.


def test_what_comes_into_a_queue_and_what_does_not(owner, topic, noted):
    topic.set(SQSSuccessFeedbackRoleArn=ROLE, SQSSuccessFeedbackSampleRate="100")
    topic.set(SQSFailureFeedbackRoleArn=ROLE)
    reader = create_subscriber(topic, owner)
    shut = create_queue(owner, let_in=None)
    topic.subscribe(shut.arn)
    answer = topic.publish("x")
    [entry] = noted(reader.queue.arn)
    assert (entry["status"], entry["delivery"]["statusCode"]) == ("SUCCESS", 200)
    assert entry["notification"]["messageId"] == answer["MessageId"]
    assert entry["notification"]["topicArn"] == topic.arn
    [entry] = noted(shut.arn)
    assert (entry["status"], entry["delivery"]["statusCode"]) == ("FAILURE", 403)
    assert json.loads(entry["delivery"]["providerResponse"])["ErrorCode"] == "AccessDenied"


# Functions and streams.


def test_a_function_gets_an_event(owner, topic, world, noted):
    function = FUNCTION + unique("work")
    arn = topic.subscribe(function, "lambda")
    topic.set(LambdaSuccessFeedbackRoleArn=ROLE, LambdaSuccessFeedbackSampleRate="100")
    topic.publish("x", Subject="s")
    [request] = world.wait(function.rpartition(":")[2])
    [record] = request.json["Records"]
    assert request.headers["x-amz-invocation-type"] == "Event"
    assert (record["EventSubscriptionArn"], record["Sns"]["Message"]) == (arn, "x")
    verify({**record["Sns"], "SigningCertURL": record["Sns"]["SigningCertUrl"]}, owner.endpoint)
    [entry] = noted(function)
    assert (entry["status"], entry["delivery"]["statusCode"]) == ("SUCCESS", 202)
    assert entry["notification"]["topicArn"] == topic.arn


def test_a_function_that_fails_is_called_again(topic, world):
    function = FUNCTION + unique("broken")
    topic.subscribe(function, "lambda")
    path = f"/2015-03-31/functions/{function.rpartition(':')[2]}/invocations"
    world.failing.add(path)
    topic.publish("x")
    assert len({request.body for request in world.wait(path, 2)}) == 1
    world.failing.discard(path)


def test_a_stream_gets_a_record(topic, world):
    stream = unique("stream")
    arn = topic.subscribe(STREAM + stream, "firehose", SubscriptionRoleArn=ROLE)
    topic.publish("x")
    [record] = eventually(lambda: world.records(stream))
    assert (record["Message"], record["TopicArn"]) == ("x", topic.arn)
    assert record["UnsubscribeURL"].endswith(arn)


# Devices.


@pytest.fixture
def application(owner):
    answer = owner.sns.create_platform_application(
        Name=unique("app"), Platform="ADM", Attributes=SECRETS
    )
    return answer["PlatformApplicationArn"]


@pytest.fixture
def new_device(owner, application):
    def make(token):
        answer = owner.sns.create_platform_endpoint(PlatformApplicationArn=application, Token=token)
        return answer["EndpointArn"]

    return make


def test_a_device_gets_what_is_for_it(owner, topic, world, new_device):
    subscribed, alone = unique("device"), unique("device")
    topic.subscribe(new_device(subscribed), "application")
    topic.publish("to all")
    [request] = world.wait(f"/messaging/registrations/{subscribed}/")
    assert request.headers["authorization"] == "Bearer Atc|x"
    assert "to all" in request.body
    text = json.dumps({"default": "d", "ADM": json.dumps({"data": {"score": "3"}})})
    owner.sns.publish(TargetArn=new_device(alone), Message=text, MessageStructure="json")
    [request] = world.wait(f"/messaging/registrations/{alone}/")
    assert request.json["data"] == {"score": "3"}


def test_a_device_that_is_gone_is_disabled_and_told_of(owner, topic, application, new_device):
    listener = create_subscriber(topic, owner)
    owner.sns.set_platform_application_attributes(
        PlatformApplicationArn=application,
        Attributes={"EventDeliveryFailure": topic.arn, "EventEndpointCreated": topic.arn},
    )
    device = new_device(GONE)
    owner.sns.publish(TargetArn=device, Message="x")
    events = []
    while len(events) < 2:
        found = listener.texts(WaitTimeSeconds=15)
        assert found
        events += map(json.loads, found)
    created, failed = events
    assert (created["EventType"], created["EndpointArn"]) == ("EndpointCreated", device)
    assert (failed["EventType"], failed["FailureType"]) == (
        "DeliveryFailure",
        "InvalidPlatformToken",
    )
    assert failed["Resource"] == application
    attributes = owner.sns.get_endpoint_attributes(EndpointArn=device)["Attributes"]
    assert attributes["Enabled"] == "false"


def test_a_device_that_is_gone_makes_dead_letters(owner, topic, new_device):
    """Its subscription stays, and what comes for it goes where dead letters go."""
    dead_letters = create_queue(owner)
    redrive = {"deadLetterTargetArn": dead_letters.arn}
    device = new_device(unique("device"))
    topic.subscribe(device, "application", RedrivePolicy=redrive)
    owner.sns.delete_endpoint(EndpointArn=device)
    topic.publish("x")
    assert json.loads(dead_letters.receive_one(WaitTimeSeconds=15)["Body"])["Message"] == "x"
