"""Certificates of the test's own, and contexts for clients that trust them, or do not."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tidegate.http.certificates import TlsOptions
from tidegate.server.authority import Certificate, open_authority


class TlsFiles:
    """An authority in a directory, and a certificate by it for this machine."""

    def __init__(self, folder: Path) -> None:
        self._authority = open_authority(folder, datetime.now(UTC))
        self.ca = self._authority.path
        self.server = self.renew()

    def renew(self) -> Certificate:
        """A new certificate and key in the places of those before."""
        return self._authority.issue_server([], datetime.now(UTC))

    def client_certificate(self, name: str) -> Certificate:
        return self._authority.issue_client(name, datetime.now(UTC))

    def options(self, **more: Any) -> TlsOptions:
        return TlsOptions(self.server.path, self.server.key_path, **more)

    def flags(self) -> tuple[str, ...]:
        """For `tidegate serve`."""
        return (
            *("--tls-certificate", str(self.server.path)),
            *("--tls-key", str(self.server.key_path)),
        )

    def client(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        """For a client that trusts this authority, and shows `certificate`."""
        context = ssl.create_default_context(cafile=self.ca)
        if certificate is not None:
            context.load_cert_chain(certificate.path, certificate.key_path)
        return context


def served_serial(tls: ssl.SSLObject | ssl.SSLSocket) -> str:
    """Which certificate the server has shown."""
    certificate: dict[str, Any] = tls.getpeercert()  # type: ignore[assignment]
    return str(certificate["serialNumber"])
