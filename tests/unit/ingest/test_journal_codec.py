from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.entry import Arrivals, Connection, Context, NumberedSensor, SensorEvent, SensorStatus, Tick
from city.errors import BadJournal
from city.level import Domain
from city.place import Place
from city.reading import ReadingBatch
from city.sensor import Sensor
from ingest.journal_codec import VERSION, Content, Digests, Record, Refused, Row, _crc, decode, encode, number_of
from ingest.message import QuarantinedMessage

int32 = st.integers(-(2**31), 2**31 - 1)
int64 = st.integers(-(2**63), 2**63 - 1)
rows = st.tuples(int32, int32, int64, int64, st.floats(allow_nan=False), st.integers(0, 65535))
arrivals = st.builds(
    Arrivals,
    st.lists(rows, max_size=20).map(ReadingBatch.of),
    st.lists(st.builds(SensorEvent, int32, st.text(), int64, int64, st.text()), max_size=3).map(tuple),
    st.lists(st.builds(SensorStatus, int32, st.booleans(), int64), max_size=3).map(tuple),
)
refused = st.builds(
    Refused,
    int64,
    st.lists(
        st.builds(
            QuarantinedMessage, st.binary(), st.binary(), st.text(), st.text(), st.none() | st.integers(0, 2**40)
        ),
        max_size=3,
    ).map(tuple),
)
contents = st.one_of(
    arrivals,
    refused,
    st.builds(Tick, int64),
    st.builds(Connection, int64, st.booleans()),
    st.builds(Digests, st.binary()),
)

CONTEXT = Context(
    time_ns=5,
    version="a1",
    book=(("rules/flood.yaml", "rules: []"),),
    sensors=(
        NumberedSensor(
            7,
            Sensor(
                "level-7",
                "水位",
                Domain.ENVIRONMENT,
                "underpass_level",
                place=Place(120.1, 30.2),
                interval_s=60.0,
                quantities=("water_level",),
                installed=date(2024, 5, 1),
                tags=frozenset({"flood"}),
            ),
        ),
    ),
    quantities={"water_level": 1},
)


def plain(content: Content) -> object:
    """Return a form in which contents with arrays can be compared."""
    if not isinstance(content, Arrivals):
        return content
    return content.readings.to_bytes(), len(content.readings), content.events, content.statuses


@given(contents, st.integers(1, 2**62))
def test_content_comes_back_as_it_was(content, position):
    record = decode(encode(position, content), "segment")

    assert record.position == position
    assert plain(record.content) == plain(content)


def test_context_comes_back_as_it_was():
    assert decode(encode(3, CONTEXT), "segment") == Record(3, CONTEXT)


def test_columns_read_back_are_aligned():
    batch = ReadingBatch.of([(1, 2, 3, 4, 5.0, 6)] * 3)

    read = decode(encode(1, Arrivals(batch, (SensorEvent(1, "x", 2, 3),))), "segment").content

    assert isinstance(read, Arrivals)
    assert all(getattr(read.readings, name).flags.aligned for name in ("sensor", "time_ns", "value", "quality"))
    assert np.array_equal(read.readings.value, batch.value)


@given(contents, st.data())
def test_flipped_bit_in_the_blob_is_noticed(content, data):
    row = encode(9, content)
    if not row.blob:
        return
    blob = bytearray(row.blob)
    place = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[place // 8] ^= 1 << place % 8

    with pytest.raises(BadJournal, match="segment:9"):
        decode(row._replace(blob=bytes(blob)), "segment")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"position": 10}, id="another position"),
        pytest.param({"kind": 3}, id="another kind"),
        pytest.param({"kind": None}, id="no kind"),
        pytest.param({"version": 2}, id="another version"),
        pytest.param({"crc": 0}, id="another checksum"),
        pytest.param({"blob": None}, id="no blob"),
        pytest.param({"blob": "text"}, id="text for a blob"),
    ],
)
def test_row_that_was_changed_is_noticed(change):
    with pytest.raises(BadJournal):
        decode(encode(9, Tick(5))._replace(**change), "segment")


@pytest.mark.parametrize(("kind", "version"), [(99, 1), (2, 2)], ids=["unknown kind", "unknown version"])
def test_intact_row_of_another_program_is_refused_by_name(kind, version):
    crc = _crc(9, kind, version, b"x")

    with pytest.raises(BadJournal, match=f"kind {kind} version {version}"):
        decode(Row(9, kind, version, crc, b"x"), "segment")


@pytest.mark.parametrize(
    ("kind", "blob"),
    [
        pytest.param(Context, b"x no compressed context", id="context"),
        pytest.param(Arrivals, b"\x94\x02\xc4\x01x\x90\x90", id="too few bytes of readings"),
        pytest.param(Tick, b"\xc1", id="no msgpack"),
    ],
)
def test_intact_row_that_says_nothing_readable_is_refused(kind, blob):
    row = Row(9, number_of(kind), VERSION, _crc(9, number_of(kind), VERSION, blob), blob)

    with pytest.raises(BadJournal):
        decode(row, "segment")
