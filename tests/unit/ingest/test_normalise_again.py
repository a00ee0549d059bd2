"""What the normaliser remembers from batch to batch, and what of it outlives another catalogue or a deleted message."""

import numpy as np
import pytest
from structlog.testing import capture_logs

from city.catalogue import default_catalogue
from city.clock import SECOND_NS
from city.entry import Context, ContextChange, NumberedSensor
from city.level import Domain
from city.quality import Quality
from city.sensor import Sensor
from ingest.decoders.memory import Memory
from ingest.judgement import NewestOf, Recent
from ingest.naming import Newest
from ingest.routes import Route, Routes
from tests.support.normalising import Desk, message, reading
from tests.unit.ingest.test_normalise import Stumbling

START_S = 1_780_000_000
NOW = (START_S + 100) * SECOND_NS


@pytest.mark.parametrize(("size", "reasons"), [(2000, []), (2001, ["too_large"])])
def test_payload_may_be_as_large_as_the_settings_say(size, reasons):
    desk = Desk("air-1", max_payload_bytes=2000)
    body = b'{"values":{"pm25":1}}'.ljust(size)

    batch = desk.batch(message("city/environment/air-1/reading", body), at_ns=NOW)

    assert [one.reason for one in batch.quarantined] == reasons
    assert len(batch.arrivals.readings) == 1 - len(reasons)


def test_mistake_that_repeats_is_logged_once_a_minute():
    desk = Desk()
    desk.normaliser.reroute(Routes([Route("bad/#", "tripping", Stumbling())], Memory()))

    with capture_logs() as logs:
        for second in (0, 1, 59, 60, 61):
            desk.batch(message("bad/1", b"x"), at_ns=NOW + second * SECOND_NS)

    assert [(one["event"], one["family"]) for one in logs] == [("decoder_failed", "tripping")] * 2


@pytest.mark.parametrize("anew", [False, True], ids=["as it began", "by another catalogue"])
def test_what_an_earlier_run_kept_is_gone_on_from(anew):
    desk = Desk("m")
    desk.normaliser.follow_on(lambda sensor, quantity: Newest((START_S - 60) * SECOND_NS, 8.0, 0))
    desk.normaliser.remember(lambda sensor, quantity: NewestOf(np.full(len(sensor), NOW), np.zeros(len(sensor))))
    if anew:
        desk.normaliser.reread(default_catalogue())

    counter = desk.batch(reading("m", time=START_S + 200, energy=10.0), at_ns=NOW)
    gauge = desk.batch(reading("m", time=START_S + 50, pm25=10.0), at_ns=NOW)

    assert [(series, value) for _, series, _, value, _ in desk.rows(counter)][1:] == [("energy_increase", 2.0)]
    assert [int(quality) for quality in gauge.arrivals.readings.quality] == [Quality.LATE]


def test_description_that_is_deleted_is_forgotten():
    desk = Desk("shed_t")
    config = {"name": "t", "stat_t": "shed/t", "dev_cla": "temperature", "unit_of_meas": "°C", "uniq_id": "shed_t"}
    topic = "homeassistant/sensor/shed_t/config"
    desk.batch(message(topic, config, retain=True), at_ns=NOW)
    told = len(desk.normaliser._routes.memory)

    batch = desk.batch(message(topic, b""), at_ns=NOW)

    assert (told > 0, len(desk.normaliser._routes.memory)) == (True, 0)
    assert {lesson.content for lesson in batch.learned} == {b""}


@pytest.mark.parametrize(("recorded", "time_s"), [(True, 1_500_000_000), (False, START_S + 100)])
def test_event_of_a_recording_keeps_its_time_however_long_ago(recorded, time_s):
    desk = Desk(*(() if recorded else ("cam",)), recorded=("cam",) if recorded else ())
    body = {"event": "intrusion", "time": 1_500_000_000}

    batch = desk.batch(message("city/video/cam/event", body), at_ns=NOW)

    assert [event.time_ns for event in batch.arrivals.events] == [time_s * SECOND_NS]


def test_late_readings_of_one_time_and_other_values_are_no_repetition():
    desk = Desk("air-1")
    desk.batch(reading("air-1", time=START_S + 50, pm25=1), at_ns=NOW)

    told = [desk.rows(desk.batch(reading("air-1", time=START_S, pm25=value), at_ns=NOW))[0][4] for value in (2, 3, 2)]

    assert told == [("late",), ("late",), ("duplicate", "late")]


def test_keys_are_remembered_for_a_generation_more():
    recent, firsts = Recent(generation=5), (0, 10, 20, 30)
    known = []
    for first in firsts:
        recent.add(np.arange(first, first + 3, dtype=np.uint64))
        found = recent.among(np.array(firsts, np.uint64), np.ones(len(firsts), np.bool_))
        known.append([one for one, is_known in zip(firsts, found.tolist(), strict=True) if is_known])

    assert known == [[0], [0, 10], [0, 10, 20], [20, 30]]


def changed(desk: Desk, sensor: str, *, recorded: bool = False) -> None:
    """Let the registry in force be one with this sensor more."""
    new = NumberedSensor(
        desk.numbering.sensor_number(sensor), Sensor(sensor, sensor, Domain.ENVIRONMENT, "air", recorded=recorded)
    )
    part = Context(0, "b", (), (new,), {})
    desk.normaliser.change(part, ContextChange("a", part))


def test_stranger_that_is_registered_makes_room_for_another():
    desk = Desk(max_unknown_sensors=1)

    def refused(*sensors: str) -> list[int]:
        return [len(desk.batch(reading(sensor, pm25=1), at_ns=NOW).quarantined) for sensor in sensors]

    before = refused("x-1", "x-2")
    changed(desk, "x-1")

    assert (before, refused("x-2", "x-3")) == ([0, 1], [0, 1])


def test_sensor_that_becomes_a_recording_keeps_its_times_from_then_on():
    desk = Desk("air-1")
    long_ago = reading("air-1", time=1_500_000_000, pm25=1)
    before = desk.rows(desk.batch(long_ago, at_ns=NOW))
    changed(desk, "air-1", recorded=True)
    after = desk.rows(desk.batch(long_ago, at_ns=NOW))

    assert [row[2] // SECOND_NS for row in (*before, *after)] == [START_S + 100, 1_500_000_000]


def test_flood_of_ways_to_tell_a_quantity_is_refused():
    desk = Desk("a", "b", max_quantities=2)

    batch = desk.batch(reading("a", time=START_S, pm25=1, pm10=1), reading("b", time=START_S, pm25=1, no2=1), at_ns=NOW)

    assert [(one.reason, "at most 2 quantities" in one.detail) for one in batch.quarantined] == [
        ("too_many_names", True)
    ]


def test_value_of_another_family_that_no_float_should_hold_is_refused():
    desk = Desk("d", routes='[[route]]\nfilter = "air/#"\ndecoder = "senml"\n')

    batch = desk.batch(message("air/1", b'[{"n": "d", "u": "Cel", "v": 1e300}]'), at_ns=NOW)

    assert [(one.reason, len(batch.arrivals.readings)) for one in batch.quarantined] == [("bad_number", 0)]
