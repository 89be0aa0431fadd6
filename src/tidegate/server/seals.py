"""What the server seals for itself, under the domain keys of its keyring."""

from tidegate.kms.errors import Unsealable
from tidegate.kms.keyring import IDENTITY, STS, Keyring
from tidegate.kms.sealing import Sealer


class Opener:
    """Seals and opens under one domain key; what does not open is None."""

    def __init__(self, sealer: Sealer) -> None:
        self.seal = sealer.seal
        self._open = sealer.open

    def open(self, sealed: bytes, associated_data: bytes) -> bytes | None:
        try:
            return self._open(sealed, associated_data).reveal()
        except Unsealable:
            return None


class Seals:
    """What the server seals for itself."""

    def __init__(self, keyring: Keyring) -> None:
        self.secrets = Opener(Sealer(keyring.domain(IDENTITY)))
        """Of access keys."""
        self.tokens = Opener(Sealer(keyring.domain(STS)))
        """Of sessions."""
