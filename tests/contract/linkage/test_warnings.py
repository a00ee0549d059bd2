"""Warnings: the required content, the levels up and down, the cancellation, and the trail of it all."""

from dataclasses import replace

import pytest

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage.warnings.issuing import WarningContent
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER
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
