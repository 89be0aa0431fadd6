"""Which members of a request and of an answer the audit trail may show: a table a service.

The tables say what is shown, never what is hidden, so that a member that AWS adds to a model, and a
service that has no table, stay out of the trail until somebody has looked at them.  They follow
what CloudTrail shows of each service (SQS developer guide, "Logging API calls using CloudTrail";
KMS developer guide, "Understanding log entries"; IAM user guide, "Logging IAM and STS API calls");
where that is more than the rule of this trail allows - session tokens, receipt handles - the rule
wins.  A name stands for the member wherever it occurs in a shape, at any depth.

Never shown: bodies and attributes of messages, plaintexts, ciphertexts, data keys, signatures,
passwords, secret keys, tokens, and anything that is bytes.
"""

import time
from typing import Any, Final

from tidegate.api.operation import Shape

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""What CloudTrail writes for a member that it shows to be there, and nothing more of it."""

_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


REQUESTS: Final[dict[str, frozenset[str]]] = {
    "sqs": _names(
        """
        AWSAccountIds Actions AttributeNames Attributes DelaySeconds DestinationArn Entries Id Label
        MaxNumberOfMessages MaxNumberOfMessagesPerSecond MaxResults MessageAttributeNames
        MessageDeduplicationId MessageGroupId MessageSystemAttributeNames QueueName QueueNamePrefix
        QueueOwnerAWSAccountId QueueUrl ReceiveRequestAttemptId SourceArn TagKeys Tags
        VisibilityTimeout WaitTimeSeconds tags
        """
    ),
    "iam": _names(
        """
        AWSServiceName AccessKeyId AccountAlias ActionNames AllUsers AllowUsersToChangePassword Arn
        AssignmentStatus AssumeRolePolicyDocument AttachmentName AttachmentType CallerArn
        CertificateId ClientID ClientIDList ContextEntries ContextKeyName ContextKeyType
        ContextKeyValues CredentialAgeDays CustomSuffix DeletionTaskId Description Encoding
        EntityArn EntityFilter Filter GlobalEndpointTokenVersion Granularity GroupName HardExpiry
        InlinePolicyIdentifier InstanceProfileName JobId Key MaxItems MaxPasswordAge
        MaxSessionDuration MinimumPasswordLength NewGroupName NewPath NewServerCertificateName
        NewUserName OnlyAttached OpenIDConnectProviderArn OrderedOrganizationPolicyInputList
        OrganizationsPolicyId PasswordResetRequired PasswordReusePrevention Path PathPrefix
        PermissionsBoundary PermissionsBoundaryPolicyInputList PolicyArn PolicyDocument
        PolicyExclusionList PolicyInputList PolicyName PolicySourceArn PolicyType
        PolicyUsageFilter RequireLowercaseCharacters RequireNumbers RequireSymbols
        RequireUppercaseCharacters ResourceArns ResourceHandlingOption ResourceOwner ResourcePolicy
        RoleName SAMLProviderArn SSHPublicKeyId Scope SerialNumber ServerCertificateName
        ServiceControlPolicyInputList ServiceName ServiceNamespace ServiceNamespaces
        ServiceSpecificCredentialId SetAsDefault SortKey Status TagKeys Tags ThumbprintList Url
        UserName Value VersionId VirtualMFADeviceName
        """
    ),
    "sts": _names(
        """
        AccessKeyId Audience DurationSeconds ExternalId Key Name Policy PolicyArns PrincipalArn
        ProviderId RoleArn RoleSessionName SerialNumber SigningAlgorithm SourceIdentity Tags
        TargetPrincipal TaskPolicyArn TransitiveTagKeys Value arn
        """
    ),
    "kms": _names(
        """
        AliasName BypassPolicyLockoutSafetyCheck CloudHsmClusterId Constraints CustomKeyStoreId
        CustomKeyStoreName CustomKeyStoreType CustomerMasterKeySpec Description
        DestinationEncryptionAlgorithm DestinationEncryptionContext DestinationKeyId DryRun
        EncapsulationAlgorithm EncryptionAlgorithm EncryptionContext EncryptionContextEquals
        EncryptionContextSubset ExpirationModel GrantId GranteePrincipal GranteeServicePrincipal
        ImportType IncludeKeyMaterial KeyAgreementAlgorithm KeyId KeyMaterialDescription
        KeyMaterialId KeyPairSpec KeySpec KeyUsage Limit MacAlgorithm MessageType MultiRegion Name
        NewCustomKeyStoreName NumberOfBytes Operations Origin PendingWindowInDays Policy PolicyName
        PrimaryRegion ReplicaRegion ResourceOwners RetiringPrincipal RetiringServicePrincipal
        RotationPeriodInDays SigningAlgorithm SourceArn SourceEncryptionAlgorithm
        SourceEncryptionContext SourceKeyId TagKey TagKeys TagValue Tags TargetKeyId ValidTo
        WrappingAlgorithm WrappingKeySpec XksKeyId
        """
    ),
    # Not `Attributes`: those of a platform application hold its credentials.
    "sns": _names(
        """
        AWSAccountId ActionName AttributeName AttributeValue AuthenticateOnUnsubscribe
        DataProtectionPolicy EndpointArn Id Key Label LanguageCode MaxResults
        MessageDeduplicationId MessageGroupId MessageStructure Name Platform PlatformApplicationArn
        Protocol PublishBatchRequestEntries ResourceArn ReturnSubscriptionArn SubscriptionArn
        TagKeys Tags TargetArn TopicArn Value attributes
        """
    ),
}
"""By AWS's endpoint prefix of the service."""

MASKED: Final[dict[str, frozenset[str]]] = {
    "sqs": _names("MessageBody"),
    # An endpoint is somebody's address, and a URL may have a password in it.
    "sns": _names("Endpoint Message MessageAttributes PhoneNumber Subject phoneNumber"),
}
"""Members of a request that stand in the trail as HIDDEN, as they do in CloudTrail."""

ANSWERS: Final[dict[str, frozenset[str]]] = {
    "sqs": _names(
        """
        ApproximateNumberOfMessagesMoved Code Failed Id MD5OfMessageAttributes MD5OfMessageBody
        MD5OfMessageSystemAttributes MessageId QueueUrl SenderFault SequenceNumber Successful
        """
    ),
    "iam": _names(
        """
        AccessKey AccessKeyId Arn AssumeRolePolicyDocument AttachmentCount CertificateId CreateDate
        DefaultVersionId DeletionTaskId Description Expiration ExpirationDate Fingerprint Group
        GroupId GroupName InstanceProfile InstanceProfileId InstanceProfileName IsAttachable
        IsDefaultVersion JobId LoginProfile MaxSessionDuration OpenIDConnectProviderArn
        PasswordResetRequired Path PermissionsBoundary PermissionsBoundaryArn
        PermissionsBoundaryType PermissionsBoundaryUsageCount Policy PolicyId PolicyName
        PolicyVersion Role RoleId RoleName Roles SAMLProviderArn SSHPublicKey SSHPublicKeyId
        SerialNumber ServerCertificateId ServerCertificateMetadata ServerCertificateName ServiceName
        ServiceSpecificCredential ServiceSpecificCredentialId ServiceUserName Status Tags Key Value
        UpdateDate UploadDate User UserId UserName VersionId VirtualMFADevice
        """
    ),
    "sts": _names(
        """
        AccessKeyId Arn AssumedRoleId AssumedRoleUser Audience Credentials Expiration FederatedUser
        FederatedUserId Issuer NameQualifier PackedPolicySize Provider SourceIdentity Subject
        SubjectFromWebIdentityToken SubjectType
        """
    ),
    "kms": _names(
        """
        AWSAccountId Arn CloudHsmClusterId CreationDate CurrentKeyMaterialId CustomKeyStoreId
        CustomerMasterKeySpec DeletionDate Description Enabled EncapsulationAlgorithms
        EncryptionAlgorithms ExpirationModel GrantId KeyAgreementAlgorithms KeyId KeyManager
        KeyMaterialId KeyMetadata KeySpec KeyState KeyUsage MacAlgorithms MultiRegion
        MultiRegionConfiguration MultiRegionKeyType Origin PendingDeletionWindowInDays
        PendingWindowInDays PrimaryKey Region ReplicaKeyMetadata ReplicaKeys ReplicaPolicy
        ReplicaTags SigningAlgorithms TagKey TagValue ValidTo
        """
    ),
    "sns": _names(
        """
        Code EndpointArn Failed Id MessageId PlatformApplicationArn SenderFault SequenceNumber
        SubscriptionArn Successful TopicArn
        """
    ),
}

_NONE: Final[frozenset[str]] = frozenset()


def request_parameters(service: str, shape: Any) -> dict[str, Any] | None:
    """What the trail shows of an input shape, named as CloudTrail names it; None for nothing."""
    if not isinstance(shape, Shape):
        return None
    masked = MASKED.get(service, _NONE)
    return _members(shape, REQUESTS.get(service, _NONE), masked) or None


def response_elements(service: str, shape: Any) -> dict[str, Any] | None:
    """What the trail shows of an output shape; None for nothing."""
    if not isinstance(shape, Shape):
        return None
    return _members(shape, ANSWERS.get(service, _NONE), _NONE) or None


def hidden_texts(service: str, shape: Any) -> list[str]:
    """The texts of an input that the trail does not show, longest first, of 4 characters or more:
    what an error's message must not repeat either."""
    found: set[str] = set()
    if isinstance(shape, Shape):
        _collect(shape, REQUESTS.get(service, _NONE), found)
    return sorted((text for text in found if len(text) >= 4), key=len, reverse=True)


def _members(shape: Shape, shown: frozenset[str], masked: frozenset[str]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name in shape.__struct_fields__:
        value = getattr(shape, name)
        if value is None:
            continue
        if name in masked:
            members[_first_small(name)] = HIDDEN
        elif name in shown:
            members[_first_small(name)] = _plain(value, shown, masked)
    return members


def _plain(value: Any, shown: frozenset[str], masked: frozenset[str]) -> Any:
    """A value as JSON has it.  A float is an instant: none of the models has another one."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return _date(value)
    if isinstance(value, Shape):
        return _members(value, shown, masked)
    if isinstance(value, list):
        return [_plain(element, shown, masked) for element in value]
    if isinstance(value, dict):
        return {str(key): _plain(element, shown, masked) for key, element in value.items()}
    return HIDDEN


def _collect(value: Any, shown: frozenset[str], found: set[str]) -> None:
    """Put the texts under members that are not shown into `found`."""
    if isinstance(value, Shape):
        for name in value.__struct_fields__:
            member = getattr(value, name)
            if name not in shown:
                _collect_all(member, found)
            elif not isinstance(member, str):
                _collect(member, shown, found)
    elif isinstance(value, list):
        for element in value:
            _collect(element, shown, found)


def _collect_all(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, Shape):
        for name in value.__struct_fields__:
            _collect_all(getattr(value, name), found)
    elif isinstance(value, list):
        for element in value:
            _collect_all(element, found)
    elif isinstance(value, dict):
        for element in value.values():
            _collect_all(element, found)


def _first_small(name: str) -> str:
    """CloudTrail's name of a member: `queueUrl`, and `mD5OfMessageBody`."""
    return name[:1].lower() + name[1:]


def _date(instant: float) -> str:
    """An instant of a request or an answer in CloudTrail's form: `Nov 7, 2026, 9:05:00 AM`."""
    at = time.gmtime(instant)
    half = "AM" if at.tm_hour < 12 else "PM"
    clock = f"{at.tm_hour % 12 or 12}:{at.tm_min:02d}:{at.tm_sec:02d} {half}"
    month = _MONTHS[3 * at.tm_mon - 3 : 3 * at.tm_mon]
    return f"{month} {at.tm_mday}, {at.tm_year}, {clock}"
