"""What the keys of KMS do, for every spec: encrypt, sign, authenticate, agree, make data keys.

What comes out is checked with the library `cryptography` where the algorithm is an open one.
"""

import hashlib
import hmac
import os

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sdk.refusals import refused

RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
NIST = {
    "ECC_NIST_P256": ("ECDSA_SHA_256", ec.SECP256R1, hashes.SHA256),
    "ECC_NIST_P384": ("ECDSA_SHA_384", ec.SECP384R1, hashes.SHA384),
    "ECC_NIST_P521": ("ECDSA_SHA_512", ec.SECP521R1, hashes.SHA512),
}
HMAC = {
    "HMAC_224": ("HMAC_SHA_224", "sha224"),
    "HMAC_256": ("HMAC_SHA_256", "sha256"),
    "HMAC_384": ("HMAC_SHA_384", "sha384"),
    "HMAC_512": ("HMAC_SHA_512", "sha512"),
}
ML_DSA = ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"]
WRONG_SIGNATURE = "KMSInvalidSignatureException"


@pytest.fixture(scope="module")
def kms(home):
    return home.kms


@pytest.fixture(scope="module")
def new_key(kms):
    """The id of a key of a spec and usage, one for the whole file."""
    made = {}

    def make(spec="SYMMETRIC_DEFAULT", usage="ENCRYPT_DECRYPT"):
        if (spec, usage) not in made:
            answer = kms.create_key(KeySpec=spec, KeyUsage=usage)
            made[spec, usage] = answer["KeyMetadata"]["KeyId"]
        return made[spec, usage]

    return make


@pytest.fixture
def key(new_key):
    return new_key()


def plaintext(confidences, size=32):
    """Bytes that nobody but the caller may ever see again."""
    made = os.urandom(size)
    confidences.keep(made)
    return made


def public_key(kms, key):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


def encrypt(kms, key, data=b"x", **parameters):
    return kms.encrypt(KeyId=key, Plaintext=data, **parameters)["CiphertextBlob"]


# Symmetric encryption.


def test_encrypt_and_decrypt(kms, confidences, key):
    data = plaintext(confidences)
    answer = kms.encrypt(KeyId=key, Plaintext=data)
    assert answer["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert data not in answer["CiphertextBlob"]
    for more in ({}, {"KeyId": key}, {"KeyId": answer["KeyId"]}):
        opened = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], **more)
        assert opened["Plaintext"] == data
        assert opened["KeyId"] == answer["KeyId"]


def test_the_same_plaintext_never_gives_the_same_ciphertext(kms, key):
    assert encrypt(kms, key) != encrypt(kms, key)


@pytest.mark.parametrize(("size", "works"), [(1, True), (4096, True), (4097, False)])
def test_sizes_of_a_plaintext(kms, key, size, works):
    client = kms
    if works:
        blob = encrypt(client, key, b"p" * size)
        assert len(blob) <= 6144
        assert client.decrypt(CiphertextBlob=blob)["Plaintext"] == b"p" * size
    else:
        with refused("ValidationException"):
            encrypt(client, key, b"p" * size)


def test_encryption_context(kms, key):
    context = {"tenant": "1", "stage": "test"}
    blob = encrypt(kms, key, b"x", EncryptionContext=context)
    turned = dict(reversed(context.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"x"
    for other in ({}, {"tenant": "1"}, {"tenant": "1", "stage": "Test"}, {**context, "more": "1"}):
        with refused("InvalidCiphertextException"):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=other)


def test_ciphertexts_that_were_changed(kms, key):
    blob = encrypt(kms, key, b"some text")
    for place in (0, 1, len(blob) // 2, len(blob) - 1):
        changed = bytearray(blob)
        changed[place] ^= 1
        # Where the change hits the key's name, the blob is one of a key that nobody knows.
        with refused(("InvalidCiphertextException", "AccessDeniedException")):
            kms.decrypt(CiphertextBlob=bytes(changed))
    for other in (blob[:-1], blob + b"x", b"nonsense", b"\0"):
        with refused("InvalidCiphertextException"):
            kms.decrypt(CiphertextBlob=other)


def test_another_key_does_not_open_it(kms, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("IncorrectKeyException"):
        kms.decrypt(CiphertextBlob=encrypt(kms, key), KeyId=other)


def test_reencrypt(kms, confidences, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    data = plaintext(confidences)
    blob = encrypt(kms, key, data, EncryptionContext={"a": "1"})
    answer = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext={"a": "1"},
        DestinationKeyId=other,
        DestinationEncryptionContext={"b": "2"},
    )
    assert answer["SourceKeyId"].endswith(key)
    assert answer["KeyId"].endswith(other)
    moved = answer["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=moved, KeyId=other, EncryptionContext={"b": "2"})
    assert opened["Plaintext"] == data
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=moved, EncryptionContext={"a": "1"})
    with refused("IncorrectKeyException"):
        kms.re_encrypt(CiphertextBlob=moved, SourceKeyId=key, DestinationKeyId=key)


# Data keys.


@pytest.mark.parametrize(
    ("size", "length"),
    [
        ({"KeySpec": "AES_256"}, 32),
        ({"KeySpec": "AES_128"}, 16),
        ({"NumberOfBytes": 64}, 64),
        ({"NumberOfBytes": 1024}, 1024),
    ],
)
def test_data_key(kms, confidences, key, size, length):
    context = {"what": "a file"}
    answer = kms.generate_data_key(KeyId=key, EncryptionContext=context, **size)
    data_key = answer["Plaintext"]
    confidences.keep(data_key)
    assert len(data_key) == length
    blob = answer["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)
    assert opened["Plaintext"] == data_key
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob)
    sealed = kms.generate_data_key_without_plaintext(KeyId=key, **size)
    assert "Plaintext" not in sealed
    hidden = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])["Plaintext"]
    confidences.keep(hidden)
    assert len(hidden) == length
    assert hidden != data_key


@pytest.mark.parametrize(
    "size", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}, {"NumberOfBytes": 1025}]
)
def test_a_data_key_has_one_size(kms, key, size):
    with refused("ValidationException"):
        kms.generate_data_key(KeyId=key, **size)


def test_client_side_encryption_by_a_data_key(kms, key, queue):
    """What an encryption client does: the body sealed here, the data key sealed beside it."""
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    nonce = os.urandom(12)
    body = (nonce + AESGCM(made["Plaintext"]).encrypt(nonce, b"for us only", None)).hex()
    sealed = {"DataType": "Binary", "BinaryValue": made["CiphertextBlob"]}
    queue.send(body, MessageAttributes={"key": sealed})
    message = queue.receive_one(MessageAttributeNames=["All"])
    blob = message["MessageAttributes"]["key"]["BinaryValue"]
    data = bytes.fromhex(message["Body"])
    opened = AESGCM(kms.decrypt(CiphertextBlob=blob)["Plaintext"]).decrypt(
        data[:12], data[12:], None
    )
    assert opened == b"for us only"


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("RSA_2048", rsa.RSAPrivateKey),
        ("ECC_NIST_P256", ec.EllipticCurvePrivateKey),
        ("ECC_NIST_P384", ec.EllipticCurvePrivateKey),
        ("ECC_NIST_P521", ec.EllipticCurvePrivateKey),
        ("ECC_SECG_P256K1", ec.EllipticCurvePrivateKey),
    ],
)
def test_data_key_pair(kms, confidences, key, spec, kind):
    answer = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec)
    private_der = answer["PrivateKeyPlaintext"]
    confidences.keep(private_der)
    private = serialization.load_der_private_key(private_der, None)
    assert isinstance(private, kind)
    public = serialization.load_der_public_key(answer["PublicKey"])
    assert private.public_key() == public
    opened = kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])
    assert opened["Plaintext"] == private_der
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in hidden
    assert hidden["KeyPairSpec"] == spec


def test_random_bytes(kms):
    made = {kms.generate_random(NumberOfBytes=32)["Plaintext"] for _ in range(3)}
    assert {len(one) for one in made} == {32}
    assert len(made) == 3
    with refused("ValidationException"):
        kms.generate_random(NumberOfBytes=1025)


# Asymmetric keys.


@pytest.mark.parametrize("spec", RSA)
@pytest.mark.parametrize("digest", [hashes.SHA1, hashes.SHA256])
def test_rsa_encryption(kms, confidences, new_key, spec, digest):
    if spec != "RSA_2048" and digest is hashes.SHA1:
        pytest.skip("one size is enough for both digests")
    key = new_key(spec)
    algorithm = "RSAES_OAEP_SHA_256" if digest is hashes.SHA256 else "RSAES_OAEP_SHA_1"
    data = plaintext(confidences)
    blob = encrypt(kms, key, data, EncryptionAlgorithm=algorithm)
    opened = kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
    assert opened["Plaintext"] == data
    oaep = padding.OAEP(padding.MGF1(digest()), digest(), None)
    outside = public_key(kms, key).encrypt(data, oaep)
    opened = kms.decrypt(KeyId=key, CiphertextBlob=outside, EncryptionAlgorithm=algorithm)
    assert opened["Plaintext"] == data


@pytest.mark.parametrize("spec", RSA)
@pytest.mark.parametrize("scheme", ["PSS", "PKCS1_V1_5"])
@pytest.mark.parametrize("bits", [256, 384, 512])
def test_rsa_signatures(kms, new_key, spec, scheme, bits):
    if spec != "RSA_2048" and bits != 256:
        pytest.skip("one size is enough for all digests")
    key = new_key(spec, "SIGN_VERIFY")
    algorithm = f"RSASSA_{scheme}_SHA_{bits}"
    message = b"a message"
    signature = kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)["Signature"]
    digest = getattr(hashes, f"SHA{bits}")()
    scheme_of_it = (
        padding.PSS(padding.MGF1(digest), digest.digest_size)
        if scheme == "PSS"
        else padding.PKCS1v15()
    )
    public_key(kms, key).verify(signature, message, scheme_of_it, digest)
    check = {"KeyId": key, "SigningAlgorithm": algorithm, "Signature": signature}
    assert kms.verify(Message=message, **check)["SignatureValid"] is True
    hashed = hashlib.new(f"sha{bits}", message).digest()
    assert kms.verify(Message=hashed, MessageType="DIGEST", **check)["SignatureValid"] is True
    with refused(WRONG_SIGNATURE):
        kms.verify(Message=b"another message", **check)


@pytest.mark.parametrize("spec", NIST)
def test_ecdsa_signatures(kms, new_key, spec):
    algorithm, _, digest = NIST[spec]
    key = new_key(spec, "SIGN_VERIFY")
    message = b"a message"
    signature = kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)["Signature"]
    public_key(kms, key).verify(signature, message, ec.ECDSA(digest()))
    check = {"KeyId": key, "SigningAlgorithm": algorithm}
    assert kms.verify(Message=message, Signature=signature, **check)["SignatureValid"] is True
    with refused(WRONG_SIGNATURE):
        kms.verify(Message=message, Signature=signature[:-1] + b"\0", **check)
    hashed = hashlib.new(digest.name, message).digest()
    signed = kms.sign(MessageType="DIGEST", Message=hashed, **check)["Signature"]
    public_key(kms, key).verify(signed, hashed, ec.ECDSA(utils.Prehashed(digest())))
    with refused("ValidationException"):
        kms.sign(MessageType="DIGEST", Message=hashed[:-1], **check)


def test_secp256k1_signatures(kms, new_key):
    key = new_key("ECC_SECG_P256K1", "SIGN_VERIFY")
    parameters = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256", "Message": b"coin"}
    signature = kms.sign(**parameters)["Signature"]
    public_key(kms, key).verify(signature, b"coin", ec.ECDSA(hashes.SHA256()))
    assert kms.verify(Signature=signature, **parameters)["SignatureValid"] is True


def test_ed25519_signatures(kms, new_key):
    key = new_key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    parameters = {"KeyId": key, "SigningAlgorithm": "ED25519_SHA_512", "Message": b"a message"}
    signature = kms.sign(**parameters)["Signature"]
    public_key(kms, key).verify(signature, b"a message")
    assert kms.verify(Signature=signature, **parameters)["SignatureValid"] is True


@pytest.mark.parametrize("spec", ML_DSA)
def test_ml_dsa_signatures(kms, new_key, spec):
    key = new_key(spec, "SIGN_VERIFY")
    parameters = {"KeyId": key, "SigningAlgorithm": "ML_DSA_SHAKE_256", "Message": b"a message"}
    signature = kms.sign(**parameters)["Signature"]
    sizes = {"ML_DSA_44": 2420, "ML_DSA_65": 3309, "ML_DSA_87": 4627}
    assert len(signature) == sizes[spec]
    assert kms.verify(Signature=signature, **parameters)["SignatureValid"] is True
    with refused(WRONG_SIGNATURE):
        kms.verify(Signature=signature, **{**parameters, "Message": b"another"})


@pytest.mark.parametrize("spec", HMAC)
def test_macs(kms, new_key, spec):
    algorithm, name = HMAC[spec]
    parameters = {
        "KeyId": new_key(spec, "GENERATE_VERIFY_MAC"),
        "Message": b"a message",
        "MacAlgorithm": algorithm,
    }
    mac = kms.generate_mac(**parameters)["Mac"]
    assert len(mac) == hashlib.new(name).digest_size
    assert kms.generate_mac(**parameters)["Mac"] == mac
    assert kms.verify_mac(Mac=mac, **parameters)["MacValid"] is True
    assert not hmac.compare_digest(mac, hmac.new(b"", b"a message", name).digest())
    with refused("KMSInvalidMacException"):
        kms.verify_mac(Mac=mac, **{**parameters, "Message": b"another"})
    with refused("KMSInvalidMacException"):
        kms.verify_mac(Mac=mac[:-1] + bytes([mac[-1] ^ 1]), **parameters)


@pytest.mark.parametrize("spec", NIST)
def test_shared_secret(kms, confidences, new_key, spec):
    _, curve, _ = NIST[spec]
    key = new_key(spec, "KEY_AGREEMENT")
    peer = ec.generate_private_key(curve())
    theirs = peer.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    answer = kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=theirs)
    secret = answer["SharedSecret"]
    confidences.keep(secret)
    assert secret == peer.exchange(ec.ECDH(), public_key(kms, key))


def test_specs_of_the_model_that_are_refused_say_so(kms):
    """SM2 is for China's regions; ML-KEM is documented as not offered here."""
    usages = {"SM2": "SIGN_VERIFY", "ML_KEM_768": "ENCAPSULATE_DECAPSULATE"}
    for spec, usage in usages.items():
        with refused(("UnsupportedOperationException", "ValidationException")):
            kms.create_key(KeySpec=spec, KeyUsage=usage)


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("SYMMETRIC_DEFAULT", "SIGN_VERIFY"),
        ("HMAC_256", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
        ("RSA_2048", "GENERATE_VERIFY_MAC"),
        ("RSA_2048", "KEY_AGREEMENT"),
        ("RSA_1024", "SIGN_VERIFY"),
    ],
)
def test_specs_and_usages_that_do_not_fit(kms, spec, usage):
    with refused("ValidationException"):
        kms.create_key(KeySpec=spec, KeyUsage=usage)


def test_usage_must_be_said_for_all_but_symmetric_keys(kms):
    for spec in ("RSA_2048", "ECC_NIST_P256", "HMAC_256"):
        with refused("ValidationException"):
            kms.create_key(KeySpec=spec)


def test_keys_that_are_for_something_else(kms, new_key):
    symmetric, signing = new_key(), new_key("RSA_2048", "SIGN_VERIFY")
    mac, encrypting = new_key("HMAC_256", "GENERATE_VERIFY_MAC"), new_key("RSA_2048")
    sign = {"Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    for ask in (
        lambda: kms.encrypt(KeyId=mac, Plaintext=b"x"),
        lambda: kms.encrypt(
            KeyId=signing, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_256"
        ),
        lambda: kms.sign(KeyId=encrypting, **sign),
        lambda: kms.generate_mac(KeyId=signing, Message=b"x", MacAlgorithm="HMAC_SHA_256"),
        lambda: kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_512"),
        lambda: kms.generate_data_key(KeyId=signing, KeySpec="AES_256"),
        lambda: kms.encrypt(KeyId=encrypting, Plaintext=b"x"),
    ):
        with refused("InvalidKeyUsageException"):
            ask()
    with refused(("UnsupportedOperationException", "InvalidKeyUsageException")):
        kms.get_public_key(KeyId=symmetric)
    with refused("InvalidKeyUsageException"):
        kms.sign(KeyId=symmetric, **sign)


def test_metadata_says_what_a_key_can(kms, new_key):
    def metadata(*spec):
        return kms.describe_key(KeyId=new_key(*spec))["KeyMetadata"]

    assert metadata()["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"]
    assert sorted(metadata("RSA_2048")["EncryptionAlgorithms"]) == [
        "RSAES_OAEP_SHA_1",
        "RSAES_OAEP_SHA_256",
    ]
    assert metadata("ECC_NIST_P384", "SIGN_VERIFY")["SigningAlgorithms"] == ["ECDSA_SHA_384"]
    assert metadata("HMAC_256", "GENERATE_VERIFY_MAC")["MacAlgorithms"] == ["HMAC_SHA_256"]
    assert metadata("ECC_NIST_P256", "KEY_AGREEMENT")["KeyAgreementAlgorithms"] == ["ECDH"]
    public = kms.get_public_key(KeyId=new_key("RSA_2048", "SIGN_VERIFY"))
    assert public["KeySpec"] == "RSA_2048"
    assert public["KeyUsage"] == "SIGN_VERIFY"
    assert len(public["SigningAlgorithms"]) == 6
