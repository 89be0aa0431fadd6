"""Settings: which place wins, and what each mistake says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tidegate.base.hosts import is_loopback
from tidegate.server.setting_kinds import SettingsError
from tidegate.server.settings import OPTIONS, Settings, load

KEY = '[[credentials]]\naccess_key = "AKID"\nsecret_key = "a-secret"\naccount = "123456789012"\n'
KEY_VARIABLE = {"TIDEGATE_CREDENTIALS": "AKID:a-secret:123456789012"}


def problem(
    flags: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
) -> str:
    with pytest.raises(SettingsError) as caught:
        load(flags or {}, environment or {})
    return str(caught.value)


def written(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "tidegate.toml"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_defaults_are_for_this_machine_alone() -> None:
    settings = load({}, {})
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 4566, Path("data"))
    assert settings.development_keys
    assert settings.credentials == ()
    assert not settings.aws_quotas


def test_table_and_struct_name_the_same_settings() -> None:
    assert {option.name for option in OPTIONS} == set(Settings.__struct_fields__)


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.default])
def test_default_is_a_value_that_the_option_takes(option) -> None:
    default = str(option.default) if isinstance(option.default, Path) else option.default
    assert option.kind.from_toml(default) == option.default


def test_flag_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    config = written(tmp_path, "port = 1\nidle_timeout_s = 2\nmax_connections = 3\n")
    settings = load(
        {"config": config, "port": "10"},
        {"TIDEGATE_PORT": "20", "TIDEGATE_IDLE_TIMEOUT_S": "21"},
    )
    assert (settings.port, settings.idle_timeout_s, settings.max_connections) == (10, 21, 3)
    assert settings.body_timeout_s == 90


def test_file_may_be_named_in_the_environment(tmp_path: Path) -> None:
    config = written(tmp_path, 'aws_quotas = true\ndata = "/srv/queues"\n')
    settings = load({}, {"TIDEGATE_CONFIG": config})
    assert settings.aws_quotas
    assert settings.data == Path("/srv/queues")


def test_credentials_from_file_and_environment_are_the_same(tmp_path: Path) -> None:
    from_file = load({"config": written(tmp_path, KEY)}, {}).credentials
    from_environment = load({}, KEY_VARIABLE).credentials
    for keys in (from_file, from_environment):
        assert [(key.principal.access_key, key.secret, key.principal.account) for key in keys] == [
            ("AKID", b"a-secret", "123456789012")
        ]


def test_secret_in_the_environment_may_hold_colons() -> None:
    keys = load(
        {}, {"TIDEGATE_CREDENTIALS": "A:se:cr:et:111122223333 B:x:444455556666"}
    ).credentials
    assert [key.secret for key in keys] == [b"se:cr:et", b"x"]


def test_empty_variable_is_no_setting() -> None:
    assert load({}, {"TIDEGATE_QUEUE_URL_BASE": ""}).queue_url_base is None


# --- Mistakes ------------------------------------------------------------------------------------


def test_unknown_setting_in_the_file(tmp_path: Path) -> None:
    config = written(tmp_path, "prot = 4566\n")
    assert problem({"config": config}) == f"unknown setting 'prot' in {config}; did you mean port?"


def test_unknown_setting_in_the_environment() -> None:
    assert problem({}, {"TIDEGATE_PROT": "1"}) == (
        "unknown setting TIDEGATE_PROT in the environment; did you mean TIDEGATE_PORT?"
    )


def test_variables_that_kubernetes_sets_for_a_service_are_no_settings() -> None:
    settings = load(
        {},
        {
            "TIDEGATE_SERVICE_HOST": "10.0.0.11",
            "TIDEGATE_SERVICE_PORT": "4566",
            "TIDEGATE_SERVICE_PORT_HTTP": "4566",
            "TIDEGATE_PORT": "tcp://10.0.0.11:4566",
            "TIDEGATE_PORT_4566_TCP": "tcp://10.0.0.11:4566",
            "TIDEGATE_PORT_4566_TCP_PROTO": "tcp",
            "TIDEGATE_PORT_4566_TCP_PORT": "4566",
            "TIDEGATE_PORT_4566_TCP_ADDR": "10.0.0.11",
            "TIDEGATE_WRITER_PORT": "tcp://10.0.0.12:4566",
        },
    )
    assert settings.port == 4566


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("port", "65536", "--port must be a whole number from 0 to 65535, not '65536'"),
        ("port", "http", "--port must be a whole number from 0 to 65535, not 'http'"),
        ("port", "-1", "--port must be a whole number"),
        ("port", "9" * 5000, "--port must be a whole number"),
        ("sync", "never", "--sync must be one of auto, inline, thread, not 'never'"),
        ("aws_quotas", "maybe", "--aws-quotas must be true or false, not 'maybe'"),
        ("host", "", "--host must be a text that is not empty"),
        ("queue_url_base", "queues.example.com", "--queue-url-base must be a URL such as"),
        ("queue_url_domain", "https://x", "--queue-url-domain must be a domain such as"),
    ],
)
def test_malformed_flag(name: str, text: str, expected: str) -> None:
    said = problem({name: text})
    assert said.startswith(expected)
    assert said.endswith("(on the command line)")


def test_malformed_variable() -> None:
    assert problem({}, {"TIDEGATE_LOG_LEVEL": "loud"}) == (
        "TIDEGATE_LOG_LEVEL must be one of debug, info, warning, error, not 'loud' "
        "(in the environment)"
    )


@pytest.mark.parametrize(
    "line", ['port = "4566"', "port = true", "port = 4566.0", "aws_quotas = 1", "data = 1"]
)
def test_wrong_type_in_the_file(tmp_path: Path, line: str) -> None:
    config = written(tmp_path, line)
    said = problem({"config": config})
    assert said.startswith(line.split()[0] + " must be")
    assert said.endswith(f"(in {config})")


def test_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    assert "No such file" in problem({"config": str(tmp_path / "none.toml")})
    assert "is no TOML" in problem({"config": written(tmp_path, "port 4566")})
    (tmp_path / "tidegate.toml").write_bytes(b"\xff")
    assert "is no TOML" in problem({"config": str(tmp_path / "tidegate.toml")})


def test_contradiction_names_both_settings_and_their_places(tmp_path: Path) -> None:
    config = written(tmp_path, 'queue_url_base = "https://queues.example.com"\n')
    said = problem({"config": config}, {"TIDEGATE_QUEUE_URL_DOMAIN": "example.com"})
    assert f"queue_url_base (in {config})" in said
    assert "queue_url_domain (in the environment)" in said


@pytest.mark.parametrize(
    "entry",
    [
        {"access_key": "AKID", "secret_key": "hush-hush"},
        {"access_key": "AKID", "secret_key": "hush-hush", "account": "12"},
        {"access_key": "A/B", "secret_key": "hush-hush", "account": "123456789012"},
        {"access_key": "AKID", "secret_key": "", "account": "123456789012"},
        {"access_key": "AKID", "secret_key": "hush-hush", "account": "123456789012", "x": "y"},
    ],
)
def test_malformed_key_is_named_without_its_secret(tmp_path: Path, entry: dict[str, str]) -> None:
    lines = "\n".join(f'{name} = "{value}"' for name, value in entry.items())
    said = problem({"config": written(tmp_path, f"[[credentials]]\n{lines}\n")})
    assert said.startswith("credentials entry 1")
    assert "hush-hush" not in said


def test_secret_shows_neither_in_the_settings_nor_in_an_error() -> None:
    assert "a-secret" not in repr(load({}, KEY_VARIABLE))
    assert "a-secret" not in problem({}, {"TIDEGATE_CREDENTIALS": "a-secret"})


def test_same_access_key_twice() -> None:
    twice = "A:x:111122223333,A:y:111122223333"
    assert "hold the access key 'A' twice" in problem({}, {"TIDEGATE_CREDENTIALS": twice})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_file_with_secrets_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    config = written(tmp_path, KEY, mode)
    assert f"chmod 600 {config}" in problem({"config": config})


def test_file_without_secrets_may_be_open(tmp_path: Path) -> None:
    assert load({"config": written(tmp_path, "port = 1", 0o644)}, {}).port == 1


# --- What leaves the server ----------------------------------------------------------------------

MAIL = {"smtp_host": "mail.example", "smtp_from": "Alerts <alerts@example.com>"}
PASSWORD = {"TIDEGATE_SMTP_PASSWORD": "hush-hush"}


def test_mails_and_sms_stay_here_unless_a_way_for_them_is_named() -> None:
    settings = load({}, {})
    assert (settings.smtp_host, settings.sms_gateway_url) == (None, None)
    assert (settings.lambda_endpoint, settings.firehose_endpoint) == (None, None)


def test_accounts_are_in_the_sms_sandbox_where_that_is_set() -> None:
    assert load({}, {}).sms_sandbox is False
    assert load({}, {"TIDEGATE_SMS_SANDBOX": "true"}).sms_sandbox is True


def test_secrets_of_deliveries_show_nowhere(tmp_path: Path) -> None:
    secrets = {
        "TIDEGATE_SMTP_PASSWORD": "hush-hush",
        "TIDEGATE_SMS_GATEWAY_URL": "https://sms.example/send?key=hush-hush&to={phone}",
        "TIDEGATE_SMS_GATEWAY_HEADERS": '{"authorization": "hush-hush"}',
        "TIDEGATE_FUNCTIONS_SECRET_KEY": "hush-hush",
    }
    flags = MAIL | {"smtp_user": "tide", "functions_access_key": "AKID"}
    settings = load(flags, secrets)
    assert settings.smtp_password is not None
    assert settings.smtp_password.reveal() == b"hush-hush"
    assert "hush-hush" not in repr(settings)
    for name in ("sms_gateway_url", "sms_gateway_headers"):
        assert "hush" not in problem({}, {f"TIDEGATE_{name.upper()}": "hush-hush"})


def test_any_secret_in_a_file_that_others_may_open_is_refused(tmp_path: Path) -> None:
    text = 'smtp_password = "x"\nsmtp_user = "tide"\nsmtp_host = "h"\nsmtp_from = "a@b.c"\n'
    config = written(tmp_path, text, 0o644)
    assert f"chmod 600 {config}" in problem({"config": config})
    assert load({"config": written(tmp_path, text)}, {}).smtp_user == "tide"


@pytest.mark.parametrize(
    ("flags", "environment", "said"),
    [
        ({"smtp_host": "h"}, {}, "smtp_host (on the command line) needs smtp_from beside it"),
        ({"smtp_user": "u"}, PASSWORD, "smtp_user (on the command line) needs smtp_host"),
        (MAIL | {"smtp_user": "u"}, {}, "smtp_user (on the command line) needs smtp_password"),
        (MAIL, PASSWORD, "smtp_password (in the environment) needs smtp_user beside it"),
        (
            MAIL | {"smtp_user": "u", "smtp_tls": "off"},
            PASSWORD,
            "smtp_tls (on the command line) is off, so smtp_password would go over the network",
        ),
        (
            {},
            {"TIDEGATE_SMS_GATEWAY_HEADERS": "{}"},
            "sms_gateway_headers (in the environment) needs sms_gateway_url beside it",
        ),
        ({"functions_access_key": "A"}, {}, "functions_access_key (on the command line) needs"),
        ({"smtp_from": "nobody"}, {}, "--smtp-from must be an e-mail address such as"),
        ({"smtp_from": "a@b.c\nBcc: x@y.z"}, {}, "--smtp-from must be an e-mail address"),
        ({"sms_price_usd": "-1"}, {}, "--sms-price-usd must be an amount such as 0.0075"),
        ({"lambda_endpoint": "h:1"}, {}, "--lambda-endpoint must be a URL"),
        ({"sms_gateway_content_type": "json"}, {}, "--sms-gateway-content-type must be a media"),
        (
            {},
            {"TIDEGATE_SMS_GATEWAY_HEADERS": '{"a": "b\\r\\nc: d"}'},
            "TIDEGATE_SMS_GATEWAY_HEADERS must have values that are printable",
        ),
        (
            {},
            {"TIDEGATE_SMS_GATEWAY_HEADERS": '{"a b": "c"}'},
            "TIDEGATE_SMS_GATEWAY_HEADERS must have names that HTTP allows",
        ),
    ],
)
def test_deliveries_that_cannot_be(
    flags: Mapping[str, str], environment: Mapping[str, str], said: str
) -> None:
    assert problem(flags, environment).startswith(said)


def test_password_may_go_unencrypted_to_this_machine() -> None:
    flags = {"smtp_host": "127.0.0.1", "smtp_from": "a@b.c", "smtp_user": "u", "smtp_tls": "off"}
    assert load(flags, PASSWORD).smtp_tls == "off"


def test_function_may_be_a_part_of_the_address() -> None:
    url = "http://{function}:8080/2015-03-31/functions/function/invocations"
    assert load({"lambda_endpoint": url}, {}).lambda_endpoint == url


# --- Who may reach the server --------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)
    assert load({"host": host}, {}).development_keys


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.1.evil"])
def test_elsewhere_the_development_key_is_off(host: str) -> None:
    assert not is_loopback(host)
    for variables in ({}, KEY_VARIABLE):
        assert not load({"host": host}, variables).development_keys


def test_development_keys_are_for_loopback_only() -> None:
    said = problem({"host": "0.0.0.0", "development_keys": "true"}, KEY_VARIABLE)
    assert said.startswith("development_keys (on the command line) is allowed on loopback only")


def test_development_key_as_a_configured_key_is_no_real_key() -> None:
    said = problem({"host": "0.0.0.0"}, {"TIDEGATE_CREDENTIALS": "test:test:000000000000"})
    assert "the development key, which everybody knows" in said


def test_without_any_key_the_first_start_makes_one_for_the_root() -> None:
    for flags in ({"development_keys": "false"}, {"host": "0.0.0.0"}):
        settings = load(flags, {})
        assert not settings.development_keys
        assert settings.credentials == ()
        assert settings.account == "000000000000"


def test_the_refusal_of_the_development_key_tells_how_to_get_a_real_one() -> None:
    said = problem({"host": "0.0.0.0", "development_keys": "true", "data": "/d"})
    assert "`tidegate root-key --data /d`" in said


@pytest.mark.parametrize("account", ["1", "12345678901x", "1234567890123"])
def test_an_account_is_twelve_digits(account: str) -> None:
    assert "must be 12 digits" in problem({"account": account})


TLS = {"tls_certificate": "/c.pem", "tls_key": "/k.pem"}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            {"tls_certificate": "/c.pem"},
            "tls_certificate (on the command line) needs tls_key beside it",
        ),
        ({"tls_key": "/k.pem"}, "tls_key (on the command line) needs tls_certificate beside it"),
        (
            {"tls_client_ca": "/a.pem"},
            "tls_client_ca (on the command line) needs tls_certificate beside it",
        ),
        (
            TLS | {"tls_client_required": "true"},
            "tls_client_required (on the command line) needs tls_client_ca beside it",
        ),
        ({"plain_http": "false"}, "plain_http (on the command line) is off and there is no tls"),
        (
            TLS | {"tls_client_ca": "/a.pem", "tls_client_required": "1", "plain_http": "1"},
            "tls_client_required (on the command line) and plain_http (on the command line)",
        ),
    ],
)
def test_half_of_tls_is_a_contradiction(flags: Mapping[str, str], said: str) -> None:
    assert problem(flags).startswith(said)


def test_port_with_tls_takes_http_only_where_that_is_said() -> None:
    assert load({}, {}).plain_http
    assert not load(TLS, {}).plain_http
    assert load(TLS | {"plain_http": "true"}, {}).plain_http


def test_every_setting_stands_in_the_documentation_with_its_default() -> None:
    page = Path(__file__).parents[3] / "docs" / "settings.md"
    rows = {}
    for line in page.read_text().splitlines():
        if line.startswith("| `"):
            _, name, default, _ = line.split("|", 3)
            rows[name.strip(" `")] = default.strip(" `")
    assert set(rows) == {option.name for option in OPTIONS}
    for option in OPTIONS:
        if option.default is not None and option.default != ():
            assert rows[option.name] == str(option.default).lower()


def test_audit_trail_is_in_the_data_directory_unless_another_place_is_named() -> None:
    settings = load({"data": "/srv/queues"}, {})
    assert (settings.audit, settings.audit_file) == (
        "management",
        Path("/srv/queues/audit/audit.jsonl"),
    )
    named = load({"audit": "all"}, {"TIDEGATE_AUDIT_FILE": "/var/log/tidegate.jsonl"})
    assert (named.audit, named.audit_file) == ("all", Path("/var/log/tidegate.jsonl"))


def test_audit_trail_has_three_levels() -> None:
    assert problem({"audit": "some"}) == (
        "--audit must be one of off, management, all, not 'some' (on the command line)"
    )


# --- The root key --------------------------------------------------------------------------------

ROOT_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_root_key_may_be_a_file_a_value_or_a_command() -> None:
    assert load({"root_key_file": "/etc/key"}, {}).root_key_file == Path("/etc/key")
    value = load({}, {"TIDEGATE_ROOT_KEY": ROOT_KEY}).root_key
    assert value is not None
    assert value.reveal() == ROOT_KEY.encode()
    assert load({"root_key_command": "vault get"}, {}).root_key_command == "vault get"


def test_root_key_shows_nowhere(tmp_path: Path) -> None:
    settings = load({}, {"TIDEGATE_ROOT_KEY": ROOT_KEY})
    assert ROOT_KEY not in repr(settings)
    config = written(tmp_path, f'root_key = "{ROOT_KEY}"\n')
    assert ROOT_KEY not in problem({"config": config})


def test_root_key_is_not_taken_from_a_file_of_settings(tmp_path: Path) -> None:
    config = written(tmp_path, f'root_key = "{ROOT_KEY}"\n')
    assert problem({"config": config}) == (
        f"root_key does not belong into {config}; set TIDEGATE_ROOT_KEY in the environment"
    )


def test_root_key_has_one_source(tmp_path: Path) -> None:
    config = written(tmp_path, 'root_key_file = "/etc/key"\n')
    assert problem({"config": config}, {"TIDEGATE_ROOT_KEY": ROOT_KEY}) == (
        f"root_key_file (in {config}) and root_key (in the environment) contradict each other; the "
        "root key has one source"
    )


def test_networks_that_may_be_called_depend_on_who_may_ask(tmp_path: Path) -> None:
    assert load({}, {}).allowed_networks == ("public", "private", "loopback", "link-local")
    assert load({"host": "0.0.0.0"}, KEY_VARIABLE).allowed_networks == ("public",)
    given = load({"host": "0.0.0.0", "allowed_networks": "public, 10.0.0.0/8"}, KEY_VARIABLE)
    assert given.allowed_networks == ("public", "10.0.0.0/8")
    config = written(tmp_path, 'allowed_networks = ["private"]\n')
    assert load({"config": config}, {}).allowed_networks == ("private",)


@pytest.mark.parametrize("text", ["everything", "public,10.0.0.1/8", ",", "10.0.0.0/33"])
def test_network_that_is_none(text: str) -> None:
    found = problem({"allowed_networks": text})
    assert found.startswith("--allowed-networks must be a list")
