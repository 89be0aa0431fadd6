"""Whether a document that came over HTTP is SNS's own.

Anybody can post to an endpoint that is open to the network.  What SNS posts is signed: the document
names the certificate of the signature, and is to be believed only if that certificate comes from
SNS, and not from where the sender likes.
"""

import base64
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

Document = Mapping[str, str]

TIMEOUT_S = 5.0
HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
"""By SignatureVersion."""

SIGNED_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_OF_CONFIRMATION = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)
AWS_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


class NotSigned(Exception):
    """The document does not come from SNS, or was changed on its way."""


def check_signature(document: Document, endpoint: str) -> None:
    """Whether SNS, which answers at this endpoint, has signed the document; raises NotSigned."""
    try:
        url, version = document["SigningCertURL"], document["SignatureVersion"]
        signature = base64.b64decode(document["Signature"], validate=True)
        algorithm = HASHES[version]()
    except (KeyError, ValueError) as error:
        raise NotSigned(f"the document has no signature: {error}") from None
    if not is_of_sns(url, endpoint):
        raise NotSigned(f"the certificate is somebody else's: {url}")
    try:
        _public_key(url).verify(signature, string_to_sign(document), padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        raise NotSigned("the signature is of something else") from None


def is_of_sns(url: str, endpoint: str) -> bool:
    """Whether a URL in a document leads to SNS: to the endpoint itself, or to AWS."""
    parts, own = urlsplit(url), urlsplit(endpoint)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    return parts.scheme == "https" and AWS_HOST.fullmatch(parts.netloc) is not None


def string_to_sign(document: Document) -> bytes:
    """A line with the name and a line with the value of each field, in the order of their names."""
    is_notification = document.get("Type") == "Notification"
    names = SIGNED_OF_NOTIFICATION if is_notification else SIGNED_OF_CONFIRMATION
    return "".join(f"{name}\n{document[name]}\n" for name in names if name in document).encode()


@lru_cache(maxsize=16)
def _public_key(url: str) -> rsa.RSAPublicKey:
    with urlopen(url, timeout=TIMEOUT_S) as answer:
        key = load_pem_x509_certificate(answer.read()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key
