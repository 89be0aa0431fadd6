"""Message authentication codes of HMAC keys (RFC 2104), raw and whole."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hmac import HMAC

from tidegate.kms.errors import WrongAlgorithm
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS, hash_of


def generate_mac(spec_name: str, material: Secret, algorithm: str, message: bytes) -> bytes:
    """The HMAC of a message; raises WrongAlgorithm."""
    return _hmac(spec_name, material, algorithm, message).finalize()


def verify_mac(
    spec_name: str, material: Secret, algorithm: str, message: bytes, mac: bytes
) -> bool:
    """Whether this is the HMAC of the message, compared in constant time; raises WrongAlgorithm."""
    try:
        _hmac(spec_name, material, algorithm, message).verify(mac)
    except InvalidSignature:
        return False
    return True


def _hmac(spec_name: str, material: Secret, algorithm: str, message: bytes) -> HMAC:
    if algorithm not in KEY_SPECS[spec_name].mac:
        raise WrongAlgorithm(algorithm)
    state = HMAC(material.reveal(), hash_of(algorithm))
    state.update(message)
    return state
