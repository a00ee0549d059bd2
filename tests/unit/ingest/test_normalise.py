import random
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from city.clock import iso, to_ns
from city.measurement import Decoded
from ingest.message import Message
from ingest.routes import Route, Routes
from tests.support.normalising import Desk, message, reading

NOW = to_ns(datetime(2026, 11, 20, 8, tzinfo=UTC))
SECOND, DAY = 10**9, 86_400 * 10**9
THINGS = "v3/app@city/devices/roof-1/up"


def uplink(**values: object) -> Message:
    return message(THINGS, {"uplink_message": {"decoded_payload": values, "received_at": iso(NOW)}})


def test_native_values_are_in_the_quantitys_own_unit():
    desk = Desk("air-1")

    batch = desk.batch(reading("air-1", time=iso(NOW), pm25=35.2, relative_humidity=40), at_ns=NOW)

    assert desk.rows(batch) == [("air-1", "pm25", NOW, 35.2, ()), ("air-1", "humidity", NOW, 40.0, ())]
    assert batch.arrivals.readings.arrival_ns.tolist() == [NOW, NOW]


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "expected"),
    [
        pytest.param("temperature", 212.0, "°F", ("temperature", 100.0), id="converted"),
        pytest.param("Temp", 21.0, "Cel", ("temperature", 21.0), id="an alias and another spelling"),
        pytest.param("temperature", 3.0, "kg", ("temperature[kg]", 3.0), id="no conversion"),
        pytest.param("co", 3.0, "ppm", ("co[ppm]", 3.0), id="a conversion that needs more"),
        pytest.param("temperature/2", 70.0, "°F", ("temperature/2", 21.11), id="a label"),
        pytest.param("moonlight", 3.0, "lm", ("moonlight", 3.0), id="a quantity that nobody knows"),
    ],
)
def test_unit_that_is_told_is_converted(quantity: str, value: float, unit: str, expected: tuple[str, float]):
    desk = Desk("air-1")
    body = {"time": iso(NOW), "values": {quantity: value}, "unit": {quantity: unit}}

    ((_, series, _, found, qualities),) = desk.rows(
        desk.batch(message("city/environment/air-1/reading", body), at_ns=NOW)
    )

    assert (series, round(found, 2), qualities) == (*expected, ())


def test_foreign_value_without_unit_is_not_taken_for_the_quantitys():
    desk = Desk("s")

    rows = desk.rows(desk.batch(message("telegraf/w", b"weather,station=s temperature=82,people=3"), at_ns=NOW))

    assert {row[1] for row in rows} == {"temperature[?]", "people"}


def test_foreign_labels_are_series_of_their_own():
    desk = Desk("roof-1")

    rows = desk.rows(desk.batch(uplink(TempC_SHT=14.6, TempC_DS=13.2), at_ns=NOW))

    assert [row[1] for row in rows] == ["temperature/SHT", "temperature/DS"]


@pytest.mark.parametrize(
    ("values", "qualities"),
    [
        pytest.param({"temperature": 5760.0}, ("out_of_range",), id="too hot"),
        pytest.param({"humidity": 14080.0}, ("out_of_range",), id="too moist"),
        pytest.param({"humidity": -1.0}, ("out_of_range",), id="a sentinel"),
        pytest.param({"humidity": 100.0}, (), id="on the edge"),
        pytest.param({"moonlight": 1e200}, (), id="no range is known"),
    ],
)
def test_implausible_value_is_flagged(values: dict[str, float], qualities: tuple[str, ...]):
    desk = Desk("air-1")

    rows = desk.rows(desk.batch(reading("air-1", time=iso(NOW), values=values), at_ns=NOW))

    assert [row[4] for row in rows] == [qualities]


@pytest.mark.parametrize(
    ("time", "expected", "qualities"),
    [
        pytest.param(iso(NOW + 299 * SECOND), NOW + 299 * SECOND, (), id="a little ahead"),
        pytest.param(iso(NOW + 301 * SECOND), NOW, ("clock",), id="far ahead"),
        pytest.param(iso(NOW - 29 * DAY), NOW - 29 * DAY, (), id="buffered for weeks"),
        pytest.param(iso(NOW - 31 * DAY), NOW, ("clock",), id="too old"),
        pytest.param(None, NOW, ("clock",), id="none"),
        pytest.param("2026-11-20T08:00:00", NOW, ("clock",), id="no offset"),
        pytest.param(NOW // 10**6, NOW, (), id="milliseconds"),
    ],
)
def test_time_is_the_sensors_own_or_that_of_receipt(time: object, expected: int, qualities: tuple[str, ...]):
    desk = Desk("air-1")

    ((_, _, found, _, flags),) = desk.rows(desk.batch(reading("air-1", time=time, pm25=1), at_ns=NOW))

    assert (found, flags) == (expected, qualities)


def test_recording_keeps_its_time():
    desk = Desk(recorded=["loop-1"])
    long_ago = NOW - 4000 * DAY

    rows = desk.rows(desk.batch(reading("loop-1", time=iso(long_ago), speed=1), reading("loop-1", speed=2), at_ns=NOW))

    assert rows == [
        ("loop-1", "speed", long_ago, 1.0, ("recorded",)),
        ("loop-1", "speed", NOW, 2.0, ("clock", "recorded")),
    ]


def test_retained_value_of_unknown_age_is_stale():
    desk = Desk("air-1")

    rows = desk.rows(
        desk.batch(
            reading("air-1", pm25=1, retain=True), reading("air-1", time=iso(NOW), pm10=1, retain=True), at_ns=NOW
        )
    )

    assert [row[4] for row in rows] == [("clock", "stale"), ()]


def test_values_that_come_together_without_time_stay_apart():
    desk = Desk("air-1")

    rows = desk.rows(desk.batch(reading("air-1", pm25=1, pm10=5), reading("air-1", pm25=2), at_ns=NOW))

    assert [(row[1], row[2] - NOW) for row in rows] == [("pm25", 0), ("pm10", 0), ("pm25", 1)]


def test_order_and_repetition_are_judged():
    desk = Desk("air-1")
    story = [(10, 1.0), (20, 2.0), (20, 2.0), (20, 3.0), (15, 4.0), (15, 4.0), (10, 1.0), (21, 2.0)]

    rows = desk.rows(
        desk.batch(*(reading("air-1", time=iso(NOW + at * SECOND), pm25=value) for at, value in story), at_ns=NOW)
    )

    late, again = ("late",), ("duplicate", "late")
    assert [row[4] for row in rows] == [(), (), ("duplicate",), (), late, again, again, ()]


def test_cutting_batches_otherwise_changes_no_judgement():
    chance = random.Random(7)
    messages = [
        reading(f"air-{chance.randrange(3)}", time=iso(NOW + chance.randrange(40) * SECOND), pm25=chance.randrange(3))
        for _ in range(300)
    ]
    whole, cut = Desk("air-0", "air-1"), Desk("air-0", "air-1")

    together = whole.rows(whole.batch(*messages, at_ns=NOW))
    apart, rest = [], list(messages)
    while rest:
        size = chance.randrange(1, 9)
        apart += cut.rows(cut.batch(*rest[:size], at_ns=NOW))
        rest = rest[size:]

    assert apart == together


def test_two_ways_of_telling_are_one_series():
    desk = Desk("air-1")
    in_grams = {"time": iso(NOW), "values": {"pm2_5": 0.5}, "unit": {"pm2_5": "mg/m3"}}

    rows = desk.rows(
        desk.batch(
            reading("air-1", time=iso(NOW), pm25=500), message("city/environment/air-1/reading", in_grams), at_ns=NOW
        )
    )

    assert [(row[1], row[3], row[4]) for row in rows] == [("pm25", 500.0, ()), ("pm25", 500.0, ("duplicate",))]


def test_bad_message_costs_its_neighbours_nothing():
    desk = Desk("air-1")
    topic = "city/environment/air-1/reading"
    bad = [
        (message(topic, b"{"), "not_json"),
        (message(topic, b'{"values": {"pm25": 1, "humidity": 1e301}}'), "bad_number"),
        (message(topic, b'{"values": {"pm25": 1}}' + b" " * 2**21), "too_large"),
        (message("somewhere/else", b"1"), "unknown_topic"),
        (Message(None, b"\xff", b"1"), "bad_topic"),
    ]

    batch = desk.batch(
        reading("air-1", time=iso(NOW), pm25=1),
        *(one for one, _ in bad),
        reading("air-1", time=iso(NOW), pm10=2),
        at_ns=NOW,
    )

    assert [row[1:4] for row in desk.rows(batch)] == [("pm25", NOW, 1.0), ("pm10", NOW, 2.0)]
    assert [(one.payload, one.reason) for one in batch.quarantined] == [(one.payload, why) for one, why in bad]


class Stumbling:
    def decode(self, topic: str, payload: bytes) -> Decoded:
        raise KeyError(topic)


def test_mistake_of_a_decoder_is_quarantined_and_counted():
    desk = Desk("air-1")
    routes = desk.normaliser._routes
    desk.normaliser._routes = Routes([Route("bad/#", "stumbling", Stumbling()), *routes._routes], routes.memory)

    batch = desk.batch(message("bad/1", b"x"), reading("air-1", time=iso(NOW), pm25=1), at_ns=NOW)

    assert [(one.reason, one.detail) for one in batch.quarantined] == [("decoder_failed", "KeyError: 'bad/1'")]
    assert len(batch.arrivals.readings) == 1
    assert REGISTRY.get_sample_value("ingest_decoders_failed_total", {"family": "stumbling"}) == 1.0


def test_unregistered_sensor_is_sighted_and_its_readings_kept():
    desk = Desk("air-1")

    batch = desk.batch(reading("air-9", time=iso(NOW), pm25=1), reading("air-1", time=iso(NOW), pm25=1), at_ns=NOW)

    (sighting,) = batch.discovered
    assert (sighting.sensor, sighting.topic) == ("air-9", "city/environment/air-9/reading")
    assert sighting.quantities == ("pm25",)
    assert sighting.sample.startswith('{"time"')
    assert sighting.number == desk.numbering.sensor_number("air-9")
    assert len(batch.arrivals.readings) == 2


def test_registration_is_seen_at_once():
    desk = Desk()
    first = desk.batch(reading("air-9", time=iso(NOW), pm25=1), at_ns=NOW)

    desk.register(recorded=["air-9"])
    second = desk.batch(reading("air-9", time=iso(NOW - 99 * DAY), pm25=1), at_ns=NOW)

    assert len(first.discovered) == 1
    assert second.discovered == []
    assert desk.rows(second)[0][4] == ("late", "recorded")


def test_flood_of_names_is_refused():
    desk = Desk("air-1", max_unknown_sensors=2, max_series_per_sensor=3)

    strangers = desk.batch(*(reading(f"x-{n}", time=iso(NOW), pm25=1) for n in range(4)), at_ns=NOW)
    series = desk.batch(*(reading("air-1", time=iso(NOW), values={f"q{n}": 1.0}) for n in range(5)), at_ns=NOW)

    assert [one.reason for one in strangers.quarantined] == ["too_many_names"] * 2
    assert [one.reason for one in series.quarantined] == ["too_many_names"] * 2


def test_events_and_statuses_are_taken():
    desk = Desk("cam-1")
    event = {"time": iso(NOW - SECOND), "event": "intrusion", "confidence": 0.9}

    batch = desk.batch(
        message("city/video/cam-1/event", event),
        message("city/video/cam-1/event", {"time": iso(NOW + DAY), "event": "loss"}),
        message("city/video/cam-1/status", b"offline", retain=True),
        at_ns=NOW,
    )

    first, second = batch.arrivals.events
    (status,) = batch.arrivals.statuses
    assert (first.event, first.time_ns, first.attributes) == ("intrusion", NOW - SECOND, '{"confidence":0.9}')
    assert (second.event, second.time_ns) == ("loss", NOW)
    assert (status.sensor, status.online) == (desk.numbering.sensor_number("cam-1"), False)


@pytest.mark.parametrize(
    ("said", "retain", "told"),
    [
        pytest.param({"time": iso(NOW - 301 * SECOND)}, True, 0, id="retained and past"),
        pytest.param({}, True, 0, id="retained, of unknown age"),
        pytest.param({"time": iso(NOW - 10 * SECOND)}, True, 1, id="retained and of now"),
        pytest.param({"time": iso(NOW - 301 * SECOND)}, False, 1, id="not retained"),
    ],
)
def test_past_event_that_a_broker_retained_is_not_told_anew(said: dict[str, str], *, retain: bool, told: int):
    before = REGISTRY.get_sample_value("ingest_events_replayed_total") or 0.0
    body = {"event": "intrusion"} | said

    batch = Desk("cam-1").batch(message("city/video/cam-1/event", body, retain=retain), at_ns=NOW)

    assert len(batch.arrivals.events) == told
    assert REGISTRY.get_sample_value("ingest_events_replayed_total") == before + 1 - told


def test_age_is_taken_from_the_time_of_receipt():
    desk = Desk("d", routes='[[route]]\nfilter = "air/#"\ndecoder = "senml"\n')

    batch = desk.batch(message("air/1", [{"bn": "d", "bt": -60, "u": "Cel", "v": 1}]), at_ns=NOW)

    assert desk.rows(batch) == [("d", "temperature", NOW - 60 * SECOND, 1.0, ())]


def test_deleted_retained_message_says_nothing():
    desk = Desk("air-1")

    batch = desk.batch(message("city/environment/air-1/reading", b""), at_ns=NOW)

    assert (len(batch.arrivals.readings), batch.quarantined, batch.discovered) == (0, [], [])


def test_empty_batch_is_understood():
    assert len(Desk().batch(at_ns=NOW).arrivals.readings) == 0


def test_thousands_of_series_keep_their_numbers():
    desk = Desk(max_series_per_sensor=5000)
    values = {f"q{number}": float(number) for number in range(1500)}

    for _ in range(2):
        rows = desk.rows(desk.batch(reading("air-1", time=iso(NOW), values=values), at_ns=NOW))

    assert [(row[1], row[3], row[4]) for row in rows] == [
        (name, value, ("duplicate",)) for name, value in values.items()
    ]
