"""A certificate authority for development: certificates that clients on this machine will trust.

A directory holds `ca.pem` and `ca-key.pem`, made once, and the certificates that they sign, each
beside its key: `server.pem` and `server-key.pem`, `<client>.pem` and `<client>-key.pem`.  All keys
are of P-256, in PKCS #8, not encrypted, and open to their owner alone.

The extensions are those that a strict client asks for (RFC 5280, 4.2): Python 3.13 and later, Go.
"""

import ipaddress
import os
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3650
CERTIFICATE_DAYS: Final = 397
"""No longer, as some clients refuse what is: https://support.apple.com/en-us/102028."""
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")

_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
_LABEL: Final = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_DOMAIN: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*").fullmatch
_SERVER: Final = "server"
_CA: Final = "ca"


class UnusableAuthority(Exception):
    """The directory's authority cannot sign.  The text says why, and what to do."""


class Certificate:
    """A certificate that has been written, and its key beside it."""

    def __init__(self, path: Path, key_path: Path, certificate: x509.Certificate) -> None:
        self.path = path
        self.key_path = key_path
        self.expires_at = certificate.not_valid_after_utc
        self.names = _names_of(certificate)


class Authority:
    """The authority of a directory; `open_authority` makes one."""

    def __init__(
        self,
        directory: Path,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        is_new: bool,
    ) -> None:
        self._directory = directory
        self._certificate = certificate
        self._key = key
        self.is_new = is_new
        """Whether it was made now, so that clients cannot trust it yet."""

    @property
    def path(self) -> Path:
        """The certificate that clients have to trust."""
        return self._directory / f"{_CA}.pem"

    @property
    def expires_at(self) -> datetime:
        return self._certificate.not_valid_after_utc

    def issue_server(self, hosts: Sequence[str], now: datetime) -> Certificate:
        """A certificate, with a new key, for this machine and `hosts`: domains or addresses.

        Without hosts it is for those of the certificate that it takes the place of.  Raises
        UnusableAuthority where that one cannot be read.
        """
        path = self._directory / f"{_SERVER}.pem"
        kept = _names_of(_read_certificate(path)) if not hosts and path.exists() else hosts
        names = list(dict.fromkeys((*LOCAL_NAMES, *kept)))
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        subject = names[len(LOCAL_NAMES)] if len(names) > len(LOCAL_NAMES) else names[0]
        return self._issue(_SERVER, subject, ExtendedKeyUsageOID.SERVER_AUTH, alternatives, now)

    def issue_client(self, name: str, now: datetime) -> Certificate:
        """A certificate, with a new key, that a client called `name` shows in mutual TLS."""
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name)])
        return self._issue(name, name, ExtendedKeyUsageOID.CLIENT_AUTH, alternatives, now)

    def _issue(
        self,
        file: str,
        subject: str,
        purpose: x509.ObjectIdentifier,
        alternatives: x509.SubjectAlternativeName,
        now: datetime,
    ) -> Certificate:
        if now >= self.expires_at:
            raise UnusableAuthority(
                f"{self.path} has expired; move it and its key away, and a new authority is made, "
                "which clients then have to trust"
            )
        key = ec.generate_private_key(ec.SECP256R1())
        until = min(now + timedelta(days=CERTIFICATE_DAYS), self.expires_at)
        builder = (
            _builder(_name(subject), key.public_key(), now, until)
            .issuer_name(self._certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(alternatives, critical=False)
            .add_extension(_key_identifier(self._key), critical=False)
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        path, key_path = _write(self._directory, file, certificate, key)
        return Certificate(path, key_path, certificate)


def open_authority(directory: Path, now: datetime) -> Authority:
    """The authority of `directory`; both are made where there is none.

    What is there is never overwritten.  Raises UnusableAuthority where it is but half there, or
    damaged, and OSError.
    """
    path, key_path = directory / f"{_CA}.pem", directory / f"{_CA}-key.pem"
    there = [each for each in (path, key_path) if each.exists()]
    if not there:
        return _make_authority(directory, now)
    if len(there) == 1:
        missing = key_path if there[0] == path else path
        raise UnusableAuthority(
            f"{there[0]} is there and {missing} is not; put it back, or move the other away, "
            "and a new authority is made, which clients then have to trust"
        )
    certificate, key = _read_certificate(path), _read_key(key_path)
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature):
        raise UnusableAuthority(f"{path} is no authority that signed itself") from None
    if certificate.public_key() != key.public_key():
        raise UnusableAuthority(f"{key_path} is not the key of {path}")
    return Authority(directory, certificate, key, is_new=False)


def is_host(name: str) -> bool:
    """Whether a server's certificate can be for it: a domain, with `*.` before it at most, or an
    address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        is_number = name.rpartition(".")[2].isdigit()
        return len(name) <= 253 and _DOMAIN(name) is not None and not is_number
    return True


def is_client(name: str) -> bool:
    """Whether a client can be called so: it names two files, and no others may be called so."""
    is_taken = name in (_CA, _SERVER) or name.endswith("-key")
    return re.fullmatch(_LABEL, name) is not None and not is_taken


def _make_authority(directory: Path, now: datetime) -> Authority:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Tidegate development CA")
    certificate = (
        _builder(name, key.public_key(), now, now + timedelta(days=AUTHORITY_DAYS))
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(directory, _CA, certificate, key)
    return Authority(directory, certificate, key, is_new=True)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER_BY)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    # A common name has 64 characters at most; what a client compares are the alternative names.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_identifier(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        str(name.value) for name in found.value if isinstance(name, x509.DNSName | x509.IPAddress)
    )


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise UnusableAuthority(f"{path} holds no certificate in PEM form") from None


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise UnusableAuthority(
            f"{path} holds no private key in PEM form without a passphrase"
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UnusableAuthority(f"{path} is no key of an elliptic curve")
    return key


def _write(
    directory: Path, file: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> tuple[Path, Path]:
    """The paths of certificate and key.  Each file is replaced whole, the key first."""
    path, key_path = directory / f"{file}.pem", directory / f"{file}-key.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _replace(key_path, secret, 0o600)
    _replace(path, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return path, key_path


def _replace(path: Path, content: bytes, mode: int) -> None:
    new = path.with_name(f"{path.name}.new")
    # What was left of a run that was ended may be open to others.
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    new.replace(path)
