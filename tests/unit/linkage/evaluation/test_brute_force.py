"""Evaluation from events alone against counting by hand what really happened."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.evaluation.counting import KINDS, Cell, counted, standing
from linkage.evaluation.facts import Fact, Kind, Outcome, Story
from linkage.evaluation.fold import folded
from linkage.evaluation.vocabulary import Subject
from tests.support.made_up_cases import HOUR_NS, MadeCase, MadeLeg, Maker

START_NS = 1_800_000_000_000_000_000
SPAN_NS = 20 * HOUR_NS


def city(seed: int, count: int) -> list[MadeCase]:
    maker = Maker(seed, START_NS, SPAN_NS)
    return [maker.made() for _ in range(count)]


def stories(cases: list[MadeCase]) -> list[Story]:
    return [folded(case.number, case.events) for case in cases]


def cells(facts: list[Fact], now_ns: int) -> list[Cell]:
    return [
        Cell(
            fact.kind, standing(fact.outcome, overdue=fact.outcome is Outcome.OPEN and fact.due_ns < now_ns), fact.marks
        )
        for fact in facts
    ]


def measured(cases: list[MadeCase], subject: Subject, now_ns: int, **chosen: object) -> Counter[str]:
    facts = [
        fact
        for story in stories(cases)
        for fact in story.facts
        if fact.kind in KINDS[subject]
        and all(getattr(story if hasattr(story, name) else fact, name) == value for name, value in chosen.items())
    ]
    return counted(cells(facts, now_ns))


def by_hand(cases: list[MadeCase], department: str, now_ns: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for case in cases:
        for leg in case.legs:
            if leg.department == department:
                counts.update(_leg_by_hand(case, leg, now_ns))
    return counts


def _leg_by_hand(case: MadeCase, leg: MadeLeg, now_ns: int) -> list[str]:
    if leg.gave_back_ns is not None:
        # Giving a task back when its time is over undoes nothing.
        too_late = leg.gave_back_ns > leg.due_ns
        return ["returned", *(["filed", "should_handle", "unhandled", "should_close"] if too_late else [])]
    if leg.done_ns is None and case.ended:
        return []  # it ended before its deadline: nothing here waits two hours to be cancelled
    if leg.done_ns is None and leg.due_ns >= now_ns:
        return ["pending"]
    names = ["filed", "should_handle", *(["delayed"] if leg.delayed else [])]
    late = leg.done_ns is None or leg.done_ns > leg.due_ns
    if leg.done_ns is None:
        names.append("unhandled")
    else:
        names += ["handled", "handled_late" if late else "handled_in_time"]
    excused = leg.excused and late
    names += ["exempt"] if excused else []
    if case.ended == "cancelled":
        return names
    names += ["should_close", *(["rework"] if leg.reworked else [])]
    if case.ended == "closed":
        names += ["closed", *(["closed_in_time"] if excused or not late else [])]
    return names


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_departments_are_what_counting_by_hand_says(seed: int, hours: int):
    cases, now_ns = city(seed, 40), START_NS + hours * HOUR_NS

    for department in ("water", "police", "power"):
        assert measured(cases, Subject.DEPARTMENT, now_ns, department=department) == by_hand(cases, department, now_ns)


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_areas_are_what_counting_by_hand_says(seed: int):
    cases = city(seed, 40)
    now_ns = START_NS + 1000 * HOUR_NS  # every deadline has passed

    for district in ("east", "west"):
        found = measured(cases, Subject.DISTRICT, now_ns, district=district)
        here = [case for case in cases if case.district == district]
        filed = [case for case in here if case.filed_by]
        closed = [case for case in filed if case.ended == "closed"]
        assert found["reported"] == len(here)
        assert found["filed"] == len(filed)
        assert found["public"] == sum(case.source == "hotline" for case in filed)
        assert found["voided"] == sum(case.ended == "cancelled" for case in filed)
        assert found["should_close"] == len(filed) - found["voided"]
        assert found["closed"] == len(closed)
        assert found["closed_in_time"] == sum(all(map(_good, case.legs)) for case in closed)


def _good(leg: MadeLeg) -> bool:
    return leg.gave_back or leg.excused or (leg.done_ns is not None and leg.done_ns <= leg.due_ns)


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_posts_are_what_counting_by_hand_says(seed: int):
    cases = city(seed, 40)
    now_ns = START_NS + 1000 * HOUR_NS

    for number in (1, 2):
        foreman, dispatcher = f"foreman-{number}", f"dispatcher-{number}"
        filed = [case for case in cases if case.filed_by == foreman]
        sent = [case for case in cases if case.dispatched_by == dispatcher]
        files = measured(cases, Subject.FOREMAN, now_ns, person=foreman)
        sends = measured(cases, Subject.DISPATCHER, now_ns, person=dispatcher)
        assert files["filed"] == len(filed)
        assert files["filed_in_time"] == sum(case.filed_in_time for case in filed)
        assert files["voided"] == sum(case.ended == "cancelled" for case in filed)
        assert sends["dispatched"] == len(sent)
        assert sends["dispatched_in_time"] == sum(case.dispatched_in_time for case in sent)
        assert sends["redispatched"] == sum(any(leg.gave_back for leg in case.legs) for case in sent)


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_what_collectors_missed_is_what_counting_by_hand_says(seed: int):
    cases = city(seed, 40)

    for collector in ("collector-1", "collector-2", ""):
        theirs = [case for case in cases if case.walked_by == collector and case.filed_by]
        found = measured(cases, Subject.COLLECTOR, START_NS, person=collector, kind=Kind.WATCH)
        by_people = [case for case in theirs if case.source in {"hotline", "collector", "leader"}]
        assert found["watched"] == len(by_people)
        assert found["missed"] == sum(case.source == "hotline" for case in by_people)
        assert found["missed_by_office"] == sum(case.source == "leader" for case in by_people)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_verdict_on_a_deadline_never_depends_on_later_steps_of_others(seed: int, cut: int):
    """Folding the first part of the log and then all of it never turns what was late into what was in time."""
    for case in city(seed, 20):
        before = folded(case.number, case.events[: max(1, len(case.events) * cut // 60)])
        after = folded(case.number, case.events)
        known = {(fact.kind, fact.due_ns, fact.department): fact for fact in after.facts if fact.kind != "case"}
        for fact in before.facts:
            later = known.get((fact.kind, fact.due_ns, fact.department))
            if later is not None and fact.outcome is Outcome.LATE:
                assert later.outcome in {Outcome.LATE, Outcome.OPEN}
