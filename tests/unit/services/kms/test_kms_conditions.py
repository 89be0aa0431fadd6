"""The condition keys that a policy may ask of a request."""

import pytest

from tidegate.api.kms import GrantConstraints

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/"
OF_KEY = {
    "kms:CallerAccount": ACCOUNT,
    "kms:KeyOrigin": "AWS_KMS",
    "kms:KeySpec": "SYMMETRIC_DEFAULT",
    "kms:KeyUsage": "ENCRYPT_DECRYPT",
    "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "kms:CustomerMasterKeyUsage": "ENCRYPT_DECRYPT",
    "kms:MultiRegion": "false",
}


def beyond_key(values):
    return {name: value for name, value in values.items() if name not in OF_KEY}


def test_of_the_key(kms, key):
    assert kms.context("DescribeKey", KeyId=key) == OF_KEY


def test_of_aliases(kms, key):
    for name in ("b", "a"):
        kms.ask("CreateAlias", AliasName=f"alias/{name}", TargetKeyId=key)
    by_id = kms.context("DescribeKey", KeyId=key)
    assert by_id["kms:ResourceAliases"] == ["alias/a", "alias/b"]
    assert "kms:RequestAlias" not in by_id
    for name in ("alias/a", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/a"):
        assert kms.context("DescribeKey", KeyId=name)["kms:RequestAlias"] == "alias/a"


def test_of_an_encryption_context(kms, key):
    values = kms.context(
        "Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"Team": "video", "queue": "jobs"}
    )
    assert beyond_key(values) == {
        "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "kms:EncryptionContext:Team": "video",
        "kms:EncryptionContext:queue": "jobs",
        "kms:EncryptionContextKeys": ["Team", "queue"],
    }


def test_of_reencryption_each_key_has_its_own(kms, key):
    other = kms.create().KeyId
    blob = kms.ask("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1"})
    members = {
        "CiphertextBlob": blob.CiphertextBlob,
        "SourceEncryptionContext": {"a": "1"},
        "DestinationKeyId": other,
        "DestinationEncryptionContext": {"b": "2"},
    }
    source = kms.context("ReEncrypt", **members)
    assert source["kms:EncryptionContext:a"] == "1"
    assert "kms:EncryptionContext:b" not in source
    assert source["kms:ReEncryptOnSameKey"] == "false"
    kms.ask("ReEncrypt", **members)
    target = kms.permissions.asked[-1][2]
    assert target["kms:EncryptionContext:b"] == "2"
    assert "kms:EncryptionContext:a" not in target
    same = kms.context("ReEncrypt", **members | {"DestinationKeyId": key})
    assert same["kms:ReEncryptOnSameKey"] == "true"


@pytest.mark.parametrize(
    ("operation", "members", "values"),
    [
        (
            "GenerateDataKeyPair",
            {"KeyPairSpec": "RSA_2048"},
            {"kms:DataKeyPairSpec": "RSA_2048"},
        ),
        (
            "Sign",
            {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"},
            {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "RAW"},
        ),
        (
            "GenerateMac",
            {"Message": b"m", "MacAlgorithm": "HMAC_SHA_256"},
            {"kms:MacAlgorithm": "HMAC_SHA_256"},
        ),
        (
            "DeriveSharedSecret",
            {"PublicKey": b"k", "KeyAgreementAlgorithm": "ECDH"},
            {"kms:KeyAgreementAlgorithm": "ECDH"},
        ),
        ("GetKeyPolicy", {}, {"kms:PolicyName": "default"}),
        (
            "PutKeyPolicy",
            {"Policy": "{}", "BypassPolicyLockoutSafetyCheck": True},
            {"kms:PolicyName": "default", "kms:BypassPolicyLockoutSafetyCheck": "true"},
        ),
        (
            "ScheduleKeyDeletion",
            {"PendingWindowInDays": 7},
            {"kms:ScheduleKeyDeletionPendingWindowInDays": "7"},
        ),
        (
            "EnableKeyRotation",
            {"RotationPeriodInDays": 90},
            {"kms:RotationPeriodInDays": "90"},
        ),
        (
            "GetParametersForImport",
            {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
            {"kms:WrappingAlgorithm": "RSAES_OAEP_SHA_256", "kms:WrappingKeySpec": "RSA_2048"},
        ),
        (
            "ImportKeyMaterial",
            {
                "ImportToken": b"t",
                "EncryptedKeyMaterial": b"m",
                "ValidTo": 1_750_000_000.5,
                "ExpirationModel": "KEY_MATERIAL_EXPIRES",
            },
            {"kms:ValidTo": "1750000000", "kms:ExpirationModel": "KEY_MATERIAL_EXPIRES"},
        ),
        (
            "CreateGrant",
            {
                "GranteePrincipal": "arn:aws:iam::111122223333:root",
                "RetiringPrincipal": "arn:aws:iam::111122223333:user/Bob",
                "Operations": ["Decrypt", "Encrypt"],
                "Constraints": GrantConstraints(EncryptionContextEquals={"a": "1"}),
            },
            {
                "kms:GranteePrincipal": "arn:aws:iam::111122223333:root",
                "kms:RetiringPrincipal": "arn:aws:iam::111122223333:user/Bob",
                "kms:GrantOperations": ["Decrypt", "Encrypt"],
                "kms:GrantIsForAWSResource": "false",
                "kms:GrantConstraintType": "EncryptionContextEquals",
                "kms:EncryptionContext:a": "1",
                "kms:EncryptionContextKeys": ["a"],
            },
        ),
    ],
)
def test_of_the_request(kms, key, operation, members, values):
    assert beyond_key(kms.context(operation, KeyId=key, **members)) == values


def test_of_a_new_key(kms):
    values = kms.context("CreateKey", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    assert values == {
        "kms:CallerAccount": ACCOUNT,
        "kms:BypassPolicyLockoutSafetyCheck": "false",
        "kms:KeyOrigin": "AWS_KMS",
        "kms:KeySpec": "HMAC_256",
        "kms:KeyUsage": "GENERATE_VERIFY_MAC",
        "kms:CustomerMasterKeySpec": "HMAC_256",
        "kms:CustomerMasterKeyUsage": "GENERATE_VERIFY_MAC",
        "kms:MultiRegion": "false",
    }
