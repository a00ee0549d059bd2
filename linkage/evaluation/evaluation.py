"""The evaluation of a period: every subject's counts, rates and score, beside the period before and the year before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from city.clock import Clock
from linkage.evaluation.arithmetic import Ratio
from linkage.evaluation.counting import Cell, counted
from linkage.evaluation.following import Follower
from linkage.evaluation.formulas import Formulas
from linkage.evaluation.measuring import Wanted, cells_of, dispositions
from linkage.evaluation.period import Period, PeriodKind, previous, trail, year_before
from linkage.evaluation.scoring import Verdict, judged, ratios
from linkage.evaluation.timing import Spread, spreads
from linkage.evaluation.vocabulary import POSTS, Subject
from linkage.states import Disposition
from linkage.tables import EVENTS
from storage.sql import Database

#: How many periods a trend shows: a year and the same one of the year before, or five years.
TRAILS = {PeriodKind.WEEK: 12, PeriodKind.MONTH: 13, PeriodKind.QUARTER: 9, PeriodKind.YEAR: 5, PeriodKind.CUSTOM: 2}

#: How an incident ends when its rule should not have spoken.
FALSE_ALARMS = (Disposition.FALSE_RULE, Disposition.FALSE_SENSOR, Disposition.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: the period and which incidents; `district` empty for the whole city."""

    period: Period
    sources: tuple[str, ...] = ()
    drill: bool = False
    district: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """One subject in one period."""

    counts: Mapping[str, int]
    rates: Mapping[str, Ratio]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """One subject: now, in the period before, and a year before; None where there is no such period."""

    id: str
    name: str
    now: Figures
    before: Figures
    year_before: Figures | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All subjects of a sort, and all of them together as `whole`."""

    ask: Ask
    whole: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A subject in one period of a trend, and a year before; None where there is no such week."""

    period: Period
    figures: Figures
    year_before: Figures | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """How a rule's incidents of a period ended, and the share of the ended ones that should not have been."""

    rule: str
    opened: int
    ended: Mapping[str, int]
    false_share: Ratio


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluates from the derived tables. Calls block on the database: call from a thread.

    Attributes:
        known: subjects that are listed even when nothing happened to them.
    """

    database: Database
    formulas: Formulas
    zone: ZoneInfo
    clock: Clock
    known: Mapping[Subject, Collection[str]] = field(default_factory=dict)

    @property
    def follower(self) -> Follower:
        """Return what keeps the tables up with the log."""
        return Follower(self.database)

    def sheet(self, subject: Subject, ask: Ask) -> Sheet:
        """Return every subject of this sort."""
        earlier = year_before(ask.period)
        asks = [ask, replace(ask, period=previous(ask.period))]
        asks += [replace(ask, period=earlier)] if earlier is not None else []
        with self.database.read() as connection:
            tables = [self._figures(connection, subject, one) for one in asks]
            ids = sorted({*self.known.get(subject, ()), *(key for _, lines in tables for key in lines)})
            names = _names(connection, ids) if subject in POSTS else {}
        if ask.district and subject is Subject.DISTRICT:
            ids = [key for key in ids if key == ask.district]
        whole = _line("", "", [total for total, _ in tables])
        nothing = [self._judged(subject, [], key) for key in ids]
        lines = (
            _line(key, names.get(key, ""), [table.get(key, empty) for _, table in tables])
            for key, empty in zip(ids, nothing, strict=True)
        )
        return Sheet(ask, whole, tuple(lines))

    def trend(self, subject: Subject, key: str, ask: Ask) -> tuple[Point, ...]:
        """Return one subject, or all together for '', in the periods that lead up to the one asked for."""
        periods = trail(ask.period, TRAILS[ask.period.kind])
        earlier = {period: year_before(period) for period in periods}
        with self.database.read() as connection:
            known = {
                period: self._one(connection, subject, key, replace(ask, period=period))
                for period in {*periods, *earlier.values()}
                if period is not None
            }
        return tuple(Point(period, known[period], _of(known, earlier[period])) for period in periods)

    def rules(self, ask: Ask) -> tuple[RuleLine, ...]:
        """Return how each rule's incidents ended, those that cry wolf most first."""
        with self.database.read() as connection:
            found = dispositions(connection, self._wanted(ask))
        lines = [_rule_line(rule, ended) for rule, ended in found.items()]
        return tuple(sorted(lines, key=lambda line: (-(line.false_share.value or 0.0), -line.opened, line.rule)))

    def times(self, ask: Ask) -> list[Spread]:
        """Return how long answers took, by department and priority."""
        with self.database.read() as connection:
            return spreads(connection, self._wanted(ask))

    def _wanted(self, ask: Ask) -> Wanted:
        from_ns, to_ns = ask.period.bounds_ns(self.zone)
        return Wanted(
            from_ns=from_ns,
            to_ns=to_ns,
            now_ns=self.clock.now_ns(),
            sources=ask.sources,
            drill=ask.drill,
            district=ask.district,
        )

    def _one(self, connection: Connection, subject: Subject, key: str, ask: Ask) -> Figures:
        whole, lines = self._figures(connection, subject, ask)
        return (lines.get(key) or self._judged(subject, [], key)) if key else whole

    def _figures(self, connection: Connection, subject: Subject, ask: Ask) -> tuple[Figures, dict[str, Figures]]:
        """Return the figures of all subjects together, and of each."""
        wanted = self._wanted(ask)
        cells = cells_of(connection, subject, wanted)
        together = [cell for some in cells.values() for cell in some]
        whole = self._judged(subject, together, "")
        if subject in POSTS:
            cells.pop("", None)  # what nobody did is the post's, and no person's
        else:
            # Weights and bands are made for one department or area; a sum over all of them has no score.
            whole = replace(whole, verdict=Verdict(None, None, ()))
        return whole, {key: self._judged(subject, some, key) for key, some in cells.items()}

    def _judged(self, subject: Subject, cells: Iterable[Cell], key: str) -> Figures:
        counts = counted(cells)
        composite = self.formulas.composites[subject]
        area_class = self.formulas.class_of(key) if subject.is_area else ""
        verdict = judged(self.formulas, composite, counts, area_class=area_class)
        return Figures(counts, ratios(self.formulas, counts), verdict)


def _of(known: Mapping[Period, Figures], period: Period | None) -> Figures | None:
    return None if period is None else known[period]


def _line(key: str, name: str, figures: list[Figures]) -> Line:
    now, before, *earlier = figures
    return Line(key, name, now, before, earlier[0] if earlier else None)


def _rule_line(rule: str, dispositions_: Mapping[str, int]) -> RuleLine:
    opened = sum(dispositions_.values())
    ended = {end: number for end, number in dispositions_.items() if end}
    false = sum(ended.get(end, 0) for end in FALSE_ALARMS)
    return RuleLine(rule, opened, ended, Ratio(false, sum(ended.values())))


def _names(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return what these people were called when they last did something."""
    last = select(EVENTS.c.actor_name).order_by(EVENTS.c.number.desc()).limit(1)
    found = {person: connection.execute(last.where(EVENTS.c.actor == person)).scalar() for person in people}
    return {person: name for person, name in found.items() if name}
