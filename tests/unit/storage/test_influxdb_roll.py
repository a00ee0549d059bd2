"""Roll-ups of an InfluxDB: which minutes and hours are due, and what is made again when a server was away."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from city.catalogue import Aggregation
from city.errors import StoreUnavailable
from storage.influxdb_roll import HOUR_NS, MINUTE_NS, InfluxRollUps
from storage.touched import Touched
from tests.support.history import START_NS

SECOND_NS = MINUTE_NS // 60


class Server:
    """A bucket that answers what it is told to, unless it is away."""

    def __init__(self, series: list[dict[str, Any]]) -> None:
        self.series, self.lines, self.away = series, list[str](), False

    def write(self, lines: Sequence[str]) -> None:
        self._answer()
        self.lines += lines

    def query(self, statement: str) -> list[dict[str, Any]]:
        self._answer()
        return self.series

    def close(self) -> None:
        """Nothing to close."""

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("history", "told so by the test")


@pytest.fixture
def rolled(tmp_path: Path) -> InfluxRollUps:
    readings = [{"name": "pm25", "tags": {"sensor": "air-1"}, "values": [[START_NS, 3.0, 0], [START_NS + 1, 5.0, 8]]}]
    bucket = [START_NS, 2, 3.0, 5.0, 4.0, 5.0, 8, 0.0]
    minutes = [{"name": "pm25", "tags": {"sensor": "air-1"}, "values": [bucket]}]
    servers = Server(readings), Server(minutes), Server([])
    touched = Touched(tmp_path / "touched.json")
    return InfluxRollUps(*servers, touched, lambda _: Aggregation.LINEAR)


def touch(rolled: InfluxRollUps) -> None:
    rolled.touch(np.array([START_NS, START_NS + 59 * SECOND_NS]))


@pytest.mark.parametrize(("after_s", "made"), [(60, 0), (89, 0), (90, 1)])
def test_minute_is_made_half_a_minute_after_its_end(rolled: InfluxRollUps, after_s: int, made: int) -> None:
    touch(rolled)
    rolled.tend(START_NS + after_s * SECOND_NS)

    assert len(rolled.minutes.lines) == made  # type: ignore[attr-defined]
    assert rolled.touched.minutes == [START_NS][made:]
    assert rolled.touched.hours == [START_NS][:made]


def test_bucket_has_the_mean_of_its_readings_and_all_their_flags(rolled: InfluxRollUps) -> None:
    touch(rolled)
    rolled.tend(START_NS + 2 * MINUTE_NS)

    (line,) = rolled.minutes.lines  # type: ignore[attr-defined]
    assert line.startswith("pm25,sensor=air-1 count=2i,quality=8i,minimum=3.0,maximum=5.0,value=4.0,last=5.0")


@pytest.mark.parametrize(("after_s", "made"), [(3629, 0), (3630, 1)])
def test_hour_is_made_of_its_minutes_when_it_is_over(rolled: InfluxRollUps, after_s: int, made: int) -> None:
    touch(rolled)
    rolled.tend(START_NS + 2 * MINUTE_NS)
    rolled.tend(START_NS + after_s * SECOND_NS)

    assert len(rolled.hours.lines) == made  # type: ignore[attr-defined]
    assert rolled.touched.hours == [START_NS][made:]


@pytest.mark.parametrize("name", ["readings", "minutes", "hours"])
def test_what_could_not_be_made_is_made_when_the_server_is_back(rolled: InfluxRollUps, name: str) -> None:
    touch(rolled)
    server = getattr(rolled, name)
    server.away = True
    with pytest.raises(StoreUnavailable):
        rolled.tend(START_NS + 2 * HOUR_NS)
    server.away = False
    rolled.tend(START_NS + 2 * HOUR_NS)

    assert (len(rolled.minutes.lines), len(rolled.hours.lines)) == (1, 1)  # type: ignore[attr-defined]
    assert (rolled.touched.minutes, rolled.touched.hours) == ([], [])
