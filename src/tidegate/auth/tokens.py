"""Session tokens: temporary credentials that need no table.

A token is everything there is to know about a session, sealed so that only this server reads or
makes it.  It lives through restarts, and what it says is believed as far as it opens:

    token       base64url, without padding, of sealed bytes
    sealed      by the port `Seals`, under the access key's id: a token goes with one key only
    plaintext   MessagePack of `_Facts`; policies, tags and their like compressed within it

Whether the role or user behind a session still exists is looked up by its unique id, so a role that
was made again under the same name does not revive the sessions of the old one.

The ids of temporary keys start with ASIA and hold the number of the account, as AWS's do:
GetAccessKeyInfo answers from the id alone.  In base32 after the prefix, big endian:

    bit  79        1
    bits 39..78    the account's number
    bits  0..38    random
"""

import base64
import binascii
import zlib
from collections.abc import Callable
from typing import Final, Literal, Protocol

import msgspec

from tidegate.base.call import Principal, Session
from tidegate.base.refusals import (
    ExpiredToken,
    InvalidClientTokenId,
    PackedPolicyTooLargeException,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role, User, root_arn

PREFIX: Final = "ASIA"
PACKED_BYTES: Final = 1_024
"""What the policies and tags of a session may come to, compressed.  AWS does not tell its own."""
TOKEN_CHARACTERS: Final = 4_096
"""The most that a token may be padded to (STS model, minimumSessionTokenSizeType)."""

_KEY_CHARACTERS: Final = 20
_RANDOM_BITS: Final = 39
_ACCOUNT_BITS: Final = 40
_SECRET_BYTES: Final = 30

SessionKind = Literal["Root", "User", "AssumedRole", "FederatedUser"]


class Seals(Protocol):
    """Seals bytes for this server alone."""

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes: ...

    def open(self, sealed: bytes, associated_data: bytes) -> bytes | None:
        """What was sealed; None where it was not sealed here, or with other associated data."""


class Bearer(msgspec.Struct, frozen=True):
    """Whose session it is: the entity whose policies it has, and what the session is called."""

    kind: SessionKind
    account: str
    id: str = ""
    """`AROA...` or `AIDA...`; empty where it is the account's root."""
    name: str = ""
    """Of the role or the user; of a federated user, whoever asked for it."""
    session_name: str = ""
    """Of an assumed role and of a federated user."""


class Minted(msgspec.Struct, frozen=True):
    """Temporary credentials, to be shown once."""

    access_key: str
    secret: str
    token: str
    principal: Principal
    packed_percent: int
    """How much of the space for policies and tags is taken; 0 without any."""

    def __repr__(self) -> str:
        return f"Minted({self.access_key!r}, {self.principal.arn!r})"


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    policies: tuple[str, ...]
    policy_arns: tuple[str, ...]
    tags: dict[str, str]
    transitive_tags: tuple[str, ...]


class _Facts(msgspec.Struct, frozen=True, array_like=True):
    """A field may be added at the end, with a default; none may change its meaning."""

    bearer: tuple[SessionKind, str, str, str, str]
    issued_at: int
    expires_at: int
    secret: bytes
    packed: bytes
    """`_Packed`, compressed; empty where there is nothing in it."""
    source_identity: str | None
    federated_provider: str | None
    subject: str | None
    padding: bytes = b""


_DECODE_FACTS: Final = msgspec.msgpack.Decoder(_Facts).decode
_DECODE_PACKED: Final = msgspec.msgpack.Decoder(_Packed).decode


class TokenMinter:
    """Makes temporary credentials.  `random_bytes(n)` must be fit for secrets."""

    def __init__(self, seals: Seals, random_bytes: Callable[[int], bytes]) -> None:
        self._seals = seals
        self._random = random_bytes

    def mint(
        self, bearer: Bearer, session: Session, issuer_arn: str | None = None, least: int = 0
    ) -> Minted:
        """Credentials of a session; the token has `least` characters at least.

        `issuer_arn` is the ARN of the user or root behind a session that is no role's.  Raises
        PackedPolicyTooLargeException.
        """
        packed = _pack(session)
        percent = -(-len(packed) * 100 // PACKED_BYTES)
        if percent > 100:
            raise PackedPolicyTooLargeException(
                f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
            )
        access_key = _key_id(bearer.account, self._random(5))
        secret = base64.b64encode(self._random(_SECRET_BYTES))
        facts = _Facts(
            bearer=(bearer.kind, bearer.account, bearer.id, bearer.name, bearer.session_name),
            issued_at=session.issued_at,
            expires_at=session.expires_at,
            secret=secret,
            packed=packed,
            source_identity=session.source_identity,
            federated_provider=session.federated_provider,
            subject=session.subject,
        )
        token = self._sealed(facts, access_key)
        if len(token) < least:
            # Three bytes become four characters; a little too long is long enough.
            lacking = (least - len(token)) * 3 // 4 + 1
            token = self._sealed(msgspec.structs.replace(facts, padding=bytes(lacking)), access_key)
        return Minted(
            access_key=access_key,
            secret=secret.decode(),
            token=token,
            principal=_principal(bearer, access_key, session, issuer_arn),
            packed_percent=percent,
        )

    def _sealed(self, facts: _Facts, access_key: str) -> str:
        return _encoded(self._seals.seal(msgspec.msgpack.encode(facts), _associated(access_key)))


class TokenOpener:
    """Reads the tokens that a TokenMinter with the same seals has made."""

    def __init__(self, seals: Seals, entities: Entities) -> None:
        self._seals = seals
        self._entities = entities

    def open(self, access_key: str, token: str, now: int) -> tuple[bytes, Principal]:
        """The secret of the temporary key, and whose session it is; `now` is in Unix seconds.

        Raises InvalidClientTokenId where the token is none, is another key's, or where the role or
        user behind the session is gone; ExpiredToken where its time is over.
        """
        sealed = _decoded(token)
        opened = None if sealed is None else self._seals.open(sealed, _associated(access_key))
        if opened is None:
            raise InvalidClientTokenId
        facts = _DECODE_FACTS(opened)
        if facts.expires_at <= now:
            raise ExpiredToken
        bearer = Bearer(*facts.bearer)
        issuer_arn = self._issuer_arn(bearer)
        return facts.secret, _principal(bearer, access_key, _session(facts), issuer_arn)

    def _issuer_arn(self, bearer: Bearer) -> str | None:
        """The ARN of the user or root behind a session; None of a role's.

        Raises InvalidClientTokenId where the role or user is there no more.
        """
        entities, account = self._entities, bearer.account
        if bearer.kind == "AssumedRole":
            role = entities.find(Role, account, bearer.name.lower())
            if role is None or role.id != bearer.id:
                raise InvalidClientTokenId
            return None
        if not bearer.id:
            return root_arn(account)
        user = entities.find(User, account, bearer.name.lower())
        if user is None or user.id != bearer.id:
            # A user, unlike a role, may have got another name.
            everyone = entities.all_of(User, account).values()
            user = next((each for each in everyone if each.id == bearer.id), None)
        if user is None:
            raise InvalidClientTokenId
        return user.arn


def account_of_key(access_key: str) -> str | None:
    """The account that a temporary key's id says; None where it is no such id."""
    if len(access_key) != _KEY_CHARACTERS or not access_key.startswith(PREFIX):
        return None
    try:
        number = int.from_bytes(base64.b32decode(access_key[len(PREFIX) :]), "big")
    except binascii.Error:
        return None
    account = number >> _RANDOM_BITS
    if account >> _ACCOUNT_BITS != 1:
        return None
    digits = f"{account & (1 << _ACCOUNT_BITS) - 1:012d}"
    return digits if len(digits) == 12 else None


def _associated(access_key: str) -> bytes:
    return b"session " + access_key.encode(errors="surrogatepass")


def _key_id(account: str, random: bytes) -> str:
    noise = int.from_bytes(random, "big") & (1 << _RANDOM_BITS) - 1
    number = (1 << _ACCOUNT_BITS | int(account)) << _RANDOM_BITS | noise
    return PREFIX + base64.b32encode(number.to_bytes(10, "big")).decode()


def _principal(
    bearer: Bearer, access_key: str, session: Session, issuer_arn: str | None
) -> Principal:
    account, kind = bearer.account, bearer.kind
    if kind == "AssumedRole":
        arn = assumed_role_arn(account, bearer.name, bearer.session_name)
        user_id, name = f"{bearer.id}:{bearer.session_name}", bearer.name
    elif kind == "FederatedUser":
        arn = f"arn:aws:sts::{account}:federated-user/{bearer.session_name}"
        user_id, name = f"{account}:{bearer.session_name}", bearer.session_name
    else:
        assert issuer_arn is not None
        arn, user_id = issuer_arn, bearer.id or account
        # A user's name is the end of its ARN, and may be new.
        name = arn.rpartition("/")[2] if bearer.id else ""
    return Principal(
        account=account,
        arn=arn,
        access_key=access_key,
        user_id=user_id,
        kind=kind,
        name=name,
        session=msgspec.structs.replace(session, token_issuer=issuer_arn),
    )


def assumed_role_arn(account: str, role: str, session_name: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/{session_name}"


def _pack(session: Session) -> bytes:
    if not (session.policies or session.policy_arns or session.tags):
        return b""
    packed = _Packed(session.policies, session.policy_arns, session.tags, session.transitive_tags)
    return zlib.compress(msgspec.msgpack.encode(packed), 9)


def _session(facts: _Facts) -> Session:
    session = Session(
        issued_at=facts.issued_at,
        expires_at=facts.expires_at,
        source_identity=facts.source_identity,
        federated_provider=facts.federated_provider,
        subject=facts.subject,
    )
    if not facts.packed:
        return session
    packed = _DECODE_PACKED(zlib.decompress(facts.packed))
    return msgspec.structs.replace(
        session,
        policies=packed.policies,
        policy_arns=packed.policy_arns,
        tags=packed.tags,
        transitive_tags=packed.transitive_tags,
    )


def _encoded(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _decoded(token: str) -> bytes | None:
    """The bytes of a token; None for a text that no bytes are encoded to."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    return sealed if _encoded(sealed) == token else None
