"""The errors of IAM."""

from tidegate.base.refusals.refusal import Refusal


class AccountNotManagementOrDelegatedAdministratorException(Refusal):
    pass


class CallerIsNotManagementAccountException(Refusal):
    pass


class ConcurrentModificationException(Refusal):
    pass


class CredentialReportExpiredException(Refusal):
    pass


class CredentialReportNotPresentException(Refusal):
    pass


class CredentialReportNotReadyException(Refusal):
    pass


class DeleteConflictException(Refusal):
    pass


class DuplicateCertificateException(Refusal):
    pass


class DuplicateSSHPublicKeyException(Refusal):
    pass


class EntityAlreadyExistsException(Refusal):
    pass


class EntityTemporarilyUnmodifiableException(Refusal):
    pass


class FeatureDisabledException(Refusal):
    pass


class FeatureEnabledException(Refusal):
    pass


class InvalidAuthenticationCodeException(Refusal):
    pass


class InvalidCertificateException(Refusal):
    pass


class InvalidInputException(Refusal):
    pass


class InvalidPublicKeyException(Refusal):
    pass


class InvalidUserTypeException(Refusal):
    pass


class KeyPairMismatchException(Refusal):
    pass


class MalformedCertificateException(Refusal):
    pass


class NameConflictException(Refusal):
    pass


class NoSuchEntityException(Refusal):
    pass


class OpenIdIdpCommunicationErrorException(Refusal):
    pass


class OrganizationNotFoundException(Refusal):
    pass


class OrganizationNotInAllFeaturesModeException(Refusal):
    pass


class PasswordPolicyViolationException(Refusal):
    pass


class PolicyEvaluationException(Refusal):
    pass


class PolicyNotAttachableException(Refusal):
    pass


class ReportGenerationLimitExceededException(Refusal):
    pass


class RoleModifiedException(Refusal):
    pass


class RoleTemplateDisabledException(Refusal):
    pass


class ServiceAccessNotEnabledException(Refusal):
    pass


class ServiceFailureException(Refusal):
    pass


class ServiceNotSupportedException(Refusal):
    pass


class UnmodifiableEntityException(Refusal):
    pass


class UnrecognizedPublicKeyEncodingException(Refusal):
    pass
