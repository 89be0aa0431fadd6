"""KMS as SQS and its like see it."""

import pytest

from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    DisabledException,
    InvalidArnException,
    InvalidCiphertextException,
    InvalidKeyUsageException,
    KMSInvalidStateException,
    NotFoundException,
)
from tidegate.catalog.entities import Changes
from tidegate.catalog.identities import User
from tidegate.services.kms.for_services import ServiceCaller

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
CONTEXT = {"aws:sqs:arn": QUEUE}
ANN = Principal(
    ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/Ann", "AKIAANN", "AIDAANN", kind="User", name="Ann"
)
CALLER = ServiceCaller(ANN, "sqs", REGION)


@pytest.fixture
def service(kms):
    return kms.service.for_services


def test_a_data_key_opens_for_its_context(service, key):
    plaintext, blob = service.generate(CALLER, ARN + key, CONTEXT)
    assert len(plaintext) == 32
    assert service.decrypt(CALLER, blob, CONTEXT) == plaintext
    with pytest.raises(InvalidCiphertextException):
        service.decrypt(CALLER, blob, {})
    with pytest.raises(InvalidCiphertextException):
        service.decrypt(CALLER, b"x", CONTEXT)


def test_the_principal_needs_the_permission_through_the_service(kms, service, key):
    _, blob = service.generate(CALLER, ARN + key, CONTEXT)
    service.decrypt(CALLER, blob, CONTEXT)
    (generate, arn, values), (decrypt, *_) = kms.permissions.asked
    assert (generate, decrypt, arn) == ("kms:GenerateDataKey", "kms:Decrypt", ARN + key)
    assert values["kms:ViaService"] == f"sqs.{REGION}.amazonaws.com"
    assert (values["kms:CallerAccount"], values["aws:SourceArn"]) == (ACCOUNT, QUEUE)
    assert values["kms:EncryptionContext:aws:sqs:arn"] == QUEUE
    kms.permissions.denied |= {"kms:GenerateDataKey", "kms:Decrypt"}
    with pytest.raises(AccessDeniedException):
        service.generate(CALLER, ARN + key, CONTEXT)
    with pytest.raises(AccessDeniedException):
        service.decrypt(CALLER, blob, CONTEXT)


def test_a_grant_will_do(kms, service, key):
    kms.permissions.denied |= {"kms:GenerateDataKey"}
    kms.definitions.note(Changes((User(ACCOUNT, "Ann", "/", "AIDAANN", 1),)))
    kms.ask("CreateGrant", KeyId=key, GranteePrincipal=ANN.arn, Operations=["GenerateDataKey"])
    assert service.generate(CALLER, ARN + key, CONTEXT)


def test_a_key_that_may_not_be_used(kms, service, key):
    _, blob = service.generate(CALLER, ARN + key, CONTEXT)

    def refuses(refusal):
        with pytest.raises(refusal):
            service.generate(CALLER, ARN + key, CONTEXT)
        with pytest.raises(refusal):
            service.decrypt(CALLER, blob, CONTEXT)

    kms.ask("DisableKey", KeyId=key)
    refuses(DisabledException)
    kms.ask("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    refuses(KMSInvalidStateException)
    kms.pass_days(7)
    with pytest.raises(NotFoundException):
        service.generate(CALLER, ARN + key, CONTEXT)
    with pytest.raises(AccessDeniedException):
        service.decrypt(CALLER, blob, CONTEXT)


def test_a_key_of_another_kind(kms, service):
    signing = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").Arn
    rsa = kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").Arn
    for arn in (signing, rsa):
        with pytest.raises(InvalidKeyUsageException):
            service.generate(CALLER, arn, CONTEXT)


def test_a_queue_names_its_key_in_any_way(kms, service, key):
    kms.ask("CreateAlias", AliasName="alias/mine", TargetKeyId=key)
    for name in (key, ARN + key, "alias/mine"):
        assert service.key_arn(ACCOUNT, REGION, name) == ARN + key
    with pytest.raises(NotFoundException):
        service.key_arn(ACCOUNT, REGION, "alias/none")
    with pytest.raises(InvalidArnException):
        service.key_arn(ACCOUNT, REGION, "arn:nothing")


def test_the_key_of_aws_is_made_at_its_first_use(kms, service):
    arn = service.key_arn(ACCOUNT, REGION, "alias/aws/sqs")
    assert service.key_arn(ACCOUNT, REGION, "alias/aws/sqs") == arn
    assert kms.left() == [1, 1, 0]
    assert service.generate(CALLER, arn, CONTEXT)
    assert service.key_arn(ACCOUNT, "us-east-1", "alias/aws/sqs") != arn


def test_nobody_makes_the_key_of_aws_in_another_account(kms, service):
    foreign = "arn:aws:kms:eu-west-1:444455556666:alias/aws/sqs"
    with pytest.raises(NotFoundException):
        service.key_arn(ACCOUNT, REGION, foreign)
    assert service.key_arn("444455556666", REGION, "alias/aws/sqs")
    assert service.key_arn(ACCOUNT, REGION, foreign)
