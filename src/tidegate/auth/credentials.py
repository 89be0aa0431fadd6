"""Access keys: who a key id is, and the secret that proves it.

The secret stays in this object and in the keys derived from it; it is in no repr, no log and no
exception.  An account's root is the only kind of principal for now.
"""

from collections.abc import Iterable

from tidegate.base.call import Principal

DEVELOPMENT_ACCESS_KEY = "test"
DEVELOPMENT_SECRET_KEY = "test"
DEVELOPMENT_ACCOUNT = "000000000000"


def root_of(account: str, access_key: str) -> Principal:
    """The root of an account; AWS shows a root's id (SenderId) as the account's number."""
    return Principal(
        account=account,
        arn=f"arn:aws:iam::{account}:root",
        access_key=access_key,
        user_id=account,
    )


class AccessKey:
    """A key id, its secret and the principal that it stands for."""

    __slots__ = ("_secret", "principal")

    def __init__(self, access_key: str, secret_key: str, account: str) -> None:
        self.principal = root_of(account, access_key)
        self._secret = secret_key.encode()

    @property
    def secret(self) -> bytes:
        return self._secret

    def __repr__(self) -> str:
        return f"AccessKey({self.principal.access_key!r}, account {self.principal.account!r})"


def development_key() -> AccessKey:
    """The documented key of a server that nobody but its own machine can reach."""
    return AccessKey(DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_SECRET_KEY, DEVELOPMENT_ACCOUNT)


def is_account(text: str) -> bool:
    """True for an account number: exactly 12 ASCII digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


class Credentials:
    """All access keys that the server knows.

    With `any_account`, a key id of exactly 12 digits whose secret is `test` is the root of the
    account of that number.  Programs that act for several accounts use emulators that way; it is
    for a server on loopback only.
    """

    __slots__ = ("_any_account", "_keys")

    def __init__(self, keys: Iterable[AccessKey], *, any_account: bool = False) -> None:
        self._keys = {key.principal.access_key: key for key in keys}
        self._any_account = any_account

    def find(self, access_key: str) -> AccessKey | None:
        """The key with this id, or None for one that nobody has."""
        key = self._keys.get(access_key)
        if key is None and self._any_account and is_account(access_key):
            return AccessKey(access_key, DEVELOPMENT_SECRET_KEY, access_key)
        return key

    def __repr__(self) -> str:
        return f"Credentials({len(self._keys)} keys)"
