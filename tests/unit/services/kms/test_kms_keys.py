"""Keys: made, described, listed, switched on and off."""

import json

import pytest

from tidegate.api.kms import Tag
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    CustomKeyStoreNotFoundException,
    InvalidArnException,
    InvalidMarkerException,
    KMSInvalidStateException,
    LimitExceededException,
    NotFoundException,
    TagException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.kms.specs import KEY_SPECS

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ABSENT = "12345678-1234-1234-1234-123456789012"
QUICK_SPECS = [name for name, spec in KEY_SPECS.items() if spec.family != "rsa"] + ["RSA_2048"]


def arn_of(key_id, region=REGION, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def test_a_key_without_parameters_is_symmetric_and_enabled(kms):
    made = kms.create()
    assert made.Arn == arn_of(made.KeyId)
    assert (made.AWSAccountId, made.KeyManager, made.Origin) == (ACCOUNT, "CUSTOMER", "AWS_KMS")
    assert (made.KeySpec, made.CustomerMasterKeySpec) == ("SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT")
    assert (made.KeyUsage, made.EncryptionAlgorithms) == ("ENCRYPT_DECRYPT", ["SYMMETRIC_DEFAULT"])
    assert (made.Enabled, made.KeyState, made.MultiRegion) == (True, "Enabled", False)
    assert (made.Description, made.CreationDate) == ("", 1_750_000_000.0)
    assert len(made.CurrentKeyMaterialId) == 64
    assert made.SigningAlgorithms is None
    assert kms.ask("DescribeKey", KeyId=made.KeyId).KeyMetadata == made


@pytest.mark.parametrize("spec", QUICK_SPECS)
def test_a_key_of_every_spec_and_usage(kms, spec):
    for usage in KEY_SPECS[spec].usages:
        made = kms.create(KeySpec=spec, KeyUsage=usage)
        assert (made.KeySpec, made.KeyUsage, made.KeyState) == (spec, usage, "Enabled")
        lists = {
            "ENCRYPT_DECRYPT": made.EncryptionAlgorithms,
            "SIGN_VERIFY": made.SigningAlgorithms,
            "GENERATE_VERIFY_MAC": made.MacAlgorithms,
            "KEY_AGREEMENT": made.KeyAgreementAlgorithms,
        }
        assert lists.pop(usage)
        assert set(lists.values()) == {None}
        assert (made.CurrentKeyMaterialId is not None) == (spec == "SYMMETRIC_DEFAULT")


def test_the_old_name_of_the_spec_will_do(kms):
    made = kms.create(CustomerMasterKeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    assert made.KeySpec == "HMAC_256"


def test_newer_specs_have_no_old_name(kms):
    made = kms.create(KeySpec="ML_DSA_44", KeyUsage="SIGN_VERIFY")
    assert made.CustomerMasterKeySpec is None


def test_an_rsa_key_is_made_elsewhere(kms):
    waiting = []
    kms.service._keys._elsewhere = lambda call, work, then: waiting.append((work, then))
    row = kms.rows["CreateKey"]
    _, call, shape = kms._asked("CreateKey", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"})
    row.handler(call, shape)
    assert call.answers == []
    ((work, then),) = waiting
    then(work())
    assert call.answers[0].KeyMetadata.KeySpec == "RSA_2048"


def test_a_key_without_a_policy_gets_the_default_one(kms, key):
    policy = json.loads(kms.ask("GetKeyPolicy", KeyId=key).Policy)
    assert policy["Id"] == "key-default-1"
    assert policy["Statement"] == [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]


@pytest.mark.parametrize(
    ("members", "refusal", "text"),
    [
        (
            {"KeySpec": "RSA_2048"},
            ValidationException,
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption "
            "keys.",
        ),
        (
            {"KeySpec": "ECC_NIST_P256", "KeyUsage": "ENCRYPT_DECRYPT"},
            ValidationException,
            "KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256",
        ),
        ({"KeyUsage": "SIGN_VERIFY"}, ValidationException, None),
        (
            {"KeySpec": "HMAC_256", "CustomerMasterKeySpec": "HMAC_256"},
            ValidationException,
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
            "CustomerMasterKeySpec is deprecated.",
        ),
        (
            {"KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY"},
            UnsupportedOperationException,
            "KeySpec SM2 is not supported in this region.",
        ),
        ({"MultiRegion": True}, UnsupportedOperationException, None),
        ({"Origin": "AWS_CLOUDHSM"}, ValidationException, None),
        ({"XksKeyId": "key"}, ValidationException, None),
        (
            {"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1"},
            CustomKeyStoreNotFoundException,
            None,
        ),
    ],
)
def test_a_key_that_cannot_be(kms, refused, members, refusal, text):
    refused(refusal, text, "CreateKey", **members)


def test_a_new_key_with_tags_takes_the_permission_to_tag(kms, refused):
    tags = [Tag(TagKey="team", TagValue="video")]
    made = kms.create(Tags=tags)
    assert kms.permissions.asked[-1][:2] == ("kms:TagResource", "*")
    assert kms.ask("ListResourceTags", KeyId=made.KeyId).Tags == tags
    kms.permissions.denied.add("kms:TagResource")
    refused(AccessDeniedException, None, "CreateKey", Tags=tags)


def test_an_account_has_a_limit_of_keys(kms, refused, monkeypatch):
    monkeypatch.setattr("tidegate.services.kms.keys.KEYS", 2)
    kms.ask("DescribeKey", KeyId="alias/aws/sqs")
    kms.create()
    kms.create()
    refused(LimitExceededException, None, "CreateKey")


# --- Names of keys -------------------------------------------------------------------------------


def test_a_key_is_found_by_each_of_its_names(kms, key):
    kms.ask("CreateAlias", AliasName="alias/mine", TargetKeyId=key)
    names = [key, arn_of(key), "alias/mine", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"]
    for name in names:
        assert kms.ask("DescribeKey", KeyId=name).KeyMetadata.KeyId == key
        assert kms.resource("Encrypt", KeyId=name, Plaintext=b"x") == arn_of(key)


@pytest.mark.parametrize(
    ("name", "refusal", "text"),
    [
        (ABSENT, NotFoundException, f"Key '{arn_of(ABSENT)}' does not exist"),
        (arn_of(ABSENT), NotFoundException, f"Key '{arn_of(ABSENT)}' does not exist"),
        ("nonsense", NotFoundException, "Invalid keyId 'nonsense'"),
        (
            "alias/nobody",
            NotFoundException,
            f"Alias arn:aws:kms:{REGION}:{ACCOUNT}:alias/nobody is not found.",
        ),
        (arn_of(ABSENT, region="us-east-1"), InvalidArnException, "Invalid arn us-east-1"),
        ("arn:aws:sqs:eu-west-1:1:q", InvalidArnException, "Invalid arn arn:aws:sqs:eu-west-1:1:q"),
        ("arn:", InvalidArnException, "Invalid arn arn:"),
    ],
)
def test_a_name_of_no_key(kms, refused, name, refusal, text):
    refused(refusal, text, "DescribeKey", KeyId=name)


def test_what_changes_a_key_takes_no_alias(kms, key, refused):
    kms.ask("CreateAlias", AliasName="alias/mine", TargetKeyId=key)
    refused(NotFoundException, "Invalid keyId 'alias/mine'", "DisableKey", KeyId="alias/mine")
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"
    refused(InvalidArnException, f"Invalid arn {arn}", "DisableKey", KeyId=arn)


def test_another_account_may_describe_a_key_by_its_arn_and_change_nothing(kms, key, refused):
    kms.principal = Principal("444455556666", "arn:aws:iam::444455556666:root", "A", "444455556666")
    assert kms.ask("DescribeKey", KeyId=arn_of(key)).KeyMetadata.KeyId == key
    refused(AccessDeniedException, None, "DisableKey", KeyId=arn_of(key))
    refused(NotFoundException, None, "DescribeKey", KeyId=key)
    assert kms.ask("ListKeys").Keys == []


def test_keys_of_another_region_are_not_seen(kms, key, refused):
    kms.region = "us-east-1"
    assert kms.ask("ListKeys").Keys == []
    refused(NotFoundException, None, "DescribeKey", KeyId=key)


# --- Listing -------------------------------------------------------------------------------------


def test_keys_are_listed_in_pages(kms):
    made = sorted(kms.create().KeyId for _ in range(5))
    seen, marker = [], None
    for _ in range(3):
        page = kms.ask("ListKeys", Limit=2, Marker=marker)
        seen += [entry.KeyId for entry in page.Keys]
        marker = page.NextMarker
        assert page.Truncated == (marker is not None)
    assert seen == made
    assert page.Keys[0].KeyArn == arn_of(made[4])


def test_a_page_that_ends_with_the_last_key_is_not_truncated(kms):
    kms.create()
    kms.create()
    page = kms.ask("ListKeys", Limit=2)
    assert (page.Truncated, page.NextMarker) == (False, None)


def test_nothing_is_shared_through_ram(kms, key):
    assert kms.ask("ListKeys", ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"]).Keys == []
    both = kms.ask("ListKeys", ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM", "SELF"])
    assert [entry.KeyId for entry in both.Keys] == [key]


@pytest.mark.parametrize("marker", ["???", "ab", "\xff", "/w=="])
def test_a_marker_that_no_page_gave(kms, refused, marker):
    refused(InvalidMarkerException, "Invalid marker", "ListKeys", Marker=marker)


def test_some_listings_have_shorter_pages(kms, key, refused):
    text = (
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member "
        "must have value less than or equal to 100"
    )
    refused(ValidationException, text, "ListAliases", Limit=101)
    refused(ValidationException, None, "ListResourceTags", KeyId=key, Limit=51)
    assert kms.ask("ListKeys", Limit=1000).Keys


# --- Enabled and disabled ------------------------------------------------------------------------


def test_a_key_is_disabled_and_enabled(kms, key):
    assert kms.ask("DisableKey", KeyId=key) is None
    described = kms.ask("DescribeKey", KeyId=key).KeyMetadata
    assert (described.Enabled, described.KeyState) == (False, "Disabled")
    kms.ask("EnableKey", KeyId=key)
    assert kms.state(key) == "Enabled"


def test_what_changes_nothing_writes_nothing(kms, key):
    writes = kms.definitions.writes
    kms.ask("EnableKey", KeyId=key)
    assert kms.definitions.writes == writes


def test_a_key_that_goes_is_not_switched(kms, key, refused):
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    text = f"{arn_of(key)} is pending deletion."
    for operation in ("EnableKey", "DisableKey"):
        refused(KMSInvalidStateException, text, operation, KeyId=key)
    refused(KMSInvalidStateException, text, "UpdateKeyDescription", KeyId=key, Description="new")


def test_a_description_is_changed(kms, key):
    kms.ask("UpdateKeyDescription", KeyId=key, Description="for orders")
    assert kms.ask("DescribeKey", KeyId=key).KeyMetadata.Description == "for orders"


# --- Tags ----------------------------------------------------------------------------------------


def test_tags_are_added_replaced_removed_and_listed(kms, key):
    kms.ask("TagResource", KeyId=key, Tags=[Tag(TagKey=k, TagValue="1") for k in "abc"])
    kms.ask("TagResource", KeyId=key, Tags=[Tag(TagKey="a", TagValue="2")])
    kms.ask("UntagResource", KeyId=key, TagKeys=["b", "unknown"])
    first = kms.ask("ListResourceTags", KeyId=key, Limit=1)
    assert (first.Tags, first.Truncated) == ([Tag(TagKey="a", TagValue="2")], True)
    rest = kms.ask("ListResourceTags", KeyId=key, Marker=first.NextMarker)
    assert (rest.Tags, rest.Truncated) == ([Tag(TagKey="c", TagValue="1")], False)


def test_tags_that_cannot_be(kms, key, refused):
    def tagging(refusal, *pairs):
        tags = [Tag(TagKey=name, TagValue=value) for name, value in pairs]
        refused(refusal, None, "TagResource", KeyId=key, Tags=tags)

    tagging(TagException, ("aws:own", "1"))
    tagging(TagException, ("twice", "1"), ("twice", "2"))
    tagging(TagException, ("smile\u263a", "1"))
    tagging(TagException, ("line", "break\n"))
    tagging(LimitExceededException, *((f"k{n}", "") for n in range(51)))
    refused(TagException, None, "UntagResource", KeyId=key, TagKeys=["aws:own"])


def test_a_key_that_goes_takes_no_tags(kms, key, refused):
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    tags = [Tag(TagKey="a", TagValue="1")]
    refused(KMSInvalidStateException, None, "TagResource", KeyId=key, Tags=tags)
    refused(KMSInvalidStateException, None, "UntagResource", KeyId=key, TagKeys=["a"])
    assert kms.ask("ListResourceTags", KeyId=key).Tags == []
