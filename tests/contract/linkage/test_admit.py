from dataclasses import replace

import pytest
from sqlalchemy import func, select

from city.alarm import AlarmTransition, Change
from city.level import Level
from linkage.admission.decision import Action, Reason
from linkage.config import LinkageSettings
from linkage.states import Disposition, IncidentState, Step
from linkage.tables import INCIDENTS, KEYS, MESSAGES
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, MONITOR, Town, alarm, life_safety


def told(town: Town) -> list[str]:
    return [message.department for message in reversed(town.live.messages(MONITOR))]


def test_alarm_opens_one_incident_and_tells_the_desk(town: Town):
    incident = town.raised(alarm())

    assert (incident.state, incident.priority, incident.level) == (IncidentState.REPORTED, 2, "major")
    assert (incident.source, incident.sensor, incident.district) == ("sensor", "underpass/1", "east")
    assert told(town) == ["desk"]


def test_repeat_gets_the_same_decision_and_changes_nothing(town: Town):
    first = town.admitter.admit([alarm()])
    before = town.incidents.one("1", MONITOR)
    again = town.admitter.admit([alarm()])

    assert [(one.decision.action, one.decision.reason, one.incident) for one in again] == [
        (one.decision.action, one.decision.reason, one.incident) for one in first
    ]
    assert [one.repeated for one in (*first, *again)] == [False, True]
    assert town.incidents.one("1", MONITOR) == before


def test_one_batch_is_decided_in_order(town: Town):
    admissions = town.admitter.admit(
        [
            alarm(level=Level.NOTICE),
            alarm(Change.RISEN, Level.MAJOR, step=1),
            alarm(target="underpass/2"),
            alarm(Change.CLEARED, Level.MAJOR, step=2),
        ]
    )

    assert [(one.decision.action, one.incident) for one in admissions] == [
        (Action.OPEN, 1),
        (Action.RISE, 1),
        (Action.OPEN, 2),
        (Action.RECOVER, 1),
    ]


def test_rise_raises_the_priority_voids_the_acknowledgement_and_tells_everyone_again(town: Town):
    number = town.raised(alarm()).id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER)
    risen = town.raised(alarm(Change.RISEN, Level.CRITICAL, step=1))

    assert (risen.priority, risen.level, risen.worst_level) == (1, "critical", "critical")
    assert risen.acknowledged_at is None
    assert told(town)[-5:] == ["desk", "command", "water", "water", "police"]


def test_rise_never_lowers_the_priority_that_people_gave(town: Town):
    number = town.raised(alarm(level=Level.NOTICE)).id
    town.act(number, Step.VERIFY, ACCEPTOR, priority=1)

    assert town.raised(alarm(Change.RISEN, Level.MAJOR, step=1)).priority == 1


def test_second_alarm_of_the_same_rule_and_target_joins(town: Town):
    town.raised(alarm(), alarm(Change.CLEARED, step=1))
    joined = town.raised(alarm(run=1))

    assert (joined.id, len(joined.alarms), joined.recovered_at) == ("1", 3, None)
    assert town.queue.page(MONITOR).items[0].alarms == 2


def test_clearing_marks_a_filed_incident_recovered_and_leaves_it_open(town: Town):
    number = town.raised(alarm()).id
    town.file(number, ACCEPTOR)
    cleared = town.raised(alarm(Change.CLEARED, step=1))

    assert cleared.state is IncidentState.FILED
    assert cleared.recovered_at is not None


def test_after_its_end_the_same_alarm_only_opens_another_when_it_worsens(town: Town):
    town.raised(alarm())
    town.act("1", Step.NOT_FILE, ACCEPTOR, note="test", disposition=Disposition.FALSE_RULE)
    fallen = town.admitter.admit([alarm(Change.FALLEN, Level.NOTICE, step=1)])[0]
    risen = town.admitter.admit([alarm(Change.RISEN, Level.CRITICAL, step=2)])[0]
    cleared = town.raised(alarm(Change.CLEARED, Level.CRITICAL, step=3))

    assert fallen.decision.reason is Reason.NOT_OPEN
    assert (risen.decision.reason, risen.incident) == (Reason.WORSE_AFTER_END, 2)
    assert cleared.id == "2"
    assert cleared.recovered_at is not None


def test_new_alarm_after_the_end_opens_a_new_incident(town: Town):
    town.raised(alarm())
    town.act("1", Step.NOT_FILE, ACCEPTOR, note="test", disposition=Disposition.FALSE_RULE)
    town.raised(alarm(Change.CLEARED, step=1))

    assert town.raised(alarm(run=1)).id == "2"


def test_evidence_is_copied(town: Town):
    incident = town.raised(replace(alarm(), evidence='{"readings":[[1,0.16]]}', late=True))

    assert incident.alarms[0].evidence == {"readings": [[1, 0.16]]}
    assert (incident.alarms[0].value, incident.alarms[0].limit, incident.alarms[0].late) == (0.16, 0.15, True)


@pytest.mark.parametrize("evidence", ["not JSON", '{"value": NaN}', ""])
def test_evidence_that_is_not_json_is_kept_as_text(town: Town, evidence: str):
    odd = replace(alarm(), evidence=evidence, value=float("nan"))

    shown = town.raised(odd).alarms[0]

    assert (shown.evidence, shown.value) == (evidence, None)


def test_life_safety_is_dispatched_unconfirmed_and_confirmed_by_a_person(town: Town):
    opened = town.raised(life_safety(alarm()))
    confirmed = town.act(opened.id, Step.CONFIRM, FOREMAN)

    assert opened.state is IncidentState.DISPATCHED
    assert opened.confirm_by is not None
    assert {event.actor for event in opened.events} == {None}
    assert told(town)[:3] == ["desk", "command", "water"]
    assert (confirmed.unconfirmed_at, confirmed.confirm_by) == (None, None)
    assert confirmed.acknowledged_at is not None


def test_life_safety_can_be_voided_by_a_person(town: Town):
    number = town.raised(life_safety(alarm())).id
    voided = town.act(number, Step.VOID, FOREMAN, note="test", disposition=Disposition.FALSE_SENSOR)

    assert voided.state is IncidentState.CANCELLED
    assert {str(task.state) for task in voided.tasks} == {"cancelled"}


@pytest.mark.parametrize(
    ("target", "settings", "desks"),
    [
        pytest.param("replay", LinkageSettings(), [], id="a recording tells nobody"),
        pytest.param("replay/told", LinkageSettings(), ["desk"], id="a recording that is to tell"),
        pytest.param("replay", LinkageSettings(tell_recorded=True), ["desk"], id="a city that tells of all"),
    ],
)
def test_recordings_tell_whom(database: Database, target: str, settings: LinkageSettings, desks: list[str]):
    town = Town(database, settings)
    incident = town.raised(alarm(target=target))

    assert told(town) == desks
    assert incident.recorded
    assert incident.events[0].data.get("untold") == (None if desks else "recorded")


def test_two_desks_admitting_the_same_open_one_incident(database: Database):
    one, other = Town(database), Town(database)
    alarms = [alarm(run=run) for run in range(3)]
    one.admitter.admit(alarms[:2])
    other.admitter.admit(alarms)

    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(INCIDENTS)) == 1
        assert connection.scalar(select(func.count()).select_from(KEYS).where(KEYS.c.open)) == 1
        assert connection.scalar(select(func.count()).select_from(MESSAGES)) == 1


def test_storm_of_one_target_is_one_incident_and_one_message(town: Town):
    storm: list[AlarmTransition] = []
    for run in range(100):
        storm += [alarm(run=run), alarm(Change.CLEARED, run=run, step=1)]
    town.admitter.admit(storm)

    (line,) = town.queue.page(MONITOR).items
    assert line.alarms == 100
    assert told(town) == ["desk"]
