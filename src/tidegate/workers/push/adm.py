"""Push notifications through Amazon Device Messaging.

The client id and secret of an application get a token that lasts an hour (RFC 6749, 4.4).
Sources: ADM, "Request an access token", "Send a message".
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from tidegate.workers.answers import outcome_of
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Undeliverable, permanent, retryable
from tidegate.workers.push.access_tokens import (
    AccessToken,
    AccessTokens,
    TokenNotHad,
    token_in,
)
from tidegate.workers.push.lifetime import remaining_s, seconds
from tidegate.workers.push.target import PushTarget, payload_object
from tidegate.workers.web import Web
from tidegate.workers.web_client import Answer, NoAnswer

SCOPE: Final = "messaging:push"
LEAST_EXPIRES_S: Final = 60
MOST_EXPIRES_S: Final = 31 * 24 * 3600
_GONE: Final = ("InvalidRegistrationId", "Unregistered")
_HEADERS: Final = {
    "content-type": "application/json",
    "accept": "application/json",
    "x-amzn-type-version": "com.amazon.device.messaging.ADMMessage@1.0",
    "x-amzn-accept-type": "com.amazon.device.messaging.ADMSendResult@1.0",
}


class _ErrorAnswer(msgspec.Struct):
    reason: str = ""


def adm_request(notification: Notification, now: int) -> dict[str, Any]:
    """The request that sends a notification, at an instant in milliseconds.

    A message has it under `ADM`; a plain text goes as {"data": {"default": text}}.  Raises
    Undeliverable.
    """
    request: dict[str, Any] = {"data": {"default": notification.message}}
    if notification.is_structured:
        request = payload_object(notification.message)
    left_s = remaining_s(
        notification,
        ("AWS.SNS.MOBILE.ADM.TTL",),
        seconds(request.get("expiresAfter")),
        now,
        zero_means_now=False,
    )
    if left_s is not None:
        request["expiresAfter"] = min(max(left_s, LEAST_EXPIRES_S), MOST_EXPIRES_S)
    return request


class AdmSender:
    """Sends to devices of applications of the platform ADM."""

    def __init__(self, url: str, token_url: str, web: Web, clock: Callable[[], int]) -> None:
        """`url` and `token_url` are Amazon's or a stand-in's; `clock` gives milliseconds."""
        self._url = url.rstrip("/")
        self._token_url = token_url
        self._web = web
        self._clock = clock
        self._tokens = AccessTokens(self._fetch_token, clock)

    async def send(self, notification: Notification, target: PushTarget) -> Outcome:
        """One try to deliver; never raises."""
        try:
            request = adm_request(notification, self._clock())
            token = await self._tokens.get(target)
            device = quote(target.token, safe="")
            answer = await self._web.post(
                f"{self._url}/messaging/registrations/{device}/messages",
                {**_HEADERS, "authorization": f"Bearer {token.reveal().decode()}"},
                msgspec.json.encode(request),
            )
        except Undeliverable as error:
            return permanent(str(error))
        except TokenNotHad as error:
            return error.outcome
        except NoAnswer as error:
            return retryable(f"ADM: {error}")
        return self._outcome(answer, target)

    def _outcome(self, answer: Answer, target: PushTarget) -> Outcome:
        if answer.status < 300:
            return outcome_of(answer)
        try:
            reason = msgspec.json.decode(answer.body, type=_ErrorAnswer).reason
        except (msgspec.DecodeError, RecursionError):
            reason = ""
        if reason in _GONE:
            return permanent(reason, answer.status, endpoint_gone=True)
        if answer.status == 401:
            self._tokens.drop(target)
            return retryable(reason or "the access token is not accepted", 401)
        return outcome_of(answer, reason or answer.text())

    async def _fetch_token(self, target: PushTarget) -> AccessToken:
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "scope": SCOPE,
                "client_id": target.principal_text(),
                "client_secret": target.credential_text(),
            }
        ).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return token_in(await self._web.post(self._token_url, headers, form), "Amazon")

    async def close(self) -> None:
        await self._web.close()
