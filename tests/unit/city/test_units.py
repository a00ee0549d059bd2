import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.units import Conversion, NoConversion, conversion, is_known

LINEAR_UNITS = [
    "°C",
    "°F",
    "K",
    "hPa",
    "kPa",
    "Pa",
    "km/h",
    "m/s",
    "kn",
    "cm",
    "m",
    "mm",
    "V",
    "mV",
    "%",
    "1",
    "Wh",
    "kWh",
]


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        pytest.param(212.0, "°F", "°C", 100.0, id="fahrenheit"),
        pytest.param(298.65, "K", "°C", 25.5, id="kelvin"),
        pytest.param(21.5, "Cel", "°C", 21.5, id="SenML's word for celsius"),
        pytest.param(21.5, "CEL", "°C", 21.5, id="UN/CEFACT's word for celsius"),
        pytest.param(21.5, "C", "°C", 21.5, id="a C where a temperature is wanted"),
        pytest.param(0.54, "1", "%", 54.0, id="a fraction"),
        pytest.param(54.0, "P1", "%", 54.0, id="UN/CEFACT's word for percent"),
        pytest.param(0.5, "GP", "µg/m³", 500.0, id="milligrams as UN/CEFACT has them"),
        pytest.param(35.0, "ug/m3", "µg/m³", 35.0, id="micrograms in ASCII"),
        pytest.param(35.0, "μg/m³", "µg/m³", 35.0, id="micrograms with the Greek letter"),
        pytest.param(10.0, "KNT", "km/h", 18.52, id="knots"),
        pytest.param(95.96, "kPa", "hPa", 959.6, id="kilopascals"),
        pytest.param(4_020_000_000_000.0, "ns", "min", 67.0, id="nanoseconds"),
        pytest.param(2993.0, "mV", "V", 2.993, id="millivolts"),
        pytest.param(1.98, "MTR", "cm", 198.0, id="metres"),
        pytest.param(120.0, "watts", "W", 120.0, id="a unit written out"),
        pytest.param(197.0, "veh", "", 197.0, id="vehicles are a count"),
        pytest.param(3.0, "1", "", 3.0, id="one of a count"),
        pytest.param(2.0, "kVA", "VA", 2000.0, id="apparent power"),
    ],
)
def test_value_is_converted(value: float, source: str, target: str, expected: float):
    line = conversion(source, target)

    assert isinstance(line, Conversion)
    assert line.apply(value) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        pytest.param("kg", "°C", "different", id="another dimension"),
        pytest.param("ppm", "mg/m³", "different", id="a ratio of gas needs its molar mass"),
        pytest.param("VA", "W", "different", id="apparent power is not power"),
        pytest.param("dBm", "dB(A)", "different", id="a radio's level is not a noise level"),
        pytest.param("dBFS", "dB(A)", "different", id="a recorder's level is not a noise level"),
        pytest.param("", "%", "different", id="a count is not a ratio"),
        pytest.param("°", "%", "different", id="a bearing is not a ratio"),
        pytest.param("rpm", "Hz", "different", id="turns are not radians"),
        pytest.param("C", "V", "different", id="a coulomb where no temperature is wanted"),
        pytest.param("UDT0000016", "%", "unknown", id="a code that nobody knows"),
        pytest.param("__import__('os').getcwd()", "°C", "unknown", id="hostile text"),
        pytest.param("m^99999", "m", "unknown", id="a huge power"),
        pytest.param("m" * 1000, "m", "unknown", id="a long text"),
    ],
)
def test_what_cannot_be_converted_says_why(source: str, target: str, reason: str):
    assert conversion(source, target) == NoConversion(source, target, reason)


@given(st.sampled_from(LINEAR_UNITS), st.sampled_from(LINEAR_UNITS), st.floats(-1e6, 1e6))
def test_conversion_and_back_gives_the_value(source: str, target: str, value: float):
    there, back = conversion(source, target), conversion(target, source)

    assert isinstance(there, Conversion) == isinstance(back, Conversion)
    if isinstance(there, Conversion) and isinstance(back, Conversion):
        assert back.apply(there.apply(value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(st.sampled_from(LINEAR_UNITS), st.sampled_from(LINEAR_UNITS), st.floats(-1e6, 1e6), st.floats(1e-3, 1e3))
def test_conversion_keeps_order(source: str, target: str, value: float, more: float):
    line = conversion(source, target)

    assert not isinstance(line, Conversion) or line.apply(value + more) > line.apply(value)


@given(st.text(max_size=40))
def test_any_text_is_a_unit_or_unknown(text: str):
    line = conversion(text, "m")

    assert isinstance(line, Conversion) == (is_known(text) and not isinstance(line, NoConversion))
