"""Attested environments (Nitro Enclaves): their documents cannot be checked here."""

from typing import Any

from tidegate.base.refusals import UnsupportedOperationException


def refuse_attestation(request: Any) -> None:
    """Raises UnsupportedOperationException."""
    if request.Recipient is not None:
        raise UnsupportedOperationException("Recipient is not supported.")
