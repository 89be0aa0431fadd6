"""What an earlier version wrote still opens: the formats on disk, as they were stored once.

A format that changes gets another version number; what stands here stays.
"""

from key_disk import KEY_PATH, KEYRING_PATH, KeyDisk, opened
from tidegate.kms.data_keys import DataKeys
from tidegate.kms.keyring import PURPOSES
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret
from tidegate.kms.symmetric import decrypt, read_head

ROOT_KEY = b"# A comment\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
KEYRING = b"""{
  "format": 1,
  "root_key_id": "b9369fd2ba7a4a5e",
  "keys": [
    {"purpose": "identity", "generation": 1, "wrapped":
     "EUrXpqramZh27HMXFxPWOGrXAX66u5UCkpu0rwb5Qn7TDDFqo1jitk9yZDjiOiuMAnakht03g3q7gMpu"},
    {"purpose": "kms", "generation": 1, "wrapped":
     "GjhH56C4nTONZhjyem7B2DkPzHTS88//UiTLdvUpJkzvgScWjHwVdPidijvSW3ichM3QNTB2/KfXijLp"},
    {"purpose": "sse-sqs", "generation": 1, "wrapped":
     "NfixLBi9f+TVnE31uT0XibEIpfIUU7SdKqMxz4dnyZX/Xiw1+bMqkPFnRHlrJSUne04ETUtlVHgvMA04"},
    {"purpose": "sts", "generation": 1, "wrapped":
     "+M4nLjTur/3as/7HQSd44rlHvu/k8bdorM47eOG6FHmdcStrAEiU3gbAK3h+tsB5lFtMLMW1njTQKmyf"}
  ]
}
"""
SEALED = bytes.fromhex("010001eccb619b20845dea5cd68ab8e75c5ed7a6df8a86f96c7a46b71b61f0b88c8a6cae4f")
BLOB = bytes.fromhex(
    "010003004b61726e3a6177733a6b6d733a65752d776573742d313a3131313132323232333333333a"
    "6b65792f31323334616263642d313261622d333463642d353665662d313233343536373839306162"
    "622385180c085d43bd184b57b6c6193430b2203c46ea95737cff82b84919d2a889bb8a3d22aa8937"
    "7890d1ad0e4cdc776f"
)
REFERENCE = bytes.fromhex("010001f7dbbd571a606878a999a1a4ef4a094b")
MESSAGE = bytes.fromhex("d6fc08c000000000000000000f007bc3417198c6cde854d82edb147e000c3683")


def stored() -> KeyDisk:
    return KeyDisk({KEY_PATH: ROOT_KEY, KEYRING_PATH: KEYRING})


def test_a_stored_keyring_opens() -> None:
    keyring = opened(stored())
    for value, purpose in enumerate(PURPOSES, 1):
        assert keyring.domain(purpose).generations == {1: Secret(bytes([value]) * 32)}


def test_a_stored_secret_opens() -> None:
    assert Sealer(opened(stored()).domain("identity")).open(SEALED, b"AKIA") == Secret(b"secret")


def test_a_stored_ciphertext_blob_opens() -> None:
    assert read_head(BLOB).generation == 3
    material = Secret(b"\x09" * 32)
    assert decrypt(BLOB, material, {"a": "1", "b": "2"}) == Secret(b"hello")


class NoKms:
    """No message here needs it."""

    def generate(self, request: object, key_id: str, context: object) -> tuple[Secret, bytes]:
        raise AssertionError

    def decrypt(self, request: object, blob: bytes, context: object) -> Secret:
        raise AssertionError


def test_a_stored_message_opens() -> None:
    data_keys = DataKeys(opened(stored()).domain("sse-sqs"), NoKms())
    assert data_keys.opening(REFERENCE, None, 300, 0, None).open(MESSAGE, b"7") == b"body"
