"""Aliases: made, moved, deleted, listed; and AWS's own."""

import json

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    AlreadyExistsException,
    InvalidAliasNameException,
    KMSInvalidStateException,
    LimitExceededException,
    NotFoundException,
    UnsupportedOperationException,
    ValidationException,
)

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/"


def target_of(kms, name):
    return kms.ask("DescribeKey", KeyId=name).KeyMetadata.KeyId


def names(kms, **members):
    return [alias.AliasName for alias in kms.ask("ListAliases", **members).Aliases]


def test_an_alias_is_made_moved_and_deleted(kms, key, refused):
    other = kms.create().KeyId
    assert kms.ask("CreateAlias", AliasName="alias/a", TargetKeyId=key) is None
    assert target_of(kms, "alias/a") == key
    kms.pass_days(1)
    kms.ask("UpdateAlias", AliasName="alias/a", TargetKeyId=other)
    assert target_of(kms, "alias/a") == other
    (entry,) = kms.ask("ListAliases").Aliases
    assert (entry.AliasName, entry.AliasArn, entry.TargetKeyId) == ("alias/a", ARN + "a", other)
    assert entry.LastUpdatedDate - entry.CreationDate == 86_400
    kms.ask("DeleteAlias", AliasName="alias/a")
    refused(NotFoundException, f"Alias {ARN}a is not found.", "DescribeKey", KeyId="alias/a")


def test_an_alias_is_unique(kms, key, refused):
    kms.ask("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    text = f"An alias with the name {ARN}a already exists"
    refused(AlreadyExistsException, text, "CreateAlias", AliasName="alias/a", TargetKeyId=key)


@pytest.mark.parametrize(
    ("name", "refusal", "text"),
    [
        (
            "mine",
            ValidationException,
            'Alias must start with the prefix "alias/". Please see '
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
        ),
        ("alias/aws/mine", InvalidAliasNameException, None),
        (
            "alias/a:b",
            ValidationException,
            "alias/a:b contains invalid characters for an alias",
        ),
        ("alias/", ValidationException, None),
    ],
)
def test_a_name_that_no_alias_has(kms, key, refused, name, refusal, text):
    refused(refusal, text, "CreateAlias", AliasName=name, TargetKeyId=key)


def test_an_alias_is_for_keys_that_are_there(kms, key, refused):
    refused(NotFoundException, None, "CreateAlias", AliasName="alias/a", TargetKeyId="alias/b")
    refused(NotFoundException, None, "UpdateAlias", AliasName="alias/a", TargetKeyId=key)
    refused(NotFoundException, None, "DeleteAlias", AliasName="alias/a")
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    refused(KMSInvalidStateException, None, "CreateAlias", AliasName="alias/a", TargetKeyId=key)


def test_an_alias_leaves_a_key_that_goes(kms, key, refused):
    other = kms.create().KeyId
    kms.ask("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    kms.ask("UpdateAlias", AliasName="alias/a", TargetKeyId=other)
    assert target_of(kms, "alias/a") == other
    refused(KMSInvalidStateException, None, "UpdateAlias", AliasName="alias/a", TargetKeyId=key)


def test_an_alias_stays_with_keys_of_one_kind(kms, key, refused):
    signing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").KeyId
    agreeing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT").KeyId
    other_curve = kms.create(KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY").KeyId
    kms.ask("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    refused(ValidationException, None, "UpdateAlias", AliasName="alias/a", TargetKeyId=signing)
    kms.ask("CreateAlias", AliasName="alias/s", TargetKeyId=signing)
    refused(ValidationException, None, "UpdateAlias", AliasName="alias/s", TargetKeyId=agreeing)
    kms.ask("UpdateAlias", AliasName="alias/s", TargetKeyId=other_curve)
    assert target_of(kms, "alias/s") == other_curve


def test_a_key_has_a_limit_of_aliases(kms, key, refused):
    for number in range(50):
        kms.ask("CreateAlias", AliasName=f"alias/{number}", TargetKeyId=key)
    refused(LimitExceededException, None, "CreateAlias", AliasName="alias/50", TargetKeyId=key)
    kms.ask("UpdateAlias", AliasName="alias/1", TargetKeyId=key)


def test_aliases_are_listed_in_pages_and_by_key(kms, key):
    other = kms.create().KeyId
    for name, target in (("b", key), ("a", key), ("c", other)):
        kms.ask("CreateAlias", AliasName=f"alias/{name}", TargetKeyId=target)
    assert names(kms) == ["alias/a", "alias/b", "alias/c"]
    assert names(kms, KeyId=key) == ["alias/a", "alias/b"]
    page = kms.ask("ListAliases", Limit=2)
    assert names(kms, Marker=page.NextMarker) == ["alias/c"]


def test_an_alias_takes_permission_on_itself_and_its_keys(kms, key, refused):
    other = kms.create().KeyId
    key_arn, other_arn = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{each}" for each in (key, other))
    alias = {"AliasName": "alias/a"}

    def asked():
        pairs = [pair[:2] for pair in kms.permissions.asked]
        kms.permissions.asked.clear()
        return pairs

    assert kms.resource("CreateAlias", **alias, TargetKeyId=key) == key_arn
    kms.ask("CreateAlias", **alias, TargetKeyId=key)
    assert asked() == [("kms:CreateAlias", ARN + "a")]
    assert kms.resource("UpdateAlias", **alias, TargetKeyId=other) == other_arn
    kms.ask("UpdateAlias", **alias, TargetKeyId=other)
    assert asked() == [("kms:UpdateAlias", ARN + "a"), ("kms:UpdateAlias", key_arn)]
    assert kms.resource("DeleteAlias", **alias) == ARN + "a"
    kms.permissions.denied.add("kms:DeleteAlias")
    refused(AccessDeniedException, None, "DeleteAlias", **alias)
    assert asked() == [("kms:DeleteAlias", other_arn)]


# --- AWS managed keys ----------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["sqs", "sns", "kinesis"])
def test_an_aws_managed_key_is_made_when_it_is_first_described(kms, service):
    made = kms.ask("DescribeKey", KeyId=f"alias/aws/{service}").KeyMetadata
    assert (made.KeyManager, made.KeySpec, made.KeyState) == ("AWS", "SYMMETRIC_DEFAULT", "Enabled")
    assert made.Description.startswith("Default key that protects my ")
    again = kms.ask("DescribeKey", KeyId=f"{ARN}aws/{service}").KeyMetadata
    assert again == made
    assert names(kms) == [f"alias/aws/{service}"]
    rotation = kms.ask("GetKeyRotationStatus", KeyId=made.KeyId)
    assert (rotation.KeyRotationEnabled, rotation.RotationPeriodInDays) == (True, 365)
    policy = json.loads(kms.ask("GetKeyPolicy", KeyId=made.KeyId).Policy)
    through, metadata = policy["Statement"]
    assert through["Condition"]["StringEquals"] == {
        "kms:ViaService": f"{service}.{REGION}.amazonaws.com",
        "kms:CallerAccount": ACCOUNT,
    }
    assert metadata["Action"] == ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"]


def test_who_only_asks_whether_it_may_describe_makes_no_key(kms):
    """Else whoever may do nothing fills regions that nobody has with keys."""
    assert kms.resource("DescribeKey", KeyId="alias/aws/sqs") == ARN.replace("alias/", "key/*")
    assert kms.ask("ListKeys").Keys == []
    made = kms.ask("DescribeKey", KeyId="alias/aws/sqs").KeyMetadata
    assert kms.resource("DescribeKey", KeyId="alias/aws/sqs") == made.Arn


def test_only_a_description_makes_an_aws_managed_key(kms, refused):
    refused(NotFoundException, None, "Encrypt", KeyId="alias/aws/sqs", Plaintext=b"x")
    refused(NotFoundException, None, "DescribeKey", KeyId="alias/aws/unknown")
    refused(
        NotFoundException,
        None,
        "DescribeKey",
        KeyId="arn:aws:kms:eu-west-1:444455556666:alias/aws/sqs",
    )


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("DisableKey", {}),
        ("EnableKey", {}),
        ("ScheduleKeyDeletion", {}),
        ("UpdateKeyDescription", {"Description": "mine"}),
        ("EnableKeyRotation", {}),
        ("DisableKeyRotation", {}),
        ("RotateKeyOnDemand", {}),
        ("TagResource", {"Tags": []}),
        ("UntagResource", {"TagKeys": ["a"]}),
        ("PutKeyPolicy", {"Policy": "{}"}),
        (
            "CreateGrant",
            {"GranteePrincipal": "arn:aws:iam::111122223333:root", "Operations": ["Decrypt"]},
        ),
    ],
)
def test_an_aws_managed_key_is_not_the_accounts_to_change(kms, refused, operation, members):
    made = kms.ask("DescribeKey", KeyId="alias/aws/sqs").KeyMetadata.KeyId
    refused(UnsupportedOperationException, None, operation, KeyId=made, **members)


def test_an_alias_of_aws_is_not_the_accounts_to_change(kms, key, refused):
    made = kms.ask("DescribeKey", KeyId="alias/aws/sqs").KeyMetadata.KeyId
    reserved = {"AliasName": "alias/aws/sqs"}
    refused(InvalidAliasNameException, None, "UpdateAlias", **reserved, TargetKeyId=key)
    refused(InvalidAliasNameException, None, "DeleteAlias", **reserved)
    refused(
        UnsupportedOperationException, None, "CreateAlias", AliasName="alias/a", TargetKeyId=made
    )
