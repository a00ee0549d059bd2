import pytest

from city.errors import BadSettings
from storage.influxdb_server import InfluxAddress


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("influxdb://db:8086/city/raw", ("http://db:8086", "city", "raw"), id="plain"),
        pytest.param("influxdbs://db/city/raw", ("https://db:8086", "city", "raw"), id="TLS, usual port"),
        pytest.param("influxdb://[::1]:1/-/city/autogen", ("http://[::1]:1", "-", "city/autogen"), id="1.8"),
    ],
)
def test_address_is_read(address: str, expected: tuple[str, str, str]) -> None:
    assert InfluxAddress.parse(address) == InfluxAddress(*expected)


@pytest.mark.parametrize(
    "address",
    [
        "influxdb://db:8086",
        "influxdb://db/city",
        "influxdb:///city/raw",
        "http://db/city/raw",
        "influxdb://u:secret@db/c/b",
    ],
)
def test_address_of_another_form_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(BadSettings, match="influxdb://host:port/org/bucket") as caught:
        InfluxAddress.parse(address)

    assert "secret" not in str(caught.value)
