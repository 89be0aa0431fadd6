"""What is said of an input that the model does not allow.

Texts are those of AWS's answers, as users quote them in issues: of STS (AssumeRoleWithSAML with
empty ARNs), IAM (tags of a user), Lambda (maps of scalars).
"""

from typing import Any

import pytest

from tidegate.api import iam, kms, sts
from tidegate.api.operation import Shape
from tidegate.base.refusals import ValidationException
from tidegate.wire.validate import check

ROLE = "arn:aws:iam::123456789012:role/demo"


def told(shape: Shape) -> str:
    with pytest.raises(ValidationException) as refused:
        check(shape)
    return refused.value.message


def test_one_violation() -> None:
    assert told(iam.CreateUserRequest(UserName="x" * 65)) == (
        f"1 validation error detected: Value '{'x' * 65}' at 'userName' failed to satisfy "
        "constraint: Member must have length less than or equal to 64"
    )


def test_several_violations_of_several_members() -> None:
    pattern = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
    shape = sts.AssumeRoleWithSAMLRequest(RoleArn="", PrincipalArn="", SAMLAssertion="abcd")
    assert told(shape) == (
        "4 validation errors detected: "
        "Value '' at 'roleArn' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {pattern}; "
        "Value '' at 'roleArn' failed to satisfy constraint: "
        "Member must have length greater than or equal to 20; "
        "Value '' at 'principalArn' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {pattern}; "
        "Value '' at 'principalArn' failed to satisfy constraint: "
        "Member must have length greater than or equal to 20"
    )


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            iam.CreateUserRequest(
                UserName="u", Tags=[iam.Tag(Key="k", Value="v"), iam.Tag(Key="D&T", Value="v")]
            ),
            r"Value 'D&T' at 'tags.2.member.key' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
        (
            iam.ListUsersRequest(MaxItems=1001),
            "Value '1001' at 'maxItems' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
        ),
        (
            iam.UpdateAccessKeyRequest(AccessKeyId="A" * 16, Status="On"),
            "Value 'On' at 'status' failed to satisfy constraint: "
            "Member must satisfy enum value set: [Active, Inactive, Expired]",
        ),
        (
            kms.CreateGrantRequest(
                KeyId="k", GranteePrincipal="p", Operations=["Decrypt"], GrantTokens=["t"] * 11
            ),
            f"Value '[{', '.join('t' * 11)}]' at 'grantTokens' failed to satisfy constraint: "
            "Member must have length less than or equal to 10",
        ),
        (
            kms.DecryptRequest(CiphertextBlob=b"c", GrantTokens=["", "t"]),
            "Value '[, t]' at 'grantTokens' failed to satisfy constraint: Member must satisfy "
            "constraint: [Member must have length less than or equal to 8192, "
            "Member must have length greater than or equal to 1]",
        ),
        (
            iam.SimulateCustomPolicyRequest(PolicyInputList=["{}"], ActionNames=["s3"]),
            "Value '[s3]' at 'actionNames' failed to satisfy constraint: Member must satisfy "
            "constraint: [Member must have length less than or equal to 128, "
            "Member must have length greater than or equal to 3]",
        ),
        (
            kms.DecryptRequest(CiphertextBlob=b""),
            "Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'ciphertextBlob' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            sts.AssumeRoleRequest(
                RoleArn=ROLE,
                RoleSessionName="session",
                PolicyArns=[sts.PolicyDescriptorType(arn="short")],
            ),
            "Value 'short' at 'policyArns.1.member.arn' failed to satisfy constraint: "
            "Member must have length greater than or equal to 20",
        ),
        (
            iam.CreateUserRequest(UserName="u", Tags=[iam.Tag(Key="k", Value="v")] * 51),
            "Value at 'tags' failed to satisfy constraint: "
            "Member must have length less than or equal to 50",
        ),
    ],
)
def test_kinds_of_rules_and_places(shape: Shape, text: str) -> None:
    assert told(shape) == f"1 validation error detected: {text}"


def test_a_missing_member() -> None:
    # A decoder puts None where nothing came.
    missing: Any = None
    assert told(iam.GetRoleRequest(RoleName=missing)) == (
        "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: "
        "Member must not be null"
    )


@pytest.mark.parametrize(
    "shape",
    [
        kms.EncryptRequest(KeyId="k", Plaintext=b"hunter2" * 1000),
        iam.CreateLoginProfileRequest(UserName="u", Password="hunter2" * 100),
        iam.ChangePasswordRequest(OldPassword="hunter2" * 100, NewPassword="hunter2\0"),
        sts.AssumeRoleWithWebIdentityRequest(
            RoleArn=ROLE, RoleSessionName="session", WebIdentityToken="hunter2" * 10_000
        ),
    ],
)
def test_a_secret_is_never_repeated(shape: Shape) -> None:
    text = told(shape)
    assert "hunter2" not in text
    assert "Value at '" in text


@pytest.mark.parametrize(
    "shape",
    [
        iam.CreateUserRequest(UserName="user@example.com", Path="/a/b/", Tags=[]),
        iam.TagUserRequest(UserName="u", Tags=[iam.Tag(Key="Größe 水", Value="")]),
        iam.ListUsersRequest(MaxItems=1, PathPrefix="/"),
        kms.EncryptRequest(KeyId="k", Plaintext=b"p" * 4096, EncryptionContext={"a": ""}),
        kms.CreateKeyRequest(),
    ],
)
def test_what_the_model_allows(shape: Shape) -> None:
    check(shape)
