"""`tidegate cert`: what it says, and that a server takes what it makes."""

import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.cli.cert import make, run
from tidegate.http.certificates import TlsOptions, load_context
from tidegate.server.settings import load

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_server_starts_with_the_settings_that_are_printed(tmp_path: Path) -> None:
    said = make(tmp_path / "certs", [], [], NOW)
    settings = "\n".join(re.findall(r"^  (tls_.*)$", said, re.MULTILINE))
    config = tmp_path / "tidegate.toml"
    config.write_text(settings)
    loaded = load({"config": str(config)}, {})
    assert loaded.tls_certificate == tmp_path / "certs" / "server.pem"
    assert loaded.tls_key is not None
    load_context(TlsOptions(loaded.tls_certificate, loaded.tls_key))


def test_clients_are_told_what_to_trust(tmp_path: Path) -> None:
    said = make(tmp_path, ["queues.test"], [], NOW)
    assert f"\n  export AWS_CA_BUNDLE={tmp_path}/ca.pem" in said
    assert "for localhost, 127.0.0.1, ::1, queues.test\n" in said
    assert "(made now, until 2036-02-27)" in said
    assert "(kept, until 2036-02-27)" in make(tmp_path, [], [], NOW)


def test_client_certificates_are_made_when_asked_for(tmp_path: Path) -> None:
    said = make(tmp_path, [], ["encoder", "tagger"], NOW)
    assert f'tls_client_ca = "{tmp_path}/ca.pem"' in said
    for name in ("encoder", "tagger"):
        assert f'"{tmp_path}/{name}-key.pem"' in said
        assert stat.S_IMODE((tmp_path / f"{name}-key.pem").stat().st_mode) == 0o600


def test_relative_directory_is_told_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["--host", "a.test", "10.0.0.5", "--host", "b.test"]) == 0
    said = capsys.readouterr().out
    assert f'tls_key = "{tmp_path}/certs/server-key.pem"' in said
    assert "a.test, 10.0.0.5, b.test\n" in said


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["--host", "a b"], "'a b'"), (["--client", "../x"], "'../x'"), (["--client", "ca"], "'ca'")],
)
def test_wrong_name_is_told_and_nothing_is_made(
    tmp_path: Path, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--dir", str(tmp_path / "certs"), *arguments])
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "certs").exists()


def test_half_an_authority_is_an_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, [], [], NOW)
    (tmp_path / "ca-key.pem").unlink()
    assert run(["--dir", str(tmp_path)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"tidegate: {tmp_path}/ca.pem is there and {tmp_path}/ca-key.pem is not")


def test_directory_that_cannot_be_made_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(["--dir", str(tmp_path / "file" / "certs")]) == 1
    assert "Not a directory" in capsys.readouterr().err
