"""Why an alarm stood open at a moment, or why not: the rule judges again what was read before, and says how it stands.

It is the engine that judges the city, with one rule and the sensors that it needs, on what the history has kept.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np

from city.alarm import AlarmTransition
from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Context, Journaled, NumberedSensor, SensorEvent
from city.history import KeptEvent, Series
from city.holidays import parse_holidays
from city.reading import ReadingBatch
from city.sensor import Sensor
from rules.book import RuleBook
from rules.choosing import conditions_of, exception_of, hours_of
from rules.engine import Engine
from rules.explanation import Answer, Explanation, Limits, Looked, Window
from rules.levelled import SKIPPED, words_of
from rules.rule import Rule
from rules.standing import Standing

#: So many readings of the sensor itself are shown, and so many of others, each other's newest.
_OWN, _OTHERS = 12, 40

#: So many changes of alarms are shown.
_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Which rule, about which sensor (or place, as alarms of groups are about), and when.

    Attributes:
        sensor: as it is registered; None for the name of a place.
    """

    rule: Rule
    name: str
    sensor: Sensor | None
    at_ns: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the city the rule looks at: the sensors that it needs, the calendar, and when ingest heard the broker.

    What is not known of `connections`, before `heard_since_ns`, is taken as if it always had.
    """

    catalogue: Catalogue
    sensors: Sequence[Sensor]
    zone: str = "UTC"
    holidays: str = ""
    connections: Sequence[Connection] = ()
    heard_since_ns: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the history from `start_ns` on: raw series with their arrivals, and events.

    It goes beyond the moment that is asked about: a clock may be ahead, and what arrived by then was judged.
    """

    start_ns: int
    series: Sequence[Series] = ()
    events: Sequence[KeptEvent] = ()
    limits: tuple[Limits, ...] = ()


@dataclass(slots=True)
class _Numbers:
    """Numbers of sensors and quantities that hold for one answer only."""

    sensors: Mapping[str, int]
    quantities: dict[str, int] = field(default_factory=dict)

    def quantity(self, name: str) -> int:
        return self.quantities.setdefault(name, len(self.quantities) + 1)


def looks_back_ns(question: Question, ground: Ground) -> int:
    """Return for how long back what was read may decide: by the rule's terms, or by how long its levels wait."""
    engine = _engine(question, ground, _numbers(question, ground), 0)
    waits = [
        held_s
        for one in engine.standing(question.rule, question.name, 0)
        for condition in one.conditions
        if isinstance(held_s := condition["hold_s"], float)
    ]
    terms = int(getattr(question.rule.terms, "looks_back_ns", 0))
    return max([terms, *(round(held_s * SECOND_NS) for held_s in waits)])


def explain(question: Question, ground: Ground, read: Read, back_ns: int) -> Explanation:
    """Judge again what was read, up to the moment, and return how the rule's targets stand then."""
    numbers = _numbers(question, ground)
    said = _said(question, read, numbers)
    engine = _engine(question, ground, numbers, read.start_ns)
    came = list(_judged(question, read, engine, ground, said))
    standings = tuple(engine.standing(question.rule, question.name, question.at_ns))
    looked = _looked(question, read)
    window = Window(
        read.start_ns,
        question.at_ns,
        back_ns,
        len(said.readings) + len(said.events),
        len(read.series),
        _limits(question, read, back_ns, listens=engine.listens(question.rule)),
        _later_ns(question.at_ns, read),
    )
    return _explanation(question, ground, standings, came, looked, window)


def _limits(question: Question, read: Read, back_ns: int, *, listens: bool) -> tuple[Limits, ...]:
    short = (Limits.SHORT,) if question.at_ns - read.start_ns < back_ns else ()
    found = (one for one in read.limits if listens or one is not Limits.UNHEARD)
    return tuple(dict.fromkeys((*short, *found)))


def _later_ns(at_ns: int, read: Read) -> int | None:
    """Return when the last of what was made by the moment, and had not arrived by then, came; None where all had."""
    told = [pair for one in read.series for pair in zip(one.time_ns, _arrivals(one), strict=True)]
    told += [(one.time_ns, one.arrival_ns) for one in read.events]
    return max((arrival_ns for time_ns, arrival_ns in told if time_ns <= at_ns < arrival_ns), default=None)


def _numbers(question: Question, ground: Ground) -> _Numbers:
    numbers = _Numbers({sensor.id: number for number, sensor in enumerate(ground.sensors)})
    for name in sorted(RuleBook((question.rule,)).quantities):
        numbers.quantity(name)
    return numbers


def _engine(question: Question, ground: Ground, numbers: _Numbers, time_ns: int) -> Engine:
    census = Census.of(NumberedSensor(numbers.sensors[sensor.id], sensor) for sensor in ground.sensors)
    context = Context(time_ns, "explained", (), census, numbers.quantities, ground.zone, ground.holidays)
    engine = Engine(ground.catalogue)
    engine.start(context, RuleBook((question.rule,)))
    engine.watch()
    return engine


def _said(question: Question, read: Read, numbers: _Numbers) -> Arrivals:
    """Return what had arrived by the moment, in order of arrival."""
    rows = [
        (numbers.sensors[one.sensor], numbers.quantity(one.quantity), *reading)
        for one in read.series
        if one.sensor in numbers.sensors
        for reading in zip(one.time_ns, _arrivals(one), one.value, one.quality, strict=True)
    ]
    kept = sorted((row for row in rows if row[3] <= question.at_ns), key=lambda row: (row[3], row[2]))
    events = [
        SensorEvent(numbers.sensors[one.sensor], one.event, one.time_ns, one.arrival_ns, one.attributes)
        for one in sorted(read.events, key=lambda one: one.arrival_ns)
        if one.sensor in numbers.sensors and one.arrival_ns <= question.at_ns
    ]
    return Arrivals(ReadingBatch.of(kept) if kept else ReadingBatch.empty(), tuple(events))


def _arrivals(series: Series) -> Sequence[int]:
    """Return when readings arrived; a store that does not tell is taken to have heard them at once."""
    return series.arrival_ns or series.time_ns


def _judged(
    question: Question, read: Read, engine: Engine, ground: Ground, said: Arrivals
) -> Iterator[AlarmTransition]:
    """Judge what was said, with a tick every second, from one connection to the next; yield what changed."""
    before = [one.listening for one in ground.connections if one.time_ns <= read.start_ns]
    unknown = not ground.connections or ground.heard_since_ns > read.start_ns
    engine.apply(Journaled(1, Connection(read.start_ns, before[-1] if before else unknown)))
    later = [one for one in ground.connections if read.start_ns < one.time_ns < question.at_ns]
    reading = event = 0
    for number, upto_ns in enumerate([*(one.time_ns for one in later), question.at_ns]):
        last = int(np.searchsorted(said.readings.arrival_ns, upto_ns, side="right"))
        heard = bisect_right(said.events, upto_ns, key=lambda one: one.arrival_ns)
        some = Arrivals(said.readings.take(np.arange(reading, last)), said.events[event:heard])
        yield from engine.leap(some, upto_ns)
        reading, event = last, heard
        if number < len(later):
            engine.apply(Journaled(2 + number, later[number]))


def _looked(question: Question, read: Read) -> tuple[Looked, ...]:
    """Return the newest readings and events of the sensor itself, then each other series' newest."""
    own: list[Looked] = []
    others: list[Looked] = []
    for one in read.series:
        told = zip(one.time_ns, _arrivals(one), one.value, one.quality, strict=True)
        rows = sorted((row for row in told if row[1] <= question.at_ns), key=lambda row: (row[1], row[0]), reverse=True)
        mine = one.sensor == question.name
        shown = [_reading(one, *row) for row in rows[: _OWN if mine else 1]]
        (own if mine else others).extend(shown)
    for event in read.events:
        if event.arrival_ns <= question.at_ns:
            mine = event.sensor == question.name
            (own if mine else others).append(
                Looked(event.sensor, "", event.time_ns, event.arrival_ns, None, event.event, (), ())
            )
    newest = [sorted(some, key=lambda one: (one.arrival_ns, one.time_ns), reverse=True) for some in (own, others)]
    return (*newest[0][:_OWN], *newest[1][:_OTHERS])


def _reading(series: Series, time_ns: int, arrival_ns: int, value: float, quality: int) -> Looked:
    passed_over = words_of(quality & SKIPPED)
    finite = value if np.isfinite(value) else None
    return Looked(
        series.sensor,
        series.quantity,
        time_ns,
        arrival_ns,
        finite,
        "",
        words_of(quality),
        passed_over if finite is not None else (*passed_over, "no_number"),
    )


def _explanation(
    question: Question,
    ground: Ground,
    standings: tuple[Standing, ...],
    came: Sequence[AlarmTransition],
    looked: tuple[Looked, ...],
    window: Window,
) -> Explanation:
    rule, sensor = question.rule, question.sensor
    hours = hours_of(rule.when, parse_holidays(ground.holidays, ZoneInfo(ground.zone)), question.at_ns)
    selection = conditions_of(rule.select, sensor) if sensor is not None else ()
    exception = exception_of(rule, sensor) if sensor is not None else None
    fits = all(one.met for one in selection)
    targets = {one.target for one in standings}
    answer, level = _answer(
        standings,
        looked,
        fits=fits,
        exempt=exception is not None and exception.exempt,
        closed=hours is not None and not hours.open,
    )
    return Explanation(
        rule=rule.id,
        name=rule.name,
        kind=rule.kind,
        source=rule.source,
        file=rule.file,
        line=rule.line,
        levels=rule.terms.described(),
        sensor=question.name,
        at_ns=question.at_ns,
        answer=answer,
        level=level,
        selection=selection,
        exception=exception,
        hours=hours,
        facts=_facts(sensor),
        sensors=len(ground.sensors),
        targets=standings,
        readings=looked,
        transitions=tuple([one for one in came if one.target in targets][::-1][:_CHANGES]),
        window=window,
    )


def _answer(
    standings: Sequence[Standing], looked: Sequence[Looked], *, fits: bool, exempt: bool, closed: bool
) -> tuple[Answer, str]:
    """Return what the answer comes down to, and the level that it is about."""
    open_ = [one.level for one in standings if one.level is not None]
    if open_:
        return Answer.OPEN, max(open_).word
    if not standings:
        return (Answer.EXEMPT if fits and exempt else Answer.NOT_JUDGED if fits else Answer.NOT_SELECTED), ""
    if closed:
        return Answer.OUT_OF_HOURS, ""
    if all(one.value is None for one in standings):
        heard = any(not one.passed_over for one in looked)
        return (Answer.NOT_ENOUGH if heard else Answer.NO_READING), ""
    met = [str(each["level"]) for one in standings for each in one.conditions if each["met"]]
    return (Answer.HOLDING, met[-1]) if met else (Answer.NOT_MET, "")


def _facts(sensor: Sensor | None) -> dict[str, str]:
    """Return what else the registry says that may decide; empty words where it says nothing."""
    if sensor is None:
        return {}
    return {
        "interval_s": f"{sensor.interval_s:g}" if sensor.interval_s is not None else "",
        "installed": sensor.installed.isoformat() if sensor.installed is not None else "",
        "recorded": "yes" if sensor.recorded else "",
        "site": sensor.site,
        "upstream": sensor.upstream,
        "grid": sensor.grid,
        "district": sensor.district,
    }
