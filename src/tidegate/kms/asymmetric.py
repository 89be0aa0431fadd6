"""What asymmetric KMS keys do: sign and verify, encrypt and decrypt, agree on a secret.

    RSASSA_PSS_SHA_*           salt as long as the hash, MGF1 with the same hash
    RSASSA_PKCS1_V1_5_SHA_*
    ECDSA_SHA_*                signature in DER (RFC 3279)
    ED25519_SHA_512            takes RAW messages only
    ML_DSA_SHAKE_256           takes RAW messages, and EXTERNAL_MU of 64 bytes
    RSAES_OAEP_SHA_*           MGF1 with the same hash, no label

With DIGEST the message is a digest already, as long as the algorithm's hash.  Sources: the texts
of Sign and Encrypt in the KMS service model, and the developer guide's "Key spec reference".
"""

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tidegate.kms.errors import (
    BadDigestLength,
    BadMessageType,
    BadPublicKey,
    InvalidCiphertext,
    PlaintextTooLong,
    WrongAlgorithm,
)
from tidegate.kms.material import load_private_key, public_bytes
from tidegate.kms.secret import Secret
from tidegate.kms.specs import DIGEST, EXTERNAL_MU, KEY_SPECS, RAW, hash_of

_MU_BYTES: Final = 64


class AsymmetricKey:
    """A private key ready for use; to load it costs 30 us and more, so callers keep it."""

    __slots__ = ("_key", "public_der", "spec")

    def __init__(self, spec_name: str, material: Secret) -> None:
        self.spec = KEY_SPECS[spec_name]
        self._key = load_private_key(self.spec, material)
        self.public_der: bytes = public_bytes(self._key)
        """The public key, a SubjectPublicKeyInfo in DER (RFC 5280)."""

    def __repr__(self) -> str:
        return f"AsymmetricKey({self.spec.name})"

    def sign(self, algorithm: str, message: bytes, message_type: str = RAW) -> bytes:
        """Raises WrongAlgorithm, BadMessageType, BadDigestLength."""
        self._check_message(algorithm, message, message_type)
        key = self._key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, _rsa_padding(algorithm), _hashing(algorithm, message_type))
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(message, ec.ECDSA(_hashing(algorithm, message_type)))
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(message)
        return key.sign_mu(message) if message_type == EXTERNAL_MU else key.sign(message)

    def verify(
        self, algorithm: str, message: bytes, signature: bytes, message_type: str = RAW
    ) -> bool:
        """Whether the signature is good; raises WrongAlgorithm, BadMessageType, BadDigestLength."""
        self._check_message(algorithm, message, message_type)
        try:
            self._verify(algorithm, message, signature, message_type)
        except InvalidSignature:
            return False
        return True

    def _verify(self, algorithm: str, message: bytes, signature: bytes, message_type: str) -> None:
        key = self._key.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            hashing = _hashing(algorithm, message_type)
            key.verify(signature, message, _rsa_padding(algorithm), hashing)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(_hashing(algorithm, message_type)))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif message_type == EXTERNAL_MU:
            key.verify_mu(signature, message)
        else:
            key.verify(signature, message)

    def encrypt(self, algorithm: str, plaintext: bytes) -> bytes:
        """Raises WrongAlgorithm, PlaintextTooLong."""
        key = self._rsa_key(algorithm)
        if len(plaintext) > (most := most_plaintext_bytes(self.spec.name, algorithm)):
            raise PlaintextTooLong(most)
        return key.public_key().encrypt(plaintext, _oaep(algorithm))

    def decrypt(self, algorithm: str, ciphertext: bytes) -> Secret:
        """Raises WrongAlgorithm, InvalidCiphertext."""
        key = self._rsa_key(algorithm)
        try:
            return Secret(key.decrypt(ciphertext, _oaep(algorithm)))
        except ValueError:
            raise InvalidCiphertext("damaged, or of another key or algorithm") from None

    def agree(self, algorithm: str, peer_public_der: bytes) -> Secret:
        """The raw secret that this key and a peer's share (ECDH, SP 800-56A 5.7.1.2).

        Raises WrongAlgorithm, BadPublicKey.
        """
        key = self._key
        if algorithm not in self.spec.key_agreement:
            raise WrongAlgorithm(algorithm)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        try:
            peer = load_der_public_key(peer_public_der)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadPublicKey("no public key") from None
        if not isinstance(peer, ec.EllipticCurvePublicKey) or peer.curve.name != key.curve.name:
            raise BadPublicKey("a public key of another kind or curve")
        return Secret(key.exchange(ec.ECDH(), peer))

    def _rsa_key(self, algorithm: str) -> rsa.RSAPrivateKey:
        if algorithm not in self.spec.encryption:
            raise WrongAlgorithm(algorithm)
        assert isinstance(self._key, rsa.RSAPrivateKey)
        return self._key

    def _check_message(self, algorithm: str, message: bytes, message_type: str) -> None:
        if algorithm not in self.spec.signing:
            raise WrongAlgorithm(algorithm)
        if message_type not in _MESSAGE_TYPES[self.spec.family]:
            raise BadMessageType(message_type)
        if message_type == RAW:
            return
        expected = _MU_BYTES if message_type == EXTERNAL_MU else hash_of(algorithm).digest_size
        if len(message) != expected:
            raise BadDigestLength(expected, len(message))


_MESSAGE_TYPES: Final = {
    "rsa": (RAW, DIGEST),
    "ec": (RAW, DIGEST),
    "ed25519": (RAW,),
    "mldsa": (RAW, EXTERNAL_MU),
}


def most_plaintext_bytes(spec_name: str, algorithm: str) -> int:
    """How much an RSA key encrypts at once (RFC 8017, 7.1.1): 190 bytes for RSA_2048 with
    RSAES_OAEP_SHA_256, and so on as in the text of Encrypt."""
    return KEY_SPECS[spec_name].bits // 8 - 2 * hash_of(algorithm).digest_size - 2


def _hashing(algorithm: str, message_type: str) -> HashAlgorithm | Prehashed:
    hashing = hash_of(algorithm)
    return Prehashed(hashing) if message_type == DIGEST else hashing


def _rsa_padding(algorithm: str) -> padding.AsymmetricPadding:
    if algorithm.startswith("RSASSA_PSS"):
        return padding.PSS(padding.MGF1(hash_of(algorithm)), padding.PSS.DIGEST_LENGTH)
    return padding.PKCS1v15()


def _oaep(algorithm: str) -> padding.OAEP:
    hashing = hash_of(algorithm)
    return padding.OAEP(padding.MGF1(hashing), hashing, None)
