"""Whom a grant lets do what."""

import pytest

from tidegate.base.call import Principal, Session
from tidegate.catalog.entities import Entities
from tidegate.catalog.grants import grant_allows, may_retire, operations_of
from tidegate.catalog.identities import Role
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


def entities_of(*grants):
    entities = Entities()
    role = Role(ACCOUNT, "admin", "/ops/", "AROA", 0, "{}")
    entities.apply(1, (role, *grants), ())
    return entities


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
