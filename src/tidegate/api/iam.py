"""AWS Identity and Access Management, API version 2010-05-08.

Generated from AWS's service model by tools/generate_api.py; do not edit.
"""

from typing import Annotated

from tidegate.api.operation import (
    Constraint,
    ErrorShape,
    Instant,
    Integer,
    NoInput,
    OperationShape,
    ServiceShape,
    Shape,
)

delegationRequestIdType = Annotated[str, Constraint(least=16, most=128, pattern=r"[\w-]+")]


class AcceptDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType


arnType = Annotated[str, Constraint(least=20, most=2048)]

replacementValueListType = Annotated[list[str], Constraint(least=1, most=20)]


class ReplacementValueEntry(Shape, frozen=True, kw_only=True):
    Values: replacementValueListType


mapStringReplacementValueEntry = Annotated[dict[str, ReplacementValueEntry], Constraint(most=30)]


class AcquireRoleRequest(Shape, frozen=True, kw_only=True):
    TemplateArn: arnType
    TemplateMinorVersion: Integer | None = None
    ReplacementValues: mapStringReplacementValueEntry | None = None


pathType = Annotated[
    str,
    Constraint(least=1, most=512, pattern=r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"),
]

roleNameType = Annotated[str, Constraint(least=1, most=64, pattern=r"[\w+=,.@-]+")]

policyDocumentType = Annotated[
    str,
    Constraint(least=1, most=131072, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]

roleDescriptionType = Annotated[
    str,
    Constraint(most=1000, pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"),
]

roleMaxSessionDurationType = Annotated[Integer, Constraint(least=3600, most=43200)]


class AttachedPermissionsBoundary(Shape, frozen=True, kw_only=True):
    PermissionsBoundaryType: str | None = None
    PermissionsBoundaryArn: arnType | None = None


tagKeyType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]

tagValueType = Annotated[str, Constraint(least=0, most=256, pattern=r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]


class Tag(Shape, frozen=True, kw_only=True):
    Key: tagKeyType
    Value: tagValueType


tagListType = Annotated[list[Tag], Constraint(most=50)]


class RoleLastUsed_(Shape, frozen=True, kw_only=True):
    LastUsedDate: Instant | None = None
    Region: str | None = None


class SourceRoleTemplate_(Shape, frozen=True, kw_only=True):
    TemplateArn: arnType
    TemplateMinorVersion: Integer


class Role_(Shape, frozen=True, kw_only=True):
    Path: pathType
    RoleName: roleNameType
    RoleId: str
    Arn: arnType
    CreateDate: Instant
    AssumeRolePolicyDocument: policyDocumentType | None = None
    Description: roleDescriptionType | None = None
    MaxSessionDuration: roleMaxSessionDurationType | None = None
    PermissionsBoundary: AttachedPermissionsBoundary | None = None
    Tags: tagListType | None = None
    RoleLastUsed: RoleLastUsed_ | None = None
    SourceRoleTemplate: SourceRoleTemplate_ | None = None


class AcquireRoleResponse(Shape, frozen=True, kw_only=True):
    Role: Role_


clientIDType = Annotated[str, Constraint(least=1, most=255)]


class AddClientIDToOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    ClientID: clientIDType


instanceProfileNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]


class AddRoleToInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    RoleName: roleNameType


groupNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]

existingUserNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]


class AddUserToGroupRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    UserName: existingUserNameType


class AssociateDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType


class AttachGroupPolicyRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyArn: arnType


class AttachRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyArn: arnType


userNameType = Annotated[str, Constraint(least=1, most=64, pattern=r"[\w+=,.@-]+")]


class AttachUserPolicyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    PolicyArn: arnType


passwordType = Annotated[
    str,
    Constraint(least=1, most=128, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+", secret=True),
]


class ChangePasswordRequest(Shape, frozen=True, kw_only=True):
    OldPassword: passwordType
    NewPassword: passwordType


class CreateAccessKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None


accessKeyIdType = Annotated[str, Constraint(least=16, most=128, pattern=r"[\w]+")]

statusType = Annotated[str, Constraint(enum=("Active", "Inactive", "Expired"))]


class AccessKey_(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    AccessKeyId: accessKeyIdType
    Status: statusType
    SecretAccessKey: str
    CreateDate: Instant | None = None


class CreateAccessKeyResponse(Shape, frozen=True, kw_only=True):
    AccessKey: AccessKey_


accountAliasType = Annotated[
    str,
    Constraint(least=3, most=63, pattern=r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"),
]


class CreateAccountAliasRequest(Shape, frozen=True, kw_only=True):
    AccountAlias: accountAliasType


accountIdType = Annotated[str, Constraint(pattern=r"\d{12}")]

delegationRequestDescriptionType = Annotated[
    str,
    Constraint(most=1000, pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"),
]

policyParameterNameType = Annotated[str, Constraint(least=5, most=256, pattern=r"[ -~]+")]

policyParameterValueType = Annotated[str, Constraint(pattern=r"[ -~]+")]

policyParameterValuesListType = list[policyParameterValueType]

PolicyParameterTypeEnum = Annotated[str, Constraint(enum=("string", "stringList"))]


class PolicyParameter(Shape, frozen=True, kw_only=True):
    Name: policyParameterNameType | None = None
    Values: policyParameterValuesListType | None = None
    Type: PolicyParameterTypeEnum | None = None


policyParameterListType = Annotated[list[PolicyParameter], Constraint(most=50)]


class DelegationPermission(Shape, frozen=True, kw_only=True):
    PolicyTemplateArn: arnType | None = None
    Parameters: policyParameterListType | None = None


requestMessageType = Annotated[
    str,
    Constraint(most=200, pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"),
]

requestorWorkflowIdType = Annotated[
    str,
    Constraint(least=5, most=400, pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+"),
]

redirectUrlType = Annotated[
    str,
    Constraint(
        least=1,
        most=255,
        pattern=r"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$",
    ),
]

notificationChannelType = Annotated[
    str,
    Constraint(least=2, most=400, pattern=r"^[a-zA-Z0-9:_.-]+$"),
]

sessionDurationType = Annotated[Integer, Constraint(least=300, most=43200)]


class CreateDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    OwnerAccountId: accountIdType | None = None
    Description: delegationRequestDescriptionType
    Permissions: DelegationPermission
    RequestMessage: requestMessageType | None = None
    RequestorWorkflowId: requestorWorkflowIdType
    RedirectUrl: redirectUrlType | None = None
    NotificationChannel: notificationChannelType
    SessionDuration: sessionDurationType
    OnlySendByOwner: bool | None = None


class CreateDelegationRequestResponse(Shape, frozen=True, kw_only=True):
    ConsoleDeepLink: str | None = None
    DelegationRequestId: delegationRequestIdType | None = None


class CreateGroupRequest(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    GroupName: groupNameType


class Group_(Shape, frozen=True, kw_only=True):
    Path: pathType
    GroupName: groupNameType
    GroupId: str
    Arn: arnType
    CreateDate: Instant


class CreateGroupResponse(Shape, frozen=True, kw_only=True):
    Group: Group_


class CreateInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    Path: pathType | None = None
    Tags: tagListType | None = None


roleListType = list[Role_]


class InstanceProfile_(Shape, frozen=True, kw_only=True):
    Path: pathType
    InstanceProfileName: instanceProfileNameType
    InstanceProfileId: str
    Arn: arnType
    CreateDate: Instant
    Roles: roleListType | None = None
    Tags: tagListType | None = None


class CreateInstanceProfileResponse(Shape, frozen=True, kw_only=True):
    InstanceProfile: InstanceProfile_


class CreateLoginProfileRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    Password: passwordType | None = None
    PasswordResetRequired: bool | None = None


class LoginProfile_(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    CreateDate: Instant
    PasswordResetRequired: bool | None = None


class CreateLoginProfileResponse(Shape, frozen=True, kw_only=True):
    LoginProfile: LoginProfile_


OpenIDConnectProviderUrlType = Annotated[str, Constraint(least=1, most=255)]

clientIDListType = list[clientIDType]

thumbprintType = Annotated[str, Constraint(least=40, most=40)]

thumbprintListType = list[thumbprintType]


class CreateOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    Url: OpenIDConnectProviderUrlType
    ClientIDList: clientIDListType | None = None
    ThumbprintList: thumbprintListType | None = None
    Tags: tagListType | None = None


class CreateOpenIDConnectProviderResponse(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType | None = None
    Tags: tagListType | None = None


policyNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]

policyPathType = Annotated[
    str,
    Constraint(least=1, most=512, pattern=r"((/[A-Za-z0-9\.,\+@=_-]+)*)/"),
]

policyDescriptionType = Annotated[str, Constraint(most=1000)]


class CreatePolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType
    Path: policyPathType | None = None
    PolicyDocument: policyDocumentType
    Description: policyDescriptionType | None = None
    Tags: tagListType | None = None


policyVersionIdType = Annotated[str, Constraint(pattern=r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")]


class Policy_(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType | None = None
    PolicyId: str | None = None
    Arn: arnType | None = None
    Path: policyPathType | None = None
    DefaultVersionId: policyVersionIdType | None = None
    AttachmentCount: Integer | None = None
    PermissionsBoundaryUsageCount: Integer | None = None
    IsAttachable: bool | None = None
    Description: policyDescriptionType | None = None
    CreateDate: Instant | None = None
    UpdateDate: Instant | None = None
    Tags: tagListType | None = None


class CreatePolicyResponse(Shape, frozen=True, kw_only=True):
    Policy: Policy_ | None = None


class CreatePolicyVersionRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    PolicyDocument: policyDocumentType
    SetAsDefault: bool | None = None


class PolicyVersion_(Shape, frozen=True, kw_only=True):
    Document: policyDocumentType | None = None
    VersionId: policyVersionIdType | None = None
    IsDefaultVersion: bool | None = None
    CreateDate: Instant | None = None


class CreatePolicyVersionResponse(Shape, frozen=True, kw_only=True):
    PolicyVersion: PolicyVersion_ | None = None


class CreateRoleRequest(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    RoleName: roleNameType
    AssumeRolePolicyDocument: policyDocumentType
    Description: roleDescriptionType | None = None
    MaxSessionDuration: roleMaxSessionDurationType | None = None
    PermissionsBoundary: arnType | None = None
    Tags: tagListType | None = None


class CreateRoleResponse(Shape, frozen=True, kw_only=True):
    Role: Role_


SAMLMetadataDocumentType = Annotated[str, Constraint(least=1000, most=10000000)]

SAMLProviderNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w._-]+")]

assertionEncryptionModeType = Annotated[str, Constraint(enum=("Required", "Allowed"))]

privateKeyType = Annotated[
    str,
    Constraint(least=1, most=16384, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+", secret=True),
]


class CreateSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLMetadataDocument: SAMLMetadataDocumentType
    Name: SAMLProviderNameType
    Tags: tagListType | None = None
    AssertionEncryptionMode: assertionEncryptionModeType | None = None
    AddPrivateKey: privateKeyType | None = None


class CreateSAMLProviderResponse(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType | None = None
    Tags: tagListType | None = None


customSuffixType = Annotated[str, Constraint(least=1, most=64, pattern=r"[\w+=,.@-]+")]


class CreateServiceLinkedRoleRequest(Shape, frozen=True, kw_only=True):
    AWSServiceName: groupNameType
    Description: roleDescriptionType | None = None
    CustomSuffix: customSuffixType | None = None


class CreateServiceLinkedRoleResponse(Shape, frozen=True, kw_only=True):
    Role: Role_ | None = None


credentialAgeDays = Annotated[Integer, Constraint(least=1, most=36600)]


class CreateServiceSpecificCredentialRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    ServiceName: str
    CredentialAgeDays: credentialAgeDays | None = None


serviceSpecificCredentialId = Annotated[str, Constraint(least=20, most=128, pattern=r"[\w]+")]


class ServiceSpecificCredential_(Shape, frozen=True, kw_only=True):
    CreateDate: Instant
    ExpirationDate: Instant | None = None
    ServiceName: str
    ServiceUserName: str | None = None
    ServicePassword: str | None = None
    ServiceCredentialAlias: str | None = None
    ServiceCredentialSecret: str | None = None
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    UserName: userNameType
    Status: statusType


class CreateServiceSpecificCredentialResponse(Shape, frozen=True, kw_only=True):
    ServiceSpecificCredential: ServiceSpecificCredential_ | None = None


class CreateUserRequest(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    UserName: userNameType
    PermissionsBoundary: arnType | None = None
    Tags: tagListType | None = None


class User_(Shape, frozen=True, kw_only=True):
    Path: pathType
    UserName: userNameType
    UserId: str
    Arn: arnType
    CreateDate: Instant
    PasswordLastUsed: Instant | None = None
    PermissionsBoundary: AttachedPermissionsBoundary | None = None
    Tags: tagListType | None = None


class CreateUserResponse(Shape, frozen=True, kw_only=True):
    User: User_ | None = None


virtualMFADeviceName = Annotated[str, Constraint(least=1, pattern=r"[\w+=,.@-]+")]


class CreateVirtualMFADeviceRequest(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    VirtualMFADeviceName: virtualMFADeviceName
    Tags: tagListType | None = None


serialNumberType = Annotated[str, Constraint(least=9, most=256, pattern=r"[\w+=/:,.@-]+")]


class VirtualMFADevice_(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType
    Base32StringSeed: bytes | None = None
    QRCodePNG: bytes | None = None
    User: User_ | None = None
    EnableDate: Instant | None = None
    Tags: tagListType | None = None


class CreateVirtualMFADeviceResponse(Shape, frozen=True, kw_only=True):
    VirtualMFADevice: VirtualMFADevice_


class DeactivateMFADeviceRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    SerialNumber: serialNumberType


class DeleteAccessKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    AccessKeyId: accessKeyIdType


class DeleteAccountAliasRequest(Shape, frozen=True, kw_only=True):
    AccountAlias: accountAliasType


class DeleteGroupRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType


class DeleteGroupPolicyRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyName: policyNameType


class DeleteInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType


class DeleteLoginProfileRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None


class DeleteOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType


class DeletePolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType


class DeletePolicyVersionRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    VersionId: policyVersionIdType


class DeleteRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType


class DeleteRolePermissionsBoundaryRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType


class DeleteRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyName: policyNameType


class DeleteSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType


publicKeyIdType = Annotated[str, Constraint(least=20, most=128, pattern=r"[\w]+")]


class DeleteSSHPublicKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyId: publicKeyIdType


serverCertificateNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]


class DeleteServerCertificateRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType


class DeleteServiceLinkedRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType


DeletionTaskIdType = Annotated[str, Constraint(least=1, most=1000)]


class DeleteServiceLinkedRoleResponse(Shape, frozen=True, kw_only=True):
    DeletionTaskId: DeletionTaskIdType


class DeleteServiceSpecificCredentialRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    ServiceSpecificCredentialId: serviceSpecificCredentialId


certificateIdType = Annotated[str, Constraint(least=24, most=128, pattern=r"[\w]+")]


class DeleteSigningCertificateRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    CertificateId: certificateIdType


class DeleteUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType


class DeleteUserPermissionsBoundaryRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType


class DeleteUserPolicyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    PolicyName: policyNameType


class DeleteVirtualMFADeviceRequest(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType


class DetachGroupPolicyRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyArn: arnType


class DetachRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyArn: arnType


class DetachUserPolicyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    PolicyArn: arnType


class DisableOrganizationsRootCredentialsManagementRequest(Shape, frozen=True, kw_only=True):
    pass


FeaturesListType = list[str]


class DisableOrganizationsRootCredentialsManagementResponse(Shape, frozen=True, kw_only=True):
    OrganizationId: str | None = None
    EnabledFeatures: FeaturesListType | None = None


class DisableOrganizationsRootSessionsRequest(Shape, frozen=True, kw_only=True):
    pass


class DisableOrganizationsRootSessionsResponse(Shape, frozen=True, kw_only=True):
    OrganizationId: str | None = None
    EnabledFeatures: FeaturesListType | None = None


authenticationCodeType = Annotated[str, Constraint(least=6, most=6, pattern=r"[\d]+")]


class EnableMFADeviceRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    SerialNumber: serialNumberType
    AuthenticationCode1: authenticationCodeType
    AuthenticationCode2: authenticationCodeType


class EnableOrganizationsRootCredentialsManagementRequest(Shape, frozen=True, kw_only=True):
    pass


class EnableOrganizationsRootCredentialsManagementResponse(Shape, frozen=True, kw_only=True):
    OrganizationId: str | None = None
    EnabledFeatures: FeaturesListType | None = None


class EnableOrganizationsRootSessionsRequest(Shape, frozen=True, kw_only=True):
    pass


class EnableOrganizationsRootSessionsResponse(Shape, frozen=True, kw_only=True):
    OrganizationId: str | None = None
    EnabledFeatures: FeaturesListType | None = None


class EnableOutboundWebIdentityFederationResponse(Shape, frozen=True, kw_only=True):
    IssuerIdentifier: str | None = None


class GenerateCredentialReportResponse(Shape, frozen=True, kw_only=True):
    State: str | None = None
    Description: str | None = None


organizationsEntityPathType = Annotated[
    str,
    Constraint(least=19, most=427, pattern=r"^o-[0-9a-z]{10,32}\/r-[0-9a-z]{4,32}[0-9a-z-\/]*"),
]

organizationsPolicyIdType = Annotated[str, Constraint(pattern=r"^p-[0-9a-zA-Z_]{8,128}$")]


class GenerateOrganizationsAccessReportRequest(Shape, frozen=True, kw_only=True):
    EntityPath: organizationsEntityPathType
    OrganizationsPolicyId: organizationsPolicyIdType | None = None


jobIDType = Annotated[str, Constraint(least=36, most=36)]


class GenerateOrganizationsAccessReportResponse(Shape, frozen=True, kw_only=True):
    JobId: jobIDType | None = None


AccessAdvisorUsageGranularityType = Annotated[
    str,
    Constraint(enum=("SERVICE_LEVEL", "ACTION_LEVEL")),
]


class GenerateServiceLastAccessedDetailsRequest(Shape, frozen=True, kw_only=True):
    Arn: arnType
    Granularity: AccessAdvisorUsageGranularityType | None = None


class GenerateServiceLastAccessedDetailsResponse(Shape, frozen=True, kw_only=True):
    JobId: jobIDType | None = None


class GetAccessKeyLastUsedRequest(Shape, frozen=True, kw_only=True):
    AccessKeyId: accessKeyIdType


class AccessKeyLastUsed_(Shape, frozen=True, kw_only=True):
    LastUsedDate: Instant | None = None
    ServiceName: str
    Region: str


class GetAccessKeyLastUsedResponse(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    AccessKeyLastUsed: AccessKeyLastUsed_ | None = None


EntityType = Annotated[
    str,
    Constraint(enum=("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")),
]

entityListType = list[EntityType]

maxItemsType = Annotated[Integer, Constraint(least=1, most=1000)]

markerType = Annotated[str, Constraint(least=1, most=320, pattern=r"[\u0020-\u00FF]+")]


class GetAccountAuthorizationDetailsRequest(Shape, frozen=True, kw_only=True):
    Filter: entityListType | None = None
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None


class PolicyDetail(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType | None = None
    PolicyDocument: policyDocumentType | None = None


policyDetailListType = list[PolicyDetail]

groupNameListType = list[groupNameType]


class AttachedPolicy(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType | None = None
    PolicyArn: arnType | None = None


attachedPoliciesListType = list[AttachedPolicy]


class UserDetail(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    UserName: userNameType | None = None
    UserId: str | None = None
    Arn: arnType | None = None
    CreateDate: Instant | None = None
    UserPolicyList: policyDetailListType | None = None
    GroupList: groupNameListType | None = None
    AttachedManagedPolicies: attachedPoliciesListType | None = None
    PermissionsBoundary: AttachedPermissionsBoundary | None = None
    Tags: tagListType | None = None


userDetailListType = list[UserDetail]


class GroupDetail(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    GroupName: groupNameType | None = None
    GroupId: str | None = None
    Arn: arnType | None = None
    CreateDate: Instant | None = None
    GroupPolicyList: policyDetailListType | None = None
    AttachedManagedPolicies: attachedPoliciesListType | None = None


groupDetailListType = list[GroupDetail]

instanceProfileListType = list[InstanceProfile_]


class RoleDetail(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    RoleName: roleNameType | None = None
    RoleId: str | None = None
    Arn: arnType | None = None
    CreateDate: Instant | None = None
    AssumeRolePolicyDocument: policyDocumentType | None = None
    InstanceProfileList: instanceProfileListType | None = None
    RolePolicyList: policyDetailListType | None = None
    AttachedManagedPolicies: attachedPoliciesListType | None = None
    PermissionsBoundary: AttachedPermissionsBoundary | None = None
    Tags: tagListType | None = None
    RoleLastUsed: RoleLastUsed_ | None = None


roleDetailListType = list[RoleDetail]

policyDocumentVersionListType = list[PolicyVersion_]


class ManagedPolicyDetail(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType | None = None
    PolicyId: str | None = None
    Arn: arnType | None = None
    Path: policyPathType | None = None
    DefaultVersionId: policyVersionIdType | None = None
    AttachmentCount: Integer | None = None
    PermissionsBoundaryUsageCount: Integer | None = None
    IsAttachable: bool | None = None
    Description: policyDescriptionType | None = None
    CreateDate: Instant | None = None
    UpdateDate: Instant | None = None
    PolicyVersionList: policyDocumentVersionListType | None = None


ManagedPolicyDetailListType = list[ManagedPolicyDetail]


class GetAccountAuthorizationDetailsResponse(Shape, frozen=True, kw_only=True):
    UserDetailList: userDetailListType | None = None
    GroupDetailList: groupDetailListType | None = None
    RoleDetailList: roleDetailListType | None = None
    Policies: ManagedPolicyDetailListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


minimumPasswordLengthType = Annotated[Integer, Constraint(least=6, most=128)]

maxPasswordAgeType = Annotated[Integer, Constraint(least=1, most=1095)]

passwordReusePreventionType = Annotated[Integer, Constraint(least=1, most=24)]


class PasswordPolicy_(Shape, frozen=True, kw_only=True):
    MinimumPasswordLength: minimumPasswordLengthType | None = None
    RequireSymbols: bool | None = None
    RequireNumbers: bool | None = None
    RequireUppercaseCharacters: bool | None = None
    RequireLowercaseCharacters: bool | None = None
    AllowUsersToChangePassword: bool | None = None
    ExpirePasswords: bool | None = None
    MaxPasswordAge: maxPasswordAgeType | None = None
    PasswordReusePrevention: passwordReusePreventionType | None = None
    HardExpiry: bool | None = None


class GetAccountPasswordPolicyResponse(Shape, frozen=True, kw_only=True):
    PasswordPolicy: PasswordPolicy_


class GetAccountPropertiesRequest(Shape, frozen=True, kw_only=True):
    pass


accountPropertyKeyType = Annotated[
    str,
    Constraint(least=1, most=50, pattern=r"^[A-Za-z][A-Za-z0-9/_-]*$"),
]

accountPropertyValueType = Annotated[str, Constraint(least=1, most=1024)]

accountPropertiesMapType = dict[accountPropertyKeyType, accountPropertyValueType]


class GetAccountPropertiesResponse(Shape, frozen=True, kw_only=True):
    Properties: accountPropertiesMapType | None = None


summaryMapType = dict[str, Integer]


class GetAccountSummaryResponse(Shape, frozen=True, kw_only=True):
    SummaryMap: summaryMapType | None = None


SimulationPolicyListType = list[policyDocumentType]


class GetContextKeysForCustomPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyInputList: SimulationPolicyListType


ContextKeyNameType = Annotated[str, Constraint(least=5, most=256)]

ContextKeyNamesResultListType = list[ContextKeyNameType]


class GetContextKeysForPolicyResponse(Shape, frozen=True, kw_only=True):
    ContextKeyNames: ContextKeyNamesResultListType | None = None


class GetContextKeysForPrincipalPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicySourceArn: arnType
    PolicyInputList: SimulationPolicyListType | None = None


class GetCredentialReportResponse(Shape, frozen=True, kw_only=True):
    Content: bytes | None = None
    ReportFormat: str | None = None
    GeneratedTime: Instant | None = None


class GetDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType
    DelegationPermissionCheck: bool | None = None


rolePermissionRestrictionArnListType = list[arnType]

ownerIdType = Annotated[str, Constraint(least=20, most=2048, pattern=r"^[a-zA-Z0-9:/+=,.@_-]+$")]

notesType = Annotated[
    str,
    Constraint(most=500, pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"),
]


class DelegationRequest_(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType | None = None
    OwnerAccountId: accountIdType | None = None
    Description: delegationRequestDescriptionType | None = None
    RequestMessage: requestMessageType | None = None
    Permissions: DelegationPermission | None = None
    PermissionPolicy: str | None = None
    RolePermissionRestrictionArns: rolePermissionRestrictionArnListType | None = None
    OwnerId: ownerIdType | None = None
    ApproverId: arnType | None = None
    State: str | None = None
    ExpirationTime: Instant | None = None
    RequestorId: accountIdType | None = None
    RequestorName: str | None = None
    CreateDate: Instant | None = None
    SessionDuration: sessionDurationType | None = None
    RedirectUrl: redirectUrlType | None = None
    Notes: notesType | None = None
    RejectionReason: notesType | None = None
    OnlySendByOwner: bool | None = None
    UpdatedTime: Instant | None = None


class GetDelegationRequestResponse(Shape, frozen=True, kw_only=True):
    DelegationRequest: DelegationRequest_ | None = None
    PermissionCheckStatus: str | None = None
    PermissionCheckResult: str | None = None


class GetGroupRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


userListType = list[User_]


class GetGroupResponse(Shape, frozen=True, kw_only=True):
    Group: Group_
    Users: userListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class GetGroupPolicyRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyName: policyNameType


class GetGroupPolicyResponse(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


localeType = Annotated[str, Constraint(least=2, most=12)]


class GetHumanReadableSummaryRequest(Shape, frozen=True, kw_only=True):
    EntityArn: arnType
    Locale: localeType | None = None


class GetHumanReadableSummaryResponse(Shape, frozen=True, kw_only=True):
    SummaryContent: str | None = None
    Locale: localeType | None = None
    SummaryState: str | None = None


class GetInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType


class GetInstanceProfileResponse(Shape, frozen=True, kw_only=True):
    InstanceProfile: InstanceProfile_


class GetLoginProfileRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None


class GetLoginProfileResponse(Shape, frozen=True, kw_only=True):
    LoginProfile: LoginProfile_


class GetMFADeviceRequest(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType
    UserName: userNameType | None = None


CertificationMapType = dict[str, str]


class GetMFADeviceResponse(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    SerialNumber: serialNumberType
    EnableDate: Instant | None = None
    Certifications: CertificationMapType | None = None


class GetOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType


class GetOpenIDConnectProviderResponse(Shape, frozen=True, kw_only=True):
    Url: OpenIDConnectProviderUrlType | None = None
    ClientIDList: clientIDListType | None = None
    ThumbprintList: thumbprintListType | None = None
    CreateDate: Instant | None = None
    Tags: tagListType | None = None


sortKeyType = Annotated[
    str,
    Constraint(
        enum=(
            "SERVICE_NAMESPACE_ASCENDING",
            "SERVICE_NAMESPACE_DESCENDING",
            "LAST_AUTHENTICATED_TIME_ASCENDING",
            "LAST_AUTHENTICATED_TIME_DESCENDING",
        ),
    ),
]


class GetOrganizationsAccessReportRequest(Shape, frozen=True, kw_only=True):
    JobId: jobIDType
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None
    SortKey: sortKeyType | None = None


serviceNamespaceType = Annotated[str, Constraint(least=1, most=64, pattern=r"[\w-]*")]


class AccessDetail(Shape, frozen=True, kw_only=True):
    ServiceName: str
    ServiceNamespace: serviceNamespaceType
    Region: str | None = None
    EntityPath: organizationsEntityPathType | None = None
    LastAuthenticatedTime: Instant | None = None
    TotalAuthenticatedEntities: Integer | None = None


AccessDetails_ = list[AccessDetail]


class ErrorDetails_(Shape, frozen=True, kw_only=True):
    Message: str
    Code: str


class GetOrganizationsAccessReportResponse(Shape, frozen=True, kw_only=True):
    JobStatus: str
    JobCreationDate: Instant
    JobCompletionDate: Instant | None = None
    NumberOfServicesAccessible: Integer | None = None
    NumberOfServicesNotAccessed: Integer | None = None
    AccessDetails: AccessDetails_ | None = None
    IsTruncated: bool | None = None
    Marker: markerType | None = None
    ErrorDetails: ErrorDetails_ | None = None


class GetOutboundWebIdentityFederationInfoResponse(Shape, frozen=True, kw_only=True):
    IssuerIdentifier: str | None = None
    JwtVendingEnabled: bool | None = None


class GetPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType


class GetPolicyResponse(Shape, frozen=True, kw_only=True):
    Policy: Policy_ | None = None


class GetPolicyVersionRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    VersionId: policyVersionIdType


class GetPolicyVersionResponse(Shape, frozen=True, kw_only=True):
    PolicyVersion: PolicyVersion_ | None = None


class GetRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType


class GetRoleResponse(Shape, frozen=True, kw_only=True):
    Role: Role_


class GetRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyName: policyNameType


class GetRolePolicyResponse(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


class GetRoleTemplateVersionRequest(Shape, frozen=True, kw_only=True):
    TemplateArn: arnType
    MinorVersion: Integer | None = None


class InlinePolicy(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


inlinePolicyTemplateListType = list[InlinePolicy]

managedPolicyArnListType = list[arnType]


class ParameterDefinition(Shape, frozen=True, kw_only=True):
    Name: str
    Type: str
    SubType: str | None = None
    Description: str | None = None
    IsRequired: bool | None = None
    DefaultValue: str | None = None
    Immutable: bool | None = None


parametersDefinitionListType = list[ParameterDefinition]


class TagTemplate(Shape, frozen=True, kw_only=True):
    Key: str
    Value: str


tagTemplateListType = list[TagTemplate]


class RoleTemplateVersion_(Shape, frozen=True, kw_only=True):
    TemplateArn: arnType | None = None
    TemplateName: str | None = None
    TemplateVersionId: str | None = None
    Description: str | None = None
    MajorVersion: Integer | None = None
    DefaultMinorVersion: Integer | None = None
    ManagedByType: str | None = None
    ManagedByValue: str | None = None
    Enabled: bool | None = None
    MinorVersion: Integer | None = None
    RoleNamePattern: str | None = None
    RolePathPattern: str | None = None
    RoleDescriptionPattern: str | None = None
    AssumeRolePolicyDocumentTemplate: policyDocumentType | None = None
    InlinePolicyTemplates: inlinePolicyTemplateListType | None = None
    ManagedPolicyArns: managedPolicyArnListType | None = None
    PermissionBoundaryArn: arnType | None = None
    ParametersDefinition: parametersDefinitionListType | None = None
    RoleTagsTemplate: tagTemplateListType | None = None
    MaxSessionDuration: roleMaxSessionDurationType | None = None
    VersionEnabled: bool | None = None
    CreateTimestamp: Instant | None = None
    UpdateTimestamp: Instant | None = None


class GetRoleTemplateVersionResponse(Shape, frozen=True, kw_only=True):
    RoleTemplateVersion: RoleTemplateVersion_


class GetSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType


privateKeyIdType = Annotated[str, Constraint(least=22, most=64, pattern=r"[A-Z0-9]+")]


class SAMLPrivateKey(Shape, frozen=True, kw_only=True):
    KeyId: privateKeyIdType | None = None
    Timestamp: Instant | None = None


privateKeyList = list[SAMLPrivateKey]


class GetSAMLProviderResponse(Shape, frozen=True, kw_only=True):
    SAMLProviderUUID: privateKeyIdType | None = None
    SAMLMetadataDocument: SAMLMetadataDocumentType | None = None
    CreateDate: Instant | None = None
    ValidUntil: Instant | None = None
    Tags: tagListType | None = None
    AssertionEncryptionMode: assertionEncryptionModeType | None = None
    PrivateKeyList: privateKeyList | None = None


encodingType = Annotated[str, Constraint(enum=("SSH", "PEM"))]


class GetSSHPublicKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyId: publicKeyIdType
    Encoding: encodingType


publicKeyMaterialType = Annotated[
    str,
    Constraint(least=1, most=16384, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]


class SSHPublicKey_(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyId: publicKeyIdType
    Fingerprint: str
    SSHPublicKeyBody: publicKeyMaterialType
    Status: statusType
    UploadDate: Instant | None = None


class GetSSHPublicKeyResponse(Shape, frozen=True, kw_only=True):
    SSHPublicKey: SSHPublicKey_ | None = None


class GetServerCertificateRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType


class ServerCertificateMetadata_(Shape, frozen=True, kw_only=True):
    Path: pathType
    ServerCertificateName: serverCertificateNameType
    ServerCertificateId: str
    Arn: arnType
    UploadDate: Instant | None = None
    Expiration: Instant | None = None


certificateBodyType = Annotated[
    str,
    Constraint(least=1, most=16384, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]

certificateChainType = Annotated[
    str,
    Constraint(least=1, most=2097152, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]


class ServerCertificate_(Shape, frozen=True, kw_only=True):
    ServerCertificateMetadata: ServerCertificateMetadata_
    CertificateBody: certificateBodyType
    CertificateChain: certificateChainType | None = None
    Tags: tagListType | None = None


class GetServerCertificateResponse(Shape, frozen=True, kw_only=True):
    ServerCertificate: ServerCertificate_


class GetServiceLastAccessedDetailsRequest(Shape, frozen=True, kw_only=True):
    JobId: jobIDType
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None


class TrackedActionLastAccessed(Shape, frozen=True, kw_only=True):
    ActionName: str | None = None
    LastAccessedEntity: arnType | None = None
    LastAccessedTime: Instant | None = None
    LastAccessedRegion: str | None = None


TrackedActionsLastAccessed_ = list[TrackedActionLastAccessed]


class ServiceLastAccessed(Shape, frozen=True, kw_only=True):
    ServiceName: str
    LastAuthenticated: Instant | None = None
    ServiceNamespace: serviceNamespaceType
    LastAuthenticatedEntity: arnType | None = None
    LastAuthenticatedRegion: str | None = None
    TotalAuthenticatedEntities: Integer | None = None
    TrackedActionsLastAccessed: TrackedActionsLastAccessed_ | None = None


ServicesLastAccessed_ = list[ServiceLastAccessed]


class GetServiceLastAccessedDetailsResponse(Shape, frozen=True, kw_only=True):
    JobStatus: str
    JobType: AccessAdvisorUsageGranularityType | None = None
    JobCreationDate: Instant
    ServicesLastAccessed: ServicesLastAccessed_ | None = None
    JobCompletionDate: Instant
    IsTruncated: bool | None = None
    Marker: str | None = None
    Error: ErrorDetails_ | None = None


class GetServiceLastAccessedDetailsWithEntitiesRequest(Shape, frozen=True, kw_only=True):
    JobId: jobIDType
    ServiceNamespace: serviceNamespaceType
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None


class EntityInfo_(Shape, frozen=True, kw_only=True):
    Arn: arnType
    Name: userNameType
    Type: str
    Id: str
    Path: pathType | None = None


class EntityDetails(Shape, frozen=True, kw_only=True):
    EntityInfo: EntityInfo_
    LastAuthenticated: Instant | None = None


entityDetailsListType = list[EntityDetails]


class GetServiceLastAccessedDetailsWithEntitiesResponse(Shape, frozen=True, kw_only=True):
    JobStatus: str
    JobCreationDate: Instant
    JobCompletionDate: Instant
    EntityDetailsList: entityDetailsListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None
    Error: ErrorDetails_ | None = None


class GetServiceLinkedRoleDeletionStatusRequest(Shape, frozen=True, kw_only=True):
    DeletionTaskId: DeletionTaskIdType


ArnListType = list[arnType]


class RoleUsageType(Shape, frozen=True, kw_only=True):
    Region: str | None = None
    Resources: ArnListType | None = None


RoleUsageListType = list[RoleUsageType]


class DeletionTaskFailureReasonType(Shape, frozen=True, kw_only=True):
    Reason: str | None = None
    RoleUsageList: RoleUsageListType | None = None


class GetServiceLinkedRoleDeletionStatusResponse(Shape, frozen=True, kw_only=True):
    Status: str
    Reason: DeletionTaskFailureReasonType | None = None


class GetUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None


class GetUserResponse(Shape, frozen=True, kw_only=True):
    User: User_


class GetUserPolicyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    PolicyName: policyNameType


class GetUserPolicyResponse(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


class ListAccessKeysRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class AccessKeyMetadata(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    AccessKeyId: accessKeyIdType | None = None
    Status: statusType | None = None
    CreateDate: Instant | None = None


accessKeyMetadataListType = list[AccessKeyMetadata]


class ListAccessKeysResponse(Shape, frozen=True, kw_only=True):
    AccessKeyMetadata: accessKeyMetadataListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListAccountAliasesRequest(Shape, frozen=True, kw_only=True):
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


accountAliasListType = list[accountAliasType]


class ListAccountAliasesResponse(Shape, frozen=True, kw_only=True):
    AccountAliases: accountAliasListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListAttachedGroupPoliciesRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PathPrefix: policyPathType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListAttachedGroupPoliciesResponse(Shape, frozen=True, kw_only=True):
    AttachedPolicies: attachedPoliciesListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListAttachedRolePoliciesRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PathPrefix: policyPathType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListAttachedRolePoliciesResponse(Shape, frozen=True, kw_only=True):
    AttachedPolicies: attachedPoliciesListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListAttachedUserPoliciesRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    PathPrefix: policyPathType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListAttachedUserPoliciesResponse(Shape, frozen=True, kw_only=True):
    AttachedPolicies: attachedPoliciesListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListDelegationRequestsRequest(Shape, frozen=True, kw_only=True):
    OwnerId: ownerIdType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


delegationRequestsListType = list[DelegationRequest_]


class ListDelegationRequestsResponse(Shape, frozen=True, kw_only=True):
    DelegationRequests: delegationRequestsListType | None = None
    Marker: markerType | None = None
    isTruncated: bool | None = None


PolicyUsageType = Annotated[str, Constraint(enum=("PermissionsPolicy", "PermissionsBoundary"))]


class ListEntitiesForPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    EntityFilter: EntityType | None = None
    PathPrefix: pathType | None = None
    PolicyUsageFilter: PolicyUsageType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class PolicyGroup(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType | None = None
    GroupId: str | None = None


PolicyGroupListType = list[PolicyGroup]


class PolicyUser(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    UserId: str | None = None


PolicyUserListType = list[PolicyUser]


class PolicyRole(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType | None = None
    RoleId: str | None = None


PolicyRoleListType = list[PolicyRole]


class ListEntitiesForPolicyResponse(Shape, frozen=True, kw_only=True):
    PolicyGroups: PolicyGroupListType | None = None
    PolicyUsers: PolicyUserListType | None = None
    PolicyRoles: PolicyRoleListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListGroupPoliciesRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


policyNameListType = list[policyNameType]


class ListGroupPoliciesResponse(Shape, frozen=True, kw_only=True):
    PolicyNames: policyNameListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


pathPrefixType = Annotated[str, Constraint(least=1, most=512, pattern=r"\u002F[\u0021-\u007F]*")]


class ListGroupsRequest(Shape, frozen=True, kw_only=True):
    PathPrefix: pathPrefixType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


groupListType = list[Group_]


class ListGroupsResponse(Shape, frozen=True, kw_only=True):
    Groups: groupListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListGroupsForUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListGroupsForUserResponse(Shape, frozen=True, kw_only=True):
    Groups: groupListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListInstanceProfileTagsRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListInstanceProfileTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListInstanceProfilesRequest(Shape, frozen=True, kw_only=True):
    PathPrefix: pathPrefixType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListInstanceProfilesResponse(Shape, frozen=True, kw_only=True):
    InstanceProfiles: instanceProfileListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListInstanceProfilesForRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListInstanceProfilesForRoleResponse(Shape, frozen=True, kw_only=True):
    InstanceProfiles: instanceProfileListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListMFADeviceTagsRequest(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListMFADeviceTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListMFADevicesRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class MFADevice(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SerialNumber: serialNumberType
    EnableDate: Instant


mfaDeviceListType = list[MFADevice]


class ListMFADevicesResponse(Shape, frozen=True, kw_only=True):
    MFADevices: mfaDeviceListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListOpenIDConnectProviderTagsRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListOpenIDConnectProviderTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListOpenIDConnectProvidersRequest(Shape, frozen=True, kw_only=True):
    pass


class OpenIDConnectProviderListEntry(Shape, frozen=True, kw_only=True):
    Arn: arnType | None = None


OpenIDConnectProviderListType = list[OpenIDConnectProviderListEntry]


class ListOpenIDConnectProvidersResponse(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderList: OpenIDConnectProviderListType | None = None


class ListOrganizationsFeaturesRequest(Shape, frozen=True, kw_only=True):
    pass


class ListOrganizationsFeaturesResponse(Shape, frozen=True, kw_only=True):
    OrganizationId: str | None = None
    EnabledFeatures: FeaturesListType | None = None


policyScopeType = Annotated[str, Constraint(enum=("All", "AWS", "Local"))]


class ListPoliciesRequest(Shape, frozen=True, kw_only=True):
    Scope: policyScopeType | None = None
    OnlyAttached: bool | None = None
    PathPrefix: policyPathType | None = None
    PolicyUsageFilter: PolicyUsageType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


policyListType = list[Policy_]


class ListPoliciesResponse(Shape, frozen=True, kw_only=True):
    Policies: policyListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


serviceNamespaceListType = Annotated[list[serviceNamespaceType], Constraint(least=1, most=200)]


class ListPoliciesGrantingServiceAccessRequest(Shape, frozen=True, kw_only=True):
    Marker: markerType | None = None
    Arn: arnType
    ServiceNamespaces: serviceNamespaceListType


class PolicyGrantingServiceAccess(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType
    PolicyType: str
    PolicyArn: arnType | None = None
    EntityType: str | None = None
    EntityName: str | None = None


policyGrantingServiceAccessListType = list[PolicyGrantingServiceAccess]


class ListPoliciesGrantingServiceAccessEntry(Shape, frozen=True, kw_only=True):
    ServiceNamespace: serviceNamespaceType | None = None
    Policies: policyGrantingServiceAccessListType | None = None


listPolicyGrantingServiceAccessResponseListType = list[ListPoliciesGrantingServiceAccessEntry]


class ListPoliciesGrantingServiceAccessResponse(Shape, frozen=True, kw_only=True):
    PoliciesGrantingServiceAccess: listPolicyGrantingServiceAccessResponseListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListPolicyTagsRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListPolicyTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListPolicyVersionsRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListPolicyVersionsResponse(Shape, frozen=True, kw_only=True):
    Versions: policyDocumentVersionListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListRolePoliciesRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListRolePoliciesResponse(Shape, frozen=True, kw_only=True):
    PolicyNames: policyNameListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListRoleTagsRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListRoleTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListRolesRequest(Shape, frozen=True, kw_only=True):
    PathPrefix: pathPrefixType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListRolesResponse(Shape, frozen=True, kw_only=True):
    Roles: roleListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListSAMLProviderTagsRequest(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListSAMLProviderTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListSAMLProvidersRequest(Shape, frozen=True, kw_only=True):
    pass


class SAMLProviderListEntry(Shape, frozen=True, kw_only=True):
    Arn: arnType | None = None
    ValidUntil: Instant | None = None
    CreateDate: Instant | None = None


SAMLProviderListType = list[SAMLProviderListEntry]


class ListSAMLProvidersResponse(Shape, frozen=True, kw_only=True):
    SAMLProviderList: SAMLProviderListType | None = None


class ListSSHPublicKeysRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class SSHPublicKeyMetadata(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyId: publicKeyIdType
    Status: statusType
    UploadDate: Instant


SSHPublicKeyListType = list[SSHPublicKeyMetadata]


class ListSSHPublicKeysResponse(Shape, frozen=True, kw_only=True):
    SSHPublicKeys: SSHPublicKeyListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListServerCertificateTagsRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListServerCertificateTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListServerCertificatesRequest(Shape, frozen=True, kw_only=True):
    PathPrefix: pathPrefixType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


serverCertificateMetadataListType = list[ServerCertificateMetadata_]


class ListServerCertificatesResponse(Shape, frozen=True, kw_only=True):
    ServerCertificateMetadataList: serverCertificateMetadataListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListServiceSpecificCredentialsRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    ServiceName: str | None = None
    AllUsers: bool | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ServiceSpecificCredentialMetadata(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    Status: statusType
    ServiceUserName: str | None = None
    ServiceCredentialAlias: str | None = None
    CreateDate: Instant
    ExpirationDate: Instant | None = None
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    ServiceName: str


ServiceSpecificCredentialsListType = list[ServiceSpecificCredentialMetadata]


class ListServiceSpecificCredentialsResponse(Shape, frozen=True, kw_only=True):
    ServiceSpecificCredentials: ServiceSpecificCredentialsListType | None = None
    Marker: str | None = None
    IsTruncated: bool | None = None


class ListSigningCertificatesRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class SigningCertificate(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    CertificateId: certificateIdType
    CertificateBody: certificateBodyType
    Status: statusType
    UploadDate: Instant | None = None


certificateListType = list[SigningCertificate]


class ListSigningCertificatesResponse(Shape, frozen=True, kw_only=True):
    Certificates: certificateListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListUserPoliciesRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListUserPoliciesResponse(Shape, frozen=True, kw_only=True):
    PolicyNames: policyNameListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListUserTagsRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListUserTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: tagListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class ListUsersRequest(Shape, frozen=True, kw_only=True):
    PathPrefix: pathPrefixType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


class ListUsersResponse(Shape, frozen=True, kw_only=True):
    Users: userListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


assignmentStatusType = Annotated[str, Constraint(enum=("Assigned", "Unassigned", "Any"))]


class ListVirtualMFADevicesRequest(Shape, frozen=True, kw_only=True):
    AssignmentStatus: assignmentStatusType | None = None
    Marker: markerType | None = None
    MaxItems: maxItemsType | None = None


virtualMFADeviceListType = list[VirtualMFADevice_]


class ListVirtualMFADevicesResponse(Shape, frozen=True, kw_only=True):
    VirtualMFADevices: virtualMFADeviceListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


class PutAccountPropertiesRequest(Shape, frozen=True, kw_only=True):
    Properties: accountPropertiesMapType


class PutAccountPropertiesResponse(Shape, frozen=True, kw_only=True):
    pass


class PutGroupPolicyRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


class PutRolePermissionsBoundaryRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PermissionsBoundary: arnType


class PutRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


class PutUserPermissionsBoundaryRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    PermissionsBoundary: arnType


class PutUserPolicyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType


class RejectDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType
    Notes: notesType | None = None


class RemoveClientIDFromOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    ClientID: clientIDType


class RemoveRoleFromInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    RoleName: roleNameType


class RemoveUserFromGroupRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    UserName: existingUserNameType


class ResetServiceSpecificCredentialRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    ServiceSpecificCredentialId: serviceSpecificCredentialId


class ResetServiceSpecificCredentialResponse(Shape, frozen=True, kw_only=True):
    ServiceSpecificCredential: ServiceSpecificCredential_ | None = None


class ResyncMFADeviceRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    SerialNumber: serialNumberType
    AuthenticationCode1: authenticationCodeType
    AuthenticationCode2: authenticationCodeType


class SendDelegationTokenRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType


class SetDefaultPolicyVersionRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    VersionId: policyVersionIdType


globalEndpointTokenVersion = Annotated[str, Constraint(enum=("v1Token", "v2Token"))]


class SetSecurityTokenServicePreferencesRequest(Shape, frozen=True, kw_only=True):
    GlobalEndpointTokenVersion: globalEndpointTokenVersion


class OrderedOrganizationPolicyType(Shape, frozen=True, kw_only=True):
    ServiceControlPolicyInputList: SimulationPolicyListType | None = None


OrganizationPolicyListType = Annotated[list[OrderedOrganizationPolicyType], Constraint(most=7)]

ActionNameType = Annotated[str, Constraint(least=3, most=128)]

ActionNameListType = list[ActionNameType]

ResourceNameType = Annotated[str, Constraint(least=1, most=2048)]

ResourceNameListType = list[ResourceNameType]

ContextKeyValueListType = list[str]

ContextKeyTypeEnum = Annotated[
    str,
    Constraint(
        enum=(
            "string",
            "stringList",
            "numeric",
            "numericList",
            "boolean",
            "booleanList",
            "ip",
            "ipList",
            "binary",
            "binaryList",
            "date",
            "dateList",
        ),
    ),
]


class ContextEntry(Shape, frozen=True, kw_only=True):
    ContextKeyName: ContextKeyNameType | None = None
    ContextKeyValues: ContextKeyValueListType | None = None
    ContextKeyType: ContextKeyTypeEnum | None = None


ContextEntryListType = list[ContextEntry]

ResourceHandlingOptionType = Annotated[str, Constraint(least=1, most=64)]


class SimulateCustomPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyInputList: SimulationPolicyListType
    PermissionsBoundaryPolicyInputList: SimulationPolicyListType | None = None
    OrderedOrganizationPolicyInputList: OrganizationPolicyListType | None = None
    ActionNames: ActionNameListType
    ResourceArns: ResourceNameListType | None = None
    ResourcePolicy: policyDocumentType | None = None
    ResourceOwner: ResourceNameType | None = None
    CallerArn: ResourceNameType | None = None
    ContextEntries: ContextEntryListType | None = None
    ResourceHandlingOption: ResourceHandlingOptionType | None = None
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None


class Position(Shape, frozen=True, kw_only=True):
    Line: Integer | None = None
    Column: Integer | None = None


class Statement(Shape, frozen=True, kw_only=True):
    SourcePolicyId: str | None = None
    SourcePolicyType: str | None = None
    StartPosition: Position | None = None
    EndPosition: Position | None = None


StatementListType = list[Statement]


class OrganizationsDecisionDetail_(Shape, frozen=True, kw_only=True):
    AllowedByOrganizations: bool | None = None


class PermissionsBoundaryDecisionDetail_(Shape, frozen=True, kw_only=True):
    AllowedByPermissionsBoundary: bool | None = None


EvalDecisionDetailsType = dict[str, str]


class ResourceSpecificResult(Shape, frozen=True, kw_only=True):
    EvalResourceName: ResourceNameType
    EvalResourceDecision: str
    MatchedStatements: StatementListType | None = None
    MissingContextValues: ContextKeyNamesResultListType | None = None
    EvalDecisionDetails: EvalDecisionDetailsType | None = None
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail_ | None = None


ResourceSpecificResultListType = list[ResourceSpecificResult]


class EvaluationResult(Shape, frozen=True, kw_only=True):
    EvalActionName: ActionNameType
    EvalResourceName: ResourceNameType | None = None
    EvalDecision: str
    MatchedStatements: StatementListType | None = None
    MissingContextValues: ContextKeyNamesResultListType | None = None
    OrganizationsDecisionDetail: OrganizationsDecisionDetail_ | None = None
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail_ | None = None
    EvalDecisionDetails: EvalDecisionDetailsType | None = None
    ResourceSpecificResults: ResourceSpecificResultListType | None = None


EvaluationResultsListType = list[EvaluationResult]


class SimulatePolicyResponse(Shape, frozen=True, kw_only=True):
    EvaluationResults: EvaluationResultsListType | None = None
    IsTruncated: bool | None = None
    Marker: str | None = None


PolicyIdentifierPolicyType = Annotated[
    str,
    Constraint(enum=("inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp")),
]

AttachmentType_ = Annotated[str, Constraint(enum=("user", "group", "role"))]

AttachmentName_ = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w+=,.@-]+")]


class InlinePolicyIdentifierType(Shape, frozen=True, kw_only=True):
    PolicyName: policyNameType
    AttachmentType: AttachmentType_
    AttachmentName: AttachmentName_


class PolicyIdentifier(Shape, frozen=True, kw_only=True):
    PolicyType: PolicyIdentifierPolicyType | None = None
    PolicyArn: arnType | None = None
    InlinePolicyIdentifier: InlinePolicyIdentifierType | None = None


PolicyExclusionsListType = Annotated[list[PolicyIdentifier], Constraint(most=256)]


class SimulatePrincipalPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicySourceArn: arnType
    PolicyInputList: SimulationPolicyListType | None = None
    PermissionsBoundaryPolicyInputList: SimulationPolicyListType | None = None
    PolicyExclusionList: PolicyExclusionsListType | None = None
    ActionNames: ActionNameListType
    ResourceArns: ResourceNameListType | None = None
    ResourcePolicy: policyDocumentType | None = None
    ResourceOwner: ResourceNameType | None = None
    CallerArn: ResourceNameType | None = None
    ContextEntries: ContextEntryListType | None = None
    ResourceHandlingOption: ResourceHandlingOptionType | None = None
    MaxItems: maxItemsType | None = None
    Marker: markerType | None = None


class TagInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    Tags: tagListType


class TagMFADeviceRequest(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType
    Tags: tagListType


class TagOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    Tags: tagListType


class TagPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    Tags: tagListType


class TagRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Tags: tagListType


class TagSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType
    Tags: tagListType


class TagServerCertificateRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType
    Tags: tagListType


class TagUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    Tags: tagListType


tagKeyListType = Annotated[list[tagKeyType], Constraint(most=50)]


class UntagInstanceProfileRequest(Shape, frozen=True, kw_only=True):
    InstanceProfileName: instanceProfileNameType
    TagKeys: tagKeyListType


class UntagMFADeviceRequest(Shape, frozen=True, kw_only=True):
    SerialNumber: serialNumberType
    TagKeys: tagKeyListType


class UntagOpenIDConnectProviderRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    TagKeys: tagKeyListType


class UntagPolicyRequest(Shape, frozen=True, kw_only=True):
    PolicyArn: arnType
    TagKeys: tagKeyListType


class UntagRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    TagKeys: tagKeyListType


class UntagSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType
    TagKeys: tagKeyListType


class UntagServerCertificateRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType
    TagKeys: tagKeyListType


class UntagUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    TagKeys: tagKeyListType


class UpdateAccessKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    AccessKeyId: accessKeyIdType
    Status: statusType


class UpdateAccountPasswordPolicyRequest(Shape, frozen=True, kw_only=True):
    MinimumPasswordLength: minimumPasswordLengthType | None = None
    RequireSymbols: bool | None = None
    RequireNumbers: bool | None = None
    RequireUppercaseCharacters: bool | None = None
    RequireLowercaseCharacters: bool | None = None
    AllowUsersToChangePassword: bool | None = None
    MaxPasswordAge: maxPasswordAgeType | None = None
    PasswordReusePrevention: passwordReusePreventionType | None = None
    HardExpiry: bool | None = None


class UpdateAssumeRolePolicyRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    PolicyDocument: policyDocumentType


class UpdateDelegationRequestRequest(Shape, frozen=True, kw_only=True):
    DelegationRequestId: delegationRequestIdType
    Notes: notesType | None = None


class UpdateGroupRequest(Shape, frozen=True, kw_only=True):
    GroupName: groupNameType
    NewPath: pathType | None = None
    NewGroupName: groupNameType | None = None


class UpdateLoginProfileRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    Password: passwordType | None = None
    PasswordResetRequired: bool | None = None


class UpdateOpenIDConnectProviderThumbprintRequest(Shape, frozen=True, kw_only=True):
    OpenIDConnectProviderArn: arnType
    ThumbprintList: thumbprintListType


class UpdateRoleRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Description: roleDescriptionType | None = None
    MaxSessionDuration: roleMaxSessionDurationType | None = None


class UpdateRoleResponse(Shape, frozen=True, kw_only=True):
    pass


class UpdateRoleDescriptionRequest(Shape, frozen=True, kw_only=True):
    RoleName: roleNameType
    Description: roleDescriptionType


class UpdateRoleDescriptionResponse(Shape, frozen=True, kw_only=True):
    Role: Role_ | None = None


class UpdateSAMLProviderRequest(Shape, frozen=True, kw_only=True):
    SAMLMetadataDocument: SAMLMetadataDocumentType | None = None
    SAMLProviderArn: arnType
    AssertionEncryptionMode: assertionEncryptionModeType | None = None
    AddPrivateKey: privateKeyType | None = None
    RemovePrivateKey: privateKeyIdType | None = None


class UpdateSAMLProviderResponse(Shape, frozen=True, kw_only=True):
    SAMLProviderArn: arnType | None = None


class UpdateSSHPublicKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyId: publicKeyIdType
    Status: statusType


class UpdateServerCertificateRequest(Shape, frozen=True, kw_only=True):
    ServerCertificateName: serverCertificateNameType
    NewPath: pathType | None = None
    NewServerCertificateName: serverCertificateNameType | None = None


class UpdateServiceSpecificCredentialRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType | None = None
    ServiceSpecificCredentialId: serviceSpecificCredentialId
    Status: statusType


class UpdateSigningCertificateRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    CertificateId: certificateIdType
    Status: statusType


class UpdateUserRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType
    NewPath: pathType | None = None
    NewUserName: userNameType | None = None


class UploadSSHPublicKeyRequest(Shape, frozen=True, kw_only=True):
    UserName: userNameType
    SSHPublicKeyBody: publicKeyMaterialType


class UploadSSHPublicKeyResponse(Shape, frozen=True, kw_only=True):
    SSHPublicKey: SSHPublicKey_ | None = None


class UploadServerCertificateRequest(Shape, frozen=True, kw_only=True):
    Path: pathType | None = None
    ServerCertificateName: serverCertificateNameType
    CertificateBody: certificateBodyType
    PrivateKey: privateKeyType
    CertificateChain: certificateChainType | None = None
    Tags: tagListType | None = None


class UploadServerCertificateResponse(Shape, frozen=True, kw_only=True):
    ServerCertificateMetadata: ServerCertificateMetadata_ | None = None
    Tags: tagListType | None = None


class UploadSigningCertificateRequest(Shape, frozen=True, kw_only=True):
    UserName: existingUserNameType | None = None
    CertificateBody: certificateBodyType


class UploadSigningCertificateResponse(Shape, frozen=True, kw_only=True):
    Certificate: SigningCertificate


ERRORS = {
    "AccountNotManagementOrDelegatedAdministratorException": ErrorShape(
        "AccountNotManagementOrDelegatedAdministratorException",
        400,
    ),
    "CallerIsNotManagementAccountException": ErrorShape(
        "CallerIsNotManagementAccountException",
        400,
    ),
    "ConcurrentModificationException": ErrorShape("ConcurrentModification", 409),
    "CredentialReportExpiredException": ErrorShape("ReportExpired", 410),
    "CredentialReportNotPresentException": ErrorShape("ReportNotPresent", 410),
    "CredentialReportNotReadyException": ErrorShape("ReportInProgress", 404),
    "DeleteConflictException": ErrorShape("DeleteConflict", 409),
    "DuplicateCertificateException": ErrorShape("DuplicateCertificate", 409),
    "DuplicateSSHPublicKeyException": ErrorShape("DuplicateSSHPublicKey", 400),
    "EntityAlreadyExistsException": ErrorShape("EntityAlreadyExists", 409),
    "EntityTemporarilyUnmodifiableException": ErrorShape("EntityTemporarilyUnmodifiable", 409),
    "FeatureDisabledException": ErrorShape("FeatureDisabled", 404),
    "FeatureEnabledException": ErrorShape("FeatureEnabled", 409),
    "InvalidAuthenticationCodeException": ErrorShape("InvalidAuthenticationCode", 403),
    "InvalidCertificateException": ErrorShape("InvalidCertificate", 400),
    "InvalidInputException": ErrorShape("InvalidInput", 400),
    "InvalidPublicKeyException": ErrorShape("InvalidPublicKey", 400),
    "InvalidUserTypeException": ErrorShape("InvalidUserType", 400),
    "KeyPairMismatchException": ErrorShape("KeyPairMismatch", 400),
    "LimitExceededException": ErrorShape("LimitExceeded", 409),
    "MalformedCertificateException": ErrorShape("MalformedCertificate", 400),
    "MalformedPolicyDocumentException": ErrorShape("MalformedPolicyDocument", 400),
    "NameConflictException": ErrorShape("NameConflict", 409),
    "NoSuchEntityException": ErrorShape("NoSuchEntity", 404),
    "OpenIdIdpCommunicationErrorException": ErrorShape("OpenIdIdpCommunicationError", 400),
    "OrganizationNotFoundException": ErrorShape("OrganizationNotFoundException", 400),
    "OrganizationNotInAllFeaturesModeException": ErrorShape(
        "OrganizationNotInAllFeaturesModeException",
        400,
    ),
    "PasswordPolicyViolationException": ErrorShape("PasswordPolicyViolation", 400),
    "PolicyEvaluationException": ErrorShape("PolicyEvaluation", 500),
    "PolicyNotAttachableException": ErrorShape("PolicyNotAttachable", 400),
    "ReportGenerationLimitExceededException": ErrorShape("ReportGenerationLimitExceeded", 409),
    "RoleModifiedException": ErrorShape("RoleModified", 409),
    "RoleTemplateDisabledException": ErrorShape("RoleTemplateDisabled", 400),
    "ServiceAccessNotEnabledException": ErrorShape("ServiceAccessNotEnabledException", 400),
    "ServiceFailureException": ErrorShape("ServiceFailure", 500),
    "ServiceNotSupportedException": ErrorShape("NotSupportedService", 404),
    "UnmodifiableEntityException": ErrorShape("UnmodifiableEntity", 400),
    "UnrecognizedPublicKeyEncodingException": ErrorShape("UnrecognizedPublicKeyEncoding", 400),
}

SERVICE = ServiceShape(
    name="iam",
    api_version="2010-05-08",
    target_prefix=None,
    json_version=None,
    xml_namespace="https://iam.amazonaws.com/doc/2010-05-08/",
    errors=ERRORS,
)

OPERATIONS: dict[str, OperationShape] = {
    "AcceptDelegationRequest": OperationShape(
        service=SERVICE,
        name="AcceptDelegationRequest",
        input=AcceptDelegationRequestRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "AcquireRole": OperationShape(
        service=SERVICE,
        name="AcquireRole",
        input=AcquireRoleRequest,
        output=AcquireRoleResponse,
        errors=(
            "LimitExceededException",
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "RoleModifiedException",
            "NameConflictException",
            "MalformedPolicyDocumentException",
            "ConcurrentModificationException",
            "ServiceFailureException",
            "NoSuchEntityException",
            "RoleTemplateDisabledException",
        ),
    ),
    "AddClientIDToOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="AddClientIDToOpenIDConnectProvider",
        input=AddClientIDToOpenIDConnectProviderRequest,
        output=None,
        errors=(
            "ConcurrentModificationException",
            "InvalidInputException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "AddRoleToInstanceProfile": OperationShape(
        service=SERVICE,
        name="AddRoleToInstanceProfile",
        input=AddRoleToInstanceProfileRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "AddUserToGroup": OperationShape(
        service=SERVICE,
        name="AddUserToGroup",
        input=AddUserToGroupRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "AssociateDelegationRequest": OperationShape(
        service=SERVICE,
        name="AssociateDelegationRequest",
        input=AssociateDelegationRequestRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
            "InvalidInputException",
        ),
    ),
    "AttachGroupPolicy": OperationShape(
        service=SERVICE,
        name="AttachGroupPolicy",
        input=AttachGroupPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "PolicyNotAttachableException",
            "ServiceFailureException",
        ),
    ),
    "AttachRolePolicy": OperationShape(
        service=SERVICE,
        name="AttachRolePolicy",
        input=AttachRolePolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "UnmodifiableEntityException",
            "PolicyNotAttachableException",
            "ServiceFailureException",
        ),
    ),
    "AttachUserPolicy": OperationShape(
        service=SERVICE,
        name="AttachUserPolicy",
        input=AttachUserPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "PolicyNotAttachableException",
            "ServiceFailureException",
        ),
    ),
    "ChangePassword": OperationShape(
        service=SERVICE,
        name="ChangePassword",
        input=ChangePasswordRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidUserTypeException",
            "LimitExceededException",
            "EntityTemporarilyUnmodifiableException",
            "PasswordPolicyViolationException",
            "ServiceFailureException",
        ),
    ),
    "CreateAccessKey": OperationShape(
        service=SERVICE,
        name="CreateAccessKey",
        input=CreateAccessKeyRequest,
        output=CreateAccessKeyResponse,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "CreateAccountAlias": OperationShape(
        service=SERVICE,
        name="CreateAccountAlias",
        input=CreateAccountAliasRequest,
        output=None,
        errors=(
            "ConcurrentModificationException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "CreateDelegationRequest": OperationShape(
        service=SERVICE,
        name="CreateDelegationRequest",
        input=CreateDelegationRequestRequest,
        output=CreateDelegationRequestResponse,
        errors=(
            "EntityAlreadyExistsException",
            "ServiceFailureException",
            "InvalidInputException",
            "LimitExceededException",
            "ConcurrentModificationException",
        ),
    ),
    "CreateGroup": OperationShape(
        service=SERVICE,
        name="CreateGroup",
        input=CreateGroupRequest,
        output=CreateGroupResponse,
        errors=(
            "LimitExceededException",
            "EntityAlreadyExistsException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "CreateInstanceProfile": OperationShape(
        service=SERVICE,
        name="CreateInstanceProfile",
        input=CreateInstanceProfileRequest,
        output=CreateInstanceProfileResponse,
        errors=(
            "EntityAlreadyExistsException",
            "InvalidInputException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "CreateLoginProfile": OperationShape(
        service=SERVICE,
        name="CreateLoginProfile",
        input=CreateLoginProfileRequest,
        output=CreateLoginProfileResponse,
        errors=(
            "EntityAlreadyExistsException",
            "NoSuchEntityException",
            "PasswordPolicyViolationException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "CreateOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="CreateOpenIDConnectProvider",
        input=CreateOpenIDConnectProviderRequest,
        output=CreateOpenIDConnectProviderResponse,
        errors=(
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
            "OpenIdIdpCommunicationErrorException",
        ),
    ),
    "CreatePolicy": OperationShape(
        service=SERVICE,
        name="CreatePolicy",
        input=CreatePolicyRequest,
        output=CreatePolicyResponse,
        errors=(
            "InvalidInputException",
            "LimitExceededException",
            "EntityAlreadyExistsException",
            "MalformedPolicyDocumentException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "CreatePolicyVersion": OperationShape(
        service=SERVICE,
        name="CreatePolicyVersion",
        input=CreatePolicyVersionRequest,
        output=CreatePolicyVersionResponse,
        errors=(
            "NoSuchEntityException",
            "MalformedPolicyDocumentException",
            "InvalidInputException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "CreateRole": OperationShape(
        service=SERVICE,
        name="CreateRole",
        input=CreateRoleRequest,
        output=CreateRoleResponse,
        errors=(
            "LimitExceededException",
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "MalformedPolicyDocumentException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "CreateSAMLProvider": OperationShape(
        service=SERVICE,
        name="CreateSAMLProvider",
        input=CreateSAMLProviderRequest,
        output=CreateSAMLProviderResponse,
        errors=(
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "CreateServiceLinkedRole": OperationShape(
        service=SERVICE,
        name="CreateServiceLinkedRole",
        input=CreateServiceLinkedRoleRequest,
        output=CreateServiceLinkedRoleResponse,
        errors=(
            "InvalidInputException",
            "LimitExceededException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "CreateServiceSpecificCredential": OperationShape(
        service=SERVICE,
        name="CreateServiceSpecificCredential",
        input=CreateServiceSpecificCredentialRequest,
        output=CreateServiceSpecificCredentialResponse,
        errors=(
            "LimitExceededException",
            "NoSuchEntityException",
            "ServiceNotSupportedException",
        ),
    ),
    "CreateUser": OperationShape(
        service=SERVICE,
        name="CreateUser",
        input=CreateUserRequest,
        output=CreateUserResponse,
        errors=(
            "LimitExceededException",
            "EntityAlreadyExistsException",
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "CreateVirtualMFADevice": OperationShape(
        service=SERVICE,
        name="CreateVirtualMFADevice",
        input=CreateVirtualMFADeviceRequest,
        output=CreateVirtualMFADeviceResponse,
        errors=(
            "LimitExceededException",
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "DeactivateMFADevice": OperationShape(
        service=SERVICE,
        name="DeactivateMFADevice",
        input=DeactivateMFADeviceRequest,
        output=None,
        errors=(
            "EntityTemporarilyUnmodifiableException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "DeleteAccessKey": OperationShape(
        service=SERVICE,
        name="DeleteAccessKey",
        input=DeleteAccessKeyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteAccountAlias": OperationShape(
        service=SERVICE,
        name="DeleteAccountAlias",
        input=DeleteAccountAliasRequest,
        output=None,
        errors=(
            "ConcurrentModificationException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteAccountPasswordPolicy": OperationShape(
        service=SERVICE,
        name="DeleteAccountPasswordPolicy",
        input=NoInput,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteGroup": OperationShape(
        service=SERVICE,
        name="DeleteGroup",
        input=DeleteGroupRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "DeleteConflictException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteGroupPolicy": OperationShape(
        service=SERVICE,
        name="DeleteGroupPolicy",
        input=DeleteGroupPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteInstanceProfile": OperationShape(
        service=SERVICE,
        name="DeleteInstanceProfile",
        input=DeleteInstanceProfileRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "DeleteConflictException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteLoginProfile": OperationShape(
        service=SERVICE,
        name="DeleteLoginProfile",
        input=DeleteLoginProfileRequest,
        output=None,
        errors=(
            "EntityTemporarilyUnmodifiableException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="DeleteOpenIDConnectProvider",
        input=DeleteOpenIDConnectProviderRequest,
        output=None,
        errors=(
            "InvalidInputException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "DeletePolicy": OperationShape(
        service=SERVICE,
        name="DeletePolicy",
        input=DeletePolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "DeleteConflictException",
            "ServiceFailureException",
        ),
    ),
    "DeletePolicyVersion": OperationShape(
        service=SERVICE,
        name="DeletePolicyVersion",
        input=DeletePolicyVersionRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "DeleteConflictException",
            "ServiceFailureException",
        ),
    ),
    "DeleteRole": OperationShape(
        service=SERVICE,
        name="DeleteRole",
        input=DeleteRoleRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "DeleteConflictException",
            "LimitExceededException",
            "UnmodifiableEntityException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "DeleteRolePermissionsBoundary": OperationShape(
        service=SERVICE,
        name="DeleteRolePermissionsBoundary",
        input=DeleteRolePermissionsBoundaryRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "DeleteRolePolicy": OperationShape(
        service=SERVICE,
        name="DeleteRolePolicy",
        input=DeleteRolePolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "DeleteSAMLProvider": OperationShape(
        service=SERVICE,
        name="DeleteSAMLProvider",
        input=DeleteSAMLProviderRequest,
        output=None,
        errors=(
            "InvalidInputException",
            "LimitExceededException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "DeleteSSHPublicKey": OperationShape(
        service=SERVICE,
        name="DeleteSSHPublicKey",
        input=DeleteSSHPublicKeyRequest,
        output=None,
        errors=("NoSuchEntityException",),
    ),
    "DeleteServerCertificate": OperationShape(
        service=SERVICE,
        name="DeleteServerCertificate",
        input=DeleteServerCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "DeleteConflictException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteServiceLinkedRole": OperationShape(
        service=SERVICE,
        name="DeleteServiceLinkedRole",
        input=DeleteServiceLinkedRoleRequest,
        output=DeleteServiceLinkedRoleResponse,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteServiceSpecificCredential": OperationShape(
        service=SERVICE,
        name="DeleteServiceSpecificCredential",
        input=DeleteServiceSpecificCredentialRequest,
        output=None,
        errors=("NoSuchEntityException",),
    ),
    "DeleteSigningCertificate": OperationShape(
        service=SERVICE,
        name="DeleteSigningCertificate",
        input=DeleteSigningCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "DeleteUser": OperationShape(
        service=SERVICE,
        name="DeleteUser",
        input=DeleteUserRequest,
        output=None,
        errors=(
            "LimitExceededException",
            "NoSuchEntityException",
            "DeleteConflictException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "DeleteUserPermissionsBoundary": OperationShape(
        service=SERVICE,
        name="DeleteUserPermissionsBoundary",
        input=DeleteUserPermissionsBoundaryRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "DeleteUserPolicy": OperationShape(
        service=SERVICE,
        name="DeleteUserPolicy",
        input=DeleteUserPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "DeleteVirtualMFADevice": OperationShape(
        service=SERVICE,
        name="DeleteVirtualMFADevice",
        input=DeleteVirtualMFADeviceRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "DeleteConflictException",
            "LimitExceededException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "DetachGroupPolicy": OperationShape(
        service=SERVICE,
        name="DetachGroupPolicy",
        input=DetachGroupPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "DetachRolePolicy": OperationShape(
        service=SERVICE,
        name="DetachRolePolicy",
        input=DetachRolePolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "DetachUserPolicy": OperationShape(
        service=SERVICE,
        name="DetachUserPolicy",
        input=DetachUserPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "DisableOrganizationsRootCredentialsManagement": OperationShape(
        service=SERVICE,
        name="DisableOrganizationsRootCredentialsManagement",
        input=DisableOrganizationsRootCredentialsManagementRequest,
        output=DisableOrganizationsRootCredentialsManagementResponse,
        errors=(
            "ServiceAccessNotEnabledException",
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
        ),
    ),
    "DisableOrganizationsRootSessions": OperationShape(
        service=SERVICE,
        name="DisableOrganizationsRootSessions",
        input=DisableOrganizationsRootSessionsRequest,
        output=DisableOrganizationsRootSessionsResponse,
        errors=(
            "ServiceAccessNotEnabledException",
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
        ),
    ),
    "DisableOutboundWebIdentityFederation": OperationShape(
        service=SERVICE,
        name="DisableOutboundWebIdentityFederation",
        input=NoInput,
        output=None,
        errors=("FeatureDisabledException",),
    ),
    "EnableMFADevice": OperationShape(
        service=SERVICE,
        name="EnableMFADevice",
        input=EnableMFADeviceRequest,
        output=None,
        errors=(
            "EntityAlreadyExistsException",
            "EntityTemporarilyUnmodifiableException",
            "InvalidAuthenticationCodeException",
            "LimitExceededException",
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "EnableOrganizationsRootCredentialsManagement": OperationShape(
        service=SERVICE,
        name="EnableOrganizationsRootCredentialsManagement",
        input=EnableOrganizationsRootCredentialsManagementRequest,
        output=EnableOrganizationsRootCredentialsManagementResponse,
        errors=(
            "ServiceAccessNotEnabledException",
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
            "CallerIsNotManagementAccountException",
        ),
    ),
    "EnableOrganizationsRootSessions": OperationShape(
        service=SERVICE,
        name="EnableOrganizationsRootSessions",
        input=EnableOrganizationsRootSessionsRequest,
        output=EnableOrganizationsRootSessionsResponse,
        errors=(
            "ServiceAccessNotEnabledException",
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
            "CallerIsNotManagementAccountException",
        ),
    ),
    "EnableOutboundWebIdentityFederation": OperationShape(
        service=SERVICE,
        name="EnableOutboundWebIdentityFederation",
        input=NoInput,
        output=EnableOutboundWebIdentityFederationResponse,
        errors=("FeatureEnabledException",),
    ),
    "GenerateCredentialReport": OperationShape(
        service=SERVICE,
        name="GenerateCredentialReport",
        input=NoInput,
        output=GenerateCredentialReportResponse,
        errors=(
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "GenerateOrganizationsAccessReport": OperationShape(
        service=SERVICE,
        name="GenerateOrganizationsAccessReport",
        input=GenerateOrganizationsAccessReportRequest,
        output=GenerateOrganizationsAccessReportResponse,
        errors=("ReportGenerationLimitExceededException",),
    ),
    "GenerateServiceLastAccessedDetails": OperationShape(
        service=SERVICE,
        name="GenerateServiceLastAccessedDetails",
        input=GenerateServiceLastAccessedDetailsRequest,
        output=GenerateServiceLastAccessedDetailsResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "GetAccessKeyLastUsed": OperationShape(
        service=SERVICE,
        name="GetAccessKeyLastUsed",
        input=GetAccessKeyLastUsedRequest,
        output=GetAccessKeyLastUsedResponse,
        errors=(),
    ),
    "GetAccountAuthorizationDetails": OperationShape(
        service=SERVICE,
        name="GetAccountAuthorizationDetails",
        input=GetAccountAuthorizationDetailsRequest,
        output=GetAccountAuthorizationDetailsResponse,
        errors=("ServiceFailureException",),
    ),
    "GetAccountPasswordPolicy": OperationShape(
        service=SERVICE,
        name="GetAccountPasswordPolicy",
        input=NoInput,
        output=GetAccountPasswordPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetAccountProperties": OperationShape(
        service=SERVICE,
        name="GetAccountProperties",
        input=GetAccountPropertiesRequest,
        output=GetAccountPropertiesResponse,
        errors=(
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetAccountSummary": OperationShape(
        service=SERVICE,
        name="GetAccountSummary",
        input=NoInput,
        output=GetAccountSummaryResponse,
        errors=("ServiceFailureException",),
    ),
    "GetContextKeysForCustomPolicy": OperationShape(
        service=SERVICE,
        name="GetContextKeysForCustomPolicy",
        input=GetContextKeysForCustomPolicyRequest,
        output=GetContextKeysForPolicyResponse,
        errors=("InvalidInputException",),
    ),
    "GetContextKeysForPrincipalPolicy": OperationShape(
        service=SERVICE,
        name="GetContextKeysForPrincipalPolicy",
        input=GetContextKeysForPrincipalPolicyRequest,
        output=GetContextKeysForPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "GetCredentialReport": OperationShape(
        service=SERVICE,
        name="GetCredentialReport",
        input=NoInput,
        output=GetCredentialReportResponse,
        errors=(
            "CredentialReportNotPresentException",
            "CredentialReportExpiredException",
            "CredentialReportNotReadyException",
            "ServiceFailureException",
        ),
    ),
    "GetDelegationRequest": OperationShape(
        service=SERVICE,
        name="GetDelegationRequest",
        input=GetDelegationRequestRequest,
        output=GetDelegationRequestResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetGroup": OperationShape(
        service=SERVICE,
        name="GetGroup",
        input=GetGroupRequest,
        output=GetGroupResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetGroupPolicy": OperationShape(
        service=SERVICE,
        name="GetGroupPolicy",
        input=GetGroupPolicyRequest,
        output=GetGroupPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetHumanReadableSummary": OperationShape(
        service=SERVICE,
        name="GetHumanReadableSummary",
        input=GetHumanReadableSummaryRequest,
        output=GetHumanReadableSummaryResponse,
        errors=(
            "InvalidInputException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetInstanceProfile": OperationShape(
        service=SERVICE,
        name="GetInstanceProfile",
        input=GetInstanceProfileRequest,
        output=GetInstanceProfileResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetLoginProfile": OperationShape(
        service=SERVICE,
        name="GetLoginProfile",
        input=GetLoginProfileRequest,
        output=GetLoginProfileResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetMFADevice": OperationShape(
        service=SERVICE,
        name="GetMFADevice",
        input=GetMFADeviceRequest,
        output=GetMFADeviceResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="GetOpenIDConnectProvider",
        input=GetOpenIDConnectProviderRequest,
        output=GetOpenIDConnectProviderResponse,
        errors=(
            "InvalidInputException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetOrganizationsAccessReport": OperationShape(
        service=SERVICE,
        name="GetOrganizationsAccessReport",
        input=GetOrganizationsAccessReportRequest,
        output=GetOrganizationsAccessReportResponse,
        errors=("NoSuchEntityException",),
    ),
    "GetOutboundWebIdentityFederationInfo": OperationShape(
        service=SERVICE,
        name="GetOutboundWebIdentityFederationInfo",
        input=NoInput,
        output=GetOutboundWebIdentityFederationInfoResponse,
        errors=("FeatureDisabledException",),
    ),
    "GetPolicy": OperationShape(
        service=SERVICE,
        name="GetPolicy",
        input=GetPolicyRequest,
        output=GetPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetPolicyVersion": OperationShape(
        service=SERVICE,
        name="GetPolicyVersion",
        input=GetPolicyVersionRequest,
        output=GetPolicyVersionResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetRole": OperationShape(
        service=SERVICE,
        name="GetRole",
        input=GetRoleRequest,
        output=GetRoleResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetRolePolicy": OperationShape(
        service=SERVICE,
        name="GetRolePolicy",
        input=GetRolePolicyRequest,
        output=GetRolePolicyResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetRoleTemplateVersion": OperationShape(
        service=SERVICE,
        name="GetRoleTemplateVersion",
        input=GetRoleTemplateVersionRequest,
        output=GetRoleTemplateVersionResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetSAMLProvider": OperationShape(
        service=SERVICE,
        name="GetSAMLProvider",
        input=GetSAMLProviderRequest,
        output=GetSAMLProviderResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetSSHPublicKey": OperationShape(
        service=SERVICE,
        name="GetSSHPublicKey",
        input=GetSSHPublicKeyRequest,
        output=GetSSHPublicKeyResponse,
        errors=(
            "NoSuchEntityException",
            "UnrecognizedPublicKeyEncodingException",
        ),
    ),
    "GetServerCertificate": OperationShape(
        service=SERVICE,
        name="GetServerCertificate",
        input=GetServerCertificateRequest,
        output=GetServerCertificateResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetServiceLastAccessedDetails": OperationShape(
        service=SERVICE,
        name="GetServiceLastAccessedDetails",
        input=GetServiceLastAccessedDetailsRequest,
        output=GetServiceLastAccessedDetailsResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "GetServiceLastAccessedDetailsWithEntities": OperationShape(
        service=SERVICE,
        name="GetServiceLastAccessedDetailsWithEntities",
        input=GetServiceLastAccessedDetailsWithEntitiesRequest,
        output=GetServiceLastAccessedDetailsWithEntitiesResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "GetServiceLinkedRoleDeletionStatus": OperationShape(
        service=SERVICE,
        name="GetServiceLinkedRoleDeletionStatus",
        input=GetServiceLinkedRoleDeletionStatusRequest,
        output=GetServiceLinkedRoleDeletionStatusResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "GetUser": OperationShape(
        service=SERVICE,
        name="GetUser",
        input=GetUserRequest,
        output=GetUserResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "GetUserPolicy": OperationShape(
        service=SERVICE,
        name="GetUserPolicy",
        input=GetUserPolicyRequest,
        output=GetUserPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListAccessKeys": OperationShape(
        service=SERVICE,
        name="ListAccessKeys",
        input=ListAccessKeysRequest,
        output=ListAccessKeysResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListAccountAliases": OperationShape(
        service=SERVICE,
        name="ListAccountAliases",
        input=ListAccountAliasesRequest,
        output=ListAccountAliasesResponse,
        errors=("ServiceFailureException",),
    ),
    "ListAttachedGroupPolicies": OperationShape(
        service=SERVICE,
        name="ListAttachedGroupPolicies",
        input=ListAttachedGroupPoliciesRequest,
        output=ListAttachedGroupPoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListAttachedRolePolicies": OperationShape(
        service=SERVICE,
        name="ListAttachedRolePolicies",
        input=ListAttachedRolePoliciesRequest,
        output=ListAttachedRolePoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListAttachedUserPolicies": OperationShape(
        service=SERVICE,
        name="ListAttachedUserPolicies",
        input=ListAttachedUserPoliciesRequest,
        output=ListAttachedUserPoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListDelegationRequests": OperationShape(
        service=SERVICE,
        name="ListDelegationRequests",
        input=ListDelegationRequestsRequest,
        output=ListDelegationRequestsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "ListEntitiesForPolicy": OperationShape(
        service=SERVICE,
        name="ListEntitiesForPolicy",
        input=ListEntitiesForPolicyRequest,
        output=ListEntitiesForPolicyResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListGroupPolicies": OperationShape(
        service=SERVICE,
        name="ListGroupPolicies",
        input=ListGroupPoliciesRequest,
        output=ListGroupPoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListGroups": OperationShape(
        service=SERVICE,
        name="ListGroups",
        input=ListGroupsRequest,
        output=ListGroupsResponse,
        errors=("ServiceFailureException",),
    ),
    "ListGroupsForUser": OperationShape(
        service=SERVICE,
        name="ListGroupsForUser",
        input=ListGroupsForUserRequest,
        output=ListGroupsForUserResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListInstanceProfileTags": OperationShape(
        service=SERVICE,
        name="ListInstanceProfileTags",
        input=ListInstanceProfileTagsRequest,
        output=ListInstanceProfileTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListInstanceProfiles": OperationShape(
        service=SERVICE,
        name="ListInstanceProfiles",
        input=ListInstanceProfilesRequest,
        output=ListInstanceProfilesResponse,
        errors=("ServiceFailureException",),
    ),
    "ListInstanceProfilesForRole": OperationShape(
        service=SERVICE,
        name="ListInstanceProfilesForRole",
        input=ListInstanceProfilesForRoleRequest,
        output=ListInstanceProfilesForRoleResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListMFADeviceTags": OperationShape(
        service=SERVICE,
        name="ListMFADeviceTags",
        input=ListMFADeviceTagsRequest,
        output=ListMFADeviceTagsResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListMFADevices": OperationShape(
        service=SERVICE,
        name="ListMFADevices",
        input=ListMFADevicesRequest,
        output=ListMFADevicesResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListOpenIDConnectProviderTags": OperationShape(
        service=SERVICE,
        name="ListOpenIDConnectProviderTags",
        input=ListOpenIDConnectProviderTagsRequest,
        output=ListOpenIDConnectProviderTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "ListOpenIDConnectProviders": OperationShape(
        service=SERVICE,
        name="ListOpenIDConnectProviders",
        input=ListOpenIDConnectProvidersRequest,
        output=ListOpenIDConnectProvidersResponse,
        errors=("ServiceFailureException",),
    ),
    "ListOrganizationsFeatures": OperationShape(
        service=SERVICE,
        name="ListOrganizationsFeatures",
        input=ListOrganizationsFeaturesRequest,
        output=ListOrganizationsFeaturesResponse,
        errors=(
            "ServiceAccessNotEnabledException",
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
        ),
    ),
    "ListPolicies": OperationShape(
        service=SERVICE,
        name="ListPolicies",
        input=ListPoliciesRequest,
        output=ListPoliciesResponse,
        errors=("ServiceFailureException",),
    ),
    "ListPoliciesGrantingServiceAccess": OperationShape(
        service=SERVICE,
        name="ListPoliciesGrantingServiceAccess",
        input=ListPoliciesGrantingServiceAccessRequest,
        output=ListPoliciesGrantingServiceAccessResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "ListPolicyTags": OperationShape(
        service=SERVICE,
        name="ListPolicyTags",
        input=ListPolicyTagsRequest,
        output=ListPolicyTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "ListPolicyVersions": OperationShape(
        service=SERVICE,
        name="ListPolicyVersions",
        input=ListPolicyVersionsRequest,
        output=ListPolicyVersionsResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ServiceFailureException",
        ),
    ),
    "ListRolePolicies": OperationShape(
        service=SERVICE,
        name="ListRolePolicies",
        input=ListRolePoliciesRequest,
        output=ListRolePoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListRoleTags": OperationShape(
        service=SERVICE,
        name="ListRoleTags",
        input=ListRoleTagsRequest,
        output=ListRoleTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListRoles": OperationShape(
        service=SERVICE,
        name="ListRoles",
        input=ListRolesRequest,
        output=ListRolesResponse,
        errors=("ServiceFailureException",),
    ),
    "ListSAMLProviderTags": OperationShape(
        service=SERVICE,
        name="ListSAMLProviderTags",
        input=ListSAMLProviderTagsRequest,
        output=ListSAMLProviderTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "ListSAMLProviders": OperationShape(
        service=SERVICE,
        name="ListSAMLProviders",
        input=ListSAMLProvidersRequest,
        output=ListSAMLProvidersResponse,
        errors=("ServiceFailureException",),
    ),
    "ListSSHPublicKeys": OperationShape(
        service=SERVICE,
        name="ListSSHPublicKeys",
        input=ListSSHPublicKeysRequest,
        output=ListSSHPublicKeysResponse,
        errors=("NoSuchEntityException",),
    ),
    "ListServerCertificateTags": OperationShape(
        service=SERVICE,
        name="ListServerCertificateTags",
        input=ListServerCertificateTagsRequest,
        output=ListServerCertificateTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListServerCertificates": OperationShape(
        service=SERVICE,
        name="ListServerCertificates",
        input=ListServerCertificatesRequest,
        output=ListServerCertificatesResponse,
        errors=("ServiceFailureException",),
    ),
    "ListServiceSpecificCredentials": OperationShape(
        service=SERVICE,
        name="ListServiceSpecificCredentials",
        input=ListServiceSpecificCredentialsRequest,
        output=ListServiceSpecificCredentialsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceNotSupportedException",
        ),
    ),
    "ListSigningCertificates": OperationShape(
        service=SERVICE,
        name="ListSigningCertificates",
        input=ListSigningCertificatesRequest,
        output=ListSigningCertificatesResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListUserPolicies": OperationShape(
        service=SERVICE,
        name="ListUserPolicies",
        input=ListUserPoliciesRequest,
        output=ListUserPoliciesResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListUserTags": OperationShape(
        service=SERVICE,
        name="ListUserTags",
        input=ListUserTagsRequest,
        output=ListUserTagsResponse,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "ListUsers": OperationShape(
        service=SERVICE,
        name="ListUsers",
        input=ListUsersRequest,
        output=ListUsersResponse,
        errors=("ServiceFailureException",),
    ),
    "ListVirtualMFADevices": OperationShape(
        service=SERVICE,
        name="ListVirtualMFADevices",
        input=ListVirtualMFADevicesRequest,
        output=ListVirtualMFADevicesResponse,
        errors=(),
    ),
    "PutAccountProperties": OperationShape(
        service=SERVICE,
        name="PutAccountProperties",
        input=PutAccountPropertiesRequest,
        output=PutAccountPropertiesResponse,
        errors=(
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "PutGroupPolicy": OperationShape(
        service=SERVICE,
        name="PutGroupPolicy",
        input=PutGroupPolicyRequest,
        output=None,
        errors=(
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "PutRolePermissionsBoundary": OperationShape(
        service=SERVICE,
        name="PutRolePermissionsBoundary",
        input=PutRolePermissionsBoundaryRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "UnmodifiableEntityException",
            "PolicyNotAttachableException",
            "ServiceFailureException",
        ),
    ),
    "PutRolePolicy": OperationShape(
        service=SERVICE,
        name="PutRolePolicy",
        input=PutRolePolicyRequest,
        output=None,
        errors=(
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "NoSuchEntityException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "PutUserPermissionsBoundary": OperationShape(
        service=SERVICE,
        name="PutUserPermissionsBoundary",
        input=PutUserPermissionsBoundaryRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "PolicyNotAttachableException",
            "ServiceFailureException",
        ),
    ),
    "PutUserPolicy": OperationShape(
        service=SERVICE,
        name="PutUserPolicy",
        input=PutUserPolicyRequest,
        output=None,
        errors=(
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "RejectDelegationRequest": OperationShape(
        service=SERVICE,
        name="RejectDelegationRequest",
        input=RejectDelegationRequestRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
            "InvalidInputException",
        ),
    ),
    "RemoveClientIDFromOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="RemoveClientIDFromOpenIDConnectProvider",
        input=RemoveClientIDFromOpenIDConnectProviderRequest,
        output=None,
        errors=(
            "ConcurrentModificationException",
            "InvalidInputException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "RemoveRoleFromInstanceProfile": OperationShape(
        service=SERVICE,
        name="RemoveRoleFromInstanceProfile",
        input=RemoveRoleFromInstanceProfileRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "RemoveUserFromGroup": OperationShape(
        service=SERVICE,
        name="RemoveUserFromGroup",
        input=RemoveUserFromGroupRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "ResetServiceSpecificCredential": OperationShape(
        service=SERVICE,
        name="ResetServiceSpecificCredential",
        input=ResetServiceSpecificCredentialRequest,
        output=ResetServiceSpecificCredentialResponse,
        errors=("NoSuchEntityException",),
    ),
    "ResyncMFADevice": OperationShape(
        service=SERVICE,
        name="ResyncMFADevice",
        input=ResyncMFADeviceRequest,
        output=None,
        errors=(
            "InvalidAuthenticationCodeException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "SendDelegationToken": OperationShape(
        service=SERVICE,
        name="SendDelegationToken",
        input=SendDelegationTokenRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
            "InvalidInputException",
        ),
    ),
    "SetDefaultPolicyVersion": OperationShape(
        service=SERVICE,
        name="SetDefaultPolicyVersion",
        input=SetDefaultPolicyVersionRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "SetSecurityTokenServicePreferences": OperationShape(
        service=SERVICE,
        name="SetSecurityTokenServicePreferences",
        input=SetSecurityTokenServicePreferencesRequest,
        output=None,
        errors=("ServiceFailureException",),
    ),
    "SimulateCustomPolicy": OperationShape(
        service=SERVICE,
        name="SimulateCustomPolicy",
        input=SimulateCustomPolicyRequest,
        output=SimulatePolicyResponse,
        errors=(
            "InvalidInputException",
            "PolicyEvaluationException",
        ),
    ),
    "SimulatePrincipalPolicy": OperationShape(
        service=SERVICE,
        name="SimulatePrincipalPolicy",
        input=SimulatePrincipalPolicyRequest,
        output=SimulatePolicyResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "PolicyEvaluationException",
        ),
    ),
    "TagInstanceProfile": OperationShape(
        service=SERVICE,
        name="TagInstanceProfile",
        input=TagInstanceProfileRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagMFADevice": OperationShape(
        service=SERVICE,
        name="TagMFADevice",
        input=TagMFADeviceRequest,
        output=None,
        errors=(
            "InvalidInputException",
            "NoSuchEntityException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="TagOpenIDConnectProvider",
        input=TagOpenIDConnectProviderRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagPolicy": OperationShape(
        service=SERVICE,
        name="TagPolicy",
        input=TagPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagRole": OperationShape(
        service=SERVICE,
        name="TagRole",
        input=TagRoleRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagSAMLProvider": OperationShape(
        service=SERVICE,
        name="TagSAMLProvider",
        input=TagSAMLProviderRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagServerCertificate": OperationShape(
        service=SERVICE,
        name="TagServerCertificate",
        input=TagServerCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "LimitExceededException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "TagUser": OperationShape(
        service=SERVICE,
        name="TagUser",
        input=TagUserRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagInstanceProfile": OperationShape(
        service=SERVICE,
        name="UntagInstanceProfile",
        input=UntagInstanceProfileRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagMFADevice": OperationShape(
        service=SERVICE,
        name="UntagMFADevice",
        input=UntagMFADeviceRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagOpenIDConnectProvider": OperationShape(
        service=SERVICE,
        name="UntagOpenIDConnectProvider",
        input=UntagOpenIDConnectProviderRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagPolicy": OperationShape(
        service=SERVICE,
        name="UntagPolicy",
        input=UntagPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagRole": OperationShape(
        service=SERVICE,
        name="UntagRole",
        input=UntagRoleRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagSAMLProvider": OperationShape(
        service=SERVICE,
        name="UntagSAMLProvider",
        input=UntagSAMLProviderRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagServerCertificate": OperationShape(
        service=SERVICE,
        name="UntagServerCertificate",
        input=UntagServerCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UntagUser": OperationShape(
        service=SERVICE,
        name="UntagUser",
        input=UntagUserRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UpdateAccessKey": OperationShape(
        service=SERVICE,
        name="UpdateAccessKey",
        input=UpdateAccessKeyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "UpdateAccountPasswordPolicy": OperationShape(
        service=SERVICE,
        name="UpdateAccountPasswordPolicy",
        input=UpdateAccountPasswordPolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "MalformedPolicyDocumentException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "UpdateAssumeRolePolicy": OperationShape(
        service=SERVICE,
        name="UpdateAssumeRolePolicy",
        input=UpdateAssumeRolePolicyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "MalformedPolicyDocumentException",
            "LimitExceededException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "UpdateDelegationRequest": OperationShape(
        service=SERVICE,
        name="UpdateDelegationRequest",
        input=UpdateDelegationRequestRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "ServiceFailureException",
            "ConcurrentModificationException",
            "InvalidInputException",
        ),
    ),
    "UpdateGroup": OperationShape(
        service=SERVICE,
        name="UpdateGroup",
        input=UpdateGroupRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "UpdateLoginProfile": OperationShape(
        service=SERVICE,
        name="UpdateLoginProfile",
        input=UpdateLoginProfileRequest,
        output=None,
        errors=(
            "EntityTemporarilyUnmodifiableException",
            "NoSuchEntityException",
            "PasswordPolicyViolationException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "UpdateOpenIDConnectProviderThumbprint": OperationShape(
        service=SERVICE,
        name="UpdateOpenIDConnectProviderThumbprint",
        input=UpdateOpenIDConnectProviderThumbprintRequest,
        output=None,
        errors=(
            "ConcurrentModificationException",
            "InvalidInputException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "UpdateRole": OperationShape(
        service=SERVICE,
        name="UpdateRole",
        input=UpdateRoleRequest,
        output=UpdateRoleResponse,
        errors=(
            "UnmodifiableEntityException",
            "NoSuchEntityException",
            "ServiceFailureException",
        ),
    ),
    "UpdateRoleDescription": OperationShape(
        service=SERVICE,
        name="UpdateRoleDescription",
        input=UpdateRoleDescriptionRequest,
        output=UpdateRoleDescriptionResponse,
        errors=(
            "NoSuchEntityException",
            "UnmodifiableEntityException",
            "ServiceFailureException",
        ),
    ),
    "UpdateSAMLProvider": OperationShape(
        service=SERVICE,
        name="UpdateSAMLProvider",
        input=UpdateSAMLProviderRequest,
        output=UpdateSAMLProviderResponse,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
            "LimitExceededException",
            "ServiceFailureException",
            "ConcurrentModificationException",
        ),
    ),
    "UpdateSSHPublicKey": OperationShape(
        service=SERVICE,
        name="UpdateSSHPublicKey",
        input=UpdateSSHPublicKeyRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "InvalidInputException",
        ),
    ),
    "UpdateServerCertificate": OperationShape(
        service=SERVICE,
        name="UpdateServerCertificate",
        input=UpdateServerCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "EntityAlreadyExistsException",
            "LimitExceededException",
            "ServiceFailureException",
        ),
    ),
    "UpdateServiceSpecificCredential": OperationShape(
        service=SERVICE,
        name="UpdateServiceSpecificCredential",
        input=UpdateServiceSpecificCredentialRequest,
        output=None,
        errors=("NoSuchEntityException",),
    ),
    "UpdateSigningCertificate": OperationShape(
        service=SERVICE,
        name="UpdateSigningCertificate",
        input=UpdateSigningCertificateRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "ServiceFailureException",
            "InvalidInputException",
        ),
    ),
    "UpdateUser": OperationShape(
        service=SERVICE,
        name="UpdateUser",
        input=UpdateUserRequest,
        output=None,
        errors=(
            "NoSuchEntityException",
            "LimitExceededException",
            "EntityAlreadyExistsException",
            "EntityTemporarilyUnmodifiableException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UploadSSHPublicKey": OperationShape(
        service=SERVICE,
        name="UploadSSHPublicKey",
        input=UploadSSHPublicKeyRequest,
        output=UploadSSHPublicKeyResponse,
        errors=(
            "LimitExceededException",
            "NoSuchEntityException",
            "InvalidPublicKeyException",
            "DuplicateSSHPublicKeyException",
            "UnrecognizedPublicKeyEncodingException",
        ),
    ),
    "UploadServerCertificate": OperationShape(
        service=SERVICE,
        name="UploadServerCertificate",
        input=UploadServerCertificateRequest,
        output=UploadServerCertificateResponse,
        errors=(
            "LimitExceededException",
            "InvalidInputException",
            "EntityAlreadyExistsException",
            "MalformedCertificateException",
            "KeyPairMismatchException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
    "UploadSigningCertificate": OperationShape(
        service=SERVICE,
        name="UploadSigningCertificate",
        input=UploadSigningCertificateRequest,
        output=UploadSigningCertificateResponse,
        errors=(
            "LimitExceededException",
            "EntityAlreadyExistsException",
            "MalformedCertificateException",
            "InvalidCertificateException",
            "DuplicateCertificateException",
            "NoSuchEntityException",
            "ConcurrentModificationException",
            "ServiceFailureException",
        ),
    ),
}
