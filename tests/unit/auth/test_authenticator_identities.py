"""Users' keys and sessions: who they are, and that a change of either counts at once."""

import calendar
import os
from types import SimpleNamespace
from unittest import mock

import msgspec
import pytest

from tidegate.auth import authenticator as module
from tidegate.auth.authenticator import Authenticator
from tidegate.auth.credentials import AccessKey as SettingsKey
from tidegate.auth.credentials import Credentials
from tidegate.auth.sigv4 import scope_service
from tidegate.auth.tokens import Bearer, TokenMinter, TokenOpener
from tidegate.base.call import Session
from tidegate.base.refusals import ExpiredToken, InvalidClientTokenId, SignatureDoesNotMatch
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import AccessKeyUse, RoleUse
from unit.auth.auth_sessions import ACCOUNT, FakeSeals, key, put, remove, role, user
from unit.auth.test_authenticator import refusal, sign

NOW = calendar.timegm((2026, 11, 24, 10, 30, 0))
SECRET = "a-secret-of-ann"
KEY = ("AKIA1", SECRET)
ROLE = Bearer("AssumedRole", ACCOUNT, "AROA1", "Worker", "job-7")


class Bench:
    """A server with the user Ann, her key, and the role Worker."""

    def __init__(self) -> None:
        self.now = NOW
        self.entities = Entities()
        self.seals = FakeSeals()
        self.key = key(self.seals, SECRET)
        put(self.entities, user(), role(), self.key)
        self.minter = TokenMinter(self.seals, os.urandom)
        credentials = Credentials(
            [SettingsKey("AKIDSETTINGS", SECRET, ACCOUNT)],
            entities=self.entities,
            open_secret=self.seals.open,
            tokens=TokenOpener(self.seals, self.entities),
        )
        self.authenticator = Authenticator(credentials, lambda: self.now)

    def session(self, bearer=ROLE, lasting_s=600):
        """(key id, secret), token of a new session."""
        minted = self.minter.mint(bearer, Session(issued_at=NOW, expires_at=NOW + lasting_s))
        return {"key": (minted.access_key, minted.secret), "token": minted.token}

    def who(self, view):
        return self.authenticator.authenticate(view).principal

    def refused(self, view):
        return refusal(view, self.authenticator)


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture(params=[None, 60], ids=["header", "presigned"])
def presigned_for(request):
    return request.param


def test_key_of_a_user(bench, presigned_for):
    principal = bench.who(sign(key=KEY, presigned_for=presigned_for))
    assert principal.kind == "User"
    assert principal.arn == f"arn:aws:iam::{ACCOUNT}:user/staff/Ann"
    assert (principal.user_id, principal.name) == ("AIDA1", "Ann")
    assert (principal.account, principal.access_key) == (ACCOUNT, "AKIA1")
    assert principal.session is None


def test_key_of_a_root(bench):
    put(bench.entities, key(bench.seals, SECRET, key_id="AKIA2", of=None))
    principal = bench.who(sign(key=("AKIA2", SECRET)))
    assert (principal.kind, principal.arn) == ("Root", f"arn:aws:iam::{ACCOUNT}:root")


def test_session_of_a_role(bench, presigned_for):
    principal = bench.who(sign(**bench.session(), presigned_for=presigned_for))
    assert principal.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Worker/job-7"


def test_key_of_the_settings_is_there_beside_them(bench):
    assert bench.who(sign(key=("AKIDSETTINGS", SECRET))).kind == "Root"


@pytest.mark.parametrize("known", [False, True])
def test_inactive_key(bench, known, presigned_for):
    view = sign(key=KEY, presigned_for=presigned_for)
    if known:
        bench.who(view)
    put(bench.entities, msgspec.structs.replace(bench.key, active=False))
    assert bench.refused(view) == InvalidClientTokenId()
    put(bench.entities, bench.key)
    assert bench.who(view).name == "Ann"


@pytest.mark.parametrize("known", [False, True])
def test_deleted_key(bench, known):
    if known:
        bench.who(sign(key=KEY))
    remove(bench.entities, bench.key)
    assert bench.refused(sign(key=KEY)) == InvalidClientTokenId()


def test_key_whose_user_is_gone(bench):
    bench.who(sign(key=KEY))
    remove(bench.entities, user())
    assert bench.refused(sign(key=KEY)) == InvalidClientTokenId()


def test_both_keys_of_a_rotation_are_good(bench):
    bench.who(sign(key=KEY))
    put(bench.entities, key(bench.seals, "new", key_id="AKIA2"))
    assert bench.who(sign(key=("AKIA2", "new"))).name == "Ann"
    assert bench.who(sign(key=KEY)).name == "Ann"
    remove(bench.entities, bench.key)
    assert bench.refused(sign(key=KEY)) == InvalidClientTokenId()
    assert bench.who(sign(key=("AKIA2", "new"))).name == "Ann"


def test_key_id_with_a_new_secret_forgets_the_old_one(bench):
    bench.who(sign(key=KEY))
    put(bench.entities, key(bench.seals, "new"))
    assert bench.refused(sign(key=KEY)) == SignatureDoesNotMatch()
    assert bench.who(sign(key=("AKIA1", "new"))).name == "Ann"


def test_renamed_user_is_known_by_the_new_name(bench):
    bench.who(sign(key=KEY))
    remove(bench.entities, user())
    put(bench.entities, user("Anna"), msgspec.structs.replace(bench.key, user="Anna"))
    assert bench.who(sign(key=KEY)).arn.endswith(":user/staff/Anna")


def test_another_change_leaves_who_is_known_known(bench):
    first = bench.authenticator.authenticate(sign(key=KEY))
    put(bench.entities, user("Bob", "AIDA2"))
    with mock.patch.object(module, "parse_authorization", side_effect=AssertionError):
        assert bench.authenticator.authenticate(sign(key=KEY)) is first


def test_secret_that_does_not_open_is_nobodys(bench):
    put(bench.entities, key(FakeSeals(), SECRET))
    assert bench.refused(sign(key=KEY)) == InvalidClientTokenId()


def test_sealed_secret_goes_with_one_key_only(bench):
    stolen = msgspec.structs.replace(bench.key, id="AKIA9")
    put(bench.entities, stolen)
    assert bench.refused(sign(key=("AKIA9", SECRET))) == InvalidClientTokenId()


# --- Sessions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True])
def test_expired_session(bench, known, presigned_for):
    session = bench.session()
    if known:
        bench.who(sign(**session, presigned_for=presigned_for))
    bench.now = NOW + 599
    bench.who(sign(**session, at=bench.now, presigned_for=presigned_for))
    bench.now = NOW + 600
    view = sign(**session, at=bench.now, presigned_for=presigned_for)
    assert bench.refused(view) == ExpiredToken(
        "The security token included in the request is expired"
    )


def test_session_expires_between_two_requests_of_one_second(bench):
    view = sign(**bench.session())
    bench.who(view)
    bench.now = NOW + 600
    assert bench.refused(view) == ExpiredToken()


@pytest.mark.parametrize("known", [False, True])
def test_session_of_a_deleted_role(bench, known):
    view = sign(**bench.session())
    if known:
        bench.who(view)
    remove(bench.entities, role())
    assert bench.refused(view) == InvalidClientTokenId()
    put(bench.entities, role(role_id="AROA2"))
    assert bench.refused(view) == InvalidClientTokenId()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("token", [None, "", "other", "A" * 400])
def test_session_needs_its_own_token(bench, known, token, presigned_for):
    session = bench.session()
    if known:
        bench.who(sign(**session, presigned_for=presigned_for))
    session["token"] = token
    assert bench.refused(sign(**session, presigned_for=presigned_for)) == InvalidClientTokenId()


def test_token_of_another_session_is_no_use(bench):
    one, other = bench.session(), bench.session()
    bench.who(sign(**one))
    assert bench.refused(sign(key=one["key"], token=other["token"])) == InvalidClientTokenId()


def test_token_must_be_signed(bench):
    session = bench.session()
    view = sign(key=session["key"])
    view.headers["x-amz-security-token"] = session["token"]
    assert bench.refused(view).message.startswith("There were headers present in the request")


def test_wrong_secret_of_a_session(bench):
    session = bench.session()
    session["key"] = (session["key"][0], "guess")
    assert bench.refused(sign(**session)) == SignatureDoesNotMatch()


def test_known_session_is_verified_from_what_is_known(bench):
    session = bench.session()
    first = bench.authenticator.authenticate(sign(**session))
    with mock.patch.object(module, "parse_authorization", side_effect=AssertionError):
        again = bench.authenticator.authenticate(sign(**session, body=b"other", at=NOW + 5))
        assert again is first
        put(bench.entities, user("Bob", "AIDA2"))
        assert bench.authenticator.authenticate(sign(**session)) is first


# --- When keys were last used --------------------------------------------------------------------


def test_use_of_a_users_key_is_noted_once_a_minute(bench):
    for second in range(0, 100, 5):
        bench.now = NOW + second
        bench.who(sign(key=KEY, at=bench.now, region="eu-west-1"))
    assert bench.authenticator.take_uses() == [
        AccessKeyUse("AKIA1", (NOW + 60) * 1000, "eu-west-1", "sqs")
    ]
    bench.who(sign(key=KEY, at=bench.now, region="eu-west-1"))
    assert bench.authenticator.take_uses() == []


def test_last_use_tells_the_service(bench):
    bench.authenticator.authenticate(sign(key=KEY, service="iam", region="us-east-1"), "iam")
    assert bench.authenticator.take_uses() == [
        AccessKeyUse("AKIA1", NOW * 1000, "us-east-1", "iam")
    ]


def test_use_of_a_role_is_noted(bench, presigned_for):
    bench.who(sign(**bench.session(), presigned_for=presigned_for))
    assert bench.authenticator.take_uses() == [
        RoleUse(ACCOUNT, "Worker", NOW * 1000, "eu-central-1")
    ]


def test_refused_request_is_no_use(bench):
    bench.refused(sign(key=("AKIA1", "guess")))
    view = sign(key=KEY)
    bench.who(view)
    bench.authenticator.take_uses()
    bench.now = NOW + 120
    later = sign(key=KEY, at=bench.now)
    later.body = b"changed"
    assert bench.refused(later) == SignatureDoesNotMatch()
    assert bench.authenticator.take_uses() == []


def test_use_of_what_is_no_entity_is_not_noted(bench):
    bench.who(sign(key=("AKIDSETTINGS", SECRET)))
    bench.who(sign(key=KEY))
    remove(bench.entities, bench.key)
    assert bench.authenticator.take_uses() == []


def test_use_of_a_role_that_was_deleted_since_is_not_noted(bench):
    bench.who(sign(**bench.session()))
    remove(bench.entities, role())
    assert bench.authenticator.take_uses() == []


# --- Which service -------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["sqs", "sts", "iam"])
def test_service_of_a_request_is_read_from_its_scope(service, presigned_for):
    assert scope_service(sign(service=service, presigned_for=presigned_for)) == service


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({}, "Action=GetCallerIdentity"),
        ({}, "X-Amz-Credential=AKIA"),
        ({"authorization": "Bearer x"}, ""),
        ({"authorization": "AWS4-HMAC-SHA256 Credential="}, ""),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=a/b/c//d, X"}, ""),
    ],
)
def test_request_that_names_no_service(headers, query):
    assert scope_service(SimpleNamespace(headers=headers, query=query)) is None


def test_secret_shows_in_no_text(bench):
    credentials = bench.authenticator._credentials
    proof = credentials.prove("AKIA1", None, NOW)
    assert SECRET not in f"{proof!r} {proof} {credentials!r} {bench.key!r}"


def test_account_of_a_key(bench):
    credentials = bench.authenticator._credentials
    put(bench.entities, msgspec.structs.replace(bench.key, active=False))
    assert credentials.account_of("AKIA1") == ACCOUNT
    assert credentials.account_of("AKIDSETTINGS") == ACCOUNT
    assert credentials.account_of("AKIANOBODY") is None
