"""What an incident's trail amounts to: its facts and the times of its legs."""

from collections.abc import Iterator

from linkage.evaluation.facts import Fact, Kind, Leg, Mark, Outcome, Story
from linkage.evaluation.trail import Duty, Trail, Work
from linkage.states import IncidentState

#: Sources of which a person of the public is the origin.
PUBLIC_SOURCES = frozenset({"hotline"})

_CLOSED = frozenset({IncidentState.CLOSED, IncidentState.FORCED})
_SENSED = frozenset({"sensor", "video"})
_SENT = {Kind.VERIFY: Kind.SEND_VERIFY, Kind.CHECK: Kind.SEND_CHECK}


def story_of(incident: int, trail: Trail) -> Story:
    """Return the facts that a trail amounts to."""
    opening = trail.opening
    source = str(opening.get("source", ""))
    happened = opening.get("happened_ns")
    due_ns = _due_of_all(trail)
    return Story(
        incident=incident,
        due_ns=due_ns,
        opened_ns=trail.opened_ns,
        happened_ns=happened if isinstance(happened, int) else trail.opened_ns,
        prompt=source in _SENSED and not opening.get("late") and not opening.get("recorded"),
        source=source,
        rule=str(opening.get("rule", "")),
        priority=trail.priority,
        district=str(opening.get("district", "")),
        grid=str(opening.get("grid", "")),
        drill=bool(opening.get("drill")),
        incident_class=str(opening.get("incident_class", "")),
        disposition=trail.disposition,
        filing=trail.filing,
        closing=trail.closing,
        facts=(
            *_of_the_case(trail, source, due_ns),
            *_of_duties(trail),
            *(_of_work(trail, work) for work in _works(trail)),
        ),
        legs=tuple(_leg(work) for work in _works(trail)),
    )


def _works(trail: Trail) -> list[Work]:
    return sorted(trail.works.values(), key=lambda work: work.task)


def _due_of_all(trail: Trail) -> int:
    """Return the incident's own deadline: the last one of its departments, else of the office, else its opening."""
    dues = [work.due_ns for work in trail.works.values() if work.counts]
    if dues:
        return max(dues)
    return trail.last_due_ns if trail.last_due_ns is not None else trail.opened_ns


def _of_the_case(trail: Trail, source: str, due_ns: int) -> Iterator[Fact]:
    marks = set(_case_marks(trail, source))
    yield Fact(kind=Kind.CASE, due_ns=due_ns, outcome=_case_outcome(trail), marks=frozenset(marks))
    merged = marks & {Mark.MERGED}
    filed = marks & {Mark.FILED}
    if source not in _SENSED and not merged:
        yield Fact(
            kind=Kind.WATCH,
            due_ns=due_ns,
            outcome=Outcome.IN_TIME,
            person=str(trail.opening.get("collector", "")),
            marks=frozenset(marks & {Mark.FILED, Mark.PUBLIC, Mark.FOUND}),
        )
    if source == "collector" and not merged:
        yield Fact(
            kind=Kind.REPORT, due_ns=due_ns, outcome=Outcome.IN_TIME, person=_opener(trail), marks=frozenset(filed)
        )
    elif trail.taken_in_by:
        yield Fact(kind=Kind.ACCEPT, due_ns=due_ns, outcome=Outcome.IN_TIME, person=trail.taken_in_by)


def _opener(trail: Trail) -> str:
    return trail.taken_in_by


def _case_marks(trail: Trail, source: str) -> Iterator[Mark]:
    found = {
        Mark.FILED: trail.filed,
        Mark.PUBLIC: source in PUBLIC_SOURCES,
        Mark.FOUND: source == "collector",
        Mark.REOPENED: trail.reopened,
        Mark.CLOSED: trail.ended in _CLOSED,
        Mark.FORCED: trail.ended == IncidentState.FORCED,
        Mark.MERGED: trail.ended == IncidentState.MERGED,
        Mark.VOIDED: _voided(trail),
    }
    return (mark for mark, holds in found.items() if holds)


def _voided(trail: Trail) -> bool:
    """Tell whether it was filed and then ended as nothing to handle."""
    return trail.filed and trail.ended == IncidentState.CANCELLED


def _case_outcome(trail: Trail) -> Outcome:
    if trail.ended in _CLOSED:
        return Outcome.LATE if any(_held_up(work) for work in trail.works.values()) else Outcome.IN_TIME
    if trail.ended:
        return Outcome.GONE
    waiting = [work for work in trail.works.values() if work.counts and work.fed_back_ns is None]
    return Outcome.PAUSED if waiting and all(work.paused for work in waiting) else Outcome.OPEN


def _held_up(work: Work) -> bool:
    """Tell whether this leg makes the whole late: it was late or never done, and no appeal excused it."""
    return work.counts and work.outcome() in {Outcome.LATE, Outcome.UNMET} and Mark.EXEMPT not in work.marks


def _of_duties(trail: Trail) -> Iterator[Fact]:
    for duty in trail.duties:
        marks = _duty_marks(trail, duty)
        yield Fact(
            kind=duty.kind,
            due_ns=duty.due_ns,
            outcome=duty.outcome(),
            department=_department(trail, duty),
            person=duty.person,
            marks=marks,
        )
        if duty.kind in _SENT:
            yield Fact(kind=_SENT[duty.kind], due_ns=duty.due_ns, outcome=duty.sent(), person=duty.sender, marks=marks)


def _department(trail: Trail, duty: Duty) -> str:
    work = trail.works.get(duty.task) if duty.task is not None else None
    return "" if work is None else work.department


def _duty_marks(trail: Trail, duty: Duty) -> frozenset[Mark]:
    marks = set(duty.marks)
    if duty.kind is Kind.FILE and Mark.FILED in marks and _voided(trail):
        marks.add(Mark.VOIDED)
    if any(not trail.works[task].counts for task in duty.tasks if task in trail.works):
        marks.add(Mark.REDISPATCHED)
    return frozenset(marks)


def _of_work(trail: Trail, work: Work) -> Fact:
    marks = {*work.marks, *({Mark.VOIDED} if _voided(trail) else ())}
    return Fact(
        kind=Kind.LEG,
        due_ns=work.due_ns,
        outcome=work.outcome(),
        department=work.department,
        marks=frozenset(marks),
    )


def _leg(work: Work) -> Leg:
    return Leg(
        task=work.task,
        department=work.department,
        event=work.event,
        due_ns=work.due_ns,
        dispatched_ns=work.dispatched_ns,
        told_ns=work.told_ns,
        accepted_ns=work.accepted_ns,
        arrived_ns=work.arrived_ns,
        fed_back_ns=work.fed_back_ns,
        checked_ns=work.checked_ns,
    )
