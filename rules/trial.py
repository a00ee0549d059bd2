"""Runs cases through the engine that judges the city, on a clock of their own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isclose

import numpy as np

from city.alarm import AlarmTransition
from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Context, Journaled, NumberedSensor, SensorEvent
from city.quality import Quality
from city.reading import ReadingBatch
from city.sensor import Sensor
from rules.book import RuleBook
from rules.cases import Case, Expected, Said
from rules.duration import shown_duration
from rules.engine import Engine
from rules.kinds.silence import Silence

#: So many surprises of a case are told one by one.
_TOLD = 10


@dataclass(frozen=True)
class City:
    """What rules are tried on: the book as it is read and as it is written, sensors and calendar."""

    catalogue: Catalogue
    book: RuleBook
    files: tuple[tuple[str, str], ...]
    sensors: Sequence[Sensor]
    zone: str = "UTC"
    holidays: str = ""

    @cached_property
    def census(self) -> Census:
        """Return the sensors in columns, made once for all cases."""
        return _numbered(self.sensors)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: alarms that were expected and did not come, and the other way round.

    It is not run where it names `strangers`, sensors that the city has not, or rules that are `unknown`.
    """

    case: Case
    missing: tuple[Expected, ...] = ()
    surprising: tuple[Expected, ...] = ()
    strangers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Return whether all came as it should."""
        return not (self.missing or self.surprising or self.strangers or self.unknown)

    def remarks(self) -> Iterator[str]:
        """Yield what is wrong, a line each."""
        at = f"{self.case.file}:{self.case.line}"
        yield from (f"Expected a rule of the book, got `{one}` - at `{at}`" for one in self.unknown)
        yield from (f"Expected a sensor of the city, got `{one}` - at `{at}`" for one in self.strangers)
        yield from (f"Expected {_shown(one)}, got nothing like it - at `{at}`" for one in self.missing)
        yield from (f"Expected nothing more, got {_shown(one)} - at `{at}`" for one in self.surprising[:_TOLD])
        if len(self.surprising) > _TOLD:
            yield f"Expected nothing more, got {len(self.surprising) - _TOLD} others - at `{at}`"


def run(case: Case, city: City) -> Outcome:
    """Judge one case from nothing, with a tick every second, of which those that change nothing are not made.

    Silence is compared only where the case's `rule` is about it, and of sensors that the case names: all others count
    as speaking as always. Rules in shadow are compared only where the case's `rule` is one.
    """
    census = _numbered((*city.sensors, *case.sensors)) if case.sensors else city.census
    named = {one.sensor for one in case.said} | {one.target for one in case.expected}
    rows = {name: row for name in named if (row := census.row_of(name)) is not None}
    strangers = tuple(sorted({one.sensor for one in case.said} - rows.keys()))
    unknown = _unknown(case, city.book)
    if strangers or unknown:
        return Outcome(case, strangers=strangers, unknown=unknown)
    numbers = {name: int(census.numbers["number"][row]) for name, row in rows.items()}
    names = sorted(city.book.quantities | {one.quantity for one in case.said})
    quantities = {name: number for number, name in enumerate(names)}
    heard = _listened_to(census, [*rows.values()])
    context = Context(case.starts_ns, "case", city.files, heard, quantities, city.zone, city.holidays)
    engine = Engine(city.catalogue)
    engine.start(context, _judging(case, city.book))
    engine.apply(Journaled(1, Connection(case.starts_ns, listening=True)))
    until_ns = max(case.until_ns, *(one.arrives_ns for one in case.said)) if case.said else case.until_ns
    came = engine.leap(_arrivals(case, numbers, quantities), case.starts_ns + _whole(until_ns))
    return _compared(case, came)


def _unknown(case: Case, book: RuleBook) -> tuple[str, ...]:
    """Return rules that a case names and the book has not: none of them is ever silent as it should be."""
    named = {one.rule for one in case.expected} | ({case.rule} if case.rule else set())
    return tuple(sorted(named - {rule.id for rule in book.rules}))


def _judging(case: Case, book: RuleBook) -> RuleBook:
    """Return the rules that matter to a case: no other than the one that it compares, if it names one."""
    return RuleBook(tuple(rule for rule in book.rules if rule.id == case.rule)) if case.rule else book


def _numbered(sensors: Sequence[Sensor]) -> Census:
    return Census.of(NumberedSensor(number, sensor) for number, sensor in enumerate(sensors))


def _listened_to(census: Census, rows: list[int]) -> Census:
    """Return a census in which only some sensors are listened to: the others count as recordings, never silent."""
    recorded = np.ones(len(census), dtype=np.bool_)
    recorded[rows] = census.numbers["recorded"][rows]
    return Census(census.words, census.texts, {**census.numbers, "recorded": recorded})


def _whole(time_ns: int) -> int:
    """Return the first whole second that is not before a time."""
    return -(-time_ns // SECOND_NS) * SECOND_NS


def _marked(said: Iterable[Said]) -> Iterator[Said]:
    """Yield what is said, readings older than the newest of their series with the flag that ingest gives them."""
    newest: dict[tuple[str, str], int] = {}
    for one in said:
        series = one.sensor, one.quantity
        late = one.at_ns < newest.get(series, one.at_ns)
        newest[series] = max(one.at_ns, newest.get(series, one.at_ns))
        yield replace(one, quality=one.quality | Quality.LATE) if late else one


def _arrivals(case: Case, sensors: dict[str, int], quantities: dict[str, int]) -> Arrivals:
    """Return what a case says, in order of arrival."""
    readings, events = [], []
    for one in _marked(case.said):
        number, time_ns, arrival_ns = sensors[one.sensor], case.starts_ns + one.at_ns, case.starts_ns + one.arrives_ns
        if one.event:
            attributes = "{}" if one.confidence is None else f'{{"confidence":{one.confidence:g}}}'
            events.append(SensorEvent(number, one.event, time_ns, arrival_ns, attributes))
        else:
            quantity = quantities[one.quantity]
            readings.append((number, quantity, time_ns, arrival_ns, one.value, int(one.quality)))
    return Arrivals(ReadingBatch.of(readings) if readings else ReadingBatch.empty(), tuple(events))


def _compared(case: Case, came: Iterable[AlarmTransition]) -> Outcome:
    left = [
        Expected(one.time_ns - case.starts_ns, one.rule, one.target, one.change, one.level, one.value)
        for one in came
        if (one.rule == case.rule if case.rule else one.kind != Silence.name and one.response.shadow is None)
    ]
    missing = []
    for wanted in case.expected:
        found = next((one for one in left if _alike(wanted, one)), None)
        if found is None:
            missing.append(wanted)
        else:
            left.remove(found)
    return Outcome(case, tuple(missing), tuple(left))


def _alike(wanted: Expected, one: Expected) -> bool:
    same = (wanted.rule, wanted.target, wanted.change, wanted.level) == (one.rule, one.target, one.change, one.level)
    within_s = abs(wanted.at_ns - one.at_ns) < SECOND_NS  # ticks come on the second
    valued = wanted.value is None or (one.value is not None and isclose(wanted.value, one.value, rel_tol=1e-6))
    return same and within_s and valued


def _shown(one: Expected) -> str:
    value = f" at {one.value:g}" if one.value is not None else ""
    return f"`{one.rule}` {one.change} {one.level.word} on `{one.target}` after {shown_duration(one.at_ns)}{value}"
