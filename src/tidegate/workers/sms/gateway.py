"""SMS through whatever takes them by HTTP: a request made of a template.

    {phone} {message} {sender} {type} {message_id}

in the address and the body stand for what belongs there, escaped as the place demands: percent
signs in an address and a form, backslashes in JSON, entities in XML.  Nothing else in braces is
touched, so that a body may be JSON.
"""

import json
import re
from collections.abc import Callable
from html import escape
from typing import Final, Literal
from urllib.parse import quote, quote_plus

import msgspec

from tidegate.kms.secret import Secret
from tidegate.workers.answers import outcome_of
from tidegate.workers.outcome import Outcome, retryable
from tidegate.workers.sms.text_message import TextMessage
from tidegate.workers.web import Web
from tidegate.workers.web_client import NoAnswer

_PLACES: Final = re.compile(r"\{(phone|message|sender|type|message_id)\}")
Escape = Callable[[str], str]


class GatewayOptions(msgspec.Struct, frozen=True):
    """Of one HTTP gateway.  Its address and headers may hold keys, so they are secrets."""

    url: Secret
    method: Literal["GET", "POST", "PUT"]
    content_type: str
    body: str
    headers: Secret | None = None
    """A JSON object of texts."""


class SmsGateway:
    """Sends each SMS by one request."""

    def __init__(self, options: GatewayOptions, web: Web) -> None:
        self._options = options
        self._web = web
        self._url = options.url.reveal().decode()
        self._escape = _escape_for(options.content_type)
        self._headers: dict[str, str] = {}
        if options.method != "GET":
            self._headers["content-type"] = options.content_type
        if options.headers is not None:
            self._headers |= msgspec.json.decode(options.headers.reveal(), type=dict[str, str])

    async def deliver(self, message: TextMessage) -> Outcome:
        options = self._options
        url = _filled(self._url, message, lambda text: quote(text, safe=""))
        body = b""
        if options.method != "GET":
            body = _filled(options.body, message, self._escape).encode()
        try:
            answer = await self._web.request(options.method, url, self._headers, body)
        except NoAnswer as error:
            return retryable(f"the SMS gateway: {error}")
        return outcome_of(answer)

    async def close(self) -> None:
        await self._web.close()


def _filled(template: str, message: TextMessage, escape_value: Escape) -> str:
    """The template with its places filled.  What is filled in is not looked at again."""
    values = {
        "phone": message.phone,
        "message": message.text,
        "sender": message.sender,
        "type": message.type,
        "message_id": message.message_id,
    }
    return _PLACES.sub(lambda place: escape_value(values[place[1]]), template)


def _escape_for(content_type: str) -> Escape:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return quote_plus
    if kind.endswith("json"):
        return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    if kind.endswith("xml"):
        return escape
    return str
