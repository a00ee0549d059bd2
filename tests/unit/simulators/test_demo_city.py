"""The demo city as it is judged: quiet on a normal day, and its scenarios found at once. No broker, no clock."""

import re
from pathlib import Path

import pytest

from city.alarm import AlarmTransition, Change
from city.clock import SECOND_NS, iso
from city.entry import Connection, Context, Journaled, NumberedSensor, Tick
from ingest.message import Message
from liandong.city_folder import read_city
from rules.engine import Engine
from simulators.drive import DEMO, stories
from simulators.fleet import load_fleet
from simulators.payload import encode, event
from simulators.town import Town
from tests.support.normalising import Desk

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
MIDNIGHT = 1_795_104_000  # 2026-11-20T00:00:00+08:00


class Played:
    """The town, read and judged as ingest does it, second by second."""

    def __init__(self, *, without_holds: bool = False) -> None:
        city = read_city(HAIBIN)
        self.fleet = load_fleet(HAIBIN)
        self.town = Town(self.fleet)
        self.desk = Desk(*(sensor.id for sensor in city.sensors), routes=(HAIBIN / "sources.toml").read_text("utf-8"))
        self.engine = Engine(city.catalogue)
        numbering, self._position = self.desk.numbering, 0
        book = tuple((name, re.sub(r"hold: \w+", "hold: 0s", text)) for name, text in city.book)
        sensors = tuple(NumberedSensor(numbering.sensor_number(sensor.id), sensor) for sensor in city.sensors)
        quantities = {name: numbering.quantity_number(name) for name in city.catalogue.quantities}
        used = book if without_holds else city.book
        self._judge(Context(MIDNIGHT * SECOND_NS, "1", used, sensors, quantities, city.about.zone.key))
        self._judge(Connection(MIDNIGHT * SECOND_NS, listening=True))

    def second(self, second: int) -> list[AlarmTransition]:
        now = (MIDNIGHT + second) * SECOND_NS
        told = [encode(sensor, said, iso(now)) for sensor, said in self.town.readings(second, second / 3600).items()]
        told += [
            event("video", report.sensor, report.event, report.confidence, iso(now))
            for report in self.town.reports(second)
        ]
        batch = self.desk.batch(*(Message(topic, topic.encode(), body) for topic, body in told), at_ns=now)
        assert batch.quarantined == []
        assert not batch.arrivals.readings.quality.any()
        return self._judge(batch.arrivals) + self._judge(Tick(now))

    def _judge(self, entry: object) -> list[AlarmTransition]:
        self._position += 1
        return self.engine.apply(Journaled(self._position, entry))  # type: ignore[arg-type]


def test_city_folder_is_without_mistakes():
    assert len(read_city(HAIBIN).sensors) > 1500


@pytest.mark.parametrize("hour", [0.0, 6.5, 8.2, 13.0, 17.9])
def test_normal_day_raises_nothing_even_without_holds(hour: float):
    played = Played(without_holds=True)
    start = round(hour * 3600)

    raised = [change for second in range(start, start + 75) for change in played.second(second)]

    assert [(change.rule, change.target, change.value) for change in raised] == []


def test_demo_scenarios_are_found_within_two_minutes():
    played = Played()
    start = 13 * 3600
    for story, after_s in stories(played.fleet, DEMO):
        played.town.begin(story, start + after_s)

    found = {
        (change.rule, change.level.word): second - start
        for second in range(start, start + 200)
        for change in played.second(second)
        if change.change in {Change.RAISED, Change.RISEN}
    }

    assert {rule for rule, _ in found} >= {"inlet-temperature", "underpass-water"}
    assert min(seconds for (rule, _), seconds in found.items() if rule == "inlet-temperature") <= 120
    assert min(seconds for (rule, _), seconds in found.items() if rule == "underpass-water") <= 120
    assert found["underpass-water", "critical"] <= 180
