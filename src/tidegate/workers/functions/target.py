"""Which function or stream gets a notification."""

import msgspec

from tidegate.catalog.notifications import SignatureVersion


class LambdaTarget(msgspec.Struct, frozen=True):
    """A function, maybe a version or an alias of it."""

    function_arn: str
    signature_version: SignatureVersion = "1"
    """Of the topic."""


class FirehoseTarget(msgspec.Struct, frozen=True):
    """A delivery stream."""

    stream_arn: str
    is_raw: bool = False
