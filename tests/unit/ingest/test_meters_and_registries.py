"""Messages whose names mean something by a registry: meters on the air, oneM2M's resources, LwM2M's objects."""

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, told

NOON = "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"media": "cold water", "total_m3": 6.4, "target_m3": 6.1, "external_temperature_c": 19},
            {"water_volume": (6.4, "m³"), "temperature/external": (19.0, "°C")},
            id="water, without what it was at a date",
        ),
        pytest.param(
            {"media": "heat", "total_energy_consumption_kwh": 185, "power_kw": 0.4, "t1_temperature_c": 63.4},
            {"energy": (185.0, "kWh"), "power": (0.4, "kW"), "temperature/t1": (63.4, "°C")},
            id="heat",
        ),
        pytest.param(
            {"media": "water", "flow_temperature_c": 127, "consumption_1_months_ago_m3": 9, "rssi_dbm": -40},
            {},
            id="no temperature, history, and who listened",
        ),
    ],
)
def test_meter_on_the_air_tells_its_totals_and_what_is_now(said: dict[str, object], expected: object):
    body = {"meter": "multical21", "name": "Tap", "id": "76348799", "device": "im871a[1]", "timestamp": NOON, **said}

    found = decoded("auto", "wmbusmeters/Tap", body).measurements

    assert told(found) == expected
    assert {(m.sensor, m.time_ns) for m in found} <= {("76348799", parse_time(NOON))}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {
                "pc": {
                    "m2m:sgn": {
                        "nev": {"rep": {"m2m:cin": {"ct": "20261120T120000", "con": {"temperature": 21.5}}}},
                        "sur": "/in-cse/in-name/Hall/DATA/sub",
                    }
                }
            },
            ("Hall", 21.5, parse_time(NOON)),
            id="told to a subscriber",
        ),
        pytest.param(
            {"op": 1, "to": "/in-cse/in-name/Hall/temperature", "pc": {"m2m:cin": {"con": "21.5"}}},
            ("Hall", 21.5, None),
            id="created in a container that is called by its word",
        ),
    ],
)
def test_an_instance_is_the_applications(body: object, expected: tuple[str, float, int | None]):
    (found,) = decoded("auto", "/oneM2M/req/in-cse/monitor/json", body).measurements

    assert (found.sensor, found.value, found.time_ns) == expected
    assert found.quantity == "temperature"


def test_a_subscription_that_is_verified_says_nothing():
    assert decoded("auto", "x", {"m2m:sgn": {"vrq": True, "sur": "/a/b/c/d"}}).measurements == []


def test_an_instance_of_nobody_is_refused():
    with pytest.raises(UndecodableMessage) as caught:
        decoded("auto", "x", {"m2m:cin": {"con": {"temperature": 21}}})

    assert caught.value.reason == "no_sensor"


def test_a_resource_is_what_its_object_measures_and_extremes_are_nothing():
    pack = [{"bn": "/3303/0/", "n": "5700", "u": "Cel", "v": 21.5}, {"n": "5602", "v": 30}, {"n": "5701", "vs": "Cel"}]

    found = decoded("auto", "lwm2m/node1", pack)

    assert told(found.measurements) == {"temperature": (21.5, "°C")}
    assert found.measurements[0].sensor == "lwm2m/node1/3303/0/5700"
    assert not found.observations


def test_packs_of_the_drafts_hold_their_records_in_e():
    found = decoded("auto", "x", {"bn": "dev/", "bt": 1795176000, "e": [{"n": "t", "u": "Cel", "v": 1}]}).measurements

    assert [(m.sensor, m.quantity, m.time_ns) for m in found] == [("dev/t", "temperature", parse_time(NOON))]
