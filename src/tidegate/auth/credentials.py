"""Access keys: who a key id is, and the secret that proves it.

    settings    keys of an account's root that stand in the settings, and the development key
    entities    keys that IAM has made, of users and of roots; their secrets are sealed
    sessions    temporary keys, which say everything in their token

The secret stays in these objects and in the keys derived from it; it is in no repr, no log and no
exception.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from tidegate.base.call import Principal
from tidegate.base.refusals import InvalidClientTokenId
from tidegate.catalog import identities
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import User, root_arn

DEVELOPMENT_ACCESS_KEY = "test"
DEVELOPMENT_SECRET_KEY = "test"
DEVELOPMENT_ACCOUNT = "000000000000"

NEVER = 2**63
"""When a long-lived key expires."""

OpenSecret = Callable[[bytes, bytes], bytes | None]
"""open(sealed, associated_data): what was sealed, None where it was not sealed here."""


class OpenToken(Protocol):
    """Reads session tokens; `auth.tokens.TokenOpener` does."""

    def open(self, access_key: str, token: str, now: int) -> tuple[bytes, Principal]:
        """Raises InvalidClientTokenId, ExpiredToken."""


def root_of(account: str, access_key: str) -> Principal:
    """The root of an account; AWS shows a root's id (SenderId) as the account's number."""
    return Principal(
        account=account,
        arn=root_arn(account),
        access_key=access_key,
        user_id=account,
    )


def user_of(user: User, access_key: str) -> Principal:
    return Principal(
        account=user.account,
        arn=user.arn,
        access_key=access_key,
        user_id=user.id,
        kind="User",
        name=user.name,
    )


class AccessKey:
    """A key id, its secret and the root that it stands for."""

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


class Proof(msgspec.Struct, frozen=True):
    """What a key id, with a session token or without, stands for."""

    principal: Principal
    secret: bytes
    expires_at: int = NEVER
    """Unix seconds."""
    token: str | None = None
    """The session token that it came from."""
    is_entity: bool = False
    """Whether IAM made the key, and tells when it was last used."""

    def __repr__(self) -> str:
        return f"Proof({self.principal.access_key!r}, {self.principal.arn!r})"


class Credentials:
    """All access keys that the server knows.

    Without `open_secret` there are no keys of IAM's, and without `tokens` there are no sessions.
    `entities` grows a new `version` with each change; what `prove` answered holds while it stands.

    With `any_account`, a key id of exactly 12 digits whose secret is `test` is the root of the
    account of that number.  Programs that act for several accounts use emulators that way; it is
    for a server on loopback only.  There a session token beside such a key or the development key
    means nothing; many set-ups send one.
    """

    __slots__ = ("_any_account", "_keys", "_open_secret", "_tokens", "entities")

    def __init__(
        self,
        keys: Iterable[AccessKey],
        *,
        any_account: bool = False,
        entities: Entities | None = None,
        open_secret: OpenSecret | None = None,
        tokens: OpenToken | None = None,
    ) -> None:
        self._keys = {key.principal.access_key: key for key in keys}
        self._any_account = any_account
        self.entities = entities if entities is not None else Entities()
        self._open_secret = open_secret
        self._tokens = tokens

    def find(self, access_key: str) -> AccessKey | None:
        """The key of the settings with this id, or None for one that nobody has."""
        key = self._keys.get(access_key)
        if key is None and self._any_account and is_account(access_key):
            return AccessKey(access_key, DEVELOPMENT_SECRET_KEY, access_key)
        return key

    def prove(self, access_key: str, token: str | None, now: int) -> Proof:
        """What a client must know to be whom it says; `now` is in Unix seconds.

        Raises InvalidClientTokenId for a key that nobody has, that is inactive, or that is not for
        this token; ExpiredToken for a session that is over.
        """
        key = self.find(access_key)
        if key is not None:
            if token is not None and not self.is_for_development(access_key):
                raise InvalidClientTokenId
            return Proof(key.principal, key.secret)
        if token is None:
            return self._prove_entity(access_key)
        if self._tokens is None:
            raise InvalidClientTokenId
        secret, principal = self._tokens.open(access_key, token, now)
        assert principal.session is not None
        return Proof(principal, secret, principal.session.expires_at, token)

    def is_for_development(self, access_key: str) -> bool:
        """Whether it is a key whose secret everybody knows."""
        return self._any_account and (
            access_key == DEVELOPMENT_ACCESS_KEY or is_account(access_key)
        )

    def _prove_entity(self, access_key: str) -> Proof:
        key = self.entities.find(identities.AccessKey, "", access_key)
        if key is None or not key.active or self._open_secret is None:
            raise InvalidClientTokenId
        if key.user is None:
            principal = root_of(key.account, key.id)
        else:
            user = self.entities.find(User, key.account, key.user.lower())
            if user is None:
                raise InvalidClientTokenId
            principal = user_of(user, key.id)
        secret = self._open_secret(key.sealed_secret, key.id.encode())
        if secret is None:
            raise InvalidClientTokenId
        return Proof(principal, secret, is_entity=True)

    def account_of(self, access_key: str) -> str | None:
        """The account of a long-lived key, active or not; None for one that nobody has."""
        key = self.find(access_key)
        if key is not None:
            return key.principal.account
        made = self.entities.find(identities.AccessKey, "", access_key)
        return None if made is None else made.account

    def __repr__(self) -> str:
        return f"Credentials({len(self._keys)} keys)"
