"""KMS as queues ask it: from the moment that it is there, which is a little after the start."""

from collections.abc import Mapping

from tidegate.base.call import Call
from tidegate.base.refusals import Fault
from tidegate.kms.secret import Secret
from tidegate.services.sqs.encryption import QueueKms


class LaterKms:
    """A `QueueKms` for those who need one before it can be had."""

    def __init__(self) -> None:
        self._kms: QueueKms | None = None

    def is_there(self, kms: QueueKms) -> None:
        """From now on this one is asked."""
        self._kms = kms

    def generate(
        self, call: Call, key_arn: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        return self._now().generate(call, key_arn, context)

    def decrypt(self, call: Call, blob: bytes, context: Mapping[str, str]) -> Secret:
        return self._now().decrypt(call, blob, context)

    def _now(self) -> QueueKms:
        if self._kms is None:
            raise Fault("KMS is starting; try again.")
        return self._kms
