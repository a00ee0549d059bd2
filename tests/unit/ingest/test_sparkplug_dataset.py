"""Data sets of Sparkplug B: a table's values, each under the name of its row."""

import pytest

from city.measurement import Measurement
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sparkplug_b import SparkplugDecoder
from tests.support.decoding import refusal
from tests.support.sparkplug import M, field_of, payload, single, varint

AT_MS = 1_780_000_000_000
INT32, DOUBLE, BOOLEAN, STRING, FLOAT, DATETIME = 3, 10, 11, 12, 9, 13


def table(columns: dict[str, int], *rows: list[bytes], packed: bool = False) -> bytes:
    names = b"".join(field_of(2, name) for name in columns)
    kinds = b"".join(map(varint, columns.values()))
    types = field_of(3, kinds) if packed else b"".join(field_of(3, kind) for kind in columns.values())
    lines = b"".join(field_of(4, b"".join(field_of(1, value) for value in row)) for row in rows)
    return field_of(1, len(columns)) + names + types + lines


def readings(data: bytes, kind: str = "DDATA", name: str = "Det") -> list[Measurement]:
    message = payload(M(name, field_of(17, data), datatype=16), seq=0)
    return SparkplugDecoder(DecoderOptions(), Memory()).decode(f"spBv1.0/city/{kind}/tls-3/det-9", message).measurements


def told(found: list[Measurement]) -> dict[str, float]:
    return {f"{m.quantity}/{m.label}": m.value for m in found}


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_is_named_by_its_text(*, packed: bool):
    data = table(
        {"Name": STRING, "Speed": FLOAT, "Delta": INT32, "Fault": BOOLEAN},
        [field_of(6, "north"), single(3, 47.3), field_of(1, 2**32 - 5), field_of(5, 1)],
        [field_of(6, "south"), single(3, 51.0), field_of(1, 4), field_of(5, 0)],
        packed=packed,
    )

    found = readings(data)

    assert told(found) == {
        "Speed/Det/north": 47.3, "Delta/Det/north": -5.0, "Fault/Det/north": 1.0,
        "Speed/Det/south": 51.0, "Delta/Det/south": 4.0, "Fault/Det/south": 0.0,
    }  # fmt: skip
    assert {(m.sensor, m.time_ns) for m in found} == {("city/tls-3/det-9", AT_MS * 1_000_000)}


def test_a_row_is_named_by_a_number_that_is_called_like_a_key_else_by_its_place():
    by_key = table({"Lane": INT32, "Flow": DOUBLE}, [field_of(1, 7), field_of(4, 12.5)])
    by_place = table({"Flow": DOUBLE}, [field_of(4, 1.5)], [field_of(4, 2.5)])

    assert told(readings(by_key)) == {"Flow/Det/7": 12.5}
    assert told(readings(by_place)) == {"Flow/Det/1": 1.5, "Flow/Det/2": 2.5}
    assert told(readings(table({"Flow": DOUBLE}, [field_of(4, 1.5)]))) == {"Flow/Det": 1.5}


def test_a_column_of_moments_is_the_time_of_its_row():
    data = table({"t": DATETIME, "Level": DOUBLE}, [field_of(2, AT_MS - 60_000), field_of(4, 2.25)])

    (found,) = readings(data)

    assert (found.value, found.time_ns) == (2.25, (AT_MS - 60_000) * 1_000_000)


def test_an_empty_value_is_no_reading_and_a_table_is_not_learned():
    data = table({"A": DOUBLE, "B": DOUBLE}, [b"", field_of(4, 3.5)])
    memory = Memory()
    birth = payload(M("Grid", field_of(17, data), datatype=16), seq=0)

    found = SparkplugDecoder(DecoderOptions(), memory).decode("spBv1.0/city/DBIRTH/tls-3/det-9", birth).measurements

    assert told(found) == {"B/Grid": 3.5}
    assert b"Grid/A" not in b"".join(lesson.content for lesson in memory.lessons())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(table({"A": DOUBLE, "B": DOUBLE}, [field_of(4, 1.0)]), "wrong_shape", id="a row too short"),
        pytest.param(field_of(2, "A") + field_of(4, field_of(1, field_of(4, 1.0))), "wrong_shape", id="no types"),
        pytest.param(table({"A": DOUBLE}, *[[field_of(4, 1.0)]] * 20_001), "too_large", id="more than is read"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(data: bytes, reason: str):
    message = payload(M("Det", field_of(17, data), datatype=16))

    assert refusal("sparkplug_b", "spBv1.0/city/DDATA/tls-3/det-9", message) == reason
