"""What the normaliser remembers from batch to batch, and what of it outlives another catalogue or a deleted message."""

import numpy as np
import pytest
from structlog.testing import capture_logs

from city.catalogue import default_catalogue
from city.clock import SECOND_NS
from city.quality import Quality
from ingest.decoders.memory import Memory
from ingest.judgement import NewestOf
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
    desk.normaliser.reroute(Routes([Route("bad/#", "stumbling", Stumbling())], Memory()))

    with capture_logs() as logs:
        for second in (0, 1, 59, 60, 61):
            desk.batch(message("bad/1", b"x"), at_ns=NOW + second * SECOND_NS)

    assert [(one["event"], one["family"]) for one in logs] == [("decoder_failed", "stumbling")] * 2


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
