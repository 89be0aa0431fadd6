"""HMACs are the standard's."""

import hmac

import pytest

from tidegate.kms.errors import WrongAlgorithm
from tidegate.kms.mac import generate_mac, verify_mac
from tidegate.kms.material import generate_material


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_a_mac_is_the_hmac_and_nothing_else_verifies(bits: int) -> None:
    spec, algorithm = f"HMAC_{bits}", f"HMAC_SHA_{bits}"
    material = generate_material(spec)
    assert len(material) == bits // 8
    mac = generate_mac(spec, material, algorithm, b"message")
    assert mac == hmac.new(material.reveal(), b"message", f"sha{bits}").digest()
    assert verify_mac(spec, material, algorithm, b"message", mac)
    assert not verify_mac(spec, material, algorithm, b"massage", mac)
    assert not verify_mac(spec, material, algorithm, b"message", mac[:-1])
    assert not verify_mac(spec, generate_material(spec), algorithm, b"message", mac)


def test_an_algorithm_of_another_spec_is_refused() -> None:
    material = generate_material("HMAC_256")
    with pytest.raises(WrongAlgorithm):
        generate_mac("HMAC_256", material, "HMAC_SHA_384", b"message")
    with pytest.raises(WrongAlgorithm):
        verify_mac("SYMMETRIC_DEFAULT", material, "HMAC_SHA_256", b"message", b"mac")
