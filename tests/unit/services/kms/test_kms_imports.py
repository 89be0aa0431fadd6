"""Key material that clients bring."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)

from tidegate.base.refusals import (
    ExpiredImportTokenException,
    IncorrectKeyMaterialException,
    InvalidCiphertextException,
    InvalidImportTokenException,
    KMSInvalidStateException,
    NotFoundException,
    UnsupportedOperationException,
    ValidationException,
)

ARN = "arn:aws:kms:eu-west-1:111122223333:key/"
NOW_S = 1_750_000_000
DAY_S = 86_400
OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
FIRST, SECOND = b"1" * 32, b"2" * 32
STAYS = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
NEW = {"ImportType": "NEW_KEY_MATERIAL"}


def wrapped(kms, key, material, algorithm="RSAES_OAEP_SHA_256"):
    """Import token and encrypted material, as a client makes them."""
    parameters = kms.ask(
        "GetParametersForImport",
        KeyId=key,
        WrappingAlgorithm=algorithm,
        WrappingKeySpec="RSA_2048",
    )
    public = load_der_public_key(parameters.PublicKey)
    if algorithm.startswith("RSA_AES"):
        aes_key = os.urandom(32)
        encrypted = public.encrypt(aes_key, OAEP) + aes_key_wrap_with_padding(aes_key, material)
    else:
        encrypted = public.encrypt(material, OAEP)
    return {"ImportToken": parameters.ImportToken, "EncryptedKeyMaterial": encrypted}


def brought(kms, key, material, **members):
    """The id of the material after its import."""
    asked = STAYS | members | wrapped(kms, key, material)
    return kms.ask("ImportKeyMaterial", KeyId=key, **asked).KeyMaterialId


def encrypted(kms, key):
    return kms.ask("Encrypt", KeyId=key, Plaintext=b"secret").CiphertextBlob


def all_materials(kms, key):
    asked = {"KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL"}
    return kms.ask("ListKeyRotations", **asked).Rotations


@pytest.fixture
def external(kms):
    """The id of a symmetric key without material."""
    return kms.create(Origin="EXTERNAL").KeyId


def test_a_key_waits_for_its_material(kms, external, refused):
    described = kms.ask("DescribeKey", KeyId=external).KeyMetadata
    assert (described.KeyState, described.Enabled) == ("PendingImport", False)
    assert (described.Origin, described.CurrentKeyMaterialId) == ("EXTERNAL", None)
    text = f"{ARN}{external} is pending import."
    for operation, members in (
        ("Encrypt", {"Plaintext": b"x"}),
        ("EnableKey", {}),
        ("DisableKey", {}),
        ("RotateKeyOnDemand", {}),
    ):
        refused(KMSInvalidStateException, text, operation, KeyId=external, **members)
    assert all_materials(kms, external) == []


def test_imported_material_is_used(kms, external):
    material_id = brought(kms, external, FIRST)
    described = kms.ask("DescribeKey", KeyId=external).KeyMetadata
    assert (described.KeyState, described.ExpirationModel) == (
        "Enabled",
        "KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    assert described.CurrentKeyMaterialId == material_id
    blob = encrypted(kms, external)
    assert kms.ask("Decrypt", CiphertextBlob=blob).KeyMaterialId == material_id
    assert FIRST not in repr(kms.key(external)).encode()


def test_deleted_material_is_imported_again_and_opens_what_it_encrypted(kms, external, refused):
    material_id = brought(kms, external, FIRST)
    blob = encrypted(kms, external)
    deleted = kms.ask("DeleteImportedKeyMaterial", KeyId=external)
    assert (deleted.KeyId, deleted.KeyMaterialId) == (ARN + external, material_id)
    assert kms.state(external) == "PendingImport"
    refused(KMSInvalidStateException, None, "Decrypt", CiphertextBlob=blob)
    members = STAYS | wrapped(kms, external, SECOND)
    refused(IncorrectKeyMaterialException, None, "ImportKeyMaterial", KeyId=external, **members)
    assert brought(kms, external, FIRST, KeyMaterialId=material_id) == material_id
    assert kms.ask("Decrypt", CiphertextBlob=blob).Plaintext == b"secret"


def test_material_expires(kms, external, refused):
    members = {"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": NOW_S + 2 * DAY_S}
    brought(kms, external, FIRST, **members)
    described = kms.ask("DescribeKey", KeyId=external).KeyMetadata
    assert (described.ExpirationModel, described.ValidTo) == (
        "KEY_MATERIAL_EXPIRES",
        NOW_S + 2 * DAY_S,
    )
    kms.pass_days(1.9)
    assert kms.state(external) == "Enabled"
    kms.pass_days(0.1)
    assert kms.service.upkeep.run() is None
    assert kms.state(external) == "PendingImport"
    assert kms.key(external).materials[0].sealed == b""
    brought(kms, external, FIRST)
    assert kms.state(external) == "Enabled"


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"ExpirationModel": "KEY_MATERIAL_EXPIRES"},
        {"ValidTo": NOW_S},
        {"ValidTo": NOW_S + 366 * DAY_S},
        {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ValidTo": NOW_S + DAY_S},
        STAYS | NEW | {"KeyMaterialId": "0" * 64},
    ],
)
def test_an_import_that_cannot_be(kms, external, refused, members):
    asked = {"ImportToken": b"x", "EncryptedKeyMaterial": b"x"} | members
    refused(ValidationException, None, "ImportKeyMaterial", KeyId=external, **asked)


def test_what_does_not_unwrap(kms, external, refused):
    good = STAYS | wrapped(kms, external, FIRST)
    other = kms.create(Origin="EXTERNAL").KeyId

    def wrong(refusal, key=external, **members):
        refused(refusal, None, "ImportKeyMaterial", KeyId=key, **(good | members))

    wrong(InvalidImportTokenException, ImportToken=b"made up")
    wrong(InvalidImportTokenException, key=other)
    wrong(InvalidCiphertextException, EncryptedKeyMaterial=bytes(256))
    wrong(IncorrectKeyMaterialException, **wrapped(kms, external, b"short"))
    wrong(IncorrectKeyMaterialException, KeyMaterialId="0" * 64, ImportType="EXISTING_KEY_MATERIAL")
    kms.pass_days(1.1)
    wrong(ExpiredImportTokenException)


def test_new_material_waits_until_it_is_rotated_in(kms, external, refused):
    first = brought(kms, external, FIRST)
    old = encrypted(kms, external)
    refused(KMSInvalidStateException, None, "RotateKeyOnDemand", KeyId=external)
    second = brought(kms, external, SECOND, KeyMaterialDescription="of June", **NEW)
    assert kms.ask("DescribeKey", KeyId=external).KeyMetadata.CurrentKeyMaterialId == first
    states = [(each.KeyMaterialId, each.KeyMaterialState) for each in all_materials(kms, external)]
    assert states == [(first, "CURRENT"), (second, "PENDING_ROTATION")]
    members = STAYS | NEW | wrapped(kms, external, b"3" * 32)
    refused(KMSInvalidStateException, None, "ImportKeyMaterial", KeyId=external, **members)
    kms.ask("RotateKeyOnDemand", KeyId=external)
    assert kms.ask("DescribeKey", KeyId=external).KeyMetadata.CurrentKeyMaterialId == second
    shown = all_materials(kms, external)[1]
    assert (shown.RotationType, shown.ImportState) == ("ON_DEMAND", "IMPORTED")
    assert (shown.KeyMaterialDescription, shown.ExpirationModel) == (
        "of June",
        "KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    assert kms.ask("Decrypt", CiphertextBlob=old).KeyMaterialId == first
    assert kms.ask("Decrypt", CiphertextBlob=encrypted(kms, external)).KeyMaterialId == second


def test_a_key_needs_all_its_materials(kms, external):
    first = brought(kms, external, FIRST)
    brought(kms, external, SECOND, **NEW)
    kms.ask("RotateKeyOnDemand", KeyId=external)
    kms.ask("DeleteImportedKeyMaterial", KeyId=external, KeyMaterialId=first)
    assert kms.state(external) == "PendingImport"
    assert all_materials(kms, external)[0].ImportState == "PENDING_IMPORT"
    brought(kms, external, FIRST)
    assert kms.state(external) == "Enabled"


def test_material_is_new_once(kms, external, refused):
    brought(kms, external, FIRST)
    members = STAYS | NEW | wrapped(kms, external, FIRST)
    refused(IncorrectKeyMaterialException, None, "ImportKeyMaterial", KeyId=external, **members)


def test_material_that_waits_may_be_deleted(kms, external, refused):
    brought(kms, external, FIRST)
    second = brought(kms, external, SECOND, **NEW)
    kms.ask("DeleteImportedKeyMaterial", KeyId=external, KeyMaterialId=second)
    assert kms.state(external) == "Enabled"
    refused(KMSInvalidStateException, None, "RotateKeyOnDemand", KeyId=external)
    unknown = {"KeyId": external, "KeyMaterialId": "0" * 64}
    refused(NotFoundException, None, "DeleteImportedKeyMaterial", **unknown)


def test_a_key_without_material_has_none_to_delete(kms, external):
    deleted = kms.ask("DeleteImportedKeyMaterial", KeyId=external)
    assert deleted.KeyMaterialId is None


def test_other_keys_keep_the_material_that_they_were_given(kms, refused):
    key = kms.create(Origin="EXTERNAL", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC").KeyId
    assert brought(kms, key, FIRST) is None
    mac = {"KeyId": key, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    made = kms.ask("GenerateMac", **mac).Mac
    kms.ask("DeleteImportedKeyMaterial", KeyId=key)
    members = STAYS | wrapped(kms, key, SECOND)
    refused(IncorrectKeyMaterialException, None, "ImportKeyMaterial", KeyId=key, **members)
    brought(kms, key, FIRST)
    assert kms.ask("GenerateMac", **mac).Mac == made
    for only_symmetric in (NEW, {"KeyMaterialDescription": "x"}, {"KeyMaterialId": "0" * 64}):
        members = STAYS | only_symmetric | wrapped(kms, key, FIRST)
        refused(ValidationException, None, "ImportKeyMaterial", KeyId=key, **members)


def test_a_private_key_is_imported(kms):
    key = kms.create(Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").KeyId
    private = ec.generate_private_key(ec.SECP256R1())
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    members = STAYS | wrapped(kms, key, der, "RSA_AES_KEY_WRAP_SHA_256")
    kms.ask("ImportKeyMaterial", KeyId=key, **members)
    signed = kms.ask("Sign", KeyId=key, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    private.public_key().verify(signed.Signature, b"m", ec.ECDSA(SHA256()))


def test_a_key_that_goes_takes_no_material(kms, external, refused):
    good = STAYS | wrapped(kms, external, FIRST)
    kms.ask("ScheduleKeyDeletion", KeyId=external)
    text = f"{ARN}{external} is pending deletion."
    refused(KMSInvalidStateException, text, "ImportKeyMaterial", KeyId=external, **good)
    kms.ask("DeleteImportedKeyMaterial", KeyId=external)
    assert kms.state(external) == "PendingDeletion"


def test_a_key_that_goes_while_its_material_is_checked_takes_none(kms, external):
    good = STAYS | wrapped(kms, external, FIRST)
    kms.meanwhile = lambda: kms.ask("ScheduleKeyDeletion", KeyId=external)
    with pytest.raises(KMSInvalidStateException, match="is pending deletion"):
        kms.ask("ImportKeyMaterial", KeyId=external, **good)
    assert kms.state(external) == "PendingDeletion"


def test_a_key_of_our_own_material_takes_none(kms, key, refused):
    parameters = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    text = f"{ARN}{key} origin is AWS_KMS which is not valid for this operation."
    refused(UnsupportedOperationException, text, "GetParametersForImport", KeyId=key, **parameters)
    refused(UnsupportedOperationException, text, "DeleteImportedKeyMaterial", KeyId=key)
    members = STAYS | {"ImportToken": b"x", "EncryptedKeyMaterial": b"x"}
    refused(UnsupportedOperationException, text, "ImportKeyMaterial", KeyId=key, **members)


def test_imported_material_is_not_rotated_by_the_calendar(kms, external, refused):
    brought(kms, external, FIRST)
    for operation in ("EnableKeyRotation", "DisableKeyRotation"):
        text = f"{ARN}{external} origin is EXTERNAL which is not valid for this operation."
        refused(UnsupportedOperationException, text, operation, KeyId=external)
    assert kms.ask("GetKeyRotationStatus", KeyId=external).KeyRotationEnabled is False


@pytest.mark.parametrize(
    ("algorithm", "spec"), [("RSAES_OAEP_SHA_256", "SM2"), ("RSAES_PKCS1_V1_5", "RSA_2048")]
)
def test_a_wrapping_that_is_not_offered(external, refused, algorithm, spec):
    members = {"KeyId": external, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    refused(UnsupportedOperationException, None, "GetParametersForImport", **members)
