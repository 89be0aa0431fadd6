"""Grant tokens: each names a grant, and only this server makes and reads them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

import msgspec

from tidegate.base.refusals import InvalidGrantTokenException
from tidegate.catalog.keys import KmsGrant, key_scope
from tidegate.kms.errors import Unsealable
from tidegate.kms.sealing import Sealer

_PURPOSE: Final = b"grant token"


class TokenContent(msgspec.Struct, frozen=True, array_like=True):
    account: str
    region: str
    grant_id: str

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)


class GrantTokens:
    """A grant's tokens differ each time, and all are as good."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def make(self, grant: KmsGrant) -> str:
        content = TokenContent(grant.account, grant.region, grant.id)
        sealed = self._sealer.seal(msgspec.msgpack.encode(content), _PURPOSE)
        return urlsafe_b64encode(sealed).decode()

    def read(self, token: str) -> TokenContent:
        """Raises InvalidGrantTokenException."""
        try:
            sealed = urlsafe_b64decode(token.encode())
            opened = self._sealer.open(sealed, _PURPOSE)
        except (ValueError, Unsealable):
            raise InvalidGrantTokenException("Invalid grant token") from None
        return msgspec.msgpack.decode(opened.reveal(), type=TokenContent)

    def check(self, tokens: Iterable[str] | None) -> None:
        """The tokens of a request must be real, and mean nothing more: a grant holds at once.

        Raises InvalidGrantTokenException.
        """
        for token in tokens or ():
            self.read(token)
