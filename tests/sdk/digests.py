"""The MD5 of message attributes as AWS documents it, computed here a second time.

Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
"""

from __future__ import annotations

import hashlib
from typing import Any


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def md5_of_body(body: str) -> str:
    return hashlib.md5(body.encode()).hexdigest()


def md5_of_attributes(attributes: dict[str, dict[str, Any]]) -> str:
    """Names in their order; each name, type and value with its length; a byte for its transport."""
    text = b""
    for name, value in sorted(attributes.items()):
        text += _framed(name.encode()) + _framed(value["DataType"].encode())
        if "BinaryValue" in value:
            text += b"\x02" + _framed(value["BinaryValue"])
        else:
            text += b"\x01" + _framed(value["StringValue"].encode())
    return hashlib.md5(text).hexdigest()
