"""`tidegate serve`: what its flags become, and what it says."""

import io
import shlex

import pytest

from tidegate.cli.serve import announce, first_message, parse
from tidegate.server.root_access import RootAccess
from tidegate.server.settings import OPTIONS, load

ENDPOINT = "http://127.0.0.1:4566"
REAL_KEY = {"TIDEGATE_CREDENTIALS": "AKID:hush-hush:123456789012"}


def test_flags_that_were_not_given_are_left_to_other_places() -> None:
    assert parse([]) == {}
    assert parse(["--port", "0", "--data", "/srv"]) == {"port": "0", "data": "/srv"}
    assert parse(["--config", "tidegate.toml"]) == {"config": "tidegate.toml"}


def test_switch_is_on_by_its_name_alone() -> None:
    assert load(parse(["--aws-quotas"]), {}).aws_quotas
    assert not load(parse(["--aws-quotas", "false"]), {"TIDEGATE_AWS_QUOTAS": "true"}).aws_quotas


def test_every_option_but_secrets_has_a_flag() -> None:
    for option in OPTIONS:
        if not option.is_secret:
            assert parse([option.flag, "x"]) == {option.name: "x"}
    for secret in ("--credentials", "--root-key"):
        with pytest.raises(SystemExit):
            parse([secret, "x"])


@pytest.mark.parametrize("wrong", ["--prot", "--por", "extra"])
def test_unknown_flag_is_named(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([wrong, "1"])
    assert ended.value.code == 2
    assert wrong in capsys.readouterr().err


def test_help_shows_every_flag_and_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    for option in OPTIONS:
        if option.has_flag:
            assert option.flag in said
    assert "(default: 4566)" in said
    assert "examples:" in said


def test_start_shows_endpoint_development_key_and_account() -> None:
    out = io.StringIO()
    announce(load({}, {}), ENDPOINT, None, out)
    said = out.getvalue()
    assert f"on {ENDPOINT}\n" in said
    assert "access key test, secret key test, account 000000000000" in said
    for line in first_message(load({}, {}), ENDPOINT):
        assert line in said


def test_first_message_takes_three_lines_that_a_shell_can_read() -> None:
    lines = first_message(load({}, {}), ENDPOINT)
    assert len(lines) == 3
    exported = dict(item.split("=", 1) for item in shlex.split(lines[0])[1:])
    assert all(f"--endpoint-url {ENDPOINT} " in line for line in lines[1:])
    assert (exported["AWS_ACCESS_KEY_ID"], exported["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")


def test_configured_secret_is_not_shown() -> None:
    out = io.StringIO()
    announce(load({"host": "0.0.0.0"}, REAL_KEY), ENDPOINT, None, out)
    said = out.getvalue()
    assert "AKID" in said
    assert "hush-hush" not in said
    assert "Development key" not in said


def test_a_new_key_of_the_root_is_shown() -> None:
    out = io.StringIO()
    access = RootAccess("111122223333", "AKIA1", "only-now")
    announce(load({"host": "0.0.0.0"}, {}), ENDPOINT, access, out)
    said = out.getvalue()
    assert "account 111122223333" in said
    assert "access key AKIA1" in said
    assert "secret key only-now" in said
    assert "AWS_SECRET_ACCESS_KEY=only-now" in said
    assert "only-now" not in repr(access)


def test_at_a_later_start_the_key_is_for_the_user_to_fill_in() -> None:
    lines = first_message(load({"host": "0.0.0.0"}, {}), ENDPOINT)
    assert "AWS_SECRET_ACCESS_KEY='<its secret key>'" in lines[0]
