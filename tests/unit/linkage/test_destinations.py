import pytest

from linkage.telling.destinations import refused


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("10.1.2.3", id="private"),
        pytest.param("169.254.169.254", id="link local, where clouds keep their secrets"),
        pytest.param("100.64.0.1", id="carrier-grade NAT"),
        pytest.param("0.0.0.0", id="this host"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("::1", id="IPv6 loopback"),
        pytest.param("[::1]", id="IPv6 loopback in brackets"),
        pytest.param("::ffff:127.0.0.1", id="IPv4 loopback in IPv6 clothes"),
        pytest.param("2002:7f00:1::", id="IPv4 loopback by 6to4"),
        pytest.param("fd00::1", id="unique local"),
        pytest.param("2130706433", id="loopback as one number"),
        pytest.param("localhost", id="loopback by name"),
    ],
)
def test_internal_address_is_refused(host: str):
    assert refused(host, ())


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("1.1.1.1", id="public"),
        pytest.param("2606:4700:4700::1111", id="public IPv6"),
        pytest.param("no such host", id="what is no host leads nowhere"),
    ],
)
def test_other_addresses_are_not(host: str):
    assert not refused(host, ())


def test_configuration_allows_its_networks_and_no_others():
    assert not refused("127.0.0.1", ("127.0.0.0/8",))
    assert refused("10.0.0.1", ("127.0.0.0/8",))
