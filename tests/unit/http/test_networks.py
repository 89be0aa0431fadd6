"""Which addresses may be called, in whatever form they come."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.http.networks import KINDS, Networks, default_networks, embedded, kind_of

PUBLIC = Networks(["public"])


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.0.9", "loopback"),
        ("0.0.0.0", "loopback"),
        ("0.1.2.3", "loopback"),
        ("::1", "loopback"),
        ("::", "loopback"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("10.1.2.3", "private"),
        ("172.31.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("198.18.0.1", "private"),
        ("192.0.2.1", "private"),
        ("240.0.0.1", "private"),
        ("fd00:ec2::254", "private"),
        ("2001:db8::1", "private"),
        ("93.184.216.34", "public"),
        ("2606:2800:220:1:248:1893:25c8:1946", "public"),
        ("224.0.0.1", None),
        ("255.255.255.255", None),
        ("ff02::1", None),
        # IPv4 in IPv6: mapped, compatible, 6to4, Teredo, NAT64.
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:7f00:1", "loopback"),
        ("::127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("2002:7f00:0001::", "loopback"),
        ("2002:0a00:0001::1", "private"),
        ("64:ff9b::169.254.169.254", "link-local"),
        ("64:ff9b::93.184.216.34", "public"),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", "loopback"),
    ],
)
def test_kinds(address: str, kind: str | None) -> None:
    assert kind_of(embedded(ipaddress.ip_address(address))) == kind
    for word in KINDS:
        assert Networks([word]).allow(address) == (word == kind)


@pytest.mark.parametrize("text", ["2130706433", "0x7f.1", "017700000001", "127.1"])
def test_figures_that_a_resolver_takes_for_an_address(text: str) -> None:
    """What counts is the address that is connected to, not how it was written."""
    found = socket.getaddrinfo(text, 80, type=socket.SOCK_STREAM)
    assert not any(PUBLIC.allow(str(address[0])) for *_, address in found)
    assert not PUBLIC.allow(text)


def test_networks_by_their_figures() -> None:
    networks = Networks(["public", "10.1.0.0/16", "fd12::/32"])
    assert networks.allow("10.1.9.9")
    assert networks.allow("::ffff:10.1.9.9")
    assert networks.allow("fd12::9")
    assert not networks.allow("10.2.0.1")
    assert not networks.allow("fd13::9")
    assert not Networks(["::/0"]).allow("::ffff:127.0.0.1")


@pytest.mark.parametrize("word", ["privat", "10.0.0.1/8", "10.0.0.0/33", "", "localhost"])
def test_what_is_no_network(word: str) -> None:
    with pytest.raises(ValueError, match="public, private, loopback, link-local"):
        Networks([word])


def test_defaults_depend_on_who_may_ask() -> None:
    assert default_networks(listens_on_loopback=True).allow("127.0.0.1")
    careful = default_networks(listens_on_loopback=False)
    assert careful.allow("93.184.216.34")
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"):
        assert not careful.allow(address)


@given(st.ip_addresses())
def test_every_address_is_of_one_kind_at_most(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert sum(Networks([word]).allow(str(address)) for word in KINDS) <= 1


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_each_of_its_forms(address: ipaddress.IPv4Address) -> None:
    forms = [f"::ffff:{address}", f"64:ff9b::{address}"]
    assert {PUBLIC.allow(form) for form in forms} == {PUBLIC.allow(str(address))}
