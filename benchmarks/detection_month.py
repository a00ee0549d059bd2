"""A simulated month of some of the city's sensors through derivations and the rule engine: alarms, in their order.

Readings go the way of live ones but for bytes and disk: their flags are ingest's own, what follows from them is
computed a minute at a time, and the engine judges them as a back-test does, with every tick that can matter.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from city.alarm import AlarmTransition
from city.census import Census
from city.clock import MILLISECOND_NS, SECOND_NS
from city.entry import Arrivals, Connection, Context, NumberedSensor, SensorEvent, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from ingest.config import NormaliseSettings
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.identity import Numbering
from ingest.judgement import Judgement, Said, Window
from ingest.meaning import Told, understand
from ingest.series import SeriesColumns
from ingest.stage import Work
from liandong.backtest.judging import Judging
from liandong.city_folder import CityFolder
from rules.book import read_book
from rules.engine import Engine
from simulators.faults.fault import Fault
from simulators.fleet import SimulatedSensor
from simulators.months import HOUR_S, Block, Months

_DAY_NS = 86_400 * SECOND_NS
#: What a minute brings is derived from together: of means of minutes and hours no more is to be learned.
_MINUTE_NS = 60 * SECOND_NS
_EVENT_WAY_NS = 200 * MILLISECOND_NS


@dataclass(frozen=True, slots=True)
class Asked:
    """What is simulated: these sensors, with these faults, from a full hour on; `holidays` are the city's own."""

    fleet: Sequence[SimulatedSensor]
    faults: Sequence[Fault]
    start_s: int
    days: float
    seed: int = 1
    holidays: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it; times of arrival rise."""

    transitions: list[AlarmTransition]
    readings: int
    derived: int


class Month:
    """Some sensors of the city on their way through the month."""

    def __init__(self, city: CityFolder, asked: Asked) -> None:
        self._asked, self._start_ns = asked, asked.start_s * SECOND_NS
        self._months = Months(asked.fleet, asked.start_s, asked.days, asked.faults, asked.seed)
        book, known = read_book(city.book, city.catalogue), {sensor.id: sensor for sensor in city.sensors}
        census = Census.of(NumberedSensor(place, known[one.id]) for place, one in enumerate(asked.fleet))
        numbering = Numbering("quantity", [])
        self._quantity = np.array([numbering.number(name) for name in self._months.quantities], dtype=np.int32)
        around = Surroundings(city.catalogue, city.about.zone, numbering.number)
        self._derive = Derive(city.derived, around, numbering.name)
        self._derive.use(census)
        self._derive.run(Work(self._start_ns, contents=[Connection(self._start_ns, listening=True)]))
        self._flags = Flags(city, asked.fleet, self._months.quantities)
        numbers = {name: numbering.number(name) for name in sorted({*self._months.quantities, *book.quantities})}
        zone = city.about.zone.key
        engine = Engine(city.catalogue)
        engine.start(Context(self._start_ns, "month", city.book, census, numbers, zone, asked.holidays), book)
        self._judging = Judging(engine, self._start_ns, sensors=len(census))
        self.readings = self.derived = 0

    def transitions(self) -> Iterator[AlarmTransition]:
        """Yield what the rules say, in order of arrival."""
        for hour in range(self._months.hours):
            yield from self._judged(hour)
            if hour % 24 == 23:
                first, day = self._asked.fleet[0].domain, (hour + 1) // 24
                print(f"{first} …: day {day}, {self.readings:,} readings", file=sys.stderr, flush=True)

    def _judged(self, hour: int) -> Iterator[AlarmTransition]:
        block = self._months.hour(hour)
        batch = ReadingBatch(
            block.sensor.astype(np.int32),
            self._quantity[block.quantity],
            block.time_ns,
            block.arrival_ns,
            block.value,
            self._flags.of(block, self._start_ns + (hour + 1) * HOUR_S * SECOND_NS),
        )
        self.readings += len(batch)
        end_ns = self._start_ns + (hour + 1) * HOUR_S * SECOND_NS
        arrivals = Arrivals(self._followed(batch, end_ns - HOUR_S * SECOND_NS), self._events(end_ns))
        self.derived += len(arrivals.readings) - len(batch)
        yield from self._judging.judge(arrivals, end_ns)

    def _followed(self, batch: ReadingBatch, start_ns: int) -> ReadingBatch:
        """Return the readings of an hour with what follows from them."""
        ends_ns = start_ns + np.arange(1, HOUR_S // 60 + 1) * _MINUTE_NS
        cuts = np.searchsorted(batch.arrival_ns, ends_ns, side="left").tolist()
        parts: list[ReadingBatch] = []
        for begin, end, end_ns in zip([0, *cuts[:-1]], cuts, ends_ns.tolist(), strict=True):
            if end > begin:
                parts += self._derived(Work(end_ns, contents=[Arrivals(batch.take(np.arange(begin, end)))]))
            parts += self._derived(Work(end_ns, contents=[Tick(end_ns)]))
        return ReadingBatch.concatenate(parts)

    def _derived(self, work: Work) -> list[ReadingBatch]:
        self._derive.run(work)
        return [content.readings for content in work.contents if isinstance(content, Arrivals)]

    def _events(self, end_ns: int) -> tuple[SensorEvent, ...]:
        """Return what cameras report within the hour that ends then."""
        place = {sensor.id: number for number, sensor in enumerate(self._asked.fleet)}
        told = []
        for fault in self._asked.faults:
            for report in fault.reports:
                time_ns = fault.start_s * SECOND_NS + round(report.after_s * SECOND_NS)
                arrival_ns = time_ns + _EVENT_WAY_NS
                if report.sensor in place and end_ns - HOUR_S * SECOND_NS <= arrival_ns < end_ns:
                    said = f'{{"confidence":{report.confidence:.3f}}}'
                    told.append(SensorEvent(place[report.sensor], report.event, time_ns, arrival_ns, said))
        return tuple(sorted(told, key=lambda event: event.arrival_ns))


class Flags:
    """What ingest says of readings: beyond the plausible range, late, or a repetition."""

    def __init__(self, city: CityFolder, fleet: Sequence[SimulatedSensor], quantities: Sequence[str]) -> None:
        settings, series = NormaliseSettings(), SeriesColumns()
        window = Window(settings.max_ahead_s * SECOND_NS, settings.max_age_days * _DAY_NS)
        meanings = [understand(Told(name), city.catalogue) for name in quantities]
        self._low = np.array([one.minimum for one in meanings])
        self._high = np.array([one.maximum for one in meanings])
        numbers = [series.meanings.add(one, place) for place, one in enumerate(meanings)]
        self._slots = np.array([[series.add(place, number) for number in numbers] for place in range(len(fleet))])
        self._judgement = Judgement(series, window)

    def of(self, block: Block, end_ns: int) -> NDArray[np.uint16]:
        """Return the flags of each reading; only of sensors that are disturbed it is looked at what was before."""
        outside = (block.value < self._low[block.quantity]) | (block.value > self._high[block.quantity])
        flags = outside.astype(np.uint16) * np.uint16(Quality.OUT_OF_RANGE)
        rows = np.flatnonzero(block.disturbed[block.sensor])
        if len(rows):
            slot = self._slots[block.sensor[rows], block.quantity[rows]]
            said = Said(slot, block.time_ns[rows], block.value[rows], np.zeros(len(rows), np.uint16))
            flags[rows] = self._judgement.judge(said, end_ns).quality
        return flags


def judged(city: CityFolder, asked: Asked) -> Judged:
    """Return what the rules of the city say of a month."""
    month = Month(city, asked)
    found = list(month.transitions())
    return Judged(found, month.readings, month.derived)
