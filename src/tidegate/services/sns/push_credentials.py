"""Credentials of push platforms: whether they can be what the platform gives, and what they tell.

Whether a platform accepts them shows when something is sent: nothing is asked of it here.  Source:
SNS developer guide, "Mobile app prerequisites" and the pages on each platform.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tidegate.base.refusals import InvalidParameterException, invalid_parameter
from tidegate.catalog.replay import instant_text

APPLE: Final = frozenset(
    {"APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "MACOS", "MACOS_SANDBOX"}
)
PLATFORMS: Final = APPLE | {"ADM", "BAIDU", "GCM", "MPNS", "WNS"}
TEAM_ID: Final = "ApplePlatformTeamID"
BUNDLE_ID: Final = "ApplePlatformBundleID"

_SIGNING_KEY_ID: Final = re.compile(r"[A-Z0-9]{10}")
_BUNDLE_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,155}")
_PLAIN: Final = re.compile(r"[!-~]{1,4096}")

Told = dict[str, str]
"""Attributes that the credentials settle."""


def check_pair(platform: str, principal: str, credential: str) -> None:
    """Raises InvalidParameterException where one of the two is given without the other; GCM knows
    no principal."""
    if principal and not credential:
        raise invalid_parameter(
            "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential"
        )
    if platform != "GCM" and credential and not principal:
        raise invalid_parameter(
            "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal"
        )


def read_credentials(
    platform: str, principal: str, credential: str, attributes: Mapping[str, str]
) -> Told:
    """What the credentials of an application tell; raises InvalidParameterException."""
    check_pair(platform, principal, credential)
    if not credential:
        raise _invalid()
    if platform in APPLE:
        read: Callable[[str, str, Mapping[str, str]], Told] = _apple
    elif platform == "GCM":
        read = _firebase
    elif platform == "MPNS":
        read = _certificate
    else:
        read = _texts
    return read(principal, credential, attributes)


def _apple(principal: str, credential: str, attributes: Mapping[str, str]) -> Told:
    """A certificate with its key, or a signing key with its id, a team and an app."""
    if _SIGNING_KEY_ID.fullmatch(principal) is None:
        told = _certificate(principal, credential, attributes)
        return {**told, "AuthenticationMethod": "certificate"}
    team, bundle = attributes.get(TEAM_ID, ""), attributes.get(BUNDLE_ID, "")
    if _SIGNING_KEY_ID.fullmatch(team) is None or _BUNDLE_ID.fullmatch(bundle) is None:
        raise invalid_parameter(
            f"Attributes Reason: {TEAM_ID} and {BUNDLE_ID} are required for token credentials"
        )
    if not isinstance(_private_key(credential), EllipticCurvePrivateKey):
        raise _invalid()
    return {"AuthenticationMethod": "token"}


def _certificate(principal: str, credential: str, attributes: Mapping[str, str]) -> Told:
    try:
        certificate = x509.load_pem_x509_certificate(principal.encode())
        public = certificate.public_key()
    except (ValueError, TypeError):
        raise _invalid() from None
    if _private_key(credential).public_key() != public:
        raise _invalid()
    expires_at = int(certificate.not_valid_after_utc.timestamp() * 1000)
    return {"AppleCertificateExpiryDate": instant_text(expires_at)}


def _private_key(pem: str) -> Any:
    try:
        return load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise _invalid() from None


def _firebase(principal: str, credential: str, attributes: Mapping[str, str]) -> Told:
    """The JSON of a service account, or a server key of before."""
    if not credential.lstrip().startswith("{"):
        if _PLAIN.fullmatch(credential) is None:
            raise _invalid()
        return {"AuthenticationMethod": "key"}
    try:
        account = json.loads(credential)
    except (ValueError, RecursionError):
        raise _invalid() from None
    wanted = ("client_email", "private_key", "project_id", "token_uri")
    if not all(isinstance(account.get(name), str) for name in wanted):
        raise _invalid()
    _private_key(account["private_key"])
    return {"AuthenticationMethod": "token"}


def _texts(principal: str, credential: str, attributes: Mapping[str, str]) -> Told:
    """An id and a secret, of ADM, Baidu and WNS."""
    if _PLAIN.fullmatch(principal) is None or _PLAIN.fullmatch(credential) is None:
        raise _invalid()
    return {}


def _invalid() -> InvalidParameterException:
    return invalid_parameter("Attributes Reason: Platform credentials are invalid")
