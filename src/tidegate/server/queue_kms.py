"""KMS as queues ask it, before it is there: its modules are imported a little after the start."""

from collections.abc import Callable, Mapping

from tidegate.base.call import Call
from tidegate.kms.secret import Secret
from tidegate.services.sqs.encryption import QueueKms


class LaterKms:
    """A `QueueKms` that is made when it is first asked: the first message of a queue with SSE-KMS
    waits for it, if it comes that early."""

    def __init__(self, make: Callable[[], QueueKms]) -> None:
        self._make = make

    def generate(
        self, call: Call, key_arn: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        return self._make().generate(call, key_arn, context)

    def decrypt(self, call: Call, blob: bytes, context: Mapping[str, str]) -> Secret:
        return self._make().decrypt(call, blob, context)
