"""What the API tells of an evaluation: figures with what they were made of, side by side with earlier ones."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from linkage.evaluation.arithmetic import Ratio
from linkage.evaluation.evaluation import Figures, Line, Point, RuleLine, Sheet
from linkage.evaluation.formulas import Formulas
from linkage.evaluation.period import Period
from linkage.evaluation.timing import Spread
from linkage.evaluation.vocabulary import COUNTS, Subject
from linkage.views import Names

_MILLISECOND_NS = 1_000_000


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class PeriodView(_View):
    """A period by its name and days, both included."""

    kind: str
    label: str
    first: str = Field(json_schema_extra={"format": "date"})
    last: str = Field(json_schema_extra={"format": "date"})

    @classmethod
    def of(cls, period: Period) -> "PeriodView":
        """Return the view of a period."""
        return cls(kind=period.kind, label=period.label, first=str(period.first), last=str(period.last))


class RatioView(_View):
    """A rate with numerator and denominator; `value` is null, no data, where there is nothing to divide by."""

    numerator: int
    denominator: int
    value: float | None

    @classmethod
    def of(cls, ratio: Ratio) -> "RatioView":
        """Return the view of a rate."""
        return cls(numerator=ratio.numerator, denominator=ratio.denominator, value=ratio.value)


class PartView(_View):
    """One item of a score: its weight, the weight that it really had, and its points; null is no data."""

    item: str
    weight: float
    used_weight: float
    score: float | None


class FiguresView(_View):
    """One subject in one period; `score` and `grade` are null where there was no data."""

    counts: Mapping[str, int]
    rates: Mapping[str, RatioView]
    score: float | None
    grade: str | None
    parts: tuple[PartView, ...]

    @classmethod
    def of(cls, figures: Figures) -> "FiguresView":
        """Return the view of figures."""
        verdict = figures.verdict
        return cls(
            counts={name: number for name, number in sorted(figures.counts.items()) if number},
            rates={name: RatioView.of(ratio) for name, ratio in figures.rates.items() if ratio.denominator},
            score=verdict.score,
            grade=None if verdict.grade is None else verdict.grade.letter,
            parts=tuple(
                PartView(item=part.item, weight=part.weight, used_weight=round(part.used_weight, 2), score=part.score)
                for part in verdict.parts
            ),
        )


class LineView(_View):
    """One subject now, in the period before, and a year before; `year_before` is null where there is no such week."""

    id: str
    name: str = Field(description="Of a person, as the log last wrote it; empty for departments and areas.")
    now: FiguresView
    before: FiguresView
    year_before: FiguresView | None

    @classmethod
    def of(cls, line: Line) -> "LineView":
        """Return the view of a line."""
        earlier = None if line.year_before is None else FiguresView.of(line.year_before)
        now, before = FiguresView.of(line.now), FiguresView.of(line.before)
        return cls(id=line.id, name=line.name, now=now, before=before, year_before=earlier)


class SheetView(_View):
    """An evaluation: every subject of a sort, and all together; `behind` events are not yet in it."""

    subject: Subject
    period: PeriodView
    drill: bool
    behind: int
    whole: LineView
    lines: tuple[LineView, ...]

    @classmethod
    def of(cls, subject: Subject, sheet: Sheet, behind: int) -> "SheetView":
        """Return the view of a sheet."""
        return cls(
            subject=subject,
            period=PeriodView.of(sheet.ask.period),
            drill=sheet.ask.drill,
            behind=behind,
            whole=LineView.of(sheet.whole),
            lines=tuple(LineView.of(line) for line in sheet.lines),
        )


class PointView(_View):
    """A subject in one period of a trend, and a year before."""

    period: PeriodView
    figures: FiguresView
    year_before: FiguresView | None

    @classmethod
    def of(cls, point: Point) -> "PointView":
        """Return the view of a point."""
        earlier = None if point.year_before is None else FiguresView.of(point.year_before)
        return cls(period=PeriodView.of(point.period), figures=FiguresView.of(point.figures), year_before=earlier)


class TrendView(_View):
    """A subject in the periods that lead up to the one asked for, oldest first."""

    points: tuple[PointView, ...]

    @classmethod
    def of(cls, points: Iterable[Point]) -> "TrendView":
        """Return the view of a trend."""
        return cls(points=tuple(PointView.of(point) for point in points))


class RuleView(_View):
    """How a rule's incidents of a period ended; `false_share` are those that should not have been, of the ended."""

    rule: str
    incidents: int
    ended: Mapping[str, int]
    false_share: RatioView


class RulesView(_View):
    """Every rule that had incidents, those that cry wolf most first."""

    period: PeriodView
    rules: tuple[RuleView, ...]

    @classmethod
    def of(cls, period: Period, lines: Iterable[RuleLine]) -> "RulesView":
        """Return the view of the rules."""
        views = (
            RuleView(
                rule=line.rule, incidents=line.opened, ended=line.ended, false_share=RatioView.of(line.false_share)
            )
            for line in lines
        )
        return cls(period=PeriodView.of(period), rules=tuple(views))


class SpreadView(_View):
    """How long something took, of `number` cases, in milliseconds; '' and 0 stand for all departments, priorities."""

    department: str
    priority: int
    measure: str
    number: int
    p50_ms: int
    p90_ms: int
    p99_ms: int


class TimesView(_View):
    """How long answers took, all but `incident` from when the incident was opened."""

    period: PeriodView
    spreads: tuple[SpreadView, ...]

    @classmethod
    def of(cls, period: Period, spreads: Iterable[Spread]) -> "TimesView":
        """Return the view of the times."""
        views = (
            SpreadView(
                department=one.department,
                priority=one.priority,
                measure=one.measure,
                number=one.number,
                p50_ms=one.p50_ns // _MILLISECOND_NS,
                p90_ms=one.p90_ns // _MILLISECOND_NS,
                p99_ms=one.p99_ns // _MILLISECOND_NS,
            )
            for one in spreads
        )
        return cls(period=PeriodView.of(period), spreads=tuple(views))


class ItemView(_View):
    """One item of a formula."""

    item: str
    weight: float
    scoring: Literal["rate", "inverse", "bands"]
    source: str


class GradeView(_View):
    """A grade, for scores of at least `from_score`."""

    grade: str
    from_score: float
    colour: str
    name: Names


class RateView(_View):
    """How a rate is made of counts, and who says so."""

    name: Names
    of: str
    out_of: str
    source: str


class FormulasView(_View):
    """The words and weights of this city's evaluation."""

    counts: Mapping[str, Names]
    rates: Mapping[str, RateView]
    grades: tuple[GradeView, ...]
    subjects: Mapping[str, tuple[ItemView, ...]]

    @classmethod
    def of(cls, formulas: Formulas) -> "FormulasView":
        """Return the view of the formulas."""
        return cls(
            counts={name: Names(zh=zh, en=en) for name, (zh, en) in COUNTS.items()},
            rates={
                name: RateView(name=Names(**rate.name), of=rate.of.text, out_of=rate.out_of.text, source=rate.source)
                for name, rate in formulas.rates.items()
            },
            grades=tuple(
                GradeView(grade=one.letter, from_score=one.from_, colour=one.colour, name=Names(**one.name))
                for one in formulas.grades
            ),
            subjects={str(subject): tuple(_items(formulas, subject)) for subject in Subject},
        )


def _items(formulas: Formulas, subject: Subject) -> Iterator[ItemView]:
    return (
        ItemView(item=item.id, weight=item.weight, scoring=item.scoring.value, source=item.source)
        for item in formulas.composites[subject].items
    )
