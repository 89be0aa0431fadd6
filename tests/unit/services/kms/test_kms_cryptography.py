"""Encrypt, Decrypt, ReEncrypt, data keys and randomness."""

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from tidegate.api.kms import RecipientInfo
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    CustomKeyStoreNotFoundException,
    DisabledException,
    DryRunOperationException,
    IncorrectKeyException,
    InvalidArnException,
    InvalidCiphertextException,
    InvalidGrantTokenException,
    InvalidKeyUsageException,
    KMSInvalidStateException,
    NotFoundException,
    UnsupportedOperationException,
    ValidationException,
)

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"
CONTEXT = {"queue": "jobs", "team": "video"}
UNKNOWN_KEY = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access."
)


def encrypted(kms, key, plaintext=b"secret", context=None):
    answer = kms.ask("Encrypt", KeyId=key, Plaintext=plaintext, EncryptionContext=context)
    return answer.CiphertextBlob


@pytest.fixture
def rsa(kms):
    return kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").KeyId


# --- Encrypt and Decrypt -------------------------------------------------------------------------


def test_what_is_encrypted_is_decrypted(kms, key):
    answer = kms.ask("Encrypt", KeyId=key, Plaintext=b"secret")
    assert (answer.KeyId, answer.EncryptionAlgorithm) == (ARN + key, "SYMMETRIC_DEFAULT")
    assert b"secret" not in answer.CiphertextBlob
    for key_id in (None, key, ARN + key):
        opened = kms.ask("Decrypt", CiphertextBlob=answer.CiphertextBlob, KeyId=key_id)
        assert (opened.Plaintext, opened.KeyId) == (b"secret", ARN + key)
        assert opened.EncryptionAlgorithm == "SYMMETRIC_DEFAULT"
    assert opened.KeyMaterialId == kms.key(key).materials[0].id


def test_a_ciphertext_opens_with_its_context_only(kms, key, refused):
    blob = encrypted(kms, key, context=CONTEXT)
    turned = dict(reversed(CONTEXT.items()))
    opened = kms.ask("Decrypt", CiphertextBlob=blob, EncryptionContext=turned)
    assert opened.Plaintext == b"secret"
    for wrong in (None, {}, {"queue": "jobs"}, CONTEXT | {"more": ""}, CONTEXT | {"team": "VIDEO"}):
        members = {"CiphertextBlob": blob, "EncryptionContext": wrong}
        refused(InvalidCiphertextException, "", "Decrypt", **members)


def test_a_ciphertext_of_another_key_is_refused_by_name(kms, key, refused):
    other = kms.create().KeyId
    refused(
        IncorrectKeyException,
        "The key ID in the request does not identify a CMK that can perform this operation.",
        "Decrypt",
        CiphertextBlob=encrypted(kms, key),
        KeyId=other,
    )


@pytest.mark.parametrize("blob", [b"x", b"nonsense" * 20, b"\x01" + bytes(100)])
def test_what_is_no_ciphertext(kms, key, refused, blob):
    refused(InvalidCiphertextException, "", "Decrypt", CiphertextBlob=blob, KeyId=key)
    with pytest.raises((InvalidCiphertextException, AccessDeniedException)):
        kms.ask("Decrypt", CiphertextBlob=blob)


def test_every_changed_byte_of_a_ciphertext_is_noticed(kms, key):
    blob = encrypted(kms, key)
    for at in range(len(blob)):
        damaged = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises(
            (InvalidCiphertextException, AccessDeniedException, IncorrectKeyException)
        ):
            kms.ask("Decrypt", CiphertextBlob=damaged)


def test_a_ciphertext_of_a_key_that_is_gone_or_elsewhere(kms, key, refused):
    blob = encrypted(kms, key)
    kms.region = "us-east-1"
    refused(AccessDeniedException, UNKNOWN_KEY, "Decrypt", CiphertextBlob=blob)
    kms.region = REGION
    kms.ask("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    refused(KMSInvalidStateException, None, "Decrypt", CiphertextBlob=blob)
    kms.pass_days(7)
    kms.service.upkeep.run()
    refused(AccessDeniedException, UNKNOWN_KEY, "Decrypt", CiphertextBlob=blob)
    refused(NotFoundException, None, "Decrypt", CiphertextBlob=blob, KeyId=key)


def test_another_account_decrypts_by_the_ciphertext_alone(kms, key):
    blob = encrypted(kms, key)
    kms.principal = Principal("444455556666", "arn:aws:iam::444455556666:root", "A", "444455556666")
    assert kms.resource("Decrypt", CiphertextBlob=blob) == ARN + key
    assert kms.ask("Decrypt", CiphertextBlob=blob).Plaintext == b"secret"


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_an_rsa_key_encrypts(kms, rsa, algorithm):
    members = {"KeyId": rsa, "EncryptionAlgorithm": algorithm}
    answer = kms.ask("Encrypt", Plaintext=b"secret", **members)
    opened = kms.ask("Decrypt", CiphertextBlob=answer.CiphertextBlob, **members)
    assert (opened.Plaintext, opened.EncryptionAlgorithm) == (b"secret", algorithm)
    assert opened.KeyMaterialId is None


def test_what_an_rsa_key_does_not_encrypt(kms, rsa, refused):
    sha256 = {"KeyId": rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    refused(
        ValidationException,
        "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 "
        "bytes.",
        "Encrypt",
        Plaintext=b"x" * 191,
        **sha256,
    )
    refused(
        InvalidKeyUsageException,
        "Algorithm SYMMETRIC_DEFAULT and key spec RSA_2048 are incompatible.",
        "Encrypt",
        KeyId=rsa,
        Plaintext=b"x",
    )
    with_context = {"Plaintext": b"x", "EncryptionContext": CONTEXT}
    refused(ValidationException, None, "Encrypt", **sha256, **with_context)
    refused(InvalidCiphertextException, "", "Decrypt", **sha256, CiphertextBlob=bytes(256))
    refused(
        ValidationException,
        "A key ID must be specified.",
        "Decrypt",
        CiphertextBlob=bytes(256),
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )


def test_a_key_of_another_use_does_not_encrypt(kms, refused):
    signing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").KeyId
    refused(
        InvalidKeyUsageException,
        f"{ARN}{signing} key usage is SIGN_VERIFY which is not valid for Encrypt.",
        "Encrypt",
        KeyId=signing,
        Plaintext=b"x",
    )


def uses(key, blob):
    return [
        ("Encrypt", {"KeyId": key, "Plaintext": b"x"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("ReEncrypt", {"CiphertextBlob": blob, "DestinationKeyId": key}),
        ("GenerateDataKey", {"KeyId": key, "KeySpec": "AES_256"}),
        ("GenerateDataKeyWithoutPlaintext", {"KeyId": key, "KeySpec": "AES_256"}),
        ("GenerateDataKeyPair", {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        ("GenerateDataKeyPairWithoutPlaintext", {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
    ]


@pytest.mark.parametrize("which", range(7))
def test_a_key_that_may_not_be_used(kms, key, refused, which):
    operation, members = uses(key, encrypted(kms, key))[which]
    kms.ask(operation, **members)
    wrong = members | {"GrantTokens": ["made up"]}
    refused(InvalidGrantTokenException, None, operation, **wrong)
    kms.ask("DisableKey", KeyId=key)
    refused(DisabledException, f"{ARN}{key} is disabled.", operation, **members)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    text = f"{ARN}{key} is pending deletion."
    refused(KMSInvalidStateException, text, operation, **members)


@pytest.mark.parametrize("which", range(7))
def test_a_dry_run_does_nothing(kms, key, refused, which):
    operation, members = uses(key, encrypted(kms, key))[which]
    text = "The request would have succeeded, but the DryRun option is set."
    refused(DryRunOperationException, text, operation, DryRun=True, **members)
    kms.ask("DisableKey", KeyId=key)
    refused(DisabledException, None, operation, DryRun=True, **members)


def test_a_dry_run_may_come_without_a_ciphertext(kms, key, refused):
    ignoring = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    refused(DryRunOperationException, None, "Decrypt", KeyId=key, **ignoring)
    both = {"SourceKeyId": key, "DestinationKeyId": key}
    refused(DryRunOperationException, None, "ReEncrypt", **both, **ignoring)
    for members in ({"KeyId": key}, {"KeyId": key, "DryRun": True}, ignoring):
        refused(ValidationException, None, "Decrypt", **members)


# --- ReEncrypt -----------------------------------------------------------------------------------


def test_a_ciphertext_is_encrypted_again(kms, key):
    other = kms.create().KeyId
    answer = kms.ask(
        "ReEncrypt",
        CiphertextBlob=encrypted(kms, key, context=CONTEXT),
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=other,
        DestinationEncryptionContext={"new": "context"},
    )
    assert (answer.SourceKeyId, answer.KeyId) == (ARN + key, ARN + other)
    assert answer.SourceKeyMaterialId != answer.DestinationKeyMaterialId
    opened = kms.ask(
        "Decrypt", CiphertextBlob=answer.CiphertextBlob, EncryptionContext={"new": "context"}
    )
    assert (opened.Plaintext, opened.KeyId) == (b"secret", ARN + other)


def test_from_a_symmetric_key_to_rsa_and_back(kms, key, rsa):
    algorithm = "RSAES_OAEP_SHA_256"
    there = kms.ask(
        "ReEncrypt",
        CiphertextBlob=encrypted(kms, key),
        DestinationKeyId=rsa,
        DestinationEncryptionAlgorithm=algorithm,
    )
    assert there.DestinationKeyMaterialId is None
    back = kms.ask(
        "ReEncrypt",
        CiphertextBlob=there.CiphertextBlob,
        SourceKeyId=rsa,
        SourceEncryptionAlgorithm=algorithm,
        DestinationKeyId=key,
    )
    assert kms.ask("Decrypt", CiphertextBlob=back.CiphertextBlob).Plaintext == b"secret"


def test_what_is_not_encrypted_again(kms, key, refused):
    other = kms.create().KeyId
    blob = encrypted(kms, key)
    target = {"CiphertextBlob": blob, "DestinationKeyId": other}
    refused(IncorrectKeyException, None, "ReEncrypt", SourceKeyId=other, **target)
    wrong = {"SourceEncryptionContext": CONTEXT}
    refused(InvalidCiphertextException, "", "ReEncrypt", **wrong, **target)
    unknown = {"CiphertextBlob": blob, "DestinationKeyId": "alias/none"}
    refused(NotFoundException, None, "ReEncrypt", **unknown)


def test_both_keys_must_be_permitted(kms, key, refused):
    other = kms.create().KeyId
    blob = encrypted(kms, key)
    members = {"CiphertextBlob": blob, "DestinationKeyId": other}
    assert kms.rows["ReEncrypt"].action == "kms:ReEncryptFrom"
    assert kms.resource("ReEncrypt", **members) == ARN + key
    kms.ask("ReEncrypt", **members)
    assert kms.permissions.asked[-1][:2] == ("kms:ReEncryptTo", ARN + other)
    kms.permissions.denied.add("kms:ReEncryptTo")
    refused(AccessDeniedException, None, "ReEncrypt", **members)


# --- Data keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "size"),
    [({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 64}, 64)],
)
def test_a_data_key_is_fresh_and_opens(kms, key, members, size):
    made = [
        kms.ask("GenerateDataKey", KeyId=key, EncryptionContext=CONTEXT, **members)
        for _ in range(2)
    ]
    assert made[0].Plaintext != made[1].Plaintext
    assert made[0].KeyId == ARN + key
    assert len(made[0].KeyMaterialId) == 64
    for answer in made:
        assert len(answer.Plaintext) == size
        opened = kms.ask("Decrypt", CiphertextBlob=answer.CiphertextBlob, EncryptionContext=CONTEXT)
        assert opened.Plaintext == answer.Plaintext


def test_a_data_key_without_plaintext(kms, key):
    answer = kms.ask("GenerateDataKeyWithoutPlaintext", KeyId=key, NumberOfBytes=24)
    assert not hasattr(answer, "Plaintext")
    assert len(kms.ask("Decrypt", CiphertextBlob=answer.CiphertextBlob).Plaintext) == 24


@pytest.mark.parametrize("operation", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
@pytest.mark.parametrize("members", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
def test_a_data_key_has_one_size(refused, key, operation, members):
    text = "Please specify either number of bytes or key spec."
    refused(ValidationException, text, operation, KeyId=key, **members)


def test_only_symmetric_keys_seal_data_keys(kms, rsa, refused):
    refused(
        InvalidKeyUsageException,
        "You cannot generate a data key with an asymmetric CMK",
        "GenerateDataKey",
        KeyId=rsa,
        KeySpec="AES_256",
    )


@pytest.mark.parametrize("spec", ["ECC_NIST_P384", "ECC_SECG_P256K1", "RSA_2048"])
def test_a_data_key_pair_fits_together(kms, key, spec):
    answer = kms.ask("GenerateDataKeyPair", KeyId=key, KeyPairSpec=spec)
    assert (answer.KeyPairSpec, answer.KeyId) == (spec, ARN + key)
    private = load_der_private_key(answer.PrivateKeyPlaintext, None)
    public = load_der_public_key(answer.PublicKey)
    assert private.public_key().public_numbers() == public.public_numbers()
    opened = kms.ask("Decrypt", CiphertextBlob=answer.PrivateKeyCiphertextBlob)
    assert opened.Plaintext == answer.PrivateKeyPlaintext


def test_a_data_key_pair_without_plaintext(kms, key):
    answer = kms.ask(
        "GenerateDataKeyPairWithoutPlaintext", KeyId=key, KeyPairSpec="ECC_NIST_EDWARDS25519"
    )
    assert not hasattr(answer, "PrivateKeyPlaintext")
    opened = kms.ask("Decrypt", CiphertextBlob=answer.PrivateKeyCiphertextBlob)
    assert load_der_private_key(opened.Plaintext, None)


def test_a_pair_that_is_not_made(key, refused):
    members = {"KeyId": key, "KeyPairSpec": "SM2"}
    refused(UnsupportedOperationException, None, "GenerateDataKeyPair", **members)


# --- Randomness, and what is not there -----------------------------------------------------------


def test_random_bytes(kms, refused):
    made = {kms.ask("GenerateRandom", NumberOfBytes=32).Plaintext for _ in range(3)}
    assert {len(each) for each in made} == {32}
    assert len(made) == 3
    refused(ValidationException, None, "GenerateRandom")
    store = {"NumberOfBytes": 1, "CustomKeyStoreId": "cks-1"}
    refused(CustomKeyStoreNotFoundException, None, "GenerateRandom", **store)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GenerateRandom", {"NumberOfBytes": 1}),
        ("Decrypt", {"CiphertextBlob": b"x"}),
        ("GenerateDataKey", {"KeySpec": "AES_256"}),
        ("GenerateDataKeyPair", {"KeyPairSpec": "RSA_2048"}),
    ],
)
def test_there_are_no_attested_environments(kms, key, refused, operation, members):
    if "KeyId" in kms.rows[operation].input.__struct_fields__:
        members = members | {"KeyId": key}
    recipient = RecipientInfo(AttestationDocument=b"document")
    refused(UnsupportedOperationException, None, operation, Recipient=recipient, **members)


def test_a_key_of_another_region_is_an_invalid_arn(kms, key, refused):
    kms.region = "us-east-1"
    members = {"KeyId": ARN + key, "Plaintext": b"x"}
    refused(InvalidArnException, f"Invalid arn {REGION}", "Encrypt", **members)


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("Encrypt", "EncryptionContext"),
        ("Decrypt", "EncryptionContext"),
        ("GenerateDataKey", "EncryptionContext"),
        ("ReEncrypt", "SourceEncryptionContext"),
        ("ReEncrypt", "DestinationEncryptionContext"),
    ],
)
def test_an_encryption_context_has_a_size_before_policies_look_at_it(kms, key, operation, member):
    fields = kms.rows[operation].input.__struct_fields__
    given = {"KeyId": key, "DestinationKeyId": key, "SourceKeyId": key, "Plaintext": b"x"}
    given |= {"CiphertextBlob": b"x", "NumberOfBytes": 1}
    members = {name: value for name, value in given.items() if name in fields}
    assert kms.resource(operation, **members, **{member: {"k": "v" * 8191}})
    with pytest.raises(ValidationException):
        kms.resource(operation, **members, **{member: {"k": "v" * 8192}})
