"""Deletion and rotation: what happens to keys as time passes."""

import pytest

from tidegate.base.refusals import (
    DisabledException,
    InvalidCiphertextException,
    KMSInvalidStateException,
    LimitExceededException,
    NotFoundException,
    UnsupportedOperationException,
    ValidationException,
)

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/"
NOW_S = 1_750_000_000.0
DAY_S = 86_400


@pytest.fixture
def rotations(kms, key):
    """The rotations of the key, as (type, date)."""

    def listed(**members):
        entries = kms.ask("ListKeyRotations", KeyId=key, **members).Rotations
        return [(entry.RotationType, entry.RotationDate) for entry in entries]

    return listed


# --- Deletion ------------------------------------------------------------------------------------


def test_a_deletion_is_scheduled_for_thirty_days(kms, key):
    answer = kms.ask("ScheduleKeyDeletion", KeyId=key)
    assert answer.KeyId == ARN + key
    assert (answer.KeyState, answer.PendingWindowInDays) == ("PendingDeletion", 30)
    assert answer.DeletionDate == NOW_S + 30 * DAY_S
    described = kms.ask("DescribeKey", KeyId=key).KeyMetadata
    assert (described.Enabled, described.DeletionDate) == (False, answer.DeletionDate)


@pytest.mark.parametrize(("days", "side"), [(6, "greater"), (31, "less"), (1, "greater")])
def test_a_window_is_of_seven_to_thirty_days(refused, key, days, side):
    text = (
        f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy "
        f"constraint: Member must have value {side} than or equal to {7 if days < 7 else 30}"
    )
    refused(ValidationException, text, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=days)


def test_a_key_goes_when_it_is_due_with_its_aliases_and_grants(kms, key, refused):
    other = kms.create().KeyId
    kms.ask("CreateAlias", AliasName="alias/gone", TargetKeyId=key)
    kms.ask("CreateAlias", AliasName="alias/stays", TargetKeyId=other)
    for each in (key, other):
        kms.ask(
            "CreateGrant",
            KeyId=each,
            GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:root",
            Operations=["Decrypt"],
        )
    kms.ask("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    kms.pass_days(6.99)
    assert kms.state(key) == "PendingDeletion"
    kms.pass_days(0.01)
    with pytest.raises(NotFoundException) as caught:
        kms.ask("DescribeKey", KeyId="alias/gone")
    assert caught.value.message.endswith("alias/gone is not found.")
    refused(NotFoundException, f"Key '{ARN}{key}' does not exist", "DescribeKey", KeyId=key)
    assert kms.left() == [1, 1, 1]


def test_a_key_that_is_due_is_not_listed(kms, key):
    kms.ask("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    kms.pass_days(7)
    assert kms.ask("ListKeys").Keys == []
    assert kms.left() == [0, 0, 0]


def test_the_upkeep_removes_keys_that_nobody_asks_for(kms, key):
    kms.ask("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    due = kms.definitions.now + 7 * DAY_S * 1000
    assert kms.service.upkeep.run() == due
    kms.pass_days(7)
    assert kms.service.upkeep.run() is None
    assert kms.left() == [0, 0, 0]


def test_a_deletion_is_cancelled_and_leaves_the_key_disabled(kms, key):
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    assert kms.ask("CancelKeyDeletion", KeyId=key).KeyId == ARN + key
    assert kms.state(key) == "Disabled"
    kms.ask("EnableKey", KeyId=key)
    kms.pass_days(40)
    assert kms.state(key) == "Enabled"


def test_a_deletion_is_scheduled_once(kms, key, refused):
    refused(
        KMSInvalidStateException,
        f"{ARN}{key} is not pending deletion.",
        "CancelKeyDeletion",
        KeyId=key,
    )
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    text = f"{ARN}{key} is pending deletion."
    refused(KMSInvalidStateException, text, "ScheduleKeyDeletion", KeyId=key)


# --- Rotation by the calendar --------------------------------------------------------------------


def test_a_key_does_not_rotate_unless_told(kms, key):
    status = kms.ask("GetKeyRotationStatus", KeyId=key)
    assert status.KeyRotationEnabled is False
    assert (status.RotationPeriodInDays, status.NextRotationDate) == (None, None)


def test_old_ciphertexts_open_after_rotations(kms, key, rotations):
    kms.ask("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    old = kms.ask("Encrypt", KeyId=key, Plaintext=b"before").CiphertextBlob
    first_id = kms.ask("DescribeKey", KeyId=key).KeyMetadata.CurrentKeyMaterialId
    kms.pass_days(90)
    new = kms.ask("Encrypt", KeyId=key, Plaintext=b"after").CiphertextBlob
    assert rotations() == [("AUTOMATIC", NOW_S + 90 * DAY_S)]
    opened_old = kms.ask("Decrypt", CiphertextBlob=old)
    opened_new = kms.ask("Decrypt", CiphertextBlob=new)
    assert (opened_old.Plaintext, opened_new.Plaintext) == (b"before", b"after")
    assert opened_old.KeyMaterialId == first_id
    assert opened_new.KeyMaterialId != first_id


def test_the_next_rotation_is_a_period_after_the_last_one_that_was_due(kms, key, rotations):
    kms.ask("EnableKeyRotation", KeyId=key)
    status = kms.ask("GetKeyRotationStatus", KeyId=key)
    assert (status.KeyId, status.RotationPeriodInDays) == (ARN + key, 365)
    assert status.NextRotationDate == NOW_S + 365 * DAY_S
    kms.pass_days(2.5 * 365)
    after = kms.ask("GetKeyRotationStatus", KeyId=key)
    assert after.NextRotationDate == NOW_S + 3 * 365 * DAY_S
    assert len(rotations()) == 1


def test_a_disabled_key_rotates_when_it_is_enabled_again(kms, key, rotations):
    kms.ask("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    kms.ask("DisableKey", KeyId=key)
    kms.pass_days(100)
    assert rotations() == []
    kms.ask("EnableKey", KeyId=key)
    assert rotations() == [("AUTOMATIC", NOW_S + 100 * DAY_S)]


def test_a_key_that_goes_shows_no_rotation_until_it_is_kept(kms, key):
    kms.ask("EnableKeyRotation", KeyId=key)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    assert kms.ask("GetKeyRotationStatus", KeyId=key).KeyRotationEnabled is False
    kms.ask("CancelKeyDeletion", KeyId=key)
    assert kms.ask("GetKeyRotationStatus", KeyId=key).KeyRotationEnabled is True


def test_rotation_is_switched_off(kms, key, rotations):
    kms.ask("EnableKeyRotation", KeyId=key)
    kms.ask("DisableKeyRotation", KeyId=key)
    kms.pass_days(1000)
    assert kms.ask("GetKeyRotationStatus", KeyId=key).KeyRotationEnabled is False
    assert rotations() == []


def test_keys_in_no_state_to_rotate(kms, key, refused):
    kms.ask("DisableKey", KeyId=key)
    for operation in ("EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"):
        refused(DisabledException, f"{ARN}{key} is disabled.", operation, KeyId=key)
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    for operation in ("EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"):
        text = f"{ARN}{key} is pending deletion."
        refused(KMSInvalidStateException, text, operation, KeyId=key)


@pytest.mark.parametrize(
    "operation",
    [
        "EnableKeyRotation",
        "DisableKeyRotation",
        "GetKeyRotationStatus",
        "RotateKeyOnDemand",
        "ListKeyRotations",
    ],
)
def test_only_symmetric_keys_rotate(kms, refused, operation):
    made = kms.create(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC").KeyId
    refused(UnsupportedOperationException, None, operation, KeyId=made)


# --- Rotation on demand --------------------------------------------------------------------------


def test_a_rotation_on_demand_leaves_the_calendar_alone(kms, key, rotations):
    kms.ask("EnableKeyRotation", KeyId=key)
    blob = kms.ask("Encrypt", KeyId=key, Plaintext=b"old").CiphertextBlob
    kms.pass_days(1)
    assert kms.ask("RotateKeyOnDemand", KeyId=key).KeyId == ARN + key
    assert rotations() == [("ON_DEMAND", NOW_S + DAY_S)]
    status = kms.ask("GetKeyRotationStatus", KeyId=key)
    assert status.NextRotationDate == NOW_S + 365 * DAY_S
    assert kms.ask("Decrypt", CiphertextBlob=blob).Plaintext == b"old"


def test_rotations_on_demand_are_counted(kms, key, refused, monkeypatch):
    monkeypatch.setattr("tidegate.services.kms.rotation.ON_DEMAND_ROTATIONS", 2)
    kms.ask("RotateKeyOnDemand", KeyId=key)
    kms.ask("RotateKeyOnDemand", KeyId=key)
    refused(LimitExceededException, None, "RotateKeyOnDemand", KeyId=key)


def test_rotations_are_listed_in_pages_and_with_the_first_material(kms, key, rotations):
    for _ in range(3):
        kms.ask("RotateKeyOnDemand", KeyId=key)
    assert len(rotations()) == 3
    page = kms.ask("ListKeyRotations", KeyId=key, Limit=2)
    assert page.Truncated
    last = kms.ask("ListKeyRotations", KeyId=key, Marker=page.NextMarker).Rotations
    assert [entry.KeyMaterialState for entry in last] == ["CURRENT"]
    everything = kms.ask(
        "ListKeyRotations", KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL"
    ).Rotations
    states = [entry.KeyMaterialState for entry in everything]
    assert states == ["NON_CURRENT", "NON_CURRENT", "NON_CURRENT", "CURRENT"]
    assert everything[0].RotationType is None
    assert len({entry.KeyMaterialId for entry in everything}) == 4


def test_a_ciphertext_of_material_that_never_was_does_not_open(kms, key, refused):
    blob = bytearray(kms.ask("Encrypt", KeyId=key, Plaintext=b"x").CiphertextBlob)
    blob[2] = 9
    refused(InvalidCiphertextException, "", "Decrypt", CiphertextBlob=bytes(blob))
