"""The sender of push notifications; imported when the first one is sent."""

import ssl
from collections.abc import Callable
from typing import Final

from tidegate.server.settings import Settings
from tidegate.workers.push.adm import AdmSender
from tidegate.workers.push.apns import ApnsSender
from tidegate.workers.push.fcm import FcmSender
from tidegate.workers.push.sender import PushSender
from tidegate.workers.web_client import WebClient

APNS_CONNECTIONS: Final = 4
"""Of an application; each carries many requests at the same time."""


def push_sender(settings: Settings, clock: Callable[[], int]) -> PushSender:
    """`clock` gives milliseconds."""
    return PushSender(
        {
            "GCM": FcmSender(settings.fcm_url, settings.fcm_token_url, WebClient(), clock),
            "APNS": _apns(settings.apns_url, clock),
            "APNS_SANDBOX": _apns(settings.apns_sandbox_url, clock),
            "ADM": AdmSender(settings.adm_url, settings.adm_token_url, WebClient(), clock),
        }
    )


def _apns(url: str, clock: Callable[[], int]) -> ApnsSender:
    return ApnsSender(url, _apns_client, ssl.create_default_context, clock)


def _apns_client(trust: ssl.SSLContext) -> WebClient:
    return WebClient(http2=True, trust=trust, most_connections=APNS_CONNECTIONS)
