"""Keys of KMS over their life: names, states, rotation, deletion, and errors about them."""

import datetime
import os
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from sdk.access.principals import ABROAD, HOME, unique
from sdk.refusals import refused


@pytest.fixture(scope="module")
def kms(home):
    return home.kms


@pytest.fixture
def key(kms):
    """The id of a new symmetric key."""
    return kms.create_key()["KeyMetadata"]["KeyId"]


def alias_for(kms, key):
    name = f"alias/{unique('key')}"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    return name


def encrypt(kms, key, data=b"x"):
    return kms.encrypt(KeyId=key, Plaintext=data)["CiphertextBlob"]


def test_a_new_key(kms):
    made = kms.create_key(Description="for queues", Tags=[{"TagKey": "team", "TagValue": "video"}])
    metadata = made["KeyMetadata"]
    assert uuid.UUID(metadata["KeyId"])
    assert metadata["Arn"] == f"arn:aws:kms:us-east-1:{HOME}:key/{metadata['KeyId']}"
    assert metadata["AWSAccountId"] == HOME
    assert (metadata["Enabled"], metadata["KeyState"]) == (True, "Enabled")
    assert (metadata["KeyUsage"], metadata["KeySpec"]) == ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
    assert (metadata["Origin"], metadata["KeyManager"]) == ("AWS_KMS", "CUSTOMER")
    assert metadata["MultiRegion"] is False
    assert kms.describe_key(KeyId=metadata["KeyId"])["KeyMetadata"] == metadata
    tags = kms.list_resource_tags(KeyId=metadata["KeyId"])["Tags"]
    assert tags == [{"TagKey": "team", "TagValue": "video"}]


def test_ways_to_name_a_key(kms, key):
    alias = alias_for(kms, key)
    arn = f"arn:aws:kms:us-east-1:{HOME}"
    for name in (key, f"{arn}:key/{key}", alias, f"{arn}:{alias}"):
        answer = kms.encrypt(KeyId=name, Plaintext=b"x")
        assert answer["KeyId"] == f"{arn}:key/{key}"


@pytest.mark.parametrize(
    "name",
    [
        "00000000-0000-0000-0000-000000000000",
        "alias/no-such-alias",
        f"arn:aws:kms:us-east-1:{HOME}:key/00000000-0000-0000-0000-000000000000",
        f"arn:aws:kms:us-east-1:{HOME}:alias/no-such-alias",
    ],
)
def test_keys_that_do_not_exist(kms, name):
    for ask in (
        lambda: kms.describe_key(KeyId=name),
        lambda: kms.encrypt(KeyId=name, Plaintext=b"x"),
        lambda: kms.generate_data_key(KeyId=name, KeySpec="AES_256"),
    ):
        with refused("NotFoundException"):
            ask()


@pytest.mark.parametrize(
    "name", ["arn:aws:kms:us-east-1", "arn:aws:sqs:us-east-1:000000000000:queue", "!", "no-uuid"]
)
def test_names_that_no_key_has(kms, name):
    with refused(("NotFoundException", "InvalidArnException", "ValidationException")):
        kms.describe_key(KeyId=name)


def test_a_key_is_of_one_region(home, key):
    elsewhere = home.at(home.endpoint, region="eu-west-1")
    with refused("NotFoundException"):
        elsewhere.kms.describe_key(KeyId=key)
    with refused(("NotFoundException", "InvalidArnException")):
        elsewhere.kms.describe_key(KeyId=f"arn:aws:kms:us-east-1:{HOME}:key/{key}")


def test_keys_are_listed_in_pages(kms, key):
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
    found = [one["KeyId"] for page in pages for one in page["Keys"]]
    assert key in found
    assert len(found) == len(set(found))
    first = kms.list_keys(Limit=1)
    if len(found) > 1:
        assert first["Truncated"] is True
        assert len(first["Keys"]) == 1
    with refused("InvalidMarkerException"):
        kms.list_keys(Marker="no marker of this server")


def test_another_account_neither_lists_nor_finds_keys(abroad, key):
    assert key not in [one["KeyId"] for one in abroad.kms.list_keys(Limit=1000)["Keys"]]
    with refused("NotFoundException"):
        abroad.kms.describe_key(KeyId=key)


def test_description(kms, key):
    kms.update_key_description(KeyId=key, Description="other")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "other"


def test_tags(kms, key):
    kms.tag_resource(
        KeyId=key,
        Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": ""}],
    )
    kms.untag_resource(KeyId=key, TagKeys=["a", "never there"])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "b", "TagValue": ""}]
    with refused(("TagException", "ValidationException")):
        kms.tag_resource(KeyId=key, Tags=[{"TagKey": "aws:a", "TagValue": "1"}])


# Aliases.


def test_an_alias_moves_to_another_key(kms, key):
    alias = alias_for(kms, key)
    blob = encrypt(kms, alias)
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=alias, TargetKeyId=other)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == other
    assert kms.decrypt(CiphertextBlob=blob)["KeyId"].endswith(key)
    with refused("IncorrectKeyException"):
        kms.decrypt(CiphertextBlob=blob, KeyId=alias)
    assert kms.list_aliases(KeyId=key)["Aliases"] == []
    (listed,) = kms.list_aliases(KeyId=other)["Aliases"]
    assert listed["AliasName"] == alias
    assert listed["TargetKeyId"] == other
    assert listed["AliasArn"] == f"arn:aws:kms:us-east-1:{HOME}:{alias}"
    kms.delete_alias(AliasName=alias)
    with refused("NotFoundException"):
        kms.describe_key(KeyId=alias)
    with refused("NotFoundException"):
        kms.delete_alias(AliasName=alias)


def test_aliases_that_cannot_be(kms, key):
    alias = alias_for(kms, key)
    with refused("AlreadyExistsException"):
        kms.create_alias(AliasName=alias, TargetKeyId=key)
    for name in ("alias/aws/mine", "mine", "alias/"):
        with refused(
            ("InvalidAliasNameException", "ValidationException", "NotAuthorizedException")
        ):
            kms.create_alias(AliasName=name, TargetKeyId=key)
    with refused("NotFoundException"):
        kms.create_alias(AliasName=f"alias/{unique('key')}", TargetKeyId=str(uuid.uuid4()))
    with refused("NotFoundException"):
        kms.update_alias(AliasName=f"alias/{unique('key')}", TargetKeyId=key)


def test_an_alias_stays_within_a_kind_of_key(kms, key):
    alias = alias_for(kms, key)
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    with refused(("ValidationException", "KMSInvalidStateException")):
        kms.update_alias(AliasName=alias, TargetKeyId=signing["KeyMetadata"]["KeyId"])


def test_aliases_are_listed_in_pages(kms, key):
    names = {alias_for(kms, key) for _ in range(3)}
    pages = kms.get_paginator("list_aliases").paginate(KeyId=key, PaginationConfig={"PageSize": 2})
    answers = list(pages)
    assert [len(page["Aliases"]) for page in answers] == [2, 1]
    assert {one["AliasName"] for page in answers for one in page["Aliases"]} == names


# States.


def test_a_disabled_key_does_nothing_until_it_is_enabled(kms, key):
    blob = encrypt(kms, key)
    kms.disable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    for ask in (
        lambda: encrypt(kms, key),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
        lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key),
    ):
        with refused("DisabledException"):
            ask()
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_scheduled_deletion_and_its_cancel(kms, key):
    blob = encrypt(kms, key)
    answer = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingDeletion"
    days = answer["DeletionDate"] - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=6, hours=23) < days <= datetime.timedelta(days=7, minutes=1)
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Enabled"]) == ("PendingDeletion", False)
    for ask in (
        lambda: encrypt(kms, key),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.enable_key(KeyId=key),
        lambda: kms.schedule_key_deletion(KeyId=key),
        lambda: kms.create_alias(AliasName=f"alias/{unique('key')}", TargetKeyId=key),
    ):
        with refused("KMSInvalidStateException"):
            ask()
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    with refused("KMSInvalidStateException"):
        kms.cancel_key_deletion(KeyId=key)


@pytest.mark.parametrize(("days", "works"), [(6, False), (7, True), (30, True), (31, False)])
def test_days_until_a_deletion(kms, key, days, works):
    if works:
        answer = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)
        assert answer["PendingWindowInDays"] == days
    else:
        with refused("ValidationException"):
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


# Rotation.


def test_old_ciphertexts_open_after_rotations(kms, key):
    blobs = [encrypt(kms, key, b"0")]
    for number in (1, 2, 3):
        kms.rotate_key_on_demand(KeyId=key)
        blobs.append(encrypt(kms, key, str(number).encode()))
    opened = [kms.decrypt(CiphertextBlob=blob, KeyId=key)["Plaintext"] for blob in blobs]
    assert opened == [b"0", b"1", b"2", b"3"]
    rotations = kms.list_key_rotations(KeyId=key)["Rotations"]
    assert [one["RotationType"] for one in rotations] == ["ON_DEMAND"] * 3
    everything = kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    materials = {one["KeyMaterialId"] for one in everything["Rotations"]}
    assert len(materials) == 4
    states = [one["KeyMaterialState"] for one in everything["Rotations"]]
    assert sorted(states) == ["CURRENT", "NON_CURRENT", "NON_CURRENT", "NON_CURRENT"]


def test_rotation_by_the_calendar(home, kms, key):
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    days = status["NextRotationDate"] - datetime.datetime.now(datetime.UTC)
    assert 88 <= days.days <= 90
    kms.disable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    careless = home.client("kms", parameter_validation=False)
    for period in (89, 2561):
        with refused("ValidationException"):
            careless.enable_key_rotation(KeyId=key, RotationPeriodInDays=period)


def test_asymmetric_keys_and_macs_do_not_rotate(kms):
    for spec, usage in (("ECC_NIST_P256", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")):
        key = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
        for ask in (kms.rotate_key_on_demand, kms.enable_key_rotation):
            with refused("UnsupportedOperationException"):
                ask(KeyId=key)


def test_a_disabled_key_does_not_rotate(kms, key):
    kms.disable_key(KeyId=key)
    with refused("DisabledException"):
        kms.rotate_key_on_demand(KeyId=key)


# The key that AWS manages for queues.


def test_the_managed_key_of_sqs_belongs_to_the_account_and_serves_only_sqs(home, abroad, kms):
    metadata = kms.describe_key(KeyId="alias/aws/sqs")["KeyMetadata"]
    assert metadata["KeyManager"] == "AWS"
    key = metadata["KeyId"]
    with refused("AccessDeniedException"):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    for ask in (kms.disable_key, kms.schedule_key_deletion, kms.rotate_key_on_demand):
        with refused(("AccessDeniedException", "UnsupportedOperationException")):
            ask(KeyId=key)
    assert abroad.kms.describe_key(KeyId="alias/aws/sqs")["KeyMetadata"]["KeyId"] != key
    assert abroad.kms.describe_key(KeyId="alias/aws/sqs")["KeyMetadata"]["AWSAccountId"] == ABROAD


def test_imported_material(kms, confidences):
    """BYOK: the wrapping key of the server, the material of ours, the same plaintext after."""
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingImport"
    with refused("KMSInvalidStateException"):
        encrypt(kms, key)
    parameters = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    material = os.urandom(32)
    confidences.keep(material)
    digest = hashes.SHA256()
    wrapped = serialization.load_der_public_key(parameters["PublicKey"]).encrypt(
        material, padding.OAEP(padding.MGF1(digest), digest, None)
    )
    kms.import_key_material(
        KeyId=key,
        ImportToken=parameters["ImportToken"],
        EncryptedKeyMaterial=wrapped,
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    blob = encrypt(kms, key, b"x")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    kms.delete_imported_key_material(KeyId=key)
    with refused("KMSInvalidStateException"):
        kms.decrypt(CiphertextBlob=blob)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingImport"
