"""Registries of resources, overheard stations and citizens' boxes in further shapes, each in numbers of our own."""

import gzip
import json
from base64 import b64encode

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

NOON = "2026-03-04T12:00:00Z"
NOON_S = 1772625600


@pytest.mark.parametrize(
    ("where", "sensor"),
    [
        pytest.param("/Mobius/dam7/temperature", "dam7", id="the base alone"),
        pytest.param("Mobius/dam7/crest/temperature", "dam7/crest", id="the base alone, a part of the application"),
        pytest.param("cse-in/dam7/temperature", "dam7", id="another server's base"),
        pytest.param("/id-in/cse-in/dam7/temperature", "dam7", id="the node and its base"),
        pytest.param("/~/in-cse/in-name/dam7/temperature", "dam7", id="as a path of HTTP"),
        pytest.param("/node9/base9/dam7/temperature", "dam7", id="a whole name of an unknown server"),
    ],
)
def test_one_m2m_s_applications_by_the_names_of_their_resources(where: str, sensor: str):
    body = {"op": 1, "to": where, "pc": {"m2m:cin": {"con": "11.5"}}}

    (found,) = decoded("auto", "/oneM2M/req/a/b/json", body).measurements

    assert (found.sensor, found.quantity, found.value) == (sensor, "temperature", 11.5)


def test_one_m2m_s_answer_tells_nothing_again():
    body = {"rsc": 2001, "pc": {"m2m:cin": {"con": {"temperature": 11.5}}}}

    assert decoded("auto", "/oneM2M/resp/a/b/json", body).measurements == []


@pytest.mark.parametrize("prefix", [pytest.param("", id="bare"), pytest.param("m2m:", id="members with a prefix")])
def test_one_m2m_s_request_may_stand_within_its_name(prefix: str):
    inner = {"op": 1, "to": "/in-cse/in-name/dam7/temperature", "rqi": "7", "pc": {"m2m:cin": {"con": "11.5"}}}

    found = decoded("auto", "/oneM2M/req/a/b/json", {"m2m:rqp": {f"{prefix}{key}": inner[key] for key in inner}})

    assert [(one.sensor, one.quantity, one.value) for one in found.measurements] == [("dam7", "temperature", 11.5)]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"op": 2, "to": "/in-cse", "rqi": 7}, id="asks"),
        pytest.param({"op": 1, "to": "/in-cse", "pc": {"m2m:ae": {"rn": "dam7"}}}, id="founds an application"),
    ],
)
def test_one_m2m_s_other_requests_tell_nothing(said: dict[str, object]):
    assert decoded("auto", "/oneM2M/req/a/b/json", {"m2m:rqp": said}).measurements == []


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "lwm2m/up",
            {"ep": "dam-7", "res": "/3303/1/5700", "val": {"id": 5700, "value": 4.5}, "timestamp": NOON_S * 1000},
            {("dam-7", "temperature", 4.5, None, "1", NOON)},
            id="one resource, of the second instance",
        ),
        pytest.param(
            "lwm2m/dam-7/up/notify",
            {"data": {"reqPath": "/3323/0", "content": [{"path": "/3323/0/5700", "value": "98.5"}]}},
            {("dam-7", "pressure", 98.5, None, "", None)},
            id="a list of resources, the device by the topic",
        ),
        pytest.param(
            "x/y",
            {"ep": "dam-7", "res": "/3304/0", "val": {"resources": {"5700": {"value": 61}, "5701": {"value": "%RH"}}}},
            {("dam-7", "humidity", 61.0, "%RH", "", None)},
            id="an instance, with its unit",
        ),
        pytest.param(
            "x/y",
            {"imei": "350000000000007", "values": {"/3303/0/5700": 4.5, "/3303/0/5602": 30, "/3/0/7": 3550}},
            {
                ("350000000000007", "temperature", 4.5, None, "", None),
                ("350000000000007", "battery_voltage", 3550.0, "mV", "", None),
            },
            id="members by path, without the greatest that was measured",
        ),
    ],
)
def test_lwm2m_s_resources_by_their_paths(topic: str, body: object, expected: object):
    found = decoded("auto", topic, body).measurements

    assert {(one.sensor, one.quantity, one.value, one.unit, one.label, _iso(one.time_ns)) for one in found} == expected


def _iso(time_ns: int | None) -> str | None:
    return NOON if time_ns == parse_time(NOON) else None


def test_lwm2m_without_a_path_is_refused():
    with pytest.raises(UndecodableMessage):
        decoded("lwm2m", "x", {"ep": "dam-7", "val": 4})


def test_overheard_storm_and_a_meter_s_count_at_seconds_in_a_text():
    body = {"time": f"{NOON_S}.500", "model": "Maker-7", "id": 7, "storm_dist_km": 12, "consumption_data": 4711}

    found = decoded("auto", "rtl_433/attic/events", {**body, "supercap_V": 2.5}).measurements

    assert told(found) == {
        "lightning_distance": (12.0, "km"), "consumption": (4711.0, None), "supercap_voltage": (2.5, "V"),
    }  # fmt: skip
    assert {one.time_ns for one in found} == {parse_time("2026-03-04T12:00:00.5Z")}


def test_meter_on_the_air_tells_its_rates_and_a_difference():
    body = {
        "media": "heat", "meter": "x", "id": "007", "temperature_difference_c": -0.25,
        "total_energy_consumption_tariff_2_kwh": 81, "timestamp": NOON,
    }  # fmt: skip

    assert told(decoded("auto", "wmbusmeters/x", body).measurements) == {
        "temperature_difference": (-0.25, "K"), "energy/tariff2": (81.0, "kWh"),
    }  # fmt: skip


def test_entity_s_history_is_as_many_readings():
    pairs = ((7.5, "2026-03-04T11:00:00Z"), (8.5, NOON))
    body = {"id": "urn:ngsi-ld:Dam:7", "type": "Dam", "waterLevel": {"type": "Property", "values": pairs}}

    found = decoded("auto", "x", body).measurements

    assert [(one.value, one.time_ns) for one in found] == [(value, parse_time(time)) for value, time in pairs]


def test_citizens_kit_is_read_as_the_api_describes_it():
    listed = [{"id": 55, "name": "T", "value": 6.5, "last_reading_at": NOON}, {"id": 10, "value": -1}]
    body = {"id": 707, "owner": {"username": "who"}, "data": {"sensors": listed}}

    (found,) = decoded("auto", "x/y", body).measurements

    assert (found.sensor, found.quantity, found.value, found.time_ns) == ("707", "temperature", 6.5, parse_time(NOON))


def test_hackair_s_board_tells_dust_and_not_whether_it_was_opened():
    body = {"reading": {"PM2.5_AirPollutantValue": "4.5", "PM10_AirPollutantValue": "9.25"}, "tamper": "0"}

    assert told(decoded("auto", "boards/7", body).measurements) == {"pm25": (4.5, "µg/m³"), "pm10": (9.25, "µg/m³")}


@pytest.mark.parametrize(
    ("title", "quantity"),
    [("rel. Luftfeuchte", "humidity"), ("Beleuchtungsstärke", "illuminance"), ("Bienen", "Bienen")],
)
def test_citizens_box_by_the_titles_of_its_form(title: str, quantity: str):
    one = {"_id": "0" * 23 + "1", "title": title, "lastMeasurement": {"value": "4.5", "createdAt": NOON}}

    (found,) = decoded("auto", "x", {"_id": "0" * 24, "sensors": [one]}).measurements

    assert (found.quantity, found.value) == (quantity, 4.5)


def test_entity_s_unit_may_stand_in_its_metadata():
    said = {"type": "Number", "value": 741, "metadata": {"unit": {"type": "Text", "value": "mmHg"}}}

    (found,) = decoded("auto", "x", {"id": "dam-7", "type": "Dam", "atmosphericPressure": said}).measurements

    assert (found.value, found.unit) == (741.0, "mmHg")


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        pytest.param(
            "AeroAllergenObserved",
            {"betula": 7, "betula_Level": "low", "betula_Allergenicity": "4", "stationNumber": 9},
            {"pollen/betula": (7.0, None)},
            id="pollen, and not their class",
        ),
        pytest.param(
            "StreetlightControlCabinet",
            {"intensityS": 6.5, "energyConsumed": 812, "maximumPowerAvailable": 15, "meterReadingPeriod": 60},
            {"energy": (812.0, "kWh"), "current/S": (6.5, "A")},
            id="a cabinet, without what it could give",
        ),
        pytest.param(
            "StreetlightGroup",
            {"powerState": "on", "lanternHeight": 7},
            {"switch_state": (1.0, "")},
            id="lamps that burn",
        ),
        pytest.param(
            "SeaConditions",
            {"waveHeight": 0.75, "surfaceTemperature": 11.5},
            {"water_temperature": (11.5, "°C"), "wave_height": (0.75, "m")},
            id="the sea",
        ),
        pytest.param(
            "FleetVehicleStatus",
            {"battery": 0.5, "bearing": 95, "lastFuellingAmount": 40, "currentOperative": {"givenName": "Who"}},
            {"battery_level": (0.5, "1"), "heading": (95.0, "°")},
            id="a vehicle, without who drives it",
        ),
        pytest.param("WasteObserved", {"weight": 6.5, "tareWeight": 2}, {"weight": (6.5, "kg")}, id="a bin on a scale"),
    ],
)
def test_entity_s_measurements_are_those_of_its_model(kind: str, said: dict[str, object], expected: object):
    body = {"id": "urn:ngsi-ld:Thing:7", "type": kind, "dateObserved": NOON, **said}

    assert told(decoded("auto", "x", body).measurements) == expected


def test_vehicle_that_a_camera_saw_passes_without_its_plate():
    seen = {"speed": 41.5, "direction": "towards", "licensePlate": {"identifier": "1-XYZ-007"}}
    body = {"id": "anpr-7", "type": "AnprFlowObserved", "laneId": 2, "dateObserved": NOON, "observedVehicle": seen}

    found = decoded("auto", "x", body)

    assert not found.measurements
    (event,) = found.observations
    assert (event.sensor, event.event, event.time_ns) == ("anpr-7", "vehicle_passed", parse_time(NOON))
    assert event.attributes == {"speed": 41.5, "direction": "towards", "lane": "2"}


def test_meter_on_the_air_tells_its_phases():
    body = {"media": "electricity", "meter": "x", "id": "007", "active_consumption_l2_kw": 0.25, "current_l2_a": 1.5}

    assert told(decoded("auto", "wmbusmeters/x", body).measurements) == {
        "power/l2": (0.25, "kW"), "current/l2": (1.5, "A"),
    }  # fmt: skip


def test_meter_on_the_air_tells_what_ran_backwards_and_its_radiator():
    body = {"media": "water", "meter": "x", "id": "007", "total_backward_m3": 0.5, "radiator_temperature_c": 31.5}

    assert told(decoded("auto", "wmbusmeters/x", body).measurements) == {
        "water_volume/backward": (0.5, "m³"), "temperature/radiator": (31.5, "°C"),
    }  # fmt: skip


def test_overheard_meter_tells_its_register():
    body = {"time": NOON, "model": "Maker-7", "id": 7, "channel": 1, "Consumption": 4712, "temperature_C": 3}

    assert told(decoded("auto", "rtl_433/attic/events", body).measurements) == {
        "consumption": (4712.0, None), "temperature": (3.0, "°C"),
    }  # fmt: skip


def test_a_traffic_message_that_was_cut_off_is_refused():
    feature = {"type": "Feature", "properties": {"situationId": "GUID7", "versionTime": NOON}}
    packed = gzip.compress(json.dumps(feature).encode())

    assert decoded("auto", "traffic-message-v3/simple/X", b64encode(packed)).observations
    assert refusal("auto", "traffic-message-v3/simple/X", b64encode(packed[:-6])) == "wrong_shape"


def test_pressure_that_is_counted_back_to_the_sea_is_another():
    values = [{"value_type": "pressure", "value": "99000.5"}, {"value_type": "pressure_at_sealevel", "value": 101300.5}]

    assert told(decoded("auto", "x/7", {"esp8266id": "7", "sensordatavalues": values}).measurements) == {
        "atmospheric_pressure": (99000.5, "Pa"), "sea_level_pressure": (101300.5, "Pa"),
    }  # fmt: skip


def test_a_line_s_sensor_is_its_group_s_address_before_its_name():
    line = b"humidity,groupaddress=5/5/7,name=hum,unit=% value=41.5 1772625600000000000"

    (found,) = decoded("auto", "telegraf/knx", line).measurements

    assert (found.sensor, found.value, found.unit) == ("5/5/7", 41.5, "%")
