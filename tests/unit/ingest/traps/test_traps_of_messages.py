"""Traps 5 to 12 of docs/sources.md, "Traps": counters, what is no reading, identity, memory, and harm."""

import base64
import gzip
import json
from typing import Any

import msgspec
import pytest

from city.clock import iso
from tests.support.sparkplug import M, payload, single
from tests.support.traps import MINUTE, NOW, City


@pytest.mark.parametrize(
    ("topic", "bodies", "increases"),
    [
        pytest.param(
            "axis/S/event/tnsaxis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1",
            [
                {"serial": "S", "message": {"data": {"startTime": "x", "total": total}}}
                for total in ("20960", "21093", "7", "9")
            ],
            {"crossing_count_total_increase/all": [133.0, 7.0, 2.0]},
            id="crossings, begun again at nothing",
        ),
        pytest.param(
            "shellies/p/emeter/0/total", ["1000", "1500", "100"], {"energy_increase": [0.5, 0.1]}, id="energy, replaced"
        ),
        pytest.param(
            "x/rtl_433/h/events",
            [{"model": "W", "id": 1, "rain_mm": rain} for rain in (10, 12.5)],
            {"precipitation_total_increase": [2.5]},
            id="rain since the battery was put in",
        ),
        pytest.param("shellies/p/emeter/0/power", ["5", "3"], {}, id="power is what it is now"),
    ],
)
def test_trap_5_totals_and_momentary_values(topic: str, bodies: list[Any], increases: dict[str, list[float]]):
    city = City()
    found: dict[str, list[float]] = {}

    for minute, body in enumerate(bodies):
        for _, series, _, value, _ in city.rows(city.hear(topic, body, at_ns=NOW + minute * MINUTE)):
            if "_increase" in series:
                found.setdefault(series, []).append(round(value, 6))

    assert found == increases


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("x/t", {"device": "d", "max_temperature": 60, "alarm_temperature": 70}, id="limits"),
        pytest.param("x/u", {"STATUS": "ONLINE", "NOMPOWER": "980 Watts", "LOTRANS": "188 Volts"}, id="nominals"),
        pytest.param("homie/5/lamp/light/brightness/$target", "100", id="a set-point"),
        pytest.param("zigbee2mqtt/lamp/set", {"temperature": 5}, id="a command"),
        pytest.param("x/t", {"device": "d", "pid": 4711, "uptime": 5, "firmware": 20230913}, id="ids and versions"),
        pytest.param("x/a/debug", "\x1b[0;36m[D][sensor:094]: 'T': Sending state 23.4 °C\x1b[0m", id="a log"),
        pytest.param("x/t", {"device": "d", "config": {"temperature": 20}}, id="settings that are echoed"),
        pytest.param(
            "v3/a@t/devices/d/up",
            {"uplink_message": {"rx_metadata": [{"rssi": -80, "location": {"latitude": 1, "longitude": 2}}]}},
            id="where the gateway stands",
        ),
    ],
)
def test_trap_6_numbers_that_are_no_readings(topic: str, body: object):
    assert not len(City().hear(topic, body).arrivals.readings)


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param("x/hall", {"temperature": 1}, {("x/hall", "temperature[?]")}, id="by the topic"),
        pytest.param("x/hall", {"deviceId": "S-1", "temperature": 1}, {("S-1", "temperature[?]")}, id="by the body"),
        pytest.param(
            "tele/bridge/SENSOR",
            {"ZbReceived": {"0x2916": {"Temperature": 1}}},
            {("bridge/0x2916", "temperature")},
            id="by the device behind the bridge",
        ),
        pytest.param(
            "/k/d/attrs",
            {
                "id": "u-2026-11-20T08:00:00Z",
                "type": "NoiseLevelObserved",
                "refDevice": "meter-4",
                "LAeq": 55,
                "dateObserved": iso(NOW),
            },
            {("meter-4", "noise_laeq")},
            id="an id with the time in it is no sensor",
        ),
        pytest.param(
            "zigbee2mqtt/1. Stock/Büro süd", {"temperature": 1}, {("1. Stock/Büro süd", "temperature")}, id="any names"
        ),
        pytest.param(
            "tele/t/SENSOR",
            {"DS18B20-1": {"Id": "0059", "Temperature": 1}, "DS18B20-2": {"Id": "0566", "Temperature": 2}},
            {("t", "temperature/0059"), ("t", "temperature/0566")},
            id="probes of one kind",
        ),
    ],
)
def test_trap_7_identity(topic: str, body: object, expected: set[tuple[str, str]]):
    city = City()

    assert {row[:2] for row in city.rows(city.hear(topic, body))} == expected


def test_trap_8_values_wait_for_no_birth_but_mean_nothing_before_it():
    city = City()
    by_alias = payload(M("", single(12, 21.5), alias=5))

    assert city.refusal("spBv1.0/g/DDATA/n/d", by_alias) == "needs_birth"
    city.hear("spBv1.0/g/NBIRTH/n", payload(seq=0))
    city.hear(
        "spBv1.0/g/DBIRTH/n/d",
        payload(M("Temperature", single(12, 20.0), alias=5, datatype=9, properties={"engUnit": "°C"}), seq=1),
    )
    assert city.values("spBv1.0/g/DDATA/n/d", by_alias) == {"temperature": 21.5}


def test_trap_8_a_bare_topic_is_known_by_its_description():
    city = City()
    config = {"stat_t": "x/plug/power", "unit_of_meas": "kW", "dev_cla": "power", "dev": {"ids": ["plug-1"]}}

    assert city.refusal("x/plug/power", "OFF") == "unrecognised"
    city.hear("homeassistant/sensor/plug/config", config, retain=True)

    ((sensor, series, _, value, _),) = city.rows(city.hear("x/plug/power", "1.5"))
    assert (sensor, series.partition("/")[0], value) == ("plug-1", "power", 1500.0)


def test_trap_9_what_was_retained_is_old_or_known():
    city = City()
    body = {"device": "d", "time": iso(NOW - MINUTE), "co2": 400}

    first = city.rows(city.hear("x/t", body))
    again = city.rows(city.hear("x/t", body, retain=True))
    ageless = city.rows(city.hear("x/t", {"device": "d", "co2": 7}, retain=True))

    assert [row[4] for row in (*first, *again, *ageless)] == [(), ("duplicate",), ("clock", "stale")]
    assert first[0][:4] == again[0][:4]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"device": "d", "co2": 7,}', id="a comma too many"),
        pytest.param('{"device": "d" "co2": 7}', id="a comma too few"),
        pytest.param('{"device": "d", /* now */ "co2": 7}', id="a comment"),
        pytest.param("{'device': 'd', 'co2': 7}", id="other quotes"),
        pytest.param('{"device": "d", "co2": 7', id="cut short"),
    ],
)
def test_trap_10_malformed_json_is_refused_and_not_repaired(body: str):
    assert City().refusal("x/t", body) == "not_json"


@pytest.mark.parametrize(
    ("topic", "body", "secret"),
    [
        pytest.param("x/t", {"device": "d", "speed_kmh": 54, "plate": "AB-123"}, "AB-123", id="a plate"),
        pytest.param("tele/t/SENSOR", {"RC522": {"UID": "BA839D07"}}, "BA839D07", id="a card"),
        pytest.param(
            "tele/t/STATE", {"UptimeSec": 3, "Wifi": {"SSId": "Smith", "BSSId": "F0:B0"}}, "Smith", id="a network"
        ),
        pytest.param(
            "/hfp/v2/journey/ongoing/vp/bus/18/7/x",
            {"VP": {"oper": 18, "veh": 7, "tst": iso(NOW), "spd": 5, "drvr": "driver-9"}},
            "driver-9",
            id="a driver",
        ),
        pytest.param("x/t", '{"device": "d", "token": "s3cret", "co2": 7,}', "s3cret", id="a key in what is refused"),
        pytest.param("x/w", "PASSKEY=s3cret&tempf=50", "s3cret", id="a key in a form"),
        pytest.param("v1/s3cret/things/c/data/1", "temp,c=20.7", "s3cret", id="an account in a topic"),
    ],
)
def test_trap_11_who_somebody_is_goes_no_further(topic: str, body: object, secret: str):
    city = City()

    batch = city.hear(topic, body)

    kept = msgspec.json.encode([batch.arrivals.events, [one.sample for one in batch.discovered]]).decode()
    kept += "".join(city.desk.numbering._sensors) + "".join(city.desk.numbering._quantities)
    assert secret not in kept


def bomb(size: int) -> bytes:
    return base64.b64encode(gzip.compress(b" " * size))


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        pytest.param("traffic-message-v3/x", bomb(100_000_000), "too_large", id="gzip"),
        pytest.param("x/t", b"[" * 60_000, "too_deep", id="nested JSON"),
        pytest.param("x/t", json.dumps({"device": "d", "pad": "x" * 2_000_000}).encode(), "too_large", id="a megabyte"),
        pytest.param(
            "x/t",
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><EventNotificationAlert>&b;</EventNotificationAlert>',
            "not_xml",
            id="XML entities",
        ),
        pytest.param("x/t", b"\xff\xd8\xff\xe0 JPEG", "unrecognised", id="a picture"),
    ],
)
def test_trap_12_hostile_size(topic: str, body: bytes, reason: str):
    assert City().refusal(topic, body) == reason


def test_trap_12_a_picture_among_values_says_nothing():
    assert City().values("frigate/yard/person/snapshot", b"\xff\xd8\xff\xe0 JPEG") == {}
