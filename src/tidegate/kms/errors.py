"""What can go wrong with keys, without a word of AWS's: the services turn these into refusals.

    KeysUnusable            the root of trust or the keyring: nothing may be served
      RootKeyMissing, RootKeyUnreadable, RootKeyWrong, KeyringMissing, KeyringDamaged
    CryptoRefused           one operation was asked for what cannot be done
      Unsealable            sealed bytes that these keys did not seal, or not for this purpose
      InvalidCiphertext     a ciphertext that is damaged, or for another key or context
      ...

No text of these holds a secret, and none tells why a ciphertext does not open: damage, another
key and another context look the same from outside.
"""


class KeysUnusable(Exception):
    """The root key or the keyring is not usable; the text tells people what to do about it."""


class RootKeyMissing(KeysUnusable):
    """There is no root key where one is expected."""


class RootKeyUnreadable(KeysUnusable):
    """What stands for a root key is none, or is kept so that others may read it."""


class RootKeyWrong(KeysUnusable):
    """A root key, but not the one that wraps this keyring."""


class KeyringMissing(KeysUnusable):
    """A data directory that had a keyring has none."""


class KeyringDamaged(KeysUnusable):
    """A keyring that cannot be read, or that somebody has changed."""


class CryptoRefused(Exception):
    """One operation that cannot be done."""


class Unsealable(CryptoRefused):
    """Not sealed by these keys, for this purpose, with this associated data; or damaged."""


class DataKeyRetired(CryptoRefused):
    """A data key that has sealed all it may; a fresh one takes its place."""


class InvalidCiphertext(CryptoRefused):
    """A ciphertext that is damaged, or of another key, algorithm or encryption context."""


class WrongAlgorithm(CryptoRefused):
    """An algorithm that the key's spec does not have."""


class BadMessageType(CryptoRefused):
    """A message type that the signing algorithm does not take."""


class BadDigestLength(CryptoRefused):
    """A digest that is not as long as the algorithm's hash."""

    def __init__(self, expected_bytes: int, got_bytes: int) -> None:
        self.expected_bytes = expected_bytes
        self.got_bytes = got_bytes
        super().__init__(f"a digest of {expected_bytes} bytes is expected, not {got_bytes}")


class PlaintextTooLong(CryptoRefused):
    """More than an RSA key can encrypt at once."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__(f"at most {most_bytes} bytes")


class BadPublicKey(CryptoRefused):
    """A peer's public key that is none, or is on another curve."""


class BadImportToken(CryptoRefused):
    """An import token that is damaged, or was made for another KMS key."""


class ExpiredImportToken(CryptoRefused):
    """An import token whose 24 hours are over."""


class BadKeyMaterial(CryptoRefused):
    """Imported material that is no key of the KMS key's spec."""
