"""Who calls, and whose a key is: GetCallerIdentity, GetAccessKeyInfo, and
DecodeAuthorizationMessage."""

from collections.abc import Callable

from tidegate.api.sts import (
    DecodeAuthorizationMessageRequest,
    GetAccessKeyInfoRequest,
    GetAccessKeyInfoResponse,
    GetCallerIdentityRequest,
    GetCallerIdentityResponse,
)
from tidegate.auth.tokens import account_of_key
from tidegate.base.call import Call, Principal
from tidegate.base.refusals import (
    InvalidAuthorizationMessageException,
    ValidationException,
)
from tidegate.runtime.definitions import Definitions
from tidegate.services.sts.credentials import check_long_lived

AccountOfKey = Callable[[str], str | None]
"""The account of a long-lived access key, None for one that nobody has."""


class Identities:
    def __init__(self, definitions: Definitions, account_of: AccountOfKey) -> None:
        self._definitions = definitions
        self._account_of = account_of

    def get_caller_identity(self, call: Call, request: GetCallerIdentityRequest) -> None:
        principal = call.principal
        answer = GetCallerIdentityResponse(
            UserId=principal.user_id, Account=principal.account, Arn=principal.arn
        )
        self._definitions.tell(call, answer)

    def get_access_key_info(self, call: Call, request: GetAccessKeyInfoRequest) -> None:
        _check_caller(call.principal, "GetAccessKeyInfo")
        account = account_of_key(request.AccessKeyId) or self._account_of(request.AccessKeyId)
        if account is None:
            raise ValidationException(f"The access key {request.AccessKeyId} does not exist.")
        self._definitions.tell(call, GetAccessKeyInfoResponse(Account=account))

    def decode_authorization_message(
        self, call: Call, request: DecodeAuthorizationMessageRequest
    ) -> None:
        """None of the services here encodes messages, so whatever is sent was made by nobody."""
        _check_caller(call.principal, "DecodeAuthorizationMessage")
        raise InvalidAuthorizationMessageException("Message is not valid.")


def _check_caller(principal: Principal, operation: str) -> None:
    """Sessions of users and federated users may call little of STS (STS model, GetSessionToken,
    GetFederationToken).  Raises AccessDeniedException."""
    of_a_role = principal.kind == "AssumedRole"
    check_long_lived(operation, session=principal.session is not None and not of_a_role)
