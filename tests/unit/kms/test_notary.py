"""The notary's key is made once and sealed at rest; its certificate verifies its signatures."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from key_disk import DATA, Crash, KeyDisk, opened
from tidegate.kms.errors import KeyringDamaged
from tidegate.kms.keyring import KMS
from tidegate.kms.notary import Notary
from tidegate.kms.sealing import Sealer

PATH = "/data/notary"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def notary(disk: KeyDisk) -> Notary:
    keyring = opened(disk, create=True)
    return Notary(DATA, Sealer(keyring.domain(KMS)), lambda: NOW, disk)


@pytest.fixture(scope="module")
def disk() -> KeyDisk:
    """With a notary's file on it: its key takes a while to make."""
    disk = KeyDisk()
    assert notary(disk).seal
    return disk


def copy(disk: KeyDisk) -> KeyDisk:
    return KeyDisk(disk.files)


def test_the_next_start_finds_what_the_first_made(disk: KeyDisk) -> None:
    first, second = notary(copy(disk)), notary(copy(disk))
    assert first.seal.certificate_pem == second.seal.certificate_pem
    assert first.seal.sign("2", b"text") == second.seal.sign("2", b"text")


def test_nothing_is_made_before_it_is_asked_for() -> None:
    disk = KeyDisk()
    notary(disk)
    assert PATH not in disk.files


def test_a_crash_while_it_is_made_leaves_nothing_behind() -> None:
    disk = KeyDisk()
    made = notary(disk)
    disk.crash_at = disk.changes + 1
    with pytest.raises(Crash):
        _ = made.seal
    assert PATH not in disk.files


@pytest.mark.parametrize(("version", "algorithm"), [("1", hashes.SHA1()), ("2", hashes.SHA256())])
def test_signatures_verify(disk: KeyDisk, version: str, algorithm: hashes.HashAlgorithm) -> None:
    seal = notary(copy(disk)).seal
    key = x509.load_pem_x509_certificate(seal.certificate_pem).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(seal.sign(version, b"text"))  # type: ignore[arg-type]
    key.verify(signature, b"text", padding.PKCS1v15(), algorithm)
    with pytest.raises(InvalidSignature):
        key.verify(signature, b"other", padding.PKCS1v15(), algorithm)


def test_the_certificate_has_the_name_that_validators_look_for(disk: KeyDisk) -> None:
    seal = notary(copy(disk)).seal
    assert re.fullmatch(r"SimpleNotificationService-[0-9a-f]{32}\.pem", seal.certificate_name)
    certificate = x509.load_pem_x509_certificate(seal.certificate_pem)
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    certificate.verify_directly_issued_by(certificate)


def test_the_key_is_not_in_the_clear(disk: KeyDisk) -> None:
    content = disk.files[PATH]
    assert b"PRIVATE KEY" not in content
    sealed = base64.b64decode(json.loads(content)["key"])
    assert b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" not in sealed


def changed(disk: KeyDisk, name: str, value: object) -> KeyDisk:
    content = json.loads(disk.files[PATH]) | {name: value}
    return KeyDisk(disk.files | {PATH: json.dumps(content).encode()})


@pytest.mark.parametrize(
    ("name", "value"), [("format", 2), ("certificate", "x"), ("key", "AAAA"), ("key", 5)]
)
def test_what_is_damaged_is_refused(disk: KeyDisk, name: str, value: object) -> None:
    with pytest.raises(KeyringDamaged, match=PATH):
        _ = notary(changed(disk, name, value)).seal


def test_a_key_does_not_open_beside_another_certificate(disk: KeyDisk) -> None:
    other = KeyDisk({path: disk.files[path] for path in disk.files if path != PATH})
    pem = notary(other).seal.certificate_pem.decode()
    with pytest.raises(KeyringDamaged):
        _ = notary(changed(disk, "certificate", pem)).seal


def test_a_file_of_another_keyring_is_refused(disk: KeyDisk) -> None:
    other = KeyDisk()
    opened(other, create=True)
    other.files[PATH] = disk.files[PATH]
    with pytest.raises(KeyringDamaged):
        _ = notary(other).seal
