"""An exercise plays simulated sensors: their alarms are its own, marked everywhere, beside whatever is real."""

from dataclasses import replace

import pytest

from city.alarm import AlarmTransition
from city.errors import StoreUnavailable
from city.sensor import Sensor
from linkage.admission.admit import Admitter
from linkage.plans.library import twins_of
from linkage.plans.office import plan_office
from linkage.plans.playing import Playing
from linkage.plans.track import CALM_S, Reading
from linkage.tables import MESSAGES
from storage.sql import Database
from tests.support.linkage import LEADER, MONITOR, alarm
from tests.support.plans import FLOOD_PLAN
from tests.support.response import ResponseTown

PLAYED = FLOOD_PLAN.replace(
    "    injects:",
    "    sensors:\n"
    "      - {sensor: underpass/1, quantity: water_level, unit: cm, every_s: 60, points: [[0, 2], [5, 30]]}\n"
    "    injects:",
)
TWIN = "drill-flood-underpass/1"


class Hall:
    """A stage that keeps what was said; away, it takes nothing."""

    def __init__(self) -> None:
        self.said: list[Reading] = []
        self.away = False

    def say(self, readings: list[Reading]) -> None:
        """Keep it."""
        if self.away:
            raise StoreUnavailable("broker", "away")
        self.said += readings


class PlayTown(ResponseTown):
    """A town whose exercise has a simulated sensor."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, [PLAYED])
        book = self.ledger.book
        known: dict[str, Sensor] = {one.id: one for one in book.sensors()}
        known |= {one.id: one for one in twins_of(book.plans, list(known.values()))}
        self.ledger = replace(self.ledger, book=replace(book, sensor=known.get, sensors=known.values))
        self.office, self.admitter, self.hall = plan_office(self.ledger), Admitter(self.ledger), Hall()
        self.playing = Playing(self.ledger, self.hall)


@pytest.fixture
def town(database: Database) -> PlayTown:
    return PlayTown(database)


def begun(town: PlayTown) -> int:
    return town.office.drills.start("flood", "east", LEADER)


def twins_alarm() -> AlarmTransition:
    """Return what the rules would make of the simulated readings."""
    return alarm(target=TWIN)


def test_sensors_speak_in_their_rhythm_and_fall_silent_by_themselves(town: PlayTown) -> None:
    drill = begun(town)
    for _ in range(5 + CALM_S // 60 + 4):
        town.playing.take()
        town.wait(minutes=1)

    values = [reading.value for reading in town.hall.said]
    assert values[:7] == [2, 7.6, 13.2, 18.8, 24.4, 30, 2]
    assert len(values) == 6 + CALM_S // 60
    assert {reading.sensor for reading in town.hall.said} == {TWIN}
    view = town.office.drills.one(drill)
    assert (view.played, view.plays_until, view.sensors) == (len(values), None, (TWIN,))
    assert len(town.events("end_play")) == 1


def test_ended_exercise_brings_its_sensors_home(town: PlayTown) -> None:
    drill = begun(town)
    town.playing.take()
    town.wait(minutes=3)
    town.playing.take()
    town.office.drills.end(drill, "good", LEADER)
    town.wait(minutes=1)
    town.playing.take()

    assert [reading.value for reading in town.hall.said] == [2, 18.8, 2]


def test_broker_away_loses_no_place_in_the_script(town: PlayTown) -> None:
    drill = begun(town)
    town.hall.away = True
    assert town.playing.take() == 0
    assert town.office.drills.one(drill).played == 0
    town.hall.away = False
    town.wait(minutes=2)

    assert town.playing.take() == 1
    assert town.hall.said[0].value == 13.2


def test_alarm_of_a_simulated_sensor_is_a_drill_incident_everywhere(town: PlayTown) -> None:
    begun(town)
    admission = town.admitter.admit([twins_alarm()])[0]
    incident = town.incidents.one(str(admission.incident), MONITOR)

    assert incident.drill
    assert incident.title.en.startswith("[DRILL]") or "[DRILL]" in incident.title.en
    with town.database.read() as connection:
        subjects = connection.execute(MESSAGES.select().where(MESSAGES.c.incident == int(incident.id))).mappings()
        assert {row["subject"][:10] for row in subjects} == {"【演练 DRILL】"}


def test_simulated_and_real_alarm_of_one_place_never_meet(town: PlayTown) -> None:
    begun(town)
    simulated, real = (town.admitter.admit([one])[0].incident for one in (twins_alarm(), alarm()))

    assert simulated != real
    assert [town.case(number or 0).incident.drill for number in (simulated, real)] == [True, False]
    assert sorted(one.drill for one in town.proposals()) == [False, True]


def test_next_exercise_of_the_plan_takes_its_sensors_over(town: PlayTown) -> None:
    first = begun(town)
    town.office.drills.end(first, "again", LEADER)
    begun(town)
    town.playing.take()

    assert len(town.hall.said) == 1
    assert town.office.drills.one(first).plays_until is None
