"""A KMS over entities in memory, and whose clock the test sets."""

import pytest

from tidegate.auth.policy.caller import Caller
from tidegate.base.call import Principal
from tidegate.base.refusals import AccessDeniedException, Refusal
from tidegate.catalog.entities import Entities
from tidegate.catalog.keys import KmsAlias, KmsGrant, KmsKey
from tidegate.kms.keyring import DomainKey
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret
from tidegate.services.kms.operations import KmsService

ACCOUNT = "111122223333"
OTHER = "444455556666"
REGION = "eu-west-1"
NOW = 1_750_000_000_000
DAY = 86_400_000
ROOT = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIAROOT", ACCOUNT)
ANN = Principal(
    ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/Ann", "AKIAANN", "AIDAANN", kind="User", name="Ann"
)
STRANGER = Principal(OTHER, f"arn:aws:iam::{OTHER}:root", "AKIAOTHER", OTHER)


class FakeDefinitions:
    """As `runtime.definitions`, with nothing to wait for."""

    def __init__(self):
        self.entities = Entities()
        self.now = NOW
        self.writes = 0

    def now_ms(self):
        return self.now

    def tell(self, call, answer):
        call.reply(answer)

    def change(self, call, decide):
        decision = decide(self.entities, self.now)
        self.note(decision.changes)
        call.reply(decision.answer)

    def note(self, changes):
        if changes.puts or changes.removed:
            self.writes += 1
            self.entities.apply(self.entities.version + 1, changes.puts, changes.removed)


class FakePermissions:
    """Allows all but what is in `denied`, unless a grant allows that, and what is in `refused`,
    whatever allows that; keeps what was asked."""

    def __init__(self):
        self.asked = []
        self.denied = set()
        self.refused = set()

    def require(self, principal, action, resource, context, granted, call):
        self.asked.append((action, resource, context))
        if action in self.refused or (action in self.denied and not granted()):
            raise AccessDeniedException(f"{action} on {resource}")

    def caller(self, principal):
        return Caller(
            principal.kind,
            account=principal.account,
            arn=principal.arn,
            name=principal.name,
            user_id=principal.user_id,
        )


class FakeCall:
    origin = "http://127.0.0.1:4566"
    request_id = "request"
    trace_header = None

    def __init__(self, principal, region):
        self.principal = principal
        self.region = region
        self.resource = "*"
        self.answers = []

    def reply(self, shape):
        self.answers.append(shape)

    def fail(self, error):
        self.answers.append(error)


class Bench:
    """`ask(operation, **members)` gives the answer, or raises what refused it."""

    def __init__(self):
        self.definitions = FakeDefinitions()
        self.permissions = FakePermissions()
        self.sealer = Sealer(DomainKey("kms", {1: Secret(b"k" * 32)}))
        self.service = KmsService(self.definitions, self.sealer, self.permissions, self._elsewhere)
        self.rows = {row.name: row for row in self.service.operations()}
        self.principal = ROOT
        self.region = REGION
        self.meanwhile = lambda: None
        """Is called while work goes on elsewhere."""

    def _elsewhere(self, call, work, then):
        result = work()
        self.meanwhile()
        then(result)

    def ask(self, operation, **members):
        row, call, shape = self._asked(operation, members)
        call.resource = row.resource(call, shape)
        row.handler(call, shape)
        (answer,) = call.answers
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _asked(self, operation, members):
        row = self.rows[operation]
        return row, FakeCall(self.principal, self.region), row.input(**members)

    def resource(self, operation, **members):
        row, call, shape = self._asked(operation, members)
        return row.resource(call, shape)

    def context(self, operation, **members):
        """The condition keys of a request."""
        row, call, shape = self._asked(operation, members)
        call.resource = row.resource(call, shape)
        return row.context(call, shape)

    def granted(self, operation, **members):
        """Whether a grant allows what no policy does."""
        row, call, shape = self._asked(operation, members)
        call.resource = row.resource(call, shape)
        return row.grants(call, shape)

    def create(self, **members):
        """The metadata of a new key."""
        return self.ask("CreateKey", **members).KeyMetadata

    def key(self, key_id):
        return self.definitions.entities.find(KmsKey, f"{ACCOUNT}/{self.region}", key_id)

    def state(self, key_id):
        return self.ask("DescribeKey", KeyId=key_id).KeyMetadata.KeyState

    def left(self):
        """How many keys, aliases and grants there are."""
        entities = list(self.definitions.entities)
        return [sum(isinstance(e, kind) for e in entities) for kind in (KmsKey, KmsAlias, KmsGrant)]

    def pass_days(self, days):
        self.definitions.now += int(days * DAY)


@pytest.fixture
def kms():
    return Bench()


@pytest.fixture
def key(kms):
    """The id of a symmetric key."""
    return kms.create().KeyId


@pytest.fixture
def refused(kms):
    """refused(refusal class, text, operation, **members): asks, and expects that answer.

    The text may be None: then only the class counts.  Nothing may have changed.
    """

    def expect(refusal, text, operation, **members):
        writes = kms.definitions.writes
        with pytest.raises(Refusal) as caught:
            kms.ask(operation, **members)
        assert type(caught.value) is refusal, caught.value
        if text is not None:
            assert caught.value.message == text
        assert kms.definitions.writes == writes

    return expect
