"""Measures what derived quantities cost on one core: CPU microseconds a message, beside those of normalising it."""

import json
import time
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from benchmarks.numbers import Numbers
from benchmarks.report import report
from city.catalogue import default_catalogue
from city.clock import MILLISECOND_NS, SECOND_NS, iso
from city.entry import Context, NumberedSensor
from city.level import Domain
from city.sensor import Sensor
from ingest.config import NormaliseSettings
from ingest.derived.book import DerivedBook
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.journal_codec import Content
from ingest.message import Message
from ingest.normalise import Normaliser
from ingest.routes import Routes
from ingest.stage import Work

SENSORS = 2_000
START_NS = 1_795_161_600 * SECOND_NS
#: Messages measured of each kind, after every sensor has spoken once; each sensor speaks once a minute of its time.
MESSAGES = 40_000
BATCHES = (20, 2_000)
CITY = """
[[aqi_cn.where]]
kinds = ["station"]
[[noise.zone]]
class = "2"
kinds = ["station"]
[[traffic.road]]
class = "main"
kinds = ["station"]
"""
#: What sensors tell: three values of which nothing is computed, and the inputs of each derivation.
TOLD: Mapping[str, Mapping[str, float]] = {
    "nothing_to_compute": {"water_level": 21.5, "voltage": 229.1, "wind_speed": 3.2},
    "dew_point": {"temperature": 21.5, "humidity": 45.2, "voltage": 229.1},
    "aqi_cn": {"pm25": 35.2, "pm10": 60.0, "o3": 80.0},
    "noise": {"noise_laeq": 61.2, "voltage": 229.1, "wind_speed": 3.2},
    "traffic": {"speed": 41.0, "flow": 600.0, "occupancy": 12.0},
    "rate": {"energy": 1234.5, "voltage": 229.1, "wind_speed": 3.2},
}


def _messages(values: Mapping[str, float], first: int, count: int) -> Iterator[Message]:
    for number in range(first, first + count):
        time_ns = START_NS + number // SENSORS * 60 * SECOND_NS + number % SENSORS * MILLISECOND_NS
        body = json.dumps({"time": iso(time_ns), "values": dict(values)}, separators=(",", ":"))
        topic = f"city/machine_room/s-{number % SENSORS:05d}/reading"
        yield Message(topic, topic.encode(), body.encode())


def measure(values: Mapping[str, float], size: int) -> dict[str, float]:
    """Return CPU microseconds a message in batches of `size`: of normalising, of deriving, and readings derived."""
    numbers = Numbers()
    sensors = [
        NumberedSensor(numbers.sensor_number(name), Sensor(name, name, Domain.MACHINE_ROOM, "station", interval_s=60))
        for name in (f"s-{number:05d}" for number in range(SENSORS))
    ]
    normaliser = Normaliser(Routes.parse(""), default_catalogue(), numbers, NormaliseSettings())
    normaliser.use(Context(0, "", (), tuple(sensors), {}))
    around = Surroundings(default_catalogue(), ZoneInfo("Asia/Shanghai"), numbers.quantity_number)
    derive = Derive(DerivedBook.parse(CITY), around, numbers.quantity)
    derive.use(sensors)
    warm = list(_messages(values, 0, SENSORS))
    derive.run(Work(START_NS, contents=[normaliser.batch(warm, START_NS).arrivals]))
    messages = list(_messages(values, SENSORS, MESSAGES))
    normalising = deriving = 0.0
    told = kept = 0
    for start in range(0, MESSAGES, size):
        batch = messages[start : start + size]
        begun = time.process_time()
        arrivals = normaliser.batch(batch, START_NS + 3_600 * SECOND_NS).arrivals
        between = time.process_time()
        work = Work(START_NS, contents=[arrivals])
        derive.run(work)
        deriving += time.process_time() - between
        normalising += between - begun
        told += len(arrivals.readings)
        kept += sum(map(_readings, work.contents))
    each = 1e6 / MESSAGES
    return {"normalise": normalising * each, "derive": deriving * each, "derived_per_message": (kept - told) / MESSAGES}


def _readings(content: Content) -> int:
    readings = getattr(content, "readings", None)
    return len(readings) if readings is not None else 0


def main() -> None:
    """Measure each derivation, and messages of which nothing is computed."""
    figures = {name: {f"batches_of_{size}": measure(values, size) for size in BATCHES} for name, values in TOLD.items()}
    report("derived", {"cpu_us_per_message": figures, "values_per_message": 3})


if __name__ == "__main__":
    main()
