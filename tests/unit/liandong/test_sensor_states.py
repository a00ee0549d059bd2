from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.alarm import AlarmTransition, Change, Response
from city.entry import Arrivals, Context, Entry, Journaled, NumberedSensor, SensorStatus, Tick
from city.level import Domain, Level
from city.reading import ReadingBatch
from city.sensor import Sensor
from liandong.sensor_states import SensorStates, Told
from rules.states import AlarmStates

NAMES = {1: "air-1", 2: "air-2", 3: "stranger"}
REGISTERED = tuple(NumberedSensor(number, Sensor(NAMES[number], "", Domain.ENVIRONMENT, "")) for number in (1, 2))


class Names:
    def sensor(self, number: int) -> str:
        return NAMES[number]

    def quantity(self, number: int) -> str:
        return str(number)

    def known_sensor(self, sensor: str) -> int | None:
        return next((number for number, name in NAMES.items() if name == sensor), None)


class City:
    """Sensor states, and the alarms that they follow."""

    def __init__(self, folder: Path) -> None:
        self.alarms = AlarmStates()
        self.states = SensorStates(self.alarms, Names(), folder / "offline.json")
        self._position = 0
        self.hear(Context(0, "v", (), REGISTERED, {}))

    def since(self, version: int) -> dict[str, str]:
        states, _ = self.states.since(Told(version), 100)
        return states

    def hear(self, entry: Entry) -> None:
        self._position += 1
        self.states.apply(Journaled(self._position, entry))

    def say(self, *sensors: int, time_ns: int = 0) -> None:
        self.hear(Arrivals(ReadingBatch.of([(number, 1, time_ns, time_ns, 1.0, 0) for number in sensors])))

    def status(self, sensor: int, *, online: bool, time_ns: int = 0) -> None:
        self.hear(Arrivals(ReadingBatch.empty(), statuses=(SensorStatus(sensor, online, time_ns),)))

    def alarm(self, kind: str, change: Change, level: Level = Level.MAJOR) -> None:
        self.alarms.apply([transition(kind, change, level)])
        self.say(1)


def transition(kind: str, change: Change, level: Level) -> AlarmTransition:
    return AlarmTransition(
        id="t",
        alarm="a",
        rule=kind,
        rule_name={},
        kind=kind,
        target="air-1",
        domain=Domain.ENVIRONMENT,
        change=change,
        level=level,
        time_ns=0,
        arrival_ns=0,
        response=Response("x", {}),
    )


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


def test_sensor_is_unknown_until_it_is_heard(city: City) -> None:
    before = city.states.states()

    city.say(1, 1)

    assert before == {"air-1": "unknown", "air-2": "unknown"}
    assert city.states.states() == {"air-1": "normal", "air-2": "unknown"}


def test_alarm_goes_before_what_a_sensor_says_of_itself(city: City) -> None:
    city.say(1)
    city.status(1, online=False)
    offline = city.states.states()["air-1"]
    city.alarm("threshold", Change.RAISED)
    alarmed = city.states.states()["air-1"]
    city.alarm("threshold", Change.CLEARED)
    city.status(1, online=True)

    assert (offline, alarmed, city.states.states()["air-1"]) == ("offline", "major", "normal")


def test_offline_goes_before_silence(city: City) -> None:
    city.alarm("silence", Change.RAISED)
    silent = city.states.states()["air-1"]

    city.status(1, online=False)

    assert (silent, city.states.states()["air-1"]) == ("silent", "offline")


def test_only_what_changed_since_is_told(city: City) -> None:
    city.say(1, 2)
    version = city.states.version

    city.say(1, 2)
    quiet = city.since(version)
    city.status(2, online=False)

    assert quiet == {}
    assert city.since(version) == {"air-2": "offline"}
    assert city.since(city.states.version) == {}


@pytest.mark.parametrize(
    ("measured_ns", "state"),
    [pytest.param(99, "offline", id="before it left"), pytest.param(101, "normal", id="since it left")],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_sensor_that_measured_something_since_is_back(
    city: City, tmp_path: Path, measured_ns: int, state: str, *, restarted: bool
) -> None:
    city.say(1)
    city.status(1, online=False, time_ns=100)
    version = city.states.version
    city = City(tmp_path) if restarted else city

    city.say(1, time_ns=measured_ns)

    assert city.states.states()["air-1"] == state
    if not restarted:
        assert city.since(version) == ({"air-1": "normal"} if state == "normal" else {})


def test_names_that_an_earlier_version_kept_are_offline(tmp_path: Path) -> None:
    (tmp_path / "offline.json").write_text('["air-1"]')

    assert City(tmp_path).states.states()["air-1"] == "offline"


def test_who_is_offline_is_known_after_a_start(city: City, tmp_path: Path) -> None:
    city.say(1)
    city.status(1, online=False)

    again = City(tmp_path)
    again.states.heard(np.array([1]))

    assert again.states.states()["air-1"] == "offline"


def test_sensor_with_a_large_number_is_heard(city: City) -> None:
    NAMES[100_000] = "far"

    city.say(100_000)

    assert "far" in city.since(0)


TWELVE = {number: f"s{number}" for number in range(1, 13)}


@given(
    turns=st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from([*TWELVE])), st.integers(1, 6)), max_size=10),
    site_turn=st.integers(0, 9),
)
def test_who_asks_for_few_at_a_time_learns_of_all_and_first_of_the_oldest_change(
    turns: list[tuple[bool, set[int], int]], site_turn: int
) -> None:
    alarms, offline, waiting = AlarmStates(), set[int](), dict[str, int]()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(f"{__name__}.NAMES", TWELVE)
        states = SensorStates(alarms, Names(), Path(folder) / "offline.json")
        told = Told(states.version)
        for turn, (online, sensors, limit) in enumerate(turns):
            changed = sensors & offline if online else sensors - offline
            offline ^= changed
            waiting |= {TWELVE[number]: turn for number in changed}
            if turn == site_turn:
                alarms.apply([replace(transition("threshold", Change.RAISED, Level.MAJOR), target="a-site")])
                waiting["a-site"] = turn
            statuses = tuple(SensorStatus(number, online, turn) for number in sorted(sensors))
            states.apply(Journaled(turn, Arrivals(ReadingBatch.empty(), statuses=statuses)))

            found, told = states.since(told, limit)

            assert len(found.keys() - {"a-site"}) == min(limit, len(waiting.keys() - {"a-site"}))
            newest = max((waiting.pop(one) for one in found), default=0)
            assert newest <= min(waiting.values(), default=turn)
        rest, told = states.since(told, 12)

        assert rest.keys() == waiting.keys()
        assert states.since(told, 12) == ({}, told)


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_pages_join_to_all_states_and_tell_their_version(city: City, limit: int) -> None:
    city.say(2)
    city.alarms.apply([replace(transition("threshold", Change.RAISED, Level.MAJOR), target="a-site")])
    city.say(2)
    pages = [city.states.page("", limit)]
    while pages[-1].more:
        pages.append(city.states.page(pages[-1].ids[-1], limit))

    told = {sensor: state for page in pages for sensor, state in page.states().items()}
    city.say(1)

    assert told == {"a-site": "major", "air-1": "unknown", "air-2": "normal"}
    assert city.since(pages[0].version) == {"air-1": "normal"}
    assert {page.version for page in pages} == {pages[0].version}


def test_page_begins_behind_a_sensor_that_is_not_there(city: City) -> None:
    assert city.states.page("air-10", 5).ids == ("air-2",)


def test_versions_rise_from_the_time_of_the_start(tmp_path: Path) -> None:
    states = SensorStates(AlarmStates(), Names(), tmp_path / "offline.json", started_ns=7)

    assert (states.version, states.page("", 5).version) == (7, 7)


def test_full_disk_ends_nothing_and_what_was_told_is_kept_when_there_is_room(city: City, tmp_path: Path) -> None:
    file = tmp_path / "offline.json"
    file.mkdir()  # what cannot be written, whatever the disk
    city.say(1)
    city.status(1, online=False, time_ns=5)
    told = city.states.states()["air-1"]
    city.hear(Tick(1))
    file.rmdir()
    city.hear(Tick(2))

    assert (told, file.read_text()) == ("offline", '{"air-1": 5}')


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(("offline", "online", "reading"))), max_size=12), st.data()
)
def test_what_is_told_again_changes_no_state(told: list[tuple[int, str]], data: st.DataObject) -> None:
    entries = [
        Arrivals(ReadingBatch.of([(sensor, 1, at, at, 1.0, 0)]))
        if what == "reading"
        else Arrivals(ReadingBatch.empty(), statuses=(SensorStatus(sensor, what == "online", at),))
        for at, (sensor, what) in enumerate(told, 1)
    ]
    with TemporaryDirectory() as folder:
        city = City(Path(folder))
        for entry in entries:
            city.hear(entry)
        once = city.states.states()
        again = City(Path(folder))  # after a start, with the file that is there
        for entry in entries[data.draw(st.integers(0, len(entries))) :]:
            again.hear(entry)

        assert offline(again.states.states()) == offline(once)


def offline(states: dict[str, str]) -> set[str]:
    return {sensor for sensor, state in states.items() if state == "offline"}
