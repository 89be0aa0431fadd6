"""The errors of KMS."""

from tidegate.base.refusals.refusal import Refusal


class AlreadyExistsException(Refusal):
    pass


class CloudHsmClusterInUseException(Refusal):
    pass


class CloudHsmClusterInvalidConfigurationException(Refusal):
    pass


class CloudHsmClusterNotActiveException(Refusal):
    pass


class CloudHsmClusterNotFoundException(Refusal):
    pass


class CloudHsmClusterNotRelatedException(Refusal):
    pass


class ConflictException(Refusal):
    pass


class CustomKeyStoreHasCMKsException(Refusal):
    pass


class CustomKeyStoreInvalidStateException(Refusal):
    pass


class CustomKeyStoreNameInUseException(Refusal):
    pass


class CustomKeyStoreNotFoundException(Refusal):
    pass


class DependencyTimeoutException(Refusal):
    pass


class DisabledException(Refusal):
    pass


class DryRunOperationException(Refusal):
    pass


class ExpiredImportTokenException(Refusal):
    pass


class IncorrectKeyException(Refusal):
    pass


class IncorrectKeyMaterialException(Refusal):
    pass


class IncorrectTrustAnchorException(Refusal):
    pass


class InvalidAliasNameException(Refusal):
    pass


class InvalidArnException(Refusal):
    pass


class InvalidCiphertextException(Refusal):
    pass


class InvalidGrantIdException(Refusal):
    pass


class InvalidGrantTokenException(Refusal):
    pass


class InvalidImportTokenException(Refusal):
    pass


class InvalidKeyUsageException(Refusal):
    pass


class InvalidMarkerException(Refusal):
    pass


class KMSInternalException(Refusal):
    pass


class KMSInvalidMacException(Refusal):
    pass


class KMSInvalidSignatureException(Refusal):
    pass


class KMSInvalidStateException(Refusal):
    pass


class KeyUnavailableException(Refusal):
    pass


class NotFoundException(Refusal):
    pass


class TagException(Refusal):
    pass


class UnsupportedOperationException(Refusal):
    pass


class XksKeyAlreadyInUseException(Refusal):
    pass


class XksKeyInvalidConfigurationException(Refusal):
    pass


class XksKeyNotFoundException(Refusal):
    pass


class XksProxyIncorrectAuthenticationCredentialException(Refusal):
    pass


class XksProxyInvalidConfigurationException(Refusal):
    pass


class XksProxyInvalidResponseException(Refusal):
    pass


class XksProxyUriEndpointInUseException(Refusal):
    pass


class XksProxyUriInUseException(Refusal):
    pass


class XksProxyUriUnreachableException(Refusal):
    pass


class XksProxyVpcEndpointServiceInUseException(Refusal):
    pass


class XksProxyVpcEndpointServiceInvalidConfigurationException(Refusal):
    pass


class XksProxyVpcEndpointServiceNotFoundException(Refusal):
    pass
