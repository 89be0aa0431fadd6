"""Keys for the tests of mobile push, made once for all of them."""

from __future__ import annotations

import json
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: Key) -> str:
    """As platforms hand keys out."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def service_account(**fields: str) -> str:
    """The file of a service account, but for the fields given."""
    account = {
        "type": "service_account",
        "project_id": "tide-1",
        "private_key_id": "key-1",
        "private_key": pem(rsa_key()),
        "client_email": "sns@tide-1.iam.gserviceaccount.com",
        "token_uri": "http://169.254.169.254/latest",
    }
    return json.dumps(account | fields)
