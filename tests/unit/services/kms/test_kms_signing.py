"""Signatures, public keys, shared secrets and message authentication codes."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from tidegate.base.refusals import (
    DisabledException,
    DryRunOperationException,
    InvalidGrantTokenException,
    InvalidKeyUsageException,
    KMSInvalidMacException,
    KMSInvalidSignatureException,
    KMSInvalidStateException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.kms.specs import KEY_SPECS

ARN = "arn:aws:kms:eu-west-1:111122223333:key/"
P256 = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
SIGNING = [
    (name, algorithm)
    for name, spec in KEY_SPECS.items()
    if name not in ("RSA_3072", "RSA_4096")
    for algorithm in spec.signing
]


@pytest.fixture
def signing(kms):
    return kms.create(**P256).KeyId


@pytest.fixture
def hmac(kms):
    return kms.create(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC").KeyId


# --- Signatures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_a_signature_is_good_for_its_message_only(kms, refused, spec, algorithm):
    key = kms.create(KeySpec=spec, KeyUsage="SIGN_VERIFY").KeyId
    members = {"KeyId": key, "Message": b"message", "SigningAlgorithm": algorithm}
    answer = kms.ask("Sign", **members)
    assert (answer.KeyId, answer.SigningAlgorithm) == (ARN + key, algorithm)
    verified = kms.ask("Verify", Signature=answer.Signature, **members)
    assert (verified.SignatureValid, verified.KeyId) == (True, ARN + key)
    wrong = members | {"Message": b"other", "Signature": answer.Signature}
    refused(KMSInvalidSignatureException, "", "Verify", **wrong)
    refused(KMSInvalidSignatureException, "", "Verify", Signature=b"x", **members)


def test_a_digest_is_as_good_as_its_message(kms, signing, refused):
    digest = hashlib.sha256(b"message").digest()
    by_digest = {"KeyId": signing, "SigningAlgorithm": "ECDSA_SHA_256", "MessageType": "DIGEST"}
    signature = kms.ask("Sign", Message=digest, **by_digest).Signature
    by_message = by_digest | {"MessageType": "RAW", "Message": b"message"}
    assert kms.ask("Verify", Signature=signature, **by_message).SignatureValid
    text = "Digest is invalid length for algorithm ECDSA_SHA_256."
    refused(ValidationException, text, "Sign", Message=b"short", **by_digest)
    wrong = {"Message": b"short", "Signature": signature}
    refused(ValidationException, text, "Verify", **wrong, **by_digest)


def test_a_message_type_that_the_algorithm_has_not(kms, signing, refused):
    members = {"KeyId": signing, "Message": bytes(64), "SigningAlgorithm": "ECDSA_SHA_256"}
    refused(ValidationException, None, "Sign", MessageType="EXTERNAL_MU", **members)


def test_an_algorithm_that_the_key_has_not(kms, signing, refused):
    members = {"KeyId": signing, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_512"}
    text = "Algorithm ECDSA_SHA_512 and key spec ECC_NIST_P256 are incompatible."
    refused(InvalidKeyUsageException, text, "Sign", **members)
    refused(InvalidKeyUsageException, text, "Verify", Signature=b"x", **members)


def test_a_key_for_encryption_does_not_sign(kms, key, refused):
    members = {"KeyId": key, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    text = f"{ARN}{key} key usage is ENCRYPT_DECRYPT which is not valid for Sign."
    refused(InvalidKeyUsageException, text, "Sign", **members)


def test_the_public_key_verifies_outside(kms, signing):
    answer = kms.ask("GetPublicKey", KeyId=signing)
    assert (answer.KeySpec, answer.KeyUsage, answer.KeyId) == (*P256.values(), ARN + signing)
    assert answer.SigningAlgorithms == ["ECDSA_SHA_256"]
    assert answer.EncryptionAlgorithms is None
    signed = kms.ask("Sign", KeyId=signing, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    public = load_der_public_key(answer.PublicKey)
    public.verify(signed.Signature, b"m", ec.ECDSA(SHA256()))


def test_the_public_key_encrypts_outside(kms):
    key = kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").KeyId
    public = load_der_public_key(kms.ask("GetPublicKey", KeyId=key).PublicKey)
    oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
    opened = kms.ask(
        "Decrypt",
        KeyId=key,
        CiphertextBlob=public.encrypt(b"secret", oaep),
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )
    assert opened.Plaintext == b"secret"


def test_what_has_no_public_key(key, hmac, refused):
    for each in (key, hmac):
        refused(UnsupportedOperationException, None, "GetPublicKey", KeyId=each)


# --- Shared secrets ------------------------------------------------------------------------------


def test_two_keys_agree_on_a_secret(kms):
    ann, bob = (kms.create(KeySpec="ECC_NIST_P384", KeyUsage="KEY_AGREEMENT") for _ in "ab")
    public = {k.KeyId: kms.ask("GetPublicKey", KeyId=k.KeyId).PublicKey for k in (ann, bob)}
    ecdh = {"KeyAgreementAlgorithm": "ECDH"}
    first = kms.ask("DeriveSharedSecret", KeyId=ann.KeyId, PublicKey=public[bob.KeyId], **ecdh)
    second = kms.ask("DeriveSharedSecret", KeyId=bob.KeyId, PublicKey=public[ann.KeyId], **ecdh)
    assert first.SharedSecret == second.SharedSecret
    assert (first.KeyOrigin, first.KeyAgreementAlgorithm) == ("AWS_KMS", "ECDH")


def test_a_peer_on_another_curve(kms, signing, refused):
    key = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT").KeyId
    elsewhere = ec.generate_private_key(ec.SECP384R1()).public_key()
    der = elsewhere.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for public in (der, b"no key"):
        members = {"KeyId": key, "PublicKey": public, "KeyAgreementAlgorithm": "ECDH"}
        refused(ValidationException, None, "DeriveSharedSecret", **members)
    members = {"KeyId": signing, "PublicKey": der, "KeyAgreementAlgorithm": "ECDH"}
    refused(InvalidKeyUsageException, None, "DeriveSharedSecret", **members)


# --- Message authentication codes ----------------------------------------------------------------


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_a_mac_is_good_for_its_message_only(kms, refused, bits):
    key = kms.create(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC").KeyId
    members = {"KeyId": key, "Message": b"message", "MacAlgorithm": f"HMAC_SHA_{bits}"}
    answer = kms.ask("GenerateMac", **members)
    assert (answer.KeyId, len(answer.Mac)) == (ARN + key, bits // 8)
    verified = kms.ask("VerifyMac", Mac=answer.Mac, **members)
    assert (verified.MacValid, verified.KeyId) == (True, ARN + key)
    wrong = members | {"Message": b"other", "Mac": answer.Mac}
    refused(KMSInvalidMacException, "", "VerifyMac", **wrong)
    refused(KMSInvalidMacException, "", "VerifyMac", Mac=b"x", **members)


def test_a_mac_that_the_key_has_not(hmac, key, refused):
    members = {"Message": b"x", "MacAlgorithm": "HMAC_SHA_512"}
    refused(InvalidKeyUsageException, None, "GenerateMac", KeyId=hmac, **members)
    text = f"{ARN}{key} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac."
    refused(InvalidKeyUsageException, text, "GenerateMac", KeyId=key, **members)


# --- What all have in common ---------------------------------------------------------------------


def uses(kms):
    signing = kms.create(**P256).KeyId
    hmac = kms.create(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC").KeyId
    agreeing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT").KeyId
    sign = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    mac = {"KeyId": hmac, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    public = kms.ask("GetPublicKey", KeyId=agreeing).PublicKey
    return {
        "Sign": sign,
        "Verify": sign | {"Signature": kms.ask("Sign", **sign).Signature},
        "GenerateMac": mac,
        "VerifyMac": mac | {"Mac": kms.ask("GenerateMac", **mac).Mac},
        "DeriveSharedSecret": {
            "KeyId": agreeing,
            "PublicKey": public,
            "KeyAgreementAlgorithm": "ECDH",
        },
        "GetPublicKey": {"KeyId": signing},
    }


@pytest.mark.parametrize(
    "operation",
    ["Sign", "Verify", "GenerateMac", "VerifyMac", "DeriveSharedSecret", "GetPublicKey"],
)
def test_a_key_that_may_not_be_used(kms, refused, operation):
    members = uses(kms)[operation]
    key = members["KeyId"]
    kms.ask(operation, **members)
    refused(InvalidGrantTokenException, None, operation, GrantTokens=["made up"], **members)
    if operation != "GetPublicKey":
        refused(DryRunOperationException, None, operation, DryRun=True, **members)
    kms.ask("DisableKey", KeyId=key)
    refused(DisabledException, f"{ARN}{key} is disabled.", operation, **members)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    refused(KMSInvalidStateException, f"{ARN}{key} is pending deletion.", operation, **members)
