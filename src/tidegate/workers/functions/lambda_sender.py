"""The sender of `lambda` subscriptions: asynchronous calls of Invoke.

The endpoint is whatever serves that API: AWS, SAM's `local start-lambda`, the runtime interface
emulator in a function's image.  Its address in the settings may be

    http://127.0.0.1:3001                                    the API's own path is put to it
    http://{function}:8080/2015-03-31/functions/function/invocations
                                                             a whole one, with a place for the name

A function that is called asynchronously answers 202 before it has run.  The emulator runs it first;
where it says then that the function has failed, nobody but us would call it again, so we do.

Source: Lambda API reference, Invoke.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec

from tidegate.workers.answers import outcome_of
from tidegate.workers.functions.aws_calls import DEFAULT_REGION, AwsCalls
from tidegate.workers.functions.lambda_event import lambda_event
from tidegate.workers.functions.target import LambdaTarget
from tidegate.workers.notification import Notification, Signs
from tidegate.workers.outcome import Outcome, permanent, retryable
from tidegate.workers.web_client import NoAnswer

INVOKE_PATH: Final = "/2015-03-31/functions/{function}/invocations"
NO_ENDPOINT: Final = "no lambda_endpoint is set"
_PLACE: Final = "{function}"
_ARN: Final = re.compile(
    r"arn:[a-z-]+:lambda:([a-z0-9-]*):[0-9]*:function:([A-Za-z0-9_-]{1,140})"
    r"(?::([A-Za-z0-9$_-]{1,128}))?"
)


class LambdaSender:
    """Invokes functions."""

    def __init__(self, endpoint: str | None, calls: AwsCalls, signer: Signs) -> None:
        """Without an endpoint, every notification is undeliverable."""
        self._endpoint = endpoint
        self._calls = calls
        self._signer = signer

    async def send(self, notification: Notification, target: LambdaTarget) -> Outcome:
        """One try to deliver; never raises."""
        if self._endpoint is None:
            return permanent(NO_ENDPOINT)
        arn = _ARN.fullmatch(target.function_arn)
        if arn is None:
            return permanent("the endpoint is no function's ARN")
        region, function, qualifier = arn.groups()
        url = invocation_url(self._endpoint, function, qualifier)
        notification = await self._signer.signed(notification, target.signature_version)
        body = msgspec.json.encode(lambda_event(notification))
        headers = {"content-type": "application/json", "x-amz-invocation-type": "Event"}
        try:
            answer = await self._calls.post(url, "lambda", region or DEFAULT_REGION, headers, body)
        except NoAnswer as error:
            return retryable(f"Lambda: {error}")
        failed = answer.headers.get("x-amz-function-error")
        if failed is not None and answer.status < 300:
            return retryable(f"the function has failed: {failed}", answer.status)
        return outcome_of(answer)

    async def close(self) -> None:
        await self._calls.close()


def invocation_url(endpoint: str, function: str, qualifier: str | None) -> str:
    """Where a function is called."""
    if urlsplit(endpoint).path in ("", "/"):
        endpoint = endpoint.rstrip("/") + INVOKE_PATH
    url = endpoint.replace(_PLACE, function)
    return url if qualifier is None else f"{url}?Qualifier={quote(qualifier, safe='')}"
