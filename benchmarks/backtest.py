"""Measures a back-test: 30 days of 1,000 sensors, one reading a minute, with all rules of the demo city.

Limits: 60 s and 2 GB for 43 million readings on two cores (issue: back-test).
"""

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import report
from city.census import Census
from city.clock import SECOND_NS
from city.entry import Arrivals, NumberedSensor
from city.reading import ReadingBatch
from city.sensor import Sensor
from liandong.backtest.asking import live_book, question
from liandong.backtest.bounds import hands_for
from liandong.backtest.running import Books, Town, run
from liandong.backtest.town import town_of
from liandong.city_folder import CityFolder, read_city
from liandong.log import configure_log
from liandong.settings import Settings
from rules.book import RuleBook
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory

CITY = Path("examples/haibin")
FILE = "readings.duckdb"
SENSORS, MINUTE_NS, DAY_MIN = 1_000, 60 * SECOND_NS, 1_440

#: A Monday, at midnight in China.
START_NS = 1_793_548_800 * SECOND_NS

#: What sensors say on a calm day, by quantity in its own unit; those that are not here say 1.
CALM = {
    "speed": 55.0, "water_level": 0.02, "temperature": 22.0, "noise_laeq": 42.0, "pm25": 30.0, "load": 40.0, "o3": 60.0,
    "video_fps": 25.0, "battery_runtime": 1800.0, "humidity": 50.0, "outlet_temperature": 14.0,
    "supply_air_temperature": 22.0, "rain_intensity": 0.0, "smoke": 0.0, "door_open": 0.0, "water_leak": 0.0,
}  # fmt: skip

#: How what is said wanders around that, as a part of it, and what a sensor says that has something to tell.
WANDERS = 0.05
TOLD = {"water_level": 0.6, "temperature": 36.0, "speed": 5.0, "pm25": 200.0, "noise_laeq": 75.0, "video_fps": 1.0}


@dataclass(frozen=True)
class Series:
    """The series that speak: their sensors, and what they say, by number."""

    sensors: tuple[Sensor, ...]
    quantity: NDArray[np.int32]
    names: tuple[str, ...]


class Names:
    """The names of the series, as a store asks for them."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def sensor(self, number: int) -> str:
        """Return the id of a sensor."""
        return self._series.sensors[number].id

    def quantity(self, number: int) -> str:
        """Return the name of a quantity."""
        return self._series.names[number]


def series_of(city: CityFolder, book: RuleBook, sensors: int) -> Series:
    """Return sensors of the city that rules judge, each with one of its quantities; all promise a minute."""
    judged = sorted(book.quantities)
    able = [(one, name) for one in city.sensors if (name := _judged(one, judged))]
    chosen = [able[at] for at in np.linspace(0, len(able) - 1, min(sensors, len(able))).astype(int).tolist()]
    quantity = np.array([judged.index(name) for _, name in chosen], dtype=np.int32)
    return Series(tuple(replace(one, interval_s=60.0, installed=None) for one, _ in chosen), quantity, tuple(judged))


def _judged(sensor: Sensor, judged: list[str]) -> str:
    return next((name for name in sensor.quantities if name in judged), "")


def fill(history: DuckdbHistory, series: Series, days: int) -> int:
    """Write days of readings, an hour at a time, as ingest would have; return how many."""
    random, count = np.random.default_rng(3), len(series.sensors)
    calm = np.array([CALM.get(series.names[number], 1.0) for number in series.quantity.tolist()])
    told = np.array([TOLD.get(series.names[number], np.nan) for number in series.quantity.tolist()])
    offset_ns = np.sort(random.integers(0, MINUTE_NS, count))
    sensor = np.arange(count, dtype=np.int32)
    for hour in range(days * 24):
        minutes = np.arange(hour * 60, hour * 60 + 60)
        times_ns = (START_NS + minutes[:, None] * MINUTE_NS + offset_ns).reshape(-1)
        value = calm * (1 + WANDERS * random.standard_normal((60, count)))
        # One sensor in two thousand has something to tell in an hour, for twenty minutes of it.
        has = np.flatnonzero(random.random(count) < 1 / 2000)
        value[20:40, has] = np.where(np.isnan(told[has]), value[20:40, has], told[has])
        readings = ReadingBatch(
            np.tile(sensor, 60),
            np.tile(series.quantity, 60),
            times_ns,
            times_ns + 20_000_000,
            value.reshape(-1),
            np.zeros(len(times_ns), np.uint16),
        )
        history.append([(hour + 1, Arrivals(readings))], hour + 1)
    history.tend(START_NS + (days + 2) * DAY_MIN * MINUTE_NS)
    return days * 24 * 60 * count


def make(folder: Path, days: int, sensors: int) -> None:
    """Write the history that is judged."""
    city = read_city(CITY)
    series = series_of(city, live_book(city), sensors)
    history = DuckdbHistory(folder / FILE, Names(series), settings=HistorySettings(memory_mb=1024))
    fill(history, series, days)
    history.close()


def measure(folder: Path, days: int, sensors: int, *, against: bool) -> dict[str, object]:
    """Return what a back-test of so many days takes: wall and CPU time, and memory, of all its processes together."""
    settings = Settings(city=CITY, data=folder / "none")
    city = read_city(CITY)
    book = live_book(city)
    series = series_of(city, book, sensors)
    town = _town(settings, city, series)
    history = DuckdbHistory(folder / FILE, Names(series))
    asked = question(START_NS, START_NS + days * DAY_MIN * MINUTE_NS, warm_up_s=0, closes_after_s=1800)
    hands = hands_for(town.census, asked.end_ns - asked.start_ns, bounded=False)
    began_s, cpu_s = time.monotonic(), _cpu_s()
    found = run(asked, Books(book, book if against else None), town, history, lambda *_: None, hands)
    wall_s, cpu_s = time.monotonic() - began_s, _cpu_s() - cpu_s
    history.close()
    # The largest of those that judged, for each: no less than what they held together.
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "readings": found.readings,
        "rules": found.proposed.rules,
        "books": 2 if against else 1,
        "incidents": found.proposed.incidents,
        "alarms": found.proposed.alarms,
        "wall_s": round(wall_s, 1),
        "cpu_s": round(cpu_s, 1),
        "readings_per_s": round(found.readings / wall_s),
        "hands": hands.most,
        "peak_rss_mb": round(peaks[0] + (peaks[1] * hands.most if hands.most > 1 else 0)),
    }


def _cpu_s() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _town(settings: Settings, city: CityFolder, series: Series) -> Town:
    numbered = Census.of(NumberedSensor(number, one) for number, one in enumerate(series.sensors))
    return replace(town_of(settings, city), census=numbered)


def main() -> None:
    """Make the history, run the back-test in processes of their own, print a table and write the report."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sensors", type=int, default=SENSORS)
    parser.add_argument("--folder", type=Path, help="where a history that was made before lies, or is to lie")
    parser.add_argument("--step", choices=("make", "one", "two"), help="one step, in this process")
    asked = parser.parse_args()
    configure_log("backtest", logging.WARNING)
    if asked.step is not None:
        _step(asked.step, asked.folder, asked.days, asked.sensors)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder if asked.folder is not None else Path(made)
        if not (folder / FILE).exists():
            _process("make", folder, asked.days, asked.sensors)
        found = {step: json.loads(_process(step, folder, asked.days, asked.sensors)) for step in ("one", "two")}
        size_mb = round((folder / FILE).stat().st_size / 1e6)
    report("backtest", {"file_mb": size_mb, "one_book": found["one"], "against_live": found["two"]})


def _step(step: str, folder: Path, days: int, sensors: int) -> None:
    if step == "make":
        make(folder, days, sensors)
    else:
        sys.stdout.write(json.dumps(measure(folder, days, sensors, against=step == "two")))


def _process(step: str, folder: Path, days: int, sensors: int) -> str:
    """Run one step in a process of its own, whose memory is its own too."""
    command = [sys.executable, "-m", "benchmarks.backtest", "--step", step, "--folder", str(folder)]
    command += ["--days", str(days), "--sensors", str(sensors)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
