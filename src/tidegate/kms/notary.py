"""The notary: the RSA key that signs notifications, and the certificate that proves it.

The file `notary` of a data directory is JSON: {"format": 1, "certificate": PEM, "key": base64}.
The key is a PKCS #8 in DER, sealed under the keyring's domain key `kms`, bound to the certificate,
so that neither passes for another.  It is made at the first signature and kept from then on:
whoever takes the file away gets another key at the next start, and documents signed before then
verify with the old certificate only.

A signature costs 0.7 ms and more, in which Python's lock is not held: threads sign side by side.
"""

import os
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tidegate.kms.errors import KeyringDamaged, Unsealable
from tidegate.kms.files import KeyFiles, OsKeyFiles
from tidegate.kms.keyring import LOCK_NAME
from tidegate.kms.material import generate_material, load_private_key
from tidegate.kms.sealing import Sealer
from tidegate.kms.specs import KEY_SPECS

FORMAT: Final = 1
NOTARY_NAME: Final = "notary"
VALID_DAYS: Final = 7300
NAME: Final = "Tidegate notifications"
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
_FINGERPRINT_DIGITS: Final = 32
_SPEC: Final = KEY_SPECS["RSA_2048"]

SignatureVersion = Literal["1", "2"]
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {"1": hashes.SHA1(), "2": hashes.SHA256()}


class NotaryFile(msgspec.Struct, frozen=True):
    """The whole file."""

    format: int
    certificate: str
    key: bytes


class Seal:
    """A key and its certificate, ready for use."""

    __slots__ = ("_key", "certificate_name", "certificate_pem")

    def __init__(self, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.certificate_pem = certificate.public_bytes(serialization.Encoding.PEM)
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()[:_FINGERPRINT_DIGITS]
        self.certificate_name = f"SimpleNotificationService-{fingerprint}.pem"
        """The name under which AWS's validators expect it: 32 characters and `.pem`."""

    def sign(self, version: SignatureVersion, text: bytes) -> str:
        """The base64 of the signature, PKCS #1 v1.5, of SHA-1 (version 1) or SHA-256 (2)."""
        signature = self._key.sign(text, padding.PKCS1v15(), _HASHES[version])
        return b64encode(signature).decode()

    def __repr__(self) -> str:
        return f"Seal({self.certificate_name})"


class Notary:
    """The seal of a data directory; read or made when it is first asked for."""

    def __init__(
        self,
        directory: str,
        sealer: Sealer,
        now: Callable[[], datetime],
        files: KeyFiles | None = None,
    ) -> None:
        """`sealer` is of the domain key `kms`; `now` is the time in UTC."""
        self._directory = directory
        self._sealer = sealer
        self._now = now
        self._files = files or OsKeyFiles()
        self._lock = Lock()
        self._seal: Seal | None = None

    @property
    def seal(self) -> Seal:
        """Blocks for the disk the first time, and for some 100 ms more where it makes the key.
        May be called in any thread.  Raises KeysUnusable, OSError."""
        if self._seal is None:
            with self._lock:
                if self._seal is None:
                    self._seal = self._open()
        return self._seal

    def _open(self) -> Seal:
        path = os.path.join(self._directory, NOTARY_NAME)
        with self._files.alone(os.path.join(self._directory, LOCK_NAME)):
            try:
                content = self._files.read(path)
            except FileNotFoundError:
                return self._make(path)
        try:
            stored = msgspec.json.decode(content, type=NotaryFile)
            if stored.format != FORMAT:
                raise KeyringDamaged(f"{path} has format {stored.format}, not {FORMAT}.")
            certificate = x509.load_pem_x509_certificate(stored.certificate.encode())
            opened = self._sealer.open(stored.key, _associated(certificate))
            key = load_private_key(_SPEC, opened)
        except (msgspec.DecodeError, ValueError, Unsealable) as error:
            raise KeyringDamaged(
                f"{path} is damaged or belongs to another keyring: {error}. Without it a new key "
                "is made, and notifications are signed by that one."
            ) from None
        assert isinstance(key, rsa.RSAPrivateKey)
        return Seal(certificate, key)

    def _make(self, path: str) -> Seal:
        material = generate_material(_SPEC.name)
        key = load_private_key(_SPEC, material)
        assert isinstance(key, rsa.RSAPrivateKey)
        certificate = _certify(key, self._now())
        sealed = self._sealer.seal(material.reveal(), _associated(certificate))
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        content = msgspec.json.format(msgspec.json.encode(NotaryFile(FORMAT, pem, sealed))) + b"\n"
        self._files.replace(path, content)
        return Seal(certificate, key)


def _associated(certificate: x509.Certificate) -> bytes:
    return b"tidegate notary %d " % FORMAT + certificate.fingerprint(hashes.SHA256())


def _certify(key: rsa.RSAPrivateKey, now: datetime) -> x509.Certificate:
    """A certificate by the key itself: there is no authority that would be trusted with it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER_BY)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
