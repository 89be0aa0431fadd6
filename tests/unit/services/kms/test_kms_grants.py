"""Grants: made, listed, retired, revoked, and what they let a caller do."""

import msgspec
import pytest

from tidegate.api.kms import GrantConstraints
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    DisabledException,
    DryRunOperationException,
    InvalidArnException,
    InvalidGrantTokenException,
    KMSInvalidStateException,
    LimitExceededException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.entities import Changes
from tidegate.catalog.identities import User

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/"
ANN = Principal(
    ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/Ann", "AKIAANN", "AIDAANN", kind="User", name="Ann"
)
BOB = Principal(
    ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/Bob", "AKIABOB", "AIDABOB", kind="User", name="Bob"
)
STRANGER = Principal("444455556666", "arn:aws:iam::444455556666:root", "AKIAX", "444455556666")
ORDERS = {"table": "orders"}


@pytest.fixture
def grant(kms, key):
    """grant(**members): the answer to a CreateGrant for Ann that may decrypt; she and Bob are
    there."""
    have(kms, USER, User(ACCOUNT, "Bob", "/", "AIDABOB", 1))

    def create(**members):
        defaults = {"KeyId": key, "GranteePrincipal": ANN.arn, "Operations": ["Decrypt"]}
        return kms.ask("CreateGrant", **(defaults | members))

    return create


def listed(kms, key, **members):
    return kms.ask("ListGrants", KeyId=key, **members).Grants


# --- Made and listed -----------------------------------------------------------------------------


def test_a_grant_is_made_and_listed(kms, key, grant):
    made = grant(
        Name="for Ann",
        RetiringPrincipal=BOB.arn,
        Operations=["Decrypt", "Encrypt", "Decrypt"],
        Constraints=GrantConstraints(EncryptionContextSubset=ORDERS),
    )
    assert len(made.GrantId) == 64
    (entry,) = listed(kms, key)
    assert (entry.GrantId, entry.KeyId, entry.Name) == (made.GrantId, ARN + key, "for Ann")
    assert (entry.GranteePrincipal, entry.RetiringPrincipal) == (ANN.arn, BOB.arn)
    assert entry.IssuingAccount == f"arn:aws:iam::{ACCOUNT}:root"
    assert entry.Operations == ["Decrypt", "Encrypt"]
    assert entry.Constraints == GrantConstraints(EncryptionContextSubset=ORDERS)
    assert entry.CreationDate == 1_750_000_000.0


def test_without_a_name_each_request_makes_a_grant(kms, key, grant):
    assert grant().GrantId != grant().GrantId
    assert [entry.Name for entry in listed(kms, key)] == ["", ""]


def test_a_named_grant_is_made_once_and_has_many_tokens(kms, key, grant):
    first, second = grant(Name="one"), grant(Name="one")
    assert first.GrantId == second.GrantId
    assert first.GrantToken != second.GrantToken
    assert grant(Name="one", Operations=["Encrypt"]).GrantId != first.GrantId
    assert len(listed(kms, key)) == 2


def test_grants_are_listed_in_pages_and_filtered(kms, key, grant):
    ids = sorted(grant().GrantId for _ in range(3))
    of_bob = grant(GranteePrincipal=BOB.arn).GrantId
    page = kms.ask("ListGrants", KeyId=key, Limit=3)
    rest = kms.ask("ListGrants", KeyId=key, Marker=page.NextMarker)
    assert [e.GrantId for e in (*page.Grants, *rest.Grants)] == sorted([*ids, of_bob])
    assert [e.GrantId for e in listed(kms, key, GranteePrincipal=BOB.arn)] == [of_bob]
    assert [e.GrantId for e in listed(kms, key, GrantId=ids[0])] == [ids[0]]
    assert listed(kms, kms.create().KeyId) == []


def test_retirable_grants_are_listed_over_all_keys_of_a_region(kms, key, grant):
    other = kms.create().KeyId
    ids = {grant(RetiringPrincipal=BOB.arn, KeyId=each).GrantId for each in (key, other)}
    grant(RetiringPrincipal=ANN.arn)
    found = kms.ask("ListRetirableGrants", RetiringPrincipal=BOB.arn).Grants
    assert {entry.GrantId for entry in found} == ids
    kms.region = "us-east-1"
    assert kms.ask("ListRetirableGrants", RetiringPrincipal=BOB.arn).Grants == []


def test_who_may_retire_the_grants_of_another_account_is_its_own_affair(kms, grant):
    grant(RetiringPrincipal=BOB.arn)
    service = "lambda.amazonaws.com"
    source = GrantConstraints(SourceArn="arn:aws:lambda:eu-west-1:111122223333:f")
    grant(RetiringPrincipal=None, RetiringServicePrincipal=service, Constraints=source)
    assert len(kms.ask("ListRetirableGrants", RetiringServicePrincipal=service).Grants) == 1
    kms.principal = STRANGER
    assert kms.ask("ListRetirableGrants", RetiringServicePrincipal=service).Grants == []
    assert kms.ask("ListRetirableGrants", RetiringPrincipal=STRANGER.arn).Grants == []
    with pytest.raises(AccessDeniedException):
        kms.ask("ListRetirableGrants", RetiringPrincipal=BOB.arn)


def test_a_grant_for_a_service(kms, key, grant):
    made = {
        "GranteePrincipal": None,
        "GranteeServicePrincipal": "lambda.amazonaws.com",
        "RetiringServicePrincipal": "lambda.amazonaws.com",
        "Constraints": GrantConstraints(SourceArn="arn:aws:lambda:eu-west-1:111122223333:f"),
    }
    grant(**made)
    (entry,) = listed(kms, key, GranteeServicePrincipal="lambda.amazonaws.com")
    assert (entry.GranteePrincipal, entry.RetiringPrincipal) == (None, None)
    assert entry.GranteeServicePrincipal == "lambda.amazonaws.com"
    assert entry.RetiringServicePrincipal == "lambda.amazonaws.com"
    for missing in ({"Constraints": None}, {"RetiringServicePrincipal": None}):
        with pytest.raises(ValidationException):
            grant(**(made | missing))


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"GranteePrincipal": None}, ValidationException),
        ({"GranteeServicePrincipal": "sqs.amazonaws.com"}, ValidationException),
        ({"GranteePrincipal": "Ann"}, InvalidArnException),
        ({"GranteePrincipal": "arn:aws:s3:::bucket"}, InvalidArnException),
        ({"RetiringPrincipal": "nobody"}, InvalidArnException),
        ({"Operations": ["Sign"]}, ValidationException),
        ({"Operations": ["Decrypt", "GenerateMac"]}, ValidationException),
        ({"GrantTokens": ["made up"]}, InvalidGrantTokenException),
        (
            {
                "Constraints": GrantConstraints(
                    EncryptionContextEquals={f"k{n}": "" for n in range(9)}
                )
            },
            ValidationException,
        ),
        (
            {"Constraints": GrantConstraints(EncryptionContextSubset={"k": "v" * 384})},
            ValidationException,
        ),
        ({"DryRun": True}, DryRunOperationException),
    ],
)
def test_a_grant_that_cannot_be(kms, key, refused, members, refusal):
    defaults = {"KeyId": key, "GranteePrincipal": ANN.arn, "Operations": ["Decrypt"]}
    refused(refusal, None, "CreateGrant", **(defaults | members))


def test_a_grant_is_for_a_user_or_role_that_is_there(kms, key, refused):
    members = {"KeyId": key, "GranteePrincipal": ANN.arn, "Operations": ["Decrypt"]}
    text = f"ARN does not refer to a valid principal: {ANN.arn}"
    refused(InvalidArnException, text, "CreateGrant", **members)
    have(kms, USER)
    kms.ask("CreateGrant", **members)
    for nobody in (BOB.arn, f"arn:aws:iam::{ACCOUNT}:role/Ann"):
        text = f"ARN does not refer to a valid principal: {nobody}"
        retired = members | {"RetiringPrincipal": nobody}
        refused(InvalidArnException, text, "CreateGrant", **retired)
    assert len(listed(kms, key)) == 1
    # Any number may be an account's, and a session ends by itself.
    others = (STRANGER.arn, f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s")
    for other in others:
        kms.ask("CreateGrant", **(members | {"GranteePrincipal": other}))


def test_a_grant_fits_the_kind_of_its_key(kms, refused):
    have(kms, USER)
    signing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").KeyId
    members = {"KeyId": signing, "GranteePrincipal": ANN.arn}
    kms.ask("CreateGrant", Operations=["Sign", "Verify", "GetPublicKey", "DescribeKey"], **members)
    refused(ValidationException, None, "CreateGrant", Operations=["Decrypt"], **members)
    constraints = GrantConstraints(EncryptionContextEquals=ORDERS)
    constrained = members | {"Operations": ["Sign"], "Constraints": constraints}
    refused(ValidationException, None, "CreateGrant", **constrained)


def test_a_key_that_may_not_be_used_takes_no_grants(kms, key, refused):
    members = {"KeyId": key, "GranteePrincipal": ANN.arn, "Operations": ["Decrypt"]}
    kms.ask("DisableKey", KeyId=key)
    refused(DisabledException, None, "CreateGrant", **members)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    refused(KMSInvalidStateException, None, "CreateGrant", **members)


def test_a_key_has_a_limit_of_grants(kms, key, grant, refused, monkeypatch):
    monkeypatch.setattr("tidegate.services.kms.grants.GRANTS_PER_KEY", 1)
    grant(Name="one")
    members = {"KeyId": key, "GranteePrincipal": ANN.arn, "Operations": ["Decrypt"]}
    refused(LimitExceededException, None, "CreateGrant", **members)
    grant(Name="one")


# --- Namesakes -----------------------------------------------------------------------------------


def have(kms, *entities):
    kms.definitions.note(Changes(entities))


USER = User(ACCOUNT, "Ann", "/", "AIDAANN", 1)
NAMESAKE = User(ACCOUNT, "Ann", "/", "AIDANAMESAKE", 2)
ANOTHER = msgspec.structs.replace(ANN, user_id=NAMESAKE.id)


def test_a_grant_shows_the_id_of_whoever_is_gone(kms, key, grant):
    grant(RetiringPrincipal=ANN.arn)
    (entry,) = listed(kms, key, GranteePrincipal=ANN.arn)
    assert (entry.GranteePrincipal, entry.RetiringPrincipal) == (ANN.arn, ANN.arn)
    have(kms, NAMESAKE)
    assert listed(kms, key, GranteePrincipal=ANN.arn) == []
    assert kms.ask("ListRetirableGrants", RetiringPrincipal=ANN.arn).Grants == []
    (entry,) = listed(kms, key)
    assert (entry.GranteePrincipal, entry.RetiringPrincipal) == (USER.id, USER.id)
    assert (entry.GranteeServicePrincipal, entry.RetiringServicePrincipal) == (None, None)


def test_a_grant_does_not_let_a_namesake_in(kms, key, grant, refused):
    blob = kms.ask("Encrypt", KeyId=key, Plaintext=b"x").CiphertextBlob
    made = grant(RetiringPrincipal=ANN.arn)
    kms.permissions.denied.add("kms:RetireGrant")
    have(kms, NAMESAKE)
    kms.principal = ANOTHER
    assert not kms.granted("Decrypt", CiphertextBlob=blob)
    refused(AccessDeniedException, None, "RetireGrant", GrantToken=made.GrantToken)


def test_a_named_grant_is_made_anew_for_a_namesake(kms, key, grant):
    first = grant(Name="one")
    assert grant(Name="one").GrantId == first.GrantId
    have(kms, NAMESAKE)
    assert grant(Name="one").GrantId != first.GrantId


# --- What a grant lets do ------------------------------------------------------------------------


def test_a_grant_lets_its_grantee_do_its_operations(kms, key, grant):
    blob = kms.ask("Encrypt", KeyId=key, Plaintext=b"x").CiphertextBlob
    kms.principal = ANN
    assert not kms.granted("Decrypt", CiphertextBlob=blob)
    grant()
    assert kms.granted("Decrypt", CiphertextBlob=blob)
    assert not kms.granted("Encrypt", KeyId=key, Plaintext=b"x")
    assert not kms.granted("DescribeKey", KeyId=key)
    assert not kms.granted("DisableKey", KeyId=key)
    kms.principal = BOB
    assert not kms.granted("Decrypt", CiphertextBlob=blob)


def test_a_grant_keeps_to_its_encryption_context(kms, key, grant):
    grant(
        Operations=["Encrypt", "DescribeKey"],
        Constraints=GrantConstraints(EncryptionContextSubset=ORDERS),
    )
    kms.principal = ANN

    def may(context):
        members = {"KeyId": key, "Plaintext": b"x", "EncryptionContext": context}
        return kms.granted("Encrypt", **members)

    assert may(ORDERS)
    assert may(ORDERS | {"more": "pairs"})
    assert not may(None)
    assert not may({"table": "Orders"})
    assert not may({"Table": "orders"})
    assert kms.granted("DescribeKey", KeyId=key)


def test_reencryption_takes_a_grant_on_each_side(kms, key, grant, refused):
    other = kms.create().KeyId
    blob = kms.ask("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext=ORDERS).CiphertextBlob
    members = {
        "CiphertextBlob": blob,
        "SourceEncryptionContext": ORDERS,
        "DestinationKeyId": other,
    }
    exactly = GrantConstraints(EncryptionContextEquals=ORDERS)
    grant(Operations=["ReEncryptFrom"], Constraints=exactly)
    kms.principal = ANN
    assert kms.granted("ReEncrypt", **members)
    assert not kms.granted("ReEncrypt", **members | {"SourceEncryptionContext": None})
    kms.permissions.denied.add("kms:ReEncryptTo")
    refused(AccessDeniedException, None, "ReEncrypt", **members)
    grant(KeyId=other, Operations=["ReEncryptTo"])
    assert kms.ask("ReEncrypt", **members).KeyId == ARN + other


def test_a_grant_may_let_its_grantee_pass_it_on(kms, key, grant):
    grant(
        Operations=["CreateGrant", "Decrypt"],
        Constraints=GrantConstraints(EncryptionContextSubset=ORDERS),
    )
    kms.principal = ANN

    def may(operations, constraints):
        return kms.granted(
            "CreateGrant",
            KeyId=key,
            GranteePrincipal=BOB.arn,
            Operations=operations,
            Constraints=constraints,
        )

    stricter = GrantConstraints(EncryptionContextEquals=ORDERS | {"row": "1"})
    assert may(["Decrypt"], GrantConstraints(EncryptionContextSubset=ORDERS))
    assert may(["Decrypt"], stricter)
    assert not may(["Decrypt"], None)
    assert not may(["Decrypt"], GrantConstraints(EncryptionContextSubset={"row": "1"}))
    assert not may(["Encrypt"], stricter)


# --- Retired and revoked -------------------------------------------------------------------------


def test_a_grant_is_revoked(kms, key, grant, refused):
    made = grant()
    members = {"KeyId": key, "GrantId": made.GrantId}
    refused(DryRunOperationException, None, "RevokeGrant", DryRun=True, **members)
    assert kms.ask("RevokeGrant", **members) is None
    assert listed(kms, key) == []
    text = f"Grant ID {made.GrantId} not found"
    refused(NotFoundException, text, "RevokeGrant", **members)


def test_a_grant_is_of_one_key(kms, key, grant, refused):
    other = kms.create().KeyId
    members = {"KeyId": other, "GrantId": grant().GrantId}
    refused(NotFoundException, None, "RevokeGrant", **members)


def test_the_retiring_principal_needs_no_policy(kms, key, grant):
    made = grant(RetiringPrincipal=BOB.arn)
    kms.permissions.denied.add("kms:RetireGrant")
    kms.principal = BOB
    kms.ask("RetireGrant", GrantToken=made.GrantToken)
    assert listed(kms, key) == []


def test_a_policy_that_denies_holds_the_retiring_principal_as_well(kms, key, grant, refused):
    made = grant(RetiringPrincipal=BOB.arn)
    kms.permissions.refused.add("kms:RetireGrant")
    kms.principal = BOB
    refused(AccessDeniedException, None, "RetireGrant", GrantToken=made.GrantToken)
    assert len(listed(kms, key)) == 1


def test_a_grantee_retires_its_grant_where_the_grant_says_so(kms, key, grant, refused):
    one, other = grant(), grant(Operations=["Decrypt", "RetireGrant"])
    kms.permissions.denied.add("kms:RetireGrant")
    kms.principal = ANN
    refused(AccessDeniedException, None, "RetireGrant", KeyId=key, GrantId=one.GrantId)
    kms.ask("RetireGrant", KeyId=key, GrantId=other.GrantId)
    assert [entry.GrantId for entry in listed(kms, key)] == [one.GrantId]


def test_others_retire_a_grant_by_their_policies(kms, key, grant):
    made = grant()
    assert kms.rows["RetireGrant"].decides_itself
    kms.ask("RetireGrant", KeyId=ARN + key, GrantId=made.GrantId)
    assert kms.permissions.asked[-1][:2] == ("kms:RetireGrant", ARN + key)


def test_a_grant_is_retired_from_another_account_by_its_token(kms, key, grant):
    made = grant(RetiringPrincipal=STRANGER.arn)
    kms.principal = STRANGER
    assert kms.resource("RetireGrant", GrantToken=made.GrantToken) == ARN + key
    kms.ask("RetireGrant", GrantToken=made.GrantToken)
    assert kms.left() == [1, 0, 0]


def test_which_grant_to_retire(kms, key, grant, refused):
    made = grant()
    for members in (
        {},
        {"KeyId": key},
        {"GrantId": made.GrantId},
        {"GrantToken": made.GrantToken, "KeyId": key},
    ):
        refused(ValidationException, None, "RetireGrant", **members)
    refused(InvalidGrantTokenException, None, "RetireGrant", GrantToken="made up")
    refused(DryRunOperationException, None, "RetireGrant", GrantToken=made.GrantToken, DryRun=True)
    kms.ask("RevokeGrant", KeyId=key, GrantId=made.GrantId)
    refused(NotFoundException, None, "RetireGrant", GrantToken=made.GrantToken)


def test_a_real_token_is_taken_by_every_operation(kms, key, grant):
    token = grant().GrantToken
    kms.ask("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=[token])
