"""SNS over a real engine: definitions are changed by commands, as in a server."""

import itertools
from hashlib import shake_128

import msgspec
import pytest

from engine_harness import Engine
from tidegate.api import sns as api
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    KmsAccessDenied,
    KMSAccessDeniedException,
)
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import name_of
from tidegate.engine.commands import CreateQueue, Delete, DeleteQueue, Receive
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.operations import SnsService
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.queue_feedback import QueueFeedback
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


class FakeSealing:
    """Seals by writing the way before the body: of a queue with a key of KMS its name, `own` of
    others that are encrypted; queues that are not there are not."""

    def __init__(self, definitions):
        self._definitions = definitions
        self.refused = set()
        """Queues whose keys KMS does not give."""

    def way(self, queue_arn):
        queue = self._definitions.queue(queue_arn)
        if queue is not None and queue.kms_master_key_id is not None:
            return queue_arn
        return "own" if queue is not None and queue.sqs_managed_sse else ""

    def is_certain(self, way):
        return way in ("", "own")

    def key_of(self, topic_arn, way):
        if way in self.refused:
            raise KmsAccessDenied("not that")
        return way

    def key(self, topic_arn, queue_arn):
        return self.key_of(topic_arn, self.way(queue_arn))

    def seal(self, key, message):
        if not key:
            return message
        return msgspec.structs.replace(message, body=f"[{key.rpartition(':')[2]}]{message.body}")


class Bench:
    """`ask(operation, **parameters)` gives the answer; structures in parameters are dicts."""

    def __init__(self, options):
        self.options = options
        self.node = EngineNode()
        self.now = START
        self.definitions = Definitions(self.node, lambda: self.now)
        self.sent = Sent()
        self.asked = []
        self.denied = set()
        self.kept_out = set()
        """Queues that let no topic in; a definition has to change for that to count."""
        self.refused_keys = set()
        """Topics whose key of KMS nobody may use."""
        self.held = []
        """What FIFO topics are asked to wait with, where they are to wait."""
        self.is_held = False
        self.noted = []
        """What was noted of deliveries into queues."""
        self.lot = 0.0
        """What the next sample draws."""
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
        self.sealing = FakeSealing(self.definitions)
        ids, delivery_ids = itertools.count(1), itertools.count(1)
        fans = TopicFans(self.definitions)
        sending = Sending(
            self.definitions,
            lambda topic_arn, queue_arn: queue_arn not in self.kept_out,
            self.sealing,
        )
        self.feedback = QueueFeedback(
            self.definitions,
            sending,
            self.noted.append,
            lambda: f"00000000-0000-4000-9000-{next(delivery_ids):012}",
            lambda: self.lot,
        )
        return Publishing(
            self.definitions,
            self.node,
            fans,
            sending,
            self.feedback,
            self.options,
            self.sealing,
            self._check_topic_key,
            self._hold,
            lambda: f"00000000-0000-4000-8000-{next(ids):012}",
        )

    def _check_topic_key(self, call, topic):
        if topic.arn in self.refused_keys:
            raise KMSAccessDeniedException("not that")

    def _hold(self, topic_arn, publish):
        if self.is_held:
            self.held.append((topic_arn, publish))
        return self.is_held

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

    def remove(self, *entities):
        decision = Decision(Changes(removed=tuple(map(name_of, entities))))
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

    def create_queue(self, name="jobs", **attributes):
        """Its ARN; of one that is not encrypted unless it says so."""
        attributes = {"SqsManagedSseEnabled": "false", **attributes}
        if name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        self.node.engine.run(CreateQueue(queue(name), attributes, {}))
        return queue(name)

    def remove_queue(self, name="jobs"):
        self.node.engine.run(DeleteQueue(queue(name)))

    def received(self, name="jobs"):
        """All messages of a queue, of the client's or a hidden one, which are gone then."""
        found, arn = [], name if ":" in name else queue(name)
        if arn not in self.node.partition.state.by_arn:
            return found
        while taken := self.node.engine.run(Receive(arn, 10, 30)).deliveries:
            self.node.engine.run(Delete(arn, [each.receipt for each in taken]))
            found += taken
        return found

    def publish(self, message="text", topic=None, **parameters):
        return self.ask("Publish", TopicArn=topic or arn(), Message=message, **parameters)

    def topic_attributes(self, topic=None):
        return self.ask("GetTopicAttributes", TopicArn=topic or arn()).Attributes

    def attributes(self, subscription):
        return self.ask("GetSubscriptionAttributes", SubscriptionArn=subscription).Attributes


@pytest.fixture
def sms_options():
    return SmsOptions()


@pytest.fixture
def sns(sms_options):
    return Bench(sms_options)


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
