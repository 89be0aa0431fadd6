"""The authority for development: what it makes, keeps and refuses."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from tidegate.server.authority import (
    AUTHORITY_DAYS,
    CERTIFICATE_DAYS,
    Authority,
    UnusableAuthority,
    is_client,
    is_host,
    open_authority,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def made(folder: Path, now: datetime = NOW) -> Authority:
    return open_authority(folder, now)


def purposes(path: Path) -> list[x509.ObjectIdentifier]:
    return list(read(path).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_keys_are_p256_and_open_to_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "certs"
    server = made(folder).issue_server([], NOW)
    for path in (folder / "ca-key.pem", server.key_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        key = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert key.curve.name == "secp256r1"
    assert sorted(path.name for path in folder.iterdir()) == [
        "ca-key.pem",
        "ca.pem",
        "server-key.pem",
        "server.pem",
    ]


def test_certificate_leads_to_the_authority(tmp_path: Path) -> None:
    authority = made(tmp_path)
    server = authority.issue_server(["queues.test", "10.0.0.5", "fd00::1"], NOW)
    read(server.path).verify_directly_issued_by(read(authority.path))
    assert server.names == ("localhost", "127.0.0.1", "::1", "queues.test", "10.0.0.5", "fd00::1")
    assert purposes(server.path) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert server.expires_at == NOW + timedelta(days=CERTIFICATE_DAYS)
    assert authority.expires_at == NOW + timedelta(days=AUTHORITY_DAYS)
    constraints = read(authority.path).extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca


def test_client_certificate_is_for_clients(tmp_path: Path) -> None:
    authority = made(tmp_path)
    client = authority.issue_client("encoder", NOW)
    assert client.path == tmp_path / "encoder.pem"
    assert purposes(client.path) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert read(client.path).subject.rfc4514_string() == "CN=encoder"
    read(client.path).verify_directly_issued_by(read(authority.path))


def test_authority_is_kept_and_the_certificate_renewed(tmp_path: Path) -> None:
    first = made(tmp_path)
    assert first.is_new
    before = first.issue_server(["a.test"], NOW)
    old, ca = read(before.path), first.path.read_bytes()
    later = NOW + timedelta(days=300)
    second = made(tmp_path, later)
    assert not second.is_new
    after = second.issue_server([], later)
    assert first.path.read_bytes() == ca
    assert read(after.path).serial_number != old.serial_number
    assert read(after.path).public_key() != old.public_key()
    assert after.names == before.names
    assert after.expires_at == later + timedelta(days=CERTIFICATE_DAYS)
    read(after.path).verify_directly_issued_by(read(first.path))


def test_hosts_that_are_given_take_the_place_of_those_before(tmp_path: Path) -> None:
    authority = made(tmp_path)
    authority.issue_server(["a.test"], NOW)
    assert authority.issue_server(["b.test", "localhost"], NOW).names == (
        "localhost",
        "127.0.0.1",
        "::1",
        "b.test",
    )


def test_certificate_does_not_outlive_the_authority(tmp_path: Path) -> None:
    authority = made(tmp_path)
    late = NOW + timedelta(days=AUTHORITY_DAYS - 10)
    assert authority.issue_server([], late).expires_at == authority.expires_at


def test_expired_authority_signs_nothing(tmp_path: Path) -> None:
    made(tmp_path)
    late = NOW + timedelta(days=AUTHORITY_DAYS)
    with pytest.raises(UnusableAuthority, match="has expired"):
        made(tmp_path, late).issue_server([], late)


@pytest.mark.parametrize(("there", "missing"), [("ca", "ca-key"), ("ca-key", "ca")])
def test_half_an_authority_is_left_alone(tmp_path: Path, there: str, missing: str) -> None:
    made(tmp_path)
    (tmp_path / f"{missing}.pem").unlink()
    before = (tmp_path / f"{there}.pem").read_bytes()
    with pytest.raises(UnusableAuthority, match=f"{missing}.pem is not"):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{there}.pem"]
    assert (tmp_path / f"{there}.pem").read_bytes() == before


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("ca.pem", "holds no certificate in PEM form"),
        ("ca-key.pem", "holds no private key in PEM form"),
    ],
)
def test_damaged_authority_is_left_alone(tmp_path: Path, file: str, said: str) -> None:
    made(tmp_path)
    (tmp_path / file).write_text("secret nonsense")
    with pytest.raises(UnusableAuthority, match=said) as caught:
        made(tmp_path)
    assert "nonsense" not in str(caught.value)
    assert (tmp_path / file).read_text() == "secret nonsense"


def test_key_of_another_authority_is_told(tmp_path: Path) -> None:
    made(tmp_path / "a")
    made(tmp_path / "b")
    (tmp_path / "b" / "ca-key.pem").replace(tmp_path / "a" / "ca-key.pem")
    with pytest.raises(UnusableAuthority, match="is not the key of"):
        made(tmp_path / "a")


def test_certificate_that_is_no_authority_is_told(tmp_path: Path) -> None:
    server = made(tmp_path / "a").issue_server([], NOW)
    folder = tmp_path / "b"
    folder.mkdir()
    server.path.replace(folder / "ca.pem")
    server.key_path.replace(folder / "ca-key.pem")
    with pytest.raises(UnusableAuthority, match="no authority that signed itself"):
        made(folder)


@pytest.mark.parametrize(
    "name", ["a", "a.test", "*.a.test", "A-1.b_c.test", "10.0.0.5", "::1", "a" * 63]
)
def test_host(name: str) -> None:
    assert is_host(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "a..b", "-a", "a-", "a b", "a/b", "a:1", "*", "a.*.b", "1.2.3.256", "a" * 64),
        *("ä.test", "a\n", ".".join(["a"] * 128)),
    ],
)
def test_no_host(name: str) -> None:
    assert not is_host(name)


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        *(("encoder", True), ("a-1_b", True), ("ca", False), ("server", False), ("", False)),
        *(("../x", False), ("a.b", False), ("server-key", False), ("encoder-key", False)),
    ],
)
def test_client_names_a_file_of_its_own(name: str, fine: bool) -> None:
    assert is_client(name) is fine
