"""Who we are to APNs: the owner of a signing key, or of a certificate.

A signing key makes tokens (JWT, ES256) that say when they were made.  APNs takes them for an hour,
and wants no new one more often than every 20 minutes.  A certificate is shown when a connection is
made, and names the app.

Sources: Apple, "Establishing a token-based connection to APNs", "Establishing a certificate-based
connection to APNs".
"""

import re
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import jwt
import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from tidegate.workers.outcome import Undeliverable
from tidegate.workers.push.target import PushTarget

TOKEN_S: Final = 50 * 60
"""How long a token is used: less than the hour after which it is too old."""
_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"


class SigningKey(msgspec.Struct):
    """A key with the token that was last made of it."""

    key_id: str
    team_id: str
    _pem: str
    _token: str = ""
    _made_at: int = 0

    def token(self, now: int) -> str:
        """A token that APNs takes, at an instant in milliseconds; raises Undeliverable."""
        if not self._token or now - self._made_at >= TOKEN_S * 1000:
            self._token = self._new_token(now // 1000)
            self._made_at = now
        return self._token

    def drop_token(self) -> None:
        """APNs does not take it."""
        self._token = ""

    def _new_token(self, now_s: int) -> str:
        claims = {"iss": self.team_id, "iat": now_s}
        try:
            return jwt.encode(claims, self._pem, algorithm="ES256", headers={"kid": self.key_id})
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Undeliverable("the application's signing key is none") from None

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id!r})"


def signing_key(target: PushTarget) -> SigningKey | None:
    """The key of an application that has one; None where it has a certificate.

    Raises Undeliverable.
    """
    principal = target.principal_text().strip()
    if _CERTIFICATE in principal:
        return None
    team_id = target.team_id or ""
    if not _ID.fullmatch(principal) or not _ID.fullmatch(team_id):
        raise Undeliverable("the application has no signing key ID, or no ApplePlatformTeamID")
    return SigningKey(principal, team_id, target.credential_text())


def show_certificate(target: PushTarget, context: ssl.SSLContext) -> str | None:
    """Has a context show the certificate of an application, and returns the topic that it names.

    Blocks.  Raises Undeliverable.
    """
    principal = target.principal_text()
    try:
        with TemporaryDirectory() as folder:
            # OpenSSL reads them from files alone; nobody else may look into this directory.
            certificate, key = Path(folder, "certificate"), Path(folder, "key")
            certificate.write_text(principal)
            key.write_text(target.credential_text())
            context.load_cert_chain(certificate, key, password=_no_password)
        subject = x509.load_pem_x509_certificate(principal.encode()).subject
    except (ssl.SSLError, ValueError):
        raise Undeliverable("the application's certificate or private key is none") from None
    names = subject.get_attributes_for_oid(NameOID.USER_ID)
    return str(names[0].value) if names else None


def _no_password() -> str:
    """For an encrypted key, so that OpenSSL does not ask for one on the terminal."""
    return ""
