"""Reports upward: their clocks by grade, what they begin with, and the signature."""

from dataclasses import replace

import pytest

from city.errors import BadRequest, IllegalTransition, NotFound, NotPermitted
from linkage.deed import Deed, Outcome
from linkage.person import Role
from linkage.plans.upward import UpwardReport
from linkage.record import Case
from linkage.states import IncidentState
from storage.sql import Database
from tests.support.linkage import FOREMAN, LEADER, WATER_OFFICER, person
from tests.support.response import ResponseTown


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database)


def changed(town: ResponseTown, incident: str, **words: object) -> None:
    """Change an incident as a step would."""
    with town.ledger.writing() as page:
        case = town.case(incident)
        after = Case(replace(case.incident, **words), case.tasks)  # type: ignore[arg-type]
        page.write(case, Outcome(after, (Deed(step="changed"),)), LEADER)


def graded(town: ResponseTown, grade: str) -> str:
    incident = town.reported().id
    changed(town, incident, event_grade=grade)
    return incident


def owed(town: ResponseTown) -> list[UpwardReport]:
    return town.office.upward.page(LEADER)


def sent(town: ResponseTown) -> None:
    draft = town.office.upward.draft(int(owed(town)[0].id), LEADER)
    town.office.upward.send(int(draft.id), draft.subject, draft.body, LEADER)


def test_nothing_is_owed_before_somebody_grades(town: ResponseTown) -> None:
    town.reported()

    assert owed(town) == []


@pytest.mark.parametrize(("grade", "hour"), [("I", "09"), ("II", "09"), ("III", "10"), ("IV", "10")])
def test_grade_starts_the_clock_of_the_initial_report(town: ResponseTown, grade: str, hour: str) -> None:
    graded(town, grade)

    (report,) = owed(town)

    assert (report.kind, report.grade, report.due_at[11:13]) == ("initial", grade, hour)


def test_graver_grade_hastens_what_is_owed(town: ResponseTown) -> None:
    incident = graded(town, "III")
    town.wait(minutes=10)
    changed(town, incident, event_grade="II")

    (report,) = owed(town)

    assert (report.grade, report.due_at[11:16]) == ("II", "09:10")


def test_graver_grade_after_the_report_owes_another(town: ResponseTown) -> None:
    incident = graded(town, "III")
    sent(town)
    changed(town, incident, event_grade="I")

    assert [(report.kind, report.grade) for report in owed(town)] == [("follow_up", "I")]


def test_draft_is_filled_from_the_case_and_sent_signed(town: ResponseTown) -> None:
    graded(town, "III")
    number = int(owed(town)[0].id)
    draft = town.office.upward.draft(number, LEADER)
    assert "Water" in draft.body

    town.office.upward.send(number, draft.subject, draft.body + "two injured", LEADER)

    assert owed(town) == []
    (report,) = town.office.upward.page(LEADER, owed=False)
    assert (report.signed, report.overdue) == ("Leader", False)
    assert "two injured" in town.events("send_upward_report")[0]["note"]
    with pytest.raises(IllegalTransition):
        town.office.upward.send(number, "again", "again", LEADER)


def test_grave_event_owes_follow_ups_at_its_pace(town: ResponseTown) -> None:
    graded(town, "II")
    sent(town)

    assert [(report.kind, report.due_at[11:13]) for report in owed(town)] == [("follow_up", "10")]


def test_facts_that_change_may_be_reported_at_any_time(town: ResponseTown) -> None:
    incident = graded(town, "IV")
    sent(town)

    town.office.upward.add(int(incident), FOREMAN)

    assert [report.kind for report in owed(town)] == ["follow_up"]


def test_ungraded_incident_has_nothing_to_follow_up(town: ResponseTown) -> None:
    with pytest.raises(BadRequest):
        town.office.upward.add(int(town.reported().id), FOREMAN)
    with pytest.raises(NotFound):
        town.office.upward.add(99, FOREMAN)


def test_overdue_report_is_an_event_once(town: ResponseTown) -> None:
    graded(town, "I")
    town.wait(minutes=61)

    assert town.upward_turn.take() == 1
    assert town.upward_turn.take() == 0
    assert len(town.events("upward_overdue")) == 1
    assert owed(town)[0].overdue


def test_end_owes_the_final_report_and_reopening_takes_it_back(town: ResponseTown) -> None:
    incident = graded(town, "II")
    sent(town)
    changed(town, incident, state=IncidentState.CLOSED, ended_ns=town.ledger.clock.now_ns())
    assert [report.kind for report in owed(town)] == ["final"]

    changed(town, incident, state=IncidentState.FILED, ended_ns=None)

    assert owed(town) == []


def test_departments_sign_nothing_upward(town: ResponseTown) -> None:
    graded(town, "I")
    number = int(owed(town)[0].id)

    with pytest.raises(NotPermitted):
        town.office.upward.send(number, "a", "b", WATER_OFFICER)
    assert town.office.upward.page(person(Role.OFFICER, name="x", department="power")) == []
