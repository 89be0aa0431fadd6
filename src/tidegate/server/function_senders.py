"""The senders of Lambda and Firehose; imported when they get their first message."""

from collections.abc import Callable

from tidegate.server.settings import Settings
from tidegate.workers.functions.aws_calls import AwsCalls, CallerKey
from tidegate.workers.functions.firehose import FirehoseSender
from tidegate.workers.functions.lambda_sender import LambdaSender
from tidegate.workers.signatures import Signer
from tidegate.workers.web_client import WebClient


def lambda_sender(settings: Settings, signer: Signer, clock: Callable[[], int]) -> LambdaSender:
    """`clock` gives milliseconds."""
    web = WebClient(timeout_s=settings.lambda_timeout_s)
    return LambdaSender(settings.lambda_endpoint, AwsCalls(web, _key(settings), clock), signer)


def firehose_sender(settings: Settings, clock: Callable[[], int]) -> FirehoseSender:
    """`clock` gives milliseconds."""
    calls = AwsCalls(WebClient(), _key(settings), clock)
    return FirehoseSender(settings.firehose_endpoint, calls)


def _key(settings: Settings) -> CallerKey | None:
    access_key, secret_key = settings.functions_access_key, settings.functions_secret_key
    if access_key is None or secret_key is None:
        return None
    return CallerKey(access_key, secret_key)
