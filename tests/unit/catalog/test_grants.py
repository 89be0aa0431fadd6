"""Whom a grant lets do what."""

import msgspec
import pytest

from tidegate.base.call import Principal, Session
from tidegate.catalog.entities import Entities
from tidegate.catalog.grants import (
    grant_allows,
    granted_to,
    may_retire,
    operations_of,
    retirable_by,
    same_grant,
    with_ids,
)
from tidegate.catalog.identities import Role, User
from tidegate.catalog.keys import KmsGrant, KmsKey

ACCOUNT = "111122223333"
REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
IAM = f"arn:aws:iam::{ACCOUNT}:"
STS = f"arn:aws:sts::{ACCOUNT}:"
ANN = Principal(ACCOUNT, f"{IAM}user/Ann", "AKIAANN", "AIDAANN", kind="User", name="Ann")
SESSION = Principal(
    ACCOUNT, f"{STS}assumed-role/admin/s", "ASIA", "AROA:s", kind="AssumedRole", name="admin"
)
FEDERATED = Principal(
    ACCOUNT,
    f"{STS}federated-user/bob",
    "ASIA",
    f"{ACCOUNT}:bob",
    kind="FederatedUser",
    name="bob",
    session=Session(issued_at=0, expires_at=1, token_issuer=f"{IAM}user/Ann"),
)
SERVICE = Principal("", "lambda.amazonaws.com", "", "lambda.amazonaws.com", kind="Service")


def grant(grantee, operations=("Decrypt",), **fields):
    return KmsGrant(
        account=ACCOUNT,
        region=REGION,
        id=fields.pop("id", "g"),
        key_id=fields.pop("key_id", "k"),
        grantee=grantee,
        created_at=0,
        operations=operations,
        issuer=ACCOUNT,
        **fields,
    )


def having(*given):
    entities = Entities()
    entities.apply(1, given, ())
    return entities


def entities_of(*grants):
    return having(Role(ACCOUNT, "admin", "/ops/", "AROA", 0, "{}"), *grants)


def allows(given, principal, action="kms:Decrypt", context=None, key=KEY):
    return grant_allows(entities_of(given), key, principal, action, context or {})


@pytest.mark.parametrize(
    ("grantee", "principal", "expected"),
    [
        (f"{IAM}user/Ann", ANN, True),
        (f"{IAM}user/ann", ANN, False),
        (f"{IAM}root", ANN, False),
        (f"{IAM}role/ops/admin", SESSION, True),
        (f"{IAM}role/admin", SESSION, False),
        (f"{STS}assumed-role/admin/s", SESSION, True),
        (f"{STS}assumed-role/admin/other", SESSION, False),
        (f"{STS}federated-user/bob", FEDERATED, True),
        (f"{IAM}user/Ann", FEDERATED, True),
        ("lambda.amazonaws.com", SERVICE, True),
        ("sqs.amazonaws.com", SERVICE, False),
    ],
)
def test_whom_a_grant_names(grantee, principal, expected):
    assert allows(grant(grantee), principal) is expected


BOB = User(ACCOUNT, "bob", "/", "AIDABOB", 1)
NAMED = (
    (ANN.arn, User(ACCOUNT, "Ann", "/", "AIDAANN", 1), ANN),
    (f"{IAM}role/ops/admin", Role(ACCOUNT, "admin", "/ops/", "AROA", 0, "{}"), SESSION),
    (ANN.arn, User(ACCOUNT, "Ann", "/", "AIDAANN", 1), FEDERATED),
)


@pytest.mark.parametrize(("arn", "entity", "principal"), NAMED)
def test_a_grant_is_for_whom_it_named_and_for_no_namesake(arn, entity, principal):
    entities = having(entity)
    made = with_ids(entities, grant(arn, ("Decrypt", "RetireGrant")))
    passed_on = with_ids(entities, grant(BOB.arn, retiring=arn, id="other"))
    assert (made.grantee_id, passed_on.retiring_id) == (entity.id, entity.id)

    def lets(entities, principal):
        entities.apply(entities.version + 1, (made, passed_on), ())
        return [
            grant_allows(entities, KEY, principal, "kms:Decrypt", {}),
            may_retire(entities, made, principal),
            may_retire(entities, passed_on, principal),
        ]

    assert lets(entities, principal) == [True] * 3
    namesake = msgspec.structs.replace(entity, id=f"{entity.id}2")
    another = msgspec.structs.replace(
        principal, user_id=principal.user_id.replace(entity.id, namesake.id)
    )
    assert lets(having(namesake), another) == [False] * 3


def test_whoever_is_renamed_keeps_what_was_granted():
    made = with_ids(having(BOB), grant(BOB.arn, retiring=BOB.arn))
    renamed = msgspec.structs.replace(BOB, name="robert")
    robert = Principal(ACCOUNT, renamed.arn, "AKIA", BOB.id, kind="User", name=renamed.name)
    entities = having(renamed, made)
    assert grant_allows(entities, KEY, robert, "kms:Decrypt", {})
    assert list(retirable_by(entities, [made.scope], renamed.arn)) == [made]
    assert list(retirable_by(entities, [made.scope], BOB.arn)) == []


def test_a_grant_from_before_ids_were_kept_names_by_arn():
    stored = msgspec.json.encode(grant(ANN.arn, retiring=ANN.arn))
    assert b"_id" not in stored.replace(b"key_id", b"")
    old = msgspec.json.decode(stored, type=KmsGrant)
    entities = having(User(ACCOUNT, "Ann", "/", "AIDAANN", 1), old)
    assert grant_allows(entities, KEY, ANN, "kms:Decrypt", {})
    assert list(retirable_by(entities, [old.scope], ANN.arn)) == [old]
    assert list(granted_to(entities, [old], ANN.arn)) == [old]
    assert same_grant(old, with_ids(entities, old))


def test_grants_of_namesakes_are_two():
    first = with_ids(having(BOB), grant(BOB.arn, retiring=BOB.arn, name="one"))
    namesake = having(msgspec.structs.replace(BOB, id="AIDABOB2"))
    second = with_ids(namesake, grant(BOB.arn, retiring=BOB.arn, name="one"))
    assert not same_grant(first, second)
    assert not same_grant(first, msgspec.structs.replace(first, retiring_id="AIDABOB2"))
    assert list(granted_to(namesake, [first, second], BOB.arn)) == [second]


def test_a_grant_is_for_its_key_and_operations():
    given = grant(ANN.arn)
    assert allows(given, ANN)
    assert not allows(given, ANN, "kms:Encrypt")
    assert not allows(given, ANN, "kms:PutKeyPolicy")
    for other in (KEY + "k", KEY.replace("/k", ""), KEY.replace("key/k", "alias/k"), "*"):
        assert not allows(given, ANN, key=other)


def test_retiring_is_about_one_grant_and_is_not_decided_in_general():
    given = grant(ANN.arn, ("RetireGrant",))
    assert not allows(given, ANN, "kms:RetireGrant")
    entities = entities_of(given)
    assert may_retire(entities, given, ANN)
    assert not may_retire(entities, given, SESSION)
    by_role = grant(ANN.arn, retiring=f"{IAM}role/ops/admin")
    assert may_retire(entities, by_role, SESSION)
    assert not may_retire(entities, by_role, ANN)


def test_a_source_must_be_the_grants():
    given = grant(SERVICE.arn, source_arn="arn:aws:lambda:eu-west-1:1:f")
    assert allows(given, SERVICE, context={"aws:SourceArn": "arn:aws:lambda:eu-west-1:1:f"})
    assert not allows(given, SERVICE, context={"aws:SourceArn": "arn:aws:lambda:eu-west-1:1:g"})
    assert not allows(given, SERVICE)


@pytest.mark.parametrize(
    ("constraint", "given", "expected"),
    [
        ({"context_equals": {"a": "1"}}, {"a": "1"}, True),
        ({"context_equals": {"a": "1"}}, {"a": "1", "b": "2"}, False),
        ({"context_equals": {"a": "1"}}, {"A": "1"}, False),
        ({"context_equals": {}}, {}, True),
        ({"context_equals": {}}, {"a": "1"}, False),
        ({"context_subset": {"a": "1"}}, {"a": "1", "b": "2"}, True),
        ({"context_subset": {"a": "1"}}, {"b": "2"}, False),
        ({"context_subset": {"a": "1"}}, {}, False),
    ],
)
def test_constraints_of_the_encryption_context(constraint, given, expected):
    context = {f"kms:EncryptionContext:{name}": value for name, value in given.items()}
    made = grant(ANN.arn, ("Decrypt", "DescribeKey"), **constraint)
    assert allows(made, ANN, context=context) is expected
    assert allows(made, ANN, "kms:DescribeKey", context=context)


def test_the_grants_of_a_kind_of_key():
    def key(spec, usage):
        return KmsKey(ACCOUNT, REGION, "k", 0, spec, usage, "{}", ())

    symmetric = operations_of(key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"))
    assert {"GenerateDataKey", "Encrypt", "CreateGrant"} <= symmetric
    assert not {"Sign", "GetPublicKey", "GenerateMac"} & symmetric
    rsa = operations_of(key("RSA_2048", "ENCRYPT_DECRYPT"))
    assert {"Encrypt", "GetPublicKey"} <= rsa
    assert "GenerateDataKey" not in rsa
    assert "DeriveSharedSecret" in operations_of(key("ECC_NIST_P256", "KEY_AGREEMENT"))
