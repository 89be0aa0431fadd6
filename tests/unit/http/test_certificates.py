"""The files of a listener's TLS: which work, what is said of the others, and when they are read."""

import logging
import os
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tidegate.http.certificates import Certificates, UnusableCertificate, load_context
from tls_files import TlsFiles


@pytest.fixture
def files(tmp_path: Path) -> TlsFiles:
    return TlsFiles(tmp_path / "a")


@pytest.fixture
def others(tmp_path: Path) -> TlsFiles:
    return TlsFiles(tmp_path / "b")


def problem(files: TlsFiles, **more: object) -> str:
    with pytest.raises(UnusableCertificate) as caught:
        load_context(files.options(**more))
    return str(caught.value)


def test_only_tls_12_and_later_without_renegotiation(files: TlsFiles) -> None:
    context = load_context(files.options())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize(
    ("required", "mode"), [(True, ssl.CERT_REQUIRED), (False, ssl.CERT_OPTIONAL)]
)
def test_clients_are_asked_for_a_certificate(
    files: TlsFiles, required: bool, mode: ssl.VerifyMode
) -> None:
    context = load_context(files.options(client_ca=files.ca, client_required=required))
    assert context.verify_mode == mode


def test_key_of_another_certificate_is_told(files: TlsFiles, others: TlsFiles) -> None:
    os.replace(others.server.key_path, files.server.key_path)
    said = problem(files)
    assert said.endswith("do not work together: key values mismatch")
    assert str(files.server.path) in said
    assert str(files.server.key_path) in said


def test_missing_file_is_named(files: TlsFiles) -> None:
    files.server.key_path.unlink()
    assert problem(files) == f"cannot read {files.server.key_path}: No such file or directory"


def test_certificate_and_key_the_wrong_way_round_are_told(files: TlsFiles) -> None:
    key = files.server.key_path.read_bytes()
    files.server.path.write_bytes(key)
    said = problem(files)
    assert said == f"{files.server.path} holds no certificate in PEM form"


def test_damaged_certificate_is_told_without_its_content(files: TlsFiles) -> None:
    text = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"
    files.server.path.write_text(text)
    said = problem(files)
    assert "do not work together" in said
    assert "nonsense" not in said


def test_authorities_without_a_certificate_are_told(files: TlsFiles) -> None:
    said = problem(files, client_ca=files.server.key_path)
    assert said == f"{files.server.key_path} holds no certificate in PEM form"


def test_damaged_authorities_are_told(files: TlsFiles, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert problem(files, client_ca=path).startswith(f"{path} does not work: ")


def test_encrypted_key_is_refused_and_nobody_is_asked(files: TlsFiles) -> None:
    path = files.server.key_path
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    assert problem(files) == f"{path} is encrypted; Tidegate takes a key without a passphrase"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o606])
def test_key_that_everybody_may_open_is_refused(files: TlsFiles, mode: int) -> None:
    files.server.key_path.chmod(mode)
    assert problem(files).endswith(f"run: chmod 600 {files.server.key_path}")


def test_key_that_a_group_may_open_is_warned_about(
    files: TlsFiles, caplog: pytest.LogCaptureFixture
) -> None:
    files.server.key_path.chmod(0o640)
    load_context(files.options())
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(files.server.key_path) in caplog.text


class TestChanges:
    def test_files_that_stand_still_are_not_read_again(self, files: TlsFiles) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        certificates.look()
        certificates.look()
        assert certificates.current is before

    def test_change_is_taken_at_the_second_look(self, files: TlsFiles) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        files.renew()
        certificates.look()
        assert certificates.current is before
        certificates.look()
        assert certificates.current is not before

    def test_half_of_a_change_is_waited_out(
        self, files: TlsFiles, others: TlsFiles, caplog: pytest.LogCaptureFixture
    ) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        os.replace(others.server.key_path, files.server.key_path)
        certificates.look()
        os.replace(others.server.path, files.server.path)
        certificates.look()
        assert certificates.current is before
        certificates.look()
        assert certificates.current is not before
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]

    def test_files_that_do_not_work_are_told_once_and_change_nothing(
        self, files: TlsFiles, others: TlsFiles, caplog: pytest.LogCaptureFixture
    ) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        os.replace(others.server.key_path, files.server.key_path)
        for _ in range(5):
            certificates.look()
        assert certificates.current is before
        [record] = caplog.records
        assert record.levelno == logging.ERROR
        assert "key values mismatch" in record.getMessage()
        files.renew()
        certificates.look()
        certificates.look()
        assert certificates.current is not before

    def test_files_that_are_gone_change_nothing(
        self, files: TlsFiles, caplog: pytest.LogCaptureFixture
    ) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        files.server.path.unlink()
        for _ in range(3):
            certificates.look()
        assert certificates.current is before
        assert "No such file or directory" in caplog.text

    def test_mode_that_is_mended_is_a_change(self, files: TlsFiles) -> None:
        certificates = Certificates(files.options())
        before = certificates.current
        files.server.key_path.chmod(0o644)
        certificates.look()
        certificates.look()
        assert certificates.current is before
        files.server.key_path.chmod(0o600)
        certificates.look()
        certificates.look()
        assert certificates.current is not before

    def test_other_directory_behind_a_link_is_a_change(
        self, files: TlsFiles, others: TlsFiles, tmp_path: Path
    ) -> None:
        """So Kubernetes changes a secret that is mounted, at once for all its files."""
        link = tmp_path / "..data"
        link.symlink_to(files.server.path.parent)
        options = files.options()
        certificates = Certificates(
            type(options)(link / options.certificate.name, link / options.key.name)
        )
        before = certificates.current
        new = tmp_path / "..new"
        new.symlink_to(others.server.path.parent)
        new.replace(link)
        certificates.look()
        certificates.look()
        assert certificates.current is not before

    def test_authorities_of_clients_are_read_again(self, files: TlsFiles, others: TlsFiles) -> None:
        certificates = Certificates(files.options(client_ca=files.ca))
        before = certificates.current.get_ca_certs()
        os.replace(others.ca, files.ca)
        certificates.look()
        certificates.look()
        assert certificates.current.get_ca_certs() != before
