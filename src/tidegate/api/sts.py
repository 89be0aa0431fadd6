"""AWS Security Token Service, API version 2011-06-15.

Generated from AWS's service model by tools/generate_api.py; do not edit.
"""

from typing import Annotated

from tidegate.api.operation import (
    Constraint,
    ErrorShape,
    Instant,
    Integer,
    OperationShape,
    ServiceShape,
    Shape,
)

arnType = Annotated[
    str,
    Constraint(
        least=20,
        most=2048,
        pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    ),
]

roleSessionNameType = Annotated[str, Constraint(least=2, most=64, pattern=r"[\w+=,.@-]*")]


class PolicyDescriptorType(Shape, frozen=True, kw_only=True):
    arn: arnType | None = None


policyDescriptorListType = list[PolicyDescriptorType]

unrestrictedSessionPolicyDocumentType = Annotated[
    str,
    Constraint(least=1, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]

roleDurationSecondsType = Annotated[Integer, Constraint(least=900, most=43200)]

tagKeyType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]

tagValueType = Annotated[str, Constraint(least=0, most=256, pattern=r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]


class Tag(Shape, frozen=True, kw_only=True):
    Key: tagKeyType
    Value: tagValueType


tagListType = Annotated[list[Tag], Constraint(most=50)]

tagKeyListType = Annotated[list[tagKeyType], Constraint(most=50)]

externalIdType = Annotated[str, Constraint(least=2, most=1224, pattern=r"[\w+=,.@:\/-]*")]

serialNumberType = Annotated[str, Constraint(least=9, most=256, pattern=r"[\w+=/:,.@-]*")]

tokenCodeType = Annotated[str, Constraint(least=6, most=6, pattern=r"[\d]*")]

sourceIdentityType = Annotated[str, Constraint(least=2, most=64, pattern=r"[\w+=,.@-]*")]

contextAssertionType = Annotated[str, Constraint(least=4, most=2048)]


class ProvidedContext(Shape, frozen=True, kw_only=True):
    ProviderArn: arnType | None = None
    ContextAssertion: contextAssertionType | None = None


ProvidedContextsListType = Annotated[list[ProvidedContext], Constraint(least=1, most=5)]

minimumSessionTokenSizeType = Annotated[Integer, Constraint(least=0, most=4096)]


class AssumeRoleRequest(Shape, frozen=True, kw_only=True):
    RoleArn: arnType
    RoleSessionName: roleSessionNameType
    PolicyArns: policyDescriptorListType | None = None
    Policy: unrestrictedSessionPolicyDocumentType | None = None
    DurationSeconds: roleDurationSecondsType | None = None
    Tags: tagListType | None = None
    TransitiveTagKeys: tagKeyListType | None = None
    ExternalId: externalIdType | None = None
    SerialNumber: serialNumberType | None = None
    TokenCode: tokenCodeType | None = None
    SourceIdentity: sourceIdentityType | None = None
    ProvidedContexts: ProvidedContextsListType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


accessKeyIdType = Annotated[str, Constraint(least=16, most=128, pattern=r"[\w]*")]


class Credentials_(Shape, frozen=True, kw_only=True):
    AccessKeyId: accessKeyIdType
    SecretAccessKey: str
    SessionToken: str
    Expiration: Instant


class AssumedRoleUser_(Shape, frozen=True, kw_only=True):
    AssumedRoleId: str
    Arn: arnType


class AssumeRoleResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    AssumedRoleUser: AssumedRoleUser_ | None = None
    PackedPolicySize: Integer | None = None
    SourceIdentity: sourceIdentityType | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


SAMLAssertionType = Annotated[str, Constraint(least=4, most=100000, secret=True)]

sessionPolicyDocumentType = Annotated[
    str,
    Constraint(least=1, most=2048, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]


class AssumeRoleWithSAMLRequest(Shape, frozen=True, kw_only=True):
    RoleArn: arnType
    PrincipalArn: arnType
    SAMLAssertion: SAMLAssertionType
    PolicyArns: policyDescriptorListType | None = None
    Policy: sessionPolicyDocumentType | None = None
    DurationSeconds: roleDurationSecondsType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


class AssumeRoleWithSAMLResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    AssumedRoleUser: AssumedRoleUser_ | None = None
    PackedPolicySize: Integer | None = None
    Subject: str | None = None
    SubjectType: str | None = None
    Issuer: str | None = None
    Audience: str | None = None
    NameQualifier: str | None = None
    SourceIdentity: sourceIdentityType | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


clientTokenType = Annotated[str, Constraint(least=4, most=20000, secret=True)]

urlType = Annotated[str, Constraint(least=4, most=2048)]


class AssumeRoleWithWebIdentityRequest(Shape, frozen=True, kw_only=True):
    RoleArn: arnType
    RoleSessionName: roleSessionNameType
    WebIdentityToken: clientTokenType
    ProviderId: urlType | None = None
    PolicyArns: policyDescriptorListType | None = None
    Policy: sessionPolicyDocumentType | None = None
    DurationSeconds: roleDurationSecondsType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


class AssumeRoleWithWebIdentityResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    SubjectFromWebIdentityToken: str | None = None
    AssumedRoleUser: AssumedRoleUser_ | None = None
    PackedPolicySize: Integer | None = None
    Provider: str | None = None
    Audience: str | None = None
    SourceIdentity: sourceIdentityType | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


TargetPrincipalType = Annotated[str, Constraint(least=12, most=2048)]

RootDurationSecondsType = Annotated[Integer, Constraint(least=0, most=900)]


class AssumeRootRequest(Shape, frozen=True, kw_only=True):
    TargetPrincipal: TargetPrincipalType
    TaskPolicyArn: PolicyDescriptorType
    DurationSeconds: RootDurationSecondsType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


class AssumeRootResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    SourceIdentity: sourceIdentityType | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


encodedMessageType = Annotated[str, Constraint(least=1, most=10240)]


class DecodeAuthorizationMessageRequest(Shape, frozen=True, kw_only=True):
    EncodedMessage: encodedMessageType


class DecodeAuthorizationMessageResponse(Shape, frozen=True, kw_only=True):
    DecodedMessage: str | None = None


class GetAccessKeyInfoRequest(Shape, frozen=True, kw_only=True):
    AccessKeyId: accessKeyIdType


class GetAccessKeyInfoResponse(Shape, frozen=True, kw_only=True):
    Account: str | None = None


class GetCallerIdentityRequest(Shape, frozen=True, kw_only=True):
    pass


class GetCallerIdentityResponse(Shape, frozen=True, kw_only=True):
    UserId: str | None = None
    Account: str | None = None
    Arn: arnType | None = None


tradeInTokenType = Annotated[str, Constraint(secret=True)]


class GetDelegatedAccessTokenRequest(Shape, frozen=True, kw_only=True):
    TradeInToken: tradeInTokenType


class GetDelegatedAccessTokenResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    PackedPolicySize: Integer | None = None
    AssumedPrincipal: arnType | None = None


userNameType = Annotated[str, Constraint(least=2, most=32, pattern=r"[\w+=,.@-]*")]

durationSecondsType = Annotated[Integer, Constraint(least=900, most=129600)]


class GetFederationTokenRequest(Shape, frozen=True, kw_only=True):
    Name: userNameType
    Policy: sessionPolicyDocumentType | None = None
    PolicyArns: policyDescriptorListType | None = None
    DurationSeconds: durationSecondsType | None = None
    Tags: tagListType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


class FederatedUser_(Shape, frozen=True, kw_only=True):
    FederatedUserId: str
    Arn: arnType


class GetFederationTokenResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    FederatedUser: FederatedUser_ | None = None
    PackedPolicySize: Integer | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


class GetSessionTokenRequest(Shape, frozen=True, kw_only=True):
    DurationSeconds: durationSecondsType | None = None
    SerialNumber: serialNumberType | None = None
    TokenCode: tokenCodeType | None = None
    MinimumSessionTokenSize: minimumSessionTokenSizeType | None = None


class GetSessionTokenResponse(Shape, frozen=True, kw_only=True):
    Credentials: Credentials_ | None = None
    SessionTokenUtilization: Integer | None = None
    SessionTokenSize: Integer | None = None


webIdentityTokenAudienceStringType = Annotated[str, Constraint(least=1, most=1000)]

webIdentityTokenAudienceListType = Annotated[
    list[webIdentityTokenAudienceStringType],
    Constraint(least=1, most=10),
]

webIdentityTokenDurationSecondsType = Annotated[Integer, Constraint(least=60, most=3600)]

jwtAlgorithmType = Annotated[str, Constraint(least=5, most=5)]


class GetWebIdentityTokenRequest(Shape, frozen=True, kw_only=True):
    Audience: webIdentityTokenAudienceListType
    DurationSeconds: webIdentityTokenDurationSecondsType | None = None
    SigningAlgorithm: jwtAlgorithmType
    Tags: tagListType | None = None


class GetWebIdentityTokenResponse(Shape, frozen=True, kw_only=True):
    WebIdentityToken: str | None = None
    Expiration: Instant | None = None


ERRORS = {
    "ExpiredTokenException": ErrorShape("ExpiredTokenException", 400),
    "ExpiredTradeInTokenException": ErrorShape("ExpiredTradeInTokenException", 400),
    "IDPCommunicationErrorException": ErrorShape("IDPCommunicationError", 400),
    "IDPRejectedClaimException": ErrorShape("IDPRejectedClaim", 403),
    "InvalidAuthorizationMessageException": ErrorShape("InvalidAuthorizationMessageException", 400),
    "InvalidIdentityTokenException": ErrorShape("InvalidIdentityToken", 400),
    "JWTPayloadSizeExceededException": ErrorShape("JWTPayloadSizeExceededException", 400),
    "MalformedPolicyDocumentException": ErrorShape("MalformedPolicyDocument", 400),
    "OutboundWebIdentityFederationDisabledException": ErrorShape(
        "OutboundWebIdentityFederationDisabledException",
        403,
    ),
    "PackedPolicyTooLargeException": ErrorShape("PackedPolicyTooLarge", 400),
    "RegionDisabledException": ErrorShape("RegionDisabledException", 403),
    "SessionDurationEscalationException": ErrorShape("SessionDurationEscalationException", 403),
}

SERVICE = ServiceShape(
    name="sts",
    api_version="2011-06-15",
    target_prefix=None,
    json_version=None,
    xml_namespace="https://sts.amazonaws.com/doc/2011-06-15/",
    errors=ERRORS,
)

OPERATIONS: dict[str, OperationShape] = {
    "AssumeRole": OperationShape(
        service=SERVICE,
        name="AssumeRole",
        input=AssumeRoleRequest,
        output=AssumeRoleResponse,
        errors=(
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLargeException",
            "RegionDisabledException",
            "ExpiredTokenException",
        ),
    ),
    "AssumeRoleWithSAML": OperationShape(
        service=SERVICE,
        name="AssumeRoleWithSAML",
        input=AssumeRoleWithSAMLRequest,
        output=AssumeRoleWithSAMLResponse,
        errors=(
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLargeException",
            "IDPRejectedClaimException",
            "InvalidIdentityTokenException",
            "ExpiredTokenException",
            "RegionDisabledException",
        ),
    ),
    "AssumeRoleWithWebIdentity": OperationShape(
        service=SERVICE,
        name="AssumeRoleWithWebIdentity",
        input=AssumeRoleWithWebIdentityRequest,
        output=AssumeRoleWithWebIdentityResponse,
        errors=(
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLargeException",
            "IDPRejectedClaimException",
            "IDPCommunicationErrorException",
            "InvalidIdentityTokenException",
            "ExpiredTokenException",
            "RegionDisabledException",
        ),
    ),
    "AssumeRoot": OperationShape(
        service=SERVICE,
        name="AssumeRoot",
        input=AssumeRootRequest,
        output=AssumeRootResponse,
        errors=(
            "RegionDisabledException",
            "ExpiredTokenException",
        ),
    ),
    "DecodeAuthorizationMessage": OperationShape(
        service=SERVICE,
        name="DecodeAuthorizationMessage",
        input=DecodeAuthorizationMessageRequest,
        output=DecodeAuthorizationMessageResponse,
        errors=("InvalidAuthorizationMessageException",),
    ),
    "GetAccessKeyInfo": OperationShape(
        service=SERVICE,
        name="GetAccessKeyInfo",
        input=GetAccessKeyInfoRequest,
        output=GetAccessKeyInfoResponse,
        errors=(),
    ),
    "GetCallerIdentity": OperationShape(
        service=SERVICE,
        name="GetCallerIdentity",
        input=GetCallerIdentityRequest,
        output=GetCallerIdentityResponse,
        errors=(),
    ),
    "GetDelegatedAccessToken": OperationShape(
        service=SERVICE,
        name="GetDelegatedAccessToken",
        input=GetDelegatedAccessTokenRequest,
        output=GetDelegatedAccessTokenResponse,
        errors=(
            "ExpiredTradeInTokenException",
            "RegionDisabledException",
            "PackedPolicyTooLargeException",
        ),
    ),
    "GetFederationToken": OperationShape(
        service=SERVICE,
        name="GetFederationToken",
        input=GetFederationTokenRequest,
        output=GetFederationTokenResponse,
        errors=(
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLargeException",
            "RegionDisabledException",
        ),
    ),
    "GetSessionToken": OperationShape(
        service=SERVICE,
        name="GetSessionToken",
        input=GetSessionTokenRequest,
        output=GetSessionTokenResponse,
        errors=("RegionDisabledException",),
    ),
    "GetWebIdentityToken": OperationShape(
        service=SERVICE,
        name="GetWebIdentityToken",
        input=GetWebIdentityTokenRequest,
        output=GetWebIdentityTokenResponse,
        errors=(
            "SessionDurationEscalationException",
            "OutboundWebIdentityFederationDisabledException",
            "JWTPayloadSizeExceededException",
        ),
    ),
}
