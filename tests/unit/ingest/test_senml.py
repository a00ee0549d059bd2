"""SenML's units, and numbers that servers write as texts."""

import cbor2
import pytest

from city.units import is_known
from tests.support.decoding import decoded, told


def pack(name: str, unit: str, value: float = 4.5) -> list[dict[str, object]]:
    return [{"bn": "urn:dev:mac:00aa:", "bt": 1_750_000_000, "n": name, "u": unit, "v": value}]


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        pytest.param("x", "m/s2", ("acceleration", "m/s²"), id="acceleration"),
        pytest.param("q", "kvar", ("reactive_power", "kvar"), id="reactive power"),
        pytest.param("s", "kVA", ("apparent_power", "kVA"), id="apparent power"),
        pytest.param("rain", "mm/h", ("rain_intensity", "mm/h"), id="rain"),
        pytest.param("well", "cm", ("distance", "cm"), id="a length of the second table"),
        pytest.param("run", "min", ("duration", "min"), id="minutes"),
        pytest.param("ec", "S/m", ("conductivity", "S/m"), id="conductivity"),
        pytest.param("pm25", "ug/m3", ("pm25", "µg/m³"), id="a concentration is what its name says"),
        pytest.param("wind_direction", "deg", ("wind_direction", "°"), id="a bearing is what its name says"),
        pytest.param("water_volume", "m3", ("water_volume", "m³"), id="a volume is what its name says"),
        pytest.param("humidity", "%", ("humidity", "%"), id="a share whose name is known"),
        pytest.param("fan", "/", ("ratio", "1"), id="a share whose name is not"),
        pytest.param("fan", "/100", ("ratio", "%"), id="percent of RFC 8798"),
        pytest.param("thing", "kat", ("thing", "kat"), id="a unit of no use here"),
    ],
)
def test_units_of_the_registry_tell_what_was_measured(name: str, unit: str, expected: tuple[str, str]):
    (found,) = decoded("auto", "edge/pack", pack(name, unit)).measurements

    assert (found.quantity, found.unit) == expected
    assert found.value == 4.5


def test_units_that_tell_a_quantity_can_be_converted():
    units = ["m/s2", "g", "cm", "km", "ms", "min", "h", "MHz", "kVA", "kvar", "J", "MJ", "mm/h", "S/m", "ug/m3", "deg"]

    found = [decoded("senml", "t", pack("a", unit)).measurements[0].unit for unit in units]

    assert [unit for unit in found if unit is None or not is_known(unit)] == []


@pytest.mark.parametrize(
    ("record", "values", "texts"),
    [
        pytest.param({"n": "battery", "u": "%", "vs": "71.5"}, [71.5], [], id="beside a unit"),
        pytest.param({"n": "label", "vs": "71"}, [], ["71"], id="without a unit it is a text"),
        pytest.param({"n": "mode", "u": "%", "vs": "eco"}, [], ["eco"], id="a word stays one"),
    ],
)
def test_a_number_written_as_text_beside_a_unit_is_a_number(record: dict[str, object], values: object, texts: object):
    found = decoded("auto", "edge/pack", [{"bn": "urn:dev:mac:00aa:", **record}])

    assert [m.value for m in found.measurements] == values
    assert [one.attributes["text"] for one in found.observations] == texts


def test_cbor_says_the_same_with_numbers_for_names():
    body = cbor2.dumps([{-2: "gw-3:", -3: 1_750_000_000, 0: "rain", 1: "mm/h", 2: 1.75}, {0: "door", 4: False, 6: 5}])

    found = decoded("auto", "edge/cbor", body).measurements

    assert told(found) == {"rain_intensity": (1.75, "mm/h"), "boolean_state": (0.0, "")}
    assert [m.time_ns for m in found] == [1_750_000_000 * 10**9, 1_750_000_005 * 10**9]
