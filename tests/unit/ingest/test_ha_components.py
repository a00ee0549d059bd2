"""What descriptions of Home Assistant's components tell: abbreviations, states that are no sensors, texts."""

import json
from collections.abc import Mapping

import pytest

from city.measurement import Measurement
from ingest.decoders.ha_discovery import HaDiscoveryDecoder
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from tests.support.decoding import told

DEVICE = {"ids": ["hall-9"], "name": "Hall"}


def heard(config: Mapping[str, object], *messages: tuple[str, object], topic: str = "sensor/x") -> list[Measurement]:
    decoder = HaDiscoveryDecoder(DecoderOptions(), Memory())
    decoder.decode(f"homeassistant/{topic}/config", json.dumps(config).encode())
    return [
        measurement
        for where, said in messages
        if decoder.knows(where)
        for measurement in decoder.decode(
            where, said.encode() if isinstance(said, str) else json.dumps(said).encode()
        ).measurements
    ]


@pytest.mark.parametrize(
    ("component", "config", "message", "expected"),
    [
        pytest.param(
            "climate",
            {"~": "hvac/9", "curr_temp_t": "~/is", "curr_temp_tpl": "{{ value_json.t }}", "temp_stat_t": "~/is"},
            ("hvac/9/is", {"t": 20.75, "wish": 22}),
            {"temperature/x": (20.75, "°C")},
            id="the room of a thermostat, not what it is set to",
        ),
        pytest.param(
            "climate",
            {"curr_temp_t": "hvac/9/f", "temp_unit": "F"},
            ("hvac/9/f", "68.5"),
            {"temperature/x": (68.5, "°F")},
            id="a thermostat in Fahrenheit",
        ),
        pytest.param(
            "humidifier",
            {"current_humidity_topic": "hum/9"},
            ("hum/9", "47"),
            {"humidity/x": (47.0, "%")},
            id="a humidifier",
        ),
        pytest.param(
            "cover",
            {"pos_t": "gate/9/pos", "cmd_t": "gate/9/set"},
            ("gate/9/pos", "35"),
            {"cover_position/x": (35.0, "%")},
            id="how far a cover is open",
        ),
        pytest.param(
            "switch",
            {"stat_t": "pump/9", "stat_on": "running", "stat_off": "idle", "cmd_t": "pump/9/set"},
            ("pump/9", "running"),
            {"switch_state/x": (1.0, "")},
            id="a switch with words of its own",
        ),
        pytest.param(
            "light",
            {"stat_t": "lamp/9", "schema": "json"},
            ("lamp/9", {"state": "OFF", "brightness": 12}),
            {"switch_state/x": (0.0, "")},
            id="a light that tells an object",
        ),
        pytest.param("number", {"stat_t": "wish/9"}, ("wish/9", "22"), {}, id="a number is set by somebody"),
        pytest.param(
            "sensor", {"stat_t": "s/9", "dev_cla": "enum"}, ("s/9", "Running"), {}, id="an enumeration is a text"
        ),
    ],
)
def test_components_tell_what_they_measure(
    component: str, config: dict[str, object], message: tuple[str, object], expected: object
):
    found = heard({**config, "dev": DEVICE}, message, topic=f"{component}/x")

    assert told(found) == expected
    assert {one.sensor for one in found} <= {"hall-9"}


def test_a_text_beside_numbers_does_not_spoil_them():
    decoder = HaDiscoveryDecoder(DecoderOptions(), Memory())
    for name, unit in (("mode", None), ("volts", "V")):
        config = {"stat_t": "meter/9", "val_tpl": f"{{{{ value_json.{name} }}}}", "unit_of_meas": unit, "dev": DEVICE}
        decoder.decode(f"homeassistant/sensor/{name}/config", json.dumps(config).encode())

    found = decoder.decode("meter/9", b'{"mode": "Standby", "volts": 229.25}').measurements

    assert told(found) == {"volts": (229.25, "V")}


def test_a_device_without_identifiers_is_its_address():
    config = {"stat_t": "t/9", "unit_of_meas": "°C", "dev": {"cns": [["mac", "02:00:5e:10:00:09"]]}}

    (found,) = heard(config, ("t/9", "19.5"))

    assert (found.sensor, found.value) == ("02:00:5e:10:00:09", 19.5)


def test_a_deleted_description_takes_all_its_topics_with_it():
    decoder = HaDiscoveryDecoder(DecoderOptions(), Memory())
    config = {"curr_temp_t": "r/t", "curr_hum_t": "r/h", "dev": DEVICE}
    decoder.decode("homeassistant/climate/x/config", json.dumps(config).encode())

    decoder.forget("homeassistant/climate/x/config")

    assert not decoder.knows("r/t")
    assert not decoder.knows("r/h")
