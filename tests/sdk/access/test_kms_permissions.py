"""Who may use a key: its policy, identity policies, grants, encryption contexts, accounts."""

import json

import pytest

from sdk.access.expect import denied
from sdk.access.principals import ABROAD, HOME, allow, deny, policy, trust, unique
from sdk.refusals import refused

ROOT = f"arn:aws:iam::{HOME}:root"


@pytest.fixture(scope="module")
def kms(home):
    return home.kms


@pytest.fixture
def key(kms):
    """The ARN of a new key with the default policy."""
    return kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def user(home):
    return home.new_user()


def key_policy(*statements, root="kms:*"):
    """A key policy that lets the account's root do `root`, and these statements."""
    return policy(allow(root, Principal={"AWS": ROOT}), *statements)


def encrypt(who, key, **parameters):
    return who.kms.encrypt(KeyId=key, Plaintext=b"x", **parameters)["CiphertextBlob"]


def test_the_default_policy_leaves_it_to_the_account(home, kms, user, key):
    document = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    (statement,) = document["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"AWS": ROOT}
    assert (statement["Action"], statement["Resource"]) == ("kms:*", "*")
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    with denied("kms:Encrypt", user.arn, key):
        encrypt(user, key)
    user.may(allow("kms:Encrypt", key))
    blob = encrypt(user, key)
    with denied("kms:Decrypt"):
        user.kms.decrypt(CiphertextBlob=blob)
    user.may(allow("kms:*", key + "x"))
    with denied("kms:Encrypt"):
        encrypt(user, key)


CRYPTOGRAPHY = {
    "Encrypt": lambda kms, key, blob: kms.encrypt(KeyId=key, Plaintext=b"x"),
    "Decrypt": lambda kms, key, blob: kms.decrypt(CiphertextBlob=blob),
    "GenerateDataKey": lambda kms, key, blob: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
    "GenerateDataKeyWithoutPlaintext": lambda kms, key, blob: (
        kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")
    ),
    "GenerateDataKeyPair": lambda kms, key, blob: kms.generate_data_key_pair(
        KeyId=key, KeyPairSpec="ECC_NIST_P256"
    ),
    "DescribeKey": lambda kms, key, blob: kms.describe_key(KeyId=key),
    "GetKeyPolicy": lambda kms, key, blob: kms.get_key_policy(KeyId=key),
    "ListGrants": lambda kms, key, blob: kms.list_grants(KeyId=key),
    "ListKeyPolicies": lambda kms, key, blob: kms.list_key_policies(KeyId=key),
    "ListResourceTags": lambda kms, key, blob: kms.list_resource_tags(KeyId=key),
    "UpdateKeyDescription": lambda kms, key, blob: kms.update_key_description(
        KeyId=key, Description="x"
    ),
    "EnableKeyRotation": lambda kms, key, blob: kms.enable_key_rotation(KeyId=key),
    "DisableKeyRotation": lambda kms, key, blob: kms.disable_key_rotation(KeyId=key),
    "GetKeyRotationStatus": lambda kms, key, blob: kms.get_key_rotation_status(KeyId=key),
    "RotateKeyOnDemand": lambda kms, key, blob: kms.rotate_key_on_demand(KeyId=key),
    "TagResource": lambda kms, key, blob: kms.tag_resource(
        KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}]
    ),
    "UntagResource": lambda kms, key, blob: kms.untag_resource(KeyId=key, TagKeys=["a"]),
    "CreateGrant": lambda kms, key, blob: kms.create_grant(
        KeyId=key, GranteePrincipal=ROOT, Operations=["Decrypt"]
    ),
    "PutKeyPolicy": lambda kms, key, blob: kms.put_key_policy(KeyId=key, Policy=key_policy()),
    "DisableKey": lambda kms, key, blob: kms.disable_key(KeyId=key),
    "EnableKey": lambda kms, key, blob: kms.enable_key(KeyId=key),
    "ScheduleKeyDeletion": lambda kms, key, blob: kms.schedule_key_deletion(KeyId=key),
}


@pytest.mark.parametrize("operation", CRYPTOGRAPHY)
def test_each_operation_needs_its_action(home, nobody, user, key, operation):
    ask = CRYPTOGRAPHY[operation]
    blob = encrypt(home, key)
    with denied(f"kms:{operation}"):
        ask(nobody.kms, key, blob)
    user.may(allow("kms:*"), deny(f"kms:{operation}"))
    with denied("explicit deny"):
        ask(user.kms, key, blob)
    user.may(allow(f"kms:{operation}", key))
    ask(user.kms, key, blob)


@pytest.mark.parametrize("operation", ["CreateKey", "ListKeys", "ListAliases", "GenerateRandom"])
def test_operations_on_no_key(nobody, user, operation):
    asks = {
        "CreateKey": lambda who: who.kms.create_key(),
        "ListKeys": lambda who: who.kms.list_keys(),
        "ListAliases": lambda who: who.kms.list_aliases(),
        "GenerateRandom": lambda who: who.kms.generate_random(NumberOfBytes=1),
    }
    with denied(f"kms:{operation}"):
        asks[operation](nobody)
    user.may(allow(f"kms:{operation}"))
    asks[operation](user)


def test_reencrypt_needs_both_keys(home, kms, user, key):
    other = kms.create_key()["KeyMetadata"]["Arn"]
    blob = encrypt(home, key)
    ask = {"CiphertextBlob": blob, "DestinationKeyId": other}
    user.may(allow("kms:ReEncryptFrom", key))
    with denied("kms:ReEncryptTo", other):
        user.kms.re_encrypt(**ask)
    user.may(allow("kms:ReEncryptTo", other))
    with denied("kms:ReEncryptFrom", key):
        user.kms.re_encrypt(**ask)
    user.may(allow("kms:ReEncryptFrom", key), allow("kms:ReEncryptTo", other))
    user.kms.re_encrypt(**ask)


def test_a_key_policy_alone_is_enough(kms, user, key):
    statement = allow("kms:Encrypt", Principal={"AWS": user.arn})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    encrypt(user, key)


def test_without_the_account_in_the_key_policy_identity_policies_count_for_nothing(home, user, key):
    """ "Unless the key policy explicitly allows it, you cannot use IAM policies"."""
    admin = home.new_user(allow("*"))
    encrypt(admin, key)
    only = policy(allow("kms:*", Principal={"AWS": admin.arn}))
    admin.kms.put_key_policy(KeyId=key, Policy=only)
    user.may(allow("*"))
    with denied("kms:Encrypt"):
        encrypt(user, key)
    with denied("kms:Encrypt"):
        encrypt(home, key)
    encrypt(admin, key)


def test_a_deny_in_a_key_policy(kms, user, key):
    user.may(allow("*"))
    statement = deny("kms:Encrypt", Principal={"AWS": user.arn})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    with denied("explicit deny in a resource-based policy"):
        encrypt(user, key)


def test_a_key_policy_that_names_a_user_does_not_open_to_a_namesake(home, kms, user, key):
    """AWS turns a principal's ARN into its unique id: "AWS JSON policy elements: Principal"."""
    statement = allow("kms:Encrypt", Principal={"AWS": user.arn})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    encrypt(user, key)
    namesake = home.made_again(user)
    with denied("kms:Encrypt"):
        encrypt(namesake, key)


def test_nobody_locks_himself_out_by_mistake(home, nobody, kms, key):
    theirs = policy(allow("kms:*", Principal={"AWS": nobody.arn}))
    with refused("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=key, Policy=theirs)
    kms.put_key_policy(KeyId=key, Policy=theirs, BypassPolicyLockoutSafetyCheck=True)
    with denied("kms:GetKeyPolicy"):
        kms.get_key_policy(KeyId=key)
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(Policy=theirs)


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        policy(allow("kms:*")),
        key_policy(allow("kms:Encrypt", Principal={"AWS": f"arn:aws:iam::{HOME}:user/nobody"})),
        key_policy({"Effect": "Maybe", "Principal": "*", "Action": "kms:*", "Resource": "*"}),
    ],
    ids=["no-json", "no-principal", "unknown-principal", "effect"],
)
def test_documents_that_are_no_key_policy(kms, key, document):
    with refused("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=key, Policy=document)
    with refused(("NotFoundException", "ValidationException")):
        kms.get_key_policy(KeyId=key, PolicyName="other")


# Other accounts.


def test_another_account_needs_both_sides(kms, abroad, key):
    guest = abroad.new_user()
    with denied("kms:Encrypt"):
        encrypt(abroad, key)
    statement = allow(["kms:Encrypt", "kms:DescribeKey"], Principal={"AWS": ABROAD})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    encrypt(abroad, key)
    with denied("kms:Encrypt"):
        encrypt(guest, key)
    guest.may(allow("kms:Encrypt", key))
    blob = encrypt(guest, key)
    with denied("kms:Decrypt"):
        abroad.kms.decrypt(CiphertextBlob=blob)
    with refused("NotFoundException"):
        encrypt(abroad, key.rpartition("/")[2])


def test_what_no_other_account_may(kms, abroad, key):
    statement = allow("kms:*", Principal={"AWS": ABROAD})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    for ask in (abroad.kms.disable_key, abroad.kms.schedule_key_deletion):
        with refused(("AccessDeniedException", "NotFoundException", "InvalidArnException")):
            ask(KeyId=key)


# Conditions.


@pytest.mark.parametrize(
    ("operator", "name", "value", "works"),
    [
        ("StringEquals", "kms:EncryptionContext:tenant", "1", True),
        ("StringEquals", "kms:EncryptionContext:tenant", "2", False),
        ("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "tenant", True),
        ("ForAllValues:StringEquals", "kms:EncryptionContextKeys", "other", False),
        ("StringEquals", "kms:EncryptionContext:other", "1", False),
        ("StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT", True),
        ("StringEquals", "kms:KeyUsage", "SIGN_VERIFY", False),
        ("StringEquals", "kms:CallerAccount", HOME, True),
        ("StringEquals", "kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT", True),
        ("StringEquals", "kms:ViaService", "sqs.us-east-1.amazonaws.com", False),
        ("Null", "kms:ViaService", "true", True),
        ("StringLike", "kms:RequestAlias", "alias/*", False),
    ],
)
def test_conditions_of_encrypting(user, key, operator, name, value, works):
    user.may(allow("kms:Encrypt", Condition={operator: {name: value}}))
    if works:
        encrypt(user, key, EncryptionContext={"tenant": "1"})
    else:
        with denied("kms:Encrypt"):
            encrypt(user, key, EncryptionContext={"tenant": "1"})


def test_tags_and_aliases_of_the_key(home, user, key):
    user.may(allow("kms:Encrypt", Condition={"StringEquals": {"aws:ResourceTag/team": "video"}}))
    with denied("kms:Encrypt"):
        encrypt(user, key)
    home.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "video"}])
    encrypt(user, key)
    alias = f"alias/{unique('key')}"
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
    user.may(allow("kms:Encrypt", Condition=condition))
    with denied("kms:Encrypt"):
        encrypt(user, key)
    home.kms.create_alias(AliasName=alias, TargetKeyId=key)
    encrypt(user, key)
    user.may(allow("kms:Encrypt", Condition={"StringEquals": {"kms:RequestAlias": alias}}))
    with denied("kms:Encrypt"):
        encrypt(user, key)
    encrypt(user, alias)


# Grants.


def grant(kms, key, who, *operations, **more):
    return kms.create_grant(
        KeyId=key, GranteePrincipal=who.arn, Operations=list(operations), **more
    )


def test_a_grant_gives_what_no_policy_gives_until_it_is_revoked(kms, user, key):
    made = grant(kms, key, user, "Encrypt", "DescribeKey")
    blob = encrypt(user, key)
    user.kms.describe_key(KeyId=key)
    with denied("kms:Decrypt"):
        user.kms.decrypt(CiphertextBlob=blob)
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    with denied("kms:Encrypt"):
        encrypt(user, key)
    with refused(("NotFoundException", "InvalidGrantIdException")):
        kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])


def test_a_grant_to_a_role_serves_its_sessions(home, kms, user, key):
    role = home.new_role(trust(user.arn))
    kms.create_grant(KeyId=key, GranteePrincipal=role.arn, Operations=["Encrypt"])
    encrypt(user.assume(role.arn), key)
    with denied("kms:Encrypt"):
        encrypt(user, key)


def test_a_grant_does_not_open_to_a_namesake(home, kms, user, key):
    made = grant(kms, key, user, "Encrypt", "RetireGrant", RetiringPrincipal=user.arn)
    encrypt(user, key)
    unique_id = home.iam.get_user(UserName=user.name)["User"]["UserId"]
    namesake = home.made_again(user)
    with denied("kms:Encrypt"):
        encrypt(namesake, key)
    with denied("kms:RetireGrant"):
        namesake.kms.retire_grant(KeyId=key, GrantId=made["GrantId"])
    assert retiring_grants(kms, user) == []
    (listed,) = kms.list_grants(KeyId=key)["Grants"]
    assert (listed["GranteePrincipal"], listed["RetiringPrincipal"]) == (unique_id, unique_id)


def test_a_grant_reaches_into_another_account(kms, abroad, key):
    guest = abroad.new_user()
    grant(kms, key, guest, "Encrypt")
    guest.may(allow("kms:Encrypt", key))
    encrypt(guest, key)


def test_a_key_policy_may_name_a_role(home, kms, user, key):
    role = home.new_role(trust(user.arn))
    statement = allow("kms:Encrypt", Principal={"AWS": role.arn})
    kms.put_key_policy(KeyId=key, Policy=key_policy(statement))
    encrypt(user.assume(role.arn), key)
    with denied("kms:Encrypt"):
        encrypt(user, key)


def test_a_deny_stands_above_a_grant(kms, user, key):
    grant(kms, key, user, "Encrypt")
    user.may(deny("kms:Encrypt"))
    with denied("explicit deny"):
        encrypt(user, key)


def test_encryption_contexts_of_grants(kms, home, key):
    exact, subset = home.new_user(), home.new_user()
    context = {"tenant": "1"}
    grant(kms, key, exact, "Encrypt", Constraints={"EncryptionContextEquals": context})
    grant(kms, key, subset, "Encrypt", Constraints={"EncryptionContextSubset": context})
    more = {"tenant": "1", "stage": "test"}
    encrypt(exact, key, EncryptionContext=context)
    encrypt(subset, key, EncryptionContext=context)
    encrypt(subset, key, EncryptionContext=more)
    for who, given in ((exact, more), (exact, {}), (subset, {}), (subset, {"tenant": "2"})):
        with denied("kms:Encrypt"):
            encrypt(who, key, EncryptionContext=given)


def test_grants_are_retired_by_whom_they_name_or_by_their_token(kms, home, user, key):
    retiring = home.new_user()
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=retiring.arn)
    with denied("kms:RetireGrant"):
        user.kms.retire_grant(KeyId=key, GrantId=made["GrantId"])
    (listed,) = retiring_grants(kms, retiring)
    assert listed["GrantId"] == made["GrantId"]
    retiring.kms.retire_grant(KeyId=key, GrantId=made["GrantId"])
    with denied("kms:Encrypt"):
        encrypt(user, key)
    token = grant(kms, key, user, "Encrypt", RetiringPrincipal=retiring.arn)["GrantToken"]
    encrypt(user, key, GrantTokens=[token])
    retiring.kms.retire_grant(GrantToken=token)
    with denied("kms:Encrypt"):
        encrypt(user, key)


def retiring_grants(kms, retiring):
    return kms.list_retirable_grants(RetiringPrincipal=retiring.arn)["Grants"]


def test_a_grantee_may_retire_where_the_grant_says_so(kms, user, key):
    made = grant(kms, key, user, "Encrypt", "RetireGrant")
    user.kms.retire_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_a_grantee_passes_on_no_more_than_it_has(kms, home, user, key):
    other = home.new_user()
    grant(kms, key, user, "Encrypt", "CreateGrant")
    with refused("AccessDeniedException"):
        grant(user.kms, key, other, "Decrypt")
    grant(user.kms, key, other, "Encrypt")
    encrypt(other, key)


def test_grants_of_one_name_are_one(kms, user, key):
    first = grant(kms, key, user, "Encrypt", Name="worker")
    assert grant(kms, key, user, "Encrypt", Name="worker")["GrantId"] == first["GrantId"]
    assert grant(kms, key, user, "Decrypt", Name="worker")["GrantId"] != first["GrantId"]
    assert len(kms.list_grants(KeyId=key)["Grants"]) == 2


def test_grants_are_listed_in_pages_and_by_grantee(kms, home, user, key):
    other = home.new_user()
    for who in (user, user, other):
        grant(kms, key, who, "Encrypt")
    pages = kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": 2})
    assert [len(page["Grants"]) for page in pages] == [2, 1]
    (one,) = kms.list_grants(KeyId=key, GranteePrincipal=other.arn)["Grants"]
    assert one["GranteePrincipal"] == other.arn
    assert one["Operations"] == ["Encrypt"]
    assert one["IssuingAccount"] in (ROOT, HOME)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Operations": ["Sign"]},
        {"Operations": ["FlyToTheMoon"]},
        {"GranteePrincipal": "not an arn"},
    ],
)
def test_grants_that_cannot_be(kms, user, key, wrong):
    right = {"KeyId": key, "GranteePrincipal": user.arn, "Operations": ["Encrypt"]}
    with refused(("ValidationException", "ValidationError", "InvalidArnException")):
        kms.create_grant(**{**right, **wrong})


def test_a_dry_run_says_whether_it_would_work(home, user, key):
    with denied("kms:Encrypt"):
        encrypt(user, key, DryRun=True)
    user.may(allow("kms:Encrypt"))
    with refused("DryRunOperationException", status=None):
        encrypt(user, key, DryRun=True)
