"""The root key: 32 bytes that wrap the keyring, and where they come from.

A root key comes from exactly one source: a file, a value that was given (an environment variable),
or a command that prints it.  As text it is the base64 of its 32 bytes.  A key file is lines of
such text and of comments (`#`); it has one key, or two while a rotation is under way, and belongs
to one data directory.
"""

import os
import shlex
import subprocess
from base64 import b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tidegate.kms.errors import KeyringDamaged, RootKeyMissing, RootKeyUnreadable
from tidegate.kms.files import KeyFiles, OsKeyFiles, SharedFile
from tidegate.kms.secret import Secret

ROOT_KEY_BYTES: Final = 32
COMMAND_TIMEOUT_S: Final = 30.0
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8
_HEAD: Final = (
    "# The root key of a Tidegate data directory. Keep a copy somewhere else: without it nothing\n"
    "# that is sealed there can be recovered. `tidegate keyring rotate` replaces it.\n"
)


class RootKey:
    """A root key and its id, a fingerprint that tells nothing of the key."""

    __slots__ = ("_cipher", "_secret", "id")

    def __init__(self, secret: Secret) -> None:
        if len(secret) != ROOT_KEY_BYTES:
            raise RootKeyUnreadable(f"A root key has {ROOT_KEY_BYTES} bytes, not {len(secret)}.")
        self._secret = secret
        self._cipher = AESGCM(secret.reveal())
        fingerprint = HKDF(SHA256(), _ID_BYTES, None, b"tidegate root key id")
        self.id: str = fingerprint.derive(secret.reveal()).hex()

    @classmethod
    def random(cls) -> "RootKey":
        return cls(Secret(os.urandom(ROOT_KEY_BYTES)))

    @classmethod
    def from_text(cls, text: str | bytes, source: str) -> "RootKey":
        """The key of its base64; raises RootKeyUnreadable, which names the source and never shows
        the text."""
        try:
            value = a2b_base64(text.strip(), strict_mode=True)
        except (NotBase64, ValueError):
            value = b""
        if len(value) != ROOT_KEY_BYTES:
            raise RootKeyUnreadable(
                f"{source} holds no root key: the base64 of {ROOT_KEY_BYTES} bytes is expected. "
                "`openssl rand -base64 32` makes one."
            )
        return cls(Secret(value))

    def text(self) -> Secret:
        """The base64 of the key, for whoever keeps it."""
        return Secret(b64encode(self._secret.reveal()))

    def wrap(self, plaintext: bytes, associated_data: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plaintext, associated_data)

    def unwrap(self, wrapped: bytes, associated_data: bytes) -> Secret:
        """What was wrapped; raises KeyringDamaged."""
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return Secret(self._cipher.decrypt(nonce, sealed, associated_data))
        except (InvalidTag, ValueError):
            raise KeyringDamaged("a wrapped key does not open under its root key") from None

    def __repr__(self) -> str:
        return f"RootKey({self.id})"


class RootKeySource(Protocol):
    """Where the root key comes from."""

    @property
    def name(self) -> str:
        """The source, as an error says it."""
        ...

    def read(self) -> tuple[RootKey, ...]:
        """The keys that it gives; raises RootKeyMissing, RootKeyUnreadable."""


class KeyFile:
    """A file with the root key, which this server may make and rotate."""

    __slots__ = ("_files", "path")

    def __init__(self, path: str, files: KeyFiles | None = None) -> None:
        self.path = path
        self._files = files or OsKeyFiles()

    @property
    def name(self) -> str:
        return f"The key file {self.path}"

    def read(self) -> tuple[RootKey, ...]:
        try:
            content = self._files.read_private(self.path)
        except FileNotFoundError:
            raise RootKeyMissing(f"{self.name} does not exist.") from None
        except SharedFile as shared:
            raise RootKeyUnreadable(
                f"{self.name} has mode {shared.mode:04o}: others than its owner may use it. "
                f"`chmod 600 {shlex.quote(self.path)}` keeps it private; if somebody may have read "
                "it, rotate it too."
            ) from None
        except OSError as error:
            raise RootKeyUnreadable(f"{self.name} cannot be read: {error.strerror}.") from None
        lines = [line for line in content.splitlines() if line and not line.startswith(b"#")]
        if not 1 <= len(lines) <= 2:
            raise RootKeyUnreadable(f"{self.name} has {len(lines)} keys; one is expected.")
        return tuple(RootKey.from_text(line, self.name) for line in lines)

    def write(self, *keys: RootKey) -> None:
        """Have the file hold these keys, the newest first; all of it or nothing.

        Raises RootKeyMissing, RootKeyUnreadable where it cannot be written.
        """
        lines = [key.text().reveal() + b"\n" for key in keys]
        try:
            self._files.replace(self.path, _HEAD.encode() + b"".join(lines))
        except FileNotFoundError:
            raise RootKeyMissing(
                f"{self.name} cannot be made: there is no directory {os.path.dirname(self.path)}. "
                "Make it, or let root_key_file name another file."
            ) from None
        except OSError as error:
            raise RootKeyUnreadable(f"{self.name} cannot be written: {error.strerror}.") from None


class GivenKey:
    """A root key that was given as text, by an environment variable say."""

    __slots__ = ("_text", "name")

    def __init__(self, text: str, name: str) -> None:
        self._text = Secret(text.encode())
        self.name = name

    def read(self) -> tuple[RootKey, ...]:
        return (RootKey.from_text(self._text.reveal(), self.name),)


class KeyCommand:
    """A command that prints the root key, such as a client of a vault.

    It is split like a shell's command line and run without a shell; what it prints goes nowhere
    else, and no error shows it.
    """

    __slots__ = ("_command", "_timeout_s")

    def __init__(self, command: str, timeout_s: float = COMMAND_TIMEOUT_S) -> None:
        self._command = command
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        return "The command that prints the root key"

    def read(self) -> tuple[RootKey, ...]:
        return (RootKey.from_text(self._run(), self.name),)

    def _run(self) -> bytes:
        try:
            done = subprocess.run(
                shlex.split(self._command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RootKeyMissing(f"{self.name} ran longer than {self._timeout_s:g} s.") from None
        except (OSError, ValueError, IndexError) as error:
            raise RootKeyMissing(f"{self.name} cannot be run: {error}.") from None
        if done.returncode != 0:
            raise RootKeyMissing(f"{self.name} failed with status {done.returncode}.")
        return done.stdout


def root_key_source(
    default_path: str,
    *,
    key_file: str | None = None,
    value: str | None = None,
    value_name: str = "The given root key",
    command: str | None = None,
) -> RootKeySource:
    """The one source that the settings name, else the file at `default_path`.

    `value_name` says where `value` came from.  Raises RootKeyUnreadable where two are named.
    """
    named = [given for given in (key_file, value, command) if given is not None]
    if len(named) > 1:
        raise RootKeyUnreadable(
            "The root key has more than one source. Name a key file, or a value, or a command."
        )
    if value is not None:
        return GivenKey(value, value_name)
    if command is not None:
        return KeyCommand(command)
    return KeyFile(key_file or default_path)
