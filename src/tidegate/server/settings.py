"""The settings of a server: one table of options, read from flags, environment, file and defaults.

An option has one name everywhere: `max_body_bytes` in the TOML file is `TIDEGATE_MAX_BODY_BYTES` in
the environment and `--max-body-bytes` on the command line.  A flag wins over the environment, the
environment over the file, the file over the default.  What is unknown, malformed or contradictory
is a SettingsError that names the setting and the place it came from.

Secret keys come from the file or the environment only; a command line shows in every list of
processes.  The root key, which opens what the data directory holds, comes from no file of settings
either: both are easily kept in one place.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.auth.credentials import (
    DEVELOPMENT_ACCESS_KEY,
    DEVELOPMENT_ACCOUNT,
    DEVELOPMENT_SECRET_KEY,
    AccessKey,
    is_account,
)
from tidegate.base.hosts import is_loopback
from tidegate.http.networks import default_networks
from tidegate.kms.secret import Secret
from tidegate.server.delivery_settings import (
    DELIVERY_OPTIONS,
    DeliverySettings,
    check_deliveries,
)
from tidegate.server.setting_kinds import (
    ENVIRONMENT_PREFIX,
    Choice,
    Keys,
    Option,
    Place,
    SecretText,
    SettingsError,
    Switch,
    Text,
    Whole,
)

CONFIG_VARIABLE = "TIDEGATE_CONFIG"

_MIB = 1024 * 1024


class Settings(DeliverySettings, frozen=True):
    """Everything that `tidegate serve` can be told; the meaning of each stands in OPTIONS."""

    host: str
    port: int
    data: Path
    queue_url_base: str | None
    queue_url_domain: str | None
    credentials: tuple[AccessKey, ...]
    """The configured keys, without the development key."""
    development_keys: bool
    account: str
    tls_certificate: Path | None
    """None for a server without TLS; then the other four say nothing."""
    tls_key: Path | None
    tls_client_ca: Path | None
    tls_client_required: bool
    plain_http: bool
    aws_quotas: bool
    sync: str
    segment_size_bytes: int
    max_body_bytes: int
    max_connections: int
    idle_timeout_s: int
    head_timeout_s: int
    body_timeout_s: int
    drain_timeout_s: int
    log_format: str
    log_level: str
    root_key_file: Path | None
    """At most one of these three is given; without any, the file stands in the data directory."""
    root_key: Secret | None
    root_key_command: str | None
    audit: str
    """`off`, `management` or `all`."""
    audit_file: Path
    audit_file_size_bytes: int
    audit_files_kept: int


# --- The table ------------------------------------------------------------------------------------


def _check_base(text: str) -> str | None:
    if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", text):
        return "must be a URL such as https://queues.example.com"
    return None


def _check_domain(text: str) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", text):
        return "must be a domain such as example.com, with a port if need be"
    return None


OPTIONS: tuple[Option, ...] = (
    Option("host", Text("ADDRESS"), "127.0.0.1", "address to listen on", "Where"),
    Option("port", Whole("PORT", 0, 65_535), 4566, "port; 0 picks a free one", "Where"),
    Option("data", Place("DIR"), Path("data"), "directory of the data, made if missing", "Where"),
    Option(
        "queue_url_base",
        Text("URL", _check_base),
        None,
        "public address of queue URLs, such as https://queues.example.com "
        "(default: the address that each client used)",
        "Queue URLs",
    ),
    Option(
        "queue_url_domain",
        Text("DOMAIN", _check_domain),
        None,
        "gives queue URLs AWS's form, sqs.<region>.DOMAIN",
        "Queue URLs",
    ),
    Option(
        "credentials",
        Keys(),
        (),
        "access keys: in the file [[credentials]] with access_key, secret_key and account",
        "Who may call",
        has_flag=False,
    ),
    Option(
        "development_keys",
        Switch(),
        None,
        "accept test/test, and any 12 digits with the secret test as the root of that account "
        "(default: on when listening on loopback, and allowed only there)",
        "Who may call",
    ),
    Option(
        "account",
        Text("ACCOUNT", lambda text: None if is_account(text) else "must be 12 digits"),
        DEVELOPMENT_ACCOUNT,
        "account whose root gets an access key at the first start, where there are neither "
        "development_keys nor credentials",
        "Who may call",
    ),
    Option(
        "tls_certificate",
        Place("FILE"),
        None,
        "PEM file with the server's certificate and those between it and its root; the port then "
        "speaks TLS (`tidegate cert` makes one for development)",
        "TLS",
    ),
    Option("tls_key", Place("FILE"), None, "PEM file with the certificate's private key", "TLS"),
    Option(
        "tls_client_ca",
        Place("FILE"),
        None,
        "PEM file with the authorities of clients' certificates, which are then asked for",
        "TLS",
    ),
    Option(
        "tls_client_required", Switch(), False, "turn clients without a certificate away", "TLS"
    ),
    Option(
        "plain_http",
        Switch(),
        None,
        "take HTTP without TLS as well, on the same port (default: only without a certificate)",
        "TLS",
    ),
    Option(
        "root_key_file",
        Place("FILE"),
        None,
        "file with the root key, which opens all that is encrypted in the data directory; made if "
        "missing when that is new (default: root.key in the data directory)",
        "Encryption",
    ),
    Option(
        "root_key",
        SecretText("KEY"),
        None,
        "the root key itself, the base64 of 32 bytes; in the environment only",
        "Encryption",
        has_flag=False,
        in_file=False,
    ),
    Option(
        "root_key_command",
        Text("COMMAND"),
        None,
        "command that prints the root key, run without a shell",
        "Encryption",
    ),
    Option("aws_quotas", Switch(), False, "throttle as AWS does", "Behaviour"),
    Option(
        "sync",
        Choice("auto", "inline", "thread"),
        "auto",
        "where the log is synced: inline for disks that sync in a fraction of a millisecond, in a "
        "thread for others; auto measures",
        "Storage",
    ),
    Option(
        "segment_size_bytes",
        Whole("BYTES", 16 * _MIB, 64 * _MIB),
        32 * _MIB,
        "size of the files that the log is cut into",
        "Storage",
    ),
    Option(
        "max_body_bytes",
        Whole("BYTES", 2 * _MIB, 256 * _MIB),
        8 * _MIB,
        "largest request body",
        "Limits",
    ),
    Option(
        "max_connections",
        Whole("N", 1, 1_000_000),
        20_000,
        "connections at the same time",
        "Limits",
    ),
    Option(
        "idle_timeout_s",
        Whole("SECONDS", 1, 86_400),
        75,
        "how long a connection may stay open without a request",
        "Limits",
    ),
    Option(
        "head_timeout_s",
        Whole("SECONDS", 1, 3_600),
        20,
        "how long the head of a request may take to arrive",
        "Limits",
    ),
    Option(
        "body_timeout_s",
        Whole("SECONDS", 1, 3_600),
        90,
        "how long the body of a request may take to arrive",
        "Limits",
    ),
    Option(
        "drain_timeout_s",
        Whole("SECONDS", 0, 3_600),
        30,
        "how long requests under way may take to finish when the server stops",
        "Limits",
    ),
    Option(
        "log_format",
        Choice("auto", "human", "json"),
        "auto",
        "form of the log on stderr; auto: human on a terminal, JSON lines otherwise",
        "Logging",
    ),
    Option(
        "log_level",
        Choice("debug", "info", "warning", "error"),
        "info",
        "least level to log",
        "Logging",
    ),
    Option(
        "audit",
        Choice("off", "management", "all"),
        "management",
        "what the audit trail records: control operations, or all with those on messages",
        "Audit",
    ),
    Option(
        "audit_file",
        Place("FILE"),
        None,
        "the audit trail (default: audit/audit.jsonl in the data directory)",
        "Audit",
    ),
    Option(
        "audit_file_size_bytes",
        Whole("BYTES", _MIB, 64 * 1024 * _MIB),
        64 * _MIB,
        "size at which the file is full and the next one begun",
        "Audit",
    ),
    Option(
        "audit_files_kept",
        Whole("N", 0, 10_000),
        15,
        "full files of the audit trail that are kept",
        "Audit",
    ),
    *DELIVERY_OPTIONS,
)

_BY_NAME = {option.name: option for option in OPTIONS}


# --- Loading -------------------------------------------------------------------------------------


class _Given(msgspec.Struct):
    """Values as they were found, and for each the place that an error can name."""

    values: dict[str, Any] = msgspec.field(default_factory=dict)
    places: dict[str, str] = msgspec.field(default_factory=dict)

    def put(
        self, option: Option, read: Callable[[Any], Any], value: object, called: str, place: str
    ) -> None:
        """Take a value under the name that its place has for it; raises SettingsError."""
        try:
            self.values[option.name] = read(value)
        except ValueError as error:
            found = "" if option.is_secret else f", not {value!r}"
            raise SettingsError(f"{called} {error}{found} ({place})") from None
        self.places[option.name] = place


def load(flags: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """The settings from flags (by option name, `config` for the file) and the environment.

    Raises SettingsError; a secret never shows in its text.
    """
    given = _Given()
    config = flags.get("config") or environment.get(CONFIG_VARIABLE)
    if config:
        _read_file(Path(config), given)
    _read_environment(environment, given)
    for name, text in flags.items():
        if name != "config":
            option = _BY_NAME[name]
            given.put(option, option.kind.from_text, text, option.flag, "on the command line")
    values = {option.name: option.default for option in OPTIONS} | given.values
    return _checked(values, given.places)


def _read_file(path: Path, given: _Given) -> None:
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            table = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from None
    for name, value in table.items():
        option = _BY_NAME.get(name)
        if option is None:
            raise SettingsError(f"unknown setting {name!r} in {path}{_suggestion(name, _BY_NAME)}")
        if not option.in_file:
            raise SettingsError(
                f"{name} does not belong into {path}; set {option.variable} in the environment"
            )
        given.put(option, option.kind.from_toml, value, name, f"in {path}")
    if mode & 0o077 and any(_BY_NAME[name].is_secret for name in table):
        raise SettingsError(
            f"{path} holds secret keys and other users may open it; run: chmod 600 {path}"
        )


def _read_environment(environment: Mapping[str, str], given: _Given) -> None:
    by_variable = {option.variable: option for option in OPTIONS}
    for variable, text in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == CONFIG_VARIABLE:
            continue
        if not text or _is_of_kubernetes(variable, text):
            continue  # an empty variable is how compose files leave one out
        option = by_variable.get(variable)
        if option is None:
            raise SettingsError(
                f"unknown setting {variable} in the environment{_suggestion(variable, by_variable)}"
            )
        given.put(option, option.kind.from_text, text, variable, "in the environment")


def _is_of_kubernetes(variable: str, text: str) -> bool:
    """True for what Kubernetes sets in each pod beside a service that is called `tidegate`:
    TIDEGATE_SERVICE_HOST, TIDEGATE_PORT=tcp://..., TIDEGATE_PORT_4566_TCP_ADDR and the like.

    https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    """
    rest = variable.removeprefix(ENVIRONMENT_PREFIX)
    return bool(
        re.fullmatch(r"(.*_)?SERVICE_(HOST|PORT(_.*)?)", rest)
        or re.fullmatch(r"(.*_)?PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?", rest)
        or (re.fullmatch(r"(.*_)?PORT", rest) and "://" in text)
    )


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


# --- What fits together --------------------------------------------------------------------------


def _checked(values: dict[str, Any], places: Mapping[str, str]) -> Settings:
    if values["queue_url_base"] and values["queue_url_domain"]:
        raise SettingsError(
            f"queue_url_base ({places['queue_url_base']}) and queue_url_domain "
            f"({places['queue_url_domain']}) contradict each other; give one of them"
        )
    loopback = is_loopback(values["host"])
    if values["development_keys"] is None:
        values["development_keys"] = loopback
    elif values["development_keys"] and not loopback:
        raise SettingsError(
            f"development_keys ({places['development_keys']}) is allowed on loopback only, since "
            f"everybody knows that key, and host ({places['host']}) is {values['host']}. Without "
            "it the first start makes an access key for the root of the account and shows it; "
            f"`tidegate root-key --data {values['data']}` makes one at any time"
        )
    _check_tls(values, places)
    _check_root_key(places)
    check_deliveries(values, places, smtp_is_here=is_loopback(values["smtp_host"] or ""))
    if values["allowed_networks"] is None:
        values["allowed_networks"] = default_networks(listens_on_loopback=loopback).given
    if values["audit_file"] is None:
        values["audit_file"] = values["data"] / "audit" / "audit.jsonl"
    settings = Settings(**values)
    if not loopback:
        _require_real_keys(settings)
    return settings


def _check_tls(values: dict[str, Any], places: Mapping[str, str]) -> None:
    """What belongs to TLS is there as a whole, or not at all."""
    has_tls = values["tls_certificate"] is not None
    if has_tls != (values["tls_key"] is not None):
        given, missing = ("certificate", "key") if has_tls else ("key", "certificate")
        raise SettingsError(f"tls_{given} ({places[f'tls_{given}']}) needs tls_{missing} beside it")
    for name, needed in (
        ("tls_client_ca", "tls_certificate"),
        ("tls_client_required", "tls_client_ca"),
    ):
        if values[name] and values[needed] is None:
            raise SettingsError(f"{name} ({places[name]}) needs {needed} beside it")
    if values["plain_http"] is None:
        values["plain_http"] = not has_tls
    elif not values["plain_http"] and not has_tls:
        raise SettingsError(
            f"plain_http ({places['plain_http']}) is off and there is no tls_certificate, so the "
            "port would speak nothing"
        )
    elif values["plain_http"] and values["tls_client_required"]:
        raise SettingsError(
            f"tls_client_required ({places['tls_client_required']}) and plain_http "
            f"({places['plain_http']}) contradict each other: without TLS no client shows a "
            "certificate"
        )


def _check_root_key(places: Mapping[str, str]) -> None:
    """The root key has one source."""
    given = [name for name in places if name.startswith("root_key")]
    if len(given) > 1:
        first, second = given[:2]
        raise SettingsError(
            f"{first} ({places[first]}) and {second} ({places[second]}) contradict each other; "
            "the root key has one source"
        )


def _require_real_keys(settings: Settings) -> None:
    for key in settings.credentials:
        if (key.principal.access_key, key.secret) == (
            DEVELOPMENT_ACCESS_KEY,
            DEVELOPMENT_SECRET_KEY.encode(),
        ):
            raise SettingsError(
                f"credentials hold the development key, which everybody knows, and {settings.host} "
                "is not loopback; choose another key"
            )
