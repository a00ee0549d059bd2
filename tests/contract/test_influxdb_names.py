"""Whatever a sensor is called, it is one point of one series, and it is found under that name again."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from city.clock import SECOND_NS
from city.entry import Arrivals, SensorEvent
from city.history import KeptEvent, Resolution, SeriesQuery
from city.reading import ReadingBatch
from storage.line import EVENTS, measurement_of
from tests.support.history import START_NS, TableNames
from tests.support.history_stores import OldInfluxServer, exported_series, influxdb_rig, victoria_rig
from tests.support.servers import Server

NAMES = st.text(min_size=1, max_size=12) | st.text("\\\n\r\t ,=\"'#%/._sv0", min_size=1, max_size=8)

#: What tries to end the line early and to begin a second point.
FORGED = "x\nforged,sensor=y value=1 1"

HOSTILE = (
    (FORGED, "pm25"),
    ("air-1", FORGED),
    ("back\\", "slash\\"),
    ("\\n", "\n"),
    ("#comment", "#comment"),
    ("a\u2028b\x00\x7f", "\r"),
    ("', value = 'x", '" WHERE true'),
    (" ", " "),
    ("sensor_event", "sensor_event"),
    ("\ud800", "%0A"),
)


def for_any_names(check: Callable[[str, str], None]) -> None:
    """Run `check` for hostile and for random names of a sensor and a quantity."""
    test = given(sensor=NAMES, quantity=NAMES)(check)
    for sensor, quantity in HOSTILE:
        test = example(sensor=sensor, quantity=quantity)(test)
    settings(max_examples=40, suppress_health_check=list(HealthCheck))(test)()


def one_of_each(time_ns: int, event: str) -> Arrivals:
    batch = ReadingBatch.of([(1, 1, time_ns, time_ns + 1, 4.5, 2)])
    return Arrivals(batch, (SensorEvent(1, event, time_ns, time_ns + 1, '{"a":"\\\\n"}'),))


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_any_name_is_one_point_in_influxdb(influxdb_server: Server, tmp_path: Path) -> None:
    rig, server = influxdb_rig(influxdb_server, "names", tmp_path), OldInfluxServer(influxdb_server, "names")
    positions = count(1)

    def check(sensor: str, quantity: str) -> None:
        position = next(positions)
        time_ns = START_NS + position * SECOND_NS
        history = rig.reopen(TableNames({1: sensor}, {1: quantity}))

        history.append([(position, one_of_each(time_ns, quantity))], position)

        found = server.query(f"SELECT * FROM /.*/ WHERE time = {time_ns} GROUP BY *")
        assert {each["name"] for each in found} == {measurement_of(quantity), EVENTS}
        assert sum(len(each["values"]) for each in found) == 2
        span = (time_ns, time_ns + 1)
        assert history.readings(SeriesQuery(sensor, quantity, *span, Resolution.RAW)).value == [4.5]
        assert history.events(sensor, *span, 10) == [KeptEvent(sensor, quantity, time_ns, time_ns + 1, '{"a":"\\\\n"}')]
        newest = {
            (each.sensor, each.quantity) for each in history.newest(time_ns).readings() if each.time_ns == time_ns
        }
        assert newest == {(sensor, quantity)}

    for_any_names(check)
    rig.history.tend(START_NS + 7200 * SECOND_NS)
    minutes = OldInfluxServer(influxdb_server, "names", "readings_minute")
    readings = [each for each in server.query('SELECT "value" FROM /.*/ GROUP BY *') if each["name"] != EVENTS]
    assert series_of(minutes.query('SELECT "count" FROM /.*/ GROUP BY *')) == series_of(readings)
    minutes.close()
    server.close()
    rig.history.close()


def series_of(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(each["name"], each["tags"]["sensor"]) for each in found}


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_any_name_is_one_point_through_influxdb_client(victoria_server: Server, tmp_path: Path) -> None:
    rig = victoria_rig(victoria_server, tmp_path)
    positions = count(1)
    written: dict[tuple[str, str], set[int]] = {}

    def check(sensor: str, quantity: str) -> None:
        position = next(positions)
        time_ns = START_NS + position * SECOND_NS

        rig.reopen(TableNames({1: sensor}, {1: quantity})).append(
            [(position, one_of_each(time_ns, quantity))], position
        )

        written.setdefault((sensor, quantity), set()).add(time_ns)

    for_any_names(check)
    assert exported_series(victoria_server) == written
    rig.history.close()
