"""Derivations for tests: a city of some sensors, readings in, derived readings out."""

from collections.abc import Iterable, Sequence
from typing import get_args
from zoneinfo import ZoneInfo

from city.catalogue import default_catalogue
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Entry, NumberedSensor, Tick
from city.level import Domain
from city.quality import names_of
from city.reading import ReadingBatch
from city.sensor import Sensor
from ingest.derived.book import DerivedBook
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.stage import Work
from tests.support.normalising import MemoryNumbering

_ENTRIES = get_args(Entry)

#: Haibin's clock.
ZONE = ZoneInfo("Asia/Shanghai")

#: One reading as tests write it: sensor, quantity, seconds, value, and flags.
Row = tuple[str, str, float, float] | tuple[str, str, float, float, int]
#: One derived reading: sensor, quantity, seconds, value, and the words of its flags without `derived`.
Derived = tuple[str, str, float, float, tuple[str, ...]]


class DerivingCity:
    """Derivations as `derived.toml` says, with the numbers and sensors of a city."""

    def __init__(self, toml: str = "", sensors: Iterable[Sensor] = ()) -> None:
        self.toml, self.sensors, self.numbering = toml, tuple(sensors), MemoryNumbering()
        self.derive = self.started()

    def started(self) -> Derive:
        """Return derivations that have heard nothing yet."""
        around = Surroundings(default_catalogue(), ZONE, self.numbering.quantity_number)
        derive = Derive(DerivedBook.parse(self.toml), around, self.numbering.quantity)
        derive.use(NumberedSensor(self.numbering.sensor_number(one.id), one) for one in self.sensors)
        return derive

    def arrivals(self, rows: Sequence[Row], *, arrival_s: float | None = None) -> Arrivals:
        """Return readings as they come from normalising; each arrives at its own time unless told otherwise."""
        columns = []
        for sensor, quantity, time_s, value, *flags in rows:
            numbers = self.numbering.sensor_number(sensor), self.numbering.quantity_number(quantity)
            arrival_ns = round((time_s if arrival_s is None else arrival_s) * SECOND_NS)
            columns.append((*numbers, round(time_s * SECOND_NS), arrival_ns, value, flags[0] if flags else 0))
        return Arrivals(ReadingBatch.of(columns))

    def hear(self, *rows: Row, arrival_s: float | None = None) -> list[Derived]:
        """Return what follows from a batch of readings."""
        return self.enter(self.arrivals(rows, arrival_s=arrival_s))

    def listen(self, time_s: float) -> None:
        """Say that from here on ingest is connected and caught up."""
        self.enter(Connection(round(time_s * SECOND_NS), listening=True))

    def tick(self, time_s: float) -> list[Derived]:
        """Return what follows from the time."""
        return self.enter(Tick(round(time_s * SECOND_NS)))

    def enter(self, *entries: Entry) -> list[Derived]:
        """Return what follows from entries."""
        return [one for entry in self.follow(*entries) for one in self.derived(entry)]

    def follow(self, *entries: Entry) -> list[Entry]:
        """Return what is committed in place of these."""
        work = Work(0, contents=list(entries))
        self.derive.run(work)
        return [content for content in work.contents if isinstance(content, _ENTRIES)]

    def derived(self, entry: Entry) -> list[Derived]:
        """Return the derived readings of an entry."""
        if not isinstance(entry, Arrivals):
            return []
        readings = entry.readings
        found = []
        for row in range(len(readings)):
            words = names_of(int(readings.quality[row]))
            if "derived" in words:
                names = (
                    self.numbering.sensor(int(readings.sensor[row])),
                    self.numbering.quantity(int(readings.quantity[row])),
                )
                rest = tuple(word for word in words if word != "derived")
                found.append((*names, int(readings.time_ns[row]) / SECOND_NS, float(readings.value[row]), rest))
        return found


def station(
    sensor_id: str, interval_s: float = 60, domain: Domain = Domain.ENVIRONMENT, tags: Iterable[str] = ()
) -> Sensor:
    """Return a registered sensor."""
    return Sensor(sensor_id, sensor_id, domain, "station", interval_s=interval_s, tags=frozenset(tags))
