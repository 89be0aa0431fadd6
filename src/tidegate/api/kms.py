"""AWS Key Management Service, API version 2014-11-01.

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

KeyIdType = Annotated[str, Constraint(least=1, most=2048)]


class CancelKeyDeletionRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class CancelKeyDeletionResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None


CustomKeyStoreIdType = Annotated[str, Constraint(least=1, most=64)]


class ConnectCustomKeyStoreRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType


class ConnectCustomKeyStoreResponse(Shape, frozen=True, kw_only=True):
    pass


AliasNameType = Annotated[str, Constraint(least=1, most=256, pattern=r"^[a-zA-Z0-9:/_-]+$")]


class CreateAliasRequest(Shape, frozen=True, kw_only=True):
    AliasName: AliasNameType
    TargetKeyId: KeyIdType


CustomKeyStoreNameType = Annotated[str, Constraint(least=1, most=256)]

CloudHsmClusterIdType = Annotated[
    str,
    Constraint(least=19, most=24, pattern=r"cluster-[2-7a-zA-Z]{11,16}"),
]

TrustAnchorCertificateType = Annotated[str, Constraint(least=1, most=5000)]

KeyStorePasswordType = Annotated[str, Constraint(least=7, most=32, secret=True)]

CustomKeyStoreType_ = Annotated[str, Constraint(enum=("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"))]

XksProxyUriEndpointType = Annotated[
    str,
    Constraint(least=10, most=128, pattern=r"^https://[a-zA-Z0-9.-]+$"),
]

XksProxyUriPathType = Annotated[
    str,
    Constraint(
        least=10,
        most=128,
        pattern=r"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$",
    ),
]

XksProxyVpcEndpointServiceNameType = Annotated[
    str,
    Constraint(
        least=20,
        most=64,
        pattern=r"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$",
    ),
]

AccountIdType = Annotated[str, Constraint(least=12, most=12, pattern=r"[0-9]{12}")]

XksProxyAuthenticationAccessKeyIdType = Annotated[
    str,
    Constraint(least=20, most=30, pattern=r"^[A-Z2-7]+$", secret=True),
]

XksProxyAuthenticationRawSecretAccessKeyType = Annotated[
    str,
    Constraint(least=43, most=64, pattern=r"^[a-zA-Z0-9\/+=]+$", secret=True),
]


class XksProxyAuthenticationCredentialType(Shape, frozen=True, kw_only=True):
    AccessKeyId: XksProxyAuthenticationAccessKeyIdType
    RawSecretAccessKey: XksProxyAuthenticationRawSecretAccessKeyType


XksProxyConnectivityType = Annotated[
    str,
    Constraint(enum=("PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE")),
]


class CreateCustomKeyStoreRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreName: CustomKeyStoreNameType
    CloudHsmClusterId: CloudHsmClusterIdType | None = None
    TrustAnchorCertificate: TrustAnchorCertificateType | None = None
    KeyStorePassword: KeyStorePasswordType | None = None
    CustomKeyStoreType: CustomKeyStoreType_ | None = None
    XksProxyUriEndpoint: XksProxyUriEndpointType | None = None
    XksProxyUriPath: XksProxyUriPathType | None = None
    XksProxyVpcEndpointServiceName: XksProxyVpcEndpointServiceNameType | None = None
    XksProxyVpcEndpointServiceOwner: AccountIdType | None = None
    XksProxyAuthenticationCredential: XksProxyAuthenticationCredentialType | None = None
    XksProxyConnectivity: XksProxyConnectivityType | None = None


class CreateCustomKeyStoreResponse(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType | None = None


PrincipalIdType = Annotated[str, Constraint(least=1, most=256, pattern=r"^[\w+=,.@:/-]+$")]

GrantOperation = Annotated[
    str,
    Constraint(
        enum=(
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
            "Sign",
            "Verify",
            "GetPublicKey",
            "CreateGrant",
            "RetireGrant",
            "DescribeKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateMac",
            "VerifyMac",
            "DeriveSharedSecret",
            "Encapsulate",
            "Decapsulate",
        ),
    ),
]

GrantOperationList = list[GrantOperation]

EncryptionContextType = dict[str, str]

GrantConstraintSourceArnType = Annotated[
    str,
    Constraint(
        least=20,
        most=512,
        pattern=r"^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$",
    ),
]


class GrantConstraints(Shape, frozen=True, kw_only=True):
    EncryptionContextSubset: EncryptionContextType | None = None
    EncryptionContextEquals: EncryptionContextType | None = None
    SourceArn: GrantConstraintSourceArnType | None = None


GrantTokenType = Annotated[str, Constraint(least=1, most=8192)]

GrantTokenList = Annotated[list[GrantTokenType], Constraint(least=0, most=10)]

GrantNameType = Annotated[str, Constraint(least=1, most=256, pattern=r"^[a-zA-Z0-9:/_-]+$")]

ServicePrincipalType = Annotated[
    str,
    Constraint(
        least=1,
        most=128,
        pattern=r"^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$",
    ),
]


class CreateGrantRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    GranteePrincipal: PrincipalIdType | None = None
    RetiringPrincipal: PrincipalIdType | None = None
    Operations: GrantOperationList
    Constraints: GrantConstraints | None = None
    GrantTokens: GrantTokenList | None = None
    Name: GrantNameType | None = None
    DryRun: bool | None = None
    GranteeServicePrincipal: ServicePrincipalType | None = None
    RetiringServicePrincipal: ServicePrincipalType | None = None


GrantIdType = Annotated[str, Constraint(least=1, most=128)]


class CreateGrantResponse(Shape, frozen=True, kw_only=True):
    GrantToken: GrantTokenType | None = None
    GrantId: GrantIdType | None = None


PolicyType = Annotated[
    str,
    Constraint(least=1, most=131072, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
]

DescriptionType = Annotated[str, Constraint(least=0, most=8192)]

KeyUsageType = Annotated[
    str,
    Constraint(
        enum=(
            "SIGN_VERIFY",
            "ENCRYPT_DECRYPT",
            "GENERATE_VERIFY_MAC",
            "KEY_AGREEMENT",
            "ENCAPSULATE_DECAPSULATE",
        ),
    ),
]

CustomerMasterKeySpec_ = Annotated[
    str,
    Constraint(
        enum=(
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_SECG_P256K1",
            "SYMMETRIC_DEFAULT",
            "HMAC_224",
            "HMAC_256",
            "HMAC_384",
            "HMAC_512",
            "SM2",
        ),
    ),
]

KeySpec_ = Annotated[
    str,
    Constraint(
        enum=(
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_SECG_P256K1",
            "SYMMETRIC_DEFAULT",
            "HMAC_224",
            "HMAC_256",
            "HMAC_384",
            "HMAC_512",
            "SM2",
            "ML_DSA_44",
            "ML_DSA_65",
            "ML_DSA_87",
            "ECC_NIST_EDWARDS25519",
            "ML_KEM_512",
            "ML_KEM_768",
            "ML_KEM_1024",
        ),
    ),
]

OriginType = Annotated[
    str,
    Constraint(enum=("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE")),
]

TagKeyType = Annotated[str, Constraint(least=1, most=128)]

TagValueType = Annotated[str, Constraint(least=0, most=256)]


class Tag(Shape, frozen=True, kw_only=True):
    TagKey: TagKeyType
    TagValue: TagValueType


TagList = list[Tag]

XksKeyIdType = Annotated[str, Constraint(least=1, most=128, pattern=r"^[a-zA-Z0-9-_.]+$")]


class CreateKeyRequest(Shape, frozen=True, kw_only=True):
    Policy: PolicyType | None = None
    Description: DescriptionType | None = None
    KeyUsage: KeyUsageType | None = None
    CustomerMasterKeySpec: CustomerMasterKeySpec_ | None = None
    KeySpec: KeySpec_ | None = None
    Origin: OriginType | None = None
    CustomKeyStoreId: CustomKeyStoreIdType | None = None
    BypassPolicyLockoutSafetyCheck: bool | None = None
    Tags: TagList | None = None
    MultiRegion: bool | None = None
    XksKeyId: XksKeyIdType | None = None


ExpirationModelType = Annotated[
    str,
    Constraint(enum=("KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE")),
]

EncryptionAlgorithmSpec = Annotated[
    str,
    Constraint(enum=("SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE")),
]

EncryptionAlgorithmSpecList = list[EncryptionAlgorithmSpec]

SigningAlgorithmSpec = Annotated[
    str,
    Constraint(
        enum=(
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "ECDSA_SHA_256",
            "ECDSA_SHA_384",
            "ECDSA_SHA_512",
            "SM2DSA",
            "ML_DSA_SHAKE_256",
            "ED25519_SHA_512",
            "ED25519_PH_SHA_512",
        ),
    ),
]

SigningAlgorithmSpecList = list[SigningAlgorithmSpec]

KeyAgreementAlgorithmSpec = Annotated[str, Constraint(enum=("ECDH",))]

KeyAgreementAlgorithmSpecList = list[KeyAgreementAlgorithmSpec]

EncapsulationAlgorithmSpec = Annotated[str, Constraint(enum=("ML_KEM",))]

EncapsulationAlgorithmSpecList = list[EncapsulationAlgorithmSpec]

RegionType = Annotated[str, Constraint(least=1, most=32, pattern=r"^([a-z]+-){2,3}\d+$")]


class MultiRegionKey(Shape, frozen=True, kw_only=True):
    Arn: str | None = None
    Region: RegionType | None = None


MultiRegionKeyList = list[MultiRegionKey]


class MultiRegionConfiguration_(Shape, frozen=True, kw_only=True):
    MultiRegionKeyType: str | None = None
    PrimaryKey: MultiRegionKey | None = None
    ReplicaKeys: MultiRegionKeyList | None = None


PendingWindowInDaysType = Annotated[Integer, Constraint(least=1, most=365)]

MacAlgorithmSpec = Annotated[
    str,
    Constraint(enum=("HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512")),
]

MacAlgorithmSpecList = list[MacAlgorithmSpec]


class XksKeyConfigurationType(Shape, frozen=True, kw_only=True):
    Id: XksKeyIdType | None = None


BackingKeyIdType = Annotated[str, Constraint(least=64, most=64, pattern=r"^[a-f0-9]+$")]


class KeyMetadata_(Shape, frozen=True, kw_only=True):
    AWSAccountId: str | None = None
    KeyId: KeyIdType
    Arn: str | None = None
    CreationDate: Instant | None = None
    Enabled: bool | None = None
    Description: DescriptionType | None = None
    KeyUsage: KeyUsageType | None = None
    KeyState: str | None = None
    DeletionDate: Instant | None = None
    ValidTo: Instant | None = None
    Origin: OriginType | None = None
    CustomKeyStoreId: CustomKeyStoreIdType | None = None
    CloudHsmClusterId: CloudHsmClusterIdType | None = None
    ExpirationModel: ExpirationModelType | None = None
    KeyManager: str | None = None
    CustomerMasterKeySpec: CustomerMasterKeySpec_ | None = None
    KeySpec: KeySpec_ | None = None
    EncryptionAlgorithms: EncryptionAlgorithmSpecList | None = None
    SigningAlgorithms: SigningAlgorithmSpecList | None = None
    KeyAgreementAlgorithms: KeyAgreementAlgorithmSpecList | None = None
    EncapsulationAlgorithms: EncapsulationAlgorithmSpecList | None = None
    MultiRegion: bool | None = None
    MultiRegionConfiguration: MultiRegionConfiguration_ | None = None
    PendingDeletionWindowInDays: PendingWindowInDaysType | None = None
    MacAlgorithms: MacAlgorithmSpecList | None = None
    XksKeyConfiguration: XksKeyConfigurationType | None = None
    CurrentKeyMaterialId: BackingKeyIdType | None = None


class CreateKeyResponse(Shape, frozen=True, kw_only=True):
    KeyMetadata: KeyMetadata_ | None = None


CiphertextType = Annotated[bytes, Constraint(least=1, most=6144)]


class DecapsulateRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    SharedSecretCiphertextBlob: CiphertextType
    EncapsulationAlgorithm: EncapsulationAlgorithmSpec
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


PlaintextType = Annotated[bytes, Constraint(least=1, most=4096, secret=True)]


class DecapsulateResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    SharedSecret: PlaintextType | None = None
    EncapsulationAlgorithm: EncapsulationAlgorithmSpec | None = None


KeyEncryptionMechanism = Annotated[str, Constraint(enum=("RSAES_OAEP_SHA_256",))]

AttestationDocumentType = Annotated[bytes, Constraint(least=1, most=262144)]


class RecipientInfo(Shape, frozen=True, kw_only=True):
    KeyEncryptionAlgorithm: KeyEncryptionMechanism | None = None
    AttestationDocument: AttestationDocumentType | None = None


DryRunModifierType = Annotated[str, Constraint(enum=("IGNORE_CIPHERTEXT",))]

DryRunModifierList = list[DryRunModifierType]


class DecryptRequest(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    EncryptionContext: EncryptionContextType | None = None
    GrantTokens: GrantTokenList | None = None
    KeyId: KeyIdType | None = None
    EncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    Recipient: RecipientInfo | None = None
    DryRun: bool | None = None
    DryRunModifiers: DryRunModifierList | None = None


class DecryptResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    Plaintext: PlaintextType | None = None
    EncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    CiphertextForRecipient: CiphertextType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class DeleteAliasRequest(Shape, frozen=True, kw_only=True):
    AliasName: AliasNameType


class DeleteCustomKeyStoreRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType


class DeleteCustomKeyStoreResponse(Shape, frozen=True, kw_only=True):
    pass


class DeleteImportedKeyMaterialRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    KeyMaterialId: BackingKeyIdType | None = None


class DeleteImportedKeyMaterialResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    KeyMaterialId: str | None = None


PublicKeyType = Annotated[bytes, Constraint(least=1, most=8192)]


class DeriveSharedSecretRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    KeyAgreementAlgorithm: KeyAgreementAlgorithmSpec
    PublicKey: PublicKeyType
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None
    Recipient: RecipientInfo | None = None


class DeriveSharedSecretResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    SharedSecret: PlaintextType | None = None
    CiphertextForRecipient: CiphertextType | None = None
    KeyAgreementAlgorithm: KeyAgreementAlgorithmSpec | None = None
    KeyOrigin: OriginType | None = None


LimitType = Annotated[Integer, Constraint(least=1, most=1000)]

MarkerType = Annotated[str, Constraint(least=1, most=1024, pattern=r"[\u0020-\u00FF]*")]


class DescribeCustomKeyStoresRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType | None = None
    CustomKeyStoreName: CustomKeyStoreNameType | None = None
    Limit: LimitType | None = None
    Marker: MarkerType | None = None


class XksProxyConfigurationType(Shape, frozen=True, kw_only=True):
    Connectivity: XksProxyConnectivityType | None = None
    AccessKeyId: XksProxyAuthenticationAccessKeyIdType | None = None
    UriEndpoint: XksProxyUriEndpointType | None = None
    UriPath: XksProxyUriPathType | None = None
    VpcEndpointServiceName: XksProxyVpcEndpointServiceNameType | None = None
    VpcEndpointServiceOwner: AccountIdType | None = None


class CustomKeyStoresListEntry(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType | None = None
    CustomKeyStoreName: CustomKeyStoreNameType | None = None
    CloudHsmClusterId: CloudHsmClusterIdType | None = None
    TrustAnchorCertificate: TrustAnchorCertificateType | None = None
    ConnectionState: str | None = None
    ConnectionErrorCode: str | None = None
    CreationDate: Instant | None = None
    CustomKeyStoreType: CustomKeyStoreType_ | None = None
    XksProxyConfiguration: XksProxyConfigurationType | None = None


CustomKeyStoresList = list[CustomKeyStoresListEntry]


class DescribeCustomKeyStoresResponse(Shape, frozen=True, kw_only=True):
    CustomKeyStores: CustomKeyStoresList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


class DescribeKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    GrantTokens: GrantTokenList | None = None


class DescribeKeyResponse(Shape, frozen=True, kw_only=True):
    KeyMetadata: KeyMetadata_ | None = None


class DisableKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class DisableKeyRotationRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class DisconnectCustomKeyStoreRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType


class DisconnectCustomKeyStoreResponse(Shape, frozen=True, kw_only=True):
    pass


class EnableKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


RotationPeriodInDaysType = Annotated[Integer, Constraint(least=90, most=2560)]


class EnableKeyRotationRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    RotationPeriodInDays: RotationPeriodInDaysType | None = None


class EncapsulateRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    EncapsulationAlgorithm: EncapsulationAlgorithmSpec
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class EncapsulateResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    SharedSecret: PlaintextType | None = None
    SharedSecretCiphertextBlob: CiphertextType | None = None
    EncapsulationAlgorithm: EncapsulationAlgorithmSpec | None = None


class EncryptRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Plaintext: PlaintextType
    EncryptionContext: EncryptionContextType | None = None
    GrantTokens: GrantTokenList | None = None
    EncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    DryRun: bool | None = None


class EncryptResponse(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    KeyId: KeyIdType | None = None
    EncryptionAlgorithm: EncryptionAlgorithmSpec | None = None


NumberOfBytesType = Annotated[Integer, Constraint(least=1, most=1024)]

DataKeySpec = Annotated[str, Constraint(enum=("AES_256", "AES_128"))]


class GenerateDataKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    EncryptionContext: EncryptionContextType | None = None
    NumberOfBytes: NumberOfBytesType | None = None
    KeySpec: DataKeySpec | None = None
    GrantTokens: GrantTokenList | None = None
    Recipient: RecipientInfo | None = None
    DryRun: bool | None = None


class GenerateDataKeyResponse(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    Plaintext: PlaintextType | None = None
    KeyId: KeyIdType | None = None
    CiphertextForRecipient: CiphertextType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


DataKeyPairSpec = Annotated[
    str,
    Constraint(
        enum=(
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_SECG_P256K1",
            "SM2",
            "ECC_NIST_EDWARDS25519",
            "ML_KEM_512",
            "ML_KEM_768",
            "ML_KEM_1024",
        ),
    ),
]


class GenerateDataKeyPairRequest(Shape, frozen=True, kw_only=True):
    EncryptionContext: EncryptionContextType | None = None
    KeyId: KeyIdType
    KeyPairSpec: DataKeyPairSpec
    GrantTokens: GrantTokenList | None = None
    Recipient: RecipientInfo | None = None
    DryRun: bool | None = None


class GenerateDataKeyPairResponse(Shape, frozen=True, kw_only=True):
    PrivateKeyCiphertextBlob: CiphertextType | None = None
    PrivateKeyPlaintext: PlaintextType | None = None
    PublicKey: PublicKeyType | None = None
    KeyId: KeyIdType | None = None
    KeyPairSpec: DataKeyPairSpec | None = None
    CiphertextForRecipient: CiphertextType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class GenerateDataKeyPairWithoutPlaintextRequest(Shape, frozen=True, kw_only=True):
    EncryptionContext: EncryptionContextType | None = None
    KeyId: KeyIdType
    KeyPairSpec: DataKeyPairSpec
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class GenerateDataKeyPairWithoutPlaintextResponse(Shape, frozen=True, kw_only=True):
    PrivateKeyCiphertextBlob: CiphertextType | None = None
    PublicKey: PublicKeyType | None = None
    KeyId: KeyIdType | None = None
    KeyPairSpec: DataKeyPairSpec | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class GenerateDataKeyWithoutPlaintextRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    EncryptionContext: EncryptionContextType | None = None
    KeySpec: DataKeySpec | None = None
    NumberOfBytes: NumberOfBytesType | None = None
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class GenerateDataKeyWithoutPlaintextResponse(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    KeyId: KeyIdType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class GenerateMacRequest(Shape, frozen=True, kw_only=True):
    Message: PlaintextType
    KeyId: KeyIdType
    MacAlgorithm: MacAlgorithmSpec
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class GenerateMacResponse(Shape, frozen=True, kw_only=True):
    Mac: CiphertextType | None = None
    MacAlgorithm: MacAlgorithmSpec | None = None
    KeyId: KeyIdType | None = None


class GenerateRandomRequest(Shape, frozen=True, kw_only=True):
    NumberOfBytes: NumberOfBytesType | None = None
    CustomKeyStoreId: CustomKeyStoreIdType | None = None
    Recipient: RecipientInfo | None = None


class GenerateRandomResponse(Shape, frozen=True, kw_only=True):
    Plaintext: PlaintextType | None = None
    CiphertextForRecipient: CiphertextType | None = None


class GetKeyLastUsageRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class KeyLastUsageData(Shape, frozen=True, kw_only=True):
    Operation: str | None = None
    Timestamp: Instant | None = None
    CloudTrailEventId: str | None = None
    KmsRequestId: str | None = None


class GetKeyLastUsageResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    KeyLastUsage: KeyLastUsageData | None = None
    TrackingStartDate: Instant | None = None
    KeyCreationDate: Instant | None = None


PolicyNameType = Annotated[str, Constraint(least=1, most=128, pattern=r"[\w]+")]


class GetKeyPolicyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    PolicyName: PolicyNameType | None = None


class GetKeyPolicyResponse(Shape, frozen=True, kw_only=True):
    Policy: PolicyType | None = None
    PolicyName: PolicyNameType | None = None


class GetKeyRotationStatusRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class GetKeyRotationStatusResponse(Shape, frozen=True, kw_only=True):
    KeyRotationEnabled: bool | None = None
    KeyId: KeyIdType | None = None
    RotationPeriodInDays: RotationPeriodInDaysType | None = None
    NextRotationDate: Instant | None = None
    OnDemandRotationStartDate: Instant | None = None


AlgorithmSpec = Annotated[
    str,
    Constraint(
        enum=(
            "RSAES_PKCS1_V1_5",
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "RSA_AES_KEY_WRAP_SHA_1",
            "RSA_AES_KEY_WRAP_SHA_256",
            "SM2PKE",
        ),
    ),
]

WrappingKeySpec_ = Annotated[str, Constraint(enum=("RSA_2048", "RSA_3072", "RSA_4096", "SM2"))]


class GetParametersForImportRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    WrappingAlgorithm: AlgorithmSpec
    WrappingKeySpec: WrappingKeySpec_


class GetParametersForImportResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    ImportToken: CiphertextType | None = None
    PublicKey: PlaintextType | None = None
    ParametersValidTo: Instant | None = None


class GetPublicKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    GrantTokens: GrantTokenList | None = None


class GetPublicKeyResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    PublicKey: PublicKeyType | None = None
    CustomerMasterKeySpec: CustomerMasterKeySpec_ | None = None
    KeySpec: KeySpec_ | None = None
    KeyUsage: KeyUsageType | None = None
    EncryptionAlgorithms: EncryptionAlgorithmSpecList | None = None
    SigningAlgorithms: SigningAlgorithmSpecList | None = None
    KeyAgreementAlgorithms: KeyAgreementAlgorithmSpecList | None = None
    EncapsulationAlgorithms: EncapsulationAlgorithmSpecList | None = None


ImportType_ = Annotated[str, Constraint(enum=("NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"))]

KeyMaterialDescriptionType = Annotated[
    str,
    Constraint(least=0, most=256, pattern=r"^[a-zA-Z0-9:/_\s.-]+$"),
]


class ImportKeyMaterialRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    ImportToken: CiphertextType
    EncryptedKeyMaterial: CiphertextType
    ValidTo: Instant | None = None
    ExpirationModel: ExpirationModelType | None = None
    ImportType: ImportType_ | None = None
    KeyMaterialDescription: KeyMaterialDescriptionType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class ImportKeyMaterialResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    KeyMaterialId: BackingKeyIdType | None = None


class ListAliasesRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    Limit: LimitType | None = None
    Marker: MarkerType | None = None


class AliasListEntry(Shape, frozen=True, kw_only=True):
    AliasName: AliasNameType | None = None
    AliasArn: str | None = None
    TargetKeyId: KeyIdType | None = None
    CreationDate: Instant | None = None
    LastUpdatedDate: Instant | None = None


AliasList = list[AliasListEntry]


class ListAliasesResponse(Shape, frozen=True, kw_only=True):
    Aliases: AliasList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


class ListGrantsRequest(Shape, frozen=True, kw_only=True):
    Limit: LimitType | None = None
    Marker: MarkerType | None = None
    KeyId: KeyIdType
    GrantId: GrantIdType | None = None
    GranteePrincipal: PrincipalIdType | None = None
    GranteeServicePrincipal: ServicePrincipalType | None = None


class GrantListEntry(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    GrantId: GrantIdType | None = None
    Name: GrantNameType | None = None
    CreationDate: Instant | None = None
    GranteePrincipal: PrincipalIdType | None = None
    RetiringPrincipal: PrincipalIdType | None = None
    IssuingAccount: PrincipalIdType | None = None
    Operations: GrantOperationList | None = None
    Constraints: GrantConstraints | None = None
    GranteeServicePrincipal: ServicePrincipalType | None = None
    RetiringServicePrincipal: ServicePrincipalType | None = None


GrantList = list[GrantListEntry]


class ListGrantsResponse(Shape, frozen=True, kw_only=True):
    Grants: GrantList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


class ListKeyPoliciesRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Limit: LimitType | None = None
    Marker: MarkerType | None = None


PolicyNameList = list[PolicyNameType]


class ListKeyPoliciesResponse(Shape, frozen=True, kw_only=True):
    PolicyNames: PolicyNameList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


IncludeKeyMaterial_ = Annotated[str, Constraint(enum=("ALL_KEY_MATERIAL", "ROTATIONS_ONLY"))]


class ListKeyRotationsRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    IncludeKeyMaterial: IncludeKeyMaterial_ | None = None
    Limit: LimitType | None = None
    Marker: MarkerType | None = None


class RotationsListEntry(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    KeyMaterialId: BackingKeyIdType | None = None
    KeyMaterialDescription: KeyMaterialDescriptionType | None = None
    ImportState: str | None = None
    KeyMaterialState: str | None = None
    ExpirationModel: ExpirationModelType | None = None
    ValidTo: Instant | None = None
    RotationDate: Instant | None = None
    RotationType: str | None = None


RotationsList = list[RotationsListEntry]


class ListKeyRotationsResponse(Shape, frozen=True, kw_only=True):
    Rotations: RotationsList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


ResourceOwnerType = Annotated[str, Constraint(enum=("SELF", "OTHER_ACCOUNTS_VIA_RAM"))]

ResourceOwnersList = Annotated[list[ResourceOwnerType], Constraint(least=1, most=2)]


class ListKeysRequest(Shape, frozen=True, kw_only=True):
    Limit: LimitType | None = None
    Marker: MarkerType | None = None
    ResourceOwners: ResourceOwnersList | None = None


class KeyListEntry(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    KeyArn: str | None = None


KeyList = list[KeyListEntry]


class ListKeysResponse(Shape, frozen=True, kw_only=True):
    Keys: KeyList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


class ListResourceTagsRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Limit: LimitType | None = None
    Marker: MarkerType | None = None


class ListResourceTagsResponse(Shape, frozen=True, kw_only=True):
    Tags: TagList | None = None
    NextMarker: MarkerType | None = None
    Truncated: bool | None = None


class ListRetirableGrantsRequest(Shape, frozen=True, kw_only=True):
    Limit: LimitType | None = None
    Marker: MarkerType | None = None
    RetiringPrincipal: PrincipalIdType | None = None
    RetiringServicePrincipal: ServicePrincipalType | None = None


class PutKeyPolicyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    PolicyName: PolicyNameType | None = None
    Policy: PolicyType
    BypassPolicyLockoutSafetyCheck: bool | None = None


class ReEncryptRequest(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    SourceEncryptionContext: EncryptionContextType | None = None
    SourceKeyId: KeyIdType | None = None
    DestinationKeyId: KeyIdType
    DestinationEncryptionContext: EncryptionContextType | None = None
    SourceEncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    DestinationEncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None
    DryRunModifiers: DryRunModifierList | None = None


class ReEncryptResponse(Shape, frozen=True, kw_only=True):
    CiphertextBlob: CiphertextType | None = None
    SourceKeyId: KeyIdType | None = None
    KeyId: KeyIdType | None = None
    SourceEncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    DestinationEncryptionAlgorithm: EncryptionAlgorithmSpec | None = None
    SourceKeyMaterialId: BackingKeyIdType | None = None
    DestinationKeyMaterialId: BackingKeyIdType | None = None


class ReplicateKeyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    ReplicaRegion: RegionType
    Policy: PolicyType | None = None
    BypassPolicyLockoutSafetyCheck: bool | None = None
    Description: DescriptionType | None = None
    Tags: TagList | None = None


class ReplicateKeyResponse(Shape, frozen=True, kw_only=True):
    ReplicaKeyMetadata: KeyMetadata_ | None = None
    ReplicaPolicy: PolicyType | None = None
    ReplicaTags: TagList | None = None


class RetireGrantRequest(Shape, frozen=True, kw_only=True):
    GrantToken: GrantTokenType | None = None
    KeyId: KeyIdType | None = None
    GrantId: GrantIdType | None = None
    DryRun: bool | None = None


class RevokeGrantRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    GrantId: GrantIdType
    DryRun: bool | None = None


class RotateKeyOnDemandRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType


class RotateKeyOnDemandResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None


class ScheduleKeyDeletionRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    PendingWindowInDays: PendingWindowInDaysType | None = None


class ScheduleKeyDeletionResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    DeletionDate: Instant | None = None
    KeyState: str | None = None
    PendingWindowInDays: PendingWindowInDaysType | None = None


MessageType_ = Annotated[str, Constraint(enum=("RAW", "DIGEST", "EXTERNAL_MU"))]


class SignRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Message: PlaintextType
    MessageType: MessageType_ | None = None
    GrantTokens: GrantTokenList | None = None
    SigningAlgorithm: SigningAlgorithmSpec
    DryRun: bool | None = None


class SignResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    Signature: CiphertextType | None = None
    SigningAlgorithm: SigningAlgorithmSpec | None = None


class TagResourceRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Tags: TagList


TagKeyList = list[TagKeyType]


class UntagResourceRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    TagKeys: TagKeyList


class UpdateAliasRequest(Shape, frozen=True, kw_only=True):
    AliasName: AliasNameType
    TargetKeyId: KeyIdType


class UpdateCustomKeyStoreRequest(Shape, frozen=True, kw_only=True):
    CustomKeyStoreId: CustomKeyStoreIdType
    NewCustomKeyStoreName: CustomKeyStoreNameType | None = None
    KeyStorePassword: KeyStorePasswordType | None = None
    CloudHsmClusterId: CloudHsmClusterIdType | None = None
    XksProxyUriEndpoint: XksProxyUriEndpointType | None = None
    XksProxyUriPath: XksProxyUriPathType | None = None
    XksProxyVpcEndpointServiceName: XksProxyVpcEndpointServiceNameType | None = None
    XksProxyVpcEndpointServiceOwner: AccountIdType | None = None
    XksProxyAuthenticationCredential: XksProxyAuthenticationCredentialType | None = None
    XksProxyConnectivity: XksProxyConnectivityType | None = None


class UpdateCustomKeyStoreResponse(Shape, frozen=True, kw_only=True):
    pass


class UpdateKeyDescriptionRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Description: DescriptionType


class UpdatePrimaryRegionRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    PrimaryRegion: RegionType


class VerifyRequest(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType
    Message: PlaintextType
    MessageType: MessageType_ | None = None
    Signature: CiphertextType
    SigningAlgorithm: SigningAlgorithmSpec
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class VerifyResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    SignatureValid: bool | None = None
    SigningAlgorithm: SigningAlgorithmSpec | None = None


class VerifyMacRequest(Shape, frozen=True, kw_only=True):
    Message: PlaintextType
    KeyId: KeyIdType
    MacAlgorithm: MacAlgorithmSpec
    Mac: CiphertextType
    GrantTokens: GrantTokenList | None = None
    DryRun: bool | None = None


class VerifyMacResponse(Shape, frozen=True, kw_only=True):
    KeyId: KeyIdType | None = None
    MacValid: bool | None = None
    MacAlgorithm: MacAlgorithmSpec | None = None


ERRORS = {
    "AlreadyExistsException": ErrorShape("AlreadyExistsException", 400),
    "CloudHsmClusterInUseException": ErrorShape("CloudHsmClusterInUseException", 400),
    "CloudHsmClusterInvalidConfigurationException": ErrorShape(
        "CloudHsmClusterInvalidConfigurationException",
        400,
    ),
    "CloudHsmClusterNotActiveException": ErrorShape("CloudHsmClusterNotActiveException", 400),
    "CloudHsmClusterNotFoundException": ErrorShape("CloudHsmClusterNotFoundException", 400),
    "CloudHsmClusterNotRelatedException": ErrorShape("CloudHsmClusterNotRelatedException", 400),
    "ConflictException": ErrorShape("ConflictException", 400),
    "CustomKeyStoreHasCMKsException": ErrorShape("CustomKeyStoreHasCMKsException", 400),
    "CustomKeyStoreInvalidStateException": ErrorShape("CustomKeyStoreInvalidStateException", 400),
    "CustomKeyStoreNameInUseException": ErrorShape("CustomKeyStoreNameInUseException", 400),
    "CustomKeyStoreNotFoundException": ErrorShape("CustomKeyStoreNotFoundException", 400),
    "DependencyTimeoutException": ErrorShape("DependencyTimeoutException", 503),
    "DisabledException": ErrorShape("DisabledException", 400),
    "DryRunOperationException": ErrorShape("DryRunOperationException", 400),
    "ExpiredImportTokenException": ErrorShape("ExpiredImportTokenException", 400),
    "IncorrectKeyException": ErrorShape("IncorrectKeyException", 400),
    "IncorrectKeyMaterialException": ErrorShape("IncorrectKeyMaterialException", 400),
    "IncorrectTrustAnchorException": ErrorShape("IncorrectTrustAnchorException", 400),
    "InvalidAliasNameException": ErrorShape("InvalidAliasNameException", 400),
    "InvalidArnException": ErrorShape("InvalidArnException", 400),
    "InvalidCiphertextException": ErrorShape("InvalidCiphertextException", 400),
    "InvalidGrantIdException": ErrorShape("InvalidGrantIdException", 400),
    "InvalidGrantTokenException": ErrorShape("InvalidGrantTokenException", 400),
    "InvalidImportTokenException": ErrorShape("InvalidImportTokenException", 400),
    "InvalidKeyUsageException": ErrorShape("InvalidKeyUsageException", 400),
    "InvalidMarkerException": ErrorShape("InvalidMarkerException", 400),
    "KMSInternalException": ErrorShape("KMSInternalException", 500),
    "KMSInvalidMacException": ErrorShape("KMSInvalidMacException", 400),
    "KMSInvalidSignatureException": ErrorShape("KMSInvalidSignatureException", 400),
    "KMSInvalidStateException": ErrorShape("KMSInvalidStateException", 400),
    "KeyUnavailableException": ErrorShape("KeyUnavailableException", 500),
    "LimitExceededException": ErrorShape("LimitExceededException", 400),
    "MalformedPolicyDocumentException": ErrorShape("MalformedPolicyDocumentException", 400),
    "NotFoundException": ErrorShape("NotFoundException", 400),
    "TagException": ErrorShape("TagException", 400),
    "UnsupportedOperationException": ErrorShape("UnsupportedOperationException", 400),
    "XksKeyAlreadyInUseException": ErrorShape("XksKeyAlreadyInUseException", 400),
    "XksKeyInvalidConfigurationException": ErrorShape("XksKeyInvalidConfigurationException", 400),
    "XksKeyNotFoundException": ErrorShape("XksKeyNotFoundException", 400),
    "XksProxyIncorrectAuthenticationCredentialException": ErrorShape(
        "XksProxyIncorrectAuthenticationCredentialException",
        400,
    ),
    "XksProxyInvalidConfigurationException": ErrorShape(
        "XksProxyInvalidConfigurationException",
        400,
    ),
    "XksProxyInvalidResponseException": ErrorShape("XksProxyInvalidResponseException", 400),
    "XksProxyUriEndpointInUseException": ErrorShape("XksProxyUriEndpointInUseException", 400),
    "XksProxyUriInUseException": ErrorShape("XksProxyUriInUseException", 400),
    "XksProxyUriUnreachableException": ErrorShape("XksProxyUriUnreachableException", 400),
    "XksProxyVpcEndpointServiceInUseException": ErrorShape(
        "XksProxyVpcEndpointServiceInUseException",
        400,
    ),
    "XksProxyVpcEndpointServiceInvalidConfigurationException": ErrorShape(
        "XksProxyVpcEndpointServiceInvalidConfigurationException",
        400,
    ),
    "XksProxyVpcEndpointServiceNotFoundException": ErrorShape(
        "XksProxyVpcEndpointServiceNotFoundException",
        400,
    ),
}

SERVICE = ServiceShape(
    name="kms",
    api_version="2014-11-01",
    target_prefix="TrentService",
    json_version="1.1",
    xml_namespace=None,
    errors=ERRORS,
)

OPERATIONS: dict[str, OperationShape] = {
    "CancelKeyDeletion": OperationShape(
        service=SERVICE,
        name="CancelKeyDeletion",
        input=CancelKeyDeletionRequest,
        output=CancelKeyDeletionResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "ConnectCustomKeyStore": OperationShape(
        service=SERVICE,
        name="ConnectCustomKeyStore",
        input=ConnectCustomKeyStoreRequest,
        output=ConnectCustomKeyStoreResponse,
        errors=(
            "CloudHsmClusterNotActiveException",
            "CustomKeyStoreInvalidStateException",
            "CustomKeyStoreNotFoundException",
            "KMSInternalException",
            "CloudHsmClusterInvalidConfigurationException",
        ),
    ),
    "CreateAlias": OperationShape(
        service=SERVICE,
        name="CreateAlias",
        input=CreateAliasRequest,
        output=None,
        errors=(
            "DependencyTimeoutException",
            "AlreadyExistsException",
            "NotFoundException",
            "InvalidAliasNameException",
            "KMSInternalException",
            "LimitExceededException",
            "KMSInvalidStateException",
        ),
    ),
    "CreateCustomKeyStore": OperationShape(
        service=SERVICE,
        name="CreateCustomKeyStore",
        input=CreateCustomKeyStoreRequest,
        output=CreateCustomKeyStoreResponse,
        errors=(
            "CloudHsmClusterInUseException",
            "CustomKeyStoreNameInUseException",
            "CloudHsmClusterNotFoundException",
            "KMSInternalException",
            "CloudHsmClusterNotActiveException",
            "IncorrectTrustAnchorException",
            "CloudHsmClusterInvalidConfigurationException",
            "LimitExceededException",
            "XksProxyUriInUseException",
            "XksProxyUriEndpointInUseException",
            "XksProxyUriUnreachableException",
            "XksProxyIncorrectAuthenticationCredentialException",
            "XksProxyVpcEndpointServiceInUseException",
            "XksProxyVpcEndpointServiceNotFoundException",
            "XksProxyVpcEndpointServiceInvalidConfigurationException",
            "XksProxyInvalidResponseException",
            "XksProxyInvalidConfigurationException",
        ),
    ),
    "CreateGrant": OperationShape(
        service=SERVICE,
        name="CreateGrant",
        input=CreateGrantRequest,
        output=CreateGrantResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "DependencyTimeoutException",
            "InvalidArnException",
            "KMSInternalException",
            "InvalidGrantTokenException",
            "LimitExceededException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "CreateKey": OperationShape(
        service=SERVICE,
        name="CreateKey",
        input=CreateKeyRequest,
        output=CreateKeyResponse,
        errors=(
            "MalformedPolicyDocumentException",
            "DependencyTimeoutException",
            "InvalidArnException",
            "UnsupportedOperationException",
            "KMSInternalException",
            "LimitExceededException",
            "TagException",
            "CustomKeyStoreNotFoundException",
            "CustomKeyStoreInvalidStateException",
            "CloudHsmClusterInvalidConfigurationException",
            "XksKeyInvalidConfigurationException",
            "XksKeyAlreadyInUseException",
            "XksKeyNotFoundException",
        ),
    ),
    "Decapsulate": OperationShape(
        service=SERVICE,
        name="Decapsulate",
        input=DecapsulateRequest,
        output=DecapsulateResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidGrantTokenException",
            "InvalidKeyUsageException",
            "InvalidCiphertextException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "Decrypt": OperationShape(
        service=SERVICE,
        name="Decrypt",
        input=DecryptRequest,
        output=DecryptResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "InvalidCiphertextException",
            "KeyUnavailableException",
            "IncorrectKeyException",
            "InvalidKeyUsageException",
            "DependencyTimeoutException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "DeleteAlias": OperationShape(
        service=SERVICE,
        name="DeleteAlias",
        input=DeleteAliasRequest,
        output=None,
        errors=(
            "DependencyTimeoutException",
            "NotFoundException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "DeleteCustomKeyStore": OperationShape(
        service=SERVICE,
        name="DeleteCustomKeyStore",
        input=DeleteCustomKeyStoreRequest,
        output=DeleteCustomKeyStoreResponse,
        errors=(
            "CustomKeyStoreHasCMKsException",
            "CustomKeyStoreInvalidStateException",
            "CustomKeyStoreNotFoundException",
            "KMSInternalException",
        ),
    ),
    "DeleteImportedKeyMaterial": OperationShape(
        service=SERVICE,
        name="DeleteImportedKeyMaterial",
        input=DeleteImportedKeyMaterialRequest,
        output=DeleteImportedKeyMaterialResponse,
        errors=(
            "InvalidArnException",
            "UnsupportedOperationException",
            "DependencyTimeoutException",
            "NotFoundException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "DeriveSharedSecret": OperationShape(
        service=SERVICE,
        name="DeriveSharedSecret",
        input=DeriveSharedSecretRequest,
        output=DeriveSharedSecretResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidGrantTokenException",
            "InvalidKeyUsageException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "DescribeCustomKeyStores": OperationShape(
        service=SERVICE,
        name="DescribeCustomKeyStores",
        input=DescribeCustomKeyStoresRequest,
        output=DescribeCustomKeyStoresResponse,
        errors=(
            "CustomKeyStoreNotFoundException",
            "InvalidMarkerException",
            "KMSInternalException",
        ),
    ),
    "DescribeKey": OperationShape(
        service=SERVICE,
        name="DescribeKey",
        input=DescribeKeyRequest,
        output=DescribeKeyResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
        ),
    ),
    "DisableKey": OperationShape(
        service=SERVICE,
        name="DisableKey",
        input=DisableKeyRequest,
        output=None,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "DisableKeyRotation": OperationShape(
        service=SERVICE,
        name="DisableKeyRotation",
        input=DisableKeyRotationRequest,
        output=None,
        errors=(
            "NotFoundException",
            "DisabledException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
        ),
    ),
    "DisconnectCustomKeyStore": OperationShape(
        service=SERVICE,
        name="DisconnectCustomKeyStore",
        input=DisconnectCustomKeyStoreRequest,
        output=DisconnectCustomKeyStoreResponse,
        errors=(
            "CustomKeyStoreInvalidStateException",
            "CustomKeyStoreNotFoundException",
            "KMSInternalException",
        ),
    ),
    "EnableKey": OperationShape(
        service=SERVICE,
        name="EnableKey",
        input=EnableKeyRequest,
        output=None,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "LimitExceededException",
            "KMSInvalidStateException",
        ),
    ),
    "EnableKeyRotation": OperationShape(
        service=SERVICE,
        name="EnableKeyRotation",
        input=EnableKeyRotationRequest,
        output=None,
        errors=(
            "NotFoundException",
            "DisabledException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
        ),
    ),
    "Encapsulate": OperationShape(
        service=SERVICE,
        name="Encapsulate",
        input=EncapsulateRequest,
        output=EncapsulateResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidGrantTokenException",
            "InvalidKeyUsageException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "Encrypt": OperationShape(
        service=SERVICE,
        name="Encrypt",
        input=EncryptRequest,
        output=EncryptResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "GenerateDataKey": OperationShape(
        service=SERVICE,
        name="GenerateDataKey",
        input=GenerateDataKeyRequest,
        output=GenerateDataKeyResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "GenerateDataKeyPair": OperationShape(
        service=SERVICE,
        name="GenerateDataKeyPair",
        input=GenerateDataKeyPairRequest,
        output=GenerateDataKeyPairResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
            "DryRunOperationException",
        ),
    ),
    "GenerateDataKeyPairWithoutPlaintext": OperationShape(
        service=SERVICE,
        name="GenerateDataKeyPairWithoutPlaintext",
        input=GenerateDataKeyPairWithoutPlaintextRequest,
        output=GenerateDataKeyPairWithoutPlaintextResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
            "DryRunOperationException",
        ),
    ),
    "GenerateDataKeyWithoutPlaintext": OperationShape(
        service=SERVICE,
        name="GenerateDataKeyWithoutPlaintext",
        input=GenerateDataKeyWithoutPlaintextRequest,
        output=GenerateDataKeyWithoutPlaintextResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "GenerateMac": OperationShape(
        service=SERVICE,
        name="GenerateMac",
        input=GenerateMacRequest,
        output=GenerateMacResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "GenerateRandom": OperationShape(
        service=SERVICE,
        name="GenerateRandom",
        input=GenerateRandomRequest,
        output=GenerateRandomResponse,
        errors=(
            "DependencyTimeoutException",
            "KMSInternalException",
            "UnsupportedOperationException",
            "CustomKeyStoreNotFoundException",
            "CustomKeyStoreInvalidStateException",
        ),
    ),
    "GetKeyLastUsage": OperationShape(
        service=SERVICE,
        name="GetKeyLastUsage",
        input=GetKeyLastUsageRequest,
        output=GetKeyLastUsageResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
        ),
    ),
    "GetKeyPolicy": OperationShape(
        service=SERVICE,
        name="GetKeyPolicy",
        input=GetKeyPolicyRequest,
        output=GetKeyPolicyResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "GetKeyRotationStatus": OperationShape(
        service=SERVICE,
        name="GetKeyRotationStatus",
        input=GetKeyRotationStatusRequest,
        output=GetKeyRotationStatusResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
        ),
    ),
    "GetParametersForImport": OperationShape(
        service=SERVICE,
        name="GetParametersForImport",
        input=GetParametersForImportRequest,
        output=GetParametersForImportResponse,
        errors=(
            "InvalidArnException",
            "UnsupportedOperationException",
            "DependencyTimeoutException",
            "NotFoundException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "GetPublicKey": OperationShape(
        service=SERVICE,
        name="GetPublicKey",
        input=GetPublicKeyRequest,
        output=GetPublicKeyResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "UnsupportedOperationException",
            "InvalidArnException",
            "InvalidGrantTokenException",
            "InvalidKeyUsageException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "ImportKeyMaterial": OperationShape(
        service=SERVICE,
        name="ImportKeyMaterial",
        input=ImportKeyMaterialRequest,
        output=ImportKeyMaterialResponse,
        errors=(
            "InvalidArnException",
            "UnsupportedOperationException",
            "DependencyTimeoutException",
            "NotFoundException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "InvalidCiphertextException",
            "IncorrectKeyMaterialException",
            "ExpiredImportTokenException",
            "InvalidImportTokenException",
        ),
    ),
    "ListAliases": OperationShape(
        service=SERVICE,
        name="ListAliases",
        input=ListAliasesRequest,
        output=ListAliasesResponse,
        errors=(
            "DependencyTimeoutException",
            "InvalidMarkerException",
            "KMSInternalException",
            "InvalidArnException",
            "NotFoundException",
        ),
    ),
    "ListGrants": OperationShape(
        service=SERVICE,
        name="ListGrants",
        input=ListGrantsRequest,
        output=ListGrantsResponse,
        errors=(
            "NotFoundException",
            "DependencyTimeoutException",
            "InvalidMarkerException",
            "InvalidGrantIdException",
            "InvalidArnException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "ListKeyPolicies": OperationShape(
        service=SERVICE,
        name="ListKeyPolicies",
        input=ListKeyPoliciesRequest,
        output=ListKeyPoliciesResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "ListKeyRotations": OperationShape(
        service=SERVICE,
        name="ListKeyRotations",
        input=ListKeyRotationsRequest,
        output=ListKeyRotationsResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "InvalidMarkerException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
        ),
    ),
    "ListKeys": OperationShape(
        service=SERVICE,
        name="ListKeys",
        input=ListKeysRequest,
        output=ListKeysResponse,
        errors=(
            "DependencyTimeoutException",
            "KMSInternalException",
            "InvalidMarkerException",
        ),
    ),
    "ListResourceTags": OperationShape(
        service=SERVICE,
        name="ListResourceTags",
        input=ListResourceTagsRequest,
        output=ListResourceTagsResponse,
        errors=(
            "KMSInternalException",
            "NotFoundException",
            "InvalidArnException",
            "InvalidMarkerException",
        ),
    ),
    "ListRetirableGrants": OperationShape(
        service=SERVICE,
        name="ListRetirableGrants",
        input=ListRetirableGrantsRequest,
        output=ListGrantsResponse,
        errors=(
            "DependencyTimeoutException",
            "InvalidMarkerException",
            "InvalidArnException",
            "NotFoundException",
            "KMSInternalException",
        ),
    ),
    "PutKeyPolicy": OperationShape(
        service=SERVICE,
        name="PutKeyPolicy",
        input=PutKeyPolicyRequest,
        output=None,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "MalformedPolicyDocumentException",
            "DependencyTimeoutException",
            "UnsupportedOperationException",
            "KMSInternalException",
            "LimitExceededException",
            "KMSInvalidStateException",
        ),
    ),
    "ReEncrypt": OperationShape(
        service=SERVICE,
        name="ReEncrypt",
        input=ReEncryptRequest,
        output=ReEncryptResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "InvalidCiphertextException",
            "KeyUnavailableException",
            "IncorrectKeyException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "ReplicateKey": OperationShape(
        service=SERVICE,
        name="ReplicateKey",
        input=ReplicateKeyRequest,
        output=ReplicateKeyResponse,
        errors=(
            "AlreadyExistsException",
            "DisabledException",
            "InvalidArnException",
            "KMSInvalidStateException",
            "KMSInternalException",
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "NotFoundException",
            "TagException",
            "UnsupportedOperationException",
        ),
    ),
    "RetireGrant": OperationShape(
        service=SERVICE,
        name="RetireGrant",
        input=RetireGrantRequest,
        output=None,
        errors=(
            "InvalidArnException",
            "InvalidGrantTokenException",
            "InvalidGrantIdException",
            "NotFoundException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "RevokeGrant": OperationShape(
        service=SERVICE,
        name="RevokeGrant",
        input=RevokeGrantRequest,
        output=None,
        errors=(
            "NotFoundException",
            "DependencyTimeoutException",
            "InvalidArnException",
            "InvalidGrantIdException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "RotateKeyOnDemand": OperationShape(
        service=SERVICE,
        name="RotateKeyOnDemand",
        input=RotateKeyOnDemandRequest,
        output=RotateKeyOnDemandResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "UnsupportedOperationException",
            "LimitExceededException",
            "ConflictException",
        ),
    ),
    "ScheduleKeyDeletion": OperationShape(
        service=SERVICE,
        name="ScheduleKeyDeletion",
        input=ScheduleKeyDeletionRequest,
        output=ScheduleKeyDeletionResponse,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "Sign": OperationShape(
        service=SERVICE,
        name="Sign",
        input=SignRequest,
        output=SignResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
    "TagResource": OperationShape(
        service=SERVICE,
        name="TagResource",
        input=TagResourceRequest,
        output=None,
        errors=(
            "KMSInternalException",
            "NotFoundException",
            "InvalidArnException",
            "KMSInvalidStateException",
            "LimitExceededException",
            "TagException",
        ),
    ),
    "UntagResource": OperationShape(
        service=SERVICE,
        name="UntagResource",
        input=UntagResourceRequest,
        output=None,
        errors=(
            "KMSInternalException",
            "NotFoundException",
            "InvalidArnException",
            "KMSInvalidStateException",
            "TagException",
        ),
    ),
    "UpdateAlias": OperationShape(
        service=SERVICE,
        name="UpdateAlias",
        input=UpdateAliasRequest,
        output=None,
        errors=(
            "DependencyTimeoutException",
            "NotFoundException",
            "KMSInternalException",
            "LimitExceededException",
            "KMSInvalidStateException",
        ),
    ),
    "UpdateCustomKeyStore": OperationShape(
        service=SERVICE,
        name="UpdateCustomKeyStore",
        input=UpdateCustomKeyStoreRequest,
        output=UpdateCustomKeyStoreResponse,
        errors=(
            "CustomKeyStoreNotFoundException",
            "CustomKeyStoreNameInUseException",
            "CloudHsmClusterNotFoundException",
            "CloudHsmClusterNotRelatedException",
            "CustomKeyStoreInvalidStateException",
            "KMSInternalException",
            "CloudHsmClusterNotActiveException",
            "CloudHsmClusterInvalidConfigurationException",
            "XksProxyUriInUseException",
            "XksProxyUriEndpointInUseException",
            "XksProxyUriUnreachableException",
            "XksProxyIncorrectAuthenticationCredentialException",
            "XksProxyVpcEndpointServiceInUseException",
            "XksProxyVpcEndpointServiceNotFoundException",
            "XksProxyVpcEndpointServiceInvalidConfigurationException",
            "XksProxyInvalidResponseException",
            "XksProxyInvalidConfigurationException",
        ),
    ),
    "UpdateKeyDescription": OperationShape(
        service=SERVICE,
        name="UpdateKeyDescription",
        input=UpdateKeyDescriptionRequest,
        output=None,
        errors=(
            "NotFoundException",
            "InvalidArnException",
            "DependencyTimeoutException",
            "KMSInternalException",
            "KMSInvalidStateException",
        ),
    ),
    "UpdatePrimaryRegion": OperationShape(
        service=SERVICE,
        name="UpdatePrimaryRegion",
        input=UpdatePrimaryRegionRequest,
        output=None,
        errors=(
            "DisabledException",
            "InvalidArnException",
            "KMSInvalidStateException",
            "KMSInternalException",
            "NotFoundException",
            "UnsupportedOperationException",
        ),
    ),
    "Verify": OperationShape(
        service=SERVICE,
        name="Verify",
        input=VerifyRequest,
        output=VerifyResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "DependencyTimeoutException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidStateException",
            "KMSInvalidSignatureException",
            "DryRunOperationException",
        ),
    ),
    "VerifyMac": OperationShape(
        service=SERVICE,
        name="VerifyMac",
        input=VerifyMacRequest,
        output=VerifyMacResponse,
        errors=(
            "NotFoundException",
            "DisabledException",
            "KeyUnavailableException",
            "InvalidKeyUsageException",
            "InvalidGrantTokenException",
            "KMSInternalException",
            "KMSInvalidMacException",
            "KMSInvalidStateException",
            "DryRunOperationException",
        ),
    ),
}
