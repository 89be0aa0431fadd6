"""Push notifications through Firebase Cloud Messaging, by its HTTP v1 API.

The credential of an application is a service account: a JSON file with a private key, by which a
token is had that lasts an hour (RFC 7523).  The file names the address to ask for it; what counts
is the one in the settings, for whoever sets a credential must not have us call what he likes.

Sources: Firebase, "Send messages with the HTTP v1 API" and "ErrorCode"; Google, "Using OAuth 2.0
for server to server applications".
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import jwt
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
from tidegate.workers.push.fcm_payload import fcm_request
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web import Web
from tidegate.workers.web_client import Answer, NoAnswer

SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LEGACY_IS_GONE: Final = (
    "Google has ended the API of legacy keys; the application needs a service account as its "
    "PlatformCredential"
)
_LASTS_S: Final = 3600
_PROJECT: Final = re.compile(r"[a-z0-9.:-]{1,100}")


class ServiceAccount(msgspec.Struct, frozen=True):
    """What of the file counts."""

    project_id: str
    client_email: str
    private_key: str
    private_key_id: str | None = None

    def __repr__(self) -> str:
        return f"ServiceAccount({self.client_email!r})"


class _ErrorDetail(
    msgspec.Struct, rename={"error_code": "errorCode", "violations": "fieldViolations"}
):
    error_code: str = ""
    violations: list[dict[str, Any]] = []


class _Error(msgspec.Struct):
    message: str = ""
    status: str = ""
    details: list[_ErrorDetail] = []


class _ErrorAnswer(msgspec.Struct):
    error: _Error


class FcmSender:
    """Sends to devices of applications of the platform GCM."""

    def __init__(self, url: str, token_url: str, web: Web, clock: Callable[[], int]) -> None:
        """`url` and `token_url` are FCM's and Google's or a stand-in's; `clock` gives
        milliseconds."""
        self._url = url.rstrip("/")
        self._token_url = token_url
        self._web = web
        self._clock = clock
        self._tokens = AccessTokens(self._fetch_token, clock)

    async def send(self, notification: Notification, target: PushTarget) -> Outcome:
        """One try to deliver; never raises."""
        try:
            account = service_account(target)
            request = fcm_request(notification, target.token, self._clock())
            token = await self._tokens.get(target)
            answer = await self._web.post(
                f"{self._url}/v1/projects/{account.project_id}/messages:send",
                {
                    "authorization": f"Bearer {token.reveal().decode()}",
                    "content-type": "application/json; charset=utf-8",
                },
                msgspec.json.encode(request),
            )
        except Undeliverable as error:
            return permanent(str(error))
        except TokenNotHad as error:
            return error.outcome
        except NoAnswer as error:
            return retryable(f"FCM: {error}")
        return self._outcome(answer, target)

    def _outcome(self, answer: Answer, target: PushTarget) -> Outcome:
        if answer.status < 300:
            return outcome_of(answer)
        error = _error_in(answer)
        codes = [detail.error_code for detail in error.details if detail.error_code]
        text = f"{codes[0] if codes else error.status} {error.message}".strip() or answer.text()
        if "UNREGISTERED" in codes or (answer.status == 400 and _names_token(error)):
            return permanent(text, answer.status, endpoint_gone=True)
        if answer.status == 401 and "THIRD_PARTY_AUTH_ERROR" not in codes:
            self._tokens.drop(target)
            return retryable(text, 401)
        return outcome_of(answer, text)

    async def _fetch_token(self, target: PushTarget) -> AccessToken:
        account = service_account(target)
        now = self._clock() // 1000
        # A key may be as large as its owner likes, and so take its time.
        assertion = await asyncio.to_thread(_assertion, account, self._token_url, now)
        form = urlencode({"grant_type": GRANT, "assertion": assertion}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return token_in(await self._web.post(self._token_url, headers, form), "Google")

    async def close(self) -> None:
        await self._web.close()


def service_account(target: PushTarget) -> ServiceAccount:
    """The service account that an application has as its credential; raises Undeliverable."""
    text = target.credential_text().strip()
    if not text.startswith("{"):
        raise Undeliverable(LEGACY_IS_GONE)
    try:
        account = msgspec.json.decode(text, type=ServiceAccount)
    except (msgspec.DecodeError, RecursionError):
        raise Undeliverable("the application's credential is no service account") from None
    if not _PROJECT.fullmatch(account.project_id):
        raise Undeliverable("the service account has a project id that is none")
    return account


def _assertion(account: ServiceAccount, audience: str, now: int) -> str:
    """A signed claim to be the account; raises Undeliverable."""
    claims = {
        "iss": account.client_email,
        "scope": SCOPE,
        "aud": audience,
        "iat": now,
        "exp": now + _LASTS_S,
    }
    headers = {"kid": account.private_key_id} if account.private_key_id else None
    try:
        return jwt.encode(claims, account.private_key, algorithm="RS256", headers=headers)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Undeliverable("the service account's private key is none") from None


def _error_in(answer: Answer) -> _Error:
    try:
        return msgspec.json.decode(answer.body, type=_ErrorAnswer).error
    except (msgspec.DecodeError, RecursionError):
        return _Error()


def _names_token(error: _Error) -> bool:
    """Whether FCM says that the token has never been one."""
    return any(
        violation.get("field") == "message.token"
        for detail in error.details
        for violation in detail.violations
    )
