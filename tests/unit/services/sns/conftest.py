"""SNS over a real engine: definitions are changed by commands, as in a server."""

import itertools
from hashlib import shake_128

import msgspec
import pytest

from engine_harness import Engine
from tidegate.api import sns as api
from tidegate.base.call import Principal
from tidegate.base.refusals import AccessDeniedException
from tidegate.catalog.entities import Changes
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.operations import SnsService
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.wire import query_answer

ACCOUNT = "111122223333"
OTHER = "444455556666"
REGION = "eu-west-1"
START = 1_700_000_000_250
DAY = 86_400_000
ROOT = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIAROOT", ACCOUNT)
STRANGER = Principal(OTHER, f"arn:aws:iam::{OTHER}:root", "AKIAOTHER", OTHER)
NOBODY = Principal("", "", "", "anonymous", kind="Anonymous")


def arn(name="news", account=ACCOUNT):
    return f"arn:aws:sns:{REGION}:{account}:{name}"


def queue(name="jobs", account=ACCOUNT):
    return f"arn:aws:sqs:{REGION}:{account}:{name}"


class FakeCall:
    origin = "http://127.0.0.1:4566"
    request_id = "request"
    trace_header = None

    def __init__(self, principal, region):
        self.principal = principal
        self.region = region
        self.answers = []

    def reply(self, shape):
        self.answers.append(shape)

    def fail(self, error):
        self.answers.append(error)


class EngineNode:
    """Answers at once; commands and entities go through their encoded forms."""

    def __init__(self):
        self.engine = Engine(encoded=True)
        self.partition = self.engine.partition

    def submit(self, call, command, finish):
        call.reply(finish(call, self.engine.run(command)))

    def run_unasked(self, command):
        self.engine.run(command)


class Sent:
    """What went out, in order."""

    def __init__(self):
        self.confirmations = []
        self.cancellations = []
        self.passwords = []
        self.events = []

    def send_confirmation(self, subscription, token):
        self.confirmations.append((subscription, token))

    def send_cancellation(self, subscription, token):
        self.cancellations.append((subscription, token))

    def send_password(self, account, region, number, password):
        self.passwords.append((account, region, number, password))

    def tell_endpoint_event(self, application, event, endpoint):
        self.events.append((application.name, event, endpoint.token))


class Unsealed:
    def key(self, topic_arn, queue_arn):
        return None

    def seal(self, key, message):
        return message


class Bench:
    """`ask(operation, **parameters)` gives the answer; structures in parameters are dicts."""

    def __init__(self):
        self.node = EngineNode()
        self.now = START
        self.definitions = Definitions(self.node, lambda: self.now)
        self.sent = Sent()
        self.asked = []
        self.denied = set()
        self.options = SmsOptions(in_sandbox=True, origination_numbers=("+15550001", "+15550002"))
        counter = itertools.count(1)
        self.service = SnsService(
            self.definitions,
            self.sent,
            self._may_also,
            lambda secret, associated_data: b"sealed " + associated_data,
            lambda n: shake_128(next(counter).to_bytes(8, "little")).digest(n),
            self.options,
            self._publishing(),
        )
        self.rows = {row.name: row for row in self.service.operations()}
        self.principal = ROOT
        self.region = REGION

    def _publishing(self):
        """Every queue lets every topic in, and nothing is sealed."""
        sealing = Unsealed()
        return Publishing(
            self.definitions,
            self.node,
            TopicFans(self.definitions),
            Sending(self.definitions, lambda topic_arn, queue_arn: True, sealing),
            sealing,
            lambda call, topic: None,
            lambda topic_arn, publish: False,
            lambda: "00000000-0000-4000-8000-000000000001",
        )

    def _may_also(self, call, action, resource):
        self.asked.append((action, resource))
        if action in self.denied:
            raise AccessDeniedException("not that")

    @property
    def entities(self):
        return self.definitions.entities

    @property
    def records(self):
        return len(self.node.engine.records)

    def call(self):
        return FakeCall(self.principal, self.region)

    def ask(self, operation, **parameters):
        row, call = self.rows[operation], self.call()
        shape = self.shape(operation, **parameters)
        row.resource(call, shape)
        row.handler(call, shape)
        assert len(call.answers) == 1
        answer = call.answers[0]
        described = api.OPERATIONS[operation]
        assert type(answer) is (described.output or type(None))
        assert query_answer.encode(described, answer, "request")
        return answer

    def shape(self, operation, **parameters):
        return msgspec.convert(parameters, self.rows[operation].input)

    def resource(self, operation, **parameters):
        return self.rows[operation].resource(self.call(), self.shape(operation, **parameters))

    def put(self, *entities):
        """Have entities that no operation makes."""
        decision = Decision(Changes(puts=entities))
        self.definitions.change(self.call(), lambda entities, now_ms: decision)

    # --- Things to have ----------------------------------------------------------------------

    def topic(self, name="news", attributes=None, **parameters):
        """Its ARN."""
        if name.endswith(".fifo"):
            attributes = {"FifoTopic": "true", **(attributes or {})}
        given = {} if attributes is None else {"Attributes": attributes}
        return self.ask("CreateTopic", Name=name, **given, **parameters).TopicArn

    def subscribe(self, topic=None, protocol="sqs", endpoint=None, attributes=None):
        """The ARN of a subscription."""
        given = {} if attributes is None else {"Attributes": attributes}
        return self.ask(
            "Subscribe",
            TopicArn=topic or arn(),
            Protocol=protocol,
            Endpoint=endpoint or queue(),
            ReturnSubscriptionArn=True,
            **given,
        ).SubscriptionArn

    def topic_attributes(self, topic=None):
        return self.ask("GetTopicAttributes", TopicArn=topic or arn()).Attributes

    def attributes(self, subscription):
        return self.ask("GetSubscriptionAttributes", SubscriptionArn=subscription).Attributes


@pytest.fixture
def sns():
    return Bench()


@pytest.fixture
def refused(sns):
    """refused(refusal class, text, operation, **parameters): asks, and expects that answer, which
    changes nothing.  The text may be None: then only the class counts."""

    def expect(refusal, text, operation, **parameters):
        records = sns.records
        with pytest.raises(refusal) as caught:
            sns.ask(operation, **parameters)
        assert type(caught.value) is refusal
        if text is not None:
            assert caught.value.message == text
        assert sns.records == records
        return caught.value

    return expect
