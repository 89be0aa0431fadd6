"""A session token opens for its own key, while it lasts, and says what was put into it."""

import itertools
import os

import pytest

from tidegate.auth.tokens import Bearer, Minted, TokenMinter, TokenOpener, account_of_key
from tidegate.base.call import Session
from tidegate.base.refusals import (
    ExpiredToken,
    InvalidClientTokenId,
    PackedPolicyTooLargeException,
)
from tidegate.catalog.entities import Entities
from unit.auth.auth_sessions import ACCOUNT, FakeSeals, put, remove, role, user

NOW = 1_800_000_000
HOUR = Session(issued_at=NOW, expires_at=NOW + 3600)
ROLE = Bearer("AssumedRole", ACCOUNT, "AROA1", "Worker", "job-7")
USER = Bearer("User", ACCOUNT, "AIDA1", "Ann")
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/staff/Ann"
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"


class Bench:
    def __init__(self) -> None:
        self.entities = Entities()
        put(self.entities, role(), user())
        seals = FakeSeals()
        self.minter = TokenMinter(seals, os.urandom)
        self.opener = TokenOpener(seals, self.entities)

    def open(self, minted: Minted, *, now: int = NOW):
        return self.opener.open(minted.access_key, minted.token, now)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_assumed_role(bench):
    minted = bench.minter.mint(ROLE, HOUR)
    secret, principal = bench.open(minted)
    assert secret == minted.secret.encode()
    assert len(minted.secret) == 40
    assert principal == minted.principal
    assert principal.kind == "AssumedRole"
    assert principal.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Worker/job-7"
    assert principal.user_id == "AROA1:job-7"
    assert (principal.account, principal.name) == (ACCOUNT, "Worker")
    assert principal.access_key == minted.access_key
    assert principal.session == HOUR


@pytest.mark.parametrize(
    ("bearer", "issuer", "arn", "user_id", "name"),
    [
        (USER, USER_ARN, USER_ARN, "AIDA1", "Ann"),
        (Bearer("Root", ACCOUNT), ROOT_ARN, ROOT_ARN, ACCOUNT, ""),
        (
            Bearer("FederatedUser", ACCOUNT, "AIDA1", "Ann", "Bob"),
            USER_ARN,
            f"arn:aws:sts::{ACCOUNT}:federated-user/Bob",
            f"{ACCOUNT}:Bob",
            "Bob",
        ),
        (
            Bearer("FederatedUser", ACCOUNT, "", "", "Bob"),
            ROOT_ARN,
            f"arn:aws:sts::{ACCOUNT}:federated-user/Bob",
            f"{ACCOUNT}:Bob",
            "Bob",
        ),
    ],
)
def test_sessions_of_users_and_roots(bench, bearer, issuer, arn, user_id, name):
    minted = bench.minter.mint(bearer, HOUR, issuer)
    _, principal = bench.open(minted)
    assert principal == minted.principal
    assert (principal.kind, principal.arn) == (bearer.kind, arn)
    assert (principal.user_id, principal.name) == (user_id, name)
    assert principal.session.token_issuer == issuer


def test_everything_that_a_session_says_comes_back(bench):
    session = Session(
        issued_at=NOW,
        expires_at=NOW + 900,
        policies=('{"Version":"2012-10-17"}',),
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
        tags={"team": "müsli"},
        transitive_tags=("team",),
        source_identity="ann",
        federated_provider="arn:aws:iam::1:oidc-provider/x",
        subject="sub",
    )
    assert bench.open(bench.minter.mint(ROLE, session))[1].session == session


def test_a_plain_token_is_short(bench):
    assert len(bench.minter.mint(ROLE, HOUR).token) < 400


@pytest.mark.parametrize("least", [1, 400, 1000, 4095, 4096])
def test_token_is_padded_to_the_least_that_was_asked_for(bench, least):
    minted = bench.minter.mint(ROLE, HOUR, least=least)
    assert least <= len(minted.token) <= max(least + 4, 400)
    assert bench.open(minted)[1] == minted.principal


def test_no_two_sessions_share_a_key_or_a_secret(bench):
    one, other = (bench.minter.mint(ROLE, HOUR) for _ in range(2))
    assert one.access_key != other.access_key
    assert one.secret != other.secret


# --- Refused -------------------------------------------------------------------------------------


def test_expired_from_its_last_second_on(bench):
    minted = bench.minter.mint(ROLE, HOUR)
    bench.open(minted, now=NOW + 3599)
    with pytest.raises(ExpiredToken) as caught:
        bench.open(minted, now=NOW + 3600)
    assert caught.value.message == "The security token included in the request is expired"


def test_token_goes_with_one_key_only(bench):
    one, other = (bench.minter.mint(ROLE, HOUR) for _ in range(2))
    with pytest.raises(InvalidClientTokenId) as caught:
        bench.opener.open(other.access_key, one.token, NOW)
    assert caught.value.message == "The security token included in the request is invalid."


def test_token_of_another_server(bench):
    minted = Bench().minter.mint(ROLE, HOUR)
    with pytest.raises(InvalidClientTokenId):
        bench.open(minted)


def test_every_changed_character_is_noticed(bench):
    minted = bench.minter.mint(ROLE, HOUR)
    token = minted.token
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        with pytest.raises(InvalidClientTokenId):
            bench.opener.open(minted.access_key, forged, NOW)


@pytest.mark.parametrize("token", ["", "A", "====", "é" * 40, "A" * 10_000, "a b", "\ud800"])
def test_what_is_no_token(bench, token):
    with pytest.raises(InvalidClientTokenId):
        bench.opener.open("ASIAX", token, NOW)


def test_shortened_and_lengthened_tokens(bench):
    minted = bench.minter.mint(ROLE, HOUR)
    for forged in (minted.token[:-1], minted.token + "A", minted.token + "=", minted.token + "\n"):
        with pytest.raises(InvalidClientTokenId):
            bench.opener.open(minted.access_key, forged, NOW)


@pytest.mark.parametrize(
    ("bearer", "entity", "again"),
    [(ROLE, role(), role(role_id="AROA2")), (USER, user(), user(user_id="AIDA2"))],
)
def test_session_ends_with_its_role_or_user(bench, bearer, entity, again):
    minted = bench.minter.mint(bearer, HOUR, None if bearer is ROLE else USER_ARN)
    bench.open(minted)
    remove(bench.entities, entity)
    with pytest.raises(InvalidClientTokenId):
        bench.open(minted)
    put(bench.entities, again)
    with pytest.raises(InvalidClientTokenId):
        bench.open(minted)


def test_session_follows_a_user_who_is_renamed(bench):
    minted = bench.minter.mint(USER, HOUR, USER_ARN)
    remove(bench.entities, user())
    put(bench.entities, user("Anna"))
    assert bench.open(minted)[1].arn == f"arn:aws:iam::{ACCOUNT}:user/staff/Anna"


# --- How much a session holds --------------------------------------------------------------------


def test_packed_size_is_a_share_of_the_space(bench):
    assert bench.minter.mint(ROLE, HOUR).packed_percent == 0
    tagged = Session(issued_at=NOW, expires_at=NOW + 900, tags={"a": "b"})
    assert bench.minter.mint(ROLE, tagged).packed_percent in range(1, 10)


def test_too_much_is_refused_with_its_share(bench):
    tags = {f"{number:x}": os.urandom(64).hex() for number in range(50)}
    session = Session(issued_at=NOW, expires_at=NOW + 900, tags=tags)
    with pytest.raises(PackedPolicyTooLargeException) as caught:
        bench.minter.mint(ROLE, session)
    words = caught.value.message.split()
    assert int(words[3].rstrip("%")) > 100
    assert caught.value.message.endswith("% of allotted space, please use smaller policy.")


# --- Key ids -------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ["000000000000", "123456789012", "999999999999"])
def test_key_id_tells_its_account(bench, account):
    access_key = bench.minter.mint(Bearer("Root", account), HOUR, "arn").access_key
    assert access_key.startswith("ASIA")
    assert len(access_key) == 20
    assert account_of_key(access_key) == account


@pytest.mark.parametrize(
    "access_key",
    ["", "ASIA", "AKIAQQQQQQQQQQQQQQQQ", "ASIA1111111111111111", "ASIAAAAAAAAAAAAAAAAA"],
)
def test_other_key_ids_tell_none(access_key):
    assert account_of_key(access_key) is None


def test_an_id_that_aws_gave_is_read_alike():
    """As published with its account in "A short note on AWS KEY ID" (Tal Be'ery, 2023)."""
    assert account_of_key("ASIAQNZGKIQY56JQ7WML") == "029608264753"


def test_secrets_show_in_no_text(bench):
    minted = bench.minter.mint(ROLE, HOUR)
    shown = f"{minted!r} {minted}"
    assert minted.secret not in shown
    assert minted.token not in shown


def test_randomness_is_what_was_passed_in(bench):
    counter = itertools.count()
    minter = TokenMinter(FakeSeals(), lambda n: bytes([next(counter)]) * n)
    one = minter.mint(ROLE, HOUR)
    assert one.secret == "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
