"""A service with a router that the test plays: it sees the command and says the result."""

import pytest

from tidegate.base.call import Principal
from tidegate.engine.commands import Refused
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

    def __init__(self, trace_header):
        self.trace_header = trace_header
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

    def submit(self, call, command, finish):
        self.commands.append(command)
        if not self.results:
            return
        result = self.results.pop(0)
        assert not isinstance(result, Refused), "a refused command never reaches its handler"
        call.reply(finish(call, result))


class Bench:
    """`ask(operation, result, **parameters)` gives the answer; `command` is what it became.

    `trace_header` is what the requests have as X-Amzn-Trace-Id.
    """

    url, arn, account, region = URL, ARN, ACCOUNT, REGION

    def __init__(self, options=None):
        self.router = FakeRouter()
        self.trace_header = None
        self.receipts = Receipts(b"k" * 32)
        service = SqsService(
            self.router,
            self.receipts,
            message_ids(lambda n: bytes(range(256)) * (n // 256)),
            options or QueueUrlOptions(),
        )
        self.operations = {row.name: row for row in service.operations()}

    def ask(self, operation, result=None, **parameters):
        row = self.operations[operation]
        if "QueueUrl" in row.input.__struct_fields__:
            parameters.setdefault("QueueUrl", URL)
        self.router.results = [result]
        call = FakeCall(self.trace_header)
        row.handler(call, row.input(**parameters))
        assert len(call.answers) == 1
        return call.answers[0]

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
