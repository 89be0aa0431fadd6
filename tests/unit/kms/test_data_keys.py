"""Data keys are reused for their period, by one caller, and found again by their reference."""

from collections.abc import Hashable, Mapping

import pytest

from tidegate.kms.data_keys import DataKeys
from tidegate.kms.envelope import DataKey
from tidegate.kms.errors import InvalidCiphertext, Unsealable
from tidegate.kms.keyring import DomainKey
from tidegate.kms.material import generate_material
from tidegate.kms.secret import Secret
from tidegate.kms.symmetric import decrypt, encrypt

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXT = {"aws:sqs:arn": QUEUE}
REUSE_S = 300


class Denied(Exception):
    """A refusal of KMS."""


class OneKey:
    """KMS with one key, which some callers may not use; a request is who asks."""

    def __init__(self) -> None:
        self.material = generate_material("SYMMETRIC_DEFAULT")
        self.denied: set[Hashable] = set()
        self.calls: list[tuple[str, Hashable]] = []

    def generate(
        self, request: Hashable, key_id: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        self._called("generate", request)
        assert context == CONTEXT
        key = generate_material("SYMMETRIC_DEFAULT")
        return key, encrypt(key_id, 1, self.material, key.reveal(), context)

    def decrypt(self, request: Hashable, blob: bytes, context: Mapping[str, str]) -> Secret:
        self._called("decrypt", request)
        return decrypt(blob, self.material, context)

    def _called(self, operation: str, request: Hashable) -> None:
        self.calls.append((operation, request))
        if request in self.denied:
            raise Denied


def domain(*values: int) -> DomainKey:
    return DomainKey("sse-sqs", {n: Secret(bytes([v]) * 32) for n, v in enumerate(values, 1)})


@pytest.fixture
def kms() -> OneKey:
    return OneKey()


@pytest.fixture
def data_keys(kms: OneKey) -> DataKeys:
    return DataKeys(domain(1), kms, capacity=4)


def sealing_kms(data_keys: DataKeys, caller: str = "ann", now: float = 0) -> DataKey:
    return data_keys.sealing_kms(QUEUE, caller, KEY, REUSE_S, now, caller)


# --- SSE-SQS -------------------------------------------------------------------------------------


def test_a_queue_keeps_its_key_for_the_reuse_period(data_keys: DataKeys) -> None:
    first = data_keys.sealing_sqs(QUEUE, REUSE_S, 1000)
    assert data_keys.sealing_sqs(QUEUE, REUSE_S, 1000 + REUSE_S - 0.001) is first
    assert data_keys.sealing_sqs(QUEUE + "2", REUSE_S, 1000) is not first
    second = data_keys.sealing_sqs(QUEUE, REUSE_S, 1000 + REUSE_S)
    assert second is not first
    assert second.reference != first.reference


def test_any_process_opens_by_the_reference(data_keys: DataKeys, kms: OneKey) -> None:
    key = data_keys.sealing_sqs(QUEUE, REUSE_S, 0)
    sealed = key.seal(b"hello", b"7")
    assert len(key.reference) == 19
    other = DataKeys(domain(1), kms)
    assert other.opening(key.reference, "bob", REUSE_S, 0, "bob").open(sealed, b"7") == b"hello"
    assert kms.calls == []


def test_a_message_opens_after_its_domain_key_was_rotated(kms: OneKey) -> None:
    old, new = DataKeys(domain(1), kms), DataKeys(domain(1, 2), kms)
    key = old.sealing_sqs(QUEUE, REUSE_S, 0)
    sealed = key.seal(b"hello", b"")
    assert new.opening(key.reference, None, REUSE_S, 0, None).open(sealed, b"") == b"hello"
    fresh = new.sealing_sqs(QUEUE, REUSE_S, 0)
    assert fresh.reference[:3] == b"\x01\x00\x02"
    with pytest.raises(Unsealable, match="not on the keyring"):
        old.opening(fresh.reference, None, REUSE_S, 0, None)


def test_another_domain_key_derives_another_key(data_keys: DataKeys, kms: OneKey) -> None:
    key = data_keys.sealing_sqs(QUEUE, REUSE_S, 0)
    sealed = key.seal(b"hello", b"")
    with pytest.raises(Unsealable):
        DataKeys(domain(2), kms).opening(key.reference, None, REUSE_S, 0, None).open(sealed, b"")


def test_a_retired_key_is_replaced(data_keys: DataKeys) -> None:
    first = data_keys.sealing_sqs(QUEUE, REUSE_S, 0)
    first.retire()
    assert not data_keys.sealing_sqs(QUEUE, REUSE_S, 0).retired
    by_kms = sealing_kms(data_keys)
    by_kms.retire()
    assert not sealing_kms(data_keys).retired


@pytest.mark.parametrize(
    "reference",
    [
        b"",
        b"\x01",
        b"\x01" * 18,
        b"\x03" + bytes(18),
        bytes(19),
        b"\x02",
        b"\x02\x00",
        b"\x02\x00\x00",
        b"\x02\x00\x04" + b"\xff" * 4,
        b"\x02\xff\xff" + bytes(9),
    ],
)
def test_what_is_no_reference_is_refused(data_keys: DataKeys, reference: bytes) -> None:
    with pytest.raises(Unsealable):
        data_keys.opening(reference, None, REUSE_S, 0, None)
    assert len(data_keys) == 0


# --- SSE-KMS -------------------------------------------------------------------------------------


def test_kms_is_asked_once_for_each_period_and_caller(data_keys: DataKeys, kms: OneKey) -> None:
    first = sealing_kms(data_keys)
    assert sealing_kms(data_keys, now=REUSE_S - 0.001) is first
    sealing_kms(data_keys, "bob")
    assert kms.calls == [("generate", "ann"), ("generate", "bob")]
    sealing_kms(data_keys, now=REUSE_S)
    assert kms.calls[2:] == [("generate", "ann")]


def test_the_receiver_asks_kms_for_the_key_of_a_reference(data_keys: DataKeys, kms: OneKey) -> None:
    key = sealing_kms(data_keys)
    sealed = key.seal(b"hello", b"")
    kms.calls.clear()
    for _ in range(3):
        opening = data_keys.opening(key.reference, "bob", REUSE_S, 0, "bob")
        assert opening.open(sealed, b"") == b"hello"
    assert kms.calls == [("decrypt", "bob")]
    data_keys.opening(key.reference, "bob", REUSE_S, REUSE_S, "bob")
    assert kms.calls == [("decrypt", "bob")] * 2


def test_who_may_not_use_the_key_profits_from_nobody_s_cache(
    data_keys: DataKeys, kms: OneKey
) -> None:
    key = sealing_kms(data_keys)
    data_keys.opening(key.reference, "ann", REUSE_S, 0, "ann")
    kms.denied = {"eve"}
    with pytest.raises(Denied):
        sealing_kms(data_keys, "eve")
    with pytest.raises(Denied):
        data_keys.opening(key.reference, "eve", REUSE_S, 0, "eve")


def test_kms_s_refusals_pass_through(data_keys: DataKeys, kms: OneKey) -> None:
    reference = bytearray(sealing_kms(data_keys).reference)
    reference[-1] ^= 1
    with pytest.raises(InvalidCiphertext):
        data_keys.opening(bytes(reference), "ann", REUSE_S, 0, "ann")


def test_the_context_of_the_first_queue_travels_with_the_reference(
    data_keys: DataKeys, kms: OneKey
) -> None:
    reference = sealing_kms(data_keys).reference
    assert QUEUE.encode() in reference
    forged = reference.replace(b":orders", b":others")
    with pytest.raises(InvalidCiphertext):
        data_keys.opening(forged, "ann", REUSE_S, 0, "ann")


def test_a_withdrawn_key_is_asked_for_again_once_it_is_forgotten(
    data_keys: DataKeys, kms: OneKey
) -> None:
    key = sealing_kms(data_keys)
    data_keys.opening(key.reference, "ann", REUSE_S, 0, "ann")
    derived = data_keys.sealing_sqs(QUEUE, REUSE_S, 0)
    kms.denied = {"ann"}
    assert sealing_kms(data_keys) is key, "reused for its period"
    data_keys.forget_kms()
    with pytest.raises(Denied):
        sealing_kms(data_keys)
    with pytest.raises(Denied):
        data_keys.opening(key.reference, "ann", REUSE_S, 0, "ann")
    assert data_keys.sealing_sqs(QUEUE, REUSE_S, 0) is derived


# --- bounds --------------------------------------------------------------------------------------


def test_the_least_recently_used_keys_make_room(data_keys: DataKeys) -> None:
    first = data_keys.sealing_sqs("0", REUSE_S, 0)
    for queue in "1230":
        data_keys.sealing_sqs(queue, REUSE_S, 0)
    data_keys.sealing_sqs("4", REUSE_S, 0)
    assert len(data_keys) == 4
    assert data_keys.sealing_sqs("0", REUSE_S, 0) is first


def test_keys_whose_period_is_over_go_when_another_comes(data_keys: DataKeys) -> None:
    key = data_keys.sealing_sqs(QUEUE, 60, 0)
    data_keys.opening(key.reference, None, REUSE_S, 0, None)
    data_keys.sealing_sqs("1", REUSE_S, 59.999)
    assert len(data_keys) == 3
    data_keys.sealing_sqs("2", REUSE_S, 60)
    assert len(data_keys) == 3
    data_keys.sealing_sqs("3", REUSE_S, 60 + REUSE_S)
    assert len(data_keys) == 1
