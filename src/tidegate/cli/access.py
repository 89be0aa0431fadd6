"""Which server a command calls, and with which access key: from its arguments, the environment and
the settings of a server on this machine."""

import argparse
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tidegate.auth.credentials import DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_SECRET_KEY
from tidegate.base.hosts import is_loopback
from tidegate.cli.client import Client, Keys
from tidegate.kms.files import OsKeyFiles, SharedFile
from tidegate.server.setting_kinds import SettingsError
from tidegate.server.settings import load

EXPLAINED: Final = """\
Where the server is: --endpoint, else AWS_ENDPOINT_URL_IAM or AWS_ENDPOINT_URL, else the settings
that `tidegate serve` would have here. Who calls: --key and --secret-file, else AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else, on this machine, the development key.
"""


class WrongUsage(Exception):
    """The arguments or the environment do not say what is needed; the text says what."""


def common_arguments() -> argparse.ArgumentParser:
    """What every command that calls a server takes."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("the server and who calls")
    group.add_argument("--endpoint", metavar="URL", help="such as http://127.0.0.1:4566")
    group.add_argument("--key", metavar="ID", help="access key; needs --secret-file")
    group.add_argument(
        "--secret-file", metavar="FILE", type=Path, help="a file that holds the secret key alone"
    )
    group.add_argument(
        "--ca",
        metavar="FILE",
        type=Path,
        help="authorities to trust, in a PEM file (default: AWS_CA_BUNDLE, else the system's)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    return parser


def connect(given: argparse.Namespace, environment: Mapping[str, str]) -> Client:
    """The client of the server that is meant.  Raises WrongUsage."""
    endpoint = _endpoint(given.endpoint, environment)
    keys = _keys(given.key, given.secret_file, endpoint, environment)
    return Client(endpoint, keys, _trust(given.ca, endpoint, environment))


def _endpoint(given: str | None, environment: Mapping[str, str]) -> SplitResult:
    url = (
        given
        or environment.get("AWS_ENDPOINT_URL_IAM")
        or environment.get("AWS_ENDPOINT_URL")
        or _endpoint_of_settings(environment)
    )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        usable = usable and _is_plain(url)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise WrongUsage(f"the endpoint must be a URL such as http://127.0.0.1:4566, not {url!r}")
    return parts


def _endpoint_of_settings(environment: Mapping[str, str]) -> str:
    try:
        settings = load({}, environment)
    except SettingsError as error:
        raise WrongUsage(f"{error}\n(name the server with --endpoint)") from None
    # A server on all addresses has this one too.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    scheme = "http" if settings.tls_certificate is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port or 4566}"


def _keys(
    key: str | None, file: Path | None, endpoint: SplitResult, environment: Mapping[str, str]
) -> Keys:
    if (key is None) != (file is None):
        raise WrongUsage("--key and --secret-file belong together")
    if key is not None and file is not None:
        return _checked(Keys(key, _secret(file)))
    access_key = environment.get("AWS_ACCESS_KEY_ID")
    secret_key = environment.get("AWS_SECRET_ACCESS_KEY")
    if bool(access_key) != bool(secret_key):
        raise WrongUsage("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together")
    if access_key and secret_key:
        token = environment.get("AWS_SESSION_TOKEN") or None
        return _checked(Keys(access_key, secret_key, token))
    if is_loopback(endpoint.hostname or ""):
        return Keys(DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_SECRET_KEY)
    raise WrongUsage(
        f"no access key for {endpoint.geturl()}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "or give --key and --secret-file"
    )


def _checked(keys: Keys) -> Keys:
    """Keys that a header can carry."""
    if not _is_plain(keys.access_key) or not _is_plain(keys.session_token or ""):
        raise WrongUsage("access key and session token must be of printable ASCII, without blanks")
    return keys


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _secret(file: Path) -> str:
    try:
        secret = OsKeyFiles().read_private(str(file)).decode().strip()
    except SharedFile:
        raise WrongUsage(f"other users may open {file}; run: chmod 600 {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise WrongUsage(f"cannot read {file}: {reason}") from None
    if not secret:
        raise WrongUsage(f"{file} holds no secret key")
    return secret


def _trust(
    given: Path | None, endpoint: SplitResult, environment: Mapping[str, str]
) -> ssl.SSLContext | None:
    if endpoint.scheme != "https":
        return None
    bundle = given or environment.get("AWS_CA_BUNDLE") or None
    try:
        return ssl.create_default_context(cafile=bundle)
    except OSError as error:
        raise WrongUsage(f"cannot read the authorities in {bundle}: {error}") from None
