"""IAM over a real engine: definitions are changed by commands, as in a server."""

import itertools

import msgspec
import pytest

from engine_harness import Engine
from tidegate.api import iam as api
from tidegate.base.call import Principal
from tidegate.base.refusals import AccessDeniedException
from tidegate.catalog.entities import Changes
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam.operations import IamService
from tidegate.wire import query_answer

ACCOUNT = "111122223333"
START = 1_700_000_000_250
ROOT = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIAROOT", ACCOUNT)

ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST_ALL = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":"sts:AssumeRole"}]}'
)


class FakeCall:
    region = "us-east-1"
    origin = "http://127.0.0.1:4566"
    request_id = "request"
    trace_header = None

    def __init__(self, principal):
        self.principal = principal
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


class Bench:
    """`ask(operation, **parameters)` gives the answer; structures in parameters are dicts."""

    account = ACCOUNT

    def __init__(self, *, local_providers=True):
        self.node = EngineNode()
        self.now_ms = START
        self.definitions = Definitions(self.node, lambda: self.now_ms)
        self.sealed = []
        self.asked = []
        self.may_not_also = False
        counter = itertools.count(1)
        service = IamService(
            self.definitions,
            self._seal,
            lambda n: next(counter).to_bytes(n, "little"),
            self._may_also,
            local_providers=local_providers,
        )
        self.rows = {row.name: row for row in service.operations()}
        self.principal = ROOT

    def _may_also(self, call, action, resource):
        self.asked.append((action, resource))
        if self.may_not_also:
            raise AccessDeniedException("not that as well")

    def _seal(self, secret, associated_data):
        self.sealed.append((secret, associated_data))
        return b"sealed " + associated_data

    @property
    def entities(self):
        return self.definitions.entities

    @property
    def records(self):
        """How many records the log has."""
        return len(self.node.engine.records)

    def ask(self, operation, **parameters):
        row = self.rows[operation]
        call = FakeCall(self.principal)
        row.handler(call, self.shape(operation, **parameters))
        assert len(call.answers) == 1
        answer = call.answers[0]
        shape = api.OPERATIONS[operation]
        assert type(answer) is (shape.output or type(None))
        assert query_answer.encode(shape, answer, "request")
        return answer

    def shape(self, operation, **parameters):
        return msgspec.convert(parameters, self.rows[operation].input)

    def resource(self, operation, **parameters):
        row = self.rows[operation]
        return row.resource(FakeCall(self.principal), self.shape(operation, **parameters))

    def context(self, operation, **parameters):
        row = self.rows[operation]
        return row.context(FakeCall(self.principal), self.shape(operation, **parameters))

    def pages(self, operation, member, size=2, **parameters):
        """The items of all pages, each page but the last being full."""
        marker, pages = {}, []
        while True:
            answer = self.ask(operation, MaxItems=size, **marker, **parameters)
            pages.append(getattr(answer, member))
            assert answer.IsTruncated is (answer.Marker is not None)
            if answer.Marker is None:
                break
            assert len(pages[-1]) == size
            marker = {"Marker": answer.Marker}
        return [item for page in pages for item in page]

    # --- Things to have ----------------------------------------------------------------------

    def user(self, name="bob", **parameters):
        return self.ask("CreateUser", UserName=name, **parameters).User

    def group(self, name="staff", **parameters):
        return self.ask("CreateGroup", GroupName=name, **parameters).Group

    def role(self, name="worker", trust=TRUST_ALL, **parameters):
        return self.ask(
            "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, **parameters
        ).Role

    def policy(self, name="everything", document=ALLOW_ALL, **parameters):
        """Its ARN."""
        return self.ask(
            "CreatePolicy", PolicyName=name, PolicyDocument=document, **parameters
        ).Policy.Arn

    def put(self, entity):
        """Have an entity that no operation makes."""
        decision = Decision(Changes(puts=(entity,)))
        self.definitions.change(FakeCall(self.principal), lambda entities, now_ms: decision)

    def as_user(self, name):
        self.principal = Principal(
            ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/{name}", "AKIA", "AIDA", "User", name
        )

    def as_session(self):
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/one"
        self.principal = Principal(ACCOUNT, arn, "ASIA", "AROA:one", "AssumedRole", "worker")

    def as_other_account(self):
        other = "999900001111"
        self.principal = Principal(other, f"arn:aws:iam::{other}:root", "AKIAOTHER", other)


@pytest.fixture
def iam():
    return Bench()


@pytest.fixture
def public_iam():
    """That of a server which is not for developers alone."""
    return Bench(local_providers=False)


@pytest.fixture
def refused(iam):
    """refused(refusal class, text, operation, **parameters): asks, and expects that answer, which
    changes nothing.  The text may be None: then only the class counts."""

    def expect(refusal, text, operation, **parameters):
        records = iam.records
        with pytest.raises(refusal) as caught:
            iam.ask(operation, **parameters)
        assert type(caught.value) is refusal
        if text is not None:
            assert caught.value.message == text
        assert iam.records == records

    return expect
