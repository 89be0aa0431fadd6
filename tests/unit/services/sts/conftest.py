"""STS over entities that a test sets up, with policies evaluated as the gateway does."""

import json

import msgspec
import pytest

from tidegate.auth.credentials import Credentials, root_of, user_of
from tidegate.auth.tokens import TokenMinter, TokenOpener
from tidegate.base.call import Principal
from tidegate.base.refusals import Refusal
from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import EntityName
from tidegate.catalog.identities import ManagedPolicy, OidcProvider, PolicyVersion, Role, User
from tidegate.gateway.callers import caller_of
from tidegate.gateway.policies import Policies
from tidegate.services.sts.operations import StsService
from tidegate.wire.validate import check
from unit.auth.auth_sessions import FakeSeals

NOW = 1_800_000_000
ACCOUNT = "111122223333"
OTHER = "444455556666"
ANONYMOUS = Principal(account="", arn="", access_key="", user_id="anonymous", kind="Anonymous")


class FakeDefinitions:
    """Entities, and answers that come at once; nothing here is remembered by its version."""

    standing = None

    def __init__(self):
        self.entities = Entities()

    def now_ms(self):
        return NOW * 1000 + 999

    def queue(self, arn):
        return None

    def tell(self, call, answer):
        call.reply(answer)


class FakeCall:
    def __init__(self, principal, request_keys):
        self.principal = principal
        self.region = "eu-west-1"
        self.request_keys = request_keys
        self.answers = []

    def reply(self, shape):
        self.answers.append(shape)

    def fail(self, error):
        self.answers.append(error)


class FakeIssuerKeys:
    """`keys` is what issuers publish; with `later` set the answer waits for `arrive`."""

    def __init__(self):
        self.keys = []
        self.later = False
        self.asked = []
        self._then = None

    def get(self, issuer, key_id, then):
        self.asked.append((issuer, key_id))
        if self.later:
            self._then = then
        else:
            then(self.keys)

    def arrive(self):
        self._then(self.keys)


class Bench:
    """`ask(operation, principal, **members)` gives the answer or raises the refusal."""

    now, account, other, anonymous = NOW, ACCOUNT, OTHER, ANONYMOUS

    def __init__(self, *, roots_assume=False):
        self.definitions = FakeDefinitions()
        self.entities = self.definitions.entities
        self.issuer_keys = FakeIssuerKeys()
        seals = FakeSeals()
        self._random = 0
        self.opener = TokenOpener(seals, self.entities)
        self._policies = Policies(self.definitions)
        service = StsService(
            self.definitions,
            TokenMinter(seals, self._some_bytes),
            self,
            self.issuer_keys,
            Credentials([], entities=self.entities).account_of,
            roots_assume=roots_assume,
        )
        self.rows = {row.name: row for row in service.operations()}

    def _some_bytes(self, count):
        self._random += 1
        return self._random.to_bytes(count, "big")

    # --- What the gateway tells STS -----------------------------------------------------------

    def caller(self, principal):
        return caller_of(principal, self.entities)

    def about(self, principal, resource):
        return self._policies.about(principal, resource)

    def keys(self, call, request):
        row = next(row for row in self.rows.values() if isinstance(request, row.input))
        context = row.context(call, request) if row.context is not None else {}
        keys = {name.lower(): value for name, value in context.items()}
        for tag in getattr(request, "Tags", None) or ():
            keys[f"aws:requesttag/{tag.Key.lower()}"] = tag.Value
        return (keys | call.request_keys).get

    # --- Setting up ---------------------------------------------------------------------------

    def put(self, *entities):
        self.entities.apply(self.entities.version + 1, entities, ())

    def remove(self, entity):
        name = EntityName(type(entity).__name__, entity.scope, entity.key)
        self.entities.apply(self.entities.version + 1, (), (name,))

    def user(self, name="ann", account=ACCOUNT, allow=None, user_id=None, **fields):
        """A user as a principal; `allow` is the action that its own policy allows everywhere."""
        inline = {} if allow is None else {"own": allowing(allow)}
        user = User(account, name, "/", user_id or f"AIDA{name.upper():A<12}", 0, inline=inline)
        user = msgspec.structs.replace(user, **fields)
        self.put(user)
        return user_of(user, "AKIA" + name.upper())

    def root(self, account=ACCOUNT):
        return root_of(account, "AKIAROOT")

    def role(self, trust, name="worker", account=ACCOUNT, **fields):
        """A role that trusts the principals of `trust`, an element or whole statements."""
        role_id = fields.pop("id", f"AROA{name.upper():A<12}")
        role = Role(account, name, "/", role_id, 0, trust_text(trust), **fields)
        self.put(role)
        return role

    def policy(self, name, account=ACCOUNT):
        version = PolicyVersion(1, allowing("sqs:*"), 0)
        policy = ManagedPolicy(account, name, "/", "ANPA1", 0, 0, (version,), 1, 2)
        self.put(policy)
        return policy

    def provider(self, url="issuer.example", client_ids=("sts.amazonaws.com",)):
        provider = OidcProvider(ACCOUNT, url, 0, client_ids)
        self.put(provider)
        return provider

    # --- Asking -------------------------------------------------------------------------------

    def ask(self, operation, principal, keys=None, **members):
        row = self.rows[operation]
        request = msgspec.convert(members, row.input)
        check(request)
        call = FakeCall(principal, keys or {})
        call.resource = row.resource(call, request)
        row.handler(call, request)
        if not call.answers:
            return call
        (answer,) = call.answers
        if isinstance(answer, Exception):
            raise answer
        return answer

    def refused(self, operation, principal, keys=None, **members):
        with pytest.raises(Refusal) as caught:
            self.ask(operation, principal, keys, **members)
        return caught.value

    def open(self, credentials):
        """The principal that credentials are for."""
        key, token = credentials.AccessKeyId, credentials.SessionToken
        secret, principal = self.opener.open(key, token, NOW)
        assert secret.decode() == credentials.SecretAccessKey
        return principal

    def assumed(self, principal, role, session="one", **members):
        """The principal of a session of the role."""
        answer = self.ask(
            "AssumeRole", principal, RoleArn=role.arn, RoleSessionName=session, **members
        )
        return self.open(answer.Credentials)


def allowing(*actions, resource="*", **more):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust_text(trust):
    if isinstance(trust, str):
        trust = {"AWS": trust}
    if isinstance(trust, dict):
        actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
        if "Federated" in trust:
            actions[0] = "sts:AssumeRoleWithWebIdentity"
        trust = [{"Effect": "Allow", "Principal": trust, "Action": actions}]
    return json.dumps({"Version": "2012-10-17", "Statement": trust})


@pytest.fixture
def sts():
    return Bench()


@pytest.fixture
def sts_with():
    return Bench
