"""KMS as a queue asks it, with keys that can be disabled and callers who may not use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.base.refusals import (
    AccessDeniedException,
    DisabledException,
    NotFoundException,
    Refusal,
)
from tidegate.kms.material import generate_material
from tidegate.kms.secret import Secret
from tidegate.kms.symmetric import decrypt, encrypt, read_head


class FakeQueueKms:
    """The port `services.sqs.encryption.QueueKms`: keys are made by `create`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str, dict[str, str]]] = []
        """(operation, access key, ARN of the key, encryption context), oldest first."""
        self.refusals: dict[str, Refusal] = {}
        """What the use of a key is refused with, by its ARN."""
        self.denied: set[tuple[str, str]] = set()
        """(access key, operation)."""
        self._materials: dict[str, Secret] = {}

    def create(self, arn: str) -> None:
        self._materials[arn] = generate_material("SYMMETRIC_DEFAULT")

    def disable(self, arn: str) -> None:
        self.refusals[arn] = DisabledException(f"{arn} is disabled.")

    def enable(self, arn: str) -> None:
        del self.refusals[arn]

    def operations(self) -> list[str]:
        """What was asked, forgotten by the asking."""
        names = [call[0] for call in self.calls]
        self.calls.clear()
        return names

    def generate(self, call: Any, key_arn: str, context: Mapping[str, str]) -> tuple[Secret, bytes]:
        material = self._material(call, "generate", key_arn, context)
        plaintext = generate_material("SYMMETRIC_DEFAULT")
        return plaintext, encrypt(key_arn, 1, material, plaintext.reveal(), context)

    def decrypt(self, call: Any, blob: bytes, context: Mapping[str, str]) -> Secret:
        key_arn = read_head(blob).key_arn
        return decrypt(blob, self._material(call, "decrypt", key_arn, context), context)

    def _material(
        self, call: Any, operation: str, key_arn: str, context: Mapping[str, str]
    ) -> Secret:
        access_key = call.principal.access_key
        self.calls.append((operation, access_key, key_arn, dict(context)))
        if key_arn not in self._materials:
            raise NotFoundException(f"Key '{key_arn}' does not exist")
        if key_arn in self.refusals:
            raise self.refusals[key_arn]
        if (access_key, operation) in self.denied:
            raise AccessDeniedException(f"User: {call.principal.arn} is not authorized")
        return self._materials[key_arn]
