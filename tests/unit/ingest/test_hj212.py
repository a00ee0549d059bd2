"""HJ 212: frames, factors, flags, and everything that field devices spell in their own way."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.catalogue import default_catalogue
from city.clock import to_ns
from city.errors import UndecodableMessage
from city.measurement import Decoded
from city.quality import Quality
from city.units import is_known
from ingest.decoders.hj212_frame import checksums
from ingest.decoders.options import DecoderOptions
from ingest.privacy import redacted
from tests.support.decoding import DECODERS, told

BEIJING = timezone(timedelta(hours=8))
MN = "010000A8900016F000169DC0"
AT = "DataTime=20260801085857"


def framed(segment: str | bytes, *, which: int = 0) -> bytes:
    data = segment.encode() if isinstance(segment, str) else segment
    return b"##%04d%s%04X\r\n" % (len(data), data, checksums(data)[which])


def frame(content: str, *, cn: int = 2011, st: str = "22") -> bytes:
    return framed(f"QN=20260801085857223;ST={st};CN={cn};PW=123456;MN={MN};Flag=5;CP=&&{content}&&")


def decode(payload: bytes, **options: object) -> Decoded:
    return DECODERS["hj212"](DecoderOptions.model_validate(options)).decode("hj212/park", payload)


def reason(payload: bytes) -> str:
    with pytest.raises(UndecodableMessage) as caught:
        decode(payload)
    return caught.value.reason


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(
            b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
            b"CP=&&RtdInterval=30&&1C80\r\n",
            id="the standard's own example (annex A)",
        ),
        pytest.param(
            b"##0249ST=22;CN=2011;PW=123456;MN=JH0201712SD8763;CP=&&DataTime=20180114002828;PM25-Rtd=15.4,PM25-Flag=N;"
            b"PM10-Rtd=31.7,PM10-Flag=N;TSP-Rtd=75.0,TSP-Flag=N;TEM-Rtd=10,TEM-Flag=N;RH-Rtd=0,RH-Flag=N;WS-Rtd=0,"
            b"WS-Flag=N;WD-Rtd=0,WD-Flag=N;NOIS-Rtd=46.3,NOIS=N&&4045\r\n",
            id="a dust monitor's, its checksum's bytes swapped",
        ),
        pytest.param(framed(f"ST=22;CN=9015;MN={MN};CP=&&&&", which=2), id="Modbus's checksum"),
    ],
)
def test_checksums_of_standard_and_field_hold(payload: bytes):
    decode(payload)


def test_real_time_frame_gives_its_factors():
    content = f"{AT};a34004-Rtd=35.2,a34004-Flag=N;a01006-Rtd=101.02,a01006-Flag=N;LA-Rtd=50.1,LA-Flag=N"

    found = decode(frame(content)).measurements

    assert told(found) == {
        "pm25": (35.2, "µg/m³"),
        "atmospheric_pressure": (101.02, "kPa"),
        "noise_level": (50.1, "dB(A)"),
    }
    assert {m.sensor for m in found} == {MN}
    assert {m.time_ns for m in found} == {to_ns(datetime(2026, 8, 1, 8, 58, 57, tzinfo=BEIJING))}
    assert {m.quality for m in found} == {Quality.GOOD}


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        pytest.param("22", "a21026", ("so2", "µg/m³"), id="sulphur dioxide in the air"),
        pytest.param("31", "a21026", ("so2", "mg/m³"), id="sulphur dioxide in a stack"),
        pytest.param("22", "a21005", ("co", "mg/m³"), id="carbon monoxide"),
        pytest.param("32", "w01018", ("cod", "mg/L"), id="oxygen demand"),
        pytest.param("32", "011", ("cod", "mg/L"), id="oxygen demand by its code of 2005"),
        pytest.param("32", "B01", ("wastewater_flow", "L/s"), id="waste water by its code of 2005"),
        pytest.param("31", "S03", ("flue_temperature", "°C"), id="flue gas by its code of 2005"),
        pytest.param("39", "PM10", ("pm10", "µg/m³"), id="a dust monitor's word"),
        pytest.param("44", "d20105", ("d20105", None), id="a factor that nobody knows keeps its code"),
    ],
)
def test_factor_has_quantity_and_unit(system: str, code: str, expected: tuple[str, str | None]):
    (found,) = decode(frame(f"{AT};{code}-Rtd=1.5,{code}-Flag=N", st=system)).measurements

    assert (found.quantity, found.unit) == expected


def test_unit_of_the_route_comes_first():
    found = decode(frame(f"{AT};a34004-Rtd=75600"), units={"pm25": "ng/m³"}).measurements

    assert told(found) == {"pm25": (75600.0, "ng/m³")}


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        pytest.param("N", Quality.GOOD, id="normal"),
        pytest.param("T", Quality.OUT_OF_RANGE, id="beyond the instrument"),
        pytest.param("D", Quality.BAD, id="faulty"),
        pytest.param("C", Quality.BAD, id="calibrated"),
        pytest.param("M", Quality.BAD, id="maintained"),
        pytest.param("F", Quality.BAD, id="the plant stands"),
        pytest.param("S", Quality.BAD, id="set by hand"),
        pytest.param("B", Quality.BAD, id="the instrument does not answer"),
        pytest.param("3", Quality.GOOD, id="normal in 2005"),
        pytest.param("0", Quality.BAD, id="calibration in 2005"),
    ],
)
def test_flag_becomes_quality(flag: str, expected: Quality):
    (found,) = decode(frame(f"{AT};w21003-Rtd=0.5,w21003-Flag={flag}")).measurements

    assert found.quality == expected


def test_period_says_mean_extremes_and_total():
    content = f"{AT};w01018-Cou=2.4,w01018-Min=30,w01018-Avg=31.5,w01018-Max=33,w01018-Flag=N;w01001-Cou=9,w01001-Avg=7"

    assert told(decode(frame(content, cn=2061, st="32")).measurements) == {
        "cod/hour": (31.5, "mg/L"),
        "cod/hour-min": (30.0, "mg/L"),
        "cod/hour-max": (33.0, "mg/L"),
        "cod_total/hour": (2.4, "kg"),
        "ph/hour": (7.0, "pH"),
    }


def test_converted_values_stand_beside_measured_ones():
    content = f"{AT};a21026-Avg=10,a21026-ZsAvg=14,a21026-Flag=N"

    assert told(decode(frame(content, cn=2051, st="31")).measurements) == {
        "so2/minute": (10.0, "mg/m³"),
        "so2/minute-converted": (14.0, "mg/m³"),
    }


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{AT},a34004-Rtd=5;a34004-Flag=D", id="semicolon and comma exchanged"),
        pytest.param(f" {AT} ; a34004-Rtd = 5 , a34004-Flag=D;", id="blanks, and a last semicolon"),
        pytest.param(f"a34004-EFlag=x;{AT};a34004-Flag=D,a34004-Rtd=5,NOIS=N,x-td=5,a01001-Rtd=", id="odd items"),
        pytest.param(
            f"{AT};a34002-Rtd=NaN;a34003-Rtd=1e999999;a34005-Rtd=--;a34004-Rtd=5,a34004-Flag=D", id="no values"
        ),
    ],
)
def test_other_spellings_say_the_same(content: str):
    (found,) = decode(frame(content)).measurements

    assert (found.quantity, found.value, found.quality) == ("pm25", 5.0, Quality.BAD)
    assert found.time_ns == to_ns(datetime(2026, 8, 1, 8, 58, 57, tzinfo=BEIJING))


def test_buffered_periods_keep_their_times():
    content = "DataTime=20260801080000;a34004-Avg=5;DataTime=20260801090000;a34004-Avg=6"

    found = decode(frame(content, cn=2061)).measurements

    assert [(m.value, m.time_ns) for m in found] == [
        (5.0, to_ns(datetime(2026, 8, 1, 8, tzinfo=BEIJING))),
        (6.0, to_ns(datetime(2026, 8, 1, 9, tzinfo=BEIJING))),
    ]


@pytest.mark.parametrize(
    "time", ["", "20260232085857", "2026080108", "99991231235959", "00000101000000", "19700101000000"]
)
def test_impossible_time_is_none(time: str):
    (found,) = decode(frame(f"DataTime={time};a34004-Rtd=5")).measurements

    assert found.time_ns is None


def test_several_frames_and_bare_ends_are_read():
    one = frame(f"{AT};a34004-Rtd=5").rstrip()
    names = framed(f"ST=22;CN=3020;MN={MN};CP=&&i11001-Info=".encode() + "监测".encode("gb18030") + b"&&")

    found = decode(b"\n" + one + b"\n" + names + frame(f"{AT};a34002-Rtd=6")).measurements

    assert [m.value for m in found] == [5.0, 6.0]


@pytest.mark.parametrize("cn", [1011, 2012, 2081, 3020, 9011, 9014, 9015])
def test_replies_and_settings_say_nothing(cn: int):
    assert decode(frame("QnRtn=1;a34004-Rtd=5", cn=cn)) == Decoded()


def test_equipment_states_are_readings_of_their_own():
    found = decode(frame(f"{AT};SB1-RS=1;SB2-RS=0", cn=2021)).measurements
    hours = decode(frame(f"{AT};SB1-RT=23.5", cn=2041)).measurements

    assert told(found + hours) == {
        "equipment_running/SB1": (1.0, ""),
        "equipment_running/SB2": (0.0, ""),
        "running_time/SB1": (23.5, "h"),
    }


def test_alarm_of_2005_is_an_event():
    decoded = decode(frame("AlarmTime=20260801085857;011-Ala=120;AlarmType=1", cn=2072))

    assert decoded.measurements == []
    assert [(o.event, o.attributes) for o in decoded.observations] == [("alarm", {"011": "120"})]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(b"##0500ST=22;CN=2011;MN=A;CP=&&", "not_hj212", id="cut short"),
        pytest.param(b"##00x0ST", "not_hj212", id="no length"),
        pytest.param(b"", "not_hj212", id="nothing"),
        pytest.param(frame(f"{AT};a34004-Rtd=5").replace(b"=5", b"=6"), "bad_checksum", id="a changed byte"),
        pytest.param(frame(f"{AT};a34004-Rtd=5") + b"rest", "not_hj212", id="rubbish behind the frame"),
        pytest.param(framed("ST=22;CN=2011;CP=&&&&"), "no_sensor", id="nobody's"),
        pytest.param(framed("ST=22;CN=2011;MN=A\x07;CP=&&&&"), "bad_name", id="a device without a name"),
        pytest.param(
            framed(f"ST=22;CN=2999;MN={MN};CP=&&{AT}&&"), "wrong_shape", id="a data command that nobody knows"
        ),
        pytest.param(framed(f"ST=22;CN=2011;MN={MN};CP=&&5F2A9C00D1&&"), "encrypted", id="encrypted by 2025"),
        pytest.param(framed(f"ST=22;MN={MN};CP=&&&&"), "not_hj212", id="no command"),
    ],
)
def test_malformed_frame_is_refused(payload: bytes, expected: str):
    assert reason(payload) == expected


def test_frame_out_of_quarantine_is_read_without_its_password():
    whole = frame(f"{AT};a34004-Rtd=5")

    kept = redacted(whole + whole)

    assert b"123456" not in kept
    assert len(kept) == 2 * len(whole)
    assert decode(kept) == decode(whole + whole)


def test_body_is_recognised_without_a_topic():
    payload = frame(f"{AT};a34004-Rtd=5")

    assert DECODERS["auto"](DecoderOptions()).decode("dtu/7", payload) == decode(payload)


def test_every_unit_of_a_known_quantity_converts():
    catalogue = default_catalogue()
    for code in ("w21003", "w01014", "w01003", "a00000", "w00000", "a19001", "leq", "a34013"):
        (found,) = decode(frame(f"{AT};{code}-Rtd=1", st="32")).measurements

        assert found.unit is not None
        assert is_known(found.unit), code
        assert catalogue.find(found.quantity) is not None, code


ITEMS = st.lists(st.text(st.sampled_from("a34-RtdFlgAvZs=;,&N.5e-\x00 监"), max_size=30), max_size=8)


@settings(max_examples=60)
@given(words=ITEMS, cn=st.sampled_from([2011, 2021, 2051, 2072, 9011, 2999]))
def test_any_content_is_decoded_or_refused(words: list[str], cn: int):
    try:
        decoded = decode(frame(";".join(words), cn=cn))
    except UndecodableMessage:
        return
    assert all(m.sensor == MN and m.value == m.value for m in decoded.measurements)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("l01001-Rtd=113.25,l01001-Flag=N;l01002-Rtd=23.125,l01002-Flag=N", (23.125, 113.25), id="codes"),
        pytest.param("LNG-Rtd=113.25;LAT-Rtd=23.125", (23.125, 113.25), id="words"),
        pytest.param("l01001-Rtd=113.25,l01001-Flag=D;l01002-Rtd=23.125,l01002-Flag=N", None, id="a faulty receiver"),
        pytest.param("l01001-Rtd=0;l01002-Rtd=0", None, id="no fix yet"),
        pytest.param("l01001-Rtd=113.25", None, id="half a place"),
    ],
)
def test_where_a_moving_station_is_is_a_place_and_no_series(content: str, expected: tuple[float, float] | None):
    found = decode(frame(f"{AT};w01001-Rtd=7.25,w01001-Flag=N;{content}", st="21"))

    places = [(one.attributes["latitude"], one.attributes["longitude"]) for one in found.observations]
    assert places == ([expected] if expected is not None else [])
    assert {one.event for one in found.observations} <= {"position"}
    assert told(found.measurements) == {"ph": (7.25, "pH")}


def test_time_with_dashes_is_that_of_beijing_too():
    (found,) = decode(frame("DataTime=2026-03-04 09:15:00;a34004-Rtd=35,a34004-Flag=N")).measurements

    assert found.time_ns == 1_772_586_900_000_000_000
