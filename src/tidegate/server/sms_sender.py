"""The sender of SMS, as the settings want it; imported when the first one is sent."""

from collections.abc import Callable

from tidegate.server.settings import Settings
from tidegate.workers.sms.gateway import GatewayOptions, SmsGateway
from tidegate.workers.sms.recorder import SmsRecorder
from tidegate.workers.sms.sender import SmsSender, TextMessages
from tidegate.workers.sms.spending import micro_usd
from tidegate.workers.web_client import WebClient


def sms_sender(settings: Settings, clock: Callable[[], int]) -> SmsSender:
    """`clock` gives milliseconds."""
    price = micro_usd(settings.sms_price_usd)
    assert price is not None, "the settings have been checked"
    return SmsSender(_way(settings), price, clock)


def _way(settings: Settings) -> TextMessages:
    if settings.sms_gateway_url is None:
        return SmsRecorder(settings.data / "sms")
    options = GatewayOptions(
        url=settings.sms_gateway_url,
        method=settings.sms_gateway_method.upper(),  # type: ignore[arg-type]
        content_type=settings.sms_gateway_content_type,
        body=settings.sms_gateway_body,
        headers=settings.sms_gateway_headers,
    )
    return SmsGateway(options, WebClient())
