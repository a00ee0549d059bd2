from collections import Counter
from typing import Any

import pytest

from city.catalogue import default_catalogue
from city.errors import UndecodableMessage
from city.measurement import Measurement
from city.quality import Quality
from city.units import Conversion, conversion
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from tests.support.decoding import DECODERS
from tests.support.manifest import Sample, parameters, samples

#: Families whose readings carry what the manifest calls a channel as their label, and no label else.
SAMPLES = samples("fiware", "influx_line", "tts_v3")

#: The message's own unitCode KNT comes before the unit that the manifest takes from the data model.
UNIT_IN_MESSAGE = {("fiware/ItemFlowObserved_ld.json", name): "KNT" for name in ("speed", "max_speed", "min_speed")}
#: An occupied parking spot is a state of its own; `occupancy` is a share of time.
OWN_WORD = {("tts_v3/docs_parking_simulated_1.json", "occupancy"): "occupied"}
QUALITIES = {"outlier": Quality.BAD, "simulated": Quality.SIMULATED, "out_of_range": Quality.GOOD}


def of(*expects: str) -> list[Any]:
    return parameters([sample for sample in SAMPLES if sample.expect in expects])


def decode(sample: Sample) -> list[Measurement]:
    return DECODERS[sample.family](DecoderOptions()).decode(sample.topic, sample.payload).measurements


def canonical(name: str) -> str:
    quantity = default_catalogue().find(name)
    return quantity.name if quantity is not None else name


Row = tuple[str, str, float, int | None, str]


def expected_row(sample: Sample, reading: dict[str, object]) -> Row:
    quantity = canonical(str(reading["quantity"]))
    return (
        str(reading["sensor"]),
        OWN_WORD.get((sample.file, quantity), quantity),
        float(reading["value"]),  # type: ignore[arg-type]
        parse_time(str(reading["time"])) if reading["time"] is not None else None,
        str(reading.get("channel", "")),
    )


def row(measurement: Measurement) -> Row:
    return (
        measurement.sensor,
        canonical(measurement.quantity),
        measurement.value,
        measurement.time_ns,
        measurement.label,
    )


@pytest.mark.parametrize("sample", of("readings"))
def test_message_gives_exactly_its_readings(sample: Sample):
    found = Counter(row(measurement) for measurement in decode(sample))

    assert found == Counter(expected_row(sample, reading) for reading in sample.readings)


@pytest.mark.parametrize("sample", of("readings"))
def test_units_are_those_of_message_or_family(sample: Sample):
    units = {row(measurement): measurement.unit for measurement in decode(sample)}

    for reading in sample.readings:
        expected = expected_row(sample, reading)
        wanted = UNIT_IN_MESSAGE.get((sample.file, expected[1]), reading["unit"])
        found = units[expected]
        assert wanted is None or (found is not None and conversion(wanted, found) == Conversion(1.0, 0.0))


@pytest.mark.parametrize("sample", of("readings"))
def test_device_qualities_are_kept(sample: Sample):
    qualities = {row(measurement): measurement.quality for measurement in decode(sample)}

    for reading in sample.readings:
        wanted = QUALITIES[str(reading["quality"])] if "quality" in reading else Quality.GOOD
        assert qualities[expected_row(sample, reading)] == wanted


@pytest.mark.parametrize("sample", of("no_readings", "raw_only", "readings_if_codec"))
def test_message_without_decoded_values_gives_nothing(sample: Sample):
    assert decode(sample) == []


@pytest.mark.parametrize("sample", of("reject"))
def test_malformed_message_is_refused(sample: Sample):
    with pytest.raises(UndecodableMessage) as caught:
        decode(sample)

    assert caught.value.reason == "not_json"


@pytest.mark.parametrize("sample", of("readings_if_sensor_known"))
def test_sensor_must_be_known_from_somewhere(sample: Sample):
    with pytest.raises(UndecodableMessage) as caught:
        decode(sample)
    by_topic = DECODERS[sample.family](DecoderOptions()).decode("v3/app@city/devices/roof-1/up", sample.payload)

    assert caught.value.reason == "no_sensor"
    assert {(m.sensor, canonical(m.quantity), m.value) for m in by_topic.measurements} == {
        ("roof-1", canonical(reading["quantity"]), reading["value"]) for reading in sample.readings
    }


@pytest.mark.parametrize("sample", parameters(SAMPLES))
def test_family_is_recognised_by_its_body(sample: Sample):
    by_topic, by_body = DECODERS[sample.family](DecoderOptions()), DECODERS["auto"](DecoderOptions())
    try:
        expected = by_topic.decode("a/b", sample.payload)
    except UndecodableMessage:
        with pytest.raises(UndecodableMessage):
            by_body.decode("a/b", sample.payload)
        return

    assert by_body.decode("a/b", sample.payload) == expected
