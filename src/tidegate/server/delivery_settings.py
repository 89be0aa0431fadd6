"""The settings of what leaves the server: HTTP calls, e-mail, SMS, mobile push, Lambda, Firehose.

Passwords, keys and whatever may hold one come from the environment, or from a file that nobody else
can read; there are no flags for them.
"""

import json
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final

import msgspec

from tidegate.http.networks import Networks
from tidegate.kms.secret import Secret
from tidegate.server.setting_kinds import (
    Choice,
    Option,
    Place,
    SecretText,
    SettingsError,
    Switch,
    Text,
    Whole,
    Words,
)

_ADDRESS: Final = re.compile(r"[^\s@<>\"\x00-\x1f\x7f]+@[A-Za-z0-9.-]+")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")


class DeliverySettings(msgspec.Struct, frozen=True):
    """What of the settings is about deliveries; the meaning of each stands in the options."""

    allowed_networks: tuple[str, ...]
    endpoint_ca: Path | None
    smtp_host: str | None
    """None: mails become files."""
    smtp_port: int
    smtp_tls: str
    """`starttls`, `tls` or `off`."""
    smtp_user: str | None
    smtp_password: Secret | None
    smtp_from: str
    mail_files_kept: int
    sms_gateway_url: Secret | None
    """None: SMS become lines of a file."""
    sms_gateway_method: str
    """`get`, `post` or `put`."""
    sms_gateway_content_type: str
    sms_gateway_body: str
    sms_gateway_headers: Secret | None
    sms_price_usd: str
    sms_sandbox: bool
    fcm_url: str
    fcm_token_url: str
    apns_url: str
    apns_sandbox_url: str
    adm_url: str
    adm_token_url: str
    lambda_endpoint: str | None
    lambda_timeout_s: int
    firehose_endpoint: str | None
    functions_access_key: str | None
    functions_secret_key: Secret | None


def _check_url(text: str) -> str | None:
    # The name of a function may be a part of the host's.
    if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", text):
        return "must be a URL such as https://service.example.com"
    return None


def _check_gateway_url(text: str) -> str | None:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", text):
        return "must be a URL such as https://sms.example.com/send"
    return None


def _check_mailbox(text: str) -> str | None:
    address = parseaddr(text)[1]
    if not text.isprintable() or not _ADDRESS.fullmatch(address):
        return "must be an e-mail address such as alerts@example.com or Alerts <alerts@example.com>"
    return None


def _check_headers(text: str) -> str | None:
    try:
        headers = json.loads(text)
    except (ValueError, RecursionError):
        headers = None
    if not isinstance(headers, dict):
        return "must be a JSON object of header names and values"
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            return "must have names that HTTP allows"
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            return "must have values that are printable ASCII text"
    return None


def _check_content_type(text: str) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?[A-Za-z0-9=\"._-]+)*", text):
        return "must be a media type such as application/json"
    return None


def _check_price(text: str) -> str | None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return "must be an amount such as 0.0075"
    return None


def _check_network(text: str) -> str | None:
    try:
        Networks([text])
    except ValueError as error:
        return f"must be a list of networks: {error}"
    return None


ENDPOINTS: Final = "HTTP endpoints"
MAIL: Final = "E-mail"
SMS: Final = "SMS"
PUSH: Final = "Mobile push"
FUNCTIONS: Final = "Functions"

DELIVERY_OPTIONS: tuple[Option, ...] = (
    Option(
        "allowed_networks",
        Words("NETWORKS", _check_network),
        None,
        "networks whose HTTP and HTTPS endpoints are called: public, private, loopback, link-local "
        "or such as 10.0.0.0/8 (default: public; all when listening on loopback)",
        ENDPOINTS,
    ),
    Option(
        "endpoint_ca",
        Place("FILE"),
        None,
        "PEM file with authorities that are trusted for HTTPS endpoints besides the system's",
        ENDPOINTS,
    ),
    Option(
        "smtp_host",
        Text("HOST"),
        None,
        "SMTP server that mails of topics go through (default: none; they are written into the "
        "directory mail of the data directory)",
        MAIL,
    ),
    Option("smtp_port", Whole("PORT", 1, 65_535), 587, "its port", MAIL),
    Option(
        "smtp_tls",
        Choice("starttls", "tls", "off"),
        "starttls",
        "how the connection to it is encrypted: after it has begun, from its start, or not",
        MAIL,
    ),
    Option("smtp_user", Text("NAME"), None, "name to log in with", MAIL),
    Option(
        "smtp_password", SecretText("PASSWORD"), None, "password of that name", MAIL, has_flag=False
    ),
    Option(
        "smtp_from",
        Text("ADDRESS", _check_mailbox),
        "no-reply@localhost",
        "sender of mails; a topic's display name goes before its address",
        MAIL,
    ),
    Option(
        "mail_files_kept",
        Whole("N", 1, 100_000),
        1_000,
        "newest mails that are kept in the directory",
        MAIL,
    ),
    Option(
        "sms_gateway_url",
        SecretText("URL", _check_gateway_url),
        None,
        "HTTP gateway that SMS go through, with {phone}, {message}, {sender}, {type} and "
        "{message_id} in their places (default: none; they are recorded in the directory sms of "
        "the data directory)",
        SMS,
        has_flag=False,
    ),
    Option(
        "sms_gateway_method", Choice("post", "get", "put"), "post", "method of its requests", SMS
    ),
    Option(
        "sms_gateway_content_type",
        Text("TYPE", _check_content_type),
        "application/json",
        "media type of their bodies, which says how values are escaped in them",
        SMS,
    ),
    Option(
        "sms_gateway_body",
        Text("TEMPLATE"),
        '{"to": "{phone}", "from": "{sender}", "text": "{message}"}',
        "body of a request, with the same places",
        SMS,
    ),
    Option(
        "sms_gateway_headers",
        SecretText("JSON", _check_headers),
        None,
        'headers of a request, such as {"authorization": "Bearer ..."}',
        SMS,
        has_flag=False,
    ),
    Option(
        "sms_price_usd",
        Text("AMOUNT", _check_price),
        "0",
        "what a part of an SMS costs in US dollars, which MonthlySpendLimit and MaxPrice are about",
        SMS,
    ),
    Option(
        "sms_sandbox",
        Switch(),
        False,
        "have accounts in the SMS sandbox, as AWS begins: they send to verified numbers only",
        SMS,
    ),
    Option(
        "fcm_url",
        Text("URL", _check_url),
        "https://fcm.googleapis.com",
        "where Firebase Cloud Messaging is",
        PUSH,
    ),
    Option(
        "fcm_token_url",
        Text("URL", _check_url),
        "https://oauth2.googleapis.com/token",
        "where service accounts get access tokens for it",
        PUSH,
    ),
    Option(
        "apns_url",
        Text("URL", _check_url),
        "https://api.push.apple.com",
        "where APNs is",
        PUSH,
    ),
    Option(
        "apns_sandbox_url",
        Text("URL", _check_url),
        "https://api.sandbox.push.apple.com",
        "where its sandbox is",
        PUSH,
    ),
    Option(
        "adm_url",
        Text("URL", _check_url),
        "https://api.amazon.com",
        "where Amazon Device Messaging is",
        PUSH,
    ),
    Option(
        "adm_token_url",
        Text("URL", _check_url),
        "https://api.amazon.com/auth/o2/token",
        "where clients get access tokens for it",
        PUSH,
    ),
    Option(
        "lambda_endpoint",
        Text("URL", _check_url),
        None,
        "where Lambda's Invoke API is served, such as http://127.0.0.1:3001, or a whole address "
        "with {function} in it",
        FUNCTIONS,
    ),
    Option(
        "lambda_timeout_s",
        Whole("SECONDS", 1, 900),
        60,
        "how long an invocation may take to be answered",
        FUNCTIONS,
    ),
    Option(
        "firehose_endpoint",
        Text("URL", _check_url),
        None,
        "where Firehose's API is served",
        FUNCTIONS,
    ),
    Option(
        "functions_access_key",
        Text("KEY"),
        None,
        "access key that calls of Lambda and Firehose are signed with",
        FUNCTIONS,
    ),
    Option(
        "functions_secret_key",
        SecretText("KEY"),
        None,
        "its secret key",
        FUNCTIONS,
        has_flag=False,
    ),
)


def check_deliveries(
    values: Mapping[str, Any], places: Mapping[str, str], *, smtp_is_here: bool
) -> None:
    """Whether they fit together; raises SettingsError.  `smtp_is_here` says that the SMTP server is
    on this machine."""
    for name, needed in (
        ("smtp_user", "smtp_host"),
        ("smtp_user", "smtp_password"),
        ("smtp_password", "smtp_user"),
        ("sms_gateway_headers", "sms_gateway_url"),
        ("functions_access_key", "functions_secret_key"),
        ("functions_secret_key", "functions_access_key"),
    ):
        if values[name] is not None and values[needed] is None:
            raise SettingsError(f"{name} ({places[name]}) needs {needed} beside it")
    if values["smtp_host"] is not None and "smtp_from" not in places:
        raise SettingsError(
            f"smtp_host ({places['smtp_host']}) needs smtp_from beside it: no server takes mails "
            "from nowhere"
        )
    if values["smtp_user"] is not None and values["smtp_tls"] == "off" and not smtp_is_here:
        raise SettingsError(
            f"smtp_tls ({places['smtp_tls']}) is off, so smtp_password would go over the network "
            "for everybody to read"
        )
