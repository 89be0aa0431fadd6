"""What a listener shows its clients: certificate and key, read from files, and again on a change.

Each reading makes a new SSLContext; `current` is the last one that worked.  A handshake takes
the context that is current when it begins, a connection keeps the one that it began with; so what
is renewed concerns nobody who is connected.  Session tickets of an earlier context are of no use
with a later one, so no client resumes what an authority that was taken out had let in.
"""

import logging
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

_OTHERS: Final = 0o007
_GROUP: Final = 0o070


class UnusableCertificate(Exception):
    """No TLS can be spoken with these files.  The text names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """The files of a listener that speaks TLS, all PEM, and whom it lets in."""

    certificate: Path
    """The certificate, with those of the authorities between it and the root after it."""
    key: Path
    client_ca: Path | None = None
    """Authorities whose clients' certificates are taken; None asks for none."""
    client_required: bool = False
    """Whether a client without a certificate is turned away."""
    plain_http: bool = False
    """Whether the port takes HTTP without TLS as well."""

    @property
    def files(self) -> tuple[Path, ...]:
        given = (self.certificate, self.key, self.client_ca)
        return tuple(path for path in given if path is not None)


class Certificates:
    """The context for new handshakes.  Raises UnusableCertificate where the files do not work."""

    def __init__(self, options: TlsOptions) -> None:
        self._options = options
        self._taken = self._seen = self._look_at_files()
        self.current = load_context(options)

    def look(self) -> None:
        """Read the files again if they have changed since, and stand still now.

        A change is taken at the second look at it: what renews a certificate writes one file after
        the other, and halves do not fit.  Files that do not work are told in the log, once, and
        change nothing.
        """
        found = self._look_at_files()
        if found == self._taken:
            return
        if found != self._seen:
            self._seen = found
            return
        # What changes from here on, even while it is read, is a change again.
        self._taken = found
        try:
            self.current = load_context(self._options)
        except UnusableCertificate as error:
            logger.error("TLS goes on with the certificate from before: %s", error)
        else:
            logger.info("new connections get the certificate now in %s", self._options.certificate)

    def _look_at_files(self) -> tuple[tuple[int, ...], ...]:
        return tuple(_identity(path) for path in self._options.files)


def load_context(options: TlsOptions) -> ssl.SSLContext:
    """A context from what the files hold now.  Raises UnusableCertificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A client could have us compute without end (CVE-2011-1473), and no client of ours needs it.
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    _load_own(context, options.certificate, options.key)
    if options.client_ca is not None:
        _load_authorities(context, options.client_ca)
        required = options.client_required
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


def _load_own(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    _require(certificate, b"-----BEGIN CERTIFICATE-----", "certificate")
    _require(key, b"PRIVATE KEY-----", "private key")
    _check_mode(key)

    def never() -> str:
        raise UnusableCertificate(f"{key} is encrypted; Tidegate takes a key without a passphrase")

    try:
        # Without a function for it, OpenSSL would ask for the passphrase on the terminal.
        context.load_cert_chain(certificate, key, password=never)
    except (ssl.SSLError, OSError) as error:
        raise UnusableCertificate(
            f"{certificate} and {key} do not work together: {_reason(error)}"
        ) from None


def _load_authorities(context: ssl.SSLContext, path: Path) -> None:
    _require(path, b"-----BEGIN CERTIFICATE-----", "certificate")
    try:
        context.load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise UnusableCertificate(f"{path} does not work: {_reason(error)}") from None


def _require(path: Path, mark: bytes, what: str) -> None:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UnusableCertificate(f"cannot read {path}: {error.strerror}") from None
    if mark not in text:
        raise UnusableCertificate(f"{path} holds no {what} in PEM form")


def _check_mode(key: Path) -> None:
    mode = key.stat().st_mode
    if mode & _OTHERS:
        raise UnusableCertificate(
            f"{key} is a secret and every user of the machine may open it; run: chmod 600 {key}"
        )
    if mode & _GROUP:
        logger.warning("%s is a secret and its group may open it", key)


def _identity(path: Path) -> tuple[int, ...]:
    """Changes whenever the file does, be it written to, replaced, or given another mode."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _reason(error: OSError) -> str:
    """In OpenSSL's words, such as `key values mismatch`."""
    reason = getattr(error, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else error.strerror or "unreadable"
