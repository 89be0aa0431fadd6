"""KMS keys, used by SQS for those who send to and receive from a queue."""

from collections.abc import Mapping

from tidegate.base.arn import parse_queue_arn
from tidegate.base.call import Call
from tidegate.kms.secret import Secret
from tidegate.services.kms.for_services import KmsForServices, ServiceCaller


class QueueKeys:
    """The port `services.sqs.encryption.QueueKms`, over KMS itself."""

    def __init__(self, kms: KmsForServices) -> None:
        self._kms = kms

    def generate(
        self, call: Call, key_arn: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        region, account = _place_of(call.resource)
        # An AWS managed key is made when it is first looked for.
        found = self._kms.key_arn(account, region, key_arn)
        return self._kms.generate(_through_sqs(call), found, context)

    def decrypt(self, call: Call, blob: bytes, context: Mapping[str, str]) -> Secret:
        return self._kms.decrypt(_through_sqs(call), blob, context)


def _through_sqs(call: Call) -> ServiceCaller:
    """Whoever signed nothing named no region: it is the queue's."""
    return ServiceCaller(call.principal, "sqs", _place_of(call.resource)[0])


def _place_of(arn: str) -> tuple[str, str]:
    """(region, account) of a queue."""
    parsed = parse_queue_arn(arn)
    assert parsed is not None, arn
    return parsed[:2]
