"""Warnings: the required content, the levels up and down, the cancellation, and the trail of it all."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage.tables import MESSAGES
from linkage.warnings.issuing import WarningContent
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER, WATER_OFFICER
from tests.support.response import WARNING, ResponseTown


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database)


def test_warning_keeps_every_issue(town: ResponseTown) -> None:
    number = town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    town.office.warnings.update(number, 1, replace(WARNING, level="red", districts=("east",)), LEADER)
    town.office.warnings.cancel(number, 2, "rain is over", LEADER)

    warning = town.office.warning_list.one(number)

    assert [(one.kind, one.level, one.actor.id) for one in warning.issues] == [
        ("issue", "yellow", "foreman"),
        ("update", "red", "leader"),
        ("cancel", "red", "leader"),
    ]
    assert warning.cancelled_at is not None
    assert town.office.warning_list.page(in_force=True) == []


@pytest.mark.parametrize("missing", ["area", "cautions", "measures", "issuer"])
def test_what_the_law_asks_for_must_be_said(town: ResponseTown, missing: str) -> None:
    content = replace(WARNING, **{missing: " "})  # type: ignore[arg-type]

    with pytest.raises(BadRequest, match=r"Art\. 64"):
        town.office.warnings.issue("rainstorm", content, FOREMAN)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(replace(WARNING, level="pink"), id="no colour"),
        pytest.param(replace(WARNING, ends_ns=WARNING.starts_ns), id="ends as it starts"),
        pytest.param(replace(WARNING, districts=("moon",)), id="no district of the city"),
    ],
)
def test_what_cannot_be_is_refused(town: ResponseTown, content: WarningContent) -> None:
    with pytest.raises(BadRequest):
        town.office.warnings.issue("rainstorm", content, FOREMAN)


def test_category_must_be_known(town: ResponseTown) -> None:
    with pytest.raises(BadRequest):
        town.office.warnings.issue("dragons", WARNING, FOREMAN)


def test_dispatcher_issues_none(town: ResponseTown) -> None:
    with pytest.raises(NotPermitted):
        town.office.warnings.issue("rainstorm", WARNING, DISPATCHER)


def test_warning_about_an_incident_levels_it_and_nothing_else(town: ResponseTown) -> None:
    incident = town.reported()
    number = town.office.warnings.issue("waterlogging", WARNING, FOREMAN, int(incident.id))

    after = town.case(incident.id).incident

    assert (after.warning_level, after.event_grade, after.response_level) == ("yellow", "", "")
    assert after.priority == incident.priority
    town.office.warnings.cancel(number, 1, "over", FOREMAN)
    assert town.case(incident.id).incident.warning_level == ""


def test_changes_are_decided_on_what_was_seen(town: ResponseTown) -> None:
    number = town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    town.office.warnings.update(number, 1, replace(WARNING, level="orange"), FOREMAN)

    with pytest.raises(Conflict):
        town.office.warnings.cancel(number, 1, "over", LEADER)
    town.office.warnings.cancel(number, 2, "over", LEADER)
    with pytest.raises(IllegalTransition):
        town.office.warnings.update(number, 3, WARNING, LEADER)


def test_unknown_warning_is_not_found(town: ResponseTown) -> None:
    with pytest.raises(NotFound):
        town.office.warnings.cancel(99, 1, "over", LEADER)
    with pytest.raises(NotFound):
        town.office.warning_list.one(99)


def told(town: ResponseTown, number: int) -> dict[str, str]:
    """Return the departments told of the newest issue, each with who has answered."""
    newest = town.office.warning_list.one(number).issues[-1]
    return {one.department: one.acknowledged_by for one in newest.told}


def letters(town: ResponseTown) -> list[tuple[str, str, str]]:
    with town.database.read() as connection:
        query = select(MESSAGES).where(MESSAGES.c.kind == "warning").order_by(MESSAGES.c.id)
        return [(row["department"], row["channel"], row["subject"]) for row in connection.execute(query).mappings()]


def test_warning_without_an_incident_reaches_the_departments_of_its_plan(town: ResponseTown) -> None:
    number = town.office.warnings.issue("rainstorm", WARNING, FOREMAN)

    assert told(town, number).keys() == {"command", "desk", "water", "police"}
    assert [(department, channel) for department, channel, _ in letters(town)] == [
        ("command", "duty"),
        ("desk", "duty"),
        ("water", "duty"),
        ("water", "mail"),
        ("police", "duty"),
    ]
    assert letters(town)[0][2] == "暴雨黄色预警发布 / Rainstorm yellow warning issued: 城东"
    (event,) = town.events("issue_warning")
    assert '"told":["command","desk","water","police"]' in event["data"]


@pytest.mark.parametrize(("category", "level"), [("gale", "red"), ("rainstorm", "blue")])
def test_warning_that_no_plan_names_reaches_the_duty_desks(town: ResponseTown, category: str, level: str) -> None:
    number = town.office.warnings.issue(category, replace(WARNING, level=level), FOREMAN)

    assert told(town, number).keys() == {"command", "desk"}


def test_who_was_told_hears_of_the_change_and_the_end(town: ResponseTown) -> None:
    number = town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    town.office.warnings.update(number, 1, replace(WARNING, level="blue"), FOREMAN)
    town.office.warnings.cancel(number, 2, "over", FOREMAN)

    assert [{one.department for one in issue.told} for issue in town.office.warning_list.one(number).issues] == [
        {"command", "desk", "water", "police"}
    ] * 3
    assert len(letters(town)) == 15


def test_department_answers_once_for_each_issue(town: ResponseTown) -> None:
    number = town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    for person in (WATER_OFFICER, WATER_OFFICER, DISPATCHER):
        town.office.warnings.acknowledge(number, 1, person)

    assert told(town, number) == {"command": "Dispatcher", "desk": "", "police": "", "water": "Water-Officer"}
    assert [event["department"] for event in town.events("acknowledge_warning")] == ["water", "command"]
    town.office.warnings.update(number, 1, replace(WARNING, level="red"), FOREMAN)
    assert not any(told(town, number).values())
    with pytest.raises(Conflict):
        town.office.warnings.acknowledge(number, 1, WATER_OFFICER)


def test_only_those_who_were_told_answer(town: ResponseTown) -> None:
    number = town.office.warnings.issue("gale", WARNING, FOREMAN)

    with pytest.raises(NotPermitted):
        town.office.warnings.acknowledge(number, 1, WATER_OFFICER)
    with pytest.raises(NotFound):
        town.office.warnings.acknowledge(99, 1, WATER_OFFICER)


def test_drills_warning_is_marked_in_its_messages(town: ResponseTown) -> None:
    town.office.drills.start("flood", "east", LEADER)

    assert {subject[:10] for _, _, subject in letters(town)} == {"【演练 DRILL】"}
