"""The ways out of a topic beside queues and HTTP, each made when it is first needed.

What makes them stands in modules that are imported then: `mail_senders`, `sms_sender`,
`push_sender` and `function_senders`.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from tidegate.server.settings import Settings
from tidegate.workers.late_sender import LateSender
from tidegate.workers.signatures import Signer

Clock = Callable[[], int]
"""Gives milliseconds."""


def late_senders(settings: Settings, signer: Signer, clock: Clock) -> dict[str, LateSender]:
    """By the names of protocols."""
    return {
        "email": _late("mail_senders", "text_mails", settings),
        "email-json": _late("mail_senders", "json_mails", settings, signer),
        "sms": _late("sms_sender", "sms_sender", settings, clock),
        "application": _late("push_sender", "push_sender", settings, clock),
        "lambda": _late("function_senders", "lambda_sender", settings, signer, clock),
        "firehose": _late("function_senders", "firehose_sender", settings, clock),
    }


def _late(module: str, function: str, *arguments: Any) -> LateSender:
    def make() -> Any:
        return getattr(import_module(f"tidegate.server.{module}"), function)(*arguments)

    return LateSender(make)
