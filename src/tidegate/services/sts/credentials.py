"""What all answers with temporary credentials have in common."""

from typing import Final

from tidegate.api.sts import AssumedRoleUser_, Credentials_
from tidegate.auth.tokens import TOKEN_CHARACTERS, Minted
from tidegate.base.refusals import AccessDeniedException

NO_MFA: Final = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
    "number is valid and associated with this user."
)


def shown(minted: Minted) -> Credentials_:
    assert minted.principal.session is not None
    return Credentials_(
        AccessKeyId=minted.access_key,
        SecretAccessKey=minted.secret,
        SessionToken=minted.token,
        Expiration=float(minted.principal.session.expires_at),
    )


def shown_role(minted: Minted) -> AssumedRoleUser_:
    return AssumedRoleUser_(AssumedRoleId=minted.principal.user_id, Arn=minted.principal.arn)


def packed_size(minted: Minted) -> int | None:
    """In per cent; None where there is nothing to pack."""
    return minted.packed_percent or None


def token_size(minted: Minted) -> int:
    return len(minted.token)


def token_utilization(minted: Minted) -> int:
    """How much of the largest token this one is, in per cent."""
    return -(-len(minted.token) * 100 // TOKEN_CHARACTERS)


def check_mfa(serial: str | None, code: str | None) -> None:
    """Nobody has an MFA device here, so no code is right.  Raises AccessDeniedException."""
    if serial is not None or code is not None:
        raise AccessDeniedException(NO_MFA)


def check_long_lived(operation: str, *, session: bool) -> None:
    """Raises AccessDeniedException for what only long-lived keys may ask."""
    if session:
        raise AccessDeniedException(f"Cannot call {operation} with session credentials")
