"""What the event log says about departments, posts, areas and rules, period by period."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.days import Day
from api.errors import documented
from api.evaluation_csv import rules_csv, sheet_csv, times_csv
from api.evaluation_views import FormulasView, RulesView, SheetView, TimesView, TrendView
from api.fields import Word
from api.guard import Reads
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Session
from city.clock import from_ns
from linkage.evaluation.evaluation import Ask, Evaluation
from linkage.evaluation.period import Period, PeriodKind, custom_between, period_at
from linkage.evaluation.vocabulary import Subject

router = APIRouter(prefix="/evaluation", tags=["evaluation"])

Evaluator = Annotated[Session, Depends(Reads(Right.SEE_EVALUATION))]

#: Events that a request waits for to be followed; more than this and the answer says how far behind it is.
_CAUGHT_UP = 2_000


class TableName(StrEnum):
    """A table that can be had as CSV."""

    DEPARTMENT = "department"
    DISTRICT = "district"
    GRID = "grid"
    COLLECTOR = "collector"
    ACCEPTOR = "acceptor"
    FOREMAN = "foreman"
    DISPATCHER = "dispatcher"
    RULES = "rules"
    TIMES = "times"


class WantedEvaluation(BaseModel):
    """Which period, and which incidents."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    period: PeriodKind = PeriodKind.MONTH
    at: Annotated[Day | None, Field(description="A day of the period; today when left out.")] = None
    first: Annotated[Day | None, Field(alias="from", description="First day of a custom period.")] = None
    last: Annotated[Day | None, Field(alias="to", description="Last day of a custom period.")] = None
    source: Annotated[list[Word], Field(max_length=20, description="Only incidents from these; all when empty.")] = []
    drill: Annotated[bool, Field(description="Exercises instead of what was real; never both.")] = False
    district: Annotated[Word, Field(description="Only incidents of this district; all when empty.")] = ""


class WantedAreas(WantedEvaluation):
    """Which areas."""

    by: Literal["district", "grid"] = "district"


class WantedPosts(WantedEvaluation):
    """Which post."""

    post: Literal["collector", "acceptor", "foreman", "dispatcher"] = "collector"


class WantedTrend(WantedEvaluation):
    """Whose trend."""

    subject: Subject = Subject.DEPARTMENT
    id: Annotated[Word, Field(description="Of the department, area or person; all together when empty.")] = ""


class WantedTable(WantedEvaluation):
    """Which table."""

    table: TableName = TableName.DEPARTMENT


@router.get("/formulas", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_EVALUATION))])
def formulas(desk: Desk) -> FormulasView:
    """Tell how counts become rates, scores and grades here."""
    return FormulasView.of(desk.given.evaluation.formulas)


@router.get("/departments", responses=documented(401, 403))
def departments(desk: Desk, caller: Evaluator, wanted: Annotated[WantedEvaluation, Query()]) -> SheetView:
    """Evaluate departments by their tasks."""
    return _sheet(desk, caller, wanted, Subject.DEPARTMENT)


@router.get("/areas", responses=documented(401, 403))
def areas(desk: Desk, caller: Evaluator, wanted: Annotated[WantedAreas, Query()]) -> SheetView:
    """Evaluate districts or grids by their incidents."""
    return _sheet(desk, caller, wanted, Subject(wanted.by))


@router.get("/posts", responses=documented(401, 403))
def posts(desk: Desk, caller: Evaluator, wanted: Annotated[WantedPosts, Query()]) -> SheetView:
    """Evaluate a post: each person who did its work, and all of them together."""
    return _sheet(desk, caller, wanted, Subject(wanted.post))


@router.get("/trend", responses=documented(401, 403))
def trend(desk: Desk, caller: Evaluator, wanted: Annotated[WantedTrend, Query()]) -> TrendView:
    """Show one subject in the periods that lead up to this one."""
    evaluation, ask = _asked(desk, caller, wanted)
    return TrendView.of(evaluation.trend(wanted.subject, wanted.id, ask))


@router.get("/rules", responses=documented(401, 403))
def rules(desk: Desk, caller: Evaluator, wanted: Annotated[WantedEvaluation, Query()]) -> RulesView:
    """Count how each rule's incidents ended, so that a rule that cries wolf is seen."""
    evaluation, ask = _asked(desk, caller, wanted)
    return RulesView.of(ask.period, evaluation.rules(ask))


@router.get("/times", responses=documented(401, 403))
def times(desk: Desk, caller: Evaluator, wanted: Annotated[WantedEvaluation, Query()]) -> TimesView:
    """Tell how long it took from sensor to incident, and from there to told, accepted, arrived and checked."""
    evaluation, ask = _asked(desk, caller, wanted)
    return TimesView.of(ask.period, evaluation.times(ask))


@router.get(
    "/csv",
    response_class=Response,
    responses={**documented(401, 403), 200: {"description": "The table.", "content": {"text/csv": {}}}},
)
def table(desk: Desk, caller: Evaluator, wanted: Annotated[WantedTable, Query()]) -> Response:
    """Give a table as CSV, with every numerator and denominator."""
    evaluation, ask = _asked(desk, caller, wanted)
    name = f"{wanted.table}-{ask.period.label.replace('/', '_')}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_csv(evaluation, wanted.table, ask), media_type="text/csv; charset=utf-8", headers=headers)


def _csv(evaluation: Evaluation, name: TableName, ask: Ask) -> str:
    if name is TableName.RULES:
        return rules_csv(evaluation.rules(ask))
    if name is TableName.TIMES:
        return times_csv(evaluation.times(ask))
    subject = Subject(name)
    return sheet_csv(subject, evaluation.sheet(subject, ask), evaluation.formulas)


def _sheet(desk: Services, caller: Session, wanted: WantedEvaluation, subject: Subject) -> SheetView:
    evaluation, ask = _asked(desk, caller, wanted)
    return SheetView.of(subject, evaluation.sheet(subject, ask), evaluation.follower.behind())


def _asked(desk: Services, caller: Session, wanted: WantedEvaluation) -> tuple[Evaluation, Ask]:
    """Return what answers, caught up with the log where that is quick, and what it is asked by whom."""
    evaluation = desk.given.evaluation
    if 0 < evaluation.follower.behind() <= _CAUGHT_UP:
        evaluation.follower.take()
    # Whoever works for one district sees that one alone.
    district = caller.user.district if caller.user.district else wanted.district
    period = _period(wanted, from_ns(desk.given.clock.now_ns()).astimezone(evaluation.zone).date())
    return evaluation, Ask(period, tuple(wanted.source), drill=wanted.drill, district=district)


def _period(wanted: WantedEvaluation, today: date) -> Period:
    at = today if wanted.at is None else wanted.at
    if wanted.period is not PeriodKind.CUSTOM:
        return period_at(wanted.period, at)
    last = at if wanted.last is None else wanted.last
    return custom_between(last.replace(day=1) if wanted.first is None else wanted.first, last)
