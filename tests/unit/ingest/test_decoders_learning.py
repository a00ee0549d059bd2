"""Families whose bare values mean something only after a description."""

import json
from typing import Any

import pytest

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.ha_template import Lookup, read_template
from ingest.decoders.options import DecoderOptions
from tests.support.normalising import Desk, message

CONFIG = {
    "~": "shed",
    "stat_t": "~/data",
    "unit_of_meas": "°C",
    "dev_cla": "temperature",
    "val_tpl": "{{ value_json.t }}",
    "dev": {"ids": ["shed-1"]},
}


def say(decoders: DecoderSet, topic: str, body: Any) -> Decoded:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decoders.make("auto", DecoderOptions()).decode(topic, payload)


def told(decoded: Decoded) -> list[tuple[str, str, float, str | None]]:
    return [(m.sensor, f"{m.quantity}/{m.label}".rstrip("/"), m.value, m.unit) for m in decoded.measurements]


def test_discovered_topic_is_read_as_it_was_described():
    decoders = DecoderSet(FAMILIES)
    binary = {
        "stat_t": "shed/data",
        "dev_cla": "door",
        "val_tpl": "{{ value_json.d }}",
        "pl_on": "open",
        "pl_off": "shut",
    }

    say(decoders, "homeassistant/sensor/shed_t/config", CONFIG)
    say(decoders, "homeassistant/binary_sensor/node/shed_d/config", binary | {"dev": {"ids": "shed-1"}})

    assert told(say(decoders, "shed/data", {"t": "21.5", "d": "open", "other": 9})) == [
        ("shed-1", "temperature/shed_t", 21.5, "°C"),
        ("shed-1", "door_open/shed_d", 1.0, ""),
    ]


def test_discovered_device_brings_all_its_entities():
    decoders = DecoderSet(FAMILIES)
    entities = {"p": {"p": "sensor", "dev_cla": "power", "unit_of_meas": "W", "val_tpl": "{{ value_json.w * 10 }}"}}

    say(decoders, "homeassistant/device/m/config", {"dev": {"ids": ["m"]}, "stat_t": "m/s", "cmps": entities})

    assert told(say(decoders, "m/s", {"w": 3})) == [("m", "power/p", 30.0, "W")]


def test_topic_before_its_description_is_nobodys():
    with pytest.raises(UndecodableMessage) as caught:
        say(DecoderSet(FAMILIES), "shed/data", b"21.5")

    assert caught.value.reason == "unrecognised"


def test_description_outlives_the_process():
    decoders, next_run = DecoderSet(FAMILIES), DecoderSet(FAMILIES)
    say(decoders, "homeassistant/sensor/shed_t/config", CONFIG)

    next_run.memory.restore(decoders.memory.lessons())

    assert told(say(next_run, "shed/data", {"t": 3})) == [("shed-1", "temperature/shed_t", 3.0, "°C")]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{{ value }}", Lookup(None), id="the body"),
        pytest.param("{{value_json.a.b}}", Lookup('$["a"]["b"]'), id="members"),
        pytest.param("{{ value_json['a b'][0] | float | round(1) }}", Lookup('$["a b"][0]'), id="filters"),
        pytest.param("{{ value_json.a | float / 1000 }}", Lookup('$["a"]', 0.001), id="a factor"),
        pytest.param(
            "{{ (value_json.a | float(0)) * 2 }}", Lookup('$["a"]', 2.0), id="a factor of what is in brackets"
        ),
        pytest.param("{{ (value_json.a + value_json.b) * 2 }}", None, id="a sum"),
        pytest.param("{{ value_json.a if value_json.b else 3 }}", None, id="a decision"),
        pytest.param("{{ states('sensor.x') }}", None, id="a function"),
        pytest.param("{% set x = value %}{{ x }}", None, id="a statement"),
        pytest.param("{{ value_json.a / 0 }}", None, id="division by zero"),
        pytest.param("{{ ''.__class__ }}", None, id="an attack"),
    ],
)
def test_only_plain_look_ups_are_templates(template: str, expected: Lookup | None):
    assert read_template(template) == expected


def test_homie_4_attributes_tell_unit_and_type():
    decoders = DecoderSet(FAMILIES)
    say(decoders, "homie/mast/bme/pressure/$unit", b"hPa")
    say(decoders, "homie/mast/bme/pressure/$datatype", b"float")
    say(decoders, "homie/mast/bme/mode/$datatype", b"enum")

    assert told(say(decoders, "homie/mast/bme/pressure", b"1013.2")) == [("mast/bme", "pressure", 1013.2, "hPa")]
    assert told(say(decoders, "homie/mast/bme/mode", b"3")) == []


def test_homie_state_is_a_status():
    (status,) = say(DecoderSet(FAMILIES), "homie/5/mast/$state", b"lost").statuses

    assert (status.sensor, status.online) == ("mast", False)


def test_observation_is_read_as_its_data_stream_says():
    decoders = DecoderSet(FAMILIES)
    stream = {
        "@iot.id": 7,
        "unitOfMeasurement": {"symbol": "%", "name": "percent"},
        "ObservedProperty": {"name": "humidity"},
    }

    say(decoders, "v1.1/Datastreams(7)", stream)

    observed = say(decoders, "v1.1/Observations", {"result": 41, "Datastream": {"@iot.id": 7}, "phenomenonTime": "x"})
    assert told(observed) == [("Datastreams(7)", "humidity", 41.0, "%")]


def test_description_that_was_deleted_is_forgotten():
    desk = Desk("shed-1", routes='[[route]]\nfilter = "shed/#"\ndecoder = "ha_discovery"\n')
    door = {"stat_t": "shed/data", "dev_cla": "door", "val_tpl": "{{ value_json.d }}", "dev": {"ids": "shed-1"}}
    said = message("shed/data", {"t": 21.5, "d": "ON"})
    series = []
    for gone in ("nothing", "sensor/shed_t", "binary_sensor/shed_d"):
        desk.batch(
            message("homeassistant/sensor/shed_t/config", CONFIG),
            message("homeassistant/binary_sensor/shed_d/config", door),
            message(f"homeassistant/{gone}/config", b""),
            at_ns=10**18,
        )
        series.append([row[1] for row in desk.rows(desk.batch(said, at_ns=10**18))])

    assert series == [["temperature/shed_t", "door_open/shed_d"], ["door_open/shed_d"], ["temperature/shed_t"]]
