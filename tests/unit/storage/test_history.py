from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.catalogue import Catalogue
from city.clock import ManualClock
from city.errors import BadSettings
from city.history import Resolution, SeriesQuery
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from storage.history import open_history
from storage.influxdb import InfluxHistory
from tests.support.history import START_NS, TableNames, arrivals, row

CLOCK = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
CATALOGUE = Catalogue.parse("[quantity.noise]\nunit = 'dB'\nkind = 'gauge'\naggregation = 'energetic'\n")
NAMES = TableNames({1: "air-1"}, {1: "noise/left", 2: "unheard of"})


def test_without_an_address_it_is_a_file_in_the_folder(tmp_path: Path) -> None:
    history = open_history(HistorySettings(), tmp_path, names=NAMES, catalogue=CATALOGUE, clock=CLOCK)

    assert isinstance(history, DuckdbHistory)
    assert (tmp_path / "readings.duckdb").exists()
    history.close()


@pytest.mark.parametrize(("quantity", "mean"), [("noise/left", 87.0), ("unheard of", 75.0)])
def test_catalogue_tells_the_mean(tmp_path: Path, quantity: str, mean: float) -> None:
    history = open_history(HistorySettings(), tmp_path, names=NAMES, catalogue=CATALOGUE, clock=CLOCK)
    rows = [row(1, number, second, value) for number in (1, 2) for second, value in ((0, 60.0), (1, 90.0))]
    history.append([(1, arrivals(*rows))], 1)

    series = history.readings(SeriesQuery("air-1", quantity, START_NS, START_NS + 10**12, Resolution.MINUTE))

    assert series.value == pytest.approx([mean], abs=0.1)
    history.close()


def test_address_of_influxdb_is_not_asked_before_it_is_needed(tmp_path: Path) -> None:
    settings = HistorySettings(url="influxdb://127.0.0.1:1/city/raw")

    history = open_history(settings, tmp_path, names=NAMES, catalogue=CATALOGUE, clock=CLOCK)

    assert isinstance(history, InfluxHistory)
    assert history.position() == 0
    history.close()


def test_address_that_says_too_little_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="influxdb://host:port/org/bucket"):
        open_history(HistorySettings(url="influxdb://db"), tmp_path, names=NAMES, catalogue=CATALOGUE, clock=CLOCK)
