"""The equipment lane: hints join by sensor, end by themselves, are answered, and are no incidents."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from city.alarm import AlarmTransition, Change, Lane
from city.errors import IllegalTransition, NotFound, NotPermitted
from city.level import Domain, Level
from city.place import Place
from city.sensor import Sensor
from linkage.admission.admit import Admitter
from linkage.admission.decision import Action, Reason
from linkage.hints.hints import Hints
from linkage.incidents import Incidents
from linkage.person import Person, Role
from linkage.silences.matching import Matchers
from linkage.silences.silences import Silences
from linkage.tables import EVENTS, INCIDENTS, MESSAGES
from storage.sql import Database
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    LEADER,
    MONITOR,
    POLICE_OFFICER,
    WATER_HANDLER,
    WATER_OFFICER,
    alarm,
    ledger,
    person,
)

GAUGE = Sensor(
    "gauge/1", "东河水位", Domain.ENVIRONMENT, "river", "East river", Place(121.5, 31.2), "east", maintainer="water"
)
OPERATOR = person(Role.OPERATOR)


class Workshop:
    """Admits alarms about one gauge, and answers its hints."""

    def __init__(self, database: Database) -> None:
        plain = ledger(database)
        sensors: Mapping[str, Sensor] = {GAUGE.id: GAUGE}
        self.ledger = replace(plain, book=replace(plain.book, sensor=sensors.get, sensors=sensors.values))
        self.admitter, self.hints = Admitter(self.ledger), Hints(self.ledger)

    def admit(self, *transitions: AlarmTransition) -> list[tuple[Action, Reason]]:
        return [(one.decision.action, one.decision.reason) for one in self.admitter.admit(transitions)]

    def count(self, person: Person = MONITOR, *, ended: bool = False) -> int:
        return self.hints.page(person, ended=ended).total


def hint(
    change: Change = Change.RAISED, level: Level = Level.NOTICE, *, rule: str = "stuck", step: int = 0, run: int = 0
) -> AlarmTransition:
    """Return a change of an alarm about the gauge itself."""
    plain = alarm(change, level, target=GAUGE.id, rule=rule, step=step, run=run)
    return replace(plain, kind="stuck", response=replace(plain.response, lane=Lane.EQUIPMENT))


@pytest.fixture
def lane(database: Database) -> Workshop:
    return Workshop(database)


def rows(lane: Workshop, table: object) -> int:
    with lane.ledger.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_hint_is_no_incident_and_tells_nobody(lane: Workshop) -> None:
    decided = lane.admit(hint(level=Level.CRITICAL))

    assert decided == [(Action.HINT, Reason.NEW)]
    assert (rows(lane, INCIDENTS), rows(lane, MESSAGES), lane.count()) == (0, 0, 1)


def test_hints_of_one_sensor_join_and_end_by_themselves_when_all_have_cleared(lane: Workshop) -> None:
    decided = lane.admit(
        hint(),
        hint(rule="drift", level=Level.MAJOR),
        hint(Change.CLEARED, Level.MAJOR, rule="drift", step=1),
        hint(Change.CLEARED, step=1),
    )

    assert [reason for _, reason in decided] == [
        Reason.NEW,
        Reason.HIGHER_LEVEL,
        Reason.OTHERS_BURN,
        Reason.LAST_CLEARED,
    ]
    (ended,) = lane.hints.page(MONITOR, ended=True).items
    assert (ended.ended_how, ended.worst, ended.level, len(ended.alarms), ended.ended) == (
        "recovered",
        "major",
        "notice",
        2,
        None,
    )
    assert lane.count() == 0


def test_hint_is_decided_once(lane: Workshop) -> None:
    transitions = (hint(), hint(Change.RISEN, Level.MAJOR, step=1), hint(Change.CLEARED, Level.MAJOR, step=2))
    first = lane.admit(*transitions)
    events = rows(lane, EVENTS)

    assert lane.admit(*transitions) == first
    assert rows(lane, EVENTS) == events


def test_fault_that_comes_back_within_a_day_opens_its_hint_again(lane: Workshop) -> None:
    lane.admit(hint(), hint(Change.CLEARED, step=1))

    assert lane.admit(hint(run=1)) == [(Action.HINT, Reason.CAME_BACK)]
    (again,) = lane.hints.page(MONITOR).items
    assert (again.times, len(again.alarms), [one.active for one in again.alarms]) == (2, 2, [True, False])


def test_dismissed_hint_stays_ended_while_nothing_gets_worse(lane: Workshop) -> None:
    lane.admit(hint())
    (shown,) = lane.hints.page(WATER_OFFICER).items

    ended = lane.hints.dismiss(shown.id, WATER_OFFICER, "still water")

    assert (ended.state, ended.ended_how, ended.steps) == ("ended", "dismissed", ())
    assert ended.ended is not None
    assert (ended.ended.by.id, ended.ended.note) == (WATER_OFFICER.id, "still water")
    assert lane.count() == 0
    assert lane.admit(hint(Change.RISEN, Level.MAJOR, step=1)) == [(Action.HINT, Reason.NEW)]
    assert lane.count() == 1


def test_ordered_maintenance_stays_until_the_sensor_is_right(lane: Workshop) -> None:
    lane.admit(hint())
    (shown,) = lane.hints.page(OPERATOR).items

    ordered = lane.hints.order(shown.id, OPERATOR, "probe is exchanged tomorrow")

    assert (ordered.state, ordered.steps) == ("ordered", ("dismiss",))
    with pytest.raises(IllegalTransition, match="order"):
        lane.hints.order(shown.id, FOREMAN, "twice")
    lane.admit(hint(Change.CLEARED, step=1))
    assert lane.hints.one(shown.id, OPERATOR).ended_how == "recovered"


def test_hint_becomes_an_incident_only_by_a_person_and_with_their_reason(lane: Workshop) -> None:
    lane.admit(hint())
    (shown,) = lane.hints.page(DISPATCHER).items

    ended = lane.hints.open_incident(shown.id, DISPATCHER, "the river gauge is the only one", key="k1")

    assert lane.hints.open_incident(shown.id, DISPATCHER, "the river gauge is the only one", key="k1") == ended
    assert ended.ended_how == "incident"
    incident = Incidents(lane.ledger).one(str(ended.incident), MONITOR)
    assert (incident.sensor, incident.district, incident.note) == (GAUGE.id, "east", "the river gauge is the only one")
    assert incident.proposed == ("water",)
    assert rows(lane, INCIDENTS) == 1


@pytest.mark.parametrize(
    ("reader", "sees"),
    [
        (MONITOR, True),
        (LEADER, True),
        (OPERATOR, True),
        (COLLECTOR, True),
        (WATER_HANDLER, True),
        (POLICE_OFFICER, False),
        (person(Role.STEWARD), False),
        (person(Role.MONITOR, district="west"), False),
        (person(Role.MONITOR, district="east"), True),
    ],
    ids=lambda one: one.id + one.district if isinstance(one, Person) else "",
)
def test_hint_is_seen_by_those_it_concerns(lane: Workshop, reader: Person, sees: bool) -> None:  # noqa: FBT001 - a case
    lane.admit(hint())

    assert lane.count(reader) == sees
    if not sees:
        with pytest.raises(NotFound):
            lane.hints.one("1", reader)


def test_hint_is_answered_by_those_who_look_after_the_sensor_supervision_and_it(lane: Workshop) -> None:
    lane.admit(hint())

    readers = (WATER_OFFICER, WATER_HANDLER, ACCEPTOR, OPERATOR, MONITOR)
    steps = {one.id: lane.hints.one("1", one).steps for one in readers}

    assert steps == {
        "water-officer": ("order", "dismiss", "open_incident"),
        "water-handler": ("order", "dismiss"),
        "acceptor": ("order", "dismiss", "open_incident"),
        "operator": ("order", "dismiss"),
        "monitor": (),
    }
    with pytest.raises(NotPermitted):
        lane.hints.dismiss("1", MONITOR, "no")
    with pytest.raises(NotPermitted):
        lane.hints.open_incident("1", WATER_HANDLER, "no")


def test_hints_are_paged_the_worst_first(lane: Workshop) -> None:
    lane.admit(
        *(
            replace(hint(level=level), target=f"gauge/{number}", alarm=f"a{number}", id=f"t{number}")
            for number, level in enumerate([Level.NOTICE, Level.CRITICAL, Level.MAJOR, Level.NOTICE])
        )
    )

    first = lane.hints.page(MONITOR, limit=3)
    second = lane.hints.page(MONITOR, limit=3, after=first.next)

    assert [one.sensor for one in (*first.items, *second.items)] == ["gauge/1", "gauge/2", "gauge/3", "gauge/0"]
    assert (first.total, second.next) == (4, None)


def test_hint_of_an_exercise_is_none(lane: Workshop) -> None:
    assert lane.admit(replace(hint(), drill=True)) == [(Action.IGNORE, Reason.DRILL)]
    assert lane.count() == 0


def test_city_alarm_of_the_same_sensor_opens_its_incident(lane: Workshop) -> None:
    decided = lane.admit(hint(), alarm(target=GAUGE.id))

    assert decided == [(Action.HINT, Reason.NEW), (Action.OPEN, Reason.NEW)]
    assert (rows(lane, INCIDENTS), lane.count()) == (1, 1)


def test_silence_does_not_count_hints_among_what_it_would_have_held(lane: Workshop) -> None:
    lane.admit(hint())

    assert Silences(lane.ledger).preview(Matchers(sensors=(GAUGE.id,))).lately == 0
