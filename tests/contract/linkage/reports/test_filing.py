from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from city.errors import BadRequest, Conflict, IllegalTransition, NotPermitted
from city.place import Place
from linkage.event_log import verify
from linkage.person import Role
from linkage.states import Disposition, Step
from linkage.tables import INCIDENTS
from tests.support.linkage import ACCEPTOR, COLLECTOR, FOREMAN, person
from tests.support.reporting import CALLER, COVER, NEARBY, SPOT, ReportingTown


def incidents(town: ReportingTown) -> int:
    with town.database.read() as connection:
        return connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one()


def test_report_opens_an_incident_with_what_class_and_condition_propose(reporting: ReportingTown) -> None:
    filed = reporting.says(condition="impassable", district="east", hotline="12345")

    shown = reporting.incidents.one(filed.incident, ACCEPTOR)
    assert shown.title.en == "Road water: Impassable"
    assert (shown.priority, shown.proposed, shown.source) == (1, ("police",), "hotline")


def test_component_proposes_who_looks_after_it_and_where_it_stands(reporting: ReportingTown) -> None:
    filed = reporting.says(component=COVER.id, longitude=None, latitude=None)

    shown = reporting.incidents.one(filed.incident, ACCEPTOR)
    assert shown.proposed == ("power",)
    assert (shown.longitude, shown.latitude) == COVER.place
    assert [line.id for line in reporting.histories.of_component(COVER.id, ACCEPTOR).incidents] == [filed.incident]


@pytest.mark.parametrize(
    ("words", "at"),
    [
        pytest.param({"hotline": "110"}, "hotline", id="unknown hotline"),
        pytest.param({"hotline": "12345", "source": "leader"}, "source", id="hotline of another source"),
        pytest.param({"condition": "dry"}, "condition", id="unknown condition"),
        pytest.param({"component": "none"}, "component", id="unknown component"),
        pytest.param({"caller": replace(CALLER, phone="")}, "caller.phone", id="call back without a number"),
        pytest.param({"incident_class": "fire"}, "class", id="unknown class"),
    ],
)
def test_report_that_cannot_be_is_refused(reporting: ReportingTown, words: dict[str, Any], at: str) -> None:
    with pytest.raises(BadRequest) as refused:
        reporting.says(**words)

    assert refused.value.at == at
    assert incidents(reporting) == 0


def test_near_duplicates_are_offered_nearest_first(reporting: ReportingTown) -> None:
    near = reporting.says(longitude=NEARBY.longitude, latitude=NEARBY.latitude)
    here = reporting.says()
    reporting.says(longitude=121.51)

    offered = reporting.reports.near("road_water", SPOT, COLLECTOR)

    assert [one.summary.id for one in offered] == [here.incident, near.incident]
    assert offered[1].distance_m == pytest.approx(33.4, abs=0.1)


@pytest.mark.parametrize(
    ("incident_class", "place", "hours"),
    [
        pytest.param("heat", SPOT, 1, id="another class"),
        pytest.param("road_water", Place(121.5, 31.2005), 1, id="55 m away"),
        pytest.param("road_water", SPOT, 25, id="a day ago"),
    ],
)
def test_what_is_far_or_old_or_other_is_no_duplicate(
    reporting: ReportingTown, incident_class: str, place: Place, hours: int
) -> None:
    reporting.says()
    reporting.wait(hours=hours)

    assert reporting.reports.near(incident_class, place, COLLECTOR) == ()


def test_duplicates_of_another_district_are_not_shown(reporting: ReportingTown) -> None:
    reporting.says(district="east")

    assert reporting.reports.near("road_water", SPOT, person(Role.COLLECTOR, district="west")) == ()


def test_joining_adds_the_reporter_and_raises_the_priority(reporting: ReportingTown) -> None:
    first = reporting.says()
    joined = reporting.says(COLLECTOR, joins=first.incident, source="collector", condition="impassable", note="deep")

    shown = reporting.incidents.one(first.incident, ACCEPTOR)
    assert joined.incident == first.incident
    assert shown.priority == 1
    assert [event.step for event in shown.events] == ["open", "report"]
    assert [one.joined for one in reporting.reports.of_incident(first.incident, ACCEPTOR)] == [False, True]
    assert reporting.reports.near("road_water", SPOT, ACCEPTOR)[0].reports == 2
    assert verify(reporting.database) == []


def test_milder_report_does_not_lower_the_priority(reporting: ReportingTown) -> None:
    first = reporting.says(condition="impassable")
    reporting.says(COLLECTOR, joins=first.incident, source="collector", condition="puddle")

    assert reporting.incidents.one(first.incident, ACCEPTOR).priority == 1


def test_nothing_joins_what_has_ended(reporting: ReportingTown) -> None:
    first = reporting.says()
    reporting.act(first.incident, Step.NOT_FILE, FOREMAN, disposition=Disposition.NOT_FILED, note="dry")

    with pytest.raises(IllegalTransition):
        reporting.says(joins=first.incident)


def test_report_sent_again_with_its_key_is_the_same_report(reporting: ReportingTown) -> None:
    first = reporting.says(key="phone-1")
    again = reporting.says(key="phone-1")

    assert again == first
    assert incidents(reporting) == 1


def test_key_of_another_person_is_another_key(reporting: ReportingTown) -> None:
    reporting.says(key="phone-1")
    reporting.says(COLLECTOR, key="phone-1", source="collector")

    assert incidents(reporting) == 2


def test_key_used_for_something_else_is_refused(reporting: ReportingTown) -> None:
    reporting.says(key="phone-1")

    with pytest.raises(Conflict):
        reporting.says(key="phone-1", note="another")


def test_evaluator_reports_nothing(reporting: ReportingTown) -> None:
    with pytest.raises(NotPermitted):
        reporting.says(person(Role.EVALUATOR))
