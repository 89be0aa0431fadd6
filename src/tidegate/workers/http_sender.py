"""One POST to a subscriber's endpoint, and what its answer means.

    2xx                                         delivered
    5xx, 1xx, 429, no answer, no connection     worth another try
    other 4xx, 3xx                              no later try can succeed

AWS's page on retries names 100 to 101, 500 to 599, time-outs and errors of the connection, a bad
certificate among them, as worth another try, and 400 to 499 as permanent; 429 asks by its meaning
(RFC 6585, 4) to come again later.  Redirects are not followed, as they would lead to where nobody
has subscribed, and count as permanent: a try later would be answered the same.

Name and password in an endpoint's URL are sent once the endpoint has asked for them with a 401, and
from then on with the first request (RFC 7617, RFC 7616).

Sources: SNS developer guide, "Amazon SNS message delivery retries", "Make sure your endpoint is
ready", "Fanout Amazon SNS notifications to HTTPS endpoints".
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from tidegate.http.challenges import Answer, choose_answer, parse_challenges
from tidegate.http.client import AddressRefused, HttpClient, RequestFailed, Timeouts
from tidegate.http.responses import Response
from tidegate.http.urls import Url, parse_url
from tidegate.workers.outcome import Outcome, delivered, permanent, retryable

AGENT: Final = "Amazon Simple Notification Service Agent"
DELIVERY_TIMEOUTS: Final = Timeouts(connect_s=5.0, total_s=15.0)
"""AWS gives a request 15 seconds."""
MOST_ANSWERS: Final = 4096
"""Endpoints whose challenges are remembered."""

_UNAUTHORIZED: Final = 401
_TOO_MANY_REQUESTS: Final = 429

Headers = Sequence[tuple[str, str]]


class HttpSender:
    """Posts to endpoints, whose URLs may hold a name and a password."""

    def __init__(
        self, client: HttpClient, make_nonce: Callable[[], str] = lambda: secrets.token_hex(16)
    ) -> None:
        self._client = client
        self._make_nonce = make_nonce
        self._answers: dict[Url, Answer] = {}

    async def send(
        self,
        target_url: str,
        headers: Headers,
        body: bytes,
        timeouts: Timeouts = DELIVERY_TIMEOUTS,
    ) -> Outcome:
        """One try; never raises.  An endpoint that asks for name and password is asked twice."""
        try:
            url = parse_url(target_url)
            sent = [*headers, ("Connection", "Keep-Alive"), ("User-Agent", AGENT)]
            response = await self._post(url, sent, body, timeouts)
        except AddressRefused as refused:
            return permanent(str(refused))
        except RequestFailed as failed:
            return retryable(str(failed))
        except ValueError as error:
            # Of the URL, or of a header.
            return permanent(str(error))
        return _outcome(response)

    async def _post(self, url: Url, headers: Headers, body: bytes, timeouts: Timeouts) -> Response:
        response = await self._post_once(url, headers, body, timeouts)
        if response.status != _UNAUTHORIZED or url.username is None:
            return response
        challenges = parse_challenges(response.headers.get("www-authenticate", ""))
        answer = choose_answer(challenges, url.username, url.password)
        if answer is None:
            return response
        # Whose nonce has grown old is challenged anew; whose password is wrong is not known here.
        self._answers.pop(url, None)
        if len(self._answers) >= MOST_ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._answers[url] = answer
        response = await self._post_once(url, headers, body, timeouts)
        if response.status == _UNAUTHORIZED:
            self._answers.pop(url, None)
        return response

    async def _post_once(
        self, url: Url, headers: Headers, body: bytes, timeouts: Timeouts
    ) -> Response:
        answer = self._answers.get(url)
        if answer is not None:
            value = answer.header("POST", url.target, body, self._make_nonce())
            headers = [*headers, ("Authorization", value)]
        return await self._client.request("POST", url, headers, body, timeouts)


def _outcome(response: Response) -> Outcome:
    status = response.status
    text = response.body.decode("utf-8", "replace") or response.reason
    if 200 <= status < 300:
        return delivered(text, status)
    if 300 <= status < 500 and status != _TOO_MANY_REQUESTS:
        return permanent(text, status)
    return retryable(text, status)
