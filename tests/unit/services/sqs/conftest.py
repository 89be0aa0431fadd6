"""A service with a router that the test plays: it sees the command and says the result."""

import pytest

from fake_queue_kms import FakeQueueKms
from tidegate.base.call import Principal
from tidegate.catalog.entities import Entities
from tidegate.catalog.queues import define
from tidegate.engine.commands import Refused
from tidegate.kms.keyring import SSE_SQS, DomainKey
from tidegate.kms.secret import Secret
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.envelopes import Envelopes
from tidegate.services.sqs.ids import message_ids
from tidegate.services.sqs.operations import SqsService
from tidegate.services.sqs.queue_urls import QueueUrlOptions
from tidegate.services.sqs.receipts import Receipts

ACCOUNT = "000000000000"
REGION = "eu-west-1"
URL = f"http://127.0.0.1:4566/{REGION}/{ACCOUNT}/jobs"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"


class FakeCall:
    principal = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "test", "sender")
    region = REGION
    origin = "http://127.0.0.1:4566"
    request_id = "request"
    resource = ARN
    may_hold_controls = True
    gone = False

    def __init__(self, trace_header, principal=None):
        self.trace_header = trace_header
        self.principal = principal or self.principal
        self.answers = []

    def reply(self, shape):
        self.answers.append(shape)

    def fail(self, error):
        self.answers.append(error)


class FakeRouter:
    """Keeps the commands; answers with `results`, one a command, as runtime does."""

    def __init__(self):
        self.commands = []
        self.results = []
        self.unasked = []

    def submit(self, call, command, finish):
        self.commands.append(command)
        if not self.results:
            return
        result = self.results.pop(0)
        assert not isinstance(result, Refused), "a refused command never reaches its handler"
        call.reply(finish(call, result))

    def run_unasked(self, command):
        self.unasked.append(command)


class FakeDefinitions:
    """Queues that the test defines; the clock is the test's, and entities change when it says."""

    def __init__(self):
        self.now = 1_700_000_000_000
        self.queues = {}
        self.entities = Entities()
        self.standing = self
        self.definitions_version = 0

    def now_ms(self):
        return self.now

    def queue(self, arn):
        return self.queues.get(arn)

    def redrive_sources(self, arn):
        return sorted(each for each in self.queues if self.queues[each].redrive_target == arn)

    def define(self, arn, attributes):
        self.queues[arn] = define(arn, attributes, {}, self.now)
        self.definitions_version += 1

    def change_entities(self):
        self.entities.apply(self.entities.version + 1, (), ())
        self.definitions_version += 1


class FakeSignatures:
    """`made` are the texts that were signed, as if in a thread; `waiting` what goes on then."""

    certificate_path = "/certificate.pem"

    def __init__(self):
        self.made = []
        self.waiting = []

    def find(self, version, text):
        return self.now(version, text) if (version, text) in self.made else None

    def now(self, version, text):
        return f"signed {version}"

    def make(self, unsigned, then, failed):
        self.made += unsigned
        self.waiting.append(then)


class Bench:
    """`ask(operation, result, **parameters)` gives the answer; `command` is what it became.

    `trace_header` is what the requests have as X-Amzn-Trace-Id.  Nothing is known of the queue
    before the test has it defined, and then nothing is sealed.  `principal` is who asks.
    """

    url, arn, account, region = URL, ARN, ACCOUNT, REGION

    def __init__(self, options=None):
        self.router = FakeRouter()
        self.trace_header = None
        self.principal = None
        self.definitions = FakeDefinitions()
        self.kms = FakeQueueKms()
        self.entities = self.definitions.entities
        self.refused = {}
        """What nobody may do besides, as (action, resource), and how that is refused."""
        self.asked = []
        self.encryption = Encryption(
            self.definitions,
            DomainKey(SSE_SQS, {1: Secret(bytes(32))}),
            self.kms,
            lambda: self.definitions.now / 1000,
        )
        self.signatures = FakeSignatures()
        self.receipts = Receipts(b"k" * 32)
        service = SqsService(
            self.router,
            self.receipts,
            message_ids(lambda n: bytes(range(256)) * (n // 256)),
            self.encryption,
            Envelopes(self.signatures),
            self.definitions,
            self.may_also,
            options or QueueUrlOptions(),
        )
        self.operations = {row.name: row for row in service.operations()}

    def may_also(self, call, action, resource):
        self.asked.append((action, resource))
        if (action, resource) in self.refused:
            raise self.refused[action, resource]

    def call(self):
        return FakeCall(self.trace_header, self.principal)

    def ask(self, operation, result=None, **parameters):
        row = self.operations[operation]
        if "QueueUrl" in row.input.__struct_fields__:
            parameters.setdefault("QueueUrl", URL)
        self.router.results = [result]
        call = self.call()
        row.handler(call, row.input(**parameters))
        assert len(call.answers) == 1
        return call.answers[0]

    def define(self, name="jobs", **attributes):
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        self.definitions.define(arn, attributes)

    @property
    def command(self):
        return self.router.commands[-1]

    @property
    def commands(self):
        return self.router.commands


@pytest.fixture
def sqs():
    return Bench()


@pytest.fixture
def sqs_with():
    """A bench whose queue URLs are made by the options given."""
    return lambda **options: Bench(QueueUrlOptions(**options))


@pytest.fixture
def refused(sqs):
    """refused(refusal class, text, operation, **parameters): asks, and expects that answer.

    The text may be None: then only the class counts.
    """

    def expect(refusal, text, operation, **parameters):
        with pytest.raises(refusal) as caught:
            sqs.ask(operation, **parameters)
        if text is not None:
            assert caught.value.message == text
        assert sqs.commands == []

    return expect
