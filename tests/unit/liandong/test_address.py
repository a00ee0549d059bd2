import socket

import pytest

from city.errors import BadSettings
from liandong.address import Address, AddressTaken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("127.0.0.1:80", Address("127.0.0.1", 80), id="IPv4"),
        pytest.param("[::1]:80", Address("::1", 80), id="IPv6"),
        pytest.param("localhost:65535", Address("localhost", 65535), id="name"),
    ],
)
def test_address_reads_and_writes_the_same(text: str, expected: Address) -> None:
    assert Address.parse(text, at="--http") == expected
    assert str(expected) == text


@pytest.mark.parametrize("text", ["", "80", ":80", "host", "host:", "host:0", "host:65536", "host:x", "::1:80", "h:١"])
def test_address_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="HOST:PORT"):
        Address.parse(text, at="--http")


@pytest.mark.parametrize(("host", "dialled"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.1", "10.0.0.1")])
def test_client_reaches_a_wildcard_by_loopback(host: str, dialled: str) -> None:
    assert Address(host, 80).dialled == Address(dialled, 80)


def test_taken_address_is_told_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Address("127.0.0.1", server.getsockname()[1])

        with pytest.raises(AddressTaken, match=r"`127\.0\.0\.1:\d+` in use - at `http.port`"):
            address.require_free(at="http.port")

    address.require_free(at="http.port")


def test_address_of_another_machine_is_no_place_to_listen() -> None:
    with pytest.raises(BadSettings):
        Address("192.0.2.1", 8470).require_free(at="http.host")
