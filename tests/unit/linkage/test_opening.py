from dataclasses import replace

import pytest

from city.clock import SECOND_NS
from city.errors import BadRequest
from city.level import Domain, Level
from linkage.acting import Scene
from linkage.opening import Report, opened_by_alarm, opened_by_person, priority_of
from linkage.reports.book import parse_reports
from linkage.states import IncidentState
from tests.support.linkage import ACCEPTOR, RAISED, alarm, book, life_safety

BOOK = book()
NOW_NS = RAISED.arrival_ns + 60 * SECOND_NS
SCENE = Scene(
    now_ns=NOW_NS,
    directory=BOOK.directory,
    standard=BOOK.standards.of("road_water"),
    calendar=BOOK.calendar,
    next_task=5,
)
REPORT = Report(title="道路积水", incident_class="road_water", priority=3, source="hotline")


def test_alarm_brings_its_place_and_its_words():
    incident = opened_by_alarm(RAISED, 1, SCENE, BOOK, 900).case.incident

    assert incident.title == {"zh": "下穿积水：东门下穿", "en": "Underpass flooding: East Gate"}
    assert (incident.longitude, incident.latitude, incident.district) == (121.5, 31.2, "east")
    assert incident.first_actions == {"zh": ["封路"], "en": ["Close the road"]}


def test_response_clocks_start_at_receipt():
    late = replace(RAISED, time_ns=RAISED.time_ns - 3600 * SECOND_NS, late=True)
    incident = opened_by_alarm(late, 1, SCENE, BOOK, 900).case.incident

    assert incident.opened_ns == RAISED.arrival_ns
    assert incident.happened_ns == RAISED.arrival_ns - 3600 * SECOND_NS
    assert incident.late


def test_number_is_the_local_date():
    night = replace(RAISED, arrival_ns=RAISED.arrival_ns + 10 * 3600 * SECOND_NS)

    assert opened_by_alarm(night, 12, SCENE, BOOK, 900).case.incident.number == "20261121-000012"


def test_sensor_that_left_the_registry_still_opens():
    incident = opened_by_alarm(replace(RAISED, target="gone"), 1, SCENE, BOOK, 900).case.incident

    assert incident.title["en"] == "Underpass flooding: gone"
    assert incident.longitude is None


def test_camera_alarms_come_from_video():
    assert opened_by_alarm(replace(RAISED, domain=Domain.VIDEO), 1, SCENE, BOOK, 900).case.incident.source == "video"


def test_life_safety_files_and_dispatches_unconfirmed():
    opened = opened_by_alarm(life_safety(RAISED), 1, SCENE, BOOK, 900).case

    assert opened.incident.state is IncidentState.DISPATCHED
    assert opened.incident.unconfirmed_ns == NOW_NS
    assert opened.incident.confirm_by_ns == NOW_NS + 900 * SECOND_NS
    assert [(task.id, task.department) for task in opened.tasks] == [(5, "water"), (6, "police")]
    assert opened.incident.acknowledged_ns is None


def test_life_safety_without_a_department_is_filed_for_a_dispatcher():
    nobody = replace(RAISED, response=replace(RAISED.response, departments=(), life_safety=True))
    outcome = opened_by_alarm(nobody, 1, SCENE, BOOK, 900)

    assert outcome.case.incident.state is IncidentState.FILED
    assert [deed.step for deed in outcome.deeds] == ["open", "file"]


@pytest.mark.parametrize(
    ("level", "priority"),
    [(Level.NOTICE, 4), (Level.MAJOR, 2), (Level.CRITICAL, 1)],
    ids=["notice", "major", "critical"],
)
def test_rule_gives_the_priority(level: Level, priority: int):
    transition = alarm(level=level)
    silent = replace(transition, response=replace(transition.response, priority={}))

    assert priority_of(transition) == priority
    assert priority_of(silent) == priority


def test_report_takes_its_place_from_the_sensor_unless_it_says_another():
    there = opened_by_person(replace(REPORT, sensor="underpass/1"), ACCEPTOR, 1, SCENE, BOOK).case.incident
    said = replace(REPORT, sensor="underpass/1", longitude=121.0, latitude=31.0, place="桥头", district="west")
    elsewhere = opened_by_person(said, ACCEPTOR, 1, SCENE, BOOK).case.incident

    assert (there.longitude, there.district, there.place) == (121.5, "east", "东门下穿")
    assert (elsewhere.longitude, elsewhere.district, elsewhere.place) == (121.0, "west", "桥头")
    assert elsewhere.reporter == ACCEPTOR.id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"title": "  "}, "Expected a title", id="no title"),
        pytest.param(
            {"incident_class": "ufo"},
            "Expected one of `road_water`, `heat`, `cover`, got `ufo` - at `class`",
            id="class",
        ),
        pytest.param({"priority": 0}, "Expected 1 to 5, got `0`", id="priority"),
        pytest.param({"source": "rumour"}, "got `rumour` - at `source`", id="source"),
        pytest.param({"sensor": "nope"}, "Expected a registered sensor, got `nope`", id="sensor"),
        pytest.param({"longitude": 121.0}, "longitude and latitude together", id="half a place"),
        pytest.param({"longitude": 181.0, "latitude": 0.0}, "Expected -180 to 180, got `181.0`", id="longitude"),
        pytest.param({"longitude": 0.0, "latitude": float("nan")}, "Expected -90 to 90, got `nan`", id="latitude"),
    ],
)
def test_report_that_cannot_be_is_refused(change: dict[str, object], message: str):
    with pytest.raises(BadRequest) as caught:
        opened_by_person(replace(REPORT, **change), ACCEPTOR, 1, SCENE, BOOK)  # type: ignore[arg-type]

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("sensor", "named", "proposed"),
    [
        pytest.param({"maintainer": "water"}, ("police",), {"police": "rule"}, id="the rule's own departments"),
        pytest.param({"maintainer": "water", "owner": "power"}, (), {"water": "maintainer"}, id="who looks after it"),
        pytest.param({"maintainer": "a firm", "owner": "power"}, (), {"power": "owner"}, id="its owner"),
        pytest.param({}, (), {"police": "table"}, id="class and district"),
        pytest.param({"district": "west"}, (), {}, id="nobody: the dispatcher chooses"),
    ],
)
def test_alarm_proposes_a_department_and_says_why(
    sensor: dict[str, str], named: tuple[str, ...], proposed: dict[str, str]
):
    known = BOOK.sensor("underpass/1")
    assert known is not None
    reports = parse_reports("classes:\n  - {class: road_water, priority: 3, departments: {east: police}}\n")
    city = replace(BOOK, sensor={"underpass/1": replace(known, **sensor)}.get, reports=reports)  # type: ignore[arg-type]
    unnamed = replace(RAISED, response=replace(RAISED.response, departments=named))

    incident = opened_by_alarm(unnamed, 1, SCENE, city, 900).case.incident

    assert (incident.proposed, incident.proposed_why) == (list(proposed), proposed)
