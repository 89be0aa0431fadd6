"""Which server a command calls, and who it says it is."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import pytest

from tidegate.cli.access import WrongUsage, common_arguments, connect
from tidegate.cli.client import Client

KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "secret"}


def client(*arguments: str, environment: Mapping[str, str] | None = None) -> Client:
    parser = argparse.ArgumentParser(parents=[common_arguments()])
    return connect(parser.parse_args(arguments), environment or {})


def endpoint(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    return client(*arguments, environment=environment)._endpoint.geturl()


def problem(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    with pytest.raises(WrongUsage) as caught:
        client(*arguments, environment=environment)
    return str(caught.value)


class TestEndpoint:
    def test_without_anything_it_is_the_default_of_serve(self) -> None:
        assert endpoint() == "http://127.0.0.1:4566"

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ({"TIDEGATE_PORT": "5000"}, "http://127.0.0.1:5000"),
            ({"TIDEGATE_HOST": "::1"}, "http://[::1]:4566"),
            ({"TIDEGATE_PORT": "0"}, "http://127.0.0.1:4566"),
            (
                {"TIDEGATE_TLS_CERTIFICATE": "c.pem", "TIDEGATE_TLS_KEY": "k.pem"},
                "https://127.0.0.1:4566",
            ),
            (
                {"TIDEGATE_HOST": "0.0.0.0", "TIDEGATE_CREDENTIALS": "a:b:123456789012", **KEYS},
                "http://127.0.0.1:4566",
            ),
        ],
    )
    def test_settings_of_a_server_here_say_where_it_is(
        self, settings: dict[str, str], expected: str
    ) -> None:
        assert endpoint(environment=settings) == expected

    def test_flag_wins_over_awss_variables(self) -> None:
        variables = {"AWS_ENDPOINT_URL_IAM": "http://a:1", "AWS_ENDPOINT_URL": "http://b:2", **KEYS}
        assert endpoint("--endpoint", "http://c:3", environment=variables) == "http://c:3"
        assert endpoint(environment=variables) == "http://a:1"
        del variables["AWS_ENDPOINT_URL_IAM"]
        assert endpoint(environment=variables) == "http://b:2"

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://a",
            "localhost:4566",
            "http://",
            "http://a:b",
            "http://a?b",
            "http://a:0",
            "x",
            "http://a/b c",
        ],
    )
    def test_what_is_no_url_is_refused(self, url: str) -> None:
        assert problem("--endpoint", url) == (
            f"the endpoint must be a URL such as http://127.0.0.1:4566, not {url!r}"
        )

    def test_settings_that_do_not_fit_are_told(self) -> None:
        assert problem(environment={"TIDEGATE_PORT": "x"}).endswith(
            "(name the server with --endpoint)"
        )


class TestKeys:
    def test_development_key_is_for_this_machine(self) -> None:
        assert client()._keys.access_key == "test"

    def test_another_machine_needs_a_real_one(self) -> None:
        assert problem("--endpoint", "https://queues.example.com").startswith(
            "no access key for https://queues.example.com"
        )

    def test_environment_gives_key_and_token(self) -> None:
        keys = client(environment={**KEYS, "AWS_SESSION_TOKEN": "token"})._keys
        assert (keys.access_key, keys.secret_key, keys.session_token) == (
            "AKIA1",
            "secret",
            "token",
        )

    def test_flags_win_over_the_environment_and_its_token(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.touch(0o600)
        file.write_text("from-file\n")
        environment = {**KEYS, "AWS_SESSION_TOKEN": "token"}
        keys = client("--key", "AKIA2", "--secret-file", str(file), environment=environment)._keys
        assert (keys.access_key, keys.secret_key, keys.session_token) == (
            "AKIA2",
            "from-file",
            None,
        )

    @pytest.mark.parametrize("missing", sorted(KEYS))
    def test_half_a_key_in_the_environment_is_refused(self, missing: str) -> None:
        half = {name: value for name, value in KEYS.items() if name != missing}
        assert problem(environment=half) == (
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together"
        )

    @pytest.mark.parametrize("token", ["two words", "a\nline", "\u00fc"])
    def test_token_that_no_header_can_carry_is_refused(self, token: str) -> None:
        text = problem(environment={**KEYS, "AWS_SESSION_TOKEN": token})
        assert text == "access key and session token must be of printable ASCII, without blanks"

    def test_half_a_key_in_flags_is_refused(self) -> None:
        assert problem("--key", "AKIA1") == "--key and --secret-file belong together"

    def test_secret_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("a-secret")
        file.chmod(0o644)
        text = problem("--key", "AKIA1", "--secret-file", str(file))
        assert text == f"other users may open {file}; run: chmod 600 {file}"

    @pytest.mark.parametrize(
        ("content", "why"), [(b" \n", "holds no secret key"), (b"\xff", "it is no text")]
    )
    def test_file_without_a_secret_is_refused(
        self, tmp_path: Path, content: bytes, why: str
    ) -> None:
        file = tmp_path / "secret"
        file.touch(0o600)
        file.write_bytes(content)
        assert why in problem("--key", "AKIA1", "--secret-file", str(file))

    def test_missing_file_is_told(self) -> None:
        assert problem("--key", "AKIA1", "--secret-file", "/does/not/exist") == (
            "cannot read /does/not/exist: No such file or directory"
        )


class TestTrust:
    def test_missing_authorities_are_told(self) -> None:
        text = problem("--endpoint", "https://127.0.0.1:1", "--ca", "/does/not/exist")
        assert text.startswith("cannot read the authorities in /does/not/exist: ")

    def test_plain_http_trusts_nobody(self) -> None:
        assert client("--ca", "/does/not/exist")._trust is None
