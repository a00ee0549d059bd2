"""The two axes, over every pair of roles and steps."""

import itertools
from dataclasses import replace

import pytest

from city.errors import NotPermitted
from linkage import permissions
from linkage.departments import Axis
from linkage.permissions import APART, AXIS, WHO, may_see, refusal
from linkage.person import Person, Role
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import TASK_MOVES, Step

INCIDENT = IncidentRecord(
    id=1,
    number="20261120-000001",
    title={"zh": "水", "en": "water"},
    incident_class="road_water",
    domain="environment",
    priority=2,
    source="sensor",
    opened_ns=0,
    happened_ns=0,
    district="east",
)
TASK = TaskRecord(id=1, incident=1, department="water", dispatched_ns=0, due_ns=9)
CASE = Case(INCIDENT, (TASK,))

#: The axis on which each role acts; roles that take no step, or take part on every side, have none.
SIDE = {
    Role.COLLECTOR: Axis.SUPERVISION,
    Role.ACCEPTOR: Axis.SUPERVISION,
    Role.FOREMAN: Axis.SUPERVISION,
    Role.DISPATCHER: Axis.COMMAND,
    Role.OFFICER: Axis.DEPARTMENT,
    Role.HANDLER: Axis.DEPARTMENT,
}
ALL_ROLES = frozenset(Role)


def holder(*roles: str, department: str = "water", district: str = "") -> Person:
    return Person("li", "Li", frozenset(roles), department, district)


def task_for(step: Step) -> TaskRecord | None:
    return TASK if step in TASK_MOVES else None


@pytest.mark.parametrize("role", Role)
def test_role_takes_only_steps_of_its_own_side(role: Role):
    allowed = {step for step in Step if refusal(step, holder(role), CASE, task_for(step), ()) is None}

    assert allowed == {step for step in Step if role in WHO[step]}
    assert {AXIS[step] for step in allowed} - {None} <= {SIDE.get(role)}


@pytest.mark.parametrize("pair", list(itertools.combinations(Role, 2)), ids="+".join)
def test_two_roles_give_no_more_than_both_alone(pair: tuple[Role, Role]):
    for step in Step:
        together = refusal(step, holder(*pair), CASE, task_for(step), ()) is None
        alone = any(refusal(step, holder(role), CASE, task_for(step), ()) is None for role in pair)

        assert together == alone


@pytest.mark.parametrize("done", Step)
def test_one_person_with_every_role_does_not_sit_on_both_sides(done: Step):
    everything = holder(*ALL_ROLES)
    apart = {
        asked for one, other in APART for mine, asks in ((one, other), (other, one)) if done in mine for asked in asks
    }

    found = {asked: refusal(asked, everything, CASE, task_for(asked), {done}) for asked in Step}
    refused = {asked: said for asked, said in found.items() if said is not None}

    assert refused.keys() == apart
    assert all(f"`{done}`" in said.allowed for said in refused.values())


@pytest.mark.parametrize("step", [step for step, axis in AXIS.items() if axis is Axis.DEPARTMENT])
def test_department_takes_only_its_own_tasks(step: Step):
    found = refusal(step, holder(*ALL_ROLES, department="police"), CASE, TASK, ())

    assert found is not None
    assert found.allowed == "department water"


def test_refusal_says_whose_the_step_is():
    with pytest.raises(NotPermitted, match="`close` is for acceptor or foreman - at `incident 20261120-000001`"):
        permissions.check(Step.CLOSE, holder(Role.DISPATCHER), CASE, None, ())


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        pytest.param(holder(Role.MONITOR, department=""), True, id="the wall"),
        pytest.param(holder(Role.MONITOR, department="", district="east"), True, id="the wall of its district"),
        pytest.param(holder(Role.MONITOR, department="", district="west"), False, id="the wall of another district"),
        pytest.param(holder(Role.OFFICER), True, id="a department with a task"),
        pytest.param(holder(Role.OFFICER, department="police"), False, id="a department without one"),
        pytest.param(holder(Role.OFFICER, department=""), False, id="no department"),
        pytest.param(holder(Role.STEWARD), False, id="a role without incidents"),
        pytest.param(holder(), False, id="no role"),
    ],
)
def test_incident_is_seen_by(person: Person, *, seen: bool):
    assert may_see(person, CASE) is seen


def test_reporter_sees_their_report():
    reported = Case(replace(INCIDENT, reporter="li"))

    assert may_see(holder(Role.HANDLER, department="power"), reported)
    assert may_see(holder(Role.ACCEPTOR, district="west"), reported)


def test_incident_without_a_district_is_seen_in_all():
    nowhere = Case(replace(INCIDENT, district=""))

    assert may_see(holder(Role.MONITOR, district="west"), nowhere)


def test_step_on_what_one_may_not_see_is_refused():
    assert refusal(Step.FILE, holder(Role.FOREMAN, district="west"), CASE, None, ()) is not None


@pytest.mark.parametrize("step", sorted(step for step in Step if AXIS[step] is Axis.COMMAND))
@pytest.mark.parametrize(
    ("jurisdiction", "district", "its"),
    [
        pytest.param("", "", True, id="the city's, of the city"),
        pytest.param("", "east", False, id="the city's, of the district"),
        pytest.param("east", "east", True, id="passed down, of the district"),
        pytest.param("east", "", False, id="passed down, of the city"),
        pytest.param("east", "west", False, id="passed down, of another district"),
    ],
)
def test_command_is_of_the_level_that_works_on_it(step: Step, jurisdiction: str, district: str, its: bool):  # noqa: FBT001
    case = Case(replace(INCIDENT, jurisdiction=jurisdiction), (TASK,))

    allowed = refusal(step, holder(Role.DISPATCHER, district=district), case, task_for(step), ()) is None

    taken_back = jurisdiction != "" and district == "" and step in {Step.URGE, Step.PASS_UP}
    assert allowed == (its or taken_back)


@pytest.mark.parametrize("role", sorted(SIDE))
def test_level_makes_no_difference_to_supervision_and_departments(role: Role):
    below = Case(replace(INCIDENT, jurisdiction="east"), (TASK,))
    steps = [step for step in Step if AXIS[step] is not Axis.COMMAND]

    found = [
        [refusal(step, holder(role, district="east"), case, task_for(step), ()) for step in steps]
        for case in (CASE, below)
    ]

    assert found[0] == found[1]
