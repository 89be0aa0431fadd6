"""IAM, STS and KMS in text, as AWS's API references and clients write them."""

import pytest

from tidegate.api import iam, kms, sts
from tidegate.api.operation import OperationShape, Shape
from tidegate.base.refusals import MalformedInput, ValidationException
from tidegate.wire import aws_json, query


def decoded(operation: OperationShape, form: str) -> Shape:
    return query.decode_checked(operation, query.parse_parameters(form.encode()))


def test_assume_role() -> None:
    """The sample request of the API reference of STS."""
    assert decoded(
        sts.OPERATIONS["AssumeRole"],
        "Version=2011-06-15&Action=AssumeRole&RoleSessionName=testAR"
        "&RoleArn=arn:aws:iam::123456789012:role/demo"
        "&PolicyArns.member.1.arn=arn:aws:iam::123456789012:policy/demopolicy1"
        "&PolicyArns.member.2.arn=arn:aws:iam::123456789012:policy/demopolicy2"
        "&DurationSeconds=3600&Tags.member.1.Key=Project&Tags.member.1.Value=Pegasus"
        "&Tags.member.2.Key=Team&Tags.member.2.Value=Engineering"
        "&TransitiveTagKeys.member.1=Project&ExternalId=123ABC",
    ) == sts.AssumeRoleRequest(
        RoleArn="arn:aws:iam::123456789012:role/demo",
        RoleSessionName="testAR",
        PolicyArns=[
            sts.PolicyDescriptorType(arn="arn:aws:iam::123456789012:policy/demopolicy1"),
            sts.PolicyDescriptorType(arn="arn:aws:iam::123456789012:policy/demopolicy2"),
        ],
        DurationSeconds=3600,
        Tags=[
            sts.Tag(Key="Project", Value="Pegasus"),
            sts.Tag(Key="Team", Value="Engineering"),
        ],
        TransitiveTagKeys=["Project"],
        ExternalId="123ABC",
    )


def test_the_answer_to_create_user() -> None:
    user = iam.User_(
        Path="/division_abc/",
        UserName="Bob",
        UserId="AIDACKCEVSQ6C2EXAMPLE",
        Arn="arn:aws:iam::123456789012:user/division_abc/Bob",
        CreateDate=1377797042.0,
        Tags=[iam.Tag(Key="Dept", Value="R&D")],
    )
    answer = query.encode(
        iam.OPERATIONS["CreateUser"], iam.CreateUserResponse(User=user), "7a62c49f"
    )
    assert answer == (
        b'<?xml version="1.0"?>'
        b'<CreateUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        b"<CreateUserResult><User><Path>/division_abc/</Path><UserName>Bob</UserName>"
        b"<UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>"
        b"<Arn>arn:aws:iam::123456789012:user/division_abc/Bob</Arn>"
        b"<CreateDate>2013-08-29T17:24:02Z</CreateDate>"
        b"<Tags><member><Key>Dept</Key><Value>R&amp;D</Value></member></Tags>"
        b"</User></CreateUserResult>"
        b"<ResponseMetadata><RequestId>7a62c49f</RequestId></ResponseMetadata>"
        b"</CreateUserResponse>"
    )


def test_maps_stand_in_entries() -> None:
    summary = iam.GetAccountSummaryResponse(SummaryMap={"Users": 27, "Groups": 15})
    answer = query.encode(iam.OPERATIONS["GetAccountSummary"], summary, "r")
    assert (
        b"<GetAccountSummaryResult><SummaryMap>"
        b"<entry><key>Users</key><value>27</value></entry>"
        b"<entry><key>Groups</key><value>15</value></entry>"
        b"</SummaryMap></GetAccountSummaryResult>"
    ) in answer


def test_an_empty_list_is_there() -> None:
    users = iam.ListUsersResponse(Users=[], IsTruncated=False)
    assert (
        b"<ListUsersResult><Users></Users><IsTruncated>false</IsTruncated></ListUsersResult>"
    ) in query.encode(iam.OPERATIONS["ListUsers"], users, "r")


def test_an_empty_list_and_an_absent_one() -> None:
    tag = iam.OPERATIONS["TagUser"]
    assert decoded(tag, "UserName=bob&Tags=") == iam.TagUserRequest(UserName="bob", Tags=[])
    with pytest.raises(ValidationException) as refused:
        decoded(tag, "Tags.member.1.Key=k")
    assert refused.value.message == (
        "2 validation errors detected: "
        "Value null at 'userName' failed to satisfy constraint: Member must not be null; "
        "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize("form", ["MaxItems=ten", "MaxItems.member.1=1", "Marker=a&Marker.x=b"])
def test_values_of_wrong_types_are_malformed_before_anything_is_checked(form: str) -> None:
    with pytest.raises(MalformedInput):
        decoded(iam.OPERATIONS["ListUsers"], f"{form}&PathPrefix=bad")


ENCRYPT = kms.OPERATIONS["Encrypt"]


def test_encrypt() -> None:
    body = b'{"KeyId":"alias/a","Plaintext":"aGVsbG8=","EncryptionContext":{"a":"b"}}'
    assert aws_json.decode_checked(ENCRYPT, body) == kms.EncryptRequest(
        KeyId="alias/a", Plaintext=b"hello", EncryptionContext={"a": "b"}
    )


def test_the_answers_of_kms() -> None:
    assert aws_json.encode(kms.EncryptResponse(CiphertextBlob=b"\x01\x02", KeyId="k")) == (
        b'{"CiphertextBlob":"AQI=","KeyId":"k"}'
    )
    metadata = kms.KeyMetadata_(KeyId="k", CreationDate=1481571780.5, Enabled=True)
    assert aws_json.encode(kms.DescribeKeyResponse(KeyMetadata=metadata)) == (
        b'{"KeyMetadata":{"KeyId":"k","CreationDate":1481571780.5,"Enabled":true}}'
    )


def test_an_instant_in_json_may_be_a_whole_number() -> None:
    body = b'{"KeyId":"k","ImportToken":"AA==","EncryptedKeyMaterial":"AA==","ValidTo":1481571780}'
    request = aws_json.decode_checked(kms.OPERATIONS["ImportKeyMaterial"], body)
    assert isinstance(request, kms.ImportKeyMaterialRequest)
    assert request.ValidTo == 1481571780


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "2 validation errors detected: Value null at 'keyId'"),
        (b'{"KeyId":"k"}', "1 validation error detected: Value null at 'plaintext'"),
        (b'{"KeyId":"k","Plaintext":null}', "1 validation error detected: Value null"),
        (b'{"Plaintext":""}', "2 validation errors detected: Value null at 'keyId'"),
        (
            b'{"Plaintext":"AA==","GrantTokens":[""]}',
            "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: "
            "Member must not be null; Value '[]' at 'grantTokens' failed",
        ),
    ],
)
def test_all_that_is_missing_or_not_allowed_is_named(body: bytes, text: str) -> None:
    with pytest.raises(ValidationException) as refused:
        aws_json.decode_checked(ENCRYPT, body)
    assert refused.value.message.startswith(text)


def test_a_missing_member_of_an_element_of_a_list() -> None:
    body = b'{"Tags":[{"TagKey":"a","TagValue":"b"},{"TagKey":"c"}]}'
    with pytest.raises(ValidationException) as refused:
        aws_json.decode_checked(kms.OPERATIONS["CreateKey"], body)
    assert refused.value.message == (
        "1 validation error detected: Value null at 'tags.2.member.tagValue' failed to satisfy "
        "constraint: Member must not be null"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{",
        b'{"KeyId":5}',
        b'{"Plaintext":"no base64"}',
        b'{"Plaintext":"AA==","GrantTokens":["t",null]}',
        b'{"Plaintext":"AA==","GrantTokens":"t"}',
        b'{"Plaintext":"AA==","EncryptionContext":{"a":1}}',
        b'{"EncryptionContext":[]}',
        b'{"unknown":"\xff"}',
        b'{"unknown":' + b"[" * 100_000,
    ],
)
def test_what_is_no_request_is_malformed_whatever_is_missing(body: bytes) -> None:
    with pytest.raises(MalformedInput):
        aws_json.decode_checked(ENCRYPT, body)
