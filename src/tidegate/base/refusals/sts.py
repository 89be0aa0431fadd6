"""The errors of STS."""

from tidegate.base.refusals.refusal import Refusal


class ExpiredTokenException(Refusal):
    pass


class ExpiredTradeInTokenException(Refusal):
    pass


class IDPCommunicationErrorException(Refusal):
    pass


class IDPRejectedClaimException(Refusal):
    pass


class InvalidAuthorizationMessageException(Refusal):
    pass


class InvalidIdentityTokenException(Refusal):
    pass


class JWTPayloadSizeExceededException(Refusal):
    pass


class OutboundWebIdentityFederationDisabledException(Refusal):
    pass


class PackedPolicyTooLargeException(Refusal):
    pass


class RegionDisabledException(Refusal):
    pass


class SessionDurationEscalationException(Refusal):
    pass
